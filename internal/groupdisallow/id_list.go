// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package groupdisallow

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
)

// idList are device IDs in private state. There may be ten thousand, and state files are read and sent as a whole: they
// are sorted, so that what each shares with the one before it is said once, and compressed.
type idList []string

// maxIDs bounds what a list is unpacked to: a million IDs of full length.
const maxIDs = 128 << 20

// packers are writers that pack: each takes more than half a MiB, and a block packs several lists in each plan.
var packers = sync.Pool{New: func() any { //nolint:gochecknoglobals // It holds no state.
	w, _ := flate.NewWriter(nil, flate.BestCompression) // It refuses unknown levels only.
	return w
}}

// MarshalJSON packs the list.
func (l idList) MarshalJSON() ([]byte, error) {
	sorted := slices.Sorted(slices.Values(l))
	var packed bytes.Buffer
	w, ok := packers.Get().(*flate.Writer)
	if !ok {
		return nil, errors.New("device IDs cannot be packed")
	}
	defer packers.Put(w)
	w.Reset(&packed)
	if _, err := io.WriteString(w, strings.Join(frontCoded(sorted), "\n")); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return json.Marshal(base64.RawStdEncoding.EncodeToString(packed.Bytes()))
}

// UnmarshalJSON unpacks what MarshalJSON packs.
func (l *idList) UnmarshalJSON(raw []byte) error {
	var text string
	if err := json.Unmarshal(raw, &text); err != nil {
		return err
	}
	packed, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil {
		return err
	}
	plain, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(packed)), maxIDs+1))
	switch {
	case err != nil:
		return err
	case len(plain) > maxIDs:
		return errors.New("a list of device IDs is too long")
	case len(plain) == 0:
		*l = nil
		return nil
	}
	ids, err := frontDecoded(strings.Split(string(plain), "\n"))
	*l = ids
	return err
}

// frontCoded replaces the beginning that each ID shares with the one before it by its length, as one character.
func frontCoded(sorted []string) []string {
	lines := make([]string, 0, len(sorted))
	before := ""
	for _, id := range sorted {
		shared := 0
		for shared < min(len(id), len(before)) && id[shared] == before[shared] {
			shared++
		}
		lines = append(lines, string(rune(firstLength+shared))+id[shared:])
		before = id
	}
	return lines
}

// firstLength is the character that stands for a length of 0; IDs have at most 128.
const firstLength = ' '

func frontDecoded(lines []string) ([]string, error) {
	ids := make([]string, 0, len(lines))
	before := ""
	for _, line := range lines {
		runes := []rune(line)
		if len(runes) == 0 || runes[0] < firstLength || int(runes[0]-firstLength) > len(before) {
			return nil, errors.New("a list of device IDs is damaged")
		}
		before = before[:runes[0]-firstLength] + string(runes[1:])
		ids = append(ids, before)
	}
	return ids, nil
}

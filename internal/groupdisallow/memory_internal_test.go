// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package groupdisallow

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-log/tflogtest"
	"pgregory.net/rapid"

	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
)

// Any IDs come back as they were, in order.
func TestIDList_comesBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		ids := rapid.SliceOfDistinct(rapid.StringMatching(`[A-Za-z0-9\-:.+%_#*?!(),=@;$']{1,128}`),
			func(id string) string { return id }).Draw(t, "ids")
		raw, err := json.Marshal(idList(ids))
		if err != nil {
			t.Fatal(err)
		}
		var back idList
		if err := json.Unmarshal(raw, &back); err != nil {
			t.Fatal(err)
		}
		slices.Sort(ids)
		if !slices.Equal(ids, back) {
			t.Fatalf("%q came back as %q", ids, back)
		}
	})
}

// What is damaged is an error, and no list of other devices.
func TestIDList_refusesWhatIsDamaged(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{`"!"`, `"YWJj"`, `7`} {
		var list idList
		if err := json.Unmarshal([]byte(raw), &list); err == nil {
			t.Errorf("%s was read as %q", raw, list)
		}
	}
	if ids, err := frontDecoded([]string{"$a"}); err == nil {
		t.Errorf("read %q", ids)
	}
}

// Ten thousand IDs take less than a hundred kilobytes, also where they end in random digits.
func TestIDList_isSmall(t *testing.T) {
	t.Parallel()
	draw := rand.New(rand.NewPCG(1, 2))
	for name, id := range map[string]func(i int) string{
		"numbered": func(i int) string { return fmt.Sprintf("plant-thale-line-%02d-sensor-%06d", i%17, i) },
		"serial":   func(int) string { return fmt.Sprintf("SN%012d", draw.Int64N(1_000_000_000_000)) },
		"MAC":      func(int) string { return fmt.Sprintf("00-1b-21-%06x", draw.Int64N(1<<24)) },
	} {
		var ids idList
		for i := range 10_000 {
			ids = append(ids, id(i))
		}
		raw, err := json.Marshal(ids)
		if err != nil {
			t.Fatal(err)
		}
		if t.Logf("%s: %d bytes", name, len(raw)); len(raw) > 100_000 {
			t.Errorf("%s IDs take %d bytes", name, len(raw))
		}
	}
}

// The mark tells groups and instances apart, whatever the letter case, and stands at the end of a reason.
func TestMark_isOfOneGroup(t *testing.T) {
	t.Parallel()
	m := markOf("DPS.example", "Factory")
	switch {
	case m != markOf("dps.EXAMPLE", "factory"), m == markOf("dps.example", "other"),
		m == markOf("other.example", "factory"):
		t.Error("the mark is not that of one group")
	case !m.on(new(m.reason("sold"))), !m.on(new(m.reason(""))), m.on(new("sold")), m.on(nil),
		m.on(new(string(m) + " no")):
		t.Error("a reason is not recognised")
	case len(m.reason("x")) != markLength+1:
		t.Error("the mark takes another length than reasons leave")
	}
}

// The log says every few seconds what is waited for, how many are left, and until when.
func TestPace_tellsEveryFewSeconds(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	now := start
	var log bytes.Buffer
	ctx := tflogtest.RootLogger(t.Context(), &log)
	p := pace{
		services: azure.New(azure.Config{Now: func() time.Time { return now }}), host: "north.example",
		deadline: start.Add(time.Hour), started: start,
	}
	for done := range 60 {
		p.tell(ctx, done, 100-done)
		now = now.Add(time.Second)
	}
	lines := strings.Split(strings.TrimSpace(log.String()), "\n")
	if len(lines) != 12 {
		t.Errorf("%d lines in a minute", len(lines))
	}
	last := lines[len(lines)-1]
	for _, part := range []string{`"host":"north.example"`, `"left":45`, `"done":55`, "2026-01-02T04:04:05Z", `"45s"`} {
		if !strings.Contains(last, part) {
			t.Errorf("%s should be said in %s", part, last)
		}
	}
}

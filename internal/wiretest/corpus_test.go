// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package wiretest_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/wiretest"
)

// folders lists every folder of the corpus that holds documents.
func folders(t *testing.T) []string {
	t.Helper()
	var found []string
	root := os.DirFS("corpus")
	err := fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		if folder := path.Dir(name); err == nil && !entry.IsDir() && !slices.Contains(found, folder) {
			found = append(found, folder)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestDocuments_areJSONObjectsWithASource(t *testing.T) {
	t.Parallel()
	sources, err := os.ReadFile("SOURCES.md")
	if err != nil {
		t.Fatal(err)
	}
	var listed []string
	rows := regexp.MustCompile("(?m)^\\| `([^`]+)` \\| (.+) \\|$")
	for _, row := range rows.FindAllStringSubmatch(string(sources), -1) {
		listed = append(listed, row[1])
	}
	var found []string
	for _, folder := range folders(t) {
		documents, err := wiretest.Documents(folder)
		if err != nil {
			t.Fatal(err)
		}
		for _, document := range documents {
			found = append(found, document.Name)
			if err := json.Unmarshal(document.Body, &map[string]any{}); err != nil {
				t.Errorf("%s: %v", document.Name, err)
			}
		}
	}
	slices.Sort(listed)
	slices.Sort(found)
	if !slices.Equal(listed, found) {
		t.Errorf("SOURCES.md lists\n%v, the corpus has\n%v", listed, found)
	}
}

func TestAnswers_haveStatusAndBody(t *testing.T) {
	t.Parallel()
	for _, folder := range []string{"dps/faults", "iothub/faults"} {
		answers, err := wiretest.Answers(folder)
		if err != nil {
			t.Fatal(err)
		}
		for _, answer := range answers {
			if answer.Status < 400 || len(answer.Headers) == 0 || strings.HasPrefix(answer.Body, `"`) {
				t.Errorf("%s: %+v", answer.Name, answer)
			}
		}
	}
}

func TestDocuments_ofAnUnknownFolderAreAnError(t *testing.T) {
	t.Parallel()
	for _, folder := range []string{"nowhere", "dps", "../wiretest"} {
		if documents, err := wiretest.Documents(folder); err == nil {
			t.Errorf("%s has %d documents", folder, len(documents))
		}
	}
	if _, err := wiretest.Answers("nowhere"); err == nil {
		t.Error("there are answers nowhere")
	}
}

// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package writes_test

import (
	"maps"
	"net/http"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/writes"
)

// One object's error is that object's alone, and only what an error leaves in doubt is read.
func TestBulk_saysWhatBecameOfEachObject(t *testing.T) {
	t.Parallel()
	keys := []string{"done", "refused", "taken", "lost", "moved", "silent"}
	read := map[string]int{}
	results := writes.Bulk(keys, func() (map[string]error, error) {
		return map[string]error{
			"refused": said(http.StatusForbidden), "taken": said(http.StatusPreconditionFailed),
			"lost": uncertain(http.StatusPreconditionFailed), "moved": said(http.StatusPreconditionFailed),
			"silent": said(http.StatusInternalServerError),
		}, nil
	}, func(key string) (*string, error) {
		read[key]++
		if key == "silent" {
			return nil, errSilent
		}
		return &key, nil
	}, func(key string, now *string) bool { return key != "moved" && *now == key })
	want := map[string]writes.Outcome{
		"done": writes.Done, "refused": writes.Refused, "taken": writes.Done, "lost": writes.Done,
		"moved": writes.Overtaken, "silent": writes.Unknown,
	}
	for key, outcome := range want {
		if got := results[key]; got.Outcome != outcome {
			t.Errorf("the outcome of %s should be %d, not %d: %v", key, outcome, got.Outcome, got.Err)
		}
	}
	if !results["taken"].ByOthers || results["lost"].ByOthers {
		t.Error("what was found without doubt of our own is somebody else's, and only that")
	}
	if wanted := map[string]int{"taken": 1, "lost": 1, "moved": 1, "silent": 1}; !maps.Equal(read, wanted) {
		t.Errorf("read %v, want %v", read, wanted)
	}
}

// When the call got no answer, each object is read: it tells what became of it.
func TestBulk_whoseAnswerIsLostReadsEachObject(t *testing.T) {
	t.Parallel()
	results := writes.Bulk([]string{"written", "not written"}, func() (map[string]error, error) {
		return nil, &azrest.TransportError{Err: errSilent}
	}, func(key string) (*string, error) { return &key, nil },
		func(_ string, now *string) bool { return *now == "written" })
	if written, not := results["written"], results["not written"]; written.Outcome != writes.Done ||
		written.ByOthers || not.Outcome != writes.Refused {
		t.Errorf("%+v, %+v", written, not)
	}
}

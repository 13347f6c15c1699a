// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package mistakes

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/generated"
)

// rated is the file with what is said of each mistake, and how somebody who made it rates that.
const rated = "testdata/messages.txt"

// unrated stands where nobody has rated a message yet, or since it was changed.
const unrated = "?"

// worst is the lowest rating with which a message stays as it is.
const worst = "4"

// message is one mistake's: the rating from 1 to 5, and what is said.
type message struct{ name, rating, text string }

func (m message) String() string { return fmt.Sprintf("## %s: %s\n\n%s", m.rating, m.name, m.text) }

// messages reads the file; it begins with what it is.
func messages(t *testing.T) (head string, all []message) {
	t.Helper()
	raw, err := os.ReadFile(rated)
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(string(raw), "## ")
	for _, part := range parts[1:] {
		title, text, _ := strings.Cut(part, "\n\n")
		rating, name, _ := strings.Cut(title, ": ")
		all = append(all, message{name, rating, text})
	}
	return parts[0], all
}

// said is what a step says, errors or else warnings, as the command shows it: without the places in a file, and with
// the names of this world replaced.
func said(w *acctest.World, step acctest.Step) string {
	var b strings.Builder
	severity := tfprotov6.DiagnosticSeverityWarning
	if step.Failed() {
		severity = tfprotov6.DiagnosticSeverityError
	}
	for _, d := range step.Diagnostics {
		if d.Severity == severity {
			fmt.Fprintf(&b, "%s: %s\n\n%s\n\n", severity, d.Summary, strings.TrimSpace(d.Detail))
		}
	}
	text := strings.NewReplacer(
		w.Emulator.DPSHostname(), "dps.example", w.Hostname("hub1"), "hub1.example",
	).Replace(b.String())
	return tracking.ReplaceAllString(thumbprint.ReplaceAllString(text, "THUMBPRINT"), "tracking ID …")
}

// What is another in each run.
var (
	thumbprint = regexp.MustCompile(`[0-9A-F]{40,64}`)
	tracking   = regexp.MustCompile(`tracking ID [0-9a-f]+`)
)

// A rating is one of the message as it stands: another text has to be rated anew. HOUSE_WRITE=1, as "make messages"
// sets it, writes the texts.
func TestMessages_areRatedAsTheyStand(t *testing.T) {
	t.Parallel()
	head, known := messages(t)
	var now []message
	for _, m := range all() {
		w := newWorld(t)
		is := message{name: m.name, rating: unrated, text: said(w, m.made(w))}
		for _, k := range known {
			if k.name == is.name && k.text == is.text {
				is.rating = k.rating
			}
		}
		now = append(now, is)
	}
	if generated.Writing() {
		var b strings.Builder
		b.WriteString(head)
		for _, m := range now {
			b.WriteString(m.String())
		}
		if err := os.WriteFile(rated, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	for _, m := range now {
		switch {
		case m.rating == unrated:
			t.Errorf("nobody has rated this: run make messages, make the mistake and give it a rating in %s\n%s", rated, m)
		case m.rating < worst:
			t.Errorf("this has to become better\n%s", m)
		}
	}
	if len(known) > len(now) {
		t.Errorf("%s has %d messages of %d mistakes", rated, len(known), len(now))
	}
}

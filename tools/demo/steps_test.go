// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

// newTestStage returns a stage whose clock advances by a second with every look at it.
func newTestStage() (*stage, *bytes.Buffer) {
	var out bytes.Buffer
	clock := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	s := &stage{screen: &screen{w: &out}, now: func() time.Time {
		clock = clock.Add(time.Second)
		return clock
	}}
	return s, &out
}

func silent(context.Context, *stage) error { return nil }

func finds(findings ...string) func(context.Context, *stage) ([]string, error) {
	return func(context.Context, *stage) ([]string, error) { return findings, nil }
}

func TestTell_showsEachStepWithCaptionFindingsAndTime(t *testing.T) {
	t.Parallel()
	s, out := newTestStage()
	err := tell(t.Context(), s, []step{
		{title: "First", caption: "What one sees.", act: silent, check: finds("a is so", "b is so")},
		{title: "Second", caption: "More.", act: silent, check: finds("c is so")},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := `
 1/2 First
     What one sees.

     ✓ a is so
     ✓ b is so  (1.0 s)

 2/2 Second
     More.

     ✓ c is so  (1.0 s)

` + strings.Repeat("═", width) + `
All 2 steps did what their captions say. 5 seconds after the build.
`
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out, want)
	}
}

func TestTell_stopsAtTheFirstStepThatDoesNotDoWhatItSays(t *testing.T) {
	t.Parallel()
	broken := errors.New("the thief is in\nand has a key")
	for name, bad := range map[string]step{
		"its action fails": {title: "Bad", act: func(context.Context, *stage) error { return broken }, check: finds("x")},
		"its check fails": {title: "Bad", act: silent, check: func(context.Context, *stage) ([]string, error) {
			return []string{"x"}, broken
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, out := newTestStage()
			later := step{title: "Later", act: func(context.Context, *stage) error {
				t.Error("a later step ran")
				return nil
			}}
			err := tell(t.Context(), s, []step{bad, later})
			if err == nil || !strings.Contains(err.Error(), "step 1 of 2 (Bad)") {
				t.Errorf("error %v", err)
			}
			if !strings.Contains(out.String(), "     ✗ the thief is in\n       and has a key\n") ||
				strings.Contains(out.String(), "✓") {
				t.Errorf("printed\n%s", out)
			}
		})
	}
}

func TestTell_saysThatItWasInterrupted(t *testing.T) {
	t.Parallel()
	s, out := newTestStage()
	ctx, cancel := context.WithCancel(t.Context())
	err := tell(ctx, s, []step{{title: "Long", act: func(ctx context.Context, _ *stage) error {
		cancel()
		return ctx.Err()
	}}})
	if err == nil || !strings.Contains(out.String(), "✗ interrupted\n") {
		t.Errorf("error %v, printed\n%s", err, out)
	}
}

func TestTell_aCheckThatFindsNothingFails(t *testing.T) {
	t.Parallel()
	s, _ := newTestStage()
	if tell(t.Context(), s, []step{{title: "Empty", act: silent, check: finds()}}) == nil {
		t.Error("no error")
	}
}

func TestStory_everyStepIsCompleteAndShort(t *testing.T) {
	t.Parallel()
	steps := story()
	if len(steps) < 10 {
		t.Errorf("%d steps, the story has more", len(steps))
	}
	for _, st := range steps {
		if st.title == "" || st.act == nil || st.check == nil || !strings.HasSuffix(st.caption, ".") {
			if !strings.HasSuffix(st.caption, ".)") {
				t.Errorf("step %q is not complete", st.title)
			}
		}
		if lines := wrap(st.caption, width-len(indent)); len(lines) > 3 {
			t.Errorf("the caption of %q has %d lines", st.title, len(lines))
		}
	}
}

func TestQuote_barsEveryLine(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	(&screen{w: &out}).quote("$ terraform plan", "Plan: 1\n\nend")
	if want := "     ┌ $ terraform plan\n     │ Plan: 1\n     │\n     │ end\n     └\n"; out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", &out, want)
	}
}

func TestShortened_leavesOutTheInsideOfCertificatesOnly(t *testing.T) {
	t.Parallel()
	text := "a\n  -----BEGIN CERTIFICATE-----\n  MII\n  AAA\n  -----END CERTIFICATE-----\nb\n" +
		"  -----BEGIN CERTIFICATE-----\n  MII\n  -----END CERTIFICATE-----\nc"
	want := "a\n  -----BEGIN CERTIFICATE-----\n  … 2 lines …\n  -----END CERTIFICATE-----\nb\n" +
		"  -----BEGIN CERTIFICATE-----\n  … 1 lines …\n  -----END CERTIFICATE-----\nc"
	if got := strings.Join(shortened(strings.Split(text, "\n")), "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestScreen_coloursOnlyWhenAsked(t *testing.T) {
	t.Parallel()
	if got := (&screen{}).paint(red, "x"); got != "x" {
		t.Errorf("got %q", got)
	}
	if got := (&screen{colour: true}).paint(red, "x"); got != "\x1b[31mx\x1b[0m" {
		t.Errorf("got %q", got)
	}
}

func TestPlain_dropsColours(t *testing.T) {
	t.Parallel()
	if got := plain("\x1b[1ma \x1b[0m\x1b[33m->\x1b[0m b"); got != "a -> b" {
		t.Errorf("got %q", got)
	}
}

func TestWrap_breaksAtSpaces(t *testing.T) {
	t.Parallel()
	got := strings.Join(wrap("  one two → three averylongword x ", 9), "|")
	if want := "one two →|three|averylongword|x"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package wire_test

import (
	"testing"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

func TestTime_trimsZerosAndKnowsNever(t *testing.T) {
	t.Parallel()
	for want, at := range map[string]time.Time{
		"2020-09-01T20:58:36.1634714Z": time.Date(2020, 9, 1, 20, 58, 36, 163471499, time.UTC),
		"2026-03-04T05:06:07.12Z":      time.Date(2026, 3, 4, 6, 6, 7, 120_000_000, time.FixedZone("", 3600)),
		"0001-01-01T00:00:00Z":         {},
	} {
		if got := wire.Time(at); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestIfMatch_takesEveryFormThatClientsSend(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]struct{ given, matches, matchesAnother bool }{
		"":         {},
		`""`:       {},
		" ":        {},
		"a":        {given: true, matches: true},
		`"a"`:      {given: true, matches: true},
		` "a" `:    {given: true, matches: true},
		`W/"a"`:    {given: true},
		`"`:        {given: true},
		"*":        {true, true, true},
		`"*"`:      {true, true, true},
		`"a", "b"`: {given: true},
	} {
		m := wire.ParseIfMatch(value)
		if m.Given != want.given || m.Matches("a") != want.matches || m.Matches("b") != want.matchesAnother {
			t.Errorf("%q: %+v, matches %t, another %t", value, m, m.Matches("a"), m.Matches("b"))
		}
	}
}

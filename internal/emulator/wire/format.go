// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package wire

import (
	"net/url"
	"regexp"
	"strings"
	"time"
)

// Time writes a moment as .NET does: UTC, up to seven fractional digits, trailing zeros
// trimmed (recorded traffic of the Python SDK), the year 1 for "never".
func Time(t time.Time) string { return TimeWithoutZone(t) + "Z" }

// TimeWithoutZone is the form of a hub's answers to a create (recorded).
func TimeWithoutZone(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.9999999") }

var versionPattern = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}(-preview)?$`)

// IsVersion tells whether the text has the form of an api-version.
func IsVersion(text string) bool { return versionPattern.MatchString(text) }

// Segments splits a path before it decodes, so that an escaped slash or percent sign
// stays in its segment; a trailing slash is tolerated (the Node SDK's bulk call has one).
func Segments(u *url.URL) []string {
	segments := strings.Split(strings.Trim(u.EscapedPath(), "/"), "/")
	for i, s := range segments {
		// EscapedPath never has an invalid escape.
		if decoded, err := url.PathUnescape(s); err == nil {
			segments[i] = decoded
		}
	}
	return segments
}

// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azrest

import (
	"encoding/json"
	"regexp"
	"strings"
)

// maxTokenMessage is the longest reason for a missing token, in characters.
const maxTokenMessage = 300

// tokenError is a credential that gave no token. Errors of azidentity are dumps of many lines: a sentence, and between
// ruled lines the answer that the authority gave. This one says what of it a user can act on; the whole is its cause.
type tokenError struct{ err error }

// Error returns one line without request, answer or secret.
func (e *tokenError) Error() string { return "no token: " + tokenReason(e.err.Error()) }

// Unwrap returns the credential's own error.
func (e *tokenError) Unwrap() error { return e.err }

// tokenReason makes one bounded line of a credential's error text. In a dump a ruled line stands before and after the
// status of the answer, and a third one after its body.
func tokenReason(text string) string {
	var said, body []string
	var status string
	rules := 0
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch {
		case isRuled(line):
			if rules++; rules == 3 {
				said = appendReason(said, authoritysWord(strings.Join(body, "\n"), status))
				rules, body, status = 0, nil, ""
			}
		case rules == 1:
			status = line
		case rules == 2:
			body = append(body, line)
		default:
			if line = withoutReferences(line); line != "" {
				said = append(said, line)
			}
		}
	}
	if rules > 0 { // cut off within the answer
		said = appendReason(said, authoritysWord(strings.Join(body, "\n"), status))
	}
	return bounded(cleanMessage(strings.Join(said, " ")), maxTokenMessage)
}

func isRuled(line string) bool { return len(line) >= 20 && strings.Trim(line, "-") == "" }

// appendReason adds why to what was said last: "X failed." and "why" become "X failed: why".
func appendReason(said []string, why string) []string {
	if len(said) == 0 {
		return []string{why}
	}
	last := len(said) - 1
	said[last] = strings.TrimRight(said[last], " .:") + ": " + why
	return said
}

// authoritysWord is what an answer says in a sentence; its status when it says nothing.
func authoritysWord(body, status string) string {
	var answer struct {
		Description string `json:"error_description"`
	}
	if json.Unmarshal([]byte(body), &answer) == nil {
		first, _, _ := strings.Cut(strings.TrimSpace(answer.Description), "\n")
		if first = withoutReferences(first); first != "" {
			return first
		}
	}
	number, text, _ := strings.Cut(strings.TrimPrefix(status, "RESPONSE "), ":")
	if text = strings.TrimSpace(text); text == "" {
		text = number
	}
	return "the answer was " + text
}

// withoutReferences drops the request of a dump, the numbers that Microsoft Entra ID appends to its sentences, and the
// link that azidentity appends to its own.
func withoutReferences(line string) string {
	dropped := regexp.MustCompile(
		`^[A-Z]+ https?://\S+$|^Request information not available$|` +
			`(^|\s)(Trace ID|Correlation ID|Timestamp): .*$|(^|\s)To troubleshoot, visit \S+$`)
	return strings.TrimSpace(dropped.ReplaceAllString(strings.TrimSpace(line), ""))
}

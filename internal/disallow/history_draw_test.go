// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow_test

import (
	"fmt"
	"strings"

	"pgregory.net/rapid"
)

// dimensions are what must happen in some history, or the property proves little.
func dimensions() []string {
	return []string{
		"try", "try-old", "renew", "group", "entry", "record", "identity", "link", "know", "dark", "set", "apply", "late",
		"amid", "fault", "proxy", "kill", "restore", "refresh", "destroy", "import", "forget",
		"let in", "refused", "has been in several places", "hub that the provider block does not know",
		"hub that cannot be read", "another letter case", "cross-signed CA", "CA of the device's name",
		"stranger of the same name", "identity made again by a person", "provider killed amid an apply",
		"replacement of what is tainted", "run that failed", "renamed", "several identities in one hub",
		"moved with its data", "moved without its data", "access: blocked",
		"access: partially_blocked", "access: allowed", "exception: every trace erased",
		"blocked to whoever remembers nothing",
	}
}

// oneOf draws a word.
func oneOf(t *rapid.T, label string, words ...string) string {
	return rapid.SampledFrom(words).Draw(t, label)
}

// prologue is how the device came to be where it is when somebody first thinks of blocking it.
func (h *history) prologue(t *rapid.T) {
	if oneOf(t, "group", "yes", "yes", "no") == "yes" {
		h.do("group factory add")
	}
	if kind := oneOf(t, "entry", "none", "none", "x509", "symmetricKey", "tpm"); kind != "none" {
		h.do("entry make " + kind + " enabled")
		if oneOf(t, "policy", "usual", "other") == "other" {
			h.do("entry " + oneOf(t, "reprovisioning", "keep-data", "reset-data", "stay"))
		}
	}
	for _, event := range rapid.SampledFrom(pasts()).Draw(t, "past") {
		h.do(event)
	}
	for range rapid.IntRange(0, 4).Draw(t, "before") {
		h.do(drawDrift(t))
	}
	if oneOf(t, "certificate", "given", "not") == "given" && h.certificate.X509() != nil {
		h.do("set certificate_pem given")
	}
	if oneOf(t, "case", "own", "own", "other") == "other" {
		h.do("set registration_id upper")
	}
	h.do("know " + oneOf(t, "known hubs", "north south", "north south west", "north", "south"))
	if rapid.IntRange(0, 9).Draw(t, "a dark hub") == 0 {
		h.do("dark " + drawHub(t))
	}
	for range rapid.IntRange(0, 2).Draw(t, "settings") {
		h.do(drawSetting(t))
	}
	h.do("apply")
}

// pasts are how a device came to be where it is.
func pasts() [][]string {
	return [][]string{
		{}, {"try"}, {"try"}, {"link north", "try"}, {"link west", "try"},
		// Moved, from a hub that DPS still knows and from one that it does not.
		{"link north", "try", "link north south", "link south north", "try"},
		{"link north", "try", "link south", "try"}, {"link west", "try", "link north", "try"},
		// Renamed in one hub, and in two.
		{"try", "entry rename other", "try"}, {"entry rename other", "try", "entry rename own", "try"},
		{"link north", "try", "entry rename other", "link south", "try"},
		// Assigned anew, in another hub, without a record of the first.
		{"link north", "try", "record delete", "link south", "try"},
		// Refused before anybody thinks of a block.
		{"try", "entry disable", "group factory disable", "try"}, {"try", "renew", "try"},
	}
}

// drawEvent draws something that happens to a block.
func drawEvent(t *rapid.T) string {
	switch oneOf(t, "event",
		"apply", "apply", "drift", "drift", "drift", "drift", "late", "amid", "fault", "setting", "other") {
	case "apply":
		return "apply"
	case "late":
		return "late " + drawDrift(t)
	case "amid":
		return "amid " + oneOf(t, "call", "PUT enrollments", "GET enrollments", "GET registrations", "GET devices",
			"PUT devices") + " " + drawDrift(t)
	case "fault":
		return drawFault(t)
	case "setting":
		return drawSetting(t)
	case "other":
		return oneOf(t, "other", "restore", "refresh", "destroy", "import", "forget", "know north south west", "know north")
	}
	return drawDrift(t)
}

func drawFault(t *rapid.T) string {
	skip := rapid.IntRange(0, 8).Draw(t, "calls before")
	whom := oneOf(t, "whom", "dps", "dps", "north", "south")
	switch kind := oneOf(t, "fault", "refused", "broken", "conflict", "cut", "lost", "html", "proxy", "kill"); kind {
	case "proxy", "kill":
		return fmt.Sprintf("%s %s %d", kind, whom, skip)
	default:
		return fmt.Sprintf("fault %s %s %d", kind, whom, skip)
	}
}

func drawHub(t *rapid.T) string { return oneOf(t, "hub", hubNames()...) }

func drawSetting(t *rapid.T) string {
	return "set " + oneOf(t, "setting", "hub_identity_action delete", "hub_identity_action keep", "hub_identity_action",
		"enrollment_action delete", "enrollment_action", "reason stolen", "reason sold", "reason", "device_id own",
		"device_id other", "device_id", "additional_iothub_hostnames west", "additional_iothub_hostnames north south",
		"additional_iothub_hostnames", "delete_registration true", "delete_registration false", "on_destroy prevent",
		"on_destroy keep", "certificate_pem given")
}

// drawDrift draws something that people or the device do.
func drawDrift(t *rapid.T) string {
	switch oneOf(t, "who", "device", "device", "entry", "entry", "identity", "identity", "group", "record", "move") {
	case "device":
		return oneOf(t, "device", "try", "try", "try", "try-old", "renew")
	case "entry":
		return "entry " + oneOf(t, "entry", "enable", "disable", "delete", "change", "rename other", "rename own",
			"make symmetricKey disabled", "make x509 enabled", "keep-data", "stay")
	case "identity":
		what := oneOf(t, "identity", "enable", "disable", "recall", "delete", "remake", "stranger")
		return strings.Join([]string{
			"identity", what, oneOf(t, "where", "there", "there", "north", "south", "west"),
			oneOf(t, "name", "own", "own", "other"),
		}, " ")
	case "group":
		return "group " + oneOf(t, "group", "factory", "factory", "everything", "cross", "namesake") + " " +
			oneOf(t, "change", "add", "add", "remove", "enable", "disable", "name-west")
	case "record":
		return "record delete"
	}
	return "link " + drawHub(t)
}

// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package iotvalidator

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/azureiot/terraform-provider-azureiot/internal/cloud"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
)

const maxIDLength = 128

// RegistrationID checks the name of a device towards DPS: 1 to 128 letters, digits, "-", ".", "_" and ":", ending in a
// letter, a digit or "-" (DPS, "Terms: registration ID").
func RegistrationID() validator.String { return enrollmentID("registration ID") }

// EnrollmentGroupID checks the name of an enrollment group; its alphabet is that of registration IDs.
func EnrollmentGroupID() validator.String { return enrollmentID("enrollment group ID") }

// RegistrationIDProblem says what is wrong with a registration ID; empty when nothing is.
func RegistrationIDProblem(value string) string {
	return enrollmentID("registration ID").problem(value)
}

// EnrollmentGroupIDProblem says what is wrong with an enrollment group ID; empty when nothing is.
func EnrollmentGroupIDProblem(value string) string {
	return enrollmentID("enrollment group ID").problem(value)
}

func enrollmentID(noun string) text {
	alphabet := regexp.MustCompile(`^[A-Za-z0-9\-._:]+$`)
	ending := regexp.MustCompile(`[A-Za-z0-9\-]$`)
	rule := fmt.Sprintf("The %s has 1 to %d characters: letters, digits, \"-\", \".\", \"_\" and \":\"; the last one is "+
		"a letter, a digit or \"-\".", noun, maxIDLength)
	return text{rule: rule, summary: "Invalid " + noun, problem: func(value string) string {
		switch {
		case value == "":
			return "It is empty. " + rule
		case strings.Contains(value, "SharedAccessKey="):
			return "It looks like a connection string. " + rule
		case len(value) > maxIDLength:
			return fmt.Sprintf("It is too long, with %d characters. %s", utf8.RuneCountInString(value), rule)
		case !alphabet.MatchString(value):
			return fmt.Sprintf("DPS does not allow the character %s. %s", firstOutside(alphabet, value), rule)
		case !ending.MatchString(value):
			return fmt.Sprintf("It ends in a character that DPS does not allow there. %s", rule)
		}
		return ""
	}}
}

// DeviceID checks the case-sensitive name of a device in a hub (IoT Hub, identity registry). "." and ".." are legal
// there but cannot be written into a URL path.
func DeviceID() validator.String { return deviceID() }

// DeviceIDProblem says what is wrong with a device ID; empty when nothing is.
func DeviceIDProblem(value string) string { return deviceID().problem(value) }

func deviceID() text {
	alphabet := regexp.MustCompile(`^[A-Za-z0-9\-:.+%_#*?!(),=@;$']+$`)
	rule := fmt.Sprintf("A device ID has 1 to %d ASCII letters, digits and characters of - : . + %% _ # * ? ! ( ) , "+
		"= @ ; $ '.",
		maxIDLength)
	return text{rule: rule, summary: "Invalid device ID", problem: func(value string) string {
		switch {
		case value == "":
			return "It is empty. " + rule
		case value == "." || value == "..":
			return fmt.Sprintf("%q cannot be addressed: it would be read as a step in the path of a URL. Give the device "+
				"another ID.", value)
		case strings.Contains(value, "SharedAccessKey="):
			return "It looks like a connection string: give the device ID alone."
		case len(value) > maxIDLength:
			return fmt.Sprintf("It has %d characters. %s", utf8.RuneCountInString(value), rule)
		case !alphabet.MatchString(value):
			return fmt.Sprintf("IoT Hub does not allow the character %s. %s", firstOutside(alphabet, value), rule)
		}
		return ""
	}}
}

// firstOutside quotes the first character that an alphabet does not have. The value as a whole is never repeated:
// people paste connection strings where a name belongs.
func firstOutside(alphabet *regexp.Regexp, value string) string {
	for _, r := range value {
		if !alphabet.MatchString(string(r)) {
			return strconv.QuoteRune(r)
		}
	}
	return ""
}

// Hostname checks a host name with an optional port, without a scheme or path.
func Hostname() validator.String { return hostname("example.com", func(string) string { return "" }) }

// DPSHostname checks the host name of a DPS instance, and refuses one that can be seen to be something else.
func DPSHostname() validator.String {
	return hostname("example.azure-devices-provisioning.net", cloud.DPSMistake)
}

// HubHostname checks the host name of an IoT hub, and refuses one that can be seen to be something else.
func HubHostname() validator.String { return hostname("example.azure-devices.net", cloud.HubMistake) }

func hostname(example string, mistake func(string) string) validator.String {
	rule := fmt.Sprintf("A host name such as %q, with a port when it is not 443; no scheme, no path.", example)
	return text{rule: rule, summary: "Invalid host name", problem: func(value string) string {
		if problem := HostnameProblem(value); problem != "" {
			return problem + " " + rule
		}
		return mistake(value)
	}}
}

// HostnameProblem says in one sentence what is wrong with a host name, without repeating it; empty when nothing is.
func HostnameProblem(value string) string {
	if err := cloud.CheckHost(value); err != nil {
		return iotdiag.Sentence(err)
	}
	return ""
}

// Reason checks the text that is written to the hub as statusReason: 1 to 128 characters (IoT Hub, identity registry).
func Reason() validator.String { return ReasonBeside(0) }

// ReasonBeside is Reason for a text that shares the statusReason with so many other characters.
func ReasonBeside(others int) validator.String {
	most := maxIDLength - others
	rule := fmt.Sprintf("A reason has 1 to %d characters.", most)
	if others > 0 {
		rule = fmt.Sprintf("A reason has 1 to %d characters: the hub keeps %d, and a mark stands beside it.",
			most, maxIDLength)
	}
	return text{rule: rule, summary: "Invalid reason", problem: func(value string) string {
		switch count := utf8.RuneCountInString(value); {
		case strings.TrimSpace(value) == "":
			return "It is empty: leave the attribute out instead. " + rule
		case count > most:
			return fmt.Sprintf("It has %d characters. %s", count, rule)
		}
		return ""
	}}
}

// TagPath checks the path of a tag in a twin, for a filter.
func TagPath() validator.String {
	form := regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$`)
	rule := "The path of a tag has names of letters, digits and \"_\", with dots between them, such as \"location.plant\"."
	return text{rule: rule, summary: "Invalid path of a tag", problem: func(value string) string {
		if !form.MatchString(value) {
			return "It is not the path of a tag. " + rule + " Give condition for others."
		}
		return ""
	}}
}

// scopePrefix begins every scope of an IoT Edge device (IoT Edge, "Nested edge hierarchies").
const scopePrefix = "ms-azure-iot-edge://"

// DeviceScope checks the scope of an IoT Edge device, which only the hub makes.
func DeviceScope() validator.String {
	rule := "Give device_scope of the IoT Edge device that is the parent, which begins with " +
		strconv.Quote(scopePrefix) + "."
	return text{rule: rule, summary: "Invalid scope", problem: func(value string) string {
		switch {
		case value == "":
			return "It is empty: leave the attribute out instead."
		case !strings.HasPrefix(strings.ToLower(value), scopePrefix):
			return "It is no scope of an IoT Edge device. " + rule
		}
		return ""
	}}
}

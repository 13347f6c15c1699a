// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package iotvalidator

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

// Limits of a twin (IoT Hub, "Device twins: format and size"). DPS stores anything; the hub refuses it when the device
// registers, so that the registration fails.
const (
	maxTwinDepth    = 10
	maxTagBytes     = 8 * 1024
	maxDesiredBytes = 32 * 1024
	maxTwinKey      = 1024
	maxTwinText     = 4 * 1024
	maxTwinInteger  = 4503599627370495
	minTwinInteger  = -4503599627370496
)

// TwinTags checks the tags of a twin: a JSON object within the limits of a hub.
func TwinTags() validator.String { return twinSection("tags", maxTagBytes) }

// TwinDesiredProperties checks the desired properties of a twin: a JSON object within the limits of a hub.
func TwinDesiredProperties() validator.String {
	return twinSection("desired properties", maxDesiredBytes)
}

func twinSection(what string, limit int) validator.String {
	rule := fmt.Sprintf("The %s of a twin are a JSON object, as jsonencode writes it: at most %d levels deep and %d "+
		"bytes large, without \".\", \"$\", \"#\", space or control characters in its keys; integers lie between %d and %d, "+
		"and lists hold no null.", what, maxTwinDepth, limit, minTwinInteger, maxTwinInteger)
	return text{rule: rule, summary: "Invalid " + what, problem: func(value string) string {
		var members map[string]any
		decoder := json.NewDecoder(strings.NewReader(value))
		decoder.UseNumber()
		switch err := decoder.Decode(&members); {
		case !json.Valid([]byte(value)):
			return "It is not valid JSON. " + rule
		case err != nil || members == nil:
			return "It is JSON, but not an object. " + rule
		}
		size, problem := twinSize(members, 1)
		switch {
		case problem != "":
			return problem + " " + rule
		case size > limit:
			return fmt.Sprintf("By the hub's count it has %d bytes. %s", size, rule)
		}
		return ""
	}}
}

const tooDeep = "It is nested too deeply."

// twinSize counts as a hub does: keys and texts without control characters, eight bytes for a number, four for a flag.
func twinSize(value any, depth int) (size int, problem string) {
	switch v := value.(type) {
	case map[string]any:
		return twinMembersSize(v, depth)
	case []any:
		if depth > maxTwinDepth+1 {
			return 0, tooDeep
		}
		for _, element := range v {
			if element == nil {
				return 0, "A list holds null."
			}
			inner, problem := twinSize(element, depth+1)
			if problem != "" {
				return 0, problem
			}
			size += inner
		}
	case string:
		if len(v) > maxTwinText {
			return 0, fmt.Sprintf("A text has %d bytes, and may have %d.", len(v), maxTwinText)
		}
		return twinTextSize(v), ""
	case json.Number:
		return 8, twinNumberProblem(v)
	case bool:
		return 4, ""
	}
	return size, ""
}

func twinMembersSize(members map[string]any, depth int) (size int, problem string) {
	if depth > maxTwinDepth+1 {
		return 0, tooDeep
	}
	for key, member := range members {
		if key == "" || len(key) > maxTwinKey || strings.ContainsAny(key, ".$# ") ||
			strings.ContainsFunc(key, unicode.IsControl) {
			return 0, fmt.Sprintf("The key %q is not allowed.", key)
		}
		inner, problem := twinSize(member, depth+1)
		if problem != "" {
			return 0, problem
		}
		size += len(key) + inner
	}
	return size, ""
}

// twinNumberProblem holds a number against the range of a hub, which is that of the significand of a double.
func twinNumberProblem(n json.Number) string {
	if strings.ContainsAny(n.String(), ".eE") {
		if _, err := n.Float64(); err == nil {
			return ""
		}
	} else if i, err := n.Int64(); err == nil && i >= minTwinInteger && i <= maxTwinInteger {
		return ""
	}
	return fmt.Sprintf("The number %s is out of range.", n)
}

func twinTextSize(text string) int {
	size := 0
	for _, r := range text {
		if !unicode.IsControl(r) {
			size += len(string(r))
		}
	}
	return size
}

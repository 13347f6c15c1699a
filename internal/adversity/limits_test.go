// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package adversity_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
)

// twins are tags and properties on both sides of each limit of a hub. Of a name that begins with a dollar sign a hub
// takes no notice, and the plan refuses it.
func twins() map[string]string {
	text := func(value any) string { raw, _ := json.Marshal(map[string]any{"a": value}); return string(raw) }
	nested := func(depth int, open, end string) string {
		return `{"a":` + strings.Repeat(open, depth) + "1" + strings.Repeat(end, depth) + `}`
	}
	all := map[string]string{
		"empty": `{}`, "null member": `{"a":null}`, "null in a list": `{"a":[null]}`, "null within": `{"a":{"b":null}}`,
		"empty name": `{"":1}`, "name with a dot": `{"a.b":1}`, "name with a space": `{"a b":1}`,
		"name with a number sign": `{"a#":1}`, "name with a control": `{"a\u0001":1}`, "name with a letter beyond": `{"ä":1}`,
		"text with a control": `{"a":"\u0001"}`, "empty list": `{"a":[]}`, "empty object": `{"a":{}}`,
		"true": `{"a":true}`, "fraction": `{"a":1.5}`, "exponent": `{"a":1e3}`, "number beyond a double": `{"a":1e999}`,
		"integer beyond 64 bits": `{"a":99999999999999999999}`, "name that is bad within": `{"a":{"b.c":1}}`,
		"name that is bad in a list": `{"a":[{"b.c":1}]}`, "number that is bad in a list": `{"a":[4503599627370496]}`,
	}
	for _, n := range []int64{4503599627370495, 4503599627370496, -4503599627370496, -4503599627370497} {
		all[fmt.Sprint("integer ", n)] = text(n)
	}
	for _, length := range []int{1024, 1025} {
		all[fmt.Sprint("name of ", length)] = fmt.Sprintf(`{%q:1}`, strings.Repeat("n", length))
		all[fmt.Sprint("name in umlauts of ", length)] = fmt.Sprintf(`{%q:1}`, strings.Repeat("ä", length/2)+"nn"[:length%2])
	}
	for _, length := range []int{4096, 4097} {
		all[fmt.Sprint("text of ", length)] = text(strings.Repeat("t", length))
		all[fmt.Sprint("text in umlauts of ", length)] = text(strings.Repeat("ä", length/2) + "tt"[:length%2])
	}
	for depth := 8; depth <= 12; depth++ {
		all[fmt.Sprint("objects nested ", depth)] = nested(depth, `{"a":`, `}`)
		all[fmt.Sprint("lists nested ", depth)] = nested(depth, `[`, `]`)
		all[fmt.Sprint("both nested ", depth)] = nested(depth/2, `[{"a":`, `}]`)
		all[fmt.Sprint("empty objects nested ", depth)] = strings.Replace(nested(depth, `{"a":`, `}`), "1", "{}", 1)
		all[fmt.Sprint("empty lists nested ", depth)] = strings.Replace(nested(depth, `[`, `]`), "1", "[]", 1)
	}
	for _, size := range []int{8 << 10, 32 << 10} {
		for _, over := range []int{0, 1} {
			members := map[string]any{}
			left := size + over
			for i := 0; left > 0; i++ {
				name := fmt.Sprintf("m%03d", i)
				length := min(4000, left-len(name))
				members[name] = strings.Repeat("x", length)
				if left -= len(name) + length; left > 0 && left <= 4 {
					members[name] = strings.Repeat("x", length-8)
					left += 8
				}
			}
			raw, _ := json.Marshal(members)
			all[fmt.Sprint("size of ", size+over)] = string(raw)
		}
	}
	return all
}

// What a hub refuses of a twin, so that the device fails to register, is refused at plan, and nothing else.
func TestLimits_ofTwinsAreCheckedAtPlan(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	o := s.NewObject(individualType)
	number := 0
	for title, text := range twins() {
		for _, section := range []string{"tags", "desired_properties"} {
			number++
			id := fmt.Sprintf("d%d", number)
			said := o.Validate(o.Config(map[string]any{
				"registration_id": id, "attestation": symmetricKey(), "initial_twin": map[string]any{section: text},
			}))
			if taken := s.takes(id, section, text); taken == said.Failed() {
				t.Errorf("%s, %s: the hub takes it: %t, the plan says: %s", section, title, taken, said.Errors())
			}
		}
	}
}

// takes tells whether a device with such a twin can register.
func (s scene) takes(id, section, text string) bool {
	s.T.Helper()
	twin := &azdps.InitialTwin{Tags: json.RawMessage(text)}
	if section != "tags" {
		twin = &azdps.InitialTwin{Desired: json.RawMessage(text)}
	}
	entry := azdps.IndividualEnrollment{RegistrationID: id}
	entry.Attestation = acctest.Keyed()
	entry.InitialTwin = twin
	made, err := s.DPS.PutIndividualEnrollment(s.Context(), entry, nil)
	if err != nil {
		return false
	}
	device := s.DeviceBy(id, devicesim.SymmetricKey(made.Attestation.SymmetricKey.PrimaryKey))
	outcome, err := device.Register(s.Context())
	if err != nil {
		s.T.Fatal(err)
	}
	return outcome.Admitted()
}

// What a hub refuses of a name or a reason is refused at plan, and nothing else.
func TestLimits_ofIdentitiesAreCheckedAtPlan(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	o := s.NewObject(identityType)
	names := []string{strings.Repeat("n", 128), strings.Repeat("n", 129), "dä"}
	for c := byte(' '); c < 0x7f; c++ {
		if c != '/' && c != '?' { // These would end the path, and what is before them be the name.
			names = append(names, fmt.Sprintf("d%cd", c))
		}
	}
	reasons := []string{"", " ", "sold", strings.Repeat("r", 128), strings.Repeat("r", 129), strings.Repeat("ä", 128)}
	for i, reason := range reasons {
		s.mustAgreeOn(o, fmt.Sprintf("reason-%d", i), reason)
	}
	for _, name := range names {
		s.mustAgreeOn(o, name, "sold")
	}
}

// mustAgreeOn fails the test unless hub and plan both take an identity, or neither does. A reason of nothing but space
// is none to a plan.
func (s scene) mustAgreeOn(o *acctest.Object, name, reason string) {
	s.T.Helper()
	_, err := s.Hub("north").PutDevice(s.Context(), aziothub.Device{
		DeviceID: name, Status: aziothub.StatusDisabled, StatusReason: &reason,
	}, nil)
	said := o.Validate(o.Config(map[string]any{
		"device_id": name, "iothub_hostname": s.Hostname("north"), "status": "disabled", "status_reason": reason,
	}))
	blank := strings.TrimSpace(reason) == ""
	if (err == nil) == said.Failed() && !blank {
		s.T.Errorf("%q, %q: the hub says %v, the plan says: %s", name, reason, err, said.Errors())
	}
}

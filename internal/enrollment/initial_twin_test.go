// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

func twin(tags, desired any) attributes {
	return attributes{"initial_twin": attributes{"tags": tags, "desired_properties": desired}}
}

func TestInitialTwin_reachesTheDeviceWithKeysOfAnyName(t *testing.T) {
	t.Parallel()
	b := newBench(t, individualType)
	const tags = `{"version":"2","count":3,"metadata":{"lastUpdated":true}}`
	const desired = `{"version":7,"count":[1,2.50],"metadata":"m","nested":{"deep":{"list":["a",{"b":1}]}}}`
	config := with(individualKey("sensor-1", given(someKey('a'), nil, 1)), twin(tags, desired))
	b.MustApply(b.Config(config))
	b.MustSettle(b.Config(config))
	b.DeviceBy("sensor-1", devicesim.SymmetricKey(someKey('a'))).MustBeIn("hub1")
	got, err := b.Hub("hub1").GetTwin(b.Context(), "sensor-1")
	must(t, err)
	if !sameJSON(t, got.Tags, tags) {
		t.Errorf("the tags should be %s, not %s", tags, got.Tags)
	}
}

func sameJSON(t testing.TB, raw json.RawMessage, want string) bool {
	t.Helper()
	var a, b any
	must(t, json.Unmarshal(raw, &a))
	must(t, json.Unmarshal([]byte(want), &b))
	return fmt.Sprint(a) == fmt.Sprint(b)
}

func TestJSON_meaningAndNotSpellingIsCompared(t *testing.T) {
	t.Parallel()
	b := newBench(t, individualType)
	config := with(individualKey("sensor-1", attributes{}), twin(`{"a":1,"b":{"c":[1,2]}}`, nil))
	config["optional_device_information"] = `{"owner":"ops","rack":4}`
	b.MustApply(b.Config(config))
	respelled := with(config, twin(" { \"b\" : {\"c\":[1, 2]},\n \"a\" : 1 } ", nil))
	respelled["optional_device_information"] = `{ "rack": 4, "owner": "ops" }`
	b.MustSettle(b.Config(respelled))
	changed := with(config, twin(`{"a":1,"b":{"c":[2,1]}}`, nil))
	if planned := b.MustPlan(b.Config(changed)); !b.Changes(planned) {
		t.Error("the order of a list has a meaning")
	}
}

func TestInitialTwin_withoutContentIsNoDifferenceToNone(t *testing.T) {
	t.Parallel()
	b, plain := newManaged(t)
	// The Azure CLI always sends the members, empty as they may be.
	b.SetEntry("sensor-1", func(e *azdps.IndividualEnrollment) {
		keys := b.keys("sensor-1")
		e.Attestation.SymmetricKey = &keys
		e.InitialTwin = &azdps.InitialTwin{Tags: json.RawMessage(`{}`), Desired: json.RawMessage(`{}`)}
		e.OptionalDeviceInformation = json.RawMessage(`{}`)
	})
	b.MustSettle(b.Config(plain))
	for name, twin := range map[string]attributes{
		"empty objects": twin("{}", "{}"), "an empty object": twin(nil, "{ }"), "null members": twin(nil, nil),
	} {
		config := with(plain, twin)
		b.MustApply(b.Config(config))
		b.MustSettle(b.Config(config))
		if t.Failed() {
			t.Fatal(name)
		}
	}
}

func TestInitialTwin_isRemovedByLeavingItOut(t *testing.T) {
	t.Parallel()
	b := newBench(t, individualType)
	plain := individualKey("sensor-1", attributes{})
	b.MustApply(b.Config(with(plain, twin(`{"a":1}`, `{"b":2}`))))
	b.MustApply(b.Config(with(plain, twin(nil, `{"b":2}`))))
	if got := b.Entry("sensor-1").InitialTwin; got == nil || got.Tags != nil || string(got.Desired) != `{"b":2}` {
		t.Errorf("the tags should be gone, and nothing else: %v", got)
	}
	b.MustApply(b.Config(plain))
	if got := b.Entry("sensor-1").InitialTwin; got != nil {
		t.Errorf("the twin should be gone: %v", got)
	}
	b.MustSettle(b.Config(plain))
}

func TestMembers_unknownToUsAreSentBackAsTheyWereRead(t *testing.T) {
	t.Parallel()
	b := newBench(t, individualType, acctest.Emulate(func(o *emulator.Options) { o.Choices.KeepUnknownMembers = true }))
	config := individualX509("sensor-1", b.deviceCertificate("sensor-1").PEM())
	b.MustApply(b.Config(config))
	b.SetEntry("sensor-1", func(e *azdps.IndividualEnrollment) {
		e.Extra = map[string]json.RawMessage{"credentialPolicyName": json.RawMessage(`"gold"`)}
	})
	b.MustSettle(b.Config(config))
	b.MustApply(b.Config(with(config, attributes{"device_id": "sensor-one"})))
	if got := b.Entry("sensor-1").Extra["credentialPolicyName"]; string(got) != `"gold"` {
		t.Errorf("the member should have been sent back, not %s", got)
	}
}

func TestInitialTwin_thatAHubWouldRefuseIsAnError(t *testing.T) {
	t.Parallel()
	b := newBench(t, individualType)
	deep := func(levels int) string { return strings.Repeat(`{"a":`, levels) + "1" + strings.Repeat("}", levels) }
	tests := map[string]struct {
		twin attributes
		says []string
	}{
		"no JSON":           {twin("{", nil), []string{"tags", "It is not valid JSON."}},
		"empty text":        {twin("", nil), []string{"It is not valid JSON."}},
		"a list":            {twin(nil, "[1]"), []string{"desired_properties", "not an object"}},
		"null":              {twin(nil, "null"), []string{"not an object"}},
		"two objects":       {twin("{} {}", nil), []string{"It is not valid JSON."}},
		"a key with a dot":  {twin(`{"a.b":1}`, nil), []string{`The key "a.b" is not allowed.`}},
		"a reserved key":    {twin(nil, `{"x":{"$version":1}}`), []string{`The key "$version" is not allowed.`}},
		"a key with space":  {twin(nil, `{"x":[{"a b":1}]}`), []string{`The key "a b" is not allowed.`}},
		"too deep":          {twin(deep(12), nil), []string{"It is nested too deeply."}},
		"too large tags":    {twin(texts(2, 4096), nil), []string{"By the hub's count it has 8193 bytes."}},
		"too large desired": {twin(nil, texts(8, 4096)), []string{"32769 bytes"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := b.For(t)
			b.Validate(b.Config(with(individualKey("sensor-1", attributes{}), test.twin))).MustFail(t, test.says...)
		})
	}
	for name, good := range map[string]attributes{
		"not known yet":  twin(acctest.Unknown{}, acctest.Unknown{}),
		"ten levels":     twin(deep(10), nil),
		"as large tags":  twin(texts(2, 4095), nil),
		"other scripts":  twin(`{"größe":"große"}`, nil),
		"unknown itself": {"initial_twin": acctest.Unknown{}},
	} {
		if checked := b.Validate(b.Config(with(individualKey("sensor-1", attributes{}), good))); checked.Failed() {
			t.Errorf("%s should be valid: %s", name, checked.Errors())
		}
	}
}

func TestEntry_largerThanARequestMayBeIsAnError(t *testing.T) {
	t.Parallel()
	b := newBench(t, individualType)
	config := func(size int) attributes {
		return with(individualKey("sensor-1", attributes{}), attributes{
			"optional_device_information": `{"a":"` + strings.Repeat("x", size) + `"}`,
		})
	}
	if checked := b.Validate(b.Config(config(90_000))); checked.Failed() {
		t.Errorf("this fits: %s", checked.Errors())
	}
	b.Validate(b.Config(config(98_304))).MustFail(t, "Entry is too large", "DPS takes no more than 98304")
}

// texts are tags with so many texts of a length.
func texts(count, length int) string {
	list := strings.Repeat(`,"`+strings.Repeat("x", length)+`"`, count)
	return `{"a":[` + list[1:] + "]}"
}

// A plan refuses what the hub refuses when the device registers, and nothing else.
func TestInitialTwin_isRefusedWhereTheHubRefusesIt(t *testing.T) {
	t.Parallel()
	b := newBench(t, individualType)
	for i, tags := range []string{
		`{"a":4503599627370495}`, `{"a":4503599627370496}`, `{"a":-4503599627370496}`, `{"a":-4503599627370497}`,
		`{"a":5283920058631410000}`, `{"a":1.5e300}`, `{"a":1e999}`, `{"a":99999999999999999999}`,
		`{"` + strings.Repeat("k", 1024) + `":1}`, `{"` + strings.Repeat("k", 1025) + `":1}`,
		texts(1, 4096), texts(1, 4097), texts(2, 4096), `{"a":[1,null]}`, `{"a#b":1}`, `{"a-b":1}`, `{"a":{"b":{"c":true}}}`,
	} {
		id := fmt.Sprintf("sensor-%d", i)
		key := azdps.SymmetricKey{PrimaryKey: someKey('a'), SecondaryKey: someKey('b')}
		entry := azdps.IndividualEnrollment{RegistrationID: id}
		entry.Attestation = azdps.Attestation{Type: azdps.AttestationSymmetricKey, SymmetricKey: &key}
		entry.InitialTwin = &azdps.InitialTwin{Tags: json.RawMessage(tags)}
		_, err := b.DPS.PutIndividualEnrollment(b.Context(), entry, nil)
		must(t, err)
		outcome, err := b.DeviceBy(id, devicesim.SymmetricKey(key.PrimaryKey)).Register(b.Context())
		must(t, err)
		checked := b.Validate(b.Config(with(individualKey(id, attributes{}), twin(tags, nil))))
		if checked.Failed() == outcome.Admitted() {
			t.Errorf("%.60s: the device is in: %t, and the plan says %q", tags, outcome.Admitted(), checked.Errors())
		}
	}
}

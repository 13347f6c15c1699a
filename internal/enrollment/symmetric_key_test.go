// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment_test

import (
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

// someKey is a key of 32 times the same byte.
func someKey(fill byte) string {
	return base64.StdEncoding.EncodeToString([]byte(strings.Repeat(string(rune(fill)), 32)))
}

// given are keys with their version; a number becomes its text, as in Terraform's language.
func given(primary, secondary, version any) attributes {
	if number, ok := version.(int); ok {
		version = strconv.Itoa(number)
	}
	return attributes{"primary_key_wo": primary, "secondary_key_wo": secondary, "keys_wo_version": version}
}

func TestKeys_givenAreSentOnceAndNeverInStateOrPlan(t *testing.T) {
	t.Parallel()
	for typeName, config := range keyedKinds(given(someKey('a'), someKey('b'), 1)) {
		t.Run(typeName, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, typeName)
			planned := b.MustApply(b.Config(config))
			if keys := b.keys("sensor-1"); keys.PrimaryKey != someKey('a') || keys.SecondaryKey != someKey('b') {
				t.Error("the service should have the keys given")
			}
			for _, text := range []string{planned.Planned.String(), b.State.String(), string(b.Private)} {
				acctest.MustNotSay(t, text, someKey('a'), someKey('b'))
			}
			b.MustSettle(b.Config(config))
		})
	}
}

func TestKeys_notGivenAreMadeByTheServiceAndKeptByUpdates(t *testing.T) {
	t.Parallel()
	for name, choices := range map[string]emulator.DPSChoices{
		"a service that keeps keys": {}, "a service that makes new keys": {NewKeysOnUpdate: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, individualType, acctest.Emulate(func(o *emulator.Options) { o.Choices.DPSChoices = choices }))
			config := individualKey("sensor-1", attributes{})
			b.MustApply(b.Config(config))
			before := b.keys("sensor-1")
			b.MustApply(b.Config(with(config, attributes{"device_id": "sensor-one"})))
			after := b.keys("sensor-1")
			if before.PrimaryKey != after.PrimaryKey || before.SecondaryKey != after.SecondaryKey {
				t.Error("the update should keep the keys")
			}
			acctest.MustNotSay(t, b.State.String(), before.PrimaryKey, before.SecondaryKey)
			b.DeviceBy("sensor-1", devicesim.SymmetricKey(before.PrimaryKey)).MustRegister()
		})
	}
}

func TestKeys_ofAnotherVersionReplaceTheOldOnesWithoutReadingThem(t *testing.T) {
	t.Parallel()
	b := newBench(t, individualType)
	b.MustApply(b.Config(individualKey("sensor-1", given(someKey('a'), someKey('b'), 1))))
	b.Emulator.ClearJournal()
	b.MustApply(b.Config(individualKey("sensor-1", given(someKey('c'), someKey('d'), 2))))
	b.mustCall("GET /enrollments/sensor-1", "PUT /enrollments/sensor-1")
	if keys := b.keys("sensor-1"); keys.PrimaryKey != someKey('c') || keys.SecondaryKey != someKey('d') {
		t.Error("the service should have the new keys")
	}
}

func TestKeys_changedWithoutAnotherVersionAreNotSent(t *testing.T) {
	t.Parallel()
	b := newBench(t, individualType)
	b.MustApply(b.Config(individualKey("sensor-1", given(someKey('a'), someKey('b'), 1))))
	b.MustSettle(b.Config(individualKey("sensor-1", given(someKey('c'), someKey('d'), 1))))
	b.MustApply(b.Config(with(individualKey("sensor-1", given(someKey('c'), someKey('d'), 1)),
		attributes{"device_id": "x"})))
	if keys := b.keys("sensor-1"); keys.PrimaryKey != someKey('a') || keys.SecondaryKey != someKey('b') {
		t.Error("the keys should be what they were")
	}
}

func TestKeys_ofWhichOneIsGivenKeepTheOther(t *testing.T) {
	t.Parallel()
	b := newBench(t, groupType)
	b.MustApply(b.Config(groupKey("factory", given(someKey('a'), nil, 1))))
	made := b.keys("factory")
	if made.PrimaryKey != someKey('a') || made.SecondaryKey == "" || made.SecondaryKey == someKey('a') {
		t.Error("the service should have made the second key")
	}
	b.MustApply(b.Config(groupKey("factory", given(someKey('c'), nil, 2))))
	if rolled := b.keys("factory"); rolled.PrimaryKey != someKey('c') || rolled.SecondaryKey != made.SecondaryKey {
		t.Error("only the first key should have changed")
	}
}

func TestKeys_thatCannotBeReadFailAnUpdateBeforeAnyWrite(t *testing.T) {
	t.Parallel()
	b, config := newManaged(t)
	b.Fail("", http.MethodPost, "attestationmechanism", http.StatusUnauthorized, 0)
	b.Emulator.ClearJournal()
	b.Apply(b.MustPlan(b.Config(with(config, attributes{"device_id": "sensor-one"})))).MustFail(t,
		"Cannot read the keys of individual enrollment",
		"Microsoft.Devices/provisioningServices/attestationmechanism/details/action", "Nothing was written.")
	b.MustNotHaveWritten()
}

func TestKeys_areReadByNoPlanAndNoRefresh(t *testing.T) {
	t.Parallel()
	b := newBench(t, groupType)
	config := groupKey("factory", given(someKey('a'), someKey('b'), 1))
	b.MustApply(b.Config(config))
	b.Fail("", http.MethodPost, "attestationmechanism", http.StatusUnauthorized, 0)
	b.MustSettle(b.Config(config))
	b.MustApply(b.Config(with(config, attributes{"on_destroy": "keep"})))
}

func TestOnDestroy_changedAloneWritesNothing(t *testing.T) {
	t.Parallel()
	b := newBench(t, groupType)
	config := groupKey("factory", attributes{})
	b.MustApply(b.Config(config))
	b.Emulator.ClearJournal()
	b.MustApply(b.Config(with(config, attributes{"on_destroy": "prevent"})))
	b.mustCall()
}

func TestKeys_aConfigurationThatCannotMeanAnythingIsAnError(t *testing.T) {
	t.Parallel()
	b := newBench(t, individualType)
	short, long := base64.StdEncoding.EncodeToString(make([]byte, 15)), base64.StdEncoding.EncodeToString(make([]byte, 65))
	tests := map[string]struct {
		key  attributes
		says []string
	}{
		"a key without a version": {given(someKey('a'), nil, nil), []string{"Keys need a version", "give keys_wo_version"}},
		"a version without a key": {given(nil, nil, 1), []string{"Version without keys", "keys_wo_version"}},
		"an empty version":        {given(someKey('a'), nil, ""), []string{"keys_wo_version", "It is empty"}},
		"an empty key":            {given("", nil, 1), []string{"Invalid symmetric key", "It is empty"}},
		"no base64":               {given("not a key!", nil, 1), []string{"Invalid symmetric key", "It is not base64."}},
		"too short a key":         {given(short, nil, 1), []string{"It has 15 bytes. A symmetric key is the base64"}},
		"too long a key":          {given(nil, long, 1), []string{"secondary_key_wo", "It has 65 bytes."}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := b.For(t)
			checked := b.Validate(b.Config(individualKey("sensor-1", test.key)))
			checked.MustFail(t, test.says...)
			acctest.MustNotSay(t, checked.Errors(), short, long, "not a key!")
		})
	}
	for name, key := range map[string]attributes{
		"none":               {},
		"16 bytes":           given(base64.StdEncoding.EncodeToString(make([]byte, 16)), nil, 1),
		"64 bytes":           given(base64.StdEncoding.EncodeToString(make([]byte, 64)), nil, 1),
		"not known yet":      given(acctest.Unknown{}, acctest.Unknown{}, 1),
		"of unknown version": given(someKey('a'), nil, acctest.Unknown{}),
		"version of unknown": given(acctest.Unknown{}, nil, acctest.Unknown{}),
	} {
		if checked := b.Validate(b.Config(individualKey("sensor-1", key))); checked.Failed() {
			t.Errorf("%s should be valid: %s", name, checked.Errors())
		}
	}
}

// base64Of is the base64 of some bytes.
func base64Of(count int) string { return base64.StdEncoding.EncodeToString(make([]byte, count)) }

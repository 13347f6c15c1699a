// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment_test

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

const rotateType = "azureiot_dps_rotate_keys"

// keyed is an entry with symmetric keys that an operator has made, with members that no client knows.
type keyed struct {
	bench

	path, idName, id string
}

func newKeyed(t testing.TB, typeName string, options ...acctest.Option) keyed {
	t.Helper()
	k := keyed{bench: newBench(t, typeName, append(options, acctest.Emulate(func(o *emulator.Options) {
		o.Choices.KeepUnknownMembers = true
	}))...), path: "/enrollments/factory", idName: "registration_id", id: "factory"}
	body := map[string]any{
		"registrationId": k.id, "deviceId": "thale-1", "optionalDeviceInformation": map[string]any{"line": "4"},
	}
	if k.isGroup() {
		k.path, k.idName = "/enrollmentGroups/factory", "enrollment_group_id"
		body = map[string]any{"enrollmentGroupId": k.id}
	}
	maps.Copy(body, map[string]any{
		"attestation": map[string]any{"type": "symmetricKey", "symmetricKey": map[string]any{
			"primaryKey": someKey('a'), "secondaryKey": someKey('b')}},
		"provisioningStatus": "enabled", "allocationPolicy": "hashed", "newIn2031": map[string]any{"a": []any{"b"}},
		"initialTwin":       map[string]any{"tags": map[string]any{"plant": "thale", "n": nil}},
		"reprovisionPolicy": map[string]any{"updateHubAssignment": true, "migrateDeviceData": false, "odd": true},
	})
	raw, err := json.Marshal(body)
	must(t, err)
	k.DPSRaw(http.MethodPut, k.path, "", string(raw))
	k.Emulator.ClearJournal()
	return k
}

func (k keyed) rotation(key string) attributes { return attributes{k.idName: k.id, "key": key} }

// rest is the entry without its keys, and without what every write changes.
func (k keyed) rest() string {
	k.T.Helper()
	var document map[string]any
	must(k.T, json.Unmarshal([]byte(k.DPSRaw(http.MethodGet, k.path, "", "")), &document))
	delete(document, "etag")
	delete(document, "lastUpdatedDateTimeUtc")
	delete(document, "registrationState")
	raw, err := json.Marshal(document)
	must(k.T, err)
	return string(raw)
}

// device is a device that holds a key, or one derived from it.
func (k keyed) device(key string) *acctest.Device {
	k.T.Helper()
	if !k.isGroup() {
		return k.DeviceBy(k.id, devicesim.SymmetricKey(key))
	}
	return k.DeviceBy("sensor-1", devicesim.DerivedKey(key, "sensor-1"))
}

// change has the operator change something else of the entry.
func (k keyed) change() {
	k.T.Helper()
	k.rewrite(func(body map[string]any) { body["allocationPolicy"] = "geoLatency" })
}

// rewrite has the operator change the entry, with the keys that it has.
func (k keyed) rewrite(change func(body map[string]any)) {
	k.T.Helper()
	var body, attestation map[string]any
	must(k.T, json.Unmarshal([]byte(k.DPSRaw(http.MethodGet, k.path, "", "")), &body))
	must(k.T, json.Unmarshal([]byte(k.DPSRaw(http.MethodPost, k.path+"/attestationmechanism", "", "")), &attestation))
	body["attestation"] = attestation
	change(body)
	raw, err := json.Marshal(body)
	must(k.T, err)
	k.DPSRaw(http.MethodPut, k.path, "*", string(raw))
}

func eachKind(t *testing.T, run func(t *testing.T, k keyed), options ...acctest.Option) {
	t.Helper()
	for _, typeName := range []string{individualType, groupType} {
		t.Run(typeName, func(t *testing.T) {
			t.Parallel()
			run(t, newKeyed(t, typeName, options...))
		})
	}
}

func TestRotation_renewsOneKeyAndNothingElse(t *testing.T) {
	t.Parallel()
	for name, choices := range map[string]emulator.DPSChoices{
		"keys are kept": {}, "keys are made anew": {NewKeysOnUpdate: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachKind(t, func(t *testing.T, k keyed) {
				t.Helper()
				before := k.rest()
				k.Emulator.ClearJournal()
				done := k.MustInvoke(rotateType, k.rotation("secondary"))
				k.mustCall("GET "+k.path, "POST "+k.path+"/attestationmechanism", "PUT "+k.path)
				acctest.MustSay(t, strings.Join(done.Progress, "\n"), "Renewed the secondary key of", `"factory"`,
					"The other key is as it was.")
				now := k.keys(k.id)
				raw, err := base64.StdEncoding.DecodeString(now.SecondaryKey)
				if err != nil || len(raw) != 64 || now.SecondaryKey == someKey('b') || now.PrimaryKey != someKey('a') {
					t.Error("only the secondary key should be another one, of 64 bytes")
				}
				k.MustInvoke(rotateType, k.rotation("primary"))
				last := k.keys(k.id)
				if last.SecondaryKey != now.SecondaryKey || last.PrimaryKey == someKey('a') {
					t.Error("only the primary key should be another one")
				}
				if after := k.rest(); after != before || !strings.Contains(after, "newIn2031") {
					t.Errorf("everything else should be as it was:\n%s\n%s", before, after)
				}
			}, acctest.Emulate(func(o *emulator.Options) { o.Choices.DPSChoices = choices }))
		})
	}
}

// A device that is given the new key between the two steps gets in at every moment, and what it held before is refused
// at the end, by DPS and, since it has registered, by its hub.
func TestRotation_inItsOrderLocksNobodyOut(t *testing.T) {
	t.Parallel()
	eachKind(t, func(t *testing.T, k keyed) {
		t.Helper()
		old := k.device(someKey('a'))
		old.MustRegister()
		k.MustInvoke(rotateType, k.rotation("secondary"))
		old.MustRegister()
		renewed := k.device(k.keys(k.id).SecondaryKey)
		renewed.MustRegister()
		old.MustRegister()
		k.MustInvoke(rotateType, k.rotation("primary"))
		renewed.MustRegister()
		old.MustBeRefused()
		k.device(k.keys(k.id).PrimaryKey).MustRegister()
	})
}

func TestRotation_leavesADisabledEntryDisabled(t *testing.T) {
	t.Parallel()
	eachKind(t, func(t *testing.T, k keyed) {
		t.Helper()
		k.rewrite(func(body map[string]any) { body["provisioningStatus"] = "disabled" })
		before := k.rest()
		k.MustInvoke(rotateType, k.rotation("primary"))
		if after := k.rest(); after != before {
			t.Errorf("the entry should be as it was:\n%s\n%s", before, after)
		}
		k.device(k.keys(k.id).PrimaryKey).MustBeRefused()
	})
}

func TestRotation_keepsWhatSomebodyElseChangesMeanwhile(t *testing.T) {
	t.Parallel()
	eachKind(t, func(t *testing.T, k keyed) {
		t.Helper()
		k.When("", http.MethodPut, k.path, k.change)
		k.MustInvoke(rotateType, k.rotation("primary"))
		if now := k.keys(k.id); now.PrimaryKey == someKey('a') || now.SecondaryKey != someKey('b') {
			t.Error("only the primary key should be another one")
		}
		acctest.MustSay(t, k.rest(), "geoLatency")
	})
}

// Two rotations at the same moment would replace a key that was handed out, or both keys at once.
func TestRotation_stopsWhenSomebodyElseRotates(t *testing.T) {
	t.Parallel()
	for _, slot := range []string{"primaryKey", "secondaryKey"} {
		t.Run(slot, func(t *testing.T) {
			t.Parallel()
			eachKind(t, func(t *testing.T, k keyed) {
				t.Helper()
				k.When("", http.MethodPut, k.path, func() {
					k.rewrite(func(body map[string]any) {
						body["attestation"].(map[string]any)["symmetricKey"].(map[string]any)[slot] = someKey('c')
					})
				})
				k.InvokeAction(rotateType, k.rotation("primary")).MustFail(t, "Keys are changed by somebody else", `"factory"`,
					"Nothing was written")
				theirs := azdps.SymmetricKey{PrimaryKey: someKey('a'), SecondaryKey: someKey('b')}
				if slot == "primaryKey" {
					theirs.PrimaryKey = someKey('c')
				} else {
					theirs.SecondaryKey = someKey('c')
				}
				if now := k.keys(k.id); now.PrimaryKey != theirs.PrimaryKey || now.SecondaryKey != theirs.SecondaryKey {
					t.Error("the keys should be theirs")
				}
			})
		})
	}
}

func TestRotation_givesUpOnAnEntryThatKeepsChanging(t *testing.T) {
	t.Parallel()
	k := newKeyed(t, groupType)
	k.Fail("", http.MethodPut, "", http.StatusPreconditionFailed, 0)
	k.InvokeAction(rotateType, k.rotation("primary")).MustFail(t, "Enrollment group keeps changing", "3 tries",
		"no key was changed")
}

func TestRotation_ofAnEntryThatIsDeletedMeanwhile(t *testing.T) {
	t.Parallel()
	for _, choices := range []emulator.DPSChoices{{}, {MissingEntryIs404: true}} {
		k := newKeyed(t, individualType, acctest.Emulate(func(o *emulator.Options) { o.Choices.DPSChoices = choices }))
		k.When("", http.MethodPut, k.path, func() { k.DeleteEntry(k.id) })
		k.InvokeAction(rotateType, k.rotation("primary")).MustFail(t, "No such individual enrollment", "Nothing was written")
		if k.Entry(k.id) != nil {
			t.Error("the entry should not be made again")
		}
	}
}

func TestRotation_whoseAnswerIsLostIsRecognised(t *testing.T) {
	t.Parallel()
	eachKind(t, func(t *testing.T, k keyed) {
		t.Helper()
		k.Emulator.AddFault(emulator.Fault{Method: http.MethodPut, Cut: emulator.CutAfter})
		k.MustInvoke(rotateType, k.rotation("primary"))
		if now := k.keys(k.id); now.PrimaryKey == someKey('a') || now.SecondaryKey != someKey('b') {
			t.Error("only the primary key should be another one")
		}
	})
}

// A lost answer that cannot be looked after says what may be, and that the other key is good.
func TestRotation_thatNobodyAnswersSaysWhatMayBe(t *testing.T) {
	t.Parallel()
	k := newKeyed(t, groupType)
	k.Emulator.AddFault(emulator.Fault{Method: http.MethodPut, Cut: emulator.CutAfter})
	k.Emulator.AddFault(emulator.Fault{Method: http.MethodPost, Status: http.StatusForbidden, Skip: 1})
	k.InvokeAction(rotateType, k.rotation("primary")).MustFail(t, "Cannot renew a key of enrollment group",
		"The primary key may have been renewed all the same; the other one is as it was.")
	k.Emulator.ClearFaults()
	if now := k.keys(k.id); now.SecondaryKey != someKey('b') {
		t.Error("the secondary key should be as it was")
	}
}

// An answer that shows no keys is no news of them; one that shows others is an error.
func TestRotation_believesOnlyTheKeysThatItSees(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		shown string
		says  string
	}{
		"none": {`{"type":"symmetricKey"}`, ""},
		"others": {`{"type":"symmetricKey","symmetricKey":{"primaryKey":"` + someKey('x') + `","secondaryKey":"` +
			someKey('b') + `"}}`, "DPS did not store the change"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := newKeyed(t, groupType)
			k.Emulator.AddFault(emulator.Fault{
				Method: http.MethodPut, Path: regexp.MustCompile(k.path), Cut: emulator.CutAfter, Status: http.StatusOK,
				Body: `{"enrollmentGroupId":"factory","etag":"x","attestation":` + test.shown + `}`,
			})
			invoked := k.InvokeAction(rotateType, k.rotation("primary"))
			if test.says == "" {
				invoked.MustSucceed(t)
				return
			}
			invoked.MustFail(t, test.says, `"factory"`)
		})
	}
}

func TestRotation_eachCallFailing(t *testing.T) {
	t.Parallel()
	eachKind(t, func(t *testing.T, k keyed) {
		t.Helper()
		noun := map[bool]string{false: "individual enrollment", true: "enrollment group"}[k.isGroup()]
		k.mustFailEverywhere(t, rotateType, k.rotation("secondary"), []call{
			{http.MethodGet, k.path, []string{"Cannot read " + noun, `"factory"`, "Nothing was written."}},
			{http.MethodPost, "/attestationmechanism", []string{"Cannot read the keys of " + noun, `"factory"`,
				"Nothing was written."}},
			{http.MethodPut, k.path, []string{"Cannot renew a key of " + noun, `"factory"`}},
		}, func() any {
			keys := k.keys(k.id)
			return []string{keys.PrimaryKey, keys.SecondaryKey, k.rest()}
		})
		k.MustInvoke(rotateType, k.rotation("secondary"))
	})
}

func TestRotation_ofWhatHasNoKeys(t *testing.T) {
	t.Parallel()
	b := newBench(t, groupType)
	b.AddGroup("factory", b.Intermediate)
	b.Emulator.ClearJournal()
	b.InvokeAction(rotateType, attributes{"enrollment_group_id": "factory", "key": "primary"}).MustFail(t,
		`AttributeName("enrollment_group_id")`, "There are no keys", `"x509", which has no symmetric keys`)
	b.mustCall("GET /enrollmentGroups/factory")
	b.InvokeAction(rotateType, attributes{"registration_id": "nobody", "key": "primary"}).MustFail(t,
		`AttributeName("registration_id")`, "No such individual enrollment", `"nobody"`)
}

func TestRotation_ofOneEntryAtATime(t *testing.T) {
	t.Parallel()
	b := newBench(t, groupType)
	for name, test := range map[string]struct {
		config attributes
		says   []string // none: it is valid
	}{
		"both": {attributes{"registration_id": "a", "enrollment_group_id": "b", "key": "primary"},
			[]string{`AttributeName("enrollment_group_id")`, "Keys of two entries"}},
		"none": {attributes{"key": "primary"}, []string{`AttributeName("registration_id")`, "Keys of no entry"}},
		"one and one that may be null": {attributes{"registration_id": "a", "enrollment_group_id": acctest.Unknown{},
			"key": "primary"}, nil},
		"one that is not known": {attributes{"registration_id": acctest.Unknown{}, "key": "primary"}, nil},
		"both keys":             {attributes{"registration_id": "a", "key": "both"}, []string{`AttributeName("key")`}},
	} {
		planned := b.PlanAction(rotateType, test.config)
		if len(test.says) == 0 && planned.Failed() {
			t.Errorf("%s: %s", name, planned.Errors())
		}
		if len(test.says) > 0 {
			planned.MustFail(t, test.says...)
		}
	}
	b.mustCall()
}

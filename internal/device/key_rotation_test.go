// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package device_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
)

const rotateType = "azureiot_iothub_rotate_device_keys"

// newRotated is a plant in which pump-1 has the keys key1 and key2, and everything that a PUT could lose.
func newRotated(t *testing.T) plant {
	t.Helper()
	p := newPlant(t)
	p.AddIdentity("north", deviceID, func(d *aziothub.Device) {
		d.StatusReason, d.Capabilities = new("checked"), &aziothub.Capabilities{IoTEdge: true}
		d.Authentication = &aziothub.Authentication{
			Type: "sas", SymmetricKey: &aziothub.SymmetricKey{PrimaryKey: new(key1), SecondaryKey: new(key2)},
		}
	})
	p.Emulator.ClearJournal()
	return p
}

func rotation(key string) attributes { return attributes{"device_id": deviceID, "key": key} }

// pair are the keys that the hub has for pump-1.
func (p plant) pair() [2]string {
	p.T.Helper()
	k := p.identity().Authentication.SymmetricKey
	return [2]string{*k.PrimaryKey, *k.SecondaryKey}
}

// rest is the identity without its keys, and without what every write changes.
func (p plant) rest() string {
	p.T.Helper()
	found := p.raw().get("/devices/" + deviceID)
	delete(found, "etag")
	delete(found["authentication"].(map[string]any), "symmetricKey")
	return acctest.JSON(p.T, found)
}

func TestRotation_changesTheKeysAndNothingElse(t *testing.T) {
	t.Parallel()
	for key, test := range map[string]struct {
		fresh int // the slot that has a new key; -1 for none
		want  [2]string
		says  string
	}{
		"primary":   {0, [2]string{"", key2}, "Renewed the primary key of device identity"},
		"secondary": {1, [2]string{key1, ""}, "Renewed the secondary key of device identity"},
		"swap":      {-1, [2]string{key2, key1}, "Swapped the keys of device identity"},
	} {
		t.Run(key, func(t *testing.T) {
			t.Parallel()
			p := newRotated(t)
			before := p.rest()
			p.Emulator.ClearJournal()
			done := p.MustInvoke(rotateType, rotation(key))
			if calls := p.calls(); calls != "GET PUT" {
				t.Errorf("the calls should be one to read and one to write: %s", calls)
			}
			acctest.MustSay(t, strings.Join(done.Progress, "\n"), test.says, `"pump-1"`, p.Hostname("north"))
			now := p.pair()
			for slot, want := range test.want {
				raw, err := base64.StdEncoding.DecodeString(now[slot])
				if want != "" && now[slot] != want || err != nil || len(raw) != 32 {
					t.Errorf("key %d is not as it should be", slot)
				}
			}
			if test.fresh >= 0 && (now[test.fresh] == key1 || now[test.fresh] == key2) {
				t.Error("the key should be a new one")
			}
			if after := p.rest(); after != before || !strings.Contains(after, "checked") {
				t.Errorf("everything else should be as it was:\n%s\n%s", before, after)
			}
		})
	}
}

// A device that is given the new key between the two steps connects at every moment.
func TestRotation_inItsOrderLocksNobodyOut(t *testing.T) {
	t.Parallel()
	p := newRotated(t)
	old := devicesim.SymmetricKey(key1)
	p.mustAccept(old)
	p.MustInvoke(rotateType, rotation("secondary"))
	p.mustAccept(old)
	p.mustRefuse(devicesim.SymmetricKey(key2))
	renewed := devicesim.SymmetricKey(p.pair()[1])
	p.mustAccept(renewed)
	p.MustInvoke(rotateType, rotation("primary"))
	p.mustAccept(renewed)
	p.mustRefuse(old)
	p.MustInvoke(rotateType, rotation("swap"))
	p.mustAccept(renewed, devicesim.SymmetricKey(p.pair()[1]))
}

func TestRotation_leavesADisabledIdentityDisabled(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"primary", "secondary", "swap"} {
		p := newRotated(t)
		p.change(func(d *aziothub.Device) { d.Status = "disabled" })
		before := p.rest()
		p.MustInvoke(rotateType, rotation(key))
		if after := p.rest(); after != before {
			t.Errorf("the identity should be as it was:\n%s\n%s", before, after)
		}
		primary, secondary := p.storedKeys()
		p.mustRefuse(primary, secondary)
	}
}

func TestRotation_keepsWhatSomebodyElseChangesMeanwhile(t *testing.T) {
	t.Parallel()
	p := newRotated(t)
	p.When(p.Hostname("north"), http.MethodPut, "", func() {
		p.change(func(d *aziothub.Device) { d.Status, d.StatusReason = "disabled", new("stolen") })
	})
	p.MustInvoke(rotateType, rotation("swap"))
	if now := p.identity(); now.Status != "disabled" || p.pair() != [2]string{key2, key1} {
		t.Errorf("the identity should be disabled, with its keys swapped: %s", now.Status)
	}
}

func TestRotation_stopsWhenSomebodyElseRotates(t *testing.T) {
	t.Parallel()
	for name, happen := range map[string]func(p plant){
		"other keys": func(p plant) {
			p.change(func(d *aziothub.Device) { d.Authentication.SymmetricKey.SecondaryKey = new(key3) })
		},
		"another identity": func(p plant) { p.remake() },
		"another identity with these keys": func(p plant) {
			was := p.identity().Authentication
			p.remove()
			p.AddIdentity("north", deviceID, func(d *aziothub.Device) { d.Authentication = was })
		},
		"a certificate": func(p plant) {
			p.change(func(d *aziothub.Device) {
				d.Authentication = &aziothub.Authentication{
					Type: "selfSigned", X509Thumbprint: &aziothub.X509Thumbprint{PrimaryThumbprint: new(print1)},
				}
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newRotated(t)
			var theirs string
			p.When(p.Hostname("north"), http.MethodPut, "", func() {
				happen(p)
				theirs = acctest.JSON(t, p.raw().get("/devices/"+deviceID))
			})
			p.InvokeAction(rotateType, rotation("primary")).MustFail(t, "Keys are changed by somebody else", `"pump-1"`,
				"Nothing was written")
			if now := acctest.JSON(t, p.raw().get("/devices/"+deviceID)); now != theirs {
				t.Errorf("theirs should stay:\n%s\n%s", theirs, now)
			}
		})
	}
}

func TestRotation_ofAnIdentityThatIsDeletedMeanwhile(t *testing.T) {
	t.Parallel()
	p := newRotated(t)
	p.When(p.Hostname("north"), http.MethodPut, "", p.remove)
	p.InvokeAction(rotateType, rotation("primary")).MustFail(t, "No such device identity")
	if p.Identity("north", deviceID) != nil {
		t.Error("the identity should not be made again")
	}
}

func TestRotation_givesUpOnAnIdentityThatKeepsChanging(t *testing.T) {
	t.Parallel()
	p := newRotated(t)
	p.fault(faults{method: http.MethodPut, status: http.StatusPreconditionFailed})
	p.InvokeAction(rotateType, rotation("primary")).MustFail(t, "Device identity keeps changing", "3 tries")
}

func TestRotation_ofWhatHasNoKeys(t *testing.T) {
	t.Parallel()
	for kind, authentication := range map[string]aziothub.Authentication{
		"selfSigned": {
			Type: "selfSigned", X509Thumbprint: &aziothub.X509Thumbprint{PrimaryThumbprint: new(print1)},
		},
		"certificateAuthority": {Type: "certificateAuthority"},
	} {
		p := newPlant(t)
		p.AddIdentity("north", deviceID, func(d *aziothub.Device) { d.Authentication = &authentication })
		p.Emulator.ClearJournal()
		for _, key := range []string{"primary", "secondary", "swap"} {
			p.InvokeAction(rotateType, rotation(key)).MustFail(t, `AttributeName("device_id")`, "There are no keys",
				fmt.Sprintf("authenticates by %q, which has no keys", kind))
		}
		p.MustNotHaveWritten()
	}
	p := newPlant(t)
	p.InvokeAction(rotateType, rotation("primary")).MustFail(t, "No such device identity", `"pump-1"`)
}

func TestRotation_withoutSeeingTheKeysWritesNothing(t *testing.T) {
	t.Parallel()
	p := newRotated(t)
	found := p.raw().get("/devices/" + deviceID)
	found["authentication"] = map[string]any{"type": "sas", "symmetricKey": map[string]any{"primaryKey": nil}}
	p.Emulator.ClearJournal()
	p.fault(faults{method: http.MethodGet, status: http.StatusOK, body: acctest.JSON(t, found)})
	p.InvokeAction(rotateType, rotation("primary")).MustFail(t, "does not show the authentication", "Nothing was written")
	p.MustNotHaveWritten()
}

func TestRotation_eachCallFailing(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"secondary", "swap"} {
		p := newRotated(t)
		before := p.pair()
		for method, says := range map[string]string{
			http.MethodGet: "Cannot read device identity", http.MethodPut: "Cannot rotate the keys of device identity",
		} {
			for name, f := range failures() {
				f.method = method
				p.fault(f.faults)
				invoked := p.InvokeAction(rotateType, rotation(key))
				p.Emulator.ClearFaults()
				if !invoked.Failed() || p.pair() != before {
					t.Errorf("%s, %s: it should fail and change nothing", method, name)
				}
				acctest.MustSay(t, invoked.Errors(), append(f.says, says, `"pump-1"`, p.Hostname("north"))...)
			}
		}
		p.MustInvoke(rotateType, rotation(key))
	}
}

func TestRotation_whoseAnswerIsLost(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"primary", "swap"} {
		p := newRotated(t)
		p.fault(faults{method: http.MethodPut, cut: true, times: 1})
		p.MustInvoke(rotateType, rotation(key))
		once := p.pair()
		if once[0] == key1 {
			t.Error("the keys should be rotated, once")
		}
		p.fault(faults{method: http.MethodPut, cut: true})
		p.fault(faults{method: http.MethodGet, status: http.StatusForbidden, skip: 1})
		p.InvokeAction(rotateType, rotation(key)).MustFail(t, "may have been rotated all the same",
			"before you invoke it again")
	}
}

func TestRotation_thatTheHubStoresOtherwise(t *testing.T) {
	t.Parallel()
	p := newRotated(t)
	stored := acctest.JSON(t, p.raw().get("/devices/"+deviceID))
	p.fault(faults{method: http.MethodPut, status: http.StatusOK, body: stored})
	p.InvokeAction(rotateType, rotation("swap")).MustFail(t, "The hub did not store the change", `"pump-1"`)
}

func TestRotation_isPlannedWithoutACall(t *testing.T) {
	t.Parallel()
	p := newRotated(t)
	p.PlanAction(rotateType, rotation("swap")).MustSucceed(t)
	p.PlanAction(rotateType, rotation("both")).MustFail(t, `AttributeName("key")`)
	if calls := p.calls(); calls != "" {
		t.Errorf("a plan should call nobody: %s", calls)
	}
}

// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package mqtt_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/world"
)

// begins subscribes to answers and registers; it gives the answer's status with its parameters, and its body.
func (d *device) begins(payload string) (string, map[string]any) {
	d.t.Helper()
	d.listen("$dps/registrations/res/#", 1)
	return d.asks("PUT/iotdps-register/?$rid=r1", payload)
}

func (d *device) asks(topic, payload string) (string, map[string]any) {
	d.t.Helper()
	if err := d.say("$dps/registrations/"+topic, payload, 1); err != nil {
		d.t.Fatal(err)
	}
	p := d.hears()
	var body map[string]any
	if err := json.Unmarshal([]byte(p.payload), &body); err != nil {
		d.t.Fatalf("%s: %s", p.topic, p.payload)
	}
	return strings.TrimPrefix(p.topic, "$dps/registrations/res/"), body
}

func TestDPS_registersDevicesWithKeysAndCertificates(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	w.Service("PUT", "/enrollments/keyed", world.EntryKinds()[0].Body("keyed", ""))
	root := world.NewAuthority(t, "Root")
	w.Service("PUT", "/enrollmentGroups/plant", `{"enrollmentGroupId":"plant","attestation":{"type":"x509","x509":{`+
		`"signingCertificates":{"primary":{"certificate":`+world.Quote(t, root.PEM())+`}}}}}`)
	shown := atDPS(w, "shown", "")
	shown.certificates = append(shown.certificates, root.Device(t, "shown"))
	webSocket := atDPS(w, "keyed", world.Key(32))
	webSocket.webSocket = true
	for name, who := range map[string]identity{
		"a key": atDPS(w, "keyed", world.Key(32)), "a certificate": shown, "a WebSocket": webSocket,
	} {
		d := connected(w, w.DPSHostname(), who)
		topic, body := d.begins(`{"registrationId":"` + who.id + `"}`)
		operation, _ := body["operationId"].(string)
		if topic != "202/?$rid=r1&retry-after=3" || body["status"] != "assigning" || operation == "" {
			t.Fatalf("with %s: %s %v", name, topic, body)
		}
		topic, body = d.asks("GET/iotdps-get-operationstatus/?$rid=r2&operationId="+operation, " ")
		state, _ := body["registrationState"].(map[string]any)
		if topic != "200/?$rid=r2" || state["status"] != "assigned" || state["deviceId"] != who.id {
			t.Errorf("with %s: %s %v", name, topic, body)
		}
	}
}

func TestDPS_saysOfARefusedDeviceWhatHTTPSays(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	w.Service("PUT", "/enrollments/dev", world.EntryKinds()[0].Body("dev", `,"provisioningStatus":"disabled"`))
	d := connected(w, w.DPSHostname(), atDPS(w, "dev", world.Key(33)))
	if topic, body := d.begins(`{}`); topic != "401/?$rid=r1" || body["errorCode"] != 401000.0 {
		t.Errorf("a wrong key: %s %v", topic, body)
	}
	stranger := atDPS(w, "nobody", "")
	stranger.certificates = append(stranger.certificates, world.SelfSigned(t, "nobody"))
	if topic, body := connected(w, w.DPSHostname(), stranger).begins(`{}`); topic != "401/?$rid=r1" ||
		body["errorCode"] != 401002.0 {
		t.Errorf("a stranger: %s %v", topic, body)
	}
	d = connected(w, w.DPSHostname(), atDPS(w, "dev", world.Key(32)))
	_, body := d.begins(`{}`)
	operation, _ := body["operationId"].(string)
	topic, body := d.asks("GET/iotdps-get-operationstatus/?$rid=r2&operationId="+operation, " ")
	if topic != "200/?$rid=r2" || body["status"] != "disabled" {
		t.Errorf("a disabled entry: %s %v", topic, body)
	}
}

func TestDPS_refusesToConnect(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	scope := w.IDScope()
	for name, username := range map[string]string{
		"to another scope":        "0ne00000000/registrations/dev/api-version=2019-03-31",
		"under another ID":        scope + "/registrations/other/api-version=2019-03-31",
		"without a version":       scope + "/registrations/dev/ClientVersion=x",
		"without a user name":     "",
		"with a hub's user name":  w.Hub("hub1").Hostname() + "/dev/?api-version=2021-04-12",
		"with a broken user name": scope + "/registrations/dev/api-version=%zz",
	} {
		if _, err := connect(w, w.DPSHostname(), identity{id: "dev", username: username}); err == nil ||
			!strings.Contains(strings.ToLower(err.Error()), "not authorized") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDPS_saysWhenToAskAgain(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{AssigningPolls: 1})
	w.Service("PUT", "/enrollments/dev", world.EntryKinds()[0].Body("dev", ""))
	d := connected(w, w.DPSHostname(), atDPS(w, "dev", world.Key(32)))
	w.SetThrottles(emulator.Throttles{DPSRegistrationsPerMinute: 1})
	_, body := d.begins(`{}`)
	operation, _ := body["operationId"].(string)
	poll := "GET/iotdps-get-operationstatus/?$rid=r2&operationId=" + operation
	if topic, body := d.asks(poll, " "); topic != "202/?$rid=r2&retry-after=3" || body["status"] != "assigning" {
		t.Errorf("%s %v", topic, body)
	}
	if topic, body := d.asks(poll, " "); topic != "200/?$rid=r2" || body["status"] != "assigned" {
		t.Errorf("%s %v", topic, body)
	}
	topic, body := d.asks("PUT/iotdps-register/?$rid=r3", `{}`)
	if topic != "429/?$rid=r3&retry-after=60" || body["errorCode"] != 429001.0 {
		t.Errorf("%s %v", topic, body)
	}
}

func TestDPS_letsTwoConnectionsOfOneDeviceBe(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	w.Service("PUT", "/enrollments/dev", world.EntryKinds()[0].Body("dev", ""))
	first, second := connected(w, w.DPSHostname(), atDPS(w, "dev", world.Key(32))),
		connected(w, w.DPSHostname(), atDPS(w, "dev", world.Key(32)))
	for _, d := range []*device{second, first} {
		_, body := d.begins(`{}`)
		operation, _ := body["operationId"].(string)
		topic, body := d.asks("GET/iotdps-get-operationstatus/?$rid=r2&operationId="+operation, "")
		if topic != "200/?$rid=r2" || body["status"] != "assigned" {
			t.Errorf("%s %v", topic, body)
		}
	}
	if all := w.Connections(); len(all) != 2 || all[0].ClientID != "dev" || all[0].Host != w.DPSHostname() {
		t.Errorf("connections %v", all)
	}
}

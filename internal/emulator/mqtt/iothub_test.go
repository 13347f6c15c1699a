// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package mqtt_test

import (
	"crypto/tls"
	"strings"
	"testing"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/world"
)

// put makes a device with a key, or changes it.
func put(w *world.World, id, more string, pairs ...string) {
	w.T.Helper()
	body := `{"deviceId":"` + id + `","authentication":{"type":"sas","symmetricKey":{"primaryKey":"` + world.Key(32) +
		`","secondaryKey":"` + world.Key(48) + `"}}` + more + `}`
	world.WantStatus(w.T, w.OnHub("hub1", "PUT", "/devices/"+id, body, pairs...), 200)
}

// withDevice is a world whose hub has a device, with who it is when it connects.
func withDevice(t *testing.T) (*world.World, identity) {
	t.Helper()
	w := world.Start(t, emulator.Options{})
	put(w, "dev", "")
	return w, atHub(w, "hub1", "dev", world.Key(32))
}

// putModule makes a module with a key.
func putModule(w *world.World, device, id string) {
	w.T.Helper()
	body := `{"deviceId":"` + device + `","moduleId":"` + id + `","authentication":{"type":"sas","symmetricKey":{` +
		`"primaryKey":"` + world.Key(32) + `","secondaryKey":"` + world.Key(48) + `"}}}`
	world.WantStatus(w.T, w.OnHub("hub1", "PUT", "/devices/"+device+"/modules/"+id, body), 200)
}

// home connects a client to the hub.
func home(w *world.World, who identity) *device {
	w.T.Helper()
	return connected(w, w.Hub("hub1").Hostname(), who)
}

// out wants that a client is not let in.
func out(w *world.World, why string, who identity) {
	w.T.Helper()
	_, err := connect(w, w.Hub("hub1").Hostname(), who)
	if err == nil || !strings.Contains(strings.ToLower(err.Error()), "not authorized") {
		w.T.Errorf("%s: %v", why, err)
	}
}

func TestHub_takesMessagesOfDevicesAndModules(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	put(w, "dev", "")
	putModule(w, "dev", "pump")
	c := world.SelfSigned(t, "shown")
	world.WantStatus(t, w.OnHub("hub1", "PUT", "/devices/shown", `{"deviceId":"shown","authentication":{`+
		`"type":"selfSigned","x509Thumbprint":{"primaryThumbprint":"`+world.Thumbprint(c)+`"}}}`), 200)
	second, webSocket, shown := atHub(w, "hub1", "dev", world.Key(48)), atHub(w, "hub1", "dev", world.Key(32)),
		atHub(w, "hub1", "shown", "")
	webSocket.webSocket = true
	shown.certificates = []tls.Certificate{c}
	for name, who := range map[string]identity{
		"a key": atHub(w, "hub1", "dev", world.Key(32)), "the other key": second, "a WebSocket": webSocket,
		"a certificate": shown, "a module's key": atHub(w, "hub1", "dev/pump", world.Key(32)),
	} {
		w.ClearJournal()
		path := "/devices/" + strings.ReplaceAll(who.id, "/", "/modules/")
		d := home(w, who)
		if err := d.say(path[1:]+"/messages/events/a=b&%24.mid=1", "hello", 1); err != nil {
			t.Errorf("with %s: %v", name, err)
		}
		journal := w.Journal()
		if len(journal) != 2 || journal[0].Method != "CONNECT" || journal[0].Path != path || journal[0].Status != 204 ||
			journal[1].Method != "POST" || journal[1].Path != path+"/messages/events" || journal[1].Status != 204 {
			t.Errorf("with %s: journal %v", name, journal)
		}
		d.client.Disconnect(0)
	}
}

func TestHub_letsNobodyIn_whoHasNoGoodCredential(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	put(w, "dev", "")
	put(w, "off", `,"status":"disabled"`)
	putModule(w, "dev", "pump")
	expired := atHub(w, "hub1", "dev", world.Key(32))
	expired.token = world.Sign(t, world.Key(32), w.Hub("hub1").Hostname()+"%2Fdevices%2Fdev", w.Clock.Now(), "")
	other := atHub(w, "hub1", "dev", world.Key(32))
	other.username = strings.Replace(other.username, "/dev/", "/off/", 1)
	longer := atHub(w, "hub1", "dev", world.Key(32))
	longer.username = strings.Replace(longer.username, "/dev/", "/device/", 1)
	deeper := atHub(w, "hub1", "dev", world.Key(32))
	deeper.id, deeper.username = "dev/pump/x", strings.Replace(deeper.username, "/dev/", "/dev/pump/x/", 1)
	certificate := atHub(w, "hub1", "dev", "")
	certificate.certificates = []tls.Certificate{world.SelfSigned(t, "dev")}
	elsewhere := atHub(w, "hub1", "dev", world.Key(32))
	elsewhere.username = "elsewhere" + elsewhere.username
	for why, who := range map[string]identity{
		"a wrong key": atHub(w, "hub1", "dev", world.Key(33)), "no credential": atHub(w, "hub1", "dev", ""),
		"an unknown device": atHub(w, "hub1", "nobody", world.Key(32)), "an expired token": expired,
		"a disabled device": atHub(w, "hub1", "off", world.Key(32)), "another's name": other,
		"a certificate for a key": certificate, "another host": elsewhere, "no device": atHub(w, "hub1", "", ""),
		"an unknown module":    atHub(w, "hub1", "dev/none", world.Key(32)),
		"a module's wrong key": atHub(w, "hub1", "dev/pump", world.Key(33)),
		"too deep a name":      deeper, "a longer name": longer,
	} {
		out(w, why, who)
	}
	if all := w.Connections(); len(all) != 0 {
		t.Errorf("connections %v", all)
	}
}

// Each way of taking a device or a module away ends its connection at once, and it cannot come back.
func TestHub_aDeviceThatIsBlockedLosesItsConnection(t *testing.T) {
	t.Parallel()
	item := func(more string) string { return `[{"id":"dev","importMode":` + more + `}]` }
	for name, block := range map[string]func(w *world.World){
		"disabled": func(w *world.World) { put(w, "dev", `,"status":"disabled"`, "If-Match", "*") },
		"deleted":  func(w *world.World) { w.OnHub("hub1", "DELETE", "/devices/dev", "", "If-Match", "*") },
		"disabled in bulk": func(w *world.World) {
			w.OnHub("hub1", "POST", "/devices", item(`"update","status":"disabled"`))
		},
		"deleted in bulk":                     func(w *world.World) { w.OnHub("hub1", "POST", "/devices", item(`"delete"`)) },
		"removed by the provisioning service": func(w *world.World) { w.Hub("hub1").Remove("dev") },
		"reset": func(w *world.World) {
			if err := w.Reset(); err != nil {
				w.T.Error(err)
			}
		},
	} {
		w := world.Start(t, emulator.Options{})
		put(w, "dev", "")
		putModule(w, "dev", "pump")
		device, module := atHub(w, "hub1", "dev", world.Key(32)), atHub(w, "hub1", "dev/pump", world.Key(32))
		d, m := home(w, device), home(w, module)
		block(w)
		d.falls()
		m.falls()
		out(w, name, device)
		out(w, name, module)
	}
}

func TestHub_aModuleThatIsDeletedLosesItsConnection_itsDeviceDoesNot(t *testing.T) {
	t.Parallel()
	for name, remove := range map[string]func(w *world.World){
		"alone": func(w *world.World) { w.OnHub("hub1", "DELETE", "/devices/dev/modules/pump", "", "If-Match", "*") },
		"in bulk": func(w *world.World) {
			w.OnHub("hub1", "POST", "/devices", `[{"id":"dev","moduleId":"pump","importMode":"delete"}]`)
		},
	} {
		w := world.Start(t, emulator.Options{})
		put(w, "dev", "")
		putModule(w, "dev", "pump")
		d, m := home(w, atHub(w, "hub1", "dev", world.Key(32))), home(w, atHub(w, "hub1", "dev/pump", world.Key(32)))
		remove(w)
		m.falls()
		out(w, name, atHub(w, "hub1", "dev/pump", world.Key(32)))
		if err := d.say("devices/dev/messages/events/", "still here", 1); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestHub_aConnectionEndsWithItsCredential(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(w *world.World){
		"other keys": func(w *world.World) {
			body := strings.ReplaceAll(`{"deviceId":"dev","authentication":{"type":"sas","symmetricKey":{`+
				`"primaryKey":"K","secondaryKey":"K"}}}`, "K", world.Key(20))
			world.WantStatus(t, w.OnHub("hub1", "PUT", "/devices/dev", body, "If-Match", "*"), 200)
		},
		"an expired token": func(w *world.World) { w.Clock.Advance(time.Hour) },
	} {
		for _, topic := range []string{"devices/dev/messages/events/", "$iothub/twin/GET/?$rid=1"} {
			w, who := withDevice(t)
			d := home(w, who)
			d.listen(answers+"#", 0)
			end(w)
			_ = d.client.Publish(topic, 1, false, "too late")
			d.falls()
			out(w, name, who)
		}
	}
}

// The acknowledgement of a message says that the hub has it.
func TestHub_aMessageThatIsRefusedEndsTheConnection(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	put(w, "dev", "")
	d := home(w, atHub(w, "hub1", "dev", world.Key(32)))
	w.AddFault(emulator.Fault{Method: "POST", Status: 503})
	_ = d.client.Publish("devices/dev/messages/events/", 1, false, "hello")
	d.falls()
}

func TestHub_theLatestConnectionCounts(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	put(w, "dev", "")
	state := func() any { return w.Identity("hub1", "dev")["connectionState"] }
	if state() != "Disconnected" {
		t.Errorf("before: %v", state())
	}
	who := atHub(w, "hub1", "dev", world.Key(32))
	first := home(w, who)
	w.Clock.Advance(time.Minute)
	second := home(w, who)
	first.falls()
	if err := second.say("devices/dev/messages/events/", "mine", 1); err != nil {
		t.Error(err)
	}
	if all := w.Connections(); state() != "Connected" || len(all) != 1 || !all[0].Since.Equal(w.Clock.Now()) {
		t.Errorf("state %v, connections %v", state(), all)
	}
	counted := func() any {
		return w.OnHub("hub1", "GET", "/statistics/service", "").Object(t)["connectedDeviceCount"]
	}
	twin := w.OnHub("hub1", "GET", "/twins/dev", "").Object(t)["connectionState"]
	if counted() != 1.0 || twin != "Connected" {
		t.Errorf("counted %v, twin %v", counted(), twin)
	}
	if at := w.Identity("hub1", "dev")["connectionStateUpdatedTime"]; at != "2026-03-04T05:07:07.12Z" {
		t.Errorf("connected since %v", at)
	}
	second.client.Disconnect(0)
	eventually(t, func() bool { return state() == "Disconnected" && counted() == 0.0 && len(w.Connections()) == 0 })
}

// eventually waits for what an end of a connection brings about.
func eventually(t *testing.T, so func() bool) {
	t.Helper()
	for end := time.Now().Add(soon); !so(); {
		if time.Now().After(end) {
			t.Fatal("it does not come about")
		}
	}
}

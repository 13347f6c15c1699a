// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package mqtt_test

import (
	"strings"
	"testing"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/hub"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/world"
)

// invoked is a direct method that a service asks for meanwhile.
func invoked(w *world.World, path, body string) <-chan world.Result {
	result := make(chan world.Result, 1)
	go func() {
		answer, err := w.Try(hubCall(w, path, body))
		if err != nil {
			w.T.Error(err)
		}
		result <- answer
	}()
	return result
}

func hubCall(w *world.World, path, body string) world.Call {
	h := w.Hub("hub1")
	return world.Call{
		Host: h.Hostname(), Method: "POST", Path: path, Body: body, Version: "2021-04-12",
		Header: map[string]string{"Authorization": w.Token(h.ConnectionString())},
	}
}

func TestMethod_isAnsweredByDeviceOrModule(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	put(w, "dev", "")
	putModule(w, "dev", "pump")
	for id, path := range map[string]string{"dev": "/twins/dev/methods", "dev/pump": "/twins/dev/modules/pump/methods"} {
		d := home(w, atHub(w, "hub1", id, world.Key(32)))
		d.listen("$iothub/methods/POST/#", 0)
		result := invoked(w, path, `{"methodName":"open","payload":{"valve":3},"responseTimeoutInSeconds":20}`)
		asked := d.hears()
		name, rid, _ := strings.Cut(asked.topic, "/?$rid=")
		if name != "$iothub/methods/POST/open" || asked.payload != `{"valve":3}` {
			t.Errorf("asked %v", asked)
		}
		_ = d.say("$iothub/methods/res/207/?$rid="+rid, `{"open":true}`, 0)
		if r := <-result; r.Status != 200 || r.Body != `{"status":207,"payload":{"open":true}}` {
			t.Errorf("%d %s", r.Status, r.Body)
		}
		// Nobody waits any more; the connection lasts.
		_ = d.say("$iothub/methods/res/200/?$rid="+rid, "", 0)
		result = invoked(w, path, `{"methodName":"open"}`)
		_, rid, _ = strings.Cut(d.hears().topic, "/?$rid=")
		_ = d.say("$iothub/methods/res/200/?$rid="+rid, "", 0)
		if r := <-result; r.Body != `{"status":200,"payload":null}` {
			t.Errorf("%d %s", r.Status, r.Body)
		}
	}
}

func TestMethod_isAnsweredByNobodyElse(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	put(w, "dev", "")
	put(w, "other", "")
	d, other := home(w, atHub(w, "hub1", "dev", world.Key(32))), home(w, atHub(w, "hub1", "other", world.Key(32)))
	d.listen("$iothub/methods/POST/#", 0)
	result := invoked(w, "/twins/dev/methods", `{"methodName":"open"}`)
	_, rid, _ := strings.Cut(d.hears().topic, "/?$rid=")
	if err := other.say("$iothub/methods/res/200/?$rid="+rid, `"the other"`, 1); err != nil {
		t.Error(err)
	}
	_ = d.say("$iothub/methods/res/200/?$rid="+rid, `"itself"`, 0)
	if r := <-result; r.Body != `{"status":200,"payload":"itself"}` {
		t.Errorf("%d %s", r.Status, r.Body)
	}
}

func TestMethod_ofADeviceThatDoesNotListen_isNotOnline(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	put(w, "dev", "")
	const body = `{"methodName":"open"}`
	notOnline := func(why string) {
		t.Helper()
		r := w.Do(hubCall(w, "/twins/dev/methods", body))
		if r.Status != 404 || r.Header.Get("Iothub-Errorcode") != "DeviceNotOnline" ||
			!strings.Contains(r.Body, `\"errorCode\":404103,`) {
			t.Errorf("%s: %d %s", why, r.Status, r.Body)
		}
	}
	notOnline("away")
	d := home(w, atHub(w, "hub1", "dev", world.Key(32)))
	notOnline("without a subscription")
	w.ClearJournal()
	result := invoked(w, "/twins/dev/methods", `{"methodName":"open","connectTimeoutInSeconds":20}`)
	eventually(t, func() bool { return strings.Contains(world.Quote(t, w.Journal()), "methods") })
	d.listen("$iothub/methods/POST/#", 0)
	_, rid, _ := strings.Cut(d.hears().topic, "/?$rid=")
	_ = d.say("$iothub/methods/res/200/?$rid="+rid, "1", 0)
	if r := <-result; r.Body != `{"status":200,"payload":1}` {
		t.Errorf("waited for: %d %s", r.Status, r.Body)
	}
}

func TestMessage_waitsUntilItsDeviceHasIt(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	put(w, "dev", "")
	h := w.Hub("hub1")
	count := func() any { return w.Identity("hub1", "dev")["cloudToDeviceMessageCount"] }
	first := hub.Message{ID: "m 1", Properties: map[string]string{"a": "b&c"}, Body: []byte("one")}
	if err := h.Send("dev", first); err != nil {
		t.Fatal(err)
	}
	if count() != 1.0 {
		t.Errorf("%v messages wait", count())
	}
	who := atHub(w, "hub1", "dev", world.Key(32))
	const topic = "devices/dev/messages/devicebound/"
	d := home(w, who)
	if err := h.Send("dev", hub.Message{Body: []byte("while it is connected")}); err != nil {
		t.Fatal(err)
	}
	d.listen(topic+"#", 1)
	d.hears().want(t, topic+"%24.mid=m%201&%24.to=%2Fdevices%2Fdev%2Fmessages%2Fdevicebound&a=b%26c", "one")
	if p := d.hears(); p.payload != "while it is connected" {
		t.Errorf("told %v", p)
	}
	eventually(t, func() bool { return count() == 0.0 })
	if err := h.Send("dev", hub.Message{Body: []byte("two")}); err != nil {
		t.Fatal(err)
	}
	d.hears().want(t, topic+"%24.to=%2Fdevices%2Fdev%2Fmessages%2Fdevicebound", "two")
	eventually(t, func() bool { return count() == 0.0 })
	// Over the other protocol, and at most once.
	d.client.Disconnect(0)
	eventually(t, func() bool { return len(w.Connections()) == 0 })
	if err := h.Send("dev", hub.Message{Body: []byte("three")}); err != nil {
		t.Fatal(err)
	}
	d = home(w, who)
	d.listen(topic+"#", 0)
	d.hears().want(t, topic+"%24.to=%2Fdevices%2Fdev%2Fmessages%2Fdevicebound", "three")
	eventually(t, func() bool { return count() == 0.0 })
}

// A device that does not acknowledge a message gets it again when it comes back.
func TestMessage_thatIsNotAcknowledged_waitsForTheNextConnection(t *testing.T) {
	t.Parallel()
	w, who := withDevice(t)
	silent := dial(w, who)
	silent.connects(who)
	silent.subscribes("devices/dev/messages/devicebound/#")
	if err := w.Hub("hub1").Send("dev", hub.Message{Body: []byte("one")}); err != nil {
		t.Fatal(err)
	}
	silent.reads(publishType)
	d := home(w, who)
	d.listen("devices/dev/messages/devicebound/#", 1)
	if p := d.hears(); p.payload != "one" {
		t.Errorf("told %v", p)
	}
}

func TestMessage_isLockedForADeviceThatFetchesItOverHTTP(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	put(w, "dev", "")
	h := w.Hub("hub1")
	token := world.Sign(t, world.Key(32), h.Hostname()+"%2Fdevices%2Fdev", w.Clock.Now().Add(time.Hour), "")
	call := func(method, tail string) world.Result {
		t.Helper()
		return w.Do(world.Call{
			Host: h.Hostname(), Method: method, Path: "/devices/dev/messages/deviceBound" + tail, Version: "2021-04-12",
			Header: map[string]string{"Authorization": token},
		})
	}
	world.WantStatus(t, call("GET", ""), 204)
	first := hub.Message{ID: "m1", Properties: map[string]string{"a": "b"}, Body: []byte("one")}
	if err := h.Send("dev", first); err != nil {
		t.Fatal(err)
	}
	got := call("GET", "")
	if got.Body != "one" || got.Header.Get("iothub-messageid") != "m1" || got.Header.Get("iothub-app-a") != "b" {
		t.Errorf("got %v", got)
	}
	world.WantStatus(t, call("GET", ""), 204)
	lock := "/" + strings.Trim(got.Header.Get("ETag"), `"`)
	world.WantStatus(t, call("POST", lock+"/abandon"), 204)
	world.WantStatus(t, call("DELETE", lock), 412)
	world.WantStatus(t, call("GET", ""), 200)
	w.Clock.Advance(time.Minute)
	world.WantStatus(t, call("DELETE", lock), 412)
	world.WantStatus(t, call("GET", ""), 200)
	world.WantStatus(t, call("DELETE", lock), 204)
	world.WantStatus(t, call("GET", ""), 204)
}

func TestMessage_queueIsBoundedAndCanBeEmptied(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	put(w, "dev", "")
	h := w.Hub("hub1")
	for range 50 {
		if err := h.Send("dev", hub.Message{}); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.Send("dev", hub.Message{}); err == nil ||
		!strings.Contains(err.Error(), "DeviceMaximumQueueDepthExceeded") {
		t.Error(err)
	}
	if err := h.Send("nobody", hub.Message{}); err == nil || !strings.Contains(err.Error(), "DeviceNotFound") {
		t.Error(err)
	}
	if err := h.Send("dev", hub.Message{Body: make([]byte, 64<<10+1)}); err == nil ||
		!strings.Contains(err.Error(), "MessageTooLarge") {
		t.Error(err)
	}
	purged := w.OnHub("hub1", "DELETE", "/devices/dev/commands", "").Body
	if purged != `{"deviceId":"dev","totalMessagesPurged":50}` {
		t.Error(purged)
	}
}

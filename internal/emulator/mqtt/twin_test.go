// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package mqtt_test

import (
	"strings"
	"testing"

	"github.com/eclipse/paho.mqtt.golang/packets"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/world"
)

const (
	answers = "$iothub/twin/res/"
	desired = "$iothub/twin/PATCH/properties/desired/?$version="
)

func TestTwin_deviceReadsAndReports(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	put(w, "dev", "")
	putModule(w, "dev", "pump")
	w.OnHub("hub1", "PATCH", "/twins/dev", `{"tags":{"site":1},"properties":{"desired":{"rate":5}}}`)
	for id, want := range map[string]string{"dev": `{"rate":5,"$version":2}`, "dev/pump": `{"$version":1}`} {
		d := home(w, atHub(w, "hub1", id, world.Key(32)))
		d.listen(answers+"#", 0)
		_ = d.say("$iothub/twin/GET/?$rid=1", "", 0)
		d.hears().want(t, answers+"200/?$rid=1", `{"desired":`+want+`,"reported":{"$version":1}}`)
		_ = d.say("$iothub/twin/PATCH/properties/reported/?$rid=2", `{"a":{"b":1,"c":2},"gone":1}`, 0)
		d.hears().want(t, answers+"204/?$rid=2&$version=2", "")
		_ = d.say("$iothub/twin/PATCH/properties/reported/?$rid=3", `{"a":{"b":null},"gone":null}`, 0)
		d.hears().want(t, answers+"204/?$rid=3&$version=3", "")
		_ = d.say("$iothub/twin/GET/?$rid=4", " ", 0)
		d.hears().want(t, answers+"200/?$rid=4", `{"desired":`+want+`,"reported":{"a":{"c":2},"$version":3}}`)
	}
	twin := w.OnHub("hub1", "GET", "/twins/dev", "")
	properties, _ := twin.Object(t)["properties"].(map[string]any)
	if reported := world.Quote(t, properties["reported"]); !strings.Contains(reported, `"a":{"c":2}`) ||
		!strings.Contains(reported, `"$lastUpdatedVersion":3`) ||
		twin.Object(t)["etag"] != "AAAAAAAAAAI=" || twin.Object(t)["version"] != 5.0 {
		t.Errorf("twin %s", twin.Body)
	}
}

func TestTwin_refusesWhatIsNoReport(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	put(w, "dev", "")
	d := home(w, atHub(w, "hub1", "dev", world.Key(32)))
	d.listen(answers+"#", 0)
	for name, text := range map[string]string{
		"no JSON": "{", "no object": "[1]", "nothing": "", "null": "null", "a bad name": `{"a.b":1}`,
		"too much": `{"a":"` + strings.Repeat("x", 5000) + `"}`,
	} {
		_ = d.say("$iothub/twin/PATCH/properties/reported/?$rid=1", text, 0)
		if p := d.hears(); p.topic != answers+"400/?$rid=1" || !strings.Contains(p.payload, `{"errorCode":400004,`) {
			t.Errorf("%s: %v", name, p)
		}
	}
	_ = d.say("$iothub/twin/GET/?$rid=2", "", 0)
	d.hears().want(t, answers+"200/?$rid=2", `{"desired":{"$version":1},"reported":{"$version":1}}`)
}

func TestTwin_deviceIsToldOfDesiredProperties(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	put(w, "dev", "")
	putModule(w, "dev", "pump")
	for id, path := range map[string]string{"dev": "/twins/dev", "dev/pump": "/twins/dev/modules/pump"} {
		d := home(w, atHub(w, "hub1", id, world.Key(32)))
		d.listen("$iothub/twin/PATCH/properties/desired/#", 1)
		w.OnHub("hub1", "PATCH", path, `{"tags":{"not":"told"}}`)
		w.OnHub("hub1", "PATCH", path, `{"properties":{"desired":{"a":1,"b":{"c":true}}}}`)
		d.hears().want(t, desired+"2", `{"a":1,"b":{"c":true},"$version":2}`)
		w.OnHub("hub1", "PATCH", path, `{"properties":{"desired":{"a":null}}}`)
		d.hears().want(t, desired+"3", `{"a":null,"$version":3}`)
		w.OnHub("hub1", "PUT", path, `{"properties":{"desired":{"d":2}}}`)
		d.hears().want(t, desired+"4", `{"d":2,"$version":4}`)
		module := strings.TrimPrefix(strings.TrimPrefix(id, "dev"), "/")
		w.OnHub("hub1", "POST", "/devices", `[{"id":"dev","moduleId":"`+module+`","importMode":"updateTwin",`+
			`"properties":{"desired":{"e":3}}}]`)
		d.hears().want(t, desired+"5", `{"e":3,"$version":5}`)
	}
}

func TestTwin_whoDoesNotListenIsNotTold(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	put(w, "dev", "")
	d := home(w, atHub(w, "hub1", "dev", world.Key(32)))
	d.listen("$iothub/twin/PATCH/properties/desired/#", 0)
	if err := d.done(d.client.Unsubscribe("$iothub/twin/PATCH/properties/desired/#")); err != nil {
		t.Fatal(err)
	}
	w.OnHub("hub1", "PATCH", "/twins/dev", `{"properties":{"desired":{"a":1}}}`)
	d.listen(answers+"#", 0)
	_ = d.say("$iothub/twin/GET/?$rid=1", "", 0)
	d.hears().want(t, answers+"200/?$rid=1", `{"desired":{"a":1,"$version":2},"reported":{"$version":1}}`)
}

// What Microsoft's Node client counts on: it asks once for the answers to its twin, and connects again with each token.
func TestSession_isRememberedForWhoAsks(t *testing.T) {
	t.Parallel()
	w, who := withDevice(t)
	who.remembered = true
	d := home(w, who)
	d.listen(answers+"#", 0)
	d.client.Disconnect(0)
	d = home(w, who)
	_ = d.say("$iothub/twin/GET/?$rid=1", "", 0)
	d.hears().want(t, answers+"200/?$rid=1", `{"desired":{"$version":1},"reported":{"$version":1}}`)
	d.client.Disconnect(0)
	// Whoever does not ask for it is forgotten, and stays so.
	for _, clean := range []bool{true, false} {
		c := dial(w, who)
		hello := greeting(who)
		hello.CleanSession = clean
		c.sends(hello)
		if p, _ := c.reads(packets.Connack).(*packets.ConnackPacket); p.SessionPresent {
			t.Errorf("clean %v: a session is present", clean)
		}
		get := publishing("$iothub/twin/GET/?$rid=2", 0)
		get.Payload = nil
		c.sends(get)
		c.sends(packets.NewControlPacket(packets.Pingreq))
		c.reads(packets.Pingresp)
	}
}

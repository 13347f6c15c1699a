// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package mqtt_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/eclipse/paho.mqtt.golang/packets"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/world"
)

const publishType = packets.Publish

// wire is a client packet by packet.
type wire struct {
	t    *testing.T
	conn net.Conn
}

func dial(w *world.World, who identity) *wire {
	w.T.Helper()
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(w.CACertificatePEM())
	conn, err := tls.Dial("tcp", w.Hub("hub1").Hostname(), &tls.Config{RootCAs: roots, Certificates: who.certificates})
	if err != nil {
		w.T.Fatal(err)
	}
	w.T.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(soon)); err != nil {
		w.T.Fatal(err)
	}
	return &wire{w.T, conn}
}

func (c *wire) sends(p packets.ControlPacket) {
	c.t.Helper()
	if err := p.Write(c.conn); err != nil {
		c.t.Fatal(err)
	}
}

func (c *wire) reads(kind byte) packets.ControlPacket {
	c.t.Helper()
	p, err := packets.ReadPacket(c.conn)
	if err != nil {
		c.t.Fatal(err)
	}
	header := map[byte]string{
		packets.Connack: "CONNACK", packets.Publish: "PUBLISH", packets.Suback: "SUBACK", packets.Pingresp: "PINGRESP",
	}
	if !strings.HasPrefix(p.String(), header[kind]) {
		c.t.Fatalf("read %s, want %s", p, header[kind])
	}
	return p
}

// ends wants the connection to end without another byte.
func (c *wire) ends(why string) {
	c.t.Helper()
	rest, err := io.ReadAll(c.conn)
	var timeout net.Error
	if len(rest) > 0 || errors.As(err, &timeout) && timeout.Timeout() {
		c.t.Errorf("%s: read %x, %v", why, rest, err)
	}
}

func greeting(who identity) *packets.ConnectPacket {
	p, _ := packets.NewControlPacket(packets.Connect).(*packets.ConnectPacket)
	p.ProtocolName, p.ProtocolVersion, p.CleanSession, p.Keepalive = "MQTT", 4, true, 60
	p.ClientIdentifier, p.Username, p.UsernameFlag = who.id, who.username, true
	p.Password, p.PasswordFlag = []byte(who.token), true
	return p
}

func (c *wire) connects(who identity) {
	c.t.Helper()
	c.sends(greeting(who))
	if p, _ := c.reads(packets.Connack).(*packets.ConnackPacket); p.ReturnCode != packets.Accepted {
		c.t.Fatalf("CONNACK %d", p.ReturnCode)
	}
}

func (c *wire) subscribes(filters ...string) []byte {
	c.t.Helper()
	p, _ := packets.NewControlPacket(packets.Subscribe).(*packets.SubscribePacket)
	p.MessageID, p.Topics, p.Qoss = 7, filters, bytes.Repeat([]byte{2}, len(filters))
	c.sends(p)
	ack, _ := c.reads(packets.Suback).(*packets.SubackPacket)
	return ack.ReturnCodes
}

func publishing(topic string, qos byte) *packets.PublishPacket {
	p, _ := packets.NewControlPacket(packets.Publish).(*packets.PublishPacket)
	p.TopicName, p.Qos, p.MessageID, p.Payload = topic, qos, 9, []byte("x")
	return p
}

// MQTT 3.1.1 has no DISCONNECT for servers: who is taken over, or blocked, sees the connection end and nothing else.
func TestSession_endsWithoutAWord(t *testing.T) {
	t.Parallel()
	w, who := withDevice(t)
	first, second := dial(w, who), dial(w, who)
	first.connects(who)
	second.connects(who)
	first.ends("taken over")
	second.sends(packets.NewControlPacket(packets.Pingreq))
	second.reads(packets.Pingresp)
	put(w, "dev", `,"status":"disabled"`, "If-Match", "*")
	second.ends("blocked")
	third := dial(w, who)
	third.sends(greeting(who))
	if p, _ := third.reads(packets.Connack).(*packets.ConnackPacket); p.ReturnCode != packets.ErrRefusedNotAuthorised {
		t.Errorf("CONNACK %d", p.ReturnCode)
	}
	third.ends("refused")
}

func TestSession_endsWhereTheServicesEndIt(t *testing.T) {
	t.Parallel()
	w, who := withDevice(t)
	for why, p := range map[string]packets.ControlPacket{
		"quality of service 2":  publishing("devices/dev/messages/events/", 2),
		"another's topic":       publishing("devices/other/messages/events/", 1),
		"a topic of nobody":     publishing("plant/1", 0),
		"no request ID":         publishing("$iothub/twin/GET/", 0),
		"a second CONNECT":      greeting(who),
		"a packet of servers":   packets.NewControlPacket(packets.Connack),
		"DISCONNECT":            packets.NewControlPacket(packets.Disconnect),
		"a message to a device": publishing("devices/dev/messages/devicebound/", 0),
	} {
		c := dial(w, who)
		c.connects(who)
		c.sends(p)
		c.ends(why)
	}
}

func TestSession_speaksOneVersion(t *testing.T) {
	t.Parallel()
	w, who := withDevice(t)
	older, other := greeting(who), greeting(who)
	older.ProtocolName, older.ProtocolVersion = "MQIsdp", 3
	other.ProtocolName = "MQTX"
	var newer bytes.Buffer
	if err := greeting(who).Write(&newer); err != nil {
		t.Fatal(err)
	}
	// Version 5 has properties behind the keep-alive: none here. The length has two bytes.
	text := newer.Bytes()
	text = append(append(bytes.Clone(text[:13]), 0), text[13:]...)
	text[1], text[9] = text[1]+1, 5
	for name, send := range map[string]func(c *wire){
		"3.1":              func(c *wire) { c.sends(older) },
		"another protocol": func(c *wire) { c.sends(other) },
		"5": func(c *wire) {
			if _, err := c.conn.Write(text); err != nil {
				t.Error(err)
			}
		},
	} {
		c := dial(w, who)
		send(c)
		answer := make([]byte, 4)
		if _, err := io.ReadFull(c.conn, answer); err != nil || !bytes.Equal(answer, []byte{0x20, 2, 0, 1}) {
			t.Errorf("version %s: %x, %v", name, answer, err)
		}
		c.ends(name)
	}
}

func TestSession_grantsOnlyItsOwnTopics(t *testing.T) {
	t.Parallel()
	w, who := withDevice(t)
	c := dial(w, who)
	c.connects(who)
	got := c.subscribes("$iothub/methods/POST/#", "#", "devices/other/messages/devicebound/#",
		"devices/dev/messages/devicebound/#", "$SYS/#", "$dps/registrations/res/#", "devices/dev/#")
	if want := []byte{1, 0x80, 0x80, 1, 0x80, 0x80, 0x80}; !bytes.Equal(got, want) {
		t.Errorf("granted %x, want %x", got, want)
	}
}

// Whatever a client says, the emulator goes on; a panic would fail the test.
func TestSession_survivesRubbish(t *testing.T) {
	t.Parallel()
	w, who := withDevice(t)
	var valid bytes.Buffer
	if err := greeting(who).Write(&valid); err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	for i := range 100 {
		c := dial(w, who)
		text := bytes.Clone(valid.Bytes())
		if i%2 == 0 {
			c.connects(who)
			text = append(text[:0], byte(random.UintN(256)), byte(random.UintN(30)))
			for range 30 {
				text = append(text, byte(random.UintN(256)))
			}
		} else {
			text[1+random.IntN(len(text)-1)] = byte(random.UintN(256))
			text = text[:1+random.IntN(len(text))]
		}
		_, _ = c.conn.Write(text)
		_ = c.conn.Close()
	}
	huge := dial(w, who)
	_, _ = huge.conn.Write([]byte{0x10, 0xff, 0xff, 0xff, 0x7f})
	huge.ends("too large a packet")
	home(w, who)
}

func TestSession_faultsLimitsAndHoldsApply(t *testing.T) {
	t.Parallel()
	w, who := withDevice(t)
	path := func(text string) *regexp.Regexp { return regexp.MustCompile(text) }
	for text, f := range map[string]emulator.Fault{
		"server unavailable": {Method: "CONNECT", Status: 503, Times: 1},
		"not authorized":     {Method: "CONNECT", Status: 401, Times: 1},
		"eof":                {Method: "CONNECT", Cut: emulator.CutAfter, Times: 1},
	} {
		w.AddFault(f)
		if _, err := connect(w, w.Hub("hub1").Hostname(), who); err == nil ||
			!strings.Contains(strings.ToLower(err.Error()), text) {
			t.Errorf("%v: %v", f, err)
		}
	}
	d := home(w, who)
	d.listen(answers+"#", 0)
	w.AddFault(emulator.Fault{Path: path("/twin$"), Status: 500, Times: 1})
	_ = d.say("$iothub/twin/GET/?$rid=1", "", 0)
	if p := d.hears(); p.topic != answers+"500/?$rid=1" {
		t.Errorf("told %v", p)
	}
	w.SetThrottles(emulator.Throttles{HubTwinReadsPerSecond: 1})
	for _, want := range []string{"200", "429"} {
		_ = d.say("$iothub/twin/GET/?$rid=2", "", 0)
		if p := d.hears(); p.topic != answers+want+"/?$rid=2" {
			t.Errorf("told %v, want %s", p, want)
		}
	}
	held := w.Hold("", "POST", path("/messages/events$"))
	token := d.client.Publish("devices/dev/messages/events/", 1, false, "held")
	<-held.Reached()
	held.Release()
	if err := d.done(token); err != nil {
		t.Error(err)
	}
	// What waits for a hold ends with its device.
	held = w.Hold("", "POST", path("/messages/events$"))
	_ = d.client.Publish("devices/dev/messages/events/", 1, false, "held")
	<-held.Reached()
	w.OnHub("hub1", "DELETE", "/devices/dev", "", "If-Match", "*")
	d.falls()
	if err := w.Close(); err != nil { // It waits for all sessions.
		t.Error(err)
	}
	journal := w.Journal()
	if last := journal[len(journal)-2]; last.Method != "POST" || last.Status != 0 {
		t.Errorf("the message of a device that is gone was carried out: %v", journal)
	}
}

func TestSession_aWillIsAMessage(t *testing.T) {
	t.Parallel()
	w, who := withDevice(t)
	sent := func() int { return strings.Count(world.Quote(t, w.Journal()), `/messages/events"`) }
	for _, breaks := range []bool{false, true} {
		w.ClearJournal()
		c := dial(w, who)
		hello := greeting(who)
		hello.WillFlag, hello.WillTopic, hello.WillMessage = true, "devices/dev/messages/events/", []byte("gone")
		c.sends(hello)
		c.reads(packets.Connack)
		if !breaks {
			c.sends(packets.NewControlPacket(packets.Disconnect))
		}
		_ = c.conn.Close()
		eventually(t, func() bool { return len(w.Connections()) == 0 })
		if breaks {
			eventually(t, func() bool { return sent() == 1 })
		} else if sent() != 0 {
			t.Error("a will after DISCONNECT")
		}
	}
}

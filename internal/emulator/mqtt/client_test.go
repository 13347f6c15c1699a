// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package mqtt_test

import (
	"crypto/tls"
	"crypto/x509"
	"strings"
	"testing"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/world"
)

// soon bounds what a test waits for. Nothing takes that long unless it is broken.
const soon = 20 * time.Second

// publication is what a client was told.
type publication struct{ topic, payload string }

// device is a client that nobody here wrote.
type device struct {
	t      *testing.T
	client paho.Client
	told   chan publication
	lost   chan error
}

// identity is what a client says of itself.
type identity struct {
	id, username, token string
	certificates        []tls.Certificate
	remembered          bool
	webSocket           bool
	will                string
}

// atHub is a device of a hub that signs with a key, or none.
func atHub(w *world.World, hub, id, key string) identity {
	host := w.Hub(hub).Hostname()
	who := identity{id: id, username: host + "/" + id + "/?api-version=2021-04-12&DeviceClientType=test"}
	if key != "" {
		resource := host + "/devices/" + strings.ReplaceAll(id, "/", "/modules/")
		who.token = world.Sign(w.T, key, strings.ReplaceAll(resource, "/", "%2F"), w.Clock.Now().Add(time.Hour), "")
	}
	return who
}

// atDPS is a device that registers.
func atDPS(w *world.World, id, key string) identity {
	who := identity{id: id, username: w.IDScope() + "/registrations/" + id + "/api-version=2019-03-31&ClientVersion=test"}
	if key != "" {
		resource := w.IDScope() + "%2Fregistrations%2F" + id
		who.token = world.Sign(w.T, key, resource, w.Clock.Now().Add(time.Hour), "registration")
	}
	return who
}

// connect tries to connect; the error is the client library's.
func connect(w *world.World, host string, who identity) (*device, error) {
	w.T.Helper()
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(w.CACertificatePEM())
	d := &device{t: w.T, told: make(chan publication, 100), lost: make(chan error, 1)}
	server := "ssl://" + host
	if who.webSocket {
		server = "wss://" + host + "/$iothub/websocket"
	}
	o := paho.NewClientOptions().AddBroker(server).SetClientID(who.id).SetProtocolVersion(4).
		SetUsername(who.username).SetPassword(who.token).SetCleanSession(!who.remembered).
		SetTLSConfig(&tls.Config{RootCAs: roots, Certificates: who.certificates}).
		SetAutoReconnect(false).SetConnectRetry(false).SetConnectTimeout(soon).SetWriteTimeout(soon).
		SetConnectionLostHandler(func(_ paho.Client, err error) { d.lost <- err }).
		SetDefaultPublishHandler(func(_ paho.Client, m paho.Message) {
			d.told <- publication{m.Topic(), string(m.Payload())}
		})
	if who.will != "" {
		o.SetWill(who.will, "gone", 0, false)
	}
	d.client = paho.NewClient(o)
	token := d.client.Connect()
	if !token.WaitTimeout(soon) {
		w.T.Fatal("no answer to CONNECT")
	}
	w.T.Cleanup(func() { d.client.Disconnect(0) })
	return d, token.Error()
}

// connected connects.
func connected(w *world.World, host string, who identity) *device {
	w.T.Helper()
	d, err := connect(w, host, who)
	if err != nil {
		w.T.Fatal(err)
	}
	return d
}

func (d *device) done(token paho.Token) error {
	d.t.Helper()
	if !token.WaitTimeout(soon) {
		d.t.Fatal("nothing came back")
	}
	return token.Error()
}

func (d *device) listen(filter string, qos byte) {
	d.t.Helper()
	if err := d.done(d.client.Subscribe(filter, qos, nil)); err != nil {
		d.t.Fatalf("subscribing to %s: %v", filter, err)
	}
}

// say publishes, and waits for the acknowledgement where there is one.
func (d *device) say(topic, payload string, qos byte) error {
	d.t.Helper()
	return d.done(d.client.Publish(topic, qos, false, payload))
}

// hears gives what the client is told next.
func (d *device) hears() publication {
	d.t.Helper()
	select {
	case p := <-d.told:
		return p
	case err := <-d.lost:
		d.t.Fatalf("the connection is lost: %v", err)
	case <-time.After(soon):
		d.t.Fatal("the client is told nothing")
	}
	return publication{}
}

// falls waits for the connection to end.
func (d *device) falls() {
	d.t.Helper()
	select {
	case err := <-d.lost:
		if err == nil {
			d.t.Error("the connection ended in good order")
		}
	case <-time.After(soon):
		d.t.Fatal("the connection lasts")
	}
}

// want compares what was told.
func (p publication) want(t *testing.T, topic, payload string) {
	t.Helper()
	if p.topic != topic || p.payload != payload {
		t.Errorf("told %s %s\nwant %s %s", p.topic, p.payload, topic, payload)
	}
}

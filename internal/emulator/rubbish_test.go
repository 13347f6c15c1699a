// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package emulator_test

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/world"
)

// shape says which members an object may have, by the name that it stands under; the request itself has none.
var shape = map[string]string{
	"": "registrationId enrollmentGroupId deviceId moduleId id attestation initialTwin reprovisionPolicy " +
		"provisioningStatus etag iotHubs allocationPolicy customAllocationDefinition mode enrollments " +
		"enrollmentGroups authentication status statusReason capabilities deviceScope parentScopes importMode " +
		"query devices policyKey tags properties tpm payload",
	"attestation":         "type tpm x509 symmetricKey",
	"tpm":                 "endorsementKey storageRootKey",
	"x509":                "clientCertificates signingCertificates caReferences",
	"clientCertificates":  "primary secondary",
	"signingCertificates": "primary secondary",
	"caReferences":        "primary secondary",
	"primary":             "certificate info",
	"secondary":           "certificate info",
	"info":                "sha256Thumbprint",
	"symmetricKey":        "primaryKey secondaryKey",
	"initialTwin":         "tags properties",
	"properties":          "desired reported",
	"desired":             "a b.c $metadata $version",
	"tags":                "a b $x",
	"reprovisionPolicy":   "updateHubAssignment migrateDeviceData",
	"authentication":      "type symmetricKey x509Thumbprint",
	"x509Thumbprint":      "primaryThumbprint secondaryThumbprint",
	"capabilities":        "iotEdge",

	"customAllocationDefinition": "webhookUrl apiVersion",
}

// texts stand where the services look for one; null may stand anywhere.
var texts = []any{
	"x509", "tpm", "symmetricKey", "sas", "selfSigned", "dev", "m", "", "enabled", "custom", "create", "updateTwin", "*",
	"AAAA", "SELECT * FROM devices", "SELECT COUNT() FROM devices GROUP BY", "ms-azure-iot-edge://dev-1",
	strings.Repeat("aB", 20), nil,
}

// rubbish is what the services look for nowhere.
var rubbish = []any{true, 0.5, -1, 1e300, "é\x00", []any{nil, 1}, map[string]any{"a": nil}, strings.Repeat("x", 5000)}

// leaf draws what the services look for under a name that no object stands under.
func leaf(rt *rapid.T, name string) any {
	switch name {
	case "type":
		return rapid.SampledFrom(texts[:5]).Draw(rt, "type")
	case "iotEdge", "updateHubAssignment", "migrateDeviceData":
		return rapid.Bool().Draw(rt, name)
	case "iotHubs", "parentScopes":
		return []any{rapid.SampledFrom(texts).Draw(rt, name)}
	case "enrollments", "enrollmentGroups", "devices":
		return []any{anything(rt, "item"), anything(rt, "item")}
	case "a", "b", "b.c", "$x":
		return rapid.SampledFrom(append(rubbish, texts...)).Draw(rt, name)
	}
	return rapid.SampledFrom(texts).Draw(rt, name)
}

// anything draws what may stand under a name: mostly what the services look for there, in parts.
func anything(rt *rapid.T, name string) any {
	names, isObject := shape[name]
	if name == "item" {
		lists := strings.NewReplacer("enrollments ", "", "enrollmentGroups ", "", "devices ", "")
		names, isObject = lists.Replace(shape[""]), true
	}
	if rapid.IntRange(0, 29).Draw(rt, "rubbish") == 29 {
		return rapid.SampledFrom(rubbish).Draw(rt, name)
	}
	if !isObject {
		return leaf(rt, name)
	}
	object := map[string]any{}
	for member := range strings.FieldsSeq(names) {
		likely := 3
		if member == "type" || member == "attestation" {
			likely = 8
		}
		if rapid.IntRange(0, 9).Draw(rt, "there") < likely {
			object[member] = anything(rt, member)
		}
	}
	return object
}

// Whatever is sent is answered, and no handler panics, which Close would tell.
func TestServices_answerWhateverTheyAreSent(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	w.Rewrite("")
	world.WantStatus(t, w.OnHub("hub1", "PUT", "/devices/dev", `{"deviceId":"dev"}`), 200)
	client, device := w.Client(), w.SymmetricDevice("dev", world.Key(32))
	hub, _ := w.Hub("hub1").ConnectionStringFor("iothubowner")
	send := func(host, token, method, path, body, match string) world.Result {
		return w.Do(world.Call{Client: client, Host: host, Method: method, Path: path, Body: body, Header: map[string]string{
			"Authorization": token, "If-Match": match,
		}})
	}
	call := func(call, body string) world.Result {
		method, path, _ := strings.Cut(call, " ")
		switch {
		case path == "register":
			return device.Call(method, "/register", body)
		case strings.HasPrefix(path, "/device") || strings.HasPrefix(path, "/twins"):
			return send(w.Hub("hub1").Hostname(), w.Token(hub), method, path, body, map[bool]string{true: "*"}[method == "PUT"])
		}
		token := w.Token(w.DPSConnectionString())
		if method == "PUT" {
			send("", token, "DELETE", path, "", "")
		}
		return send("", token, method, path, body, "")
	}
	calls := []string{
		"PUT /enrollments/dev", "PUT /enrollmentGroups/dev", "POST /enrollments", "POST /enrollmentGroups",
		"POST /enrollments/query", "POST /registrations/dev/query", "PUT register", "PUT /devices/dev", "POST /devices",
		"POST /devices/query", "POST /devices/keys/regenerate", "PUT /devices/dev/modules/m", "PATCH /twins/dev",
		"PUT /twins/dev", "PATCH /twins/dev/modules/m",
	}
	rapid.Check(t, func(rt *rapid.T) {
		for range 8 {
			body := anything(rt, "")
			if m, isObject := body.(map[string]any); isObject && rapid.IntRange(0, 3).Draw(rt, "named") > 0 {
				m["registrationId"], m["enrollmentGroupId"], m["deviceId"], m["moduleId"], m["id"] = "dev", "dev", "dev", "m", "dev"
			}
			text, err := json.Marshal(body)
			if err != nil {
				rt.Fatal(err)
			}
			for _, name := range calls {
				if r := call(name, string(text)); r.Status >= 500 && r.Status != 501 && r.Status != 503 {
					rt.Fatalf("%s is answered %d %s", name, r.Status, r.Body)
				}
			}
		}
	})
}

// requests are those whose path, headers and body FuzzRequest makes up.
var requests = []string{
	"GET /enrollments/{id}", "PUT /enrollments/{id}", "DELETE /enrollments/{id}",
	"POST /enrollments/{id}/attestationmechanism", "PUT /enrollmentGroups/{id}",
	"POST /enrollmentGroups", "POST /enrollments/query", "POST /registrations/{id}/query",
	"DELETE /registrations/{id}", "PUT /{id}/registrations/{id}/register", "GET /devices/{id}", "PUT /devices/{id}",
	"DELETE /devices/{id}", "POST /devices", "POST /devices/query", "PATCH /twins/{id}", "PUT /devices/{id}/modules/m",
	"POST /devices/{id}/messages/events", "GET /{id}",
}

// A request whose ID, headers and body are anything is answered, and with no failure of the service.
func FuzzRequest(f *testing.F) {
	clock := world.NewClock()
	e, err := emulator.Start(emulator.Options{Now: clock.Now})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() {
		if err := e.Close(); err != nil { // Which tells of handlers that have panicked.
			f.Error(err)
		}
	})
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(e.CACertificatePEM())
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}}
	f.Cleanup(client.CloseIdleConnections)
	for i := range requests {
		f.Add(uint8(i), "dev", "*", "2", `{"registrationId":"dev","deviceId":"dev","query":"SELECT * FROM devices"}`)
	}
	f.Add(uint8(1), "%2f..", "W/\"\"", "-1", `{"attestation":{"type":"x509","x509":{}}}`)
	f.Fuzz(func(t *testing.T, which uint8, id, match, page, body string) {
		w := &world.World{Emulator: e, T: t, Clock: clock}
		method, path, _ := strings.Cut(requests[int(which)%len(requests)], " ")
		host, connection := "", e.DPSConnectionString()
		if strings.HasPrefix(path, "/devices") || strings.HasPrefix(path, "/twins") {
			connection, _ = e.Hubs()[0].ConnectionStringFor("iothubowner")
			host = e.Hubs()[0].Hostname()
		}
		header := map[string]string{"Authorization": w.Token(connection)}
		given := map[string]string{"If-Match": match, "x-ms-max-item-count": page, "x-ms-continuation": page}
		for name, value := range given {
			if !strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r > '~' }) { // Nothing else can be sent.
				header[name] = value
			}
		}
		r, err := w.Try(world.Call{
			Client: client, Host: host, Method: method, Path: strings.ReplaceAll(path, "{id}", url.PathEscape(id)),
			Header: header, Body: body,
		})
		if err != nil || r.Status >= 500 && r.Status != 501 && r.Status != 503 {
			t.Errorf("%s %s of %q is answered %d %s %v", method, path, id, r.Status, r.Body, err)
		}
	})
}

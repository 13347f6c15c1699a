// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package conformance_test

import (
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"net/http"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

// unknown is one thing about the services that nobody outside them has established, as a question that any instance
// answers. The emulator gives the answer that is chosen by default, and the other one with its switch on.
type unknown struct {
	asks string
	// ask finds the answer out, in a few words.
	ask func(i *instance) string
	// chosen is the emulator's default answer. The other is that of the switch, if there is one; an answer of a real
	// instance that is neither is news.
	chosen, other string
	// switched is the switch, for people; on sets it.
	switched string
	on       func(c *emulator.Choices)
}

func unknowns() []unknown {
	return slices.Concat(enrollmentUnknowns(), deviceUnknowns(), hubUnknowns())
}

// The emulator answers every question as its documentation says, with each switch off and on. With AZUREIOT_LIVE, the
// instances that the other variables name are asked as well.
func TestUnknowns_areAnsweredAsChosen(t *testing.T) {
	t.Parallel()
	live := os.Getenv("AZUREIOT_LIVE") != ""
	for _, u := range unknowns() {
		t.Run(u.asks, func(t *testing.T) {
			t.Parallel()
			if got := u.ask(emulated(t, emulator.Choices{})); got != u.chosen {
				t.Errorf("the emulator says %q, want %q", got, u.chosen)
			}
			if u.on != nil {
				var choices emulator.Choices
				u.on(&choices)
				if got := u.ask(emulated(t, choices)); got != u.other {
					t.Errorf("with %s the emulator says %q, want %q", u.switched, got, u.other)
				}
			}
			if !live {
				t.Logf("not asked: %s? The emulator says %s", u.asks, u.answers())
				return
			}
			switch got := u.ask(named(t)); {
			case got == u.chosen:
				t.Logf("settled: %s? %q, as the emulator says", u.asks, got)
			case u.on != nil && got == u.other:
				t.Logf("settled: %s? %q, so that %s should be the default", u.asks, got, u.switched)
			default:
				t.Errorf("news: %s? %q. The emulator says %s", u.asks, got, u.answers())
			}
		})
	}
}

func (u unknown) answers() string {
	if u.on == nil {
		return fmt.Sprintf("%q", u.chosen)
	}
	return fmt.Sprintf("%q; with %s it says %q", u.chosen, u.switched, u.other)
}

// Every switch of the emulator stands for a question that can be put to the real services.
func TestUnknowns_askAboutEverySwitch(t *testing.T) {
	t.Parallel()
	beyond := map[string]string{
		"RunningPollIs200":      "is seen only while an assignment takes its time",
		"MissingRoleIs403":      "needs an application of Entra ID without a role",
		"Hub.QueryLag":          "is a time, which differs from one moment to the next",
		"Hub.DeviceLimit":       "would need a full hub",
		"Hub.UpperCaseTracking": "is how a tracking ID is spelled, which no client reads",
	}
	var asked []string
	for _, u := range unknowns() {
		if u.switched != "" {
			asked = append(asked, u.switched)
		}
	}
	var all []string
	for prefix, of := range map[string]any{"": emulator.DPSChoices{}, "Hub.": emulator.HubChoices{}} {
		for field := range reflect.TypeOf(of).Fields() {
			all = append(all, prefix+field.Name)
		}
	}
	for _, name := range all {
		if beyond[name] == "" != slices.Contains(asked, name) {
			t.Errorf("%s is asked about %t, and said to be beyond asking %q", name, slices.Contains(asked, name), beyond[name])
		}
	}
	if len(asked)+len(beyond) != len(all) {
		t.Errorf("%d switches are asked about and %d are not, of %d", len(asked), len(beyond), len(all))
	}
}

// instance is a DPS instance and one hub linked to it, asked without any client.
type instance struct {
	*testing.T
	client *http.Client
	now    func() time.Time
	// pause is what a device waits between two polls: nothing at the emulator, which has the end ready.
	pause      func()
	dps, hub   service
	idScope    string
	deviceHost string
	// id is a name that nothing else in the instance has.
	id string
}

// service is one host and a policy of it.
type service struct{ host, policy, key string }

func parseService(t *testing.T, connectionString string) service {
	t.Helper()
	var s service
	for part := range strings.SplitSeq(connectionString, ";") {
		switch name, value, _ := strings.Cut(part, "="); name {
		case "HostName":
			s.host = value
		case "SharedAccessKeyName":
			s.policy = value
		case "SharedAccessKey":
			s.key = value
		}
	}
	if s.host == "" || s.policy == "" || s.key == "" {
		t.Fatal("a connection string has no HostName, SharedAccessKeyName or SharedAccessKey")
	}
	return s
}

func emulated(t *testing.T, choices emulator.Choices) *instance {
	t.Helper()
	e, err := emulator.Start(emulator.Options{Now: today, Choices: choices})
	must(t, err)
	t.Cleanup(func() { must(t, e.Close()) })
	i := newInstance(t, e.CACertificatePEM(), today)
	i.dps, i.hub = parseService(t, e.DPSConnectionString()), parseService(t, e.Hubs()[0].ConnectionString())
	i.idScope, i.deviceHost = e.IDScope(), e.DPSHostname()
	return i
}

// named is what the variables name; the first hub is taken, which must be the only one linked.
func named(t *testing.T) *instance {
	t.Helper()
	hub, _, _ := strings.Cut(strings.ReplaceAll(os.Getenv("AZUREIOT_IOTHUB_CONNECTION_STRINGS"), "\n", ","), ",")
	i := newInstance(t, nil, time.Now)
	if file := os.Getenv("AZUREIOT_CA_CERTIFICATE_FILE"); file != "" {
		ca, err := os.ReadFile(file)
		must(t, err)
		i = newInstance(t, ca, time.Now)
	}
	i.dps, i.hub = parseService(t, os.Getenv("AZUREIOT_DPS_CONNECTION_STRING")), parseService(t, hub)
	i.idScope, i.deviceHost = os.Getenv("AZUREIOT_DPS_ID_SCOPE"), i.dps.host
	i.pause = func() { <-time.After(3 * time.Second) }
	if i.idScope == "" {
		t.Fatal("AZUREIOT_DPS_ID_SCOPE is not set")
	}
	return i
}

func newInstance(t *testing.T, caPEM []byte, now func() time.Time) *instance {
	t.Helper()
	random := make([]byte, 6)
	_, _ = rand.Read(random) // never fails
	configuration := &tls.Config{MinVersion: tls.VersionTLS12}
	if caPEM != nil {
		configuration.RootCAs = x509.NewCertPool()
		configuration.RootCAs.AppendCertsFromPEM(caPEM)
	}
	transport := &http.Transport{TLSClientConfig: configuration, Proxy: http.ProxyFromEnvironment}
	t.Cleanup(transport.CloseIdleConnections)
	return &instance{
		T: t, client: &http.Client{Transport: transport, Timeout: time.Minute}, now: now, pause: func() {},
		id: "Conformance-" + hex.EncodeToString(random),
	}
}

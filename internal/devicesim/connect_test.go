// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package devicesim_test

import (
	"context"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
)

func TestConnect_tellsWhatTheHubSaid(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		reply reply
		want  string
	}{
		"accepted": {reply{204, nil, ""}, "accepted (HTTP 204)"},
		"refused in the header": {
			reply{401, map[string]string{"iothub-errorcode": "IotHubUnauthorizedAccess"}, `{"Message":"x"}`},
			"refused (HTTP 401) IotHubUnauthorizedAccess",
		},
		"refused in the older body": {
			reply{404, nil, `{"Message":"ErrorCode:DeviceNotFound;dev","ExceptionMessage":"Tracking ID:1"}`},
			"refused (HTTP 404) DeviceNotFound",
		},
		"refused in the newer body": {
			reply{403, nil, `{"errorCode":403012,"message":"disabled"}`}, "refused (HTTP 403) 403012",
		},
		"refused by a proxy": {reply{407, nil, "<html>"}, "refused (HTTP 407)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, c.reply)
			d, _ := s.device(t, devicesim.SymmetricKey(aKey))
			got, err := d.Connect(t.Context(), s.host(), "dev")
			if err != nil || got.String() != c.want {
				t.Errorf("got %s, %v, want %s", got, err, c.want)
			}
		})
	}
}

func TestConnect_sendsOneMessageAsTheDevice(t *testing.T) {
	t.Parallel()
	s := serve(t, reply{204, nil, ""})
	d, _ := s.device(t, devicesim.SymmetricKey(aKey))
	if _, err := d.Connect(t.Context(), s.host(), "a#b"); err != nil {
		t.Fatal(err)
	}
	got := s.seen()[0]
	if got.method+" "+got.uri != "POST /devices/a%23b/messages/events?api-version=2021-04-12" {
		t.Errorf("request %s %s", got.method, got.uri)
	}
	if !strings.HasPrefix(got.authorization, "SharedAccessSignature sr="+
		strings.ReplaceAll(s.host(), ":", "%3A")+"%2Fdevices%2Fa%23b&sig=") ||
		strings.Contains(got.authorization, "skn=") {
		t.Errorf("token %s", got.authorization)
	}
}

func TestConnect_presentsTheCertificate(t *testing.T) {
	t.Parallel()
	s := serve(t, reply{204, nil, ""})
	c, err := devicesim.SelfSigned("sensor-1")
	if err != nil {
		t.Fatal(err)
	}
	d, _ := s.device(t, devicesim.X509(c))
	if _, err := d.Connect(t.Context(), s.host(), "sensor-1"); err != nil {
		t.Fatal(err)
	}
	if got := s.seen()[0]; strings.Join(got.certificates, ",") != "sensor-1" || got.authorization != "" {
		t.Errorf("presented %v and token %q", got.certificates, got.authorization)
	}
}

func TestConnect_withoutAnAnswerIsAnError(t *testing.T) {
	t.Parallel()
	s := serve(t, reply{204, nil, ""})
	host := s.host()
	unusable, _ := s.device(t, devicesim.SymmetricKey("?"))
	if _, err := unusable.Connect(t.Context(), host, "dev"); err == nil || !strings.Contains(err.Error(), "base64") {
		t.Errorf("error %v, want one about the key", err)
	}
	d, _ := s.device(t, devicesim.SymmetricKey(aKey))
	s.server.Close()
	if _, err := d.Connect(t.Context(), host, "dev"); err == nil || !strings.Contains(err.Error(), host) {
		t.Errorf("error %v, want one that names the hub", err)
	}
}

func TestKeepTrying_countsTriesAndAdmissions(t *testing.T) {
	t.Parallel()
	disabled := reply{200, nil, `{"operationId":"5.1","status":"disabled"}`}
	s := serve(t, disabled, reply{401, nil, ""}, reply{200, nil, assignedBody}, reply{200, nil, "garbage"}, disabled)
	d, _ := s.device(t, devicesim.SymmetricKey(aKey))
	d.Wait, d.MaxTries = devicesim.Yield, 6
	var observed []string
	got := d.KeepTrying(t.Context(), func(o devicesim.Outcome) { observed = append(observed, o.Status) })
	if got != (devicesim.Attempts{Tries: 6, Admissions: 1, Unreachable: 1}) {
		t.Errorf("counted %+v", got)
	}
	if want := "disabled refused assigned unreachable disabled disabled"; strings.Join(observed, " ") != want {
		t.Errorf("observed %v, want %s", observed, want)
	}
}

func TestKeepTrying_endsWithItsContext(t *testing.T) {
	t.Parallel()
	s := serve(t, reply{401, nil, ""})
	d, _ := s.device(t, devicesim.SymmetricKey(aKey))
	ctx, cancel := context.WithCancel(t.Context())
	tries := 0
	got := d.KeepTrying(ctx, func(devicesim.Outcome) {
		if tries++; tries == 3 {
			cancel()
		}
	})
	if got != (devicesim.Attempts{Tries: 3}) {
		t.Errorf("counted %+v", got)
	}
}

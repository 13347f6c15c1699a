// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package aziothub_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"

	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/sas"
	"github.com/azureiot/terraform-provider-azureiot/internal/wiretest"
)

const query = "?api-version=2021-04-12"

func TestDevice_isReadByItsIDWhateverIsInIt(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]string{
		"Pump-1":             "Pump-1",
		"dev#1?x%y":          "dev%231%3Fx%25y",
		"-:.+%_#*?!(),=@;$'": "-:.+%25_%23%2A%3F%21%28%29%2C=@%3B$%27",
		"%2F":                "%252F",
		"...":                "...",
	} {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			c := client(t,
				exchange{Method: "GET", Target: "/devices/" + want + query, Status: 200, Answer: `{"deviceId":"x"}`},
				exchange{Method: "GET", Target: "/twins/" + want + query, Status: 200, Answer: `{"deviceId":"x"}`},
				exchange{Method: "DELETE", Target: "/devices/" + want + query, Status: 204, IfMatch: `"*"`},
			)
			if _, err := c.GetDevice(t.Context(), id); err != nil {
				t.Error(err)
			}
			if _, err := c.GetTwin(t.Context(), id); err != nil {
				t.Error(err)
			}
			if err := c.DeleteDevice(t.Context(), id, nil); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestCalls_refuseIDsThatPathsCannotCarry(t *testing.T) {
	t.Parallel()
	c, ctx := client(t), t.Context()
	for id, want := range map[string]string{"": "an ID is empty", ".": `the ID "."`, "..": `the ID ".."`} {
		_, err1 := c.GetDevice(ctx, id)
		_, err2 := c.PutDevice(ctx, aziothub.Device{DeviceID: id}, nil)
		_, err3 := c.GetTwin(ctx, id)
		for _, err := range []error{err1, err2, err3, c.DeleteDevice(ctx, id, nil)} {
			if err == nil || !strings.Contains(err.Error(), want) || azrest.IsNotFound(err) {
				t.Errorf("for %q: %v", id, err)
			}
		}
	}
}

func TestPutDevice_withoutOptionsCreatesOnly(t *testing.T) {
	t.Parallel()
	c := client(t,
		exchange{
			Method: "PUT", Target: "/devices/Pump-1" + query, Status: 200,
			Body: `{"deviceId":"Pump-1","statusReason":null}`,
			Answer: `{"deviceId":"Pump-1","etag":"e","status":"enabled","parentScopes":[],` +
				`"authentication":{"symmetricKey":{"primaryKey":"p","secondaryKey":"s"},"type":"sas"}}`,
		},
		exchange{
			Method: "PUT", Target: "/devices/Pump-1" + query, Status: 409, Body: wiretest.AnyBody,
			Headers: map[string]string{"iothub-errorcode": "DeviceAlreadyExists"},
		})
	d, err := c.PutDevice(t.Context(), aziothub.Device{DeviceID: "Pump-1"}, nil)
	if err != nil || d.ETag != "e" || d.ParentScopes == nil || *d.Authentication.SymmetricKey.PrimaryKey != "p" {
		t.Errorf("wrote %+v, %v", d, err)
	}
	if _, err := c.PutDevice(t.Context(), d, &aziothub.WriteOptions{}); !azrest.IsConflict(err) {
		t.Errorf("error is %v", err)
	}
}

func TestPutDevice_sendsEverythingBackUnderTheQuotedETag(t *testing.T) {
	t.Parallel()
	const read = `{"deviceId":"gw","generationId":"1","etag":"MTIz","connectionState":"Connected","status":"enabled",` +
		`"statusReason":"why","connectionStateUpdatedTime":"0001-01-01T00:00:00","statusUpdatedTime":"s",` +
		`"lastActivityTime":"l","cloudToDeviceMessageCount":2,"authentication":{"symmetricKey":{"primaryKey":null,` +
		`"secondaryKey":null},"x509Thumbprint":{"primaryThumbprint":"AB","secondaryThumbprint":null},` +
		`"type":"selfSigned"},"capabilities":{"iotEdge":true},"deviceScope":"ms-azure-iot-edge://gw-1",` +
		`"parentScopes":["ms-azure-iot-edge://up-1"],"attributes":{"n":1.0}}`
	sent := strings.NewReplacer(
		`"status":"enabled"`, `"status":"disabled"`, `"statusReason":"why"`, `"statusReason":null`,
	).Replace(read)
	c := client(t,
		exchange{Method: "GET", Target: "/devices/gw" + query, Status: 200, Answer: read},
		exchange{Method: "PUT", Target: "/devices/gw" + query, Status: 200, IfMatch: `"MTIz"`, Body: sent, Answer: read})
	d, err := c.GetDevice(t.Context(), "gw")
	if err != nil {
		t.Fatal(err)
	}
	d.Status, d.StatusReason = aziothub.StatusDisabled, nil
	if _, err := c.PutDevice(t.Context(), d, onlyIf(d.ETag)); err != nil {
		t.Error(err)
	}
}

func TestPutDevice_tellsNoScopesFromEmptyOnes(t *testing.T) {
	t.Parallel()
	for want, d := range map[string]aziothub.Device{
		`{"deviceId":"d","statusReason":null}`: {},
		`{"deviceId":"d","statusReason":null,"deviceScope":"","parentScopes":[]}`: {
			DeviceScope: new(""), ParentScopes: []string{},
		},
	} {
		d.DeviceID = "d"
		c := client(t, exchange{
			Method: "PUT", Target: "/devices/d" + query, Status: 200, Body: want, Answer: `{"deviceId":"d"}`,
		})
		if _, err := c.PutDevice(t.Context(), d, nil); err != nil {
			t.Error(err)
		}
	}
}

func TestDeleteDevice_alwaysHasACondition(t *testing.T) {
	t.Parallel()
	for want, o := range map[string]*aziothub.WriteOptions{
		`"*"`: nil, `"MTIz"`: onlyIf("MTIz"), `"MTI0"`: onlyIf(`"MTI0"`),
	} {
		c := client(t, exchange{Method: "DELETE", Target: "/devices/d" + query, Status: 204, IfMatch: want})
		if err := c.DeleteDevice(t.Context(), "d", o); err != nil {
			t.Error(err)
		}
	}
	c := client(t,
		exchange{Method: "DELETE", Target: "/devices/d" + query, Status: 204, IfMatch: `"*"`},
		exchange{Method: "DELETE", Target: "/devices/d" + query, Status: 204, IfMatch: `"*"`})
	for _, o := range []*aziothub.WriteOptions{{}, onlyIf(azcore.ETagAny)} {
		if err := c.DeleteDevice(t.Context(), "d", o); err != nil {
			t.Error(err)
		}
	}
}

func TestWrite_withAnEmptyETagIsRefusedHere(t *testing.T) {
	t.Parallel()
	c := client(t)
	for _, etag := range []azcore.ETag{"", `""`} {
		_, err := c.PutDevice(t.Context(), aziothub.Device{DeviceID: "d"}, onlyIf(etag))
		for _, err := range []error{err, c.DeleteDevice(t.Context(), "d", onlyIf(etag))} {
			if err == nil || !strings.Contains(err.Error(), "the ETag is empty") {
				t.Errorf("error is %v", err)
			}
		}
	}
}

func TestQuery_isReadPageByPage(t *testing.T) {
	t.Parallel()
	const body = `{"query":"SELECT * FROM devices WHERE tags.site = 'a\u003cb'"}`
	c := client(t,
		exchange{
			Method: "POST", Target: "/devices/query" + query, Body: body, Status: 200,
			Headers: map[string]string{"x-ms-continuation": "t", "x-ms-item-type": "Twin"},
			Answer:  `[{"deviceId":"a","version":1.0}]`,
		},
		exchange{Method: "POST", Target: "/devices/query" + query, Body: body, Status: 200, Answer: `[]`})
	pager := c.NewQueryPager("SELECT * FROM devices WHERE tags.site = 'a<b'", &aziothub.ListOptions{PageSize: 50})
	page, err := pager.NextPage(t.Context())
	if err != nil || len(page.Items) != 1 || string(page.Items[0]) != `{"deviceId":"a","version":1.0}` ||
		page.ItemType != "Twin" {
		t.Fatalf("read %v, %v", page, err)
	}
	page, err = pager.NextPage(t.Context())
	if err != nil || len(page.Items) != 0 || pager.More() {
		t.Errorf("read %v, %v", page, err)
	}
}

func TestThrottle_isWaitedOutForTenSeconds(t *testing.T) {
	t.Parallel()
	var waits []time.Duration
	o := wiretest.ClientOptions(wiretest.NewService(t,
		exchange{
			Method: "GET", Target: "/devices/d" + query, Status: 429,
			Answer: `{"Message":"ErrorCode:ThrottlingException;x"}`,
		},
		exchange{Method: "GET", Target: "/devices/d" + query, Status: 200, Answer: `{"deviceId":"d"}`}))
	now := time.Unix(1_700_000_000, 0)
	o.Now = func() time.Time { return now }
	o.Retry.Sleep = func(_ context.Context, d time.Duration) error {
		waits, now = append(waits, d), now.Add(d)
		return nil
	}
	c, err := aziothub.NewClient("h.example", wiretest.Credential(""), o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.GetDevice(t.Context(), "d"); err != nil || len(waits) != 1 || waits[0] != 10*time.Second {
		t.Errorf("waited %v, %v", waits, err)
	}
}

func TestDisabled_isOnlyWhatSaysSo(t *testing.T) {
	t.Parallel()
	for status, want := range map[string]bool{"": false, "enabled": false, "disabled": true, "Disabled": true} {
		if got := (aziothub.Device{Status: status}).Disabled(); got != want {
			t.Errorf("%q: %v", status, got)
		}
	}
}

func TestNewClient_refusesWhatCannotWork(t *testing.T) {
	t.Parallel()
	for _, host := range wiretest.UnusableHosts() {
		if _, err := aziothub.NewClient(host, wiretest.Credential(""), nil); err == nil {
			t.Errorf("%q is taken for a host", host)
		}
	}
	_, withoutCredential := aziothub.NewClient("h", nil, nil)
	_, withoutHost := aziothub.NewClientFromConnectionString(sas.ConnectionString{}, nil)
	if withoutCredential == nil || withoutHost == nil {
		t.Errorf("errors are %v and %v", withoutCredential, withoutHost)
	}
}

func TestClient_authenticatesAsItIsTold(t *testing.T) {
	t.Parallel()
	const host = "h.example:8443"
	var sent wiretest.Authorizations
	o := wiretest.ClientOptions(&sent)
	scoped := *o
	scoped.Scope = "https://other/.default"
	byDefault, err1 := aziothub.NewClient(host, wiretest.Credential("t:"), o)
	byScope, err2 := aziothub.NewClient(host, wiretest.Credential("t:"), &scoped)
	byKey, err3 := aziothub.NewClientFromConnectionString(wiretest.ConnectionString(t, "H.example:8443"), o)
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	for want, c := range map[string]*aziothub.Client{
		"Bearer t:https://iothubs.azure.net/.default":    byDefault,
		"Bearer t:https://other/.default":                byScope,
		"SharedAccessSignature sr=h.example%3A8443&sig=": byKey,
	} {
		if err := c.DeleteDevice(t.Context(), "d", nil); err != nil || c.Host() != host {
			t.Fatalf("host is %s, %v", c.Host(), err)
		}
		if got := sent[len(sent)-1]; !strings.HasPrefix(got, want) {
			t.Errorf("sent %q, want %q", got, want)
		}
	}
}

// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package aziothub_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/sas"
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
				exchange{method: "GET", target: "/devices/" + want + query, status: 200, answer: `{"deviceId":"x"}`},
				exchange{method: "GET", target: "/twins/" + want + query, status: 200, answer: `{"deviceId":"x"}`},
				exchange{method: "DELETE", target: "/devices/" + want + query, status: 204, ifMatch: `"*"`},
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
			method: "PUT", target: "/devices/Pump-1" + query, status: 200,
			body: `{"deviceId":"Pump-1","statusReason":null}`,
			answer: `{"deviceId":"Pump-1","etag":"e","status":"enabled","parentScopes":[],` +
				`"authentication":{"symmetricKey":{"primaryKey":"p","secondaryKey":"s"},"type":"sas"}}`,
		},
		exchange{
			method: "PUT", target: "/devices/Pump-1" + query, status: 409, body: "-",
			headers: map[string]string{"iothub-errorcode": "DeviceAlreadyExists"},
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
		exchange{method: "GET", target: "/devices/gw" + query, status: 200, answer: read},
		exchange{method: "PUT", target: "/devices/gw" + query, status: 200, ifMatch: `"MTIz"`, body: sent, answer: read})
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
			DeviceScope: pointer(""), ParentScopes: []string{},
		},
	} {
		d.DeviceID = "d"
		c := client(t, exchange{
			method: "PUT", target: "/devices/d" + query, status: 200, body: want, answer: `{"deviceId":"d"}`,
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
		c := client(t, exchange{method: "DELETE", target: "/devices/d" + query, status: 204, ifMatch: want})
		if err := c.DeleteDevice(t.Context(), "d", o); err != nil {
			t.Error(err)
		}
	}
	c := client(t,
		exchange{method: "DELETE", target: "/devices/d" + query, status: 204, ifMatch: `"*"`},
		exchange{method: "DELETE", target: "/devices/d" + query, status: 204, ifMatch: `"*"`})
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
			method: "POST", target: "/devices/query" + query, body: body, status: 200,
			headers: map[string]string{"x-ms-continuation": "t", "x-ms-item-type": "Twin"},
			answer:  `[{"deviceId":"a","version":1.0}]`,
		},
		exchange{method: "POST", target: "/devices/query" + query, body: body, status: 200, answer: `[]`})
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
	s := &service{t: t, exchanges: []exchange{
		{method: "GET", target: "/devices/d" + query, status: 429, answer: `{"Message":"ErrorCode:ThrottlingException;x"}`},
		{method: "GET", target: "/devices/d" + query, status: 200, answer: `{"deviceId":"d"}`},
	}}
	o := clientOptions(s)
	now := time.Unix(1_700_000_000, 0)
	o.Now = func() time.Time { return now }
	o.Retry.Sleep = func(_ context.Context, d time.Duration) error {
		waits, now = append(waits, d), now.Add(d)
		return nil
	}
	c, err := aziothub.NewClient("h.example", credential(""), o)
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
	for _, host := range []string{"", "https://h", "h/", "h h", "h:0"} {
		if _, err := aziothub.NewClient(host, credential(""), nil); err == nil {
			t.Errorf("%q is taken for a host", host)
		}
	}
	if _, err := aziothub.NewClient("h", nil, nil); err == nil {
		t.Error("no credential is taken for one")
	}
	if _, err := aziothub.NewClientFromConnectionString(sas.ConnectionString{}, nil); err == nil {
		t.Error("an empty connection string is taken for one")
	}
}

// credential gives out tokens that repeat the scope they are for.
type credential string

func (c credential) GetToken(_ context.Context, o policy.TokenRequestOptions) (azcore.AccessToken, error) {
	return azcore.AccessToken{
		Token: string(c) + strings.Join(o.Scopes, ","), ExpiresOn: time.Date(2999, 1, 1, 0, 0, 0, 0, time.UTC),
	}, nil
}

func TestClient_authenticatesAsItIsTold(t *testing.T) {
	t.Parallel()
	seen := make(chan string, 1)
	o := clientOptions(transportFunc(func(req *http.Request) (*http.Response, error) {
		seen <- req.Header.Get("Authorization")
		return &http.Response{StatusCode: http.StatusNoContent, Body: http.NoBody, Request: req}, nil
	}))
	scoped := *o
	scoped.Scope = "https://other/.default"
	cs, err := sas.ParseConnectionString("HostName=H.example:8443;SharedAccessKeyName=p;SharedAccessKey=" + testKey)
	if err != nil {
		t.Fatal(err)
	}
	for want, build := range map[string]func() (*aziothub.Client, error){
		"Bearer t:https://iothubs.azure.net/.default": func() (*aziothub.Client, error) {
			return aziothub.NewClient("h.example:8443", credential("t:"), o)
		},
		"Bearer t:https://other/.default": func() (*aziothub.Client, error) {
			return aziothub.NewClient("h.example:8443", credential("t:"), &scoped)
		},
		"SharedAccessSignature sr=h.example%3A8443&sig=": func() (*aziothub.Client, error) {
			return aziothub.NewClientFromConnectionString(cs, o)
		},
	} {
		c, err := build()
		if err != nil {
			t.Fatal(err)
		}
		if c.Host() != "h.example:8443" {
			t.Errorf("host is %s", c.Host())
		}
		if err := c.DeleteDevice(t.Context(), "d", nil); err != nil {
			t.Fatal(err)
		}
		if got := <-seen; !strings.HasPrefix(got, want) {
			t.Errorf("sent %q, want %q", got, want)
		}
	}
}

// transportFunc is a transport that is a function.
type transportFunc func(*http.Request) (*http.Response, error)

func (f transportFunc) Do(req *http.Request) (*http.Response, error) { return f(req) }

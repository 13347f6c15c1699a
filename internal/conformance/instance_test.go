// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package conformance_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// reply is an answer with its body read.
type reply struct {
	*instance
	status int
	body   string
}

// code is the status as a text.
func (r reply) code() string { return strconv.Itoa(r.status) }

// member is the text of a member, by its path; "absent" when there is none.
func (r reply) member(path ...any) string {
	r.Helper()
	var value any
	if err := json.Unmarshal([]byte(r.body), &value); err != nil {
		r.Fatalf("%d: the answer is not JSON: %v", r.status, err)
	}
	for _, step := range path {
		var found bool
		switch name := step.(type) {
		case string:
			object, _ := value.(map[string]any)
			value, found = object[name]
		case int:
			list, _ := value.([]any)
			if found = name < len(list); found {
				value = list[name]
			}
		}
		if !found {
			return "absent"
		}
	}
	return strings.Trim(fmt.Sprint(value), `"`)
}

// want fails the test unless the status is that; for calls that are no question.
func (r reply) want(status int) reply {
	r.Helper()
	if r.status != status {
		r.Fatalf("status %d, want %d: %s", r.status, status, r.body)
	}
	return r
}

// signature makes a token for a resource.
func (i *instance) signature(resource, policy, key string) string {
	i.Helper()
	secret, err := base64.StdEncoding.DecodeString(key)
	must(i.T, err)
	expiry, resource := i.now().Add(time.Hour).Unix(), url.QueryEscape(resource)
	mac := hmac.New(sha256.New, secret)
	_, _ = fmt.Fprintf(mac, "%s\n%d", resource, expiry)
	signature := url.QueryEscape(base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	token := fmt.Sprintf("SharedAccessSignature sr=%s&sig=%s&se=%d", resource, signature, expiry)
	if policy != "" {
		token += "&skn=" + policy
	}
	return token
}

// call sends one request; headers are pairs.
func (i *instance) call(host, token, method, path, body string, headers ...string) reply {
	i.Helper()
	ctx := context.WithoutCancel(i.Context()) // what is made is cleaned up after the test
	request, err := http.NewRequestWithContext(ctx, method, "https://"+host+path, strings.NewReader(body))
	must(i.T, err)
	request.Header.Set("Authorization", token)
	request.Header.Set("Content-Type", "application/json; charset=utf-8")
	for n := 0; n+1 < len(headers); n += 2 {
		request.Header.Set(headers[n], headers[n+1])
	}
	response, err := i.client.Do(request)
	must(i.T, err)
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	must(i.T, err)
	return reply{instance: i, status: response.StatusCode, body: string(text)}
}

// onDPS calls the service API.
func (i *instance) onDPS(method, path, body string, headers ...string) reply {
	i.Helper()
	token := i.signature(i.dps.host, i.dps.policy, i.dps.key)
	return i.call(i.dps.host, token, method, path+"?api-version=2021-10-01", body, headers...)
}

// onHub calls the hub's service API.
func (i *instance) onHub(method, path, body string, headers ...string) reply {
	i.Helper()
	token := i.signature(i.hub.host, i.hub.policy, i.hub.key)
	if !strings.Contains(path, "?") {
		path += "?api-version=2021-04-12"
	}
	return i.call(i.hub.host, token, method, path, body, headers...)
}

// putEntry makes an individual enrollment with symmetric keys, which goes when the test ends; more are members.
func (i *instance) putEntry(more string) reply {
	i.Helper()
	i.Cleanup(func() { i.onDPS("DELETE", "/enrollments/"+i.id, "") })
	return i.onDPS("PUT", "/enrollments/"+i.id, i.entry(i.id, more))
}

func (i *instance) entry(id, more string) string {
	return `{"registrationId":"` + id + `","attestation":{"type":"symmetricKey"}` + more + `}`
}

// putGroup makes an enrollment group with symmetric keys, which goes when the test ends.
func (i *instance) putGroup() reply {
	i.Helper()
	i.Cleanup(func() { i.onDPS("DELETE", "/enrollmentGroups/"+i.id, "") })
	return i.onDPS("PUT", "/enrollmentGroups/"+i.id,
		`{"enrollmentGroupId":"`+i.id+`","attestation":{"type":"symmetricKey"},"provisioningStatus":"enabled"}`)
}

// putDevice makes a device identity, which goes when the test ends; more are members.
func (i *instance) putDevice(more string) reply {
	i.Helper()
	i.Cleanup(func() { i.onHub("DELETE", "/devices/"+i.id, "", "If-Match", "*") })
	return i.onHub("PUT", "/devices/"+i.id, `{"deviceId":"`+i.id+`"`+more+`}`)
}

// register has a device with a key register to the end; the reply is the last one.
func (i *instance) register(id, key string) reply {
	i.Helper()
	i.Cleanup(func() {
		i.onDPS("DELETE", "/registrations/"+id, "")
		i.onHub("DELETE", "/devices/"+id, "", "If-Match", "*")
	})
	path := "/" + i.idScope + "/registrations/" + id
	token := i.signature(i.idScope+"/registrations/"+id, "registration", key)
	const version = "?api-version=2021-06-01"
	r := i.call(i.deviceHost, token, "PUT", path+"/register"+version, `{"registrationId":"`+id+`"}`)
	for r.status < 300 && r.member("status") == "assigning" {
		i.pause()
		r = i.call(i.deviceHost, token, "GET", path+"/operations/"+r.member("operationId")+version, "")
	}
	return r
}

// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package hub

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
)

// withoutDeviceETag replaces the one random member of a twin.
func withoutDeviceETag(body string) string {
	return regexp.MustCompile(`"deviceEtag":"[^"]*"`).ReplaceAllString(body, `"deviceEtag":"D"`)
}

func (h *testHub) patch(path, body string) testAnswer {
	h.t.Helper()
	return h.send(http.MethodPatch, path, "", body)
}

func TestTwinGet_ofAFreshDevice_answersTheRecordedForm(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	etag := h.createMinimal("dev1").field("etag")
	h.clock.advance(time.Minute)
	a := h.get("/twins/dev1").want(200)
	want := `{"deviceId":"dev1","etag":"AAAAAAAAAAE=","deviceEtag":"` + etag + `","status":"enabled",` +
		`"statusUpdateTime":"0001-01-01T00:00:00Z","connectionState":"Disconnected",` +
		`"lastActivityTime":"0001-01-01T00:00:00Z","cloudToDeviceMessageCount":0,"authenticationType":"sas",` +
		`"x509Thumbprint":{"primaryThumbprint":null,"secondaryThumbprint":null},"version":2,` +
		`"properties":{"desired":{"$metadata":{"$lastUpdated":"2020-09-01T20:58:36.1634714Z"},"$version":1},` +
		`"reported":{"$metadata":{"$lastUpdated":"2020-09-01T20:58:36.1634714Z"},"$version":1}},` +
		`"capabilities":{"iotEdge":false}}`
	a.wantBody(want)
	if a.header.Get("ETag") != "" {
		t.Error("a twin has an ETag header")
	}
}

func TestTwinGet_ofAFreshModule_answersTheRecordedForm(t *testing.T) {
	t.Parallel()
	h := newModuleHub(t, Choices{})
	etag := h.createModule(moduleOne).field("etag")
	h.get("/twins/dev1/modules/mod1").want(200).wantBody(
		`{"deviceId":"dev1","moduleId":"mod1","etag":"AAAAAAAAAAE=","deviceEtag":"` + etag + `","status":"enabled",` +
			`"statusUpdateTime":"0001-01-01T00:00:00Z","connectionState":"Disconnected",` +
			`"lastActivityTime":"0001-01-01T00:00:00Z","cloudToDeviceMessageCount":0,"authenticationType":"sas",` +
			`"x509Thumbprint":{"primaryThumbprint":null,"secondaryThumbprint":null},"version":2,` +
			`"properties":{"desired":{"$metadata":{"$lastUpdated":"0001-01-01T00:00:00Z"},"$version":1},` +
			`"reported":{"$metadata":{"$lastUpdated":"0001-01-01T00:00:00Z"},"$version":1}}}`)
}

func TestTwinPatch_ofDesired_answersTheRecordedForm(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	h.createMinimal("dev1")
	whole := h.get("/twins/dev1")
	h.clock.advance(121589600 * time.Nanosecond)
	// The whole twin was sent back, with everything read-only in it and If-Match *.
	body := strings.Replace(whole.body, `"desired":{`, `"desired":{"username":"userA",`, 1)
	a := h.send(http.MethodPatch, "/twins/dev1", "*", body).want(200)
	want := `{"deviceId":"dev1","etag":"AAAAAAAAAAI=","deviceEtag":"D","status":"enabled",` +
		`"statusUpdateTime":"0001-01-01T00:00:00Z","connectionState":"Disconnected",` +
		`"lastActivityTime":"0001-01-01T00:00:00Z","cloudToDeviceMessageCount":0,"authenticationType":"sas",` +
		`"x509Thumbprint":{"primaryThumbprint":null,"secondaryThumbprint":null},"version":3,"properties":{` +
		`"desired":{"username":"userA","$metadata":{"$lastUpdated":"2020-09-01T20:58:36.285061Z",` +
		`"$lastUpdatedVersion":2,"username":{"$lastUpdated":"2020-09-01T20:58:36.285061Z","$lastUpdatedVersion":2}},` +
		`"$version":2},"reported":{"$metadata":{"$lastUpdated":"2020-09-01T20:58:36.1634714Z"},"$version":1}},` +
		`"capabilities":{"iotEdge":false}}`
	if got := withoutDeviceETag(a.body); got != want {
		t.Errorf("body\n%s\nwant\n%s", got, want)
	}
}

func TestTwinPatch_ofTags_leavesTheVersionOfDesired(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	h.createMinimal("dev1")
	a := h.patch("/twins/dev1", `{"tags":{"site":"x"}}`).want(200)
	if a.field("version") != "3" || a.field("etag") != "AAAAAAAAAAI=" ||
		a.field("properties", "desired", "$version") != "1" {
		t.Errorf("body %s", a.body)
	}
	a.wantText(`"version":3,"tags":{"site":"x"},"properties"`)
}

// TestTwinPatch_merges states what each patch makes of {"a":{"b":1,"c":2},"d":[1,2]}.
func TestTwinPatch_merges(t *testing.T) {
	t.Parallel()
	for patch, want := range map[string]string{
		`{"a":{"b":5}}`:                  `{"a":{"b":5,"c":2},"d":[1,2]}`,
		`{"a":{"b":null}}`:               `{"a":{"c":2},"d":[1,2]}`,
		`{"a":{"b":null,"c":null}}`:      `{"a":{},"d":[1,2]}`,
		`{"a":null}`:                     `{"d":[1,2]}`,
		`{"a":null,"d":null}`:            ``,
		`{"d":[3]}`:                      `{"a":{"b":1,"c":2},"d":[3]}`,
		`{"a":"text"}`:                   `{"a":"text","d":[1,2]}`,
		`{"d":{"e":{"f":null}}}`:         `{"a":{"b":1,"c":2},"d":{"e":{}}}`,
		`{"e":{}}`:                       `{"a":{"b":1,"c":2},"d":[1,2],"e":{}}`,
		`{}`:                             `{"a":{"b":1,"c":2},"d":[1,2]}`,
		`null`:                           ``,
		`{"x":null}`:                     `{"a":{"b":1,"c":2},"d":[1,2]}`,
		`{"a":{"b":1.0,"c":-0.50e1}}`:    `{"a":{"b":1.0,"c":-0.50e1},"d":[1,2]}`,
		`{"a":{"b":"<&>\u00e9"}}`:        `{"a":{"b":"<&>é","c":2},"d":[1,2]}`,
		`{"$version":7,"$metadata":"x"}`: `{"a":{"b":1,"c":2},"d":[1,2]}`,
	} {
		t.Run(patch, func(t *testing.T) {
			t.Parallel()
			h := newTestHub(t, Choices{})
			h.createMinimal("dev1")
			h.patch("/twins/dev1", `{"tags":{"a":{"b":1,"c":2},"d":[1,2]}}`).want(200)
			h.patch("/twins/dev1", `{"tags":`+patch+`}`).want(200)
			if got := h.get("/twins/dev1").field("tags"); got != want {
				t.Errorf("tags %s, want %s", got, want)
			}
			h.patch("/twins/dev1", `{"properties":{"desired":{"a":{"b":1,"c":2},"d":[1,2]}}}`).want(200)
			a := h.patch("/twins/dev1", `{"properties":{"desired":`+patch+`}}`).want(200)
			if want == "" {
				want = "{}"
			}
			metadata := regexp.MustCompile(`,?"\$metadata":.*`)
			if got := metadata.ReplaceAllString(a.field("properties", "desired"), "}"); got != want {
				t.Errorf("desired %s, want %s", got, want)
			}
		})
	}
}

func TestTwinPatch_stampsWrittenLeavesAndTheirParentsOnly(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	h.createMinimal("dev1")
	h.patch("/twins/dev1", `{"properties":{"desired":{"a":{"b":1,"c":[1]},"d":1}}}`).want(200)
	h.clock.advance(time.Second)
	a := h.patch("/twins/dev1", `{"properties":{"desired":{"a":{"b":2}}}}`).want(200)
	const first, second = `"$lastUpdated":"2020-09-01T20:58:36.1634714Z","$lastUpdatedVersion":2`,
		`"$lastUpdated":"2020-09-01T20:58:37.1634714Z","$lastUpdatedVersion":3`
	want := `{` + second + `,"a":{` + second + `,"b":{` + second + `},"c":{` + first + `}},"d":{` + first + `}}`
	if got := a.field("properties", "desired", "$metadata"); got != want {
		t.Errorf("$metadata\n%s\nwant\n%s", got, want)
	}
}

func TestTwinPatch_withoutTagsAndDesired_writesNothing(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	h.createMinimal("dev1")
	for _, body := range []string{`{}`, `{"properties":{}}`, `{"properties":{"reported":{"x":1}},"status":"disabled"}`} {
		a := h.patch("/twins/dev1", body).want(200)
		if a.field("version") != "2" || a.field("properties", "reported", "x") != "" || a.field("status") != "enabled" {
			t.Errorf("after %s: %s", body, a.body)
		}
	}
}

func TestTwinWrites_byIfMatch(t *testing.T) {
	t.Parallel()
	for _, method := range []string{http.MethodPatch, http.MethodPut} {
		for ifMatch, want := range map[string]int{
			"": 200, "*": 200, `"*"`: 200, `""`: 200, `"AAAAAAAAAAE="`: 200, `AAAAAAAAAAE=`: 200,
			`"AAAAAAAAAAI="`: 412, `W/"AAAAAAAAAAE="`: 412,
		} {
			t.Run(method+ifMatch, func(t *testing.T) {
				t.Parallel()
				h := newModuleHub(t, Choices{})
				h.createModule(moduleOne)
				for _, path := range []string{"/twins/dev1", "/twins/dev1/modules/mod1"} {
					a := h.send(method, path, ifMatch, `{"tags":{"a":1}}`).want(want)
					if want == 412 {
						a.wantCode(412, "PreconditionFailed").
							wantText(`"ErrorCode:PreconditionFailed;ETag mismatch for device ID 'dev1'"`)
					}
				}
			})
		}
	}
}

func TestTwinPut_replacesTagsAndDesired(t *testing.T) {
	t.Parallel()
	const before = `{"tags":{"a":1},"properties":{"desired":{"b":2}}}`
	for body, want := range map[string][2]string{
		`{"tags":{"c":3},"properties":{"desired":{"d":4}}}`: {`{"c":3}`, "4"},
		`{"tags":{"c":3}}`:                    {`{"c":3}`, ""},
		`{"properties":{"desired":{"d":4}}}`:  {"", "4"},
		`{}`:                                  {"", ""},
		`{"tags":null,"properties":{"x":{}}}`: {"", ""},
	} {
		t.Run(body, func(t *testing.T) {
			t.Parallel()
			h := newTestHub(t, Choices{})
			h.createMinimal("dev1")
			h.patch("/twins/dev1", before).want(200)
			a := h.send(http.MethodPut, "/twins/dev1", "", body).want(200)
			if a.field("tags") != want[0] || a.field("properties", "desired", "d") != want[1] ||
				a.field("properties", "desired", "b") != "" {
				t.Errorf("body %s", a.body)
			}
			if a.field("version") != "4" || a.field("properties", "desired", "$version") != "3" {
				t.Errorf("version %s, $version %s", a.field("version"), a.field("properties", "desired", "$version"))
			}
		})
	}
}

func TestTwinPut_withNull_is400(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	h.createMinimal("dev1")
	for _, body := range []string{
		`{"tags":{"my-tag":null}}`, `{"tags":{"a":{"my-tag":null}}}`, `{"properties":{"desired":{"my-tag":null}}}`,
	} {
		h.send(http.MethodPut, "/twins/dev1", "", body).wantCode(400, "ArgumentInvalid").
			wantText("Value of Property or Tag cannot be null. Error in Property/Tag my-tag")
	}
	if got := h.get("/twins/dev1").field("version"); got != "2" {
		t.Errorf("version %s after refused writes", got)
	}
}

func TestTwin_ofAMissingDeviceOrModule_isDeviceNotFound(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		choices Choices
		text    string
	}{
		{Choices{}, `{"Message":"{\"errorCode\":404001,\"message\":\"`},
		{Choices{PlainTwinErrors: true}, `{"Message":"ErrorCode:DeviceNotFound;`},
	} {
		h := newModuleHub(t, c.choices)
		for _, path := range []string{"/twins/gone", "/twins/gone/modules/mod1", "/twins/dev1/modules/mod1"} {
			h.get(path).wantCode(404, "DeviceNotFound").wantText(c.text)
			h.patch(path, `{"tags":{}}`).wantCode(404, "DeviceNotFound")
			h.send(http.MethodPut, path, "*", `{}`).wantCode(404, "DeviceNotFound")
		}
	}
}

func TestTwin_ofADisabledDevice_staysReadableAndWritable(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	h.create("dev1", `{"deviceId":"dev1","status":"disabled","statusReason":"lost"}`)
	h.get("/twins/dev1").want(200).wantText(`"status":"disabled","statusReason":"lost","statusUpdateTime"`)
	h.patch("/twins/dev1", `{"tags":{"a":1}}`).want(200)
}

func TestTwin_showsSetThumbprintsUnderCapitalNames(t *testing.T) {
	t.Parallel()
	thumbprint := strings.Repeat("AB", 32)
	for choices, name := range map[Choices]string{
		{}: "PrimaryThumbprint", {LowerCaseTwinThumbprints: true}: "primaryThumbprint",
	} {
		h := newTestHub(t, choices)
		h.create("dev1", withThumbprints(thumbprint, ""))
		h.get("/twins/dev1").wantText(`"authenticationType":"selfSigned","x509Thumbprint":{"` + name + `":"` +
			thumbprint + `",`)
	}
}

func TestTwin_hasAModelIDWhenChosen(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{TwinModelID: true})
	h.createMinimal("dev1")
	h.get("/twins/dev1").wantText(`"modelId":"","version":2`)
}

func TestTwin_neverShowsKeysAndGeneration(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	h.create("dev1", withKeys(keyOf(32), keyOf(32)))
	a := h.get("/twins/dev1")
	if strings.Contains(a.body, keyOf(32)) || strings.Contains(a.body, "generationId") {
		t.Errorf("body %s", a.body)
	}
}

func TestTwin_showsScopesWhenSet(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	scope := h.gateway("gw1")
	h.create("leaf", `{"deviceId":"leaf","deviceScope":"`+scope+`"}`)
	h.get("/twins/leaf").wantText(`"capabilities":{"iotEdge":false},"deviceScope":"` + scope + `","parentScopes":["` +
		scope + `"]}`)
	h.get("/twins/gw1").wantText(`"capabilities":{"iotEdge":true},"deviceScope":"` + scope + `"}`)
}

func TestTwinWrites_refuseWhatIsOverTheLimits(t *testing.T) {
	t.Parallel()
	nested := func(depth int) string {
		return strings.Repeat(`{"a":`, depth) + "{}" + strings.Repeat("}", depth)
	}
	text := func(n int) string { return strings.Repeat("x", n) }
	many := func(n int) string {
		var parts []string
		for i := range n {
			parts = append(parts, fmt.Sprintf(`"k%d":%q`, i, text(4000)))
		}
		return "{" + strings.Join(parts, ",") + "}"
	}
	for name, c := range map[string]struct {
		value string
		tags  bool // whether it is fine as tags
		props bool // whether it is fine as desired properties
	}{
		"deepEnough":     {nested(10), true, true},
		"tooDeep":        {nested(11), false, false},
		"deepArray":      {`{"a":` + strings.Repeat("[", 10) + strings.Repeat("]", 10) + `}`, true, true},
		"tooDeepArray":   {`{"a":` + strings.Repeat("[", 11) + strings.Repeat("]", 11) + `}`, false, false},
		"absurdlyDeep":   {nested(5000), false, false},
		"longText":       {`{"a":"` + text(4096) + `"}`, true, true},
		"tooLongText":    {`{"a":"` + text(4097) + `"}`, false, false},
		"longKey":        {`{"` + text(1024) + `":1}`, true, true},
		"tooLongKey":     {`{"` + text(1025) + `":1}`, false, false},
		"eightKilobytes": {many(2), true, true},
		"twelve":         {many(3), false, true},
		"thirtySix":      {many(9), false, false},
		"dot":            {`{"a.b":1}`, false, false},
		"dollarInside":   {`{"a":{"$b":1}}`, false, false},
		"dollarWithin":   {`{"a$b":1}`, false, false},
		"space":          {`{"a b":1}`, false, false},
		"hash":           {`{"a#b":1}`, false, false},
		"control":        {`{"a\u0001":1}`, false, false},
		"controlC1":      {`{"a\u0085":1}`, false, false},
		"emptyKey":       {`{"":1}`, false, false},
		"maxInteger":     {`{"a":4503599627370495,"b":-4503599627370496}`, true, true},
		"overInteger":    {`{"a":4503599627370496}`, false, false},
		"underInteger":   {`{"a":-4503599627370497}`, false, false},
		"hugeInteger":    {`{"a":123456789012345678901234567890}`, false, false},
		"hugeFloat":      {`{"a":1e999}`, false, false},
		"nullInArray":    {`{"a":[1,null]}`, false, false},
		"nullInObject":   {`{"a":[{"b":null}]}`, false, false},
		"text":           {`"x"`, false, false},
		"list":           {`[]`, false, false},
		"controlsInText": {`{"a":"` + strings.Repeat(`\u0001`, 4096) + `","b":"` + text(4096) + `","c":"` +
			strings.Repeat(`\u0001`, 4096) + `"}`, true, true},
		"sameKeyTwice": {`{"a":1,"a":{"b":2}}`, true, true},
		"otherKeys":    {`{"ключ-_!":"wert","a":[true,{"b":[1.5]}]}`, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newTestHub(t, Choices{})
			h.createMinimal("dev1")
			check := func(method, body string, fine bool) {
				t.Helper()
				a := h.send(method, "/twins/dev1", "", body)
				if fine {
					a.want(200)
				} else {
					a.wantCode(400, "ArgumentInvalid")
				}
			}
			before := h.get("/twins/dev1").body
			for _, method := range []string{http.MethodPatch, http.MethodPut} {
				check(method, `{"tags":`+c.value+`}`, c.tags)
				check(method, `{"properties":{"desired":`+c.value+`}}`, c.props)
			}
			if !c.tags && !c.props && h.get("/twins/dev1").body != before {
				t.Error("a refused write changed the twin")
			}
		})
	}
}

func TestTwinPatch_countsTheMergedSize(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	h.createMinimal("dev1")
	part := func(name string) string {
		return fmt.Sprintf(`{"tags":{%q:%q}}`, name, strings.Repeat("x", 4000))
	}
	h.patch("/twins/dev1", part("a")).want(200)
	h.patch("/twins/dev1", part("b")).want(200)
	h.patch("/twins/dev1", part("c")).want(400)
	h.patch("/twins/dev1", part("a")).want(200)
}

func TestTwinWrites_ofInvalidJSON_are400(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	h.createMinimal("dev1")
	for _, body := range []string{``, `{`, `[]`, `{"tags":{}} x`, `{"properties":[]}`} {
		h.patch("/twins/dev1", body).wantCode(400, "ArgumentInvalid")
	}
}

// manyTags is a twin with n small tags.
func manyTags(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `,"k%05d":1`, i)
	}
	return `{"tags":{` + b.String()[1:] + `}}`
}

// A body that was much too large once kept a hub busy for half a minute.
func TestTwin_ofManySmallTagsIsRefused(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	h.createMinimal("dev1")
	h.patch("/twins/dev1", manyTags(58_000)).wantCode(400, "ArgumentInvalid").wantText("The size of tags is")
	h.patch("/twins/dev1", manyTags(maxBody/11)).wantCode(413, "MessageTooLarge")
	h.connectAs("dev1", "").want(401)
	if got := h.get("/twins/dev1").field("version"); got != "2" {
		t.Errorf("version %s", got)
	}
}

func TestConnect_readsNoMoreThanAMessageHolds(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	h.create("dev1", withKeys(keyOf(32), keyOf(32)))
	token := deviceToken("localhost:8443/devices/dev1", keyOf(32), "", testBirth().Add(time.Hour))
	const path = "/devices/dev1/messages/events?api-version=2020-03-13"
	h.serve(newRequest(http.MethodPost, path, strings.Repeat("x", maxMessage)), token).want(204)
	h.serve(newRequest(http.MethodPost, path, strings.Repeat("x", maxMessage+1)), token).wantCode(413, "MessageTooLarge")
}

func TestConnect_anEmptyQueueOfMessagesIs204(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	h.create("dev1", withKeys(keyOf(32), keyOf(32)))
	token := deviceToken("localhost:8443/devices/dev1", keyOf(32), "", testBirth().Add(time.Hour))
	const path = "/devices/dev1/messages/deviceBound?api-version=2020-03-13"
	h.serve(newRequest(http.MethodGet, path, ""), token).want(204)
	h.serve(newRequest(http.MethodGet, path, ""), "").want(401)
}

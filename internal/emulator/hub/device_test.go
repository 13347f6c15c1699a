// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package hub

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

// sanitized replaces what is random, as the recordings do.
func sanitized(body string) string {
	keys := regexp.MustCompile(`"(primaryKey|secondaryKey)":"[A-Za-z0-9+/]{43}="`)
	etag := regexp.MustCompile(`"etag":"[A-Za-z0-9+/=]+"`)
	return etag.ReplaceAllString(keys.ReplaceAllString(body, `"$1":"Sanitized"`), `"etag":"E"`)
}

func TestDevicePut_ofAMinimalBody_answersTheRecordedForm(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	a := h.createMinimal("dev1")
	want := `{"deviceId":"dev1","generationId":"637345907161634714","etag":"E","connectionState":"Disconnected",` +
		`"status":"enabled","statusReason":null,"connectionStateUpdatedTime":"0001-01-01T00:00:00",` +
		`"statusUpdatedTime":"0001-01-01T00:00:00","lastActivityTime":"0001-01-01T00:00:00",` +
		`"cloudToDeviceMessageCount":0,"authentication":{"symmetricKey":{"primaryKey":"Sanitized",` +
		`"secondaryKey":"Sanitized"},"x509Thumbprint":{"primaryThumbprint":null,"secondaryThumbprint":null},` +
		`"type":"sas"},"capabilities":{"iotEdge":false},"parentScopes":[]}`
	if got := sanitized(a.body); got != want {
		t.Fatalf("body\n%s\nwant\n%s", got, want)
	}
	for name, value := range map[string]string{
		"Content-Type": "application/json; charset=utf-8", "Server": "Microsoft-HTTPAPI/2.0", "Vary": "Origin",
		"ETag": `"` + a.field("etag") + `"`,
	} {
		if got := a.header.Get(name); got != value {
			t.Errorf("header %s is %q, want %q", name, got, value)
		}
	}
	guid := regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
	if got := a.header.Get("x-ms-request-id"); !guid.MatchString(got) {
		t.Errorf("x-ms-request-id is %q, want a GUID", got)
	}
}

func TestDeviceGet_afterCreate_hasTimesWithZoneAndNoParentScopes(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	h.createMinimal("dev1")
	a := h.get("/devices/dev1").want(http.StatusOK)
	want := `{"deviceId":"dev1","generationId":"637345907161634714","etag":"E","connectionState":"Disconnected",` +
		`"status":"enabled","statusReason":null,"connectionStateUpdatedTime":"0001-01-01T00:00:00Z",` +
		`"statusUpdatedTime":"0001-01-01T00:00:00Z","lastActivityTime":"0001-01-01T00:00:00Z",` +
		`"cloudToDeviceMessageCount":0,"authentication":{"symmetricKey":{"primaryKey":"Sanitized",` +
		`"secondaryKey":"Sanitized"},"x509Thumbprint":{"primaryThumbprint":null,"secondaryThumbprint":null},` +
		`"type":"sas"},"capabilities":{"iotEdge":false}}`
	if got := sanitized(a.body); got != want {
		t.Fatalf("body\n%s\nwant\n%s", got, want)
	}
	if got := a.header.Get("ETag"); got != `"`+a.field("etag")+`"` {
		t.Errorf("ETag header is %q", got)
	}
}

func TestDeviceETag_isADecimalCounter_andMovesByOneOnEveryWrite(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	counter := func(a testAnswer) int {
		t.Helper()
		raw, err := base64.StdEncoding.DecodeString(a.field("etag"))
		n, err2 := strconv.Atoi(string(raw))
		if err != nil || err2 != nil || len(raw) != 9 {
			t.Fatalf("etag %q is not nine digits in base64", a.field("etag"))
		}
		return n
	}
	created := h.createMinimal("dev1")
	updated := h.send(http.MethodPut, "/devices/dev1", "*", created.body).want(http.StatusOK)
	if counter(updated) != counter(created)+1 {
		t.Errorf("counter went from %d to %d", counter(created), counter(updated))
	}
	h.send(http.MethodPatch, "/twins/dev1", "", `{"tags":{"a":1}}`).want(http.StatusOK)
	if got := h.get("/devices/dev1"); got.field("etag") != updated.field("etag") {
		t.Error("a twin write moved the identity's ETag")
	}
}

// TestDevicePut_byIfMatch runs every cell of the table for PUT.
func TestDevicePut_byIfMatch(t *testing.T) {
	t.Parallel()
	const body = `{"deviceId":"dev1","statusReason":"second"}`
	cases := map[string]struct {
		ifMatch          string
		missing, existed int
	}{
		"absent":         {"", 200, 409},
		"emptyQuoted":    {`""`, 200, 409},
		"star":           {"*", 404, 200},
		"quotedStar":     {`"*"`, 404, 200},
		"currentBare":    {"{etag}", 404, 200},
		"currentQuoted":  {`"{etag}"`, 404, 200},
		"stale":          {`"OTQ1MjczNDU0"`, 404, 412},
		"weak":           {`W/"{etag}"`, 404, 412},
		"halfQuoted":     {`"{etag}`, 404, 412},
		"spaceAround":    {` "{etag}" `, 404, 200},
		"emptyUnquoted ": {" ", 200, 409},
	}
	codes := map[int]string{
		200: "", 404: "DeviceNotFound", 409: "DeviceAlreadyExists", 412: "PreconditionFailed",
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newTestHub(t, Choices{})
			etag := h.createMinimal("other").field("etag")
			h.send(http.MethodPut, "/devices/dev1", strings.ReplaceAll(c.ifMatch, "{etag}", etag), body).
				wantCode(c.missing, codes[c.missing])

			h = newTestHub(t, Choices{})
			etag = h.createMinimal("dev1").field("etag")
			h.send(http.MethodPut, "/devices/dev1", strings.ReplaceAll(c.ifMatch, "{etag}", etag), body).
				wantCode(c.existed, codes[c.existed])
		})
	}
}

func TestDevicePut_ofAnExistingDeviceWithoutIfMatch_is409EvenWithTheCurrentETagInTheBody(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	a := h.createMinimal("dev1")
	h.send(http.MethodPut, "/devices/dev1", "", a.body).wantCode(409, "DeviceAlreadyExists").
		wantText(`ErrorCode:DeviceAlreadyExists;A device with ID 'dev1' is already registered.`)
}

func TestDevicePut_ignoresIfNoneMatch(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	h.createMinimal("dev1")
	r := newRequest(http.MethodPut, "/devices/dev1?api-version=2021-04-12", `{"deviceId":"dev1"}`)
	r.Header.Set("If-None-Match", "*")
	h.serve(r, h.sas("iothubowner")).wantCode(409, "DeviceAlreadyExists")
	r = newRequest(http.MethodPut, "/devices/dev2?api-version=2021-04-12", `{"deviceId":"dev2"}`)
	r.Header.Set("If-None-Match", "*")
	h.serve(r, h.sas("iothubowner")).want(200)
}

// TestDeviceDelete_byIfMatch runs every cell of the table for DELETE.
func TestDeviceDelete_byIfMatch(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		ifMatch          string
		choices          Choices
		missing, existed int
	}{
		"absent":       {ifMatch: "", missing: 412, existed: 412},
		"emptyQuoted":  {ifMatch: `""`, missing: 412, existed: 412},
		"star":         {ifMatch: "*", missing: 404, existed: 204},
		"quotedStar":   {ifMatch: `"*"`, missing: 404, existed: 204},
		"current":      {ifMatch: `"{etag}"`, missing: 404, existed: 204},
		"currentBare":  {ifMatch: `{etag}`, missing: 404, existed: 204},
		"stale":        {ifMatch: `"OTQ1MjczNDU0"`, missing: 404, existed: 412},
		"absentPasses": {"", Choices{DeleteWithoutIfMatch: true}, 404, 204},
		"missingFirst": {"", Choices{MissingBeforeETagMissing: true}, 404, 412},
		"staleIs412":   {`"OTQ1MjczNDU0"`, Choices{StaleETagOnMissingIs412: true}, 412, 412},
		"starIs404":    {`*`, Choices{StaleETagOnMissingIs412: true}, 404, 204},
	}
	codes := map[int]string{204: "", 404: "DeviceNotFound", 412: "PreconditionFailed"}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newTestHub(t, c.choices)
			etag := h.createMinimal("dev1").field("etag")
			with := strings.ReplaceAll(c.ifMatch, "{etag}", etag)
			h.send(http.MethodDelete, "/devices/gone", with, "").wantCode(c.missing, codes[c.missing])
			h.send(http.MethodDelete, "/devices/dev1", with, "").wantCode(c.existed, codes[c.existed])
			if exists := h.get("/devices/dev1").status == 200; exists != (c.existed != 204) {
				t.Errorf("after status %d the device exists: %v", c.existed, exists)
			}
		})
	}
}

func TestDeviceDelete_withoutIfMatch_saysThatTheETagIsMissing(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	h.createMinimal("dev1")
	h.send(http.MethodDelete, "/devices/dev1", "", "").wantCode(412, "PreconditionFailed").wantText(";Etag missing")
}

func TestDeviceDelete_answersAnEmpty204(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	h.createMinimal("dev1")
	a := h.send(http.MethodDelete, "/devices/dev1", "*", "").want(204).wantBody("")
	if a.header.Get("Content-Length") != "0" || a.header.Get("ETag") != "" || a.header.Get("Content-Type") != "" {
		t.Errorf("headers %v", a.header)
	}
}

func TestDeviceRecreate_givesANewGeneration_withAClockThatStandsStill(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	first := h.createMinimal("dev1")
	h.send(http.MethodDelete, "/devices/dev1", "*", "").want(204)
	second := h.createMinimal("dev1")
	if first.field("generationId") == second.field("generationId") {
		t.Error("the generation ID did not change")
	}
	if first.field("authentication", "symmetricKey", "primaryKey") ==
		second.field("authentication", "symmetricKey", "primaryKey") {
		t.Error("the keys survived the deletion")
	}
}

func TestDevicePut_disabling_setsTheTimeAndKeepsEverythingSentBack(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	before := h.createMinimal("dev1")
	h.clock.advance(41201400 * time.Nanosecond)
	body := strings.Replace(before.body, `"enabled"`, `"disabled"`, 1)
	body = strings.Replace(body, `,"parentScopes":[]`, ``, 1)
	a := h.send(http.MethodPut, "/devices/dev1", "*", body).want(200)
	for name, want := range map[string]string{
		"status": "disabled", "statusUpdatedTime": "2020-09-01T20:58:36.2046728Z", "parentScopes": "",
		"connectionStateUpdatedTime": "0001-01-01T00:00:00Z", "generationId": before.field("generationId"),
		"authentication": before.field("authentication"),
	} {
		if got := a.field(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	h.clock.advance(time.Second)
	h.send(http.MethodPut, "/devices/dev1", "*", a.body).want(200)
	if got := h.get("/devices/dev1").field("statusUpdatedTime"); got != a.field("statusUpdatedTime") {
		t.Errorf("a write without change of status moved statusUpdatedTime to %s", got)
	}
	again := h.send(http.MethodPut, "/devices/dev1", "*", before.body).want(200)
	if got := again.field("statusUpdatedTime"); got != "2020-09-01T20:58:37.2046728Z" {
		t.Errorf("enabling again set statusUpdatedTime to %s", got)
	}
}

func TestDevicePut_isAFullReplace(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	before := h.create("dev1", `{"deviceId":"dev1","status":"disabled","statusReason":"staged",`+
		`"authentication":{"type":"certificateAuthority"}}`)
	if before.field("statusReason") != "staged" || before.field("status") != "disabled" {
		t.Fatalf("created %s", before.body)
	}
	a := h.send(http.MethodPut, "/devices/dev1", "*", `{"deviceId":"dev1"}`).want(200)
	a.wantText(`"statusReason":null`)
	if a.field("status") != "enabled" {
		t.Errorf("status is %s after being omitted", a.field("status"))
	}
	if a.field("authentication", "type") != "sas" ||
		len(a.field("authentication", "symmetricKey", "primaryKey")) != 44 {
		t.Errorf("omitted authentication became %s", a.field("authentication"))
	}
	b := h.send(http.MethodPut, "/devices/dev1", "*", `{"deviceId":"dev1"}`).want(200)
	if a.field("authentication") == b.field("authentication") {
		t.Error("omitting the authentication did not make new keys")
	}
}

func TestDevicePut_echoesEmptyParentScopesOnlyWhenSent(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	h.createMinimal("dev1")
	with := h.send(http.MethodPut, "/devices/dev1", "*", `{"deviceId":"dev1","parentScopes":[]}`).want(200)
	without := h.send(http.MethodPut, "/devices/dev1", "*", `{"deviceId":"dev1","parentScopes":null}`).want(200)
	if with.field("parentScopes") != "[]" || without.field("parentScopes") != "" {
		t.Errorf("parentScopes %q and %q", with.field("parentScopes"), without.field("parentScopes"))
	}
}

func TestDevicePut_acceptsAndIgnoresReadOnlyAndUnknownMembers(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	a := h.create("dev1", `{"DeviceID":"dev1","generationId":7,"etag":["x"],"connectionState":"Connected",`+
		`"statusUpdatedTime":"never","cloudToDeviceMessageCount":"9","future":{"a":1}}`)
	if a.field("generationId") != "637345907161634714" || a.field("connectionState") != "Disconnected" {
		t.Errorf("read-only members were taken over: %s", a.body)
	}
}

func TestDevicePut_refusesWrongFields(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("d", 129)
	cases := map[string]struct{ path, body, code string }{
		"invalidJSON":      {"dev1", `{"deviceId":`, "ArgumentInvalid"},
		"emptyBody":        {"dev1", ``, "ArgumentInvalid"},
		"array":            {"dev1", `[]`, "ArgumentInvalid"},
		"statusNotText":    {"dev1", `{"deviceId":"dev1","status":1}`, "ArgumentInvalid"},
		"unknownStatus":    {"dev1", `{"deviceId":"dev1","status":"off"}`, "ArgumentInvalid"},
		"longReason":       {"dev1", `{"deviceId":"dev1","statusReason":"` + long + `"}`, "ArgumentInvalid"},
		"noDeviceID":       {"dev1", `{}`, "ArgumentNull"},
		"null":             {"dev1", `null`, "ArgumentNull"},
		"otherDeviceID":    {"dev1", `{"deviceId":"dev2"}`, "ArgumentInvalid"},
		"otherCase":        {"dev1", `{"deviceId":"DEV1"}`, "ArgumentInvalid"},
		"invalidCharacter": {"a%5Eb", `{"deviceId":"a^b"}`, "ArgumentInvalid"},
		"slash":            {"a%2Fb", `{"deviceId":"a/b"}`, "ArgumentInvalid"},
		"longID":           {long, `{"deviceId":"` + long + `"}`, "ArgumentInvalid"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newTestHub(t, Choices{})
			h.send(http.MethodPut, "/devices/"+c.path, "", c.body).wantCode(400, c.code).wantText("ErrorCode:" + c.code)
			h.send(http.MethodGet, "/devices", "", "").want(200).wantBody("[]")
		})
	}
}

func TestDeviceIDs_areCaseSensitiveAndDecodedOnce(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	h.createMinimal("dev1")
	h.get("/devices/DEV1").wantCode(404, "DeviceNotFound").wantText("ErrorCode:DeviceNotFound;DEV1")
	// The encodings of the C#, Node and Go clients differ; all were used against live hubs.
	id := `-:.+%_#*?!(),=@;$'`
	paths := []string{
		"-%3A.%2B%25_%23*%3F!()%2C%3D%40%3B%24%27",
		"-%3A.%2B%25_%23*%3F!()%2C%3D%40%3B%24'",
		"-:.+%25_%23%2A%3F%21%28%29%2C=@%3B$%27",
	}
	h.create(paths[0], `{"deviceId":"`+id+`"}`)
	for _, p := range paths {
		if got := h.get("/devices/" + p).want(200).field("deviceId"); got != id {
			t.Errorf("%s is device %q", p, got)
		}
	}
	h.create("100%2525", `{"deviceId":"100%25"}`)
	h.get("/devices/100%2525").want(200)
	h.get("/devices/100%25").want(404)
}

func TestDeviceList_isSortedAndLimitedByTop(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	for _, id := range []string{"c", "a", "b"} {
		h.createMinimal(id)
	}
	for query, want := range map[string]int{"": 3, "?top=2": 2, "?top=0": 3, "?top=-1": 3, "?top=1001": 3, "?top=x": 3} {
		a := h.get("/devices" + query).want(200)
		if got := strings.Count(a.body, `"deviceId"`); got != want {
			t.Errorf("%q lists %d devices, want %d", query, got, want)
		}
		if !strings.HasPrefix(a.body, `[{"deviceId":"a"`) {
			t.Errorf("%q does not begin with a: %.60s", query, a.body)
		}
		if a.header.Get("ETag") != "" {
			t.Error("a list has an ETag header")
		}
	}
	// The Node client puts a slash at the end.
	h.get("/devices/").want(200).wantText(`"primaryKey":"`)
}

func TestDeviceList_neverGivesMoreThanAThousand(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	for i := range 1005 {
		if err := h.Provision(wire.Assignment{DeviceID: "d" + strconv.Itoa(i)}); err != nil {
			t.Fatal(err)
		}
	}
	for _, query := range []string{"", "?top=1000", "?top=5000"} {
		if got := strings.Count(h.get("/devices"+query).body, `"deviceId"`); got != 1000 {
			t.Errorf("%q lists %d devices", query, got)
		}
	}
}

func TestDeviceCreate_overTheLimit_is403(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{DeviceLimit: 1})
	h.createMinimal("a")
	h.send(http.MethodPut, "/devices/b", "", `{"deviceId":"b"}`).wantCode(403, "IotHubQuotaExceeded")
	h.send(http.MethodPut, "/devices/a", "*", `{"deviceId":"a"}`).want(200)
}

func TestDeviceCreate_answers201WhenChosen(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{CreateIs201: true})
	h.send(http.MethodPut, "/devices/b", "", `{"deviceId":"b"}`).want(201)
	h.send(http.MethodPut, "/devices/b", "*", `{"deviceId":"b"}`).want(200)
}

func TestPurgeCommands_findsNothingToPurge(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	h.createMinimal("dev1")
	h.send(http.MethodDelete, "/devices/dev1/commands", "", "").want(200).
		wantBody(`{"deviceId":"dev1","totalMessagesPurged":0}`)
	h.send(http.MethodDelete, "/devices/dev2/commands", "", "").wantCode(404, "DeviceNotFound")
}

func TestAttributes_existFrom20240331On(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	const newer = "/devices/dev1?api-version=2024-03-31"
	h.send(http.MethodPut, newer, "", `{"deviceId":"dev1","attributes":{"site":"x"}}`).want(200).
		wantText(`"attributes":{"site":"x"},"authentication"`)
	h.get(newer).want(200).wantText(`"attributes":{"site":"x"}`)
	if got := h.get("/devices/dev1").field("attributes"); got != "" {
		t.Errorf("an older api-version sees attributes %s", got)
	}
	h.send(http.MethodPut, "/devices/dev1", "*", `{"deviceId":"dev1"}`).want(200)
	h.get(newer).want(200).wantText(`"attributes":{"site":"x"}`)
	h.send(http.MethodPut, newer, "*", `{"deviceId":"dev1","attributes":{"a.b":1}}`).wantCode(400, "ArgumentInvalid")
	h.send(http.MethodPut, newer, "*", `{"deviceId":"dev1"}`).want(200)
	if got := h.get(newer).field("attributes"); got != "" {
		t.Errorf("attributes %s survived a replace without them", got)
	}
	h.send(http.MethodPut, newer, "*", `{"deviceId":"dev1","attributes":null}`).want(200)
	h.send(http.MethodPut, newer, "*", `{"deviceId":"dev1","attributes":[]}`).wantCode(400, "ArgumentInvalid")
}

func TestAttributes_ofModulesAndTwins(t *testing.T) {
	t.Parallel()
	h := newModuleHub(t, Choices{})
	const version = "?api-version=2024-03-31"
	const path = "/devices/dev1/modules/mod1" + version
	h.send(http.MethodPut, path, "", `{"moduleId":"mod1","deviceId":"dev1","attributes":{"n":5}}`).want(200)
	h.get(path).want(200).wantText(`"attributes":{"n":5}`)
	h.get("/twins/dev1/modules/mod1" + version).wantText(`"attributes":{"n":5}`)
	h.send(http.MethodPut, path, "*", `{"moduleId":"mod1","deviceId":"dev1","attributes":{"n":null}}`).
		wantCode(400, "ArgumentInvalid")
	if a := h.get("/twins/dev1/modules/mod1"); a.field("attributes") != "" {
		t.Errorf("an older api-version sees %s", a.body)
	}
}

func TestDevicePut_ofAMissingDeviceWithAStaleETag_is412WhenChosen(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{StaleETagOnMissingIs412: true})
	h.send(http.MethodPut, "/devices/dev1", `"c3RhbGU="`, `{"deviceId":"dev1"}`).wantCode(412, "PreconditionFailed")
	h.send(http.MethodPut, "/devices/dev1", `"*"`, `{"deviceId":"dev1"}`).wantCode(404, "DeviceNotFound")
}

func TestHub_concurrentWritersWithOneETag_onlyOneWins(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	etag := h.createMinimal("dev1").field("etag")
	const writers = 16
	statuses := make([]int, writers)
	var group sync.WaitGroup
	for i := range writers {
		group.Go(func() {
			h.ask("SELECT * FROM devices")
			h.get("/twins/dev1")
			statuses[i] = h.send(http.MethodPut, "/devices/dev1", `"`+etag+`"`, `{"deviceId":"dev1"}`).status
			h.createMinimal(fmt.Sprintf("other%d", i))
		})
	}
	group.Wait()
	won := 0
	for _, s := range statuses {
		switch s {
		case 200:
			won++
		case 412:
		default:
			t.Errorf("status %d", s)
		}
	}
	if won != 1 {
		t.Errorf("%d writers won", won)
	}
}

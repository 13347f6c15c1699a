// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/hashicorp/terraform-plugin-log/tflogtest"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/sas"
)

// answers are what a service says, one after the other.
type answers []*http.Response

func (a *answers) Do(req *http.Request) (*http.Response, error) {
	answer := (*a)[0]
	*a = (*a)[1:]
	answer.Request = req
	return answer, nil
}

func answer(status int, retryAfter, body string) *http.Response {
	return &http.Response{
		StatusCode: status, Header: http.Header{"Retry-After": {retryAfter}}, Body: io.NopCloser(strings.NewReader(body)),
	}
}

// A call is refused for load, then not answered as it should be, then taken. The log says so, and nothing of what was
// sent.
func TestLog_saysWhatCallsWaitForAndHowOftenTheyWereSent(t *testing.T) {
	t.Parallel()
	const key = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
	var log bytes.Buffer
	synctest.Test(t, func(t *testing.T) {
		cs, err := sas.ParseConnectionString("HostName=dps.example;SharedAccessKeyName=own;SharedAccessKey=" + key)
		if err != nil {
			t.Fatal(err)
		}
		options := &azdps.ClientOptions{}
		options.OnWait, options.PerCallPolicies = logWait, []policy.Policy{logPolicy{}}
		options.Retry.Jitter = func() float64 { return 0 }
		options.Transport = &answers{
			answer(http.StatusTooManyRequests, "12", `{"message":"`+key+`"}`),
			answer(http.StatusInternalServerError, "", key),
			answer(http.StatusOK, "",
				`{"registrationId":"a","attestation":{"type":"symmetricKey","symmetricKey":{"primaryKey":"`+key+`"}}}`),
		}
		client, err := azdps.NewClientFromConnectionString(cs, options)
		if err != nil {
			t.Fatal(err)
		}
		entry := azdps.IndividualEnrollment{RegistrationID: "a"}
		entry.Attestation.SymmetricKey = &azdps.SymmetricKey{PrimaryKey: key}
		if _, err := client.PutIndividualEnrollment(tflogtest.RootLogger(t.Context(), &log), entry, nil); err != nil {
			t.Fatal(err)
		}
	})
	for _, secret := range []string{key, "sig=", "SharedAccess"} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("the log has a secret: %s", log.String())
		}
	}
	want := []string{
		`warn Waiting for an Azure IoT service: DPS dps.example operations 429 Too Many Requests, 12 s, 1 calls`,
		`info Still waiting for an Azure IoT service: DPS dps.example operations , 7 s, 1 calls`,
		`info Still waiting for an Azure IoT service: DPS dps.example operations , 2 s, 1 calls`,
		`warn Waiting for an Azure IoT service: DPS dps.example  500 Internal Server Error, 1 s, 1 calls`,
		`debug Azure IoT service call: PUT dps.example/enrollments/a 200, 3 tries in 13000 ms`,
	}
	if got := linesOf(t, &log); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("the log is\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// linesOf is a log in words.
func linesOf(t *testing.T, log io.Reader) []string {
	t.Helper()
	var lines []string
	for decoder := json.NewDecoder(log); ; {
		var l struct {
			Level    string  `json:"@level"`
			Message  string  `json:"@message"`
			Service  string  `json:"service"`
			Host     string  `json:"host"`
			Throttle string  `json:"throttle"`
			Reason   string  `json:"reason"`
			Seconds  float64 `json:"seconds"`
			Waiting  int     `json:"waiting_calls"`
			Method   string  `json:"method"`
			Path     string  `json:"path"`
			Status   int     `json:"status"`
			Tries    int     `json:"tries"`
			Elapsed  int     `json:"elapsed_ms"`
		}
		err := decoder.Decode(&l)
		if err == io.EOF {
			return lines
		}
		if err != nil {
			t.Fatal(err)
		}
		text := fmt.Sprintf("%s %s %s %s, %.0f s, %d calls", l.Service, l.Host, l.Throttle, l.Reason, l.Seconds, l.Waiting)
		if l.Method != "" {
			text = fmt.Sprintf("%s %s%s %d, %d tries in %d ms", l.Method, l.Host, l.Path, l.Status, l.Tries, l.Elapsed)
		}
		lines = append(lines, l.Level+" "+l.Message+": "+text)
	}
}

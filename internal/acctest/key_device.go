// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// GroupKey is the key of a symmetric-key group, from which those of its devices are derived.
func (w *World) GroupKey(enrollmentGroupID string) []byte {
	w.T.Helper()
	shown, err := w.DPS.GetEnrollmentGroupAttestation(w.Context(), enrollmentGroupID)
	must(w.T, err)
	key, err := base64.StdEncoding.DecodeString(shown.SymmetricKey.PrimaryKey)
	must(w.T, err)
	return key
}

// RegisterByKey has a device register with the key that is derived for it from its group's, over a connection that it
// shares with the others: of thousands, each with a handshake of its own would take longer than everything else. It is
// safe for concurrent use.
func (w *World) RegisterByKey(id string, groupKey []byte, expiry time.Time) {
	resource := w.Emulator.IDScope() + "/registrations/" + id
	signed := url.QueryEscape(resource) + "\n" + fmt.Sprint(expiry.Unix())
	token := fmt.Sprintf("SharedAccessSignature sr=%s&sig=%s&se=%d&skn=registration", url.QueryEscape(resource),
		url.QueryEscape(base64.StdEncoding.EncodeToString(mac(mac(groupKey, id), signed))), expiry.Unix())
	target := "https://" + w.Emulator.DPSHostname() + "/" + resource + "/register?api-version=2021-06-01"
	body := strings.NewReader(`{"registrationId":"` + id + `"}`)
	request, err := http.NewRequestWithContext(w.Context(), http.MethodPut, target, body)
	if err != nil {
		w.T.Error(err)
		return
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", token)
	response, err := w.HTTPClient().Do(request)
	if err != nil {
		w.T.Error(err)
		return
	}
	_ = response.Body.Close()
	if response.StatusCode != http.StatusAccepted {
		w.T.Errorf("%s: %s", id, response.Status)
	}
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package devicesim

import (
	"encoding/base64"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const tokenLifetime = time.Hour

// registrationKeyName is the literal policy name that DPS wants in tokens of devices.
const registrationKeyName = "registration"

// token signs for a resource. The signature covers the resource as it stands in the token, percent-encoded.
// Tokens for DPS name the policy "registration"; tokens of a device for its hub must name none.
func token(key []byte, resource, keyName string, expiry time.Time) string {
	sr := url.QueryEscape(resource)
	se := strconv.FormatInt(expiry.Unix(), 10)
	signature := base64.StdEncoding.EncodeToString(mac(key, sr+"\n"+se))
	var b strings.Builder
	b.WriteString("SharedAccessSignature sr=" + sr + "&sig=" + url.QueryEscape(signature) + "&se=" + se)
	if keyName != "" {
		b.WriteString("&skn=" + keyName)
	}
	return b.String()
}

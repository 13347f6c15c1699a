// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package sas

import (
	"encoding/base64"
	"errors"
	"net/url"
	"strconv"
	"time"
)

// DeviceToken signs a token with which a device, or whoever has its key, connects to a hub as that device until expiry,
// which is cut to whole seconds. The resource is escaped once, as a whole, and no policy is named (Microsoft's "Control
// access with shared access signatures"). The error never shows the key.
func DeviceToken(host, deviceID, key string, expiry time.Time) (string, error) {
	raw, err := base64.StdEncoding.DecodeString(key)
	if err != nil || len(raw) == 0 {
		return "", errors.New("the device's key is not base64")
	}
	sr := url.QueryEscape(host + "/devices/" + deviceID)
	se := strconv.FormatInt(expiry.Unix(), 10)
	return "SharedAccessSignature sr=" + sr + "&sig=" + url.QueryEscape(sign(raw, sr+"\n"+se)) + "&se=" + se, nil
}

// DeviceConnectionString is what a device that has a key is configured with.
func DeviceConnectionString(host, deviceID, key string) string {
	return "HostName=" + host + ";DeviceId=" + deviceID + ";SharedAccessKey=" + key
}

// DeviceConnectionStringX509 is what a device that shows a certificate is configured with; it is no secret.
func DeviceConnectionStringX509(host, deviceID string) string {
	return "HostName=" + host + ";DeviceId=" + deviceID + ";x509=true"
}

// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package sas

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/url"
	"strconv"
	"time"
)

// Token signs a token that is good for resource (a host name, or a path below one, not escaped) until expiry, which
// is cut to whole seconds. The result is the value of an Authorization header.
//
// The signature covers the escaped resource exactly as it stands in the token (Microsoft's "Control access with
// shared access signatures"), so nothing between here and the service may escape it again.
func (c ConnectionString) Token(resource string, expiry time.Time) string {
	sr := url.QueryEscape(resource)
	se := strconv.FormatInt(expiry.Unix(), 10)
	sig := sign([]byte(c.key), sr+"\n"+se)
	return "SharedAccessSignature sr=" + sr + "&sig=" + url.QueryEscape(sig) + "&se=" + se +
		"&skn=" + url.QueryEscape(c.SharedAccessKeyName)
}

// DeriveDeviceKey returns the key of one device of a symmetric-key enrollment group: the registration ID, signed with
// the group's key. The registration ID is taken as it is spelled, because the device signs with the key that results
// from its own spelling.
func DeriveDeviceKey(groupKey, registrationID string) (string, error) {
	key, err := base64.StdEncoding.DecodeString(groupKey)
	if err != nil || len(key) == 0 {
		return "", errors.New("the group's key is not base64")
	}
	if registrationID == "" {
		return "", errors.New("the registration ID is empty")
	}
	return sign(key, registrationID), nil
}

func sign(key []byte, text string) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(text))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

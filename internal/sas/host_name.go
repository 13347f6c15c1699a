// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package sas

import (
	"errors"
	"net/url"
	"strconv"
	"strings"
)

// CheckHostName says what is wrong with a service's host name. A host name is bare: neither scheme nor path, with
// an optional port. The error does not repeat the value.
func CheckHostName(host string) error {
	switch {
	case host == "":
		return errors.New("it is empty")
	case strings.Contains(host, "://"):
		return errors.New(`it must be a bare host name, without a scheme such as "https://"`)
	case strings.ContainsAny(host, `/\?#`):
		return errors.New("it must be a bare host name, without a path")
	case strings.Contains(host, "@"):
		return errors.New("it must be a bare host name, without user information")
	case strings.ContainsFunc(host, func(r rune) bool { return r <= ' ' || r > '~' }):
		return errors.New("it contains a space or a character that host names cannot have")
	case strings.ContainsAny(host, `;=,"'<>%{}|^`+"`"):
		return errors.New("it contains a character that host names cannot have")
	}
	u, err := url.Parse("https://" + host)
	if err != nil || u.Host != host || u.Hostname() == "" {
		return errors.New("it is not a host name, or its port is not a number")
	}
	if strings.HasSuffix(host, ":") {
		return errors.New("its port is empty")
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
			return errors.New("its port is not between 1 and 65535")
		}
	}
	return nil
}

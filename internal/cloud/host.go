// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package cloud

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
)

// CheckHost says what is wrong with the form of a service's host name. It is bare: neither scheme nor path, with an
// optional port. The error does not repeat it: people paste connection strings where a host name belongs.
func CheckHost(host string) error {
	form := regexp.MustCompile(`^(?:[A-Za-z0-9](?:[A-Za-z0-9\-.]*[A-Za-z0-9])?|\[[0-9A-Fa-f:]+\])(:.*)?$`)
	parts := form.FindStringSubmatch(host)
	switch {
	case strings.TrimSpace(host) == "":
		return errors.New("it is empty")
	case strings.Contains(host, "://"):
		return errors.New("it has a scheme: give the host name alone")
	case strings.Contains(host, ";"):
		return errors.New("it is no host name but looks like a connection string: give the host name alone")
	case strings.ContainsAny(host, `/\?#`):
		return errors.New("it has a path: give the host name alone")
	case strings.Contains(host, "@"):
		return errors.New("it has user information: give the host name alone")
	case parts == nil:
		return errors.New("it is not a host name")
	case parts[1] == "":
		return nil
	}
	if port, err := strconv.ParseUint(parts[1][1:], 10, 16); err != nil || port == 0 {
		return errors.New("its port is not a number between 1 and 65535")
	}
	return nil
}

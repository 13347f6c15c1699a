// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package cloud_test

import (
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/cloud"
)

func TestCheckHost_takesABareNameWithOrWithoutAPort(t *testing.T) {
	t.Parallel()
	for _, host := range []string{
		"h", "North.azure-devices.net", "north.azure-devices.net:443", "127.0.0.1:65535", "[::1]", "[::1]:8443",
	} {
		if err := cloud.CheckHost(host); err != nil {
			t.Errorf("%q is refused: %s", host, err)
		}
	}
}

func TestCheckHost_saysWhatIsWrongWithoutRepeatingIt(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]string{
		"": "is empty", " ": "is empty",
		"https://pump": "has a scheme", "pump/devices": "has a path", `pump\x`: "has a path", "pump?x": "has a path",
		"u@pump": "has user information", "HostName=pump;SharedAccessKey=k": "connection string",
		"pump pump": "not a host name", "pump_1": "not a host name", "-pump": "not a host name", "pump.": "not a host name",
		"::1": "not a host name", "pump\n": "not a host name",
		"pump:": "port is not a number", "pump:x": "port is not a number", "pump:+1": "port is not a number",
		"pump:0": "between 1 and 65535", "pump:99999": "between 1 and 65535",
	} {
		err := cloud.CheckHost(host)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "pump") {
			t.Errorf("%q: %v, want %q", host, err, want)
		}
	}
}

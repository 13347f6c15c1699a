// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package pages

import (
	"encoding/json"
	"encoding/pem"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/provider"
)

// The application, tenant and resources of the guides on signing in, as the stand-in for the Azure CLI prints them. The
// emulator has one name for an application and its service principal.
const (
	application = "11111111-1111-1111-1111-111111111111"
	tenant      = "00000000-0000-0000-0000-000000000000"
	dpsResource = "/subscriptions/0/dps"
	hubResource = "/subscriptions/0/hub"
	itsSecret   = "secret-of-the-application"
)

// call is one call of the Azure CLI: the words before the first option, and the options.
type call struct {
	command string
	options map[string][]string
}

func (c call) option(name string) string { return strings.Join(c.options[name], " ") }

// besideAzureCLI is the variable PATH with the stand-in for the Azure CLI, testdata/az, in front. The stand-in notes
// each call and prints what the page asks for.
func (s *story) besideAzureCLI() string {
	s.t.Helper()
	folder, err := filepath.Abs("testdata")
	if err != nil {
		s.t.Fatal(err)
	}
	return "PATH=" + folder + string(os.PathListSeparator) + os.Getenv("PATH")
}

// azure runs commands of pages, with those of the Azure CLI done to the world.
func (s *story) azure(commands ...string) {
	s.t.Helper()
	calls := filepath.Join(s.t.TempDir(), "calls")
	s.Script("application="+application+" principal="+application+"\n"+strings.Join(commands, ""),
		s.besideAzureCLI(), "AZ_CALLS="+calls).Must(0)
	raw, err := os.ReadFile(calls)
	if err != nil {
		s.t.Fatal(err)
	}
	for noted := range strings.SplitSeq(strings.TrimSuffix(string(raw), "\x1e"), "\x1e") {
		s.meant(parsed(strings.Split(strings.TrimSuffix(noted, "\x1f"), "\x1f")))
	}
}

func parsed(words []string) call {
	c := call{options: map[string][]string{}}
	option := ""
	for _, word := range words {
		switch {
		case strings.HasPrefix(word, "--"):
			option = word
			c.options[option] = nil
		case option == "":
			c.command = strings.TrimSpace(c.command + " " + word)
		default:
			c.options[option] = append(c.options[option], word)
		}
	}
	return c
}

// looks are the calls that change nothing, and those that make what the emulator has in another way.
var looks = []string{
	"login", "ad app create", "ad sp create", "ad signed-in-user show", "iot dps show", "iot hub show", "identity show",
	"vm identity assign", "aks show", "iot dps connection-string show", "iot hub connection-string show",
}

// meant does to the world what a call does to Azure.
func (s *story) meant(c call) {
	s.t.Helper()
	e := s.world.Emulator
	switch c.command {
	case "role assignment create":
		s.assigns(c)
	case "ad app federated-credential create":
		s.federates(c)
	case "ad app credential reset":
		if c.option("--cert") != "" {
			s.certifies(c)
			return
		}
		e.AddApplication(c.option("--id"), itsSecret)
	case "identity create":
		e.Authority().AddIdentity(application)
	case "iot dps policy create":
		s.permits(c.options["--rights"])
	case "iot hub policy create":
		s.permits(c.options["--permissions"])
	default:
		if !slices.Contains(looks, c.command) {
			s.t.Errorf("the stand-in for the Azure CLI does not know %q", c.command)
		}
	}
}

// assigns gives a data role, which has to be one of the service whose resource is the scope.
func (s *story) assigns(c call) {
	s.t.Helper()
	role := c.option("--role")
	want := map[bool]string{true: hubResource, false: dpsResource}[strings.HasPrefix(role, "IoT Hub")]
	if c.option("--scope") != want {
		s.t.Errorf("%s is assigned on %s", role, c.option("--scope"))
	}
	if err := s.world.Emulator.GrantRole(c.option("--assignee-object-id"), role); err != nil {
		s.t.Error(err)
	}
}

func (s *story) federates(c call) {
	s.t.Helper()
	var trusted struct {
		Name, Issuer, Subject string
		Audiences             []string
	}
	if err := json.Unmarshal([]byte(c.option("--parameters")), &trusted); err != nil {
		s.t.Fatal(err)
	}
	exchanged := slices.Equal(trusted.Audiences, []string{"api://AzureADTokenExchange"})
	if trusted.Name == "" || trusted.Issuer == "" || !exchanged {
		s.t.Errorf("no token comes in by %+v", trusted)
	}
	s.world.Emulator.Authority().Federate(c.option("--id"), trusted.Subject)
}

// certifies makes a certificate known for the application.
func (s *story) certifies(c call) {
	s.t.Helper()
	name, found := strings.CutPrefix(c.option("--cert"), "@")
	raw, err := os.ReadFile(filepath.Join(s.Dir(), name))
	if err != nil || !found {
		s.t.Fatalf("%s: %v", c.option("--cert"), err)
	}
	block, rest := pem.Decode(raw)
	if len(rest) > 0 {
		s.t.Errorf("%s has more than the certificate", name)
	}
	if err := s.world.Emulator.Authority().AddCertificate(c.option("--id"), block.Bytes); err != nil {
		s.t.Fatal(err)
	}
}

// permits holds the permissions of a policy against those that the objects take.
func (s *story) permits(permissions []string) {
	s.t.Helper()
	var taken []string
	for _, object := range provider.Rights() {
		for _, need := range slices.Concat(object.Plan, object.Apply) {
			taken = append(taken, need.Permission)
		}
	}
	for _, permission := range permissions {
		if !slices.Contains(taken, permission) {
			s.t.Errorf("nothing takes the permission %s", permission)
		}
	}
}

// login is the variable with a login of the application for the stand-in for the Azure CLI.
func (s *story) login() string {
	s.t.Helper()
	s.world.Emulator.AddApplication(application, itsSecret)
	token := s.world.EntraToken(application, itsSecret, "https://azure-devices-provisioning.net")
	said, err := json.Marshal(map[string]any{
		"accessToken": token, "expires_on": time.Now().Add(time.Hour).Unix(), "tokenType": "Bearer",
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return "AZ_LOGIN=" + s.WriteFile("login.json", string(said))
}

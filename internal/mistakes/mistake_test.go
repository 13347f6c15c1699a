// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package mistakes

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
)

// attributes is a configuration; nested attributes are attributes again.
type attributes = map[string]any

// mistake is one, and what it leads to.
type mistake struct {
	name string
	made func(w *acctest.World) acctest.Step
	answer
}

// answer is what is said of a mistake.
type answer struct {
	// at is the attribute that is named, as configuration writes it; empty where none is at fault.
	at string
	// wrong and remedy are words of what is said: what is wrong, and what to do.
	wrong, remedy string
	// warned says that it is a warning, with which Terraform goes on.
	warned bool
}

func refused(at, wrong, remedy string) answer { return answer{at: at, wrong: wrong, remedy: remedy} }

func warned(at, wrong, remedy string) answer { return answer{at, wrong, remedy, true} }

const (
	entry         = "azureiot_dps_individual_enrollment"
	group         = "azureiot_dps_enrollment_group"
	identity      = "azureiot_iothub_device_identity"
	disallow      = "azureiot_dps_device_disallow"
	groupDisallow = "azureiot_dps_enrollment_group_disallow"
)

func all() []mistake {
	return slices.Concat(ofEntries(), ofGroups(), ofIdentities(), ofDisallows(), ofReading(), ofFunctions(),
		ofActions(), ofBlocks(), ofImports())
}

// Every mistake is answered with the attribute, what is wrong with it and what to do. The attribute is in the text:
// of one within an object the command shows the line on which the object begins.
func TestMistakes_areAnsweredWithAttributeReasonAndRemedy(t *testing.T) {
	t.Parallel()
	const least = 60
	mistakes := all()
	if len(mistakes) < least {
		t.Errorf("there are only %d mistakes", len(mistakes))
	}
	names := map[string]bool{}
	for _, m := range mistakes {
		if names[m.name] {
			t.Errorf("%s is there twice", m.name)
		}
		names[m.name] = true
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			step := m.made(newWorld(t))
			said := step.Errors()
			if m.warned {
				said = step.Warnings()
				step.MustSucceed(t)
			}
			acctest.MustSay(t, said, m.wrong, m.remedy)
			acctest.MustNotSay(t, step.Errors()+step.Warnings(), key, "hush")
			if !slices.ContainsFunc(step.Diagnostics, func(d *tfprotov6.Diagnostic) bool {
				return strings.Contains(d.Summary+" "+d.Detail, m.at) // The path beside the text is not printed.
			}) {
				t.Errorf("no text names %s: %s", m.at, said)
			}
		})
	}
}

func newWorld(t *testing.T) *acctest.World {
	t.Helper()
	w := acctest.NewWorld(t)
	w.Setenv("AZUREIOT_IOTHUB_HOSTNAME", w.Hostname("hub1"))
	return w
}

// with are attributes with more of them.
func with(attributes, more attributes) attributes {
	all := maps.Clone(attributes)
	maps.Copy(all, more)
	return all
}

// planned is the plan of a new resource.
func planned(typeName string, config attributes) func(*acctest.World) acctest.Step {
	return func(w *acctest.World) acctest.Step {
		o := w.NewObject(typeName)
		wanted := o.Config(config)
		validated := o.Validate(wanted)
		if validated.Failed() {
			return validated
		}
		plan := o.Plan(wanted)
		plan.Diagnostics = append(validated.Diagnostics, plan.Diagnostics...)
		return plan
	}
}

// in has something happen to the world first.
func in(happen func(*acctest.World), made func(*acctest.World) acctest.Step) func(*acctest.World) acctest.Step {
	return func(w *acctest.World) acctest.Step {
		happen(w)
		return made(w)
	}
}

// of makes a mistake with something that a world has.
func of(made func(*acctest.World) func(*acctest.World) acctest.Step) func(*acctest.World) acctest.Step {
	return func(w *acctest.World) acctest.Step { return made(w)(w) }
}

func read(typeName string, config attributes) func(*acctest.World) acctest.Step {
	return func(w *acctest.World) acctest.Step {
		_, step := w.ReadDataSource(typeName, config)
		return step
	}
}

func opened(typeName string, config attributes) func(*acctest.World) acctest.Step {
	return func(w *acctest.World) acctest.Step {
		_, step := w.OpenEphemeral(typeName, config)
		return step
	}
}

func listed(typeName string, config attributes) func(*acctest.World) acctest.Step {
	return func(w *acctest.World) acctest.Step {
		_, step := w.List(acctest.Listing{Type: typeName, Config: config})
		return step
	}
}

func called(function, argument string) func(*acctest.World) acctest.Step {
	return func(w *acctest.World) acctest.Step {
		_, step := w.CallFunction(function, argument)
		return step
	}
}

func invoked(typeName string, config attributes) func(*acctest.World) acctest.Step {
	return func(w *acctest.World) acctest.Step { return w.InvokeAction(typeName, config).Step }
}

func configured(block attributes) func(*acctest.World) acctest.Step {
	return func(w *acctest.World) acctest.Step {
		w.SetProviderBlock(block)
		return w.ConfigureProvider()
	}
}

func imported(typeName, id string) func(*acctest.World) acctest.Step {
	return func(w *acctest.World) acctest.Step { return w.NewObject(typeName).Import(id) }
}

func importedBy(typeName string, names attributes) func(*acctest.World) acctest.Step {
	return func(w *acctest.World) acctest.Step {
		_, step := w.NewObject(typeName).ImportByIdentity(names)
		return step
	}
}

// What people take for something else; none of it is ever repeated.
const (
	key              = "c2VjcmV0IHNlY3JldCBzZWNyZXQ="
	connection       = "HostName=a.azure-devices-provisioning.net;SharedAccessKeyName=a;SharedAccessKey=" + key
	hubConnection    = "HostName=a.azure-devices.net;SharedAccessKeyName=a;SharedAccessKey=" + key
	deviceConnection = "HostName=a.azure-devices.net;DeviceId=a;SharedAccessKey=" + key
)

func keyed() attributes { return attributes{"symmetric_key": attributes{}} }

// registered has the device dev come in through the group factory.
func registered(w *acctest.World) {
	w.AddGroup("factory", w.Intermediate)
	w.NewDevice("dev").MustRegister()
}

// keyedEntry is an individual enrollment whose device has a name of its own in its hub.
func keyedEntry(id string) func(*acctest.World) {
	return func(w *acctest.World) {
		w.AddKeyedEntry(id, func(e *azdps.IndividualEnrollment) { e.DeviceID = new("Device-" + id) })
	}
}

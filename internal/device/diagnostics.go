// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package device

import (
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotplan"
	"github.com/azureiot/terraform-provider-azureiot/internal/writes"
)

type diagnostics = diag.Diagnostics

const (
	noun         = "device identity"
	resourceType = "azureiot_iothub_device_identity"
)

func attempt(services *azure.Services, verb, host, id string, needs iotdiag.Right) iotdiag.Attempt {
	return iotdiag.Attempt{Verb: verb, Noun: noun, ID: id, Host: host, Mode: services.Mode(host), Needs: needs}
}

func readFailed(services *azure.Services, host, id string, err error) diag.Diagnostic {
	return iotdiag.Failed(attempt(services, "read", host, id, iotdiag.ReadDeviceIdentity()), err)
}

func (w *writer) readFailed(err error) diag.Diagnostic {
	return readFailed(w.services, w.hub.Host(), w.deviceID, err)
}

func (w *writer) createFailed(written writes.Result[aziothub.Device]) diag.Diagnostic {
	a := attempt(w.services, "create", w.hub.Host(), w.deviceID, iotdiag.WriteDeviceIdentity())
	a.Afterwards = "Nothing was created."
	if azrest.MaybeDone(written.Err) {
		a.Afterwards = "It may have been created all the same. " + howToImport(w.hub.Host(), w.deviceID)
	}
	if w.deletedDisabled {
		a.Afterwards += "\n\n" + iotplan.GoneDisabled(statusName, noun)
	}
	return iotdiag.Failed(a, written.Err)
}

func (w *writer) changeFailed(written writes.Result[aziothub.Device]) diag.Diagnostic {
	a := attempt(w.services, "change", w.hub.Host(), w.deviceID, iotdiag.WriteDeviceIdentity())
	switch {
	case w.wrote:
		a.Afterwards = "The first of two writes was carried out: the device is a leaf without a parent now. The next apply " +
			"gives it its parent."
	case azrest.MaybeDone(written.Err):
		a.Afterwards = "The change may have been carried out all the same; the next plan shows."
	default:
		a.Afterwards = "Nothing was changed."
	}
	return iotdiag.Failed(a, written.Err)
}

func (w *writer) deleteFailed(removed writes.Result[aziothub.Device]) diag.Diagnostic {
	a := attempt(w.services, "delete", w.hub.Host(), w.deviceID, iotdiag.DeleteDeviceIdentity())
	if removed.Outcome == writes.Unknown {
		a.Afterwards = "It may have been deleted all the same; the next plan shows."
	}
	return iotdiag.Failed(a, removed.Err)
}

func (w *writer) exists() diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root(deviceIDName), "Device identity exists already", fmt.Sprintf(
		"%s has a device identity %q, and creating never overwrites one: DPS makes identities, and so do other tools. "+
			"Nothing was changed. %s", w.hub.Host(), w.deviceID, howToImport(w.hub.Host(), w.deviceID)))
}

func howToImport(host, id string) string {
	return fmt.Sprintf("To manage it here, import it:\n\n  import {\n    to = %s.<name>\n    id = %q\n  }",
		resourceType, host+"/"+id)
}

// planAgain is an error about what changed after the plan was made.
func (w *writer) planAgain(what string) diag.Diagnostic {
	rest := "Nothing was written; plan again."
	if w.wrote {
		rest = "The first of two writes was carried out before; plan again."
	}
	return diag.NewErrorDiagnostic("The plan is stale", what+"\n\n"+rest)
}

func (w *writer) vanished() diag.Diagnostic {
	return w.planAgain(fmt.Sprintf(
		"The device identity %q was deleted from %s after the plan was made.", w.deviceID, w.hub.Host()))
}

func (w *writer) madeAnew() diag.Diagnostic {
	return w.planAgain(fmt.Sprintf("The device identity %q in %s is not the one that was planned for: it was deleted "+
		"and made again after the plan was made.", w.deviceID, w.hub.Host()))
}

// stale names what somebody else changed, attribute by attribute.
func (w *writer) stale(foreign []difference) diag.Diagnostic {
	var lines []string
	for _, d := range foreign {
		lines = append(lines, "  "+d.String())
	}
	return w.planAgain(fmt.Sprintf("Somebody else changed the device identity %q in %s after the plan was made:\n%s",
		w.deviceID, w.hub.Host(), strings.Join(lines, "\n")))
}

func (w *writer) contended() diag.Diagnostic {
	return diag.NewErrorDiagnostic("Device identity keeps changing", fmt.Sprintf(
		"Somebody else wrote the device identity %q in %s at every one of %d tries (HTTP 412). Nothing of theirs was "+
			"overwritten. Find out who, then plan again.", w.deviceID, w.hub.Host(), conflictTries))
}

func (w *writer) disabledMeanwhile() diag.Diagnostic {
	return w.planAgain(fmt.Sprintf("The device identity %q in %s was disabled after the plan was made, and deleting it "+
		"could let its device back in.", w.deviceID, w.hub.Host()))
}

func (w *writer) keysHidden() diag.Diagnostic {
	return diag.NewErrorDiagnostic("Cannot change device identity", fmt.Sprintf(
		"%s does not show the authentication of the device identity %q. A write has to send it along, or the hub would "+
			"make new keys and the device could not connect any more. Nothing was written.", w.hub.Host(), w.deviceID))
}

func (w *writer) notStored(differing []difference) diag.Diagnostic {
	return diag.NewErrorDiagnostic("The hub did not store the change",
		w.storedText(differing)+"Plan again; if it stays so, ask Azure support.")
}

// storedOtherwise is what a create says of an answer that is not what was sent.
func (w *writer) storedOtherwise(differing []difference) diag.Diagnostic {
	return diag.NewWarningDiagnostic("The hub stored something else",
		w.storedText(differing)+"The next plan shows it too.")
}

// storedText says how the hub's answer differs from what was sent.
func (w *writer) storedText(differing []difference) string {
	text := fmt.Sprintf(
		"The device identity %q in %s was written, but the hub answers with other values than were sent:\n",
		w.deviceID, w.hub.Host())
	for _, d := range differing {
		text += fmt.Sprintf("  %s: %s instead of %s\n", d.attribute, d.from, d.to)
	}
	return text + "\n"
}

// nothingToImport is the error of an import of what is not there.
func nothingToImport(host, id string) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Cannot import: no device identity", fmt.Sprintf(
		"%s has no device identity %q. Letter case counts in device IDs.", host, id))
}

func prevented(m identityModel, verb string) diag.Diagnostic {
	return iotplan.Prevented(noun, m.DeviceID.ValueString(), m.IoTHubHostname.ValueString(), verb)
}

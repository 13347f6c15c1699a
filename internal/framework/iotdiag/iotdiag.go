// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package iotdiag

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
)

// Attempt is one call that was tried: "disable individual enrollment" of "sensor-2" at a host.
type Attempt struct {
	// Verb and Noun name the call: "read", "individual enrollment".
	Verb, Noun string
	// ID is the object, Host the service it was asked for at.
	ID, Host string
	// Mode is how the provider authenticates at Host, for a refused call.
	Mode string
	// Needs is the right that the call takes.
	Needs Right
	// Afterwards is what is true now, when that is not plain: "The device stays blocked in DPS."
	Afterwards string
}

// Failed is the error of an attempt that ended in err.
func Failed(a Attempt, err error) diag.Diagnostic {
	return diag.NewErrorDiagnostic(a.summary(), a.detail(err))
}

// FailedOn is Failed on the attribute that is at fault.
func FailedOn(at path.Path, a Attempt, err error) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(at, a.summary(), a.detail(err))
}

// Warned is Failed as a warning: the operation goes on without the answer.
func Warned(a Attempt, err error) diag.Diagnostic {
	return diag.NewWarningDiagnostic(a.summary(), a.detail(err))
}

// Warning is for people: a policy reads attributes, since the plan's JSON has no diagnostics. Each names its object in
// the detail, because Terraform drops warnings that repeat another one. Paragraphs that are empty are left out.
func Warning(summary string, paragraphs ...string) diag.Diagnostic {
	said := slices.DeleteFunc(paragraphs, func(paragraph string) bool { return paragraph == "" })
	return diag.NewWarningDiagnostic(summary, strings.Join(said, "\n\n"))
}

func (a Attempt) summary() string { return "Cannot " + a.Verb + " " + a.Noun }

func (a Attempt) detail(err error) string {
	paragraphs := []string{
		fmt.Sprintf("Tried to %s %s %q at %s.", a.Verb, a.Noun, a.ID, a.Host),
		Sentence(err),
	}
	if advice := a.advice(err); advice != "" {
		paragraphs = append(paragraphs, advice)
	}
	if a.Afterwards != "" {
		paragraphs = append(paragraphs, a.Afterwards)
	}
	return strings.Join(paragraphs, "\n\n")
}

// Sentence is the text of an error as a sentence of its own.
func Sentence(err error) string {
	text := err.Error()
	if text == "" {
		return text
	}
	if !strings.ContainsAny(text[len(text)-1:], ".!?") {
		text += "."
	}
	return Titled(text)
}

// Titled is a noun as a summary begins with it.
func Titled(noun string) string { return strings.ToUpper(noun[:1]) + noun[1:] }

func (a Attempt) advice(err error) string {
	limit := limitAdvice(err)
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return "The operation was cancelled or ran out of time."
	case limit != "":
		return limit
	case azrest.IsUnauthorized(err), azrest.IsForbidden(err):
		return a.accessAdvice(err)
	case azrest.IsUnsent(err) && a.Mode != "":
		return fmt.Sprintf("The provider authenticates here with %s. Nothing else is tried: mend that, or configure another "+
			"way in the provider block.", a.Mode)
	case azrest.IsThrottled(err):
		return "The service is throttling. Plan again later, or lower Terraform's -parallelism."
	case azrest.IsPreconditionFailed(err):
		return "Somebody else changed the object at the same moment. Nothing of theirs was overwritten; plan again."
	case azrest.IsTransport(err):
		return "Check the host name, the network and ca_certificate_file of the provider block."
	}
	return ""
}

// toleratedSkew is what both services and Microsoft Entra ID overlook (Microsoft.IdentityModel's default).
const toleratedSkew = 5 * time.Minute

// clockAdvice tells of a clock that is off; empty when it is not. Tokens that it has signed are refused like those of
// somebody without rights.
func clockAdvice(err error) string {
	refusal, ok := azrest.AsError(err)
	if !ok || refusal.Skew.Abs() <= toleratedSkew {
		return ""
	}
	direction := "behind"
	if refusal.Skew < 0 {
		direction = "ahead of"
	}
	return fmt.Sprintf("This machine's clock is %s %s the service's: set it, since what it signs is refused for that "+
		"alone.", refusal.Skew.Abs().Round(time.Minute), direction) // A Date has no more than seconds, and was under way.
}

func (a Attempt) accessAdvice(err error) string {
	var lines []string
	if clock := clockAdvice(err); clock != "" {
		lines = append(lines, clock)
	}
	if a.Mode != "" {
		lines = append(lines, fmt.Sprintf("The provider authenticates here with %s.", a.Mode))
	}
	lines = append(lines, fmt.Sprintf(
		"The call needs the data action %s (in the role %q), or the permission %s of a shared access policy. "+
			"The roles Owner and Contributor carry no data actions.", a.Needs.DataAction, a.Needs.Role, a.Needs.Permission))
	return strings.Join(lines, " ")
}

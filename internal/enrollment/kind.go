// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"

	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
)

// kind is what differs between individual enrollments and enrollment groups.
type kind struct {
	// group says that an entry of the kind stands for many devices, and not for one whose name it bears.
	group bool
	// noun names the kind in sentences; typeName ends the name of its Terraform type; idName is the attribute that holds
	// the ID.
	noun, typeName, idName string
	schema                 func() schema.Schema
	// shape is how its devices may prove themselves.
	shape shape
	// rights to read, to write and to delete.
	reading, writing, deleting iotdiag.Right
	open                       func(*azure.Instance) store
	// object names an entry of the kind for what the resources of a provider block have in common.
	object func(host, id string) azure.Object
}

func groupKind() kind {
	return kind{
		group: true,
		noun:  "enrollment group", typeName: "dps_enrollment_group", idName: enrollmentGroupIDName, schema: groupSchema,
		shape:   shape{certificates: signingCertificatesName, references: true},
		reading: iotdiag.ReadEnrollmentGroup(), writing: iotdiag.WriteEnrollmentGroup(),
		deleting: iotdiag.DeleteEnrollmentGroup(),
		open:     func(dps *azure.Instance) store { return groups{dps} },
		object:   azure.GroupObject,
	}
}

func individualKind() kind {
	return kind{
		noun: "individual enrollment", typeName: "dps_individual_enrollment", idName: registrationIDName,
		schema: individualSchema, shape: shape{certificates: clientCertificatesName, tpm: true},
		reading: iotdiag.ReadIndividualEnrollment(), writing: iotdiag.WriteIndividualEnrollment(),
		deleting: iotdiag.DeleteIndividualEnrollment(),
		open:     func(dps *azure.Instance) store { return individuals{dps} },
		object:   azure.EnrollmentObject,
	}
}

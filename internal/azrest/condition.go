// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azrest

import (
	"errors"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
)

// WriteOptions says on what condition a write is carried out.
type WriteOptions struct {
	// OnlyIfUnchanged is the ETag that the object must still have, or azcore.ETagAny for any. Nil means: a PUT only
	// creates and fails with a conflict (409) if the object exists; a DELETE has no condition.
	OnlyIfUnchanged *azcore.ETag
}

// ifMatch is the If-Match header that says the condition, empty for none.
func (s Service) ifMatch(o *WriteOptions) (string, error) {
	if o == nil || o.OnlyIfUnchanged == nil {
		return "", nil
	}
	etag := string(*o.OnlyIfUnchanged)
	bare := strings.Trim(etag, `"`)
	switch {
	case bare == "":
		return "", errors.New("the ETag is empty, which would make the write unconditional")
	case s.QuotedETags:
		return `"` + bare + `"`, nil
	}
	return etag, nil
}

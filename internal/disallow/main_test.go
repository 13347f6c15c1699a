// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow_test

import (
	"os"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
)

func TestMain(m *testing.M) { os.Exit(acctest.RunTests(m)) }

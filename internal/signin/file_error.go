// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package signin

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

// WithoutPath is the error of reading a file without the file's name: people give the secret itself where its path
// belongs.
func WithoutPath(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return errors.New("there is no such file; a relative path begins in the directory where Terraform was started")
	}
	if failed, ok := errors.AsType[*fs.PathError](err); ok {
		return fmt.Errorf("the file cannot be read: %w", failed.Err)
	}
	return err
}

// sentence is the text of an error as a sentence of its own.
func sentence(err error) string {
	text := err.Error()
	if text == "" {
		return text
	}
	return strings.ToUpper(text[:1]) + strings.TrimRight(text[1:], ".") + "."
}

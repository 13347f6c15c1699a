// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package wiretest

import (
	"embed"
	"encoding/json"
	"fmt"
	"path"
	"strings"
)

//go:embed corpus
var corpus embed.FS

// Document is one document of the corpus.
type Document struct {
	// Name is the document's path below corpus, without its extension, such as "dps/registrations/assigned".
	Name string
	// Body is the JSON text.
	Body []byte
}

// Documents returns the documents of a folder, such as "dps/registrations", in the order of their names.
func Documents(folder string) ([]Document, error) {
	entries, err := corpus.ReadDir(path.Join("corpus", folder))
	if err != nil {
		return nil, err
	}
	var documents []Document
	for _, entry := range entries {
		name, isDocument := strings.CutSuffix(entry.Name(), ".json")
		if entry.IsDir() || !isDocument {
			continue
		}
		body, err := corpus.ReadFile(path.Join("corpus", folder, entry.Name()))
		if err != nil {
			return nil, err
		}
		documents = append(documents, Document{Name: path.Join(folder, name), Body: body})
	}
	if len(documents) == 0 {
		return nil, fmt.Errorf("the corpus has no documents in %s", folder)
	}
	return documents, nil
}

// Answer is a complete answer of a service.
type Answer struct {
	// Name is the document's, as in Document.
	Name string
	// Status and Headers are the answer's.
	Status  int
	Headers map[string]string
	// Body is the text of the body, JSON or not.
	Body string
}

// Answers returns the documents of a folder of complete answers, such as "iothub/faults".
func Answers(folder string) ([]Answer, error) {
	documents, err := Documents(folder)
	if err != nil {
		return nil, err
	}
	answers := make([]Answer, len(documents))
	for i, document := range documents {
		var wire struct {
			Status  int
			Headers map[string]string
			Body    json.RawMessage
		}
		if err := json.Unmarshal(document.Body, &wire); err != nil {
			return nil, fmt.Errorf("%s: %w", document.Name, err)
		}
		answers[i] = Answer{Name: document.Name, Status: wire.Status, Headers: wire.Headers, Body: string(wire.Body)}
		if strings.HasPrefix(answers[i].Body, `"`) {
			if err := json.Unmarshal(wire.Body, &answers[i].Body); err != nil {
				return nil, fmt.Errorf("%s: %w", document.Name, err)
			}
		}
	}
	return answers, nil
}

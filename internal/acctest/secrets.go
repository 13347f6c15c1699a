// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"bytes"
	"encoding/json"
	"encoding/pem"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

// secrets are what nobody may see of one world, and all that its run wrote. When the test ends they are searched for:
// policy keys, device keys, tokens, signatures, client secrets, codes of webhooks and keys of certificates.
type secrets struct {
	mu sync.Mutex
	// known are secrets with what each is. Those of storedOnly stand in state and plan, as documented, and nowhere else.
	known, storedOnly map[string]string
	// spoken are texts for people: diagnostics, output and logs. stored are states, plans and private states.
	spoken, stored map[string]bool
}

// shortest is the length of what counts as a secret: a shorter text may stand anywhere by chance.
const shortest = 12

func newSecrets() *secrets {
	return &secrets{
		known: map[string]string{}, storedOnly: map[string]string{}, spoken: map[string]bool{}, stored: map[string]bool{},
	}
}

func (s *secrets) keep(what string, values ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, value := range values {
		if len(value) >= shortest {
			s.known[value] = what
		}
	}
}

func (s *secrets) speak(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.spoken[text] = true
}

func (s *secrets) store(raw []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stored[string(raw)] = true
}

// keepKeyOf keeps the private key of a device's certificate: the first line has some of it.
func (s *secrets) keepKeyOf(c devicesim.Certificate) {
	block, _ := pem.Decode([]byte(c.KeyPEM()))
	lines := strings.Split(string(pem.EncodeToMemory(block)), "\n")
	s.keep("key of a certificate", lines[1])
}

// overhear takes the secrets out of every exchange, and passes it on to next, which may be nil.
func (s *secrets) overhear(next func(*http.Request, *http.Response)) func(*http.Request, *http.Response) {
	return func(request *http.Request, answer *http.Response) {
		authorization := request.Header.Get("Authorization")
		if token, found := strings.CutPrefix(authorization, "Bearer "); found {
			s.keep("token", token)
		}
		if _, signature, found := strings.Cut(authorization, "sig="); found {
			signature, _, _ = strings.Cut(signature, "&")
			s.keep("signature", signature)
		}
		request.Body, answer.Body = s.read(request.Body), s.read(answer.Body)
		if next != nil {
			next(request, answer)
		}
	}
}

// read takes the secrets out of a body, which can be read again afterwards.
func (s *secrets) read(body io.ReadCloser) io.ReadCloser {
	raw, _ := io.ReadAll(body)
	var document any
	if (bytes.Contains(raw, []byte("Key\"")) || bytes.Contains(raw, []byte("webhookUrl"))) &&
		json.Unmarshal(raw, &document) == nil {
		s.walk("", document)
	}
	return io.NopCloser(bytes.NewReader(raw))
}

func (s *secrets) walk(name string, value any) {
	switch v := value.(type) {
	case map[string]any:
		for name, member := range v {
			s.walk(name, member)
		}
	case []any:
		for _, element := range v {
			s.walk(name, element)
		}
	case string:
		switch name {
		case "primaryKey", "secondaryKey":
			s.keep("key of a device or a group", v)
		case "webhookUrl":
			s.keepCode(v)
		}
	}
}

func (s *secrets) keepCode(address string) {
	where, err := url.Parse(address)
	if err != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, values := range where.Query() {
		if len(values[0]) >= shortest {
			s.storedOnly[values[0]] = "code of a webhook"
		}
	}
}

// keepOf keeps what an emulator and the environment of a world have.
func (s *secrets) keepOf(e *emulator.Emulator, env map[string]string) {
	for _, p := range e.DPSPolicies() {
		s.keep("key of a policy", p.Keys[:]...)
	}
	for _, hub := range e.Hubs() {
		for _, p := range hub.Policies() {
			s.keep("key of a policy", p.Keys[:]...)
		}
	}
	s.keep("what the authority knows or gave away", e.Authority().Secrets()...)
	for name, value := range env {
		for _, end := range []string{"_SECRET", "_TOKEN", "_PASSWORD", "_CLIENT_CERTIFICATE", "_ACCESSTOKEN"} {
			if strings.HasSuffix(name, end) {
				s.keep(name, value)
			}
		}
	}
}

// mustStayOut fails the test when a secret was written.
func (s *secrets) mustStayOut(t testing.TB) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	everywhere, people := newIndex(s.known), newIndex(s.storedOnly)
	for text := range s.spoken {
		for _, what := range append(everywhere.foundIn(text), people.foundIn(text)...) {
			t.Errorf("a secret is told (%s):\n%s", what, text)
		}
	}
	for text := range s.stored {
		for _, what := range everywhere.foundIn(text) {
			t.Errorf("a secret is stored (%s):\n%.2000q", what, text)
		}
	}
}

// index finds many secrets in one go through a text, by how they begin, in both of the ways in which they are spelled.
type index map[string]map[string]string

func newIndex(known map[string]string) index {
	x := index{}
	for secret, what := range known {
		for _, spelled := range []string{secret, url.QueryEscape(secret)} {
			begin := spelled[:shortest]
			if x[begin] == nil {
				x[begin] = map[string]string{}
			}
			x[begin][spelled] = what
		}
	}
	return x
}

func (x index) foundIn(text string) []string {
	var found []string
	for i := 0; len(x) > 0 && i+shortest <= len(text); i++ {
		for secret, what := range x[text[i:i+shortest]] {
			if strings.HasPrefix(text[i:], secret) {
				found = append(found, what)
			}
		}
	}
	return found
}

// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package sas

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
)

const (
	// tokenLifetime is how long a signed token is good for. One hour is what Microsoft's own clients choose.
	tokenLifetime = time.Hour
	// renewBefore is how long before its end a token is replaced: more than any single try takes, clocks that
	// differ by some minutes included.
	renewBefore = 10 * time.Minute
)

// NewPolicy returns the policy that signs requests to the host of c. It belongs behind the retries, so that a try
// that follows a long wait has a fresh token. It refuses requests to other hosts and requests without TLS: a token
// that leaves for the wrong place works there for an hour. now is the clock; nil means time.Now.
func NewPolicy(c ConnectionString, now func() time.Time) policy.Policy {
	if now == nil {
		now = time.Now
	}
	return &signer{connection: c, host: strings.ToLower(c.HostName), now: now}
}

type signer struct {
	connection ConnectionString
	host       string
	now        func() time.Time

	mu      sync.Mutex
	token   string
	expires time.Time
}

// Do signs the request and passes it on.
func (s *signer) Do(req *policy.Request) (*http.Response, error) {
	target := req.Raw().URL
	if target.Scheme != "https" {
		return nil, unsafeRequestError{errors.New("a shared access signature is only sent over https")}
	}
	if !strings.EqualFold(target.Host, s.host) {
		return nil, unsafeRequestError{fmt.Errorf("the connection string is for %s, not for %s", s.host, target.Host)}
	}
	req.Raw().Header.Set("Authorization", s.current())
	return req.Next()
}

func (s *signer) current() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	left := s.expires.Sub(now)
	// A clock that was set back leaves a token whose end is far away; it is replaced as well.
	if s.token == "" || left < renewBefore || left > tokenLifetime {
		s.expires = now.Add(tokenLifetime)
		s.token = s.connection.Token(s.host, s.expires)
	}
	return s.token
}

// unsafeRequestError ends a request that must not be sent. azcore's marker keeps retry policies from trying again.
type unsafeRequestError struct{ error }

// NonRetriable marks the error for azcore.
func (unsafeRequestError) NonRetriable() {}

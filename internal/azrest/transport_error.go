// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azrest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"
)

// TransportError is a call that got no answer. The service may have carried it out, unless NotSent says otherwise.
type TransportError struct {
	// Service is the service's name in sentences; Host, Method and Path are the request's, as in Error.
	Service, Host, Method, Path string
	// NotSent says that no connection was made, so that the service cannot have carried the call out in this try.
	NotSent bool
	// Uncertain says that an earlier try of the same call may have been carried out, as in Error.
	Uncertain bool
	// Tries says how often the request was sent, Elapsed over what time.
	Tries   int
	Elapsed time.Duration
	// Err is the cause.
	Err error
}

// Error returns one line: who was asked what, and why no answer came.
func (e *TransportError) Error() string {
	text := fmt.Sprintf("%s %s: %s %s: no answer: %s", e.Service, e.Host, e.Method, e.Path, e.reason())
	if e.Tries > 1 {
		text += fmt.Sprintf(", after %d tries in %s", e.Tries, e.Elapsed.Round(time.Second))
	}
	return text
}

// Unwrap returns the cause.
func (e *TransportError) Unwrap() error { return e.Err }

func (e *TransportError) reason() string {
	switch {
	case e.Err == nil:
		return "the reason is not known"
	case IsUntrusted(e.Err):
		return "the host's certificate is not signed by a trusted authority: does a proxy inspect TLS? (" +
			cleanMessage(e.Err.Error()) + ")"
	case errors.Is(e.Err, context.Canceled):
		return "the operation was cancelled"
	case errors.Is(e.Err, context.DeadlineExceeded):
		return "the operation's time is over"
	}
	return cleanMessage(e.Err.Error())
}

// IsTransport says that no HTTP answer was received; the call may have been carried out all the same.
func IsTransport(err error) bool {
	_, ok := errors.AsType[*TransportError](err)
	return ok
}

// IsUntrusted says that the connection failed because the host's certificate is signed by an unknown authority.
func IsUntrusted(err error) bool {
	_, ok := errors.AsType[x509.UnknownAuthorityError](err)
	return ok
}

// UnsentError is a call that was not sent: there was no credential for it, or it was not safe to send.
type UnsentError struct {
	// Service is the service's name in sentences; Host, Method and Path are the request's, as in Error.
	Service, Host, Method, Path string
	// Err is the cause, for instance an error of azidentity.
	Err error
}

// Error returns one line: what was not sent, and why.
func (e *UnsentError) Error() string {
	reason := cleanMessage(fmt.Sprint(e.Err))
	return fmt.Sprintf("%s %s: %s %s was not sent: %s", e.Service, e.Host, e.Method, e.Path, reason)
}

// Unwrap returns the cause.
func (e *UnsentError) Unwrap() error { return e.Err }

// IsUnsent says that the request never left, so that the service cannot have carried it out.
func IsUnsent(err error) bool {
	_, ok := errors.AsType[*UnsentError](err)
	return ok
}

// WithoutURL drops net/http's wrapper: it repeats method and URL, query included.
func WithoutURL(err error) error {
	if wrapper, ok := errors.AsType[*url.Error](err); ok {
		return wrapper.Err
	}
	return err
}

// beforeSending says that err ended the try before the request could reach the host.
func beforeSending(err error) bool {
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "dial" {
		return true
	}
	_, isDNS := errors.AsType[*net.DNSError](err)
	return isDNS || permanent(err)
}

// permanent says that another try ends the same way: the host's certificate stays what it is, and so does a host that
// does not speak TLS.
func permanent(err error) bool {
	_, isVerification := errors.AsType[*tls.CertificateVerificationError](err)
	_, isName := errors.AsType[x509.HostnameError](err)
	_, isInvalid := errors.AsType[x509.CertificateInvalidError](err)
	_, isPlain := errors.AsType[tls.RecordHeaderError](err)
	isPlain = isPlain || errors.Is(err, http.ErrSchemeMismatch)
	return isVerification || isName || isInvalid || isPlain || IsUntrusted(err)
}

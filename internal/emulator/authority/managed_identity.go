// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package authority

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Paths of the endpoints for managed identities, which are served over plain HTTP.
const (
	// MetadataPath is that of the metadata service of virtual machines.
	MetadataPath = "/metadata/identity/oauth2/token"
	// AppServicePath is that of App Service (variables IDENTITY_ENDPOINT and IDENTITY_HEADER).
	AppServicePath = "/msi/token"
	// ArcPath is that of Azure Arc (variables IDENTITY_ENDPOINT and IMDS_ENDPOINT).
	ArcPath = "/arc" + MetadataPath
)

// AddIdentity gives the machine a managed identity, by its client ID. The first is the one
// that the system assigns: it is used when nobody says which.
func (a *Authority) AddIdentity(clientID string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.identities = append(a.identities, clientID)
}

// IdentityHeader is what App Service has its programs send (IDENTITY_HEADER).
func (a *Authority) IdentityHeader() string { return a.header }

// SetArcFolder says where Azure Arc leaves the keys that only administrators can read.
func (a *Authority) SetArcFolder(folder string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.arcFolder = folder
}

// identityAnswer is a token; numbers are texts here.
type identityAnswer struct {
	AccessToken string `json:"access_token"`
	ClientID    string `json:"client_id"`
	ExpiresIn   string `json:"expires_in"`
	ExpiresOn   string `json:"expires_on"`
	Resource    string `json:"resource"`
	TokenType   string `json:"token_type"`
}

// Machine serves the endpoints of managed identities.
func (a *Authority) Machine() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+MetadataPath, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Header.Get("Metadata") != "true":
			identityError(w, http.StatusBadRequest, "invalid_request", "Required metadata header not specified")
		case r.Header.Get("X-Forwarded-For") != "":
			identityError(w, http.StatusBadRequest, "invalid_request", "Requests through a proxy are refused")
		case r.URL.Query().Get("api-version") == "":
			identityError(w, http.StatusBadRequest, "invalid_request", "Required query variable 'api-version' is missing")
		default:
			a.serveIdentity(w, r)
		}
	})
	mux.HandleFunc("GET "+AppServicePath, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-IDENTITY-HEADER") != a.header {
			identityError(w, http.StatusUnauthorized, "unauthorized", "The identity header is missing or wrong")
			return
		}
		a.serveIdentity(w, r)
	})
	mux.HandleFunc("GET "+ArcPath, a.serveArc)
	return mux
}

// serveIdentity gives a token of the identity that is asked for.
func (a *Authority) serveIdentity(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	a.mu.Lock()
	identities, id := slices.Clone(a.identities), query.Get("client_id")
	a.mu.Unlock()
	if id == "" && len(identities) > 0 {
		id = identities[0]
	}
	resource := trimmed(query.Get("resource"))
	switch {
	case !slices.Contains(identities, id):
		identityError(w, http.StatusBadRequest, "invalid_request", "Identity not found")
		return
	case !a.tokens.Serves(resource):
		identityError(w, http.StatusBadRequest, "invalid_resource", "AADSTS500011: The resource principal was not found")
		return
	}
	token, seconds := a.issue("https://sts.windows.net/emulator/", "emulator", id, resource)
	write(w, http.StatusOK, identityAnswer{
		AccessToken: token, ClientID: id, Resource: resource, TokenType: "Bearer", ExpiresIn: strconv.Itoa(seconds),
		ExpiresOn: strconv.FormatInt(a.now().Add(time.Duration(seconds)*time.Second).Unix(), 10),
	})
}

// serveArc gives a token to whoever can read a file: it names one in its first answer, and
// wants its content in the second request ("Managed identity with Azure Arc-enabled servers").
func (a *Authority) serveArc(w http.ResponseWriter, r *http.Request) {
	shown, given := strings.CutPrefix(r.Header.Get("Authorization"), "Basic ")
	a.mu.Lock()
	known := given && slices.Contains(a.arcKeys, shown)
	a.mu.Unlock()
	if known {
		a.serveIdentity(w, r)
		return
	}
	file, err := a.leaveKey()
	if err != nil {
		identityError(w, http.StatusInternalServerError, "server_error", err.Error())
		return
	}
	w.Header().Set("WWW-Authenticate", "Basic realm="+file)
	identityError(w, http.StatusUnauthorized, "unauthorized", "Missing Basic Authorization header")
}

func (a *Authority) leaveKey() (file string, err error) {
	key := a.random.GUID()
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.arcFolder == "" {
		return "", errors.New("this machine is not connected to Azure Arc")
	}
	a.arcKeys = append(a.arcKeys, key)
	file = filepath.Join(a.arcFolder, a.random.GUID()+".key")
	return file, os.WriteFile(file, []byte(key), 0o600)
}

func identityError(w http.ResponseWriter, status int, code, text string) {
	write(w, status, map[string]string{"error": code, "error_description": text})
}

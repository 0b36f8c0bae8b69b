package config

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"

	commonconfig "github.com/prometheus/common/config"

	"firstline/internal/clean"
	"firstline/internal/lazyregexp"
	"firstline/internal/network"
)

// Usable returns an error of one sentence when the server must not be asked:
// its credentials would go over plain http to another machine, or one of them
// is in a file that others may read or that is not a regular file.
func (s Server) Usable(ctx context.Context) error {
	unusable := s.checkFiles(ctx) // first: the secrets are hidden in any case
	if !s.InsecurePlain {
		if where := s.plain(); where != "" {
			return fmt.Errorf("%s would show the credentials to everyone on the network: use https, or allow it with insecure_plain = true", where)
		}
	}
	return unusable
}

// checkFiles returns an error when a file of the options can't be used. Faults
// that the client reports when it reads the file are left to it.
func (s Server) checkFiles(ctx context.Context) error {
	var unusable error
	for _, file := range s.files() {
		_, err := within(ctx, tokenFileTime, func() (string, error) {
			if file.secret {
				return readSecret(file.path)
			}
			f, _, err := plainFile(file.path)
			if err == nil {
				err = f.Close()
			}
			return "", err
		}, errLate)
		if unusable == nil && (errors.Is(err, errNotPlain) || errors.Is(err, errOthersRead) || errors.Is(err, errLate)) {
			unusable = fmt.Errorf("%s, named under http, can't be used: it %w", clean.Line(file.path), err)
		}
	}
	return unusable
}

var errLate = errors.New("is on a file system that does not answer")

// plain returns the address to which credentials would go unencrypted over the
// network, or "".
func (s Server) plain() string {
	o := s.HTTP
	if reflect.ValueOf(o).IsZero() {
		o.ProxyFromEnvironment = true // as the clients do
	}
	proxy := proxyFor(o.ProxyConfig, s.URL)
	switch {
	case authorized(o) && overPlain(s.URL, proxy):
		return "plain http to another machine"
	case showsProxy(o.ProxyConfig, proxy):
		return inClear
	}
	if a := o.OAuth2; a != nil {
		proxy := proxyFor(a.ProxyConfig, a.TokenURL)
		switch {
		case overPlain(a.TokenURL, proxy):
			return "plain http to oauth2's token_url"
		case showsProxy(a.ProxyConfig, proxy):
			return inClear
		}
	}
	return ""
}

// inClear names a proxy that gets its credentials unencrypted.
const inClear = "plain http to a proxy on another machine"

// showsProxy reports whether the credentials of a proxy go to it unencrypted.
func showsProxy(p commonconfig.ProxyConfig, proxy *url.URL) bool {
	if proxy == nil || len(p.ProxyConnectHeader) == 0 {
		return network.ProxyInClear(proxy)
	}
	withHeader := *proxy
	withHeader.User = url.User("proxy_connect_header")
	return network.ProxyInClear(&withHeader)
}

// HasCredentials reports whether the server's options have credentials, which are for
// its own address only.
func (s Server) HasCredentials() bool {
	t := s.HTTP.TLSConfig
	return authorized(s.HTTP) || t.Cert != "" || t.CertFile != "" || t.CertRef != "" || t.Key != "" || t.KeyFile != "" || t.KeyRef != ""
}

// WithoutCredentials returns the http client options as they are written, without the
// credentials; nil: there are no others.
func (s Server) WithoutCredentials() map[string]any {
	own := func(table map[string]any, isCredential func(name string, value any) bool) map[string]any {
		left := maps.Clone(table)
		maps.DeleteFunc(left, isCredential)
		if len(left) == 0 {
			return nil
		}
		return left
	}
	left := own(s.http, func(name string, _ any) bool { return slices.Contains(credentialOptions, name) })
	for name, isCredential := range map[string]func(string, any) bool{
		"tls_config": func(name string, _ any) bool {
			return strings.HasPrefix(name, "cert") || strings.HasPrefix(name, "key")
		},
		"http_headers": func(name string, value any) bool {
			header, _ := value.(map[string]any)
			return header["secrets"] != nil || header["files"] != nil || secretHeader.MatchString(name)
		},
	} {
		if table, is := left[name].(map[string]any); is {
			if left[name] = own(table, isCredential); len(own(table, isCredential)) == 0 {
				delete(left, name)
			}
		}
	}
	if len(left) == 0 {
		return nil
	}
	return left
}

// credentialOptions are the http client options that are credentials as a whole.
var credentialOptions = []string{"basic_auth", "authorization", "oauth2", "bearer_token", "bearer_token_file"}

// authorized reports whether requests with the options carry credentials.
func authorized(o commonconfig.HTTPClientConfig) bool {
	if o.BasicAuth != nil || o.Authorization != nil || o.OAuth2 != nil || o.BearerToken != "" || o.BearerTokenFile != "" {
		return true
	}
	if o.HTTPHeaders == nil {
		return false
	}
	for name, header := range o.HTTPHeaders.Headers {
		if len(header.Secrets) > 0 || len(header.Files) > 0 || secretHeader.MatchString(name) {
			return true
		}
	}
	return false
}

// secretHeader matches the names of headers that carry credentials, in whatever
// form the value is given.
var secretHeader = lazyregexp.New(`(?i)auth|token|key|secret|cookie|passw|session|credential|signature`)

// proxyFor returns the proxy for requests to the address, or nil.
func proxyFor(p commonconfig.ProxyConfig, address string) *url.URL {
	u, err := url.Parse(address)
	choose := p.Proxy()
	if err != nil || choose == nil {
		return nil
	}
	proxy, err := choose(&http.Request{URL: u})
	if err != nil {
		return nil // each request fails with it
	}
	return proxy
}

// overPlain reports whether a request to the address leaves this machine as
// plain http, perhaps to a proxy.
func overPlain(address string, proxy *url.URL) bool {
	u, err := url.Parse(address)
	if err != nil || !strings.EqualFold(u.Scheme, "http") {
		return false
	}
	return !network.IsLoopback(u.Hostname()) || proxy != nil && !network.IsLoopback(proxy.Hostname())
}

// namedFile is a file that the options name.
type namedFile struct {
	path   string
	secret bool
}

// files returns the files that the options name, the secret ones first.
func (s Server) files() []namedFile {
	var files []namedFile
	add := func(secret bool, paths ...string) {
		for _, p := range paths {
			if p != "" && !slices.ContainsFunc(files, func(f namedFile) bool { return f.path == p }) {
				files = append(files, namedFile{p, secret})
			}
		}
	}
	o := s.HTTP
	add(true, o.BearerTokenFile, o.TLSConfig.KeyFile)
	if b := o.BasicAuth; b != nil {
		add(true, b.PasswordFile)
	}
	if a := o.Authorization; a != nil {
		add(true, a.CredentialsFile)
	}
	if a := o.OAuth2; a != nil {
		add(true, a.ClientSecretFile, a.ClientCertificateKeyFile, a.TLSConfig.KeyFile)
	}
	if o.HTTPHeaders != nil {
		for _, header := range o.HTTPHeaders.Headers {
			add(true, header.Files...)
		}
	}
	if b := o.BasicAuth; b != nil {
		add(false, b.UsernameFile)
	}
	if a := o.OAuth2; a != nil {
		add(false, a.TLSConfig.CAFile, a.TLSConfig.CertFile)
	}
	add(false, o.TLSConfig.CAFile, o.TLSConfig.CertFile)
	return files
}

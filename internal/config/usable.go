package config

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"slices"
	"strings"

	commonconfig "github.com/prometheus/common/config"

	"firstline/internal/clean"
	"firstline/internal/credentials"
	"firstline/internal/network"
)

// Usable returns an error of one sentence when the server must not be asked:
// its credentials would go over plain http to another machine, or one of them
// is in a file that is not a regular file.
func (s Server) Usable(ctx context.Context) error {
	if !s.InsecurePlain {
		if where := s.plain(); where != "" {
			return fmt.Errorf("%s would show the credentials to everyone on the network: use https, or allow it with insecure_plain = true", where)
		}
	}
	for _, path := range s.secretFiles() {
		text, err := within(ctx, tokenFileTime, func() (string, error) {
			f, _, err := plainFile(path)
			if err != nil {
				return "", err
			}
			defer f.Close() //nolint:errcheck // only read
			text, _ := io.ReadAll(io.LimitReader(f, maxToken))
			return strings.TrimSpace(string(text)), nil
		}, errLate)
		// Its other faults are reported when it is read.
		if errors.Is(err, errNotPlain) || errors.Is(err, errLate) {
			return fmt.Errorf("%s, named under http, can't be used: it %w", clean.Line(path), err)
		}
		// It is hidden from now on, before a request has it. A certificate or a key
		// has several lines.
		if b := s.HTTP.BasicAuth; !strings.Contains(text, "\n") && (b == nil || path != b.UsernameFile) {
			credentials.Add(text)
		}
	}
	return nil
}

var errLate = errors.New("is on a file system that does not answer")

// plain returns the address to which credentials would go unencrypted over the
// network, or "".
func (s Server) plain() string {
	o := s.HTTP
	if authorized(o) && overPlain(s.URL, proxyOf(o.ProxyConfig)) {
		return "plain http to another machine"
	}
	if a := o.OAuth2; a != nil && overPlain(a.TokenURL, proxyOf(a.ProxyConfig)) {
		return "plain http to oauth2's token_url"
	}
	return ""
}

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
var secretHeader = regexp.MustCompile(`(?i)auth|token|key|secret|cookie|passw|session|credential|signature`)

func proxyOf(p commonconfig.ProxyConfig) *url.URL { return p.ProxyURL.URL }

// overPlain reports whether a request to the address leaves this machine as
// plain http, perhaps to a proxy.
func overPlain(address string, proxy *url.URL) bool {
	u, err := url.Parse(address)
	if err != nil || !strings.EqualFold(u.Scheme, "http") {
		return false
	}
	return !network.IsLoopback(u.Hostname()) || proxy != nil && !network.IsLoopback(proxy.Hostname())
}

// secretFiles returns the files that the options name.
func (s Server) secretFiles() []string {
	var files []string
	add := func(paths ...string) {
		for _, p := range paths {
			if p != "" && !slices.Contains(files, p) {
				files = append(files, p)
			}
		}
	}
	o := s.HTTP
	add(o.BearerTokenFile)
	if a := o.BasicAuth; a != nil {
		add(a.UsernameFile, a.PasswordFile)
	}
	if a := o.Authorization; a != nil {
		add(a.CredentialsFile)
	}
	if a := o.OAuth2; a != nil {
		add(a.ClientSecretFile, a.ClientCertificateKeyFile, a.TLSConfig.CAFile, a.TLSConfig.CertFile, a.TLSConfig.KeyFile)
	}
	add(o.TLSConfig.CAFile, o.TLSConfig.CertFile, o.TLSConfig.KeyFile)
	if o.HTTPHeaders != nil {
		for _, header := range o.HTTPHeaders.Headers {
			add(header.Files...)
		}
	}
	return files
}

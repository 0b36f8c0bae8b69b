package config

import (
	"context"
	"net/url"
	"os"
	"strings"
	"sync"

	"firstline/internal/credentials"
)

// AddSecrets makes the configured tokens known to package credentials, before
// any of them is sent: a server may repeat the token of another one, and not
// every command sends each. That of a token_command is known once the command
// was run. Faults are reported where a token is needed.
func (c Config) AddSecrets(ctx context.Context) {
	for _, name := range c.TokenVariables() {
		fromVariable(name)
	}
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"} {
		addProxy(os.Getenv(name))
	}
	var files []string
	for _, p := range c.PagerDuty {
		files = append(files, p.TokenFile)
	}
	for _, token := range c.Runbooks.Tokens {
		files = append(files, token.File)
	}
	var all sync.WaitGroup
	for _, path := range files {
		if path != "" {
			all.Go(func() {
				_, _ = within(ctx, tokenFileTime, func() (string, error) { return readSecret(path) }, errLate)
			})
		}
	}
	all.Wait()
}

// addProxy makes the password in the address of a proxy known.
func addProxy(address string) {
	if !strings.Contains(address, "://") {
		address = "http://" + address // as net/http reads it
	}
	if u, err := url.Parse(address); err == nil && u.User != nil {
		password, _ := u.User.Password()
		credentials.Add(password)
	}
}

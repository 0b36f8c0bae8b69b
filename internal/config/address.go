package config

import (
	"net/url"
	"strings"

	"firstline/internal/network"
)

// address checks an address. Its sentences never repeat the address, because
// people write passwords into addresses. An address to which a token is sent
// may use plain http only on this machine.
func (b *builder) address(path []string, text string, token bool) string {
	u, err := url.Parse(strings.TrimSpace(text))
	switch {
	case err != nil:
		b.fault(path, "this is not an address: write it like %q", "https://host.example.com")
	case u.Scheme != "http" && u.Scheme != "https":
		b.fault(path, "an address begins with http:// or https://")
	case u.Hostname() == "":
		b.fault(path, "the address has no host: write it like %q", "https://host.example.com")
	case u.User != nil && token:
		b.fault(path, "an address must not contain a user or password: leave them out, the token is sent separately")
	case u.User != nil:
		b.fault(path, "an address must not contain a user or password: write them as http = { basic_auth = { username = …, password_file = … } }")
	case u.RawQuery != "" || u.Fragment != "" || u.ForceQuery:
		b.fault(path, "an address has only a host and a path: leave out what comes after ? or #")
	case token && u.Scheme == "http" && !network.IsLoopback(u.Hostname()):
		b.fault(path, "plain http would show the token to everyone on the network: use https (plain http is for this machine only)")
	default:
		return strings.TrimRight(u.String(), "/")
	}
	return ""
}

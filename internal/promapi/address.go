package promapi

import (
	"fmt"
	"net/url"
	"strings"

	"firstline/internal/clean"
)

// parseAddress parses a server's address, or returns a sentence about what is
// wrong with it. table is where it is configured.
func parseAddress(table, address string) (*url.URL, string) {
	section := sectionOf(table)
	example := "https://" + table + ".example.com"
	address = strings.TrimSpace(address)
	if address == "" {
		return nil, fmt.Sprintf("url is missing under %s: set it, as in %s", section, example)
	}
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Opaque != "" || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "":
		return nil, fmt.Sprintf("url under %s must be a whole http or https address, as in %s", section, example)
	case u.User != nil:
		// They would appear in every link that is made from the address.
		return nil, fmt.Sprintf("url under %s must not hold a user or password: set basic_auth under http instead", section)
	case u.RawQuery != "" || u.Fragment != "":
		return nil, fmt.Sprintf("url under %s must end before ? and #", section)
	}
	u.Path, u.RawPath = strings.TrimRight(u.Path, "/"), ""
	for _, end := range []string{"/api/v1", "/api/v2", "/api", "/graph", "/-/ready"} {
		if path, ok := strings.CutSuffix(u.Path, end); ok {
			shorter := *u
			shorter.Path = path
			return nil, fmt.Sprintf("url under %s must end before %s: %s", section, end, clean.Line(shorter.String()))
		}
	}
	return u, ""
}

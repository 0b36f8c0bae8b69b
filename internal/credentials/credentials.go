// Package credentials removes our credentials from the text of servers, which
// may repeat what they were sent, and whose text is shown, logged and stored.
package credentials

import (
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
)

// mark takes the place of a secret.
const mark = "…"

// Hide replaces in a server's refusal each value of a request's headers that may
// be secret, and each secret that is known.
func Hide(text string, header http.Header) string {
	for _, secret := range secrets(header) {
		text = strings.ReplaceAll(text, secret, mark)
	}
	return HideAny(text)
}

// harmlessHeaders are the headers of a request whose values are not secret.
var harmlessHeaders = []string{"Accept", "Accept-Encoding", "Content-Type", "User-Agent", "X-Scope-Orgid"}

// secrets returns the values of a request's headers that may be secret, raw
// and in JSON's form, with the decoded content of Basic and Bearer; the longest
// first.
func secrets(header http.Header) []string {
	var all []string
	add := func(text string) {
		for _, form := range []string{text, quoted(text)} {
			if len(form) > 3 && !slices.Contains(all, form) {
				all = append(all, form)
			}
		}
	}
	for name, values := range header {
		if slices.Contains(harmlessHeaders, name) {
			continue
		}
		for _, value := range values {
			add(value)
			_, credentials, found := strings.Cut(value, " ")
			if !found {
				continue
			}
			add(credentials)
			decoded, err := base64.StdEncoding.DecodeString(credentials)
			if err != nil {
				continue
			}
			if _, password, found := strings.Cut(string(decoded), ":"); found {
				add(string(decoded))
				add(password)
			}
		}
	}
	slices.SortFunc(all, func(a, b string) int { return len(b) - len(a) })
	return all
}

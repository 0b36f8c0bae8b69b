package promapi

import (
	"bytes"
	"encoding/base64"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// discreetBody is the body of a refusal without our credentials: a server, or a
// proxy before it, may repeat what it was sent, and its text is shown.
type discreetBody struct {
	under   io.ReadCloser
	request *http.Request // as it was sent
	text    *bytes.Reader // nil until the first Read
}

func (d *discreetBody) Read(p []byte) (int, error) {
	if d.text == nil {
		all, err := io.ReadAll(d.under)
		if err != nil {
			return 0, err
		}
		text := string(all)
		for _, secret := range secretsOf(d.request.Header) {
			text = strings.ReplaceAll(text, secret, "…")
		}
		d.text = bytes.NewReader([]byte(text))
	}
	return d.text.Read(p)
}

func (d *discreetBody) Close() error { return d.under.Close() }

// harmlessHeaders are the headers of a request whose values are not secret.
var harmlessHeaders = []string{"Accept", "Accept-Encoding", "Content-Type", "User-Agent", "X-Scope-Orgid"}

// secretsOf returns the values of a request's headers that may be secret, raw
// and in JSON's form, with the decoded content of Basic and Bearer; the longest
// first.
func secretsOf(header http.Header) []string {
	var all []string
	add := func(text string) {
		for _, form := range []string{text, strings.Trim(strconv.Quote(text), `"`)} {
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

package credentials

import (
	"net/http"
	"testing"
)

// Credentials that a server repeats are removed, in every form.
func TestHide(t *testing.T) {
	for name, c := range map[string]struct {
		header http.Header
		text   string
		want   string
	}{
		"nothing":            {http.Header{}, "no access", "no access"},
		"a bearer":           {http.Header{"Authorization": {"Bearer s3cr3t"}}, "bad Bearer s3cr3t", "bad …"},
		"the token alone":    {http.Header{"Authorization": {"Bearer s3cr3t"}}, "bad token s3cr3t!", "bad token …!"},
		"basic":              {http.Header{"Authorization": {"Basic dXNlcjpzM2NyM3Q="}}, "got dXNlcjpzM2NyM3Q=", "got …"},
		"basic, decoded":     {http.Header{"Authorization": {"Basic dXNlcjpzM2NyM3Q="}}, "user:s3cr3t is wrong", "… is wrong"},
		"the password alone": {http.Header{"Authorization": {"Basic dXNlcjpzM2NyM3Q="}}, "user, s3cr3t", "user, …"},
		"another header":     {http.Header{"X-Secret": {"s3cr3t"}}, `{"error":"s3cr3t"}`, `{"error":"…"}`},
		"several values":     {http.Header{"X-Secret": {"s3cr3t", "other"}}, "s3cr3t other", "… …"},
		"as JSON writes it":  {http.Header{"X-Secret": {`s3"cr3t`}}, `{"error":"s3\"cr3t"}`, `{"error":"…"}`},
		"a cookie":           {http.Header{"Cookie": {"session=s3cr3t"}}, "session=s3cr3t", "…"},
		"the tenant stays":   {http.Header{"X-Scope-Orgid": {"payments"}}, "no tenant payments", "no tenant payments"},
		"the agent stays":    {http.Header{"User-Agent": {"firstline"}}, "firstline", "firstline"},
		"too short":          {http.Header{"X-Secret": {"a"}}, "a bad day", "a bad day"},
	} {
		if got := Hide(c.text, c.header); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

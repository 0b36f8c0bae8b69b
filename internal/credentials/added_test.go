package credentials

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"testing"
)

// Known secrets are hidden in every form: short ones in failures only, since in
// data they may be ordinary words.
func TestHideAny(t *testing.T) {
	t.Cleanup(Forget)
	const long, short = `t0p s3cr3t/"word"`, "prod"
	Add(long)
	Add(short)
	Add("abc")
	Add("")
	AddHeader(http.Header{"Authorization": {"Bearer a-token-of-its-own"}, "X-Env": {"staging"}, "User-Agent": {"firstline/1.0 (linux)"}})
	for text, want := range map[string][2]string{
		"":                           {"", ""},
		"no secret, abc":             {"no secret, abc", "no secret, abc"},
		"it is " + long + ".":        {"it is ….", "it is …."},
		quoted(long) + " in JSON":    {"… in JSON", "… in JSON"},
		"x=" + url.QueryEscape(long): {"x=…", "x=…"},
		base64.StdEncoding.EncodeToString([]byte(long)): {"…", "…"},
		"payments-prod refused":                         {"payments-… refused", "payments-prod refused"},
		"Bearer a-token-of-its-own":                     {"…", "…"},
		"a-token-of-its-own, staging":                   {"…, staging", "…, staging"},
		"firstline/1.0 (linux)":                         {"firstline/1.0 (linux)", "firstline/1.0 (linux)"},
	} {
		if got := HideAny(text); got != want[0] {
			t.Errorf("%q in a failure: %q, want %q", text, got, want[0])
		}
		if got := HideInData(text); got != want[1] {
			t.Errorf("%q in data: %q, want %q", text, got, want[1])
		}
	}
	if got := Hide("who is prod", http.Header{"Authorization": {"Bearer other"}}); got != "who is …" {
		t.Errorf("a refusal of another source: %q", got)
	}
}

package config

import (
	"errors"
	"strings"
	"testing"
	"unicode"
)

// FuzzLoad loads any bytes as a file: loading never panics, every fault is
// inside the file, and no sentence contains escape sequences or repeats a value
// that may be secret.
func FuzzLoad(f *testing.F) {
	for _, s := range []string{
		"[[000]]\n000Q={0={0=0}}", "", "[", "[me]\nemail=\"a\"\n", "me.email=1", "[[prometheus]]\nhttp={a={b=1}}",
		"[[prometheus]]\nurl=\"http://a\"\nhttp.basic_auth.password=1979-05-27",
		"[[service]]\nmatch='{a=~\"'", "prometheus=[{},{url=\"\\u001b\"}]", "\xff\xfe", "[pagerduty]\n\"tok\\u001ben\"=1",
		"[[prometheus]]\n[prometheus.http.http_headers.A]\nvalues=[1]",
	} {
		f.Add([]byte(s))
	}
	dir := f.TempDir()
	none := func(string) (string, bool) { return "", false }
	f.Fuzz(func(t *testing.T, document []byte) {
		if len(document) > 4096 {
			t.Skip()
		}
		path := dir + "/config.toml"
		c, err := build(path, document, none)
		if err == nil {
			_ = c.String()
			return
		}
		lines := strings.Count(string(document), "\n") + 1
		for _, e := range faultsOf(err) {
			if e.Line < 0 || e.Line > lines || e.Column < 0 || e.Column > len(document)+1 {
				t.Errorf("%q: the place %d:%d is not in the file", document, e.Line, e.Column)
			}
			if e.Sentence == "" || strings.ContainsFunc(e.Sentence, unicode.IsControl) {
				t.Errorf("%q: the sentence is %q", document, e.Sentence)
			}
		}
	})
}

func faultsOf(err error) []*Error {
	var all []*Error
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		for _, one := range many.Unwrap() {
			all = append(all, faultsOf(one)...)
		}
		return all
	}
	var e *Error
	if errors.As(err, &e) {
		all = append(all, e)
	}
	return all
}

func FuzzHTTPSecrets(f *testing.F) {
	f.Add("s3cr3ts3cr3t", true)
	f.Add("`backquotes`", false)
	f.Fuzz(func(t *testing.T, secret string, proxy bool) {
		if len(secret) < 4 || strings.ContainsAny(secret, " ,.:&") {
			t.Skip() // a sentence may contain these words anyway
		}
		secret = "Zz9" + secret
		table := map[string]any{"follow_redirects": secret, "basic_auth": map[string]any{"password": secret}}
		if proxy {
			table = map[string]any{"proxy_url": "http://a:" + secret + "@[::", "tls_config": map[string]any{"min_version": secret}}
		}
		b := &builder{path: "config.toml", positions: findPositions(nil), origin: map[string]string{}}
		b.httpOptions([]string{"prometheus", "0", "http"}, table)
		for _, e := range b.faults {
			if strings.Contains(e.Sentence, secret) {
				t.Errorf("the sentence shows the secret: %q", e.Sentence)
			}
		}
	})
}

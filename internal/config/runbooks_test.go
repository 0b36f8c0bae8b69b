package config

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

func TestRunbooks(t *testing.T) {
	clearEnvironment(t)
	path := write(t, `[runbooks]
run = "never"
fetch = false
cache_mb = 8
fill = { cluster = "prod-eu" }
hosts = ["Wiki.example.com", "10.0.0.1", "wiki.example.com"]
[runbooks.tokens."Raw.GitHubUserContent.com"]
token_file = "secret/github"
`)
	c, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	want := Runbooks{
		CacheMB: 8,
		Hosts:   []string{"raw.githubusercontent.com", "wiki.example.com", "10.0.0.1"},
		Fill:    map[string]string{"cluster": "prod-eu"},
		Tokens:  map[string]HostToken{"raw.githubusercontent.com": {File: filepath.Join(filepath.Dir(path), "secret", "github")}},
	}
	if fmt.Sprint(c.Runbooks) != fmt.Sprint(want) {
		t.Errorf("got %+v", c.Runbooks)
	}
	plain, err := Load(write(t, ""))
	if err != nil || !plain.Runbooks.MayRun || !plain.Runbooks.Fetch || plain.Runbooks.CacheMB != DefaultCacheMB {
		t.Errorf("without a word steps may be run and pages read: %+v, %v", plain.Runbooks, err)
	}
	t.Setenv("FIRSTLINE_RUNBOOKS_RUN", "never")
	over, err := Load(write(t, "[runbooks]\nrun = \"ask\"\n"))
	if err != nil || over.Runbooks.MayRun {
		t.Errorf("the environment comes before the file: %+v, %v", over.Runbooks, err)
	}
}

func TestRunbookFaults(t *testing.T) {
	clearEnvironment(t)
	for _, c := range []struct{ name, text, position, want string }{
		{"run", "[runbooks]\nrun = \"always\"\n", "2:1", `"always" is not known: it is "ask"`},
		{"fetch", "[runbooks]\nfetch = \"no\"\n", "2:9", `"fetch" in [runbooks] must be true or false`},
		{"a variable's name", "[runbooks.fill]\n\"a b\" = \"x\"\n", "2:1", "a variable's name is made of letters"},
		{"a value that steers", "[runbooks.fill]\na = \"x\\u001b[31m\"\n", "2:1", "a value is one line of plain text"},
		{"a value that is none", "[runbooks]\nfill = { a = 1 }\n", "2:14", "must be a table of texts in quotes"},
		{"a host with a scheme", "[runbooks.tokens.\"https://github.com\"]\ntoken_env = \"A\"\n", "1:18", "this is not a host's name"},
		{"the token itself", "[runbooks]\ntokens = { \"github.com\" = \"s3cr3ts3cr3t\" }\n", "2:27", "must be a table"},
		{"the token itself, named", "[runbooks.tokens.\"github.com\"]\ntoken = \"s3cr3ts3cr3t\"\n", "2:1", "the nearest known name is token_"},
		{"the token as a variable", "[runbooks.tokens.\"github.com\"]\ntoken_env = \"A=s3cr3ts3cr3t\"\n", "2:1", "this is the name of an environment variable"},
		{"nowhere", "[runbooks.tokens.\"github.com\"]\n", "1:18", "name where the token is"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Load(write(t, c.text))
			var e *Error
			if !errors.As(err, &e) {
				t.Fatalf("Load gave %v, want an *Error", err)
			}
			if got := fmt.Sprintf("%d:%d", e.Line, e.Column); got != c.position {
				t.Errorf("the place is %s, want %s", got, c.position)
			}
			if !strings.Contains(e.Sentence, c.want) || strings.Contains(err.Error(), "s3cr3t") {
				t.Errorf("the sentence is %q, want %q in it", e.Sentence, c.want)
			}
		})
	}
}

func TestHostToken(t *testing.T) {
	clearEnvironment(t)
	file := tokenFile(t, 0o600, "from-file\n")
	h := HostToken{Env: "FIRSTLINE_TEST_HOST_TOKEN", File: file}
	if got, err := h.Token(t.Context()); err != nil || got != "from-file" {
		t.Errorf("Token = %q, %v", got, err)
	}
	t.Setenv("FIRSTLINE_TEST_HOST_TOKEN", "from-variable")
	if got, err := h.Token(t.Context()); err != nil || got != "from-variable" {
		t.Errorf("Token = %q, %v", got, err)
	}
	_, err := HostToken{Env: "FIRSTLINE_TEST_NONE"}.Token(t.Context())
	if err == nil || !strings.Contains(err.Error(), "FIRSTLINE_TEST_NONE is not set") {
		t.Errorf("no token gave %v", err)
	}
}

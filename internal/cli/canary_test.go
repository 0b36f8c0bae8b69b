//go:build unix

package cli

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"firstline/internal/credentials"
	"firstline/internal/editor"
	"firstline/runbooks/checkout"
	"firstline/runbooks/run"
)

// echo is a server that refuses everything and gives back what it was sent, in
// every form that an API gives its errors in.
func echo(t *testing.T) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		said := fmt.Sprint(r.Header, r.URL, string(body))
		text, _ := json.Marshal(said)
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("WWW-Authenticate", "Basic realm="+string(text))
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprintf(w, `{"status":"error","errorType":%[1]s,"error":%[1]s,"message":%[1]s,"error_description":%[1]s,"warnings":[%[1]s]}`, text)
	}))
	t.Cleanup(server.Close)
	return server
}

// forms are the canary as it may be written.
func forms() []string {
	return []string{
		canary, url.QueryEscape(canary), base64.StdEncoding.EncodeToString([]byte(canary)),
		base64.StdEncoding.EncodeToString([]byte("user:" + canary)),
	}
}

// TestNoSecretLeaves puts a canary in every position of a secret, in turn, and
// looks for it in everything that is printed, logged and stored, even when
// servers refuse it and repeat it, and in what other programs get.
func TestNoSecretLeaves(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "secret")
	if err := os.WriteFile(file, []byte(canary+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	environment := filepath.Join(dir, "environment")
	prints := fmt.Sprintf("env >>%s; echo %s", environment, canary)
	fails := fmt.Sprintf("echo %[1]s; echo %[1]s >&2; exit 1", canary)
	for name, text := range map[string]string{
		"token_env":                      "[pagerduty]\nurl = URL\ntoken_env = \"CANARY\"\n",
		"token_file":                     "[pagerduty]\nurl = URL\ntoken_file = '" + file + "'\n",
		"token_command":                  "[pagerduty]\nurl = URL\ntoken_command = '" + prints + "'\n",
		"token_command that fails":       "[pagerduty]\nurl = URL\ntoken_command = '" + fails + "'\n",
		"an OAuth token":                 "[pagerduty]\nurl = URL\ntoken_type = \"bearer\"\ntoken_file = '" + file + "'\n",
		"the token as an address":        "[pagerduty]\nurl = \"https://" + canary + ":x@127.0.0.1\"\n",
		"the token in the file":          "[pagerduty]\nurl = URL\ntoken = \"" + canary + "\"\n",
		"the token as token_env":         "[pagerduty]\nurl = URL\ntoken_env = \"PAGERDUTY_TOKEN=" + canary + "\"\n",
		"a host's token_env":             "[runbooks.tokens.\"127.0.0.1\"]\ntoken_env = \"CANARY\"\n[[prometheus]]\nurl = URL\n",
		"a host's token_file":            "[runbooks.tokens.\"127.0.0.1\"]\ntoken_file = '" + file + "'\n[[prometheus]]\nurl = URL\n",
		"a host's token_command":         "[runbooks.tokens.\"127.0.0.1\"]\ntoken_command = '" + prints + "'\n[[prometheus]]\nurl = URL\n",
		"a host's failing token_command": "[runbooks.tokens.\"127.0.0.1\"]\ntoken_command = '" + fails + "'\n[[prometheus]]\nurl = URL\n",
		"basic_auth":                     "[[SOURCE]]\nurl = URL\nhttp.basic_auth = { username = \"user\", password = \"" + canary + "\" }\n",
		"password_file":                  "[[SOURCE]]\nurl = URL\nhttp.basic_auth = { username = \"user\", password_file = '" + file + "' }\n",
		"authorization":                  "[[SOURCE]]\nurl = URL\nhttp.authorization = { credentials = \"" + canary + "\" }\n",
		"credentials_file":               "[[SOURCE]]\nurl = URL\nhttp.authorization = { credentials_file = '" + file + "' }\n",
		"bearer_token":                   "[[SOURCE]]\nurl = URL\nhttp.bearer_token = \"" + canary + "\"\n",
		"a header's secret":              "[[SOURCE]]\nurl = URL\nhttp.http_headers = { X-Secret = { secrets = [\"" + canary + "\"] } }\n",
		"a header's value":               "[[SOURCE]]\nurl = URL\nhttp.http_headers = { X-Api-Key = { values = [\"" + canary + "\"] } }\n",
		"oauth2":                         "[[SOURCE]]\nurl = URL\nhttp.oauth2 = { client_id = \"user\", client_secret = \"" + canary + "\", token_url = URL }\n",
		"proxy_url":                      "[[SOURCE]]\nurl = URL\nhttp.proxy_url = \"http://user:" + canary + "@127.0.0.1:1\"\n",
		"a password in the address":      "[[SOURCE]]\nurl = \"http://user:" + canary + "@127.0.0.1:1\"\n",
		"over plain http":                "[[SOURCE]]\nurl = \"http://prom.example.com\"\nhttp.bearer_token = \"" + canary + "\"\n",
		"an option that is none":         "[[SOURCE]]\nurl = URL\nhttp.bearer_tokn = \"" + canary + "\"\n",
		"a value of the wrong type":      "[[SOURCE]]\nurl = URL\nhttp.tls_config = \"" + canary + "\"\n",
	} {
		for _, source := range []string{"prometheus", "alertmanager"} {
			if source == "alertmanager" && !strings.Contains(text, "SOURCE") {
				continue
			}
			t.Run(name+", "+source, func(t *testing.T) {
				alone(t)
				if strings.Contains(text, `"CANARY"`) { // a variable that is not named is no secret
					t.Setenv("CANARY", canary)
				}
				server := echo(t)
				home := os.Getenv("HOME")
				config, log := filepath.Join(t.TempDir(), "config.toml"), filepath.Join(home, "log")
				written := strings.NewReplacer("URL", fmt.Sprintf("%q", server.URL), "SOURCE", source).Replace(text)
				if err := os.WriteFile(config, []byte(written), 0o600); err != nil {
					t.Fatal(err)
				}
				for _, args := range [][]string{{"list"}, {"list", "--json"}, {"check"}, {"check", "--json"}, {"runbook", server.URL + "/x"}, {"ack", "Q1", "--yes"}, {"handover"}} {
					r := runApp(t.Context(), "", nil, append([]string{"--config", config, "--log-file", log}, args...)...)
					noCanary(t, strings.Join(args, " ")+" prints", r.out+r.err)
				}
				noCanaryIn(t, home)
			})
		}
	}
	text, err := os.ReadFile(environment)
	if err != nil {
		t.Fatal(err)
	}
	noCanary(t, "a token_command gets", string(text))
}

func noCanary(t *testing.T, where, text string) {
	t.Helper()
	for _, form := range forms() {
		if at := strings.Index(text, form); at >= 0 {
			t.Errorf("%s the secret: %q", where, text[max(0, at-200):min(len(text), at+len(form)+50)])
			return
		}
	}
}

func noCanaryIn(t *testing.T, dir string) {
	t.Helper()
	files := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		files++
		text, err := os.ReadFile(path)
		noCanary(t, path+" holds", string(text))
		return err
	})
	if err != nil || files == 0 {
		t.Errorf("%d files are looked at, %v", files, err)
	}
}

// What firstline starts gets no token: not a step, an editor, a browser, git, or
// the command of another secret.
func TestNoSecretReachesOtherPrograms(t *testing.T) {
	w := newHarness(t)
	t.Setenv("CANARY", canary)
	t.Setenv("PAGERDUTY_TOKEN", canary)
	t.Setenv("ELSEWHERE", "stays")
	bin, out := t.TempDir(), t.TempDir()
	for _, name := range []string{"xdg-open", "git", "editor"} {
		script := fmt.Sprintf("#!/bin/sh\nenv >%s/%s\n", out, name)
		if err := os.WriteFile(filepath.Join(bin, name), []byte(script), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	command := fmt.Sprintf("env >%s/command; echo x", out)
	w.configure(w.prometheus(), "[pagerduty]\nurl = \"http://127.0.0.1:1\"\ntoken_env = \"NOT_SET\"\ntoken_command = '"+command+"'\n"+
		"[runbooks.tokens.\"wiki.example.com\"]\ntoken_env = \"CANARY\"\n")
	w.run("list")
	step := run.Run(t.Context(), run.Step{Text: "env"}, nil)
	if err := os.WriteFile(filepath.Join(out, "step"), []byte(step.Output), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := editor.New(func(string) string { return "editor" }).File(t.Context(), "x", 1, nil, nil, nil); err != nil {
		t.Error(err)
	}
	_ = openURL("https://example.com/") // on a system with another opener, it is not there
	_, _ = checkout.Of(t.Context(), out)
	for _, name := range []string{"command", "step", "editor", "git", "xdg-open"} {
		text, err := os.ReadFile(filepath.Join(out, name))
		if err != nil && name != "xdg-open" {
			t.Errorf("%s was not started: %v", name, err)
			continue
		}
		noCanary(t, name+" gets", string(text))
		if err == nil && !strings.Contains(string(text), "ELSEWHERE=stays") {
			t.Errorf("%s lacks what is no secret", name)
		}
	}
}

// babbler is a Prometheus and an Alertmanager that give back another source's
// secret: in a refusal, or in an alert.
func babbler(t *testing.T, refuses bool) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		alert := `{"labels":{"alertname":"Babbling","service":"checkout","said":"` + canary + `"},"annotations":{"summary":"it said ` + canary + `","description":"` + canary + `"},"fingerprint":"0123456789abcdef","receivers":[{"name":"x"}],"startsAt":"2026-11-27T00:00:00Z","updatedAt":"2026-11-27T00:00:00Z","endsAt":"2099-11-27T00:00:00Z","generatorURL":"http://x.example.com/` + canary + `","status":{"state":"active","silencedBy":[],"inhibitedBy":[]},"state":"firing","activeAt":"2026-11-27T00:00:00Z","value":"1"}`
		switch {
		case refuses:
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprintf(w, `{"status":"error","errorType":"forbidden","error":"you said %[1]s","message":"%[1]s"}`, canary)
		case strings.HasPrefix(r.URL.Path, "/api/v2/alerts"):
			fmt.Fprintf(w, `[%s]`, alert)
		case strings.HasPrefix(r.URL.Path, "/api/v1/alerts"):
			fmt.Fprintf(w, `{"status":"success","warnings":["it said %s"],"data":{"alerts":[%s]}}`, canary, alert)
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(server.Close)
	return server
}

// A secret is hidden also where a source shows it that it was not given to, in a
// refusal and in alerts. Only the state file has alerts as they are.
func TestNoSecretOfAnotherSourceLeaves(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "secret")
	if err := os.WriteFile(file, []byte(canary+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"PagerDuty's token": "[pagerduty]\nurl = URL\ntoken_file = '" + file + "'\n",
		"basic_auth":        "[[alertmanager]]\nname = \"own\"\nurl = URL\nhttp.basic_auth = { username = \"user\", password = \"" + canary + "\" }\n",
		"credentials_file":  "[[alertmanager]]\nname = \"own\"\nurl = URL\nhttp.authorization = { credentials_file = '" + file + "' }\n",
		"a header":          "[[alertmanager]]\nname = \"own\"\nurl = URL\nhttp.http_headers = { X-Secret = { secrets = [\"" + canary + "\"] } }\n",
		"oauth2":            "[[alertmanager]]\nname = \"own\"\nurl = URL\nhttp.oauth2 = { client_id = \"user\", client_secret = \"" + canary + "\", token_url = URL }\n",
		"a runbook's token": "[runbooks.tokens.\"wiki.example.com\"]\ntoken_env = \"WIKI_TOKEN\"\n",
		"a runbook's file":  "[runbooks.tokens.\"wiki.example.com\"]\ntoken_file = '" + file + "'\n",
		"proxy_url":         "[[alertmanager]]\nname = \"own\"\nurl = URL\nhttp.proxy_url = \"http://user:" + canary + "@127.0.0.1:1\"\n",
	} {
		for _, refuses := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, refuses %v", name, refuses), func(t *testing.T) {
				alone(t)
				credentials.Forget()
				t.Setenv("WIKI_TOKEN", canary)
				home := os.Getenv("HOME")
				config, log := filepath.Join(t.TempDir(), "config.toml"), filepath.Join(home, "log")
				other := babbler(t, refuses).URL
				written := strings.ReplaceAll(text, "URL", fmt.Sprintf("%q", echo(t).URL)) +
					fmt.Sprintf("[[prometheus]]\nname = \"prom\"\nurl = %q\n[[alertmanager]]\nname = \"am\"\nurl = %q\n", other, other)
				if err := os.WriteFile(config, []byte(written), 0o600); err != nil {
					t.Fatal(err)
				}
				var group string
				for n, args := range [][]string{
					{"list", "--json"},
					{"list"},
					{"check"},
					{"check", "--json"},
					{"handover"},
					{"handover", "--json"},
					{"runbook"},
					{"ack", "--instead", "silence", "--dry-run"},
					{"ack", "--instead", "silence", "--dry-run", "--json"},
					{"escalate", "--dry-run"},
				} {
					if n > 5 {
						if group == "" {
							break
						}
						args = append(args, group)
					}
					r := runApp(t.Context(), "", nil, append([]string{"--config", config, "--log-file", log}, args...)...)
					noCanary(t, strings.Join(args, " ")+" prints", r.out+r.err)
					if n == 0 && !refuses {
						list := readList(t, r.out)
						if len(list.Groups) == 0 {
							t.Fatalf("no alert is read:\n%s%s", r.out, r.err)
						}
						group = list.Groups[0].ID
					}
				}
				if text, err := os.ReadFile(log); err != nil {
					t.Error(err)
				} else {
					noCanary(t, "the log holds", string(text))
				}
			})
		}
	}
}

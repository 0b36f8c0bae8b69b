package cli

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"firstline/internal/config"
	"firstline/sources"
	"firstline/sources/demo"
)

// A token that ends while the program runs is replaced by what its file or
// command gives then. The environment can't give another one.
func TestTokenThatEndsWhileTheProgramRuns(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("runs sh")
	}
	for _, c := range []struct {
		name, first, second string
		position            string // line of the configuration, with the file's path
		environment         bool
		works               bool
		says                string
	}{
		{"a file", "u+one", "u+two", "token_file = %q", false, true, ""},
		{"a file with OAuth", "pdus+one", "pdus+two", "token_file = %q", false, true, ""},
		{"a command", "u+one", "u+two", "token_command = 'cat %s'", false, true, ""},
		{"a command with OAuth", "pdus+one", "pdus+two", "token_command = 'cat %s'", false, true, ""},
		{"a command with OAuth of another look", "eyJ.one", "eyJ.two", "token_type = \"bearer\"\ntoken_command = 'cat %s'", false, true, ""},
		{"a command that gives the same", "pdus+one", "", "token_command = 'cat %s'", false, false, "still the same"},
		{"a file that gives the same", "u+one", "", "token_file = %q", false, false, "still the same"},
		{"the environment before a file", "u+one", "u+two", "token_file = %q", true, false, "PAGERDUTY_TOKEN"},
		{"the environment with OAuth", "pdus+one", "pdus+two", "token_file = %q", true, false, "start firstline again"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newHarness(t)
			grant := func(token string) {
				w.demo.PagerDuty.Change(func(d *demo.Directory) {
					if d.OAuthTokens == nil {
						d.OAuthTokens = map[string]string{}
					}
					if strings.HasPrefix(token, "u+") {
						d.Tokens[token] = "PUDANA1"
					} else {
						d.OAuthTokens[token] = "PUDANA1"
					}
				})
			}
			file := filepath.Join(t.TempDir(), "token")
			storeIt := func(token string) {
				if err := os.WriteFile(file, []byte(token+"\n"), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			grant(c.first)
			storeIt(c.first)
			t.Setenv(config.TokenVariable, "")
			if c.environment {
				t.Setenv(config.TokenVariable, c.first)
			}
			w.configure(fmt.Sprintf("[pagerduty]\nurl = %q\n"+c.position+"\n", w.demo.PagerDuty.URL(), file))

			var out bytes.Buffer
			a := newApp(strings.NewReader(""), &out, &out, "test")
			a.flags.config, a.now = w.config, w.clock
			s, err := a.newSetup(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer s.close()
			if snap := sources.ReadOnce(t.Context(), s.readers[0]); snap.Err != nil {
				t.Fatal(snap.Err)
			}
			w.demo.PagerDuty.ExpireToken(c.first)
			if c.second != "" {
				grant(c.second)
				storeIt(c.second)
			}
			w.mu.Lock()
			w.now = w.now.Add(time.Hour) // everything is to be read again
			w.mu.Unlock()
			snap := sources.ReadOnce(t.Context(), s.readers[0])
			switch said := sources.Sentence(snap.Err); {
			case c.works && snap.Err != nil:
				t.Errorf("it fails: %s", said)
			case !c.works && (snap.Err == nil || !strings.Contains(said, c.says)):
				t.Errorf("it says %q, want %q", said, c.says)
			case !c.works && strings.Contains(said, c.first):
				t.Errorf("the token shows: %s", said)
			}
		})
	}
}

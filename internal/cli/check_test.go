package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"firstline/sources/demo"
)

func TestCheck(t *testing.T) {
	w := newHarness(t)
	r := w.run("check").want(t, exitDone)
	r.says(t, "✓ configuration: "+w.config+" is valid", "✓ prom: answers", "✓ am: answers",
		"✓ pagerduty: you are Dana Okafor (dana@example.com), with the token of a user",
		"✓ first line: escalates to the policy "+demo.FirstLineName,
		"✓ runbooks: 9 runbooks", "! owners: the owner of", "NewsletterQueueStuck", "✓ rules: all alerting rules evaluate")
	if strings.Contains(r.out, "✗") || strings.Contains(r.out, "\x1b") {
		t.Errorf("the check prints\n%s", r.out)
	}
	w.wantNoWrites()

	var out checkOutputJSON
	if err := json.Unmarshal([]byte(w.run("check", "--json").want(t, exitDone).out), &out); err != nil || !out.OK || len(out.Checks) < 7 {
		t.Errorf("the JSON is %+v, %v", out, err)
	}
}

func TestCheckPrintsTheSchema(t *testing.T) {
	example, err := os.ReadFile("../../config.example.toml")
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("../../docs/config.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	a := newApp(nil, &out, &out, "test")
	a.example = example
	if status := a.run(t.Context(), []string{"check", "--schema"}); status != exitDone || out.String() != string(want) {
		t.Errorf("status %d:\n%.300s", status, out.String())
	}
	if status := a.run(t.Context(), []string{"check", "--schema", "--json"}); status != exitUsage {
		t.Errorf("with --json the status is %d", status)
	}
}

// TestCheckFindsFaults: each bad input of the configuration has one line that
// says what to do.
func TestCheckFindsFaults(t *testing.T) {
	read := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "<html><body>Welcome to nginx</body></html>")
	}))
	t.Cleanup(read.Close)
	account := demo.NewPagerDuty(demo.PagerDutyOptions{Directory: demo.Directory{
		Tokens: map[string]string{"account-token": ""},
		Users:  []demo.User{{ID: "PUDANA1", Name: "Dana Okafor", Email: demo.Email, TimeZone: "Europe/Berlin"}},
	}})
	if err := account.Listen(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { account.Close() })
	accountConfig := func(email string) string {
		return fmt.Sprintf("[me]\nemail = %q\n[pagerduty]\nurl = %q\n", email, account.URL())
	}

	for _, c := range []struct {
		name   string
		token  string
		config func(w *harness) string
		want   []string
	}{
		{"no token", "", (*harness).pagerDuty, []string{"✗ pagerduty: there is no PagerDuty token: set PAGERDUTY_TOKEN"}},
		{"wrong token", "wr0ng-t0ken", (*harness).pagerDuty, []string{"✗ pagerduty: "}},
		{"account token without email", "account-token", func(*harness) string { return strings.Replace(accountConfig("x@y.z"), "email = \"x@y.z\"", "", 1) }, []string{"✗ pagerduty: ", "[me]"}},
		{"account token, nobody's email", "account-token", func(*harness) string { return accountConfig("nobody@example.com") }, []string{"✗ pagerduty: "}},
		{"policy that does not exist", demo.Token, func(w *harness) string {
			return strings.Replace(w.pagerDuty(), demo.FirstLinePolicy, "PNONE", 1)
		}, []string{"✗ first line: ", "PNONE"}},
		{"no first line", demo.Token, func(w *harness) string {
			before, _, _ := strings.Cut(w.pagerDuty(), "[first_line]")
			return before
		}, []string{"! first line: "}},
		{"service that does not exist", demo.Token, func(w *harness) string {
			return w.pagerDuty() + "[[service]]\nname = \"a\"\npagerduty = \"none\"\nescalation_policy = \"PNONE\"\n"
		}, []string{"✗ service a: PagerDuty has no service \"none\"", "✗ service a: ", "PNONE"}},
		{"a web page for Prometheus", "", func(*harness) string { return fmt.Sprintf("[[prometheus]]\nurl = %q\n", read.URL) }, []string{"✗ prometheus: ", "web page"}},
		{"a web page for Alertmanager", "", func(*harness) string { return fmt.Sprintf("[[alertmanager]]\nurl = %q\n", read.URL) }, []string{"✗ alertmanager: ", "web page"}},
		{"a web page for PagerDuty", "t", func(*harness) string { return fmt.Sprintf("[pagerduty]\nurl = %q\n", read.URL) }, []string{"✗ pagerduty: ", "web page"}},
		{"nothing there", "", func(*harness) string { return "[[prometheus]]\nurl = \"http://127.0.0.1:1\"\n" }, []string{"✗ prometheus: 127.0.0.1:1 refuses connections"}},
		{"a CA file that is not there", "", func(*harness) string {
			return "[[prometheus]]\nurl = \"http://127.0.0.1:1\"\nhttp.tls_config.ca_file = \"none.pem\"\n"
		}, []string{"✗ prometheus: ", "none.pem"}},
		{"credentials over plain http", "", func(w *harness) string {
			return w.prometheus() + "[[alertmanager]]\nname = \"am\"\nurl = \"http://am.example.com\"\nhttp.bearer_token = \"s3cr3t\"\n"
		}, []string{"✗ am: misconfigured: plain http to another machine would show the credentials", "insecure_plain = true", "✓ prom: answers"}},
		{"a runbook directory that is not there", demo.Token, func(w *harness) string {
			return w.pagerDuty() + "[runbooks]\ndirectories = [\"none\"]\n"
		}, []string{"✗ runbooks: The runbook directory ", "is not there"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newHarness(t)
			t.Setenv("PAGERDUTY_TOKEN", c.token)
			w.configure(c.config(w))
			status := exitFailed
			if strings.HasPrefix(c.want[0], "!") {
				status = exitDone
			}
			r := w.run("check").want(t, status).says(t, c.want...)
			if strings.Contains(r.out+r.err, "account-token") || strings.Contains(r.out, "<html>") {
				t.Errorf("it shows too much:\n%s", r.out)
			}
		})
	}
}

// TestBadConfiguration: every command stops at it, with the place.
func TestBadConfiguration(t *testing.T) {
	w := newHarness(t)
	w.configure("[pagerduty]\nregoin = \"eu\"\n[me]\nrole = 1\n")
	for _, args := range [][]string{{}, {"list"}, {"check"}, {"ack", "7"}, {"runbook", "x"}} {
		r := w.run(args...).want(t, exitFailed)
		if want := "firstline: " + w.config + `:2:1: "regoin" is not known in [pagerduty]: the nearest known name is region`; !strings.Contains(r.err, want) {
			t.Errorf("%v says %q, want %q", args, r.err, want)
		}
		if strings.Count(r.err, "\n") != 2 || r.out != "" {
			t.Errorf("%v prints %q and %q, want two lines on standard error", args, r.out, r.err)
		}
	}
	runApp(t.Context(), "", nil, "list", "--config", filepath.Join(t.TempDir(), "none.toml")).want(t, exitFailed).says(t, "there is no such file")
}

func TestCheckRunbooks(t *testing.T) {
	w := newHarness(t)
	w.configure(w.prometheus(), "[runbooks.tokens.\"wiki.example.com\"]\ntoken_env = \"FIRSTLINE_TEST_NONE\"\n")
	w.run("check").want(t, exitFailed).says(t, "✗ runbooks: the token for wiki.example.com can't be had", "FIRSTLINE_TEST_NONE is not set")
}

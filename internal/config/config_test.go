package config

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	commonconfig "github.com/prometheus/common/config"

	"firstline/internal/respond"
	"firstline/internal/rollout"
	"firstline/internal/triage"
)

// clearEnvironment hides the developer's own configuration from a test.
func clearEnvironment(t *testing.T) {
	t.Helper()
	for _, pair := range os.Environ() {
		name, _, _ := strings.Cut(pair, "=")
		if strings.HasPrefix(name, "FIRSTLINE_") || name == TokenVariable {
			t.Setenv(name, "")
		}
	}
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("XDG_CONFIG_HOME", filepath.Join(home, "xdg"))
	t.Setenv("XDG_CONFIG_DIRS", filepath.Join(home, "none"))
}

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const whole = `
[me]
email = "dana@example.com"
role = "first-line"

[pagerduty]
url = "http://127.0.0.1:8080/"
region = "eu"
token_file = "secret/token"
teams = ["Payments", "PTEAM1"]
interval = "30s"

[[prometheus]]
name = "prom-eu"
url = "https://prom.example.com/prefix/"
interval = "5s"
[prometheus.http]
basic_auth = { username = "dana", password = "hunter2hunter2" }
tls_config.ca_file = "ca.pem"

[[prometheus]]
name = "prom-us"
url = "https://prom-us.example.com"
http = { http_headers = { X-Scope-OrgID = { values = ["tenant"] } }, follow_redirects = false }

[[alertmanager]]
url = "http://am.example.com:9093"

[first_line]
name = "Ops"
escalation_policy = "PPOLICY"

[runbooks]
directories = ["books", "~/more", "/abs"]

[labels]
service = ["svc"]
team = ["squad"]
ignore = ["zone"]

[[service]]
name = "checkout"
team = "payments"
pagerduty = "PSVC"
match = 'service="checkout", namespace=~"prod-.*"'
runbook = "checkout.md"
escalation_policy = "POWNER"
`

func TestLoadWhole(t *testing.T) {
	clearEnvironment(t)
	path := write(t, whole)
	dir := filepath.Dir(path)
	c, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	home, _ := os.UserHomeDir()
	check := func(what string, got, want any) {
		t.Helper()
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s = %v, want %v", what, got, want)
		}
	}
	check("Path", c.Path, path)
	check("Me", c.Me, Me{Email: "dana@example.com", Role: respond.FirstLine})
	check("PagerDuty", c.PagerDuty, []PagerDuty{{
		Name: "pagerduty", Email: "dana@example.com", URL: "http://127.0.0.1:8080", Region: "eu", TokenFile: filepath.Join(dir, "secret/token"),
		Teams: []string{"Payments", "PTEAM1"}, Interval: 30 * time.Second,
	}})
	check("Prometheus", c.Prometheus, "[prom-eu https://prom.example.com/prefix prom-us https://prom-us.example.com]")
	check("Prometheus interval", c.Prometheus[0].Interval, 5*time.Second)
	check("default interval", c.Prometheus[1].Interval, DefaultServerInterval)
	check("password", string(c.Prometheus[0].HTTP.BasicAuth.Password), "hunter2hunter2")
	check("CA file", c.Prometheus[0].HTTP.TLSConfig.CAFile, filepath.Join(dir, "ca.pem"))
	check("header", c.Prometheus[1].HTTP.HTTPHeaders.Headers["X-Scope-OrgID"].Values, []string{"tenant"})
	check("follow_redirects", c.Prometheus[1].HTTP.FollowRedirects, false)
	check("enable_http2 by default", c.Prometheus[1].HTTP.EnableHTTP2, true)
	check("Alertmanager", c.Alertmanager, "[alertmanager http://am.example.com:9093]")
	check("no http options", reflect.DeepEqual(c.Alertmanager[0].HTTP, commonconfig.HTTPClientConfig{}), true)
	check("FirstLine", c.FirstLine, FirstLine{Name: "Ops", EscalationPolicy: "PPOLICY"})
	check("Runbooks", c.Runbooks.Directories, []string{filepath.Join(dir, "books"), filepath.Join(home, "more"), "/abs"})
	o := c.Triage()
	check("labels", fmt.Sprint(o.ServiceLabels, o.TeamLabels, o.IgnoreLabels), "[svc] [squad] [zone]")
	s := o.Services[0]
	check("service", []string{s.Name, s.Team, s.PagerDuty, s.Runbook, s.Policy}, []string{"checkout", "payments", "PSVC", "checkout.md", "POWNER"})
	if !s.Match.Match(map[string]string{"service": "checkout", "namespace": "prod-eu"}) {
		t.Error("the service's matchers do not match its alert")
	}
	for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
		if text := fmt.Sprintf(format, c) + fmt.Sprintf(format, c.Prometheus); strings.Contains(text, "hunter2") {
			t.Errorf("%s shows the password: %s", format, text)
		}
	}
}

// TestBadInput checks the exact position of each fault.
func TestBadInput(t *testing.T) {
	clearEnvironment(t)
	for _, c := range []struct{ name, text, position, want string }{
		{"mistyped key", "[pagerduty]\nregoin = \"eu\"\n", "2:1", `"regoin" is not known in [pagerduty]: the nearest known name is region`},
		{"mistyped table", "[me]\n\n[pagerdutty]\nurl = \"x\"\n", "3:2", `"pagerdutty" is not known: the nearest known name is pagerduty`},
		{"mistyped in the second of a list", "[[prometheus]]\nurl = \"http://a\"\n[[prometheus]]\nnmae = \"b\"\n", "4:1", `"nmae" is not known in [prometheus]: the nearest known name is name`},
		{"mistyped inline", "me = { emial = \"a@example.com\" }\n", "1:8", `"emial" is not known in [me]: the nearest known name is email`},
		{"nothing like it", "[me]\nxyzzyxyzzy = 1\n", "2:1", `"xyzzyxyzzy" is not known in [me]: known here are email, role`},
		{"a table inside a text", "[me.email.x]\ny = 1\n", "1:11", `"email" in [me] must be text in quotes`},
		{"a number as a key", "[me]\n5 = 1\n", "2:1", `"5" is not known in [me]: known here are email, role`},
		{"numbers alone", "[[000]]\n000Q={0={0=0}}", "1:3", `"000" is not known: known here are alertmanager`},
		{"the beginning of a name", "[first_line]\nescalation = \"P\"\n", "2:1", "the nearest known name is escalation_policy"},
		{"token in the file", "[pagerduty]\ntoken = \"s3cr3ts3cr3t\"\n", "2:1", "the token itself does not belong in this file"},
		{"wrong type", "[pagerduty]\nregion = 5\n", "2:10", `"region" in [pagerduty] must be text in quotes`},
		{"text for a list", "[pagerduty]\nteams = \"x\"\n", "2:9", `"teams" in [pagerduty] must be a list of texts, such as teams = ["a", "b"]`},
		{"table for a text", "me = 5\n", "1:6", `"me" must be a table: write [me]`},
		{"one bracket", "[prometheus]\nurl = \"http://a\"\n", "1:2", "there may be several of these: write [[prometheus]] with two brackets"},
		{"two brackets", "[[me]]\nemail = \"a@example.com\"\n", "1:3", `"me" must be a table: write [me]`},
		{"no TOML", "[pagerduty]\nurl = https://x\n", "2:7", "this is not valid TOML"},
		{"twice", "[me]\nrole = \"developer\"\nrole = \"developer\"\n", "3:1", "this is not valid TOML: key role is already defined"},
		{"role", "[me]\nrole = \"boss\"\n", "2:1", `"boss" is no role: use "developer" or "first-line"`},
		{"email", "[me]\nemail = \"dana\"\n", "2:1", "this is not an email address"},
		{"region", "[pagerduty]\nregion = \"asia\"\n", "2:1", `"asia" is not a region: it is "us" or "eu"`},
		{"plain http for PagerDuty", "[pagerduty]\nurl = \"http://pd.example.com\"\n", "2:1", "plain http would show the token"},
		{"no scheme", "[[prometheus]]\nurl = \"prom:9090\"\n", "2:1", "an address begins with http:// or https://"},
		{"no host", "[[prometheus]]\nurl = \"http:///x\"\n", "2:1", "the address has no host"},
		{"password in an address", "[[prometheus]]\nurl = \"https://dana:s3cr3ts3cr3t@prom.example.com\"\n", "2:1", "an address must not contain a user or password"},
		{"query in an address", "[[prometheus]]\nurl = \"https://prom.example.com/graph?x=1\"\n", "2:1", "leave out what comes after ? or #"},
		{"unreadable address", "[[prometheus]]\nurl = \"http://s3cr3ts3cr3t:%zz@x\"\n", "2:1", "this is not an address"},
		{"no url", "[[alertmanager]]\nname = \"a\"\n", "1:3", "url is missing: write the address of this alertmanager"},
		{"duration", "[[prometheus]]\nurl = \"http://a\"\ninterval = \"15\"\n", "3:1", `"15" is not a duration`},
		{"short duration", "[pagerduty]\ninterval = \"1s\"\n", "2:1", "1s is too short: the shortest is 5s"},
		{"long duration", "[pagerduty]\ninterval = \"48h\"\n", "2:1", "the longest is 1h"},
		{"two names", "[[prometheus]]\nname = \"a\"\nurl = \"http://a\"\n[[alertmanager]]\nname = \"A\"\nurl = \"http://b\"\n", "5:1", "there is another source called A: give each its own name"},
		{"two without a name", "[[prometheus]]\nurl = \"http://a\"\n[[prometheus]]\nurl = \"http://b\"\n", "3:3", "there is another source called prometheus"},
		{"PagerDuty's name", "[[prometheus]]\nname = \"pagerduty\"\nurl = \"http://a\"\n", "2:1", "there is another source called pagerduty"},
		{"name with an escape", "[[prometheus]]\nname = \"a\\u001b[31m\"\nurl = \"http://a\"\n", "2:1", "a name is one line of plain text"},
		{"empty team", "[pagerduty]\nteams = [\"a\",\n  \"\"]\n", "3:3", "a team's name or id is missing here"},
		{"empty directory", "[runbooks]\ndirectories = [\" \"]\n", "2:16", "a directory is missing here"},
		{"empty label", "[labels]\nservice = [\"\"]\n", "2:12", "the name of a label is missing here"},
		{"no severity", "[labels.severity]\ngold = \"critical\"\ntin = \"unimportant\"\n", "3:1", `"unimportant" is not a severity: it is "critical"`},
		{"no text as a severity", "[labels]\nseverity = { gold = 1 }\n", "2:21", "must be a table of texts in quotes"},
		{"severity without words", "[labels]\nseverity = \"gold\"\n", "2:12", "must be a table of texts"},
		{"bad hours", "[[service]]\nname = \"a\"\ndevelopers_on_call = \"Mon-Fry 09:00-17:00 UTC\"\n", "3:1", `"Fry" is no day`},
		{"bad outside", "[[service]]\nname = \"a\"\ndevelopers_on_call = \"daily 09:00-17:00 UTC\"\noutside = \"never\"\n", "4:1", "\"never\" says not who is woken"},
		{"outside of nothing", "[[service]]\nname = \"a\"\noutside = \"always\"\n", "3:1", "set developers_on_call too"},
		{"bad stage", "[[service]]\nname = \"a\"\nstage = \"Shadow\"\n", "3:1", `"Shadow" is no stage: use "shadow", "business-hours" or "full"`},
		{"a stage without hours", "[first_line]\nescalation_policy = \"Ops\"\n[[service]]\nname = \"a\"\nstage = \"business-hours\"\n", "5:1", "set developers_on_call too"},
		{"a stage without first line", "[[service]]\nname = \"a\"\ndevelopers_on_call = \"daily 09:00-17:00 UTC\"\nstage = \"business-hours\"\n", "4:1", "set escalation_policy in [first_line]"},
		{"a stage against outside", "[first_line]\nescalation_policy = \"Ops\"\n[[service]]\nname = \"a\"\ndevelopers_on_call = \"daily 09:00-17:00 UTC\"\nstage = \"business-hours\"\noutside = \"always\"\n", "7:1", "wakes developers outside their hours"},
		{"two stages", "[[service]]\nname = \"a\"\n[[service]]\nname = \"a\"\nstage = \"shadow\"\n", "5:1", "another [[service]] above is called a too"},
		{"change without a title", "[[change]]\nquery = \"x\"\n", "1:3", "a change needs a title"},
		{"change without a query", "[[change]]\ntitle = \"x\"\n", "1:3", "a change needs a query"},
		{"label outside of quotes", "[[change]]\ntitle = \"x\"\nquery = '$x'\n", "3:1", "within quotes"},
		{"one change", "[change]\ntitle = \"x\"\nquery = \"x\"\n", "1:2", "write [[change]] with two brackets"},
		{"too many changes", strings.Repeat("[[change]]\ntitle = \"x\"\nquery = \"x\"\n", 11), "31:3", "at most 10"},
		{"service without a name", "[[service]]\nteam = \"a\"\n", "1:3", "name is missing"},
		{"bad match", "[[service]]\nname = \"a\"\nmatch = 'service=~\"(\"'\n", "3:1", "label matchers"},
		{"empty match", "[[service]]\nname = \"a\"\nmatch = ''\n", "3:1", "match is empty"},
		{"filter", "[filters]\na = \"mine\"\nb = \"age>x\"\n", "3:1", `filter, at 5: "x" is no duration`},
		{"inline filter", "filters = { a = \"mine\", b = 'service=~\"(\"' }\n", "1:25", "filter, at 10: the regular expression can't be read"},
		{"filter that names another", "[filters]\na = \"mine\"\nb = \"mine @a\"\n", "3:1", "filter, at 6: no filter is saved that could be named here"},
		{"empty filter", "[filters]\na = \" \"\n", "2:1", "this filter is empty"},
		{"name of a filter", "[filters]\n\"a b\" = \"mine\"\n", "2:1", "a filter's name is made of letters"},
		{"no text as a filter", "[filters]\na = 5\n", "2:5", `"a" in [filters] must be text in quotes`},
		{"token_env with a token", "[pagerduty]\ntoken_env = \"PAGERDUTY_TOKEN=s3cr3ts3cr3t\"\n", "2:1", "this is the name of an environment variable"},
		{"token_type", "[pagerduty]\ntoken_type = \"oauth\"\n", "2:1", `"oauth" is not a type of token: it is "token" (REST) or "bearer" (OAuth)`},
		{"alerts to keep: none", "[[prometheus]]\nurl = \"http://a\"\nmax_alerts = 0\n", "3:1", "max_alerts is 0, but must be from 1 to 1000000"},
		{"alerts to keep: too many", "[[alertmanager]]\nurl = \"http://a\"\nmax_alerts = 2000000\n", "3:1", "max_alerts is 2000000, but must be"},
		{"alerts to keep: a text", "[[alertmanager]]\nurl = \"http://a\"\nmax_alerts = \"all\"\n", "3:14", "must be a whole number without quotes"},
		{"insecure_plain: a text", "[[prometheus]]\nurl = \"http://a\"\ninsecure_plain = \"yes\"\n", "3:18", "must be true or false"},
		{"insecure_plain within http", "[[prometheus]]\nurl = \"http://a\"\nhttp = { insecure_plain = true }\n", "3:10", "\"insecure_plain\" is not one of Prometheus's http client options"},
		{"a host with a port", "[runbooks]\nhosts = [\"wiki:80\"]\n", "2:10", "this is not a host's name"},
		{"a host with a scheme", "[runbooks]\nhosts = [\"a\", \"https://wiki\"]\n", "2:15", "this is not a host's name"},
		{"room for runbooks: none", "[runbooks]\ncache_mb = 0\n", "2:1", "cache_mb is 0, but must be from 4 to 10000"},
		{"room for runbooks: too much", "[runbooks]\ncache_mb = 20000\n", "2:1", "cache_mb is 20000, but must be"},
		{"room for runbooks: a text", "[runbooks]\ncache_mb = \"32 MB\"\n", "2:12", "must be a whole number without quotes"},
		{"http: mistyped", "[[prometheus]]\nurl = \"http://a\"\nhttp = { tls_confg = {} }\n", "3:10", `"tls_confg" is not one of Prometheus's http client options: the nearest known name is tls_config`},
		{"http: mistyped below", "[[prometheus]]\nurl = \"http://a\"\n[prometheus.http.basic_auth]\npasword = \"s3cr3ts3cr3t\"\n", "4:1", `"pasword" is not one of Prometheus's http client options: the nearest known name is password`},
		{"labels of an Alertmanager: no value", "[[alertmanager]]\nurl = \"http://a\"\nlabels = { cluster = \"\" }\n", "3:12", "the label cluster has no value"},
		{"labels of an Alertmanager: no text", "[[alertmanager]]\nurl = \"http://a\"\nlabels = { cluster = 1 }\n", "3:22", "must be a table of texts in quotes"},
		{"labels of an Alertmanager: no table", "[[alertmanager]]\nurl = \"http://a\"\nlabels = \"eu\"\n", "3:10", "must be a table of texts in quotes"},
		{"labels of an Alertmanager: mistyped", "[[alertmanager]]\nurl = \"http://a\"\nlabel = { cluster = \"eu\" }\n", "3:1", "the nearest known name is labels"},
		{"labels of a Prometheus", "[[prometheus]]\nurl = \"http://a\"\nlabels = { cluster = \"eu\" }\n", "3:1", "\"labels\" is not known in [prometheus]"},
		{"http: mistyped in a header", "[[prometheus]]\nurl = \"http://a\"\n[prometheus.http.http_headers.X-A]\nvalue = [\"a\"]\n", "4:1", "the nearest known name is values"},
		{"http: wrong type", "[[prometheus]]\nurl = \"http://a\"\n[prometheus.http]\nproxy_url = \"http://p\"\nfollow_redirects = \"s3cr3ts3cr3t\"\n", "5:1", "follow_redirects: a value of this type (str) does not fit here"},
		{"http: no table", "[[prometheus]]\nurl = \"http://a\"\nhttp = \"s3cr3ts3cr3t\"\n", "3:8", `"http" in [prometheus] must be a table`},
		{"http: two at once", "[[prometheus]]\nurl = \"http://a\"\n[prometheus.http]\nbearer_token = \"s3cr3ts3cr3t\"\nbasic_auth.username = \"a\"\n", "3:13", "http: at most one of basic_auth, oauth2, bearer_token"},
		{"http: bad proxy", "[[prometheus]]\nurl = \"http://a\"\nhttp.proxy_url = \"http://u:s3cr3ts3cr3t@h:port\"\n", "3:1", "http: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := write(t, c.text)
			_, err := Load(path)
			var e *Error
			if !errors.As(err, &e) {
				t.Fatalf("Load gave %v, want an *Error", err)
			}
			if got := fmt.Sprintf("%d:%d", e.Line, e.Column); got != c.position || e.File != path {
				t.Errorf("the place is %s of %s, want %s", got, e.File, c.position)
			}
			if !strings.Contains(e.Sentence, c.want) {
				t.Errorf("the sentence is %q, want %q in it", e.Sentence, c.want)
			}
			if strings.Contains(err.Error(), "s3cr3t") {
				t.Errorf("the error shows a secret: %v", err)
			}
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("one fault gave several lines: %v", err)
			}
		})
	}
}

func TestLabelsOfAlertmanagers(t *testing.T) {
	clearEnvironment(t)
	c, err := Load(write(t, "[[alertmanager]]\nname = \"am-eu\"\nurl = \"http://a\"\nlabels = { cluster = \"eu\", \"a b\" = \"c\" }\n[[alertmanager]]\nname = \"am-us\"\nurl = \"http://b\"\n"))
	want := map[string]map[string]string{"am-eu": {"cluster": "eu", "a b": "c"}}
	if got := c.Triage().Alertmanagers; err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("the labels are %v (%v), want %v", got, err, want)
	}
}

func TestFilters(t *testing.T) {
	clearEnvironment(t)
	c, err := Load(write(t, "[filters]\nshop = 'service=\"Shop front\"'\nNight = \"severity=critical\"\n"))
	want := []Filter{{"Night", "severity=critical"}, {"shop", `service="Shop front"`}}
	if err != nil || !slices.Equal(c.Filters, want) {
		t.Errorf("the filters are %q (%v), want %q", c.Filters, err, want)
	}
	if saved := c.SavedFilters(); len(saved) != 2 || saved["shop"] != want[1].Expression {
		t.Errorf("by name they are %q", saved)
	}
	if saved := (Config{}).SavedFilters(); saved == nil {
		t.Error("without filters a filter could name any")
	}
}

func TestAllFaultsAtOnce(t *testing.T) {
	clearEnvironment(t)
	path := write(t, "[me]\nrole = \"x\"\n[pagerduty]\nregion = \"y\"\ninterval = \"z\"\n")
	_, err := Load(path)
	var lines []string
	for line := range strings.Lines(fmt.Sprint(err)) {
		lines = append(lines, strings.TrimPrefix(line, path))
	}
	if len(lines) != 3 || !strings.HasPrefix(lines[0], ":2:") || !strings.HasPrefix(lines[1], ":4:") || !strings.HasPrefix(lines[2], ":5:") {
		t.Errorf("the faults are %q, want those of lines 2, 4 and 5", lines)
	}
}

func TestFiles(t *testing.T) {
	clearEnvironment(t)
	missing := filepath.Join(t.TempDir(), "none.toml")
	if _, err := Load(missing); !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), "there is no such file") {
		t.Errorf("a named file that is not there gave %v", err)
	}
	if _, err := Load(t.TempDir()); err == nil {
		t.Error("a directory was read as a configuration")
	}
	big := write(t, strings.Repeat("# filler\n", maxSize/9+1))
	if _, err := Load(big); err == nil || !strings.Contains(err.Error(), "larger than 1 MB") {
		t.Errorf("a huge file gave %v", err)
	}
	c, err := Load("")
	if err != nil || c.Path != "" || c.HasSource() {
		t.Errorf("no file at all gave %+v, %v", c, err)
	}
	if filepath.Base(c.WantedPath) != "config.toml" {
		t.Errorf("WantedPath = %q", c.WantedPath)
	}

	if err := os.MkdirAll(filepath.Join(filepath.Dir(c.WantedPath), "runbooks"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(c.WantedPath, []byte("[me]\nemail = \"a@example.com\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	again, err := Load("")
	if err != nil || again.Path != c.WantedPath || again.Me.Email != "a@example.com" {
		t.Errorf("the XDG file gave %+v, %v", again, err)
	}
	if want := []string{filepath.Join(filepath.Dir(c.WantedPath), "runbooks")}; !slices.Equal(again.Runbooks.Directories, want) {
		t.Errorf("the default runbook directory is %q, want %q", again.Runbooks.Directories, want)
	}

	if marked, err := Load(write(t, "\ufeff[me]\nemail = \"a@example.com\"\n")); err != nil || marked.Me.Email != "a@example.com" {
		t.Errorf("with a byte order mark: %+v, %v", marked, err)
	}

	t.Setenv("FIRSTLINE_CONFIG", missing)
	if _, err := Load(""); err == nil {
		t.Error("FIRSTLINE_CONFIG names a file that is not there, and nothing was said")
	}
}

func TestEnvironment(t *testing.T) {
	clearEnvironment(t)
	path := write(t, "[me]\nrole = \"developer\"\n[[prometheus]]\nname = \"a\"\nurl = \"http://a\"\n[[prometheus]]\nname = \"b\"\nurl = \"http://b\"\n")
	t.Setenv("FIRSTLINE_ME_EMAIL", "env@example.com")
	t.Setenv("FIRSTLINE_ME_ROLE", "first-line")
	t.Setenv("FIRSTLINE_PAGERDUTY_URL", "http://127.0.0.1:1")
	t.Setenv("FIRSTLINE_FIRST_LINE_ESCALATION_POLICY", "PENV")
	t.Setenv("FIRSTLINE_PROMETHEUS_URL", "http://prom.example.com")
	c, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if c.Me.Email != "env@example.com" || c.Me.Role != respond.FirstLine || len(c.PagerDuty) != 1 ||
		c.PagerDuty[0].URL != "http://127.0.0.1:1" || c.FirstLine.EscalationPolicy != "PENV" {
		t.Errorf("the environment does not count: %+v %+v %+v", c.Me, c.PagerDuty, c.FirstLine)
	}
	if len(c.Prometheus) != 1 || c.Prometheus[0].URL != "http://prom.example.com" {
		t.Errorf("FIRSTLINE_PROMETHEUS_URL gave %v", c.Prometheus)
	}

	t.Setenv("FIRSTLINE_PAGERDUTY_URL", "http://pd.example.com")
	_, err = Load(path)
	if err == nil || !strings.HasPrefix(err.Error(), "environment variable FIRSTLINE_PAGERDUTY_URL: plain http") {
		t.Errorf("a bad variable gave %v", err)
	}
}

func TestTokenAloneIsEnough(t *testing.T) {
	clearEnvironment(t)
	t.Setenv(TokenVariable, "from-environment")
	c, err := Load("")
	if err != nil || len(c.PagerDuty) != 1 {
		t.Fatalf("Load = %+v, %v", c, err)
	}
	if token, err := c.PagerDuty[0].Token(t.Context()); err != nil || token != "from-environment" {
		t.Errorf("Token = %q, %v", token, err)
	}
}

func TestSeverities(t *testing.T) {
	clearEnvironment(t)
	c, err := Load(write(t, "[labels.severity]\nGold = \"critical\"\n\"very bad\" = \"Error\"\n"))
	want := map[string]triage.Severity{"gold": triage.Critical, "very bad": triage.Error}
	if err != nil || !maps.Equal(c.Triage().Severities, want) {
		t.Errorf("the severities are %v (%v), want %v", c.Triage().Severities, err, want)
	}
}

func TestActing(t *testing.T) {
	clearEnvironment(t)
	c, err := Load(write(t, `
[first_line]
escalation_policy = "Ops"
service = "Desk"
[[service]]
name = "checkout"
pagerduty = "PCHK"
move = true
developers_on_call = "Mon-Fri 09:00-17:00 Europe/Berlin"
outside = "high-urgency"
[[service]]
name = "search"
[[service]]
name = "checkout"
match = 'a="b"'
[[service]]
name = "billing"
stage = "shadow"
outside = "high-urgency"
developers_on_call = "Mon-Fri 09:00-17:00 Europe/Berlin"
[[service]]
name = "mail"
stage = "business-hours"
developers_on_call = "Mon-Fri 09:00-17:00 Europe/Berlin"
`))
	if err != nil {
		t.Fatal(err)
	}
	checkout, search := c.Acting["checkout"], c.Acting["search"]
	if !checkout.Move || checkout.PagerDuty != "PCHK" || checkout.Outside != respond.OutsideHighUrgency || checkout.Hours.String() != "Mon-Fri 09:00-17:00 Europe/Berlin" {
		t.Errorf("checkout = %+v", checkout)
	}
	if search.Move || !search.Hours.IsZero() || search.Outside != respond.OutsideFirstLine {
		t.Errorf("search = %+v", search)
	}
	for name, want := range map[string]rollout.Stage{"checkout": rollout.Full, "search": rollout.Full, "billing": rollout.Shadow, "mail": rollout.BusinessHours} {
		if got := c.Acting[name].Stage; got != want {
			t.Errorf("the stage of %s is %q, want %q", name, got, want)
		}
	}
	if c.FirstLine.Service != "Desk" {
		t.Errorf("first line's service is %q", c.FirstLine.Service)
	}
}

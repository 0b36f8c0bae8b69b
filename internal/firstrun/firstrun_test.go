package firstrun

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"firstline/internal/config"
	"firstline/internal/slo"
	"firstline/sources"
)

// script is a person whose answers are known before: by the beginning of a question, in
// the order in which it is asked. What it does not have is answered as is offered.
type script struct {
	t       *testing.T
	answers map[string][]string
	said    []string
	asked   []string
}

func (s *script) answer(q Question) (string, bool) {
	s.asked = append(s.asked, q.Title)
	for title, list := range s.answers {
		if strings.HasPrefix(q.Title, title) && len(list) > 0 {
			s.answers[title] = list[1:]
			return list[0], true
		}
	}
	return "", false
}

func (s *script) Choose(_ context.Context, q Question, options []string, at int) (int, error) {
	s.t.Helper()
	text, is := s.answer(q)
	if text == "ctrl-c" {
		return 0, ErrLeft
	}
	if !is {
		return at, nil
	}
	i := slices.IndexFunc(options, func(option string) bool { return strings.Contains(option, text) })
	if i < 0 {
		s.t.Fatalf("%s: there is no %q among %q", q.Title, text, options)
	}
	return i, nil
}

func (s *script) Several(_ context.Context, q Question, options []string, taken []bool) ([]bool, error) {
	if text, is := s.answer(q); is {
		for i, option := range options {
			taken[i] = text != "" && strings.Contains(option, text)
		}
	}
	return taken, nil
}

func (s *script) Write(_ context.Context, q Question, text string, check func(string) error) (string, error) {
	for {
		answer, is := s.answer(q)
		if !is {
			answer = text
		}
		err := check(answer)
		if err == nil {
			return answer, nil
		}
		s.said = append(s.said, "refused: "+err.Error())
		if !is {
			s.t.Fatalf("%s: what is offered is refused: %v", q.Title, err)
		}
	}
}

func (s *script) Secret(ctx context.Context, q Question, check func(string) error) (string, error) {
	return s.Write(ctx, q, "", check)
}

func (s *script) Say(findings ...Finding) {
	for _, f := range findings {
		s.said = append(s.said, f.Sentence)
	}
}

func (s *script) Show(text string) { s.said = append(s.said, text) }

func (s *script) has(parts ...string) {
	s.t.Helper()
	for _, part := range parts {
		if !strings.Contains(strings.Join(s.said, "\n"), part) {
			s.t.Errorf("it is never said: %q\n%s", part, strings.Join(s.said, "\n"))
		}
	}
}

// company answers tries.
type company struct {
	noRing bool
	dirs   []string
	// asked are the tries, and sent the addresses of those with credentials.
	asked, sent []string
}

func (c *company) Token(_ context.Context, p config.PagerDuty) (string, error) {
	if p.TokenCommand == "print" {
		return "g00d", nil
	}
	return "", config.ErrNoToken
}

func (c *company) Account(_ context.Context, p config.PagerDuty, token, email string) (Account, error) {
	c.asked = append(c.asked, fmt.Sprintf("account %s %s %s", p.Region, token, email))
	if token != "g00d" {
		return Account{}, &sources.Error{Sentence: "PagerDuty does not accept the token"}
	}
	d := sources.Data{
		Services: []sources.Service{{ID: "S1", Name: "Checkout API"}, {ID: "S2", Name: "search"}, {ID: "S3", Name: "Mail \x1b[31m"}},
		Policies: []sources.Policy{{ID: "P1", Name: "First line"}, {ID: "P2", Name: "Twice"}, {ID: "P3", Name: "twice"}, {ID: "P4", Name: "Developers"}},
	}
	d.Users = []sources.User{{Email: "dana@example.com"}}
	d.Extents.Services, d.Extents.Policies, d.Extents.Users = sources.Whole, sources.Whole, sources.Whole
	return Account{Host: "api.pagerduty.com", Person: true, Me: &sources.User{Name: "Dana", Email: "dana@example.com"}, Data: d}, nil
}

func (c *company) Server(_ context.Context, kind sources.Kind, s config.Server) (sources.Data, error) {
	c.asked = append(c.asked, fmt.Sprintf("%s %s %s", kind, s.Name, s.URL))
	if s.HasCredentials() {
		c.sent = append(c.sent, s.URL)
	}
	if b := s.HTTP.BasicAuth; strings.Contains(s.URL, "private") && (b == nil || b.Username != "dana" || filepath.Base(b.PasswordFile) != "word") {
		return sources.Data{}, &sources.Error{Reason: sources.Unauthorized, Sentence: "the credentials are missing or wrong"}
	}
	if strings.Contains(s.URL, "wrong") {
		return sources.Data{}, &sources.Error{Sentence: "nothing answers there"}
	}
	rule := func(service string) sources.Rule {
		return sources.Rule{Name: "A", Labels: map[string]string{"service": service}}
	}
	return sources.Data{Rules: []sources.Rule{rule("checkout"), rule("search"), rule("legacy"), rule("{{ $labels.x }}")}}, nil
}

func (c *company) SLOs(context.Context, config.Server) ([]slo.Objective, error) {
	return []slo.Objective{{Name: "checkout-availability", Origin: slo.Sloth}}, nil
}

func (c *company) KeyringMissing() error {
	if c.noRing {
		return errors.New("there is none")
	}
	return nil
}
func (c *company) Directories() []string { return c.dirs }
func (c *company) Runbooks(directories []string, rules []sources.Rule) Findings {
	return Findings{{Fine, fmt.Sprintf("%d directories, %d rules", len(directories), len(rules))}}
}

// firstRun is a run with a document that is there already; empty: none.
func firstRun(t *testing.T, document string, answers map[string][]string) (*Run, *script, *company) {
	t.Helper()
	example, err := os.ReadFile("../../config.example.toml")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "config.toml")
	present, err := config.Parse(path, []byte(document), nil)
	if err != nil {
		t.Fatal(err)
	}
	person, c := &script{t: t, answers: answers}, &company{}
	if document != "" {
		if err := os.WriteFile(path, []byte(document), 0o640); err != nil {
			t.Fatal(err)
		}
		present.Path = path
	}
	return &Run{Person: person, Tries: c, Present: present, Document: document, Example: string(example)}, person, c
}

func TestAskAllQuestions(t *testing.T) {
	r, person, company := firstRun(t, "", map[string][]string{
		"Where is the PagerDuty token":   {"keyring", "keyring"},
		"The token":                      {"two words", "bad", "g00d"},
		"What now?":                      {"Answer again", "Another address", "all the same"},
		"Where is the account":           {"eu", "us"},
		"Your role":                      {"First line"},
		"The address of a Prometheus":    {"prometheus.example.com", "http://wrong.example.com:9090", "http://prometheus.example.com:9090"},
		"Another Prometheus":             {"https://user:word@x", "http://prometheus.example.com:9091", ""},
		"The address of an Alertmanager": {"http://wrong:9093"},
		"The escalation policy":          {"First line"},
		"Which of these are the same":    {"checkout"},
		"A directory with runbooks":      {"relative", "/nowhere/at/all", t.TempDir()},
	})
	if err := r.Ask(t.Context()); err != nil {
		t.Fatal(err)
	}
	person.has("refused: it has a character that no token has", "PagerDuty does not accept the token", "you are Dana (dana@example.com); 3 services, 4 escalation policies",
		"refused: an address begins with http:// or https://", "refused: an address must not contain a user or password", "Nothing answers there",
		"prometheus answers: ", "1 SLO, which need no configuration: checkout-availability (Sloth)", "1 service of alerts found in PagerDuty: search.", "legacy",
		"refused: write the whole path", "refused: there is no such directory", "1 directories, 8 rules")
	want := []string{
		"account eu bad ", "account us g00d ", "prometheus prometheus http://wrong.example.com:9090", "prometheus prometheus http://prometheus.example.com:9090",
		"prometheus prometheus-2 http://prometheus.example.com:9091", "alertmanager alertmanager http://wrong:9093",
	}
	if !slices.Equal(company.asked, want) {
		t.Errorf("tried %q, want %q", company.asked, want)
	}
	plan, err := r.Plan()
	if err != nil {
		t.Fatal(err)
	}
	c, err := config.Parse(plan.Path, []byte(plan.After), nil)
	if err != nil {
		t.Fatal(err)
	}
	if p := c.Account(); p.TokenKeyring != "pagerduty" || p.Region != "us" || c.Me.Email != "dana@example.com" || c.Me.Role != "first-line" ||
		len(c.Prometheus) != 2 || c.Prometheus[1].URL != "http://prometheus.example.com:9091" || len(c.Alertmanager) != 1 ||
		c.FirstLine.EscalationPolicy != "First line" || len(c.Services) != 1 || c.Services[0].PagerDuty != "Checkout API" || len(c.Runbooks.Directories) != 1 {
		t.Errorf("it says %+v %+v", p, c)
	}
	if plan.Token == nil || plan.Token.Secret != "g00d" || strings.Contains(plan.After, "g00d") || strings.Contains(plan.String(), "g00d") {
		t.Errorf("the token is %+v", plan.Token)
	}
	// The descriptions are there, and nothing of the example's company.
	if !strings.Contains(plan.After, "# \"us\" or \"eu\": the region of the account.\n") || strings.Contains(plan.String(), "example.com/") || strings.Contains(plan.String(), "Payments") {
		t.Errorf("it writes\n%s", plan)
	}
}

func TestAskSkippingAll(t *testing.T) {
	r, person, company := firstRun(t, "", map[string][]string{"Where is the PagerDuty token": {"Skip"}})
	company.noRing = true
	if err := r.Ask(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(company.asked) > 0 || slices.Contains(person.asked, "The escalation policy of the first line") {
		t.Errorf("tried %q, asked %q", company.asked, person.asked)
	}
	plan, err := r.Plan()
	if err != nil {
		t.Fatal(err)
	}
	if c, err := config.Parse(plan.Path, []byte(plan.After), nil); err != nil || c.HasSource() {
		t.Errorf("%v, %v", c, err)
	}
}

// TestAskAgain checks that what the file says is offered, survives, and is changed
// where it is answered in another way.
func TestAskAgain(t *testing.T) {
	const document = `# Ours.
[me]
email = "ann@example.com" # me
[pagerduty]
token_command = "print"
teams = ["T1"] # only mine
[[prometheus]]
name = "eu"
url = "http://old:9090"
http = { basic_auth = { username = "ann" } }
[[service]]
name = "checkout" # ours
pagerduty = "Checkout API"
`
	r, person, company := firstRun(t, document, map[string][]string{
		"May ":              {"Yes", "Yes", "Yes"},
		"The address of eu": {"http://wrong:1", "http://new:9090", "http://newer:9090"},
		"What now?":         {"Another address"},
		"Is this right?":    {"Prometheus"},
	})
	if err := r.Ask(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(company.asked, "account us g00d ann@example.com") || !slices.Contains(company.asked, "prometheus eu http://new:9090") {
		t.Errorf("tried %q", company.asked)
	}
	person.has("2 services of alerts found in PagerDuty: checkout, search", "your email is to be ann@example.com")
	plan, err := r.Plan()
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Replace(document, "http://old:9090", "http://newer:9090", 1)
	want = strings.Replace(want, "# me\n", "# me\nrole = \"developer\"\n", 1)
	want = strings.Replace(want, "# only mine\n", "# only mine\nregion = \"us\"\n", 1)
	if plan.After != want {
		t.Errorf("it becomes\n%s\nwant\n%s", plan.After, want)
	}
	if text := plan.String(); !strings.Contains(text, "-url = \"http://old:9090\"\n+url = \"http://newer:9090\"\n") {
		t.Errorf("the difference is\n%s", text)
	}
	if again, err := r.Confirm(t.Context(), plan); !errors.Is(err, ErrLeft) || again {
		t.Errorf("enter alone says %v, %v", again, err)
	}
}

// TestServerWithPassword asks for credentials where a server wants some, and tries them.
func TestServerWithPassword(t *testing.T) {
	r, person, _ := firstRun(t, "[[alertmanager]]\nurl = \"http://127.0.0.1:1/private\"\n", map[string][]string{
		"Where is the PagerDuty token": {"Skip"},
		"The address of a Prometheus":  {"https://prometheus.example.com/private"},
		// An empty answer goes back to the choice, and nothing is asked meanwhile.
		"What now?":        {"a token", "a token", "a user", "a user", "a user", "a user"},
		"The file with it": {"", "token", "", "word", "word"},
		"The user":         {"", "dana", "dana", "dana"},
	})
	if err := r.Ask(t.Context()); err != nil {
		t.Fatal(err)
	}
	person.has("The credentials are missing or wrong", "prometheus answers", "alertmanager answers")
	after, err := r.Edited()
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(after, `http = { basic_auth = { password_file = "word", username = "dana" } }`+"\n"); n != 2 {
		t.Errorf("it becomes\n%s", after)
	}
}

func TestLeaving(t *testing.T) {
	r, _, _ := firstRun(t, "", map[string][]string{"Where is the PagerDuty token": {"Skip"}, "Your role": {"ctrl-c"}})
	if err := r.Ask(t.Context()); !errors.Is(err, ErrLeft) {
		t.Errorf("got %v", err)
	}
	r, _, _ = firstRun(t, "", map[string][]string{"Where is the PagerDuty token": {"Skip"}, "Is this right?": {"Leave"}})
	if err := r.Ask(t.Context()); !errors.Is(err, ErrLeft) {
		t.Errorf("got %v", err)
	}
}

// TestBackFromWhereTheTokenIs: whatever was chosen, an empty answer to what it asks goes
// back to the choice, which has Skip.
func TestBackFromWhereTheTokenIs(t *testing.T) {
	for choice, answers := range map[string]map[string][]string{
		"keyring":     {"The token": {""}},
		"In a file":   {"Which file": {""}},
		"a file that": {"Which file": {"pagerduty-token"}, "The token": {" "}},
		"a command":   {"Which command": {""}},
		"environment": {"Which variable": {" "}},
	} {
		answers["Where is the PagerDuty token"] = []string{choice, "Skip"}
		r, person, company := firstRun(t, "", answers)
		if err := r.Ask(t.Context()); err != nil {
			t.Fatal(err)
		}
		asked := 0
		for _, title := range person.asked {
			if strings.HasPrefix(title, "Where is the PagerDuty token") {
				asked++
			}
		}
		if asked != 2 || r.Answers.Token != nil || len(company.asked) > 0 {
			t.Errorf("%s: the choice is asked %d times, the token is %+v, and tried are %q", choice, asked, r.Answers.Token, company.asked)
		}
	}
}

func TestTokenMovesToAnotherSource(t *testing.T) {
	r, _, _ := firstRun(t, "[pagerduty]\ntoken_keyring = \"work\" # old\n", nil)
	r.Answers.Token = &Token{From: File, Name: "token", Secret: "new"}
	plan, err := r.Plan()
	if err != nil {
		t.Fatal(err)
	}
	if want := "[pagerduty]\ntoken_file = \"token\"\n# token_keyring = \"work\" # old\n"; plan.After != want {
		t.Errorf("got\n%s", plan.After)
	}
	if want := filepath.Join(filepath.Dir(plan.Path), "token"); plan.Token.Name != want {
		t.Errorf("the token goes to %s", plan.Token.Name)
	}
}

func TestWrite(t *testing.T) {
	r, _, _ := firstRun(t, "[me]\n", nil)
	r.Answers = Answers{Email: "a@b.example", Token: &Token{From: File, Name: "deep/token", Secret: "s3cr3t"}}
	plan, err := r.Plan()
	if err != nil {
		t.Fatal(err)
	}
	real := plan.Path + ".real"
	if err := errors.Join(os.Rename(plan.Path, real), os.Symlink(real, plan.Path)); err != nil {
		t.Fatal(err)
	}
	if err := plan.Write(t.Context()); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]struct {
		text string
		mode os.FileMode
	}{real: {plan.After, 0o640}, plan.Token.Name: {"s3cr3t\n", 0o600}} {
		text, err := os.ReadFile(path)
		info, _ := os.Stat(path)
		if err != nil || string(text) != want.text || info.Mode().Perm() != want.mode {
			t.Errorf("%s has %q, %v, %v", path, text, info.Mode(), err)
		}
	}
	if info, err := os.Lstat(plan.Path); err != nil || info.Mode().Type() != os.ModeSymlink {
		t.Errorf("the link is %v, %v", info, err)
	}
	// It is another file by now.
	if err := plan.Write(t.Context()); !errors.Is(err, errChanged) {
		t.Errorf("a second time: %v", err)
	}
	left, err := filepath.Glob(filepath.Join(filepath.Dir(plan.Path), "*", ".firstline-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %q, %v", left, err)
	}
}

func TestNearest(t *testing.T) {
	services := []sources.Service{{Name: "Checkout API"}, {Name: "Search (prod)"}, {Name: "Payments EU"}, {Name: "Payments US"}, {Name: "billing"}}
	for name, want := range map[string]string{
		"checkout": "Checkout API", "checkout-api": "Checkout API", "search-service": "Search (prod)", "biling": "billing",
		"payments": "", "pay": "", "mail": "", "service": "", "": "",
	} {
		if got := nearest(name, services); got != want {
			t.Errorf("nearest(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestAddNamesServers(t *testing.T) {
	r, _, _ := firstRun(t, "[[prometheus]]\nurl = \"http://a\"\n", nil)
	for _, url := range []string{"http://b", "http://a", "http://c"} {
		if _, err := r.Add(sources.Prometheus, url, ""); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := r.Add(sources.Prometheus, "http://d", "prometheus-2"); err == nil || !strings.Contains(err.Error(), "another source") {
		t.Errorf("a name twice: %v", err)
	}
	want := []Server{{Name: "prometheus-2", URL: "http://b", Element: 1}, {Name: "prometheus-3", URL: "http://c", Element: 2}}
	if !reflect.DeepEqual(r.Answers.Prometheus, want) {
		t.Errorf("got %v", r.Answers.Prometheus)
	}
}

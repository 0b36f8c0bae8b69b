// Package firstrun asks what a first configuration needs, tries each answer, and makes
// the file of the answers. It knows neither a terminal nor a network: a Person answers,
// and Tries ask the servers.
package firstrun

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"firstline/internal/config"
	"firstline/internal/slo"
	"firstline/internal/tomledit"
	"firstline/sources"
)

// ErrLeft is returned when the person leaves without writing.
var ErrLeft = errors.New("nothing was written")

// ErrInterrupted is the ErrLeft of a person who left in the middle, by ctrl-c.
var ErrInterrupted = fmt.Errorf("%w", ErrLeft)

// Source is where firstline finds a token.
type Source string

// The sources of a token, by the key in [pagerduty].
const (
	Keyring     Source = "token_keyring"
	File        Source = "token_file"
	Command     Source = "token_command"
	Environment Source = "token_env"
)

// Token is where the token is to be found.
type Token struct {
	From Source
	// Name is that of the entry, the file or the variable, or the command.
	Name string
	// Secret is stored in the keyring or the file when the configuration is written.
	// Empty: nothing is stored.
	Secret string
}

// Server is a Prometheus or an Alertmanager.
type Server struct {
	Name, URL string
	// Element is its index in the file; new ones follow those that are there.
	Element int
	// HTTP are its http client options; nil: they stay as they are.
	HTTP map[string]any
	// SameAs is the address that may get the credentials that the file has for another
	// one: the person says that it is the same server.
	SameAs string
	// withoutCredentials: the http client options of the file are http, without the
	// credentials.
	withoutCredentials bool
	http               map[string]any
}

// Service is a service that firstline can't map to PagerDuty by itself.
type Service struct{ Name, PagerDuty string }

// Answers are what was answered. What is empty was skipped, and stays in the file as it
// is.
type Answers struct {
	Token        *Token
	Region       string
	Email, Role  string
	Prometheus   []Server
	Alertmanager []Server
	// Policy is the first line's. FirstLineName is what it is called then; empty: its
	// name stays.
	Policy, FirstLineName string
	Services              []Service
	Directories           []string
}

// Settings are the values that the answers set in a document.
func (a Answers) Settings(document string) []tomledit.Setting {
	var all []tomledit.Setting
	set := func(table, key, value string) {
		if value != "" {
			all = append(all, tomledit.Setting{Table: table, Key: key, Value: value})
		}
	}
	set("me", "email", a.Email)
	set("me", "role", a.Role)
	set("pagerduty", "region", a.Region)
	if t := a.Token; t != nil {
		for _, other := range []Source{Environment, Keyring, File, Command} {
			if other != t.From {
				all = append(all, tomledit.Setting{Table: "pagerduty", Key: string(other)})
			}
		}
		set("pagerduty", string(t.From), t.Name)
	}
	list := func(table string, servers []Server) {
		for _, s := range servers {
			for _, pair := range [][2]string{{"name", s.Name}, {"url", s.URL}} {
				all = append(all, tomledit.Setting{Table: table, List: true, Element: s.Element, Key: pair[0], Value: pair[1]})
			}
			http := tomledit.Setting{Table: table, List: true, Element: s.Element, Key: "http"}
			options := s.HTTP
			if s.withoutCredentials { // the person may want them again: they go into comments
				all, options, http.Insert = append(all, http), s.http, true
			}
			if http.Value = options; options != nil {
				all = append(all, http)
			}
		}
	}
	list("prometheus", a.Prometheus)
	list("alertmanager", a.Alertmanager)
	set("first_line", "escalation_policy", a.Policy)
	set("first_line", "name", a.FirstLineName)
	if len(a.Directories) > 0 {
		all = append(all, tomledit.Setting{Table: "runbooks", Key: "directories", Value: a.Directories})
	}
	first := tomledit.Count(document, "service")
	for i, s := range a.Services {
		for _, pair := range [][2]string{{"name", s.Name}, {"pagerduty", s.PagerDuty}} {
			all = append(all, tomledit.Setting{Table: "service", List: true, Element: first + i, Key: pair[0], Value: pair[1]})
		}
	}
	return all
}

// Nothing reports whether no question was answered.
func (a Answers) Nothing() bool { return len(a.Settings("")) == 0 }

// Account is what PagerDuty answers to a token.
type Account struct {
	Host string
	// Person: the token is that of a user.
	Person bool
	Me     *sources.User
	// Missing are sentences about what the token can't do.
	Missing []string
	// Data has the services and the policies.
	Data sources.Data
}

// Tries asks what the answers name. Its errors are sentences.
type Tries interface {
	// Token finds the token that a configuration names.
	Token(ctx context.Context, p config.PagerDuty) (string, error)
	// Account asks PagerDuty as the user with this address, which may be empty.
	Account(ctx context.Context, p config.PagerDuty, token, email string) (Account, error)
	Server(ctx context.Context, kind sources.Kind, s config.Server) (sources.Data, error)
	// SLOs finds those that a Prometheus records.
	SLOs(ctx context.Context, s config.Server) ([]slo.Objective, error)
	// KeyringMissing says why there is no keyring; nil: there is one.
	KeyringMissing() error
	// Directories are those on this machine that seem to have runbooks.
	Directories() []string
	// Runbooks says what is in directories, and what is wrong there.
	Runbooks(directories []string, rules []sources.Rule) Findings
}

// Verdict is what becomes of an answer.
type Verdict int

// The verdicts.
const (
	Plain Verdict = iota // a remark
	Fine
	Mind
	Wrong
)

// Finding is one sentence about an answer.
type Finding struct {
	Verdict  Verdict
	Sentence string
}

// Findings are the sentences about an answer.
type Findings []Finding

// Worst is the worst verdict of the findings.
func (f Findings) Worst() Verdict {
	worst := Plain
	for _, one := range f {
		worst = max(worst, one.Verdict)
	}
	return worst
}

// Question is one question.
type Question struct {
	Title, Help string
	// Empty is what an empty answer means, such as "skip", and esc with it; empty: nothing.
	Empty string
}

// Person answers the questions. Each method returns an error when the person leaves.
type Person interface {
	// Choose returns the index of one of the options; at is the one to begin with.
	Choose(ctx context.Context, q Question, options []string, at int) (int, error)
	// Several returns which of the options are taken.
	Several(ctx context.Context, q Question, options []string, taken []bool) ([]bool, error)
	// Write returns one line. text is there to begin with; check says what is wrong.
	Write(ctx context.Context, q Question, text string, check func(string) error) (string, error)
	// Secret is Write for what must not be seen.
	Secret(ctx context.Context, q Question, check func(string) error) (string, error)
	// Say shows sentences.
	Say(findings ...Finding)
	// Show shows a text of several lines.
	Show(text string)
}

// Run is one run of the questions.
type Run struct {
	Person Person
	Tries  Tries
	// Present is the configuration as it is, with the environment. Document is its file;
	// empty: it is new. Example is the documented example of all options.
	Present           config.Config
	Document, Example string
	// Lookup returns a variable of the environment; nil: there are none.
	Lookup func(name string) (string, bool)

	Answers Answers
	// account is what PagerDuty answered; nil: it was not asked, or did not answer.
	account *Account
	// asked: PagerDuty was asked.
	asked bool
	// read has what the servers answered, by their names.
	read map[string]sources.Data
	// unauthorized: the last server that was asked wants credentials.
	unauthorized bool
}

// errAccounts is returned for a token or region where the file has a list of accounts,
// because an answer does not say which of them it is for.
var errAccounts = errors.New("it has [[pagerduty]], and an answer does not say for which of these accounts it is")

// Edited is the file with the answers.
func (r *Run) Edited() (string, error) {
	document := r.Document
	if (r.Answers.Token != nil || r.Answers.Region != "") && tomledit.Count(document, "pagerduty") > 0 {
		return "", errAccounts
	}
	if document == "" {
		var err error
		if document, err = tomledit.Examples(r.Example, "pagerduty"); err != nil {
			return "", err
		}
	}
	answers := r.leaveCredentials(r.Answers)
	answers.Directories, answers.FirstLineName = r.asInFile(answers.Directories), r.firstLineName()
	return tomledit.Apply(document, answers.Settings(document)...)
}

// planned is the configuration with the answers, in an environment; nil: none.
func (r *Run) planned(env func(string) (string, bool)) (config.Config, error) {
	document, err := r.Edited()
	if err != nil {
		return config.Config{}, err
	}
	c, err := config.Parse(r.Present.WantedPath, []byte(document), env)
	if err == nil {
		err = r.checkCredentials(c)
	}
	return c, withoutPosition(err)
}

// withoutPosition removes the position from a fault of a document that nobody sees.
func withoutPosition(err error) error {
	var fault *config.Error
	if errors.As(err, &fault) {
		return errors.New(fault.Sentence)
	}
	return err
}

// checkValue returns a function that says what is wrong with a value; nothing is wrong
// with an empty one.
func checkValue(table, key string, list bool) func(string) error {
	return func(text string) error {
		text = strings.TrimSpace(text)
		if text == "" {
			return nil
		}
		document, err := tomledit.Apply("", tomledit.Setting{Table: table, List: list, Key: key, Value: text})
		if err != nil {
			return err
		}
		_, err = config.Parse("", []byte(document), nil)
		return withoutPosition(err)
	}
}

// say shows findings, and reports whether nothing was wrong.
func (r *Run) say(f Findings) bool {
	r.Person.Say(f...)
	return f.Worst() < Wrong
}

func (r *Run) remark(v Verdict, sentence string) {
	r.Person.Say(Finding{v, sentence})
}

// rules are the alerting rules that were read.
func (r *Run) rules() (rules []sources.Rule) {
	for _, name := range r.names() {
		rules = append(rules, r.read[name].Rules...)
	}
	return rules
}

// names are the names of the servers that were read, sorted.
func (r *Run) names() []string {
	var names []string
	for name := range r.read {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

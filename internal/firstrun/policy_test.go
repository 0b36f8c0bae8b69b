package firstrun

import (
	"slices"
	"strings"
	"testing"

	"firstline/internal/config"
)

// policyDocument has a first line with a name, as the policy is written.
func policyDocument(name, policy string) string {
	document := "[pagerduty]\ntoken_command = \"print\"\n[first_line]\n"
	if name != "" {
		document += "name = \"" + name + "\" # on the screen\n"
	}
	if policy != "" {
		document += "escalation_policy = \"" + policy + "\"\n"
	}
	return document
}

// TestNameGoesWithThePolicy: the screen never calls one policy by the name of another one
// without a word about it.
func TestNameGoesWithThePolicy(t *testing.T) {
	for _, c := range []struct {
		what, name, policy, answer string
		want                       string // the name then
		says                       string // empty: nothing
	}{
		{"the name of the old one", "First line", "First line", "Developers", "Developers", `calls the first line "Developers" from then on`},
		{"in another case", "first LINE", "First line", "P4", "Developers", "from then on"},
		{"both by their ids", "First line", "P1", "P4", "Developers", "from then on"},
		{"a name of their own", "The night shift", "P1", "P4", "The night shift", `still calls the first line "The night shift"`},
		{"the name of another one", "Developers", "P1", "P2", "Developers", "still calls"},
		{"no policy before", "First line", "", "P4", "First line", "still calls"},
		{"an old one that is not known", "First line", "P9", "P4", "First line", "still calls"},
		{"a new one that is not known", "First line", "P1", "Nobody", "Nobody", "from then on"},
		{"the name of the new one", "Developers", "P1", "P4", "Developers", ""},
		{"the same in another form", "First line", "First line", "P1", "First line", ""},
		{"no name", "", "P1", "P4", "", ""},
		{"no answer", "First line", "P1", "", "First line", ""},
	} {
		for _, how := range []string{"flags", "questions"} {
			options := map[string][]string{"P1": {"First line"}, "P2": {"P2"}, "P4": {"Developers"}, "Developers": {"Developers"}, "": {}}
			chosen, is := options[c.answer]
			if how == "questions" && !is {
				continue // only those that there are can be chosen
			}
			r, person, _ := firstRun(t, policyDocument(c.name, c.policy), map[string][]string{"The escalation policy": chosen})
			r.TryToken(t.Context())
			if how == "flags" {
				r.Answers.Policy = c.answer
				r.Person.Say(r.TryAll(t.Context())...)
			} else if err := r.askPolicy(t.Context()); err != nil {
				t.Fatal(err)
			}
			plan, err := r.Plan()
			if err != nil {
				t.Fatal(err)
			}
			made, err := config.Parse(plan.Path, []byte(plan.After), nil)
			if err != nil || made.FirstLine.Name != c.want {
				t.Errorf("%s, by %s: the name is %q, %v\n%s", c.what, how, made.FirstLine.Name, err, plan.After)
			}
			said := slices.DeleteFunc(person.said, func(sentence string) bool { return !strings.Contains(sentence, "The screen ") })
			if c.says == "" && len(said) > 0 || c.says != "" && (len(said) != 1 || !strings.Contains(said[0], c.says)) {
				t.Errorf("%s, by %s: it says %q, want %q", c.what, how, said, c.says)
			}
		}
	}
}

// TestNameOfTheEnvironmentStays: a variable says what the screen calls the first line,
// whatever the file says.
func TestNameOfTheEnvironmentStays(t *testing.T) {
	r, person, _ := firstRun(t, policyDocument("First line", "P1"), nil)
	r.Present.FirstLine.Name = "Ops"
	r.Answers.Policy = "P4"
	r.Person.Say(r.TryAll(t.Context())...)
	person.has(`still calls the first line "Ops", as FIRSTLINE_FIRST_LINE_NAME says`)
}

// TestSkippingSaysWhatStays: what the file has is not gone because its question is skipped.
func TestSkippingSaysWhatStays(t *testing.T) {
	r, _, _ := firstRun(t, policyDocument("", "P4"), map[string][]string{"Where is the PagerDuty": {"Skip: PagerDuty stays"}, "The escalation policy": {"Skip: it stays P4"}})
	if skip, err := r.askToken(t.Context()); err != nil || !skip {
		t.Errorf("skipped: %v, %v", skip, err)
	}
	r.TryToken(t.Context())
	if err := r.askPolicy(t.Context()); err != nil {
		t.Fatal(err)
	}
	if plan, err := r.Plan(); err != nil || !plan.Nothing() {
		t.Errorf("%v, %v", plan, err)
	}
}

const twoAccounts = `[[pagerduty]]
name = "shop"
token_command = "print"
[[pagerduty]]
name = "bank"
token_command = "other"
`

// TestOnlyOneOfSeveralIsAsked: what is said is of the account that was asked.
func TestOnlyOneOfSeveralIsAsked(t *testing.T) {
	for policy, want := range map[string]struct {
		says  string
		worst Verdict
	}{
		"P1":     {"In the account shop the first line is the escalation policy First line (P1).", Fine},
		"Nobody": {`The account shop has no escalation policy "Nobody"`, Mind},
	} {
		r, person, _ := firstRun(t, twoAccounts, nil)
		r.Answers.Policy, r.Answers.Email = policy, "eve@example.com"
		found := r.TryAll(t.Context())
		r.Person.Say(found...)
		person.has("Only the account shop was asked", want.says, "in that account only: `firstline check` looks in all")
		if got := r.TryPolicy(policy).Worst(); got != want.worst {
			t.Errorf("%s: the verdict is %v", policy, got)
		}
	}
}

// TestAccountsAreChangedByHand: an answer about one of several accounts, or of a list with
// one, is refused by that reason.
func TestAccountsAreChangedByHand(t *testing.T) {
	one, _, _ := strings.Cut(twoAccounts, "[[pagerduty]]\nname = \"bank\"")
	for what, document := range map[string]string{"one": one, "two": twoAccounts} {
		for answer, a := range map[string]Answers{"region": {Region: "eu"}, "token": {Token: &Token{From: File, Name: "token"}}} {
			r, _, _ := firstRun(t, document, nil)
			r.Answers = a
			if err := r.Check(); err == nil || !strings.Contains(err.Error(), "it has [[pagerduty]]") || !strings.Contains(err.Error(), "by hand") {
				t.Errorf("%s, %s: %v", what, answer, err)
			}
		}
		r, _, _ := firstRun(t, document, nil)
		r.Answers.Email = "ann@example.com"
		if err := r.Check(); err != nil {
			t.Errorf("%s, email: %v", what, err)
		}
	}
}

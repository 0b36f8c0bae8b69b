package firstrun

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"firstline/internal/clean"
	"firstline/internal/config"
	"firstline/internal/respond"
	"firstline/internal/tomledit"
	"firstline/sources"
)

// step is one subject of the questions. It can be asked again at the end.
type step struct {
	name string
	ask  func(context.Context) error
	// says is what its answer is.
	says func() string
}

func (r *Run) steps() []step {
	return []step{
		{"PagerDuty", r.askAccount, r.saysAccount},
		{"you", r.askMe, r.saysMe},
		{"Prometheus", func(ctx context.Context) error { return r.askServers(ctx, sources.Prometheus) }, func() string { return r.saysServers(sources.Prometheus) }},
		{"Alertmanager", func(ctx context.Context) error { return r.askServers(ctx, sources.Alertmanager) }, func() string { return r.saysServers(sources.Alertmanager) }},
		{"first line", r.askPolicy, r.saysPolicy},
		{"services", r.askServices, r.saysServices},
		{"runbooks", r.askDirectories, r.saysDirectories},
	}
}

const skipped = "-"

// Ask asks all questions, then AskAgain.
func (r *Run) Ask(ctx context.Context) error {
	steps := r.steps()
	for _, s := range steps {
		if err := s.ask(ctx); err != nil {
			return err
		}
	}
	return r.AskAgain(ctx)
}

// AskAgain asks which of the questions to ask again.
func (r *Run) AskAgain(ctx context.Context) error {
	steps := r.steps()
	for {
		options := []string{"Go on: show what is written"}
		for _, s := range steps {
			options = append(options, fmt.Sprintf("%-13s %s", s.name, s.says()))
		}
		options = append(options, "Leave: nothing is written")
		at, err := r.Person.Choose(ctx, Question{Title: "Is this right?", Help: "A line opens its questions again."}, options, 0)
		switch {
		case err != nil:
			return err
		case at == 0:
			return nil
		case at == len(options)-1:
			return ErrLeft
		}
		if err := steps[at-1].ask(ctx); err != nil {
			return err
		}
	}
}

// again asks what to do about an answer with which something is wrong.
func (r *Run) again(ctx context.Context, leave string) (again, use bool, err error) {
	at, err := r.Person.Choose(ctx, Question{Title: "What now?"}, []string{"Answer again", "Use it all the same", leave}, 0)
	return at == 0, at == 1, err
}

// askAccount asks where the token is, and tries it.
func (r *Run) askAccount(ctx context.Context) error {
	if tomledit.Count(r.Document, "pagerduty") > 0 {
		r.remark(Plain, "The file has [[pagerduty]] for several accounts: change them there.")
		return nil
	}
	for {
		r.Answers.Token, r.Answers.Region, r.account = nil, "", nil
		skip, err := r.askToken(ctx)
		if err != nil || skip {
			return err
		}
		if err := r.askRegion(ctx); err != nil {
			return err
		}
		r.remark(Plain, "Asking PagerDuty …")
		if r.say(r.TryToken(ctx)) {
			return nil
		}
		again, use, err := r.again(ctx, "Skip PagerDuty")
		if err != nil || use {
			return err
		}
		if !again {
			r.Answers.Token, r.Answers.Region = nil, ""
			return nil
		}
	}
}

// askToken asks where the token is; skip: it is not used.
func (r *Run) askToken(ctx context.Context) (skip bool, err error) {
	for {
		from, err := r.askTokenSource(ctx)
		if err != nil || from == asNow || from == skipIt {
			return from == skipIt, err
		}
		t := &Token{From: from}
		if t.Name, err = r.askTokenName(ctx, from); err != nil {
			return false, err
		}
		if t.Name == "" {
			continue
		}
		r.Answers.Token = t
		if from != Keyring && from != File {
			return false, nil
		}
		answered, err := r.askSecret(ctx, t)
		if err != nil || answered {
			return false, err
		}
		r.Answers.Token = nil
	}
}

// The answers to where the token is that name no source.
const asNow, skipIt = Source("as now"), Source("skip")

// askTokenSource asks where the token is.
func (r *Run) askTokenSource(ctx context.Context) (Source, error) {
	var options []string
	var of []Source
	offer := func(s Source, text string) { options, of = append(options, text), append(of, s) }
	if from, _ := r.Present.Account().TokenFrom(); from != "" {
		offer(asNow, "Where it is now: "+from)
	}
	why := r.Tries.KeyringMissing()
	if why == nil {
		offer(Keyring, "In the keyring of this system")
	}
	offer(File, "In a file that only you may read")
	offer(Command, "What a command prints, such as that of a password manager")
	offer(Environment, "In an environment variable")
	if len(r.Present.PagerDuty) > 0 {
		offer(skipIt, "Skip: PagerDuty stays as it is")
	} else {
		offer(skipIt, "Skip: no PagerDuty")
	}
	help := "A user's REST API token is best: My Profile, User Settings, Create API User Token. It is never written into the configuration."
	if why != nil {
		help += " There is no keyring here."
	}
	at, err := r.Person.Choose(ctx, Question{Title: "Where is the PagerDuty token to be?", Help: help}, options, 0)
	if err != nil {
		return "", err
	}
	return of[at], nil
}

// askTokenName asks for the name of the file or variable, or for the command; empty: back.
func (r *Run) askTokenName(ctx context.Context, from Source) (string, error) {
	p := r.Present.Account()
	q, text := Question{}, ""
	switch from {
	case Keyring:
		return cmp.Or(p.TokenKeyring, "pagerduty"), nil
	case File:
		q, text = Question{Title: "Which file?", Help: "A relative path begins beside the configuration."}, cmp.Or(p.TokenFile, "pagerduty-token")
	case Command:
		q, text = Question{Title: "Which command prints the token?", Help: "The shell runs it, and its first line is the token, as with: op read op://work/pagerduty/token"}, p.TokenCommand
	case Environment:
		q, text = Question{Title: "Which variable?", Help: "Set it where your shell starts, not only here."}, cmp.Or(p.TokenEnv, config.TokenVariable)
	}
	q.Empty = back
	return r.line(ctx, q, text, checkValue("pagerduty", string(from), false))
}

// line asks for one line, without space around it.
func (r *Run) line(ctx context.Context, q Question, text string, check func(string) error) (string, error) {
	answer, err := r.Person.Write(ctx, q, text, check)
	return strings.TrimSpace(answer), err
}

// back is what an empty answer means to a question without which another answer means
// nothing: the choice that led to it is asked again, where it can be skipped.
const back = "back to the choice before"

// askSecret asks for the token itself, unless it is there already. answered: it is known.
func (r *Run) askSecret(ctx context.Context, t *Token) (answered bool, err error) {
	if c, err := r.planned(nil); err == nil {
		if _, err := r.Tries.Token(ctx, c.Account()); err == nil {
			at, err := r.Person.Choose(ctx, Question{Title: "There is a token already. Which one?"}, []string{"The one that is there", "Another one, in its place"}, 0)
			if err != nil || at == 0 {
				return true, err
			}
		}
	}
	secret, err := r.Person.Secret(ctx, Question{Title: "The token", Help: "It is stored when the configuration is written, and not shown.", Empty: back}, func(text string) error {
		if strings.ContainsFunc(strings.TrimSpace(text), func(c rune) bool { return c <= ' ' || c > '~' }) {
			return fmt.Errorf("it has a character that no token has: copy it again")
		}
		return nil
	})
	t.Secret = strings.TrimSpace(secret)
	return t.Secret != "", err
}

func (r *Run) askRegion(ctx context.Context) error {
	if r.Present.Account().URL != "" {
		r.Answers.Region = r.Present.Account().Region
		return nil
	}
	at := 0
	if r.Present.Account().Region == "eu" || r.Answers.Token != nil && strings.HasPrefix(r.Answers.Token.Secret, "pdeu+") {
		at = 1
	}
	at, err := r.Person.Choose(ctx, Question{Title: "Where is the account?", Help: "The address of PagerDuty in your browser shows it: name.eu.pagerduty.com is in Europe."}, []string{"us", "eu"}, at)
	r.Answers.Region = []string{"us", "eu"}[at]
	return err
}

func (r *Run) saysAccount() string {
	c, err := r.planned(nil)
	if from, _ := c.Account().TokenFrom(); err == nil && from != "" {
		return fmt.Sprintf("token from %s, region %s", from, c.Account().Region)
	}
	if t := r.Answers.Token; t != nil {
		return fmt.Sprintf("token from %s, region %s", clean.Line(t.Name), r.Answers.Region)
	}
	if from, _ := r.Present.Account().TokenFrom(); from != "" {
		return "token from " + from
	}
	return skipped
}

// askMe asks who the person is.
func (r *Run) askMe(ctx context.Context) error {
	found := ""
	if r.account != nil && r.account.Me != nil {
		found = clean.Line(r.account.Me.Email)
	}
	help := "As in PagerDuty."
	if r.account != nil && r.account.Person {
		help += " The token is yours, so it is not needed."
	}
	email, err := r.line(ctx, Question{Title: "Your email", Help: help, Empty: "skip"}, cmp.Or(r.Answers.Email, r.Present.Me.Email, found), checkValue("me", "email", false))
	if err != nil {
		return err
	}
	before := cmp.Or(r.Answers.Email, r.Present.Me.Email)
	r.Answers.Email = email
	if r.account != nil && !r.account.Person && email != before {
		r.say(r.TryToken(ctx)) // it is asked as this user
	}
	r.say(r.TryEmail())
	roles := []respond.Role{respond.Developer, respond.FirstLine}
	at := 0
	if cmp.Or(r.Answers.Role, string(r.Present.Me.Role)) == string(respond.FirstLine) {
		at = 1
	}
	at, err = r.Person.Choose(ctx, Question{Title: "Your role", Help: "It says whom an escalation reaches."}, []string{
		"Developer: escalates to the first line", "First line: escalates to the owner of the service",
	}, at)
	r.Answers.Role = string(roles[at])
	return err
}

func (r *Run) saysMe() string {
	return cmp.Or(r.Answers.Email, r.Present.Me.Email, skipped) + ", " + cmp.Or(r.Answers.Role, string(r.Present.Me.Role))
}

package config

import (
	"net/mail"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"firstline/internal/clean"
	"firstline/internal/wording"
)

// accounts reads the PagerDuty accounts. Without a table, a token in the environment
// is of one.
func (b *builder) accounts(f file, me Me, env lookup, names map[string]bool) []PagerDuty {
	if len(f.PagerDuty) == 0 {
		if token, _ := env(TokenVariable); strings.TrimSpace(token) == "" {
			return nil
		}
		f.PagerDuty = make([]filePagerDuty, 1)
	}
	var all []PagerDuty
	for i, one := range f.PagerDuty {
		p := b.account(one, me, func(key ...string) []string { return b.accountPath(i, key...) }, names)
		p.oneOfSeveral = len(f.PagerDuty) > 1
		all = append(all, p)
	}
	if len(all) > 1 {
		b.checkTokens(all)
	}
	return all
}

// accountPath is the path of a key of an account. The only one may be in [pagerduty].
func (b *builder) accountPath(i int, key ...string) []string {
	path := []string{"pagerduty"}
	if b.positions.has("pagerduty", "0") {
		path = append(path, strconv.Itoa(i))
	}
	return append(path, key...)
}

func (b *builder) account(f filePagerDuty, me Me, at func(key ...string) []string, names map[string]bool) PagerDuty {
	p := PagerDuty{Name: f.Name, Email: me.Email, Region: "us", Interval: DefaultPagerDutyInterval}
	if p.Name == "" {
		p.Name = PagerDutyName
	}
	b.sourceName(at("name"), p.Name, names)
	if f.Email != "" {
		p.Email = f.Email
		b.checkEmail(at("email"), f.Email)
	}
	switch strings.ToLower(f.Region) {
	case "", "us":
	case "eu":
		p.Region = "eu"
	default:
		b.fault(at("region"), "%q is not a region: it is \"us\" or \"eu\"", clean.Line(f.Region))
	}
	if f.URL != "" {
		p.URL = b.address(at("url"), f.URL, true)
	}
	if strings.ContainsAny(f.TokenEnv, "= \t\n") {
		b.fault(at("token_env"), "this is the name of an environment variable, such as %q, and not the token", TokenVariable)
	}
	if f.TokenKeyring != clean.Line(f.TokenKeyring) || strings.TrimSpace(f.TokenKeyring) != f.TokenKeyring {
		b.fault(at("token_keyring"), "this is the name of an entry in the keyring, one line of plain text such as \"pagerduty\"")
	}
	p.TokenEnv, p.TokenKeyring, p.TokenCommand = f.TokenEnv, f.TokenKeyring, strings.TrimSpace(f.TokenCommand)
	if f.TokenFile != "" {
		p.TokenFile = b.absolute(f.TokenFile)
	}
	switch p.TokenType = strings.ToLower(strings.TrimSpace(f.TokenType)); p.TokenType {
	case "", "token", "bearer":
	default:
		b.fault(at("token_type"), "%q is not a type of token: it is \"token\" (REST) or \"bearer\" (OAuth)", clean.Line(f.TokenType))
	}
	p.Teams = slices.Clone(f.Teams)
	for i, t := range f.Teams {
		if strings.TrimSpace(t) == "" {
			b.fault(at("teams", strconv.Itoa(i)), "a team's name or id is missing here")
		}
	}
	if f.Interval != "" {
		p.Interval = b.interval(at("interval"), f.Interval, 5*time.Second)
	}
	return p
}

// checkTokens refuses several accounts without a token of their own: one token is of one
// account.
func (b *builder) checkTokens(all []PagerDuty) {
	taken := map[string]string{}
	for i, p := range all {
		has := false
		for _, from := range []struct{ key, value string }{
			{"token_env", p.TokenEnv}, {"token_keyring", p.TokenKeyring}, {"token_file", p.TokenFile}, {"token_command", p.TokenCommand},
		} {
			if from.value == "" {
				continue
			}
			has = true
			position := from.key + " " + from.value
			if other, twice := taken[position]; twice {
				b.fault(b.accountPath(i, from.key), "the account %s has the same %s, and a token is of one account: name another one", other, from.key)
			}
			taken[position] = clean.Line(p.Name)
		}
		if !has {
			b.fault(b.accountPath(i), "the account %s has no token of its own: with several accounts, set token_env, token_keyring, token_file or token_command in each", clean.Line(p.Name))
		}
	}
}

// sourceName checks the name of a source, and notes it.
func (b *builder) sourceName(at []string, name string, names map[string]bool) {
	switch {
	case name != clean.Line(name):
		b.fault(at, "a name is one line of plain text")
	case names[strings.ToLower(name)]:
		b.fault(at, "there is another source called %s: give each its own name", name)
	}
	names[strings.ToLower(name)] = true
}

func (b *builder) checkEmail(at []string, email string) {
	if a, err := mail.ParseAddress(email); err != nil || a.Address != email {
		b.fault(at, "this is not an email address: write the one of your PagerDuty user, such as dana@example.com")
	}
}

// overlayAccount sets what the environment says of the only account.
func (b *builder) overlayAccount(f *file, env lookup) {
	one := make([]filePagerDuty, 1)
	if len(f.PagerDuty) > 1 {
		nowhere := []string{"pagerduty", ""}
		for _, key := range b.overlayTable(reflect.ValueOf(&one[0]).Elem(), "pagerduty", nowhere, env) {
			b.fault(append(nowhere, key), "the file has %s, and a variable does not say which of them it is for: write it in the file", wording.Count(len(f.PagerDuty), "PagerDuty account"))
		}
		return
	}
	copy(one, f.PagerDuty)
	if set := b.overlayTable(reflect.ValueOf(&one[0]).Elem(), "pagerduty", b.accountPath(0), env); len(set) > 0 {
		f.PagerDuty = one
	}
}

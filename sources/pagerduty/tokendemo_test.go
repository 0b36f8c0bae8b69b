package pagerduty_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"firstline/sources"
	"firstline/sources/demo"
	"firstline/sources/pagerduty"
)

// The stand-in accepts REST and OAuth tokens, each in its own form, and lets
// them expire. A client with a token source continues to read and act.
func TestTokensThatExpire(t *testing.T) {
	for _, c := range []struct{ name, first, second, kind, advice string }{
		{"OAuth", "pdus+one", "pdus+two", "", "log in again"},
		{"OAuth of another look", "eyJ.one", "eyJ.two", "bearer", "log in again"},
		{"REST", "u+one", "u+two", "", "create a new one"},
		{"REST that is called so", "u+one", "u+two", "token", "create a new one"},
		{"REST and then OAuth", "u+one", "pdeu+two", "", "log in again"},
		{"OAuth and then REST", "pdus+one", "u+two", "", "create a new one"},
	} {
		t.Run(c.name, func(t *testing.T) {
			offered := c.first
			a := newAccount(t, pagerduty.Options{Token: c.first, TokenType: c.kind, TokenFrom: "token_command", RenewToken: func(context.Context) (string, error) { return offered, nil }})
			grant := func(token string) {
				a.Change(func(d *demo.Directory) {
					if d.OAuthTokens == nil {
						d.OAuthTokens = map[string]string{}
					}
					if strings.HasPrefix(token, "u+") {
						d.Tokens[token] = "PUANN01"
					} else {
						d.OAuthTokens[token] = "PUANN01"
					}
				})
			}
			grant(c.first)
			a.event("trigger", "k", "{}")
			id := a.only().ID
			a.ExpireToken(c.first)
			grant(c.second)
			offered = c.second
			_, err := a.client.AddNote(t.Context(), id, "rolled back")
			must(t, err)
			if i := a.only(); i.ID != id {
				t.Errorf("reads %+v", i)
			}
			if notes := a.Incidents()[0].Notes; !slices.Equal(notes, []string{"rolled back"}) {
				t.Errorf("the notes are %q", notes)
			}
			a.ExpireToken(c.second)
			_, err = a.client.Incident(t.Context(), id)
			if text := sources.Sentence(err); sources.ReasonOf(err) != sources.Unauthorized || !strings.Contains(text, c.advice) {
				t.Errorf("expired, and it says %q", text)
			}
		})
	}
}

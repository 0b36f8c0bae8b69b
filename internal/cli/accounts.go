package cli

import (
	"cmp"
	"context"
	"slices"

	"firstline/internal/accounts"
	"firstline/internal/config"
	"firstline/sources"
	"firstline/sources/pagerduty"
)

// makeAccounts makes a client of each PagerDuty account, and one of all.
func (s *setup) makeAccounts(ctx context.Context, agent string, before *setup) {
	s.tokenDigests = map[string]string{}
	var all []accounts.Account
	var missing []*sources.Error
	for _, p := range s.config.PagerDuty {
		source := sources.Source{Kind: sources.PagerDuty, Name: p.Name}
		options := s.accountOptions(p)
		client, err := clientOf(s, before, source, options, func() (*pagerduty.Client, error) { return s.newAccount(ctx, p, options, agent) })
		if err != nil {
			missing = append(missing, unusable(source, err))
			s.addBroken(source, err)
			continue
		}
		all, s.clients = append(all, client), append(s.clients, client)
		s.continueAccount(p, before)
		s.add(client, p.Interval)
	}
	switch {
	case len(all) == 0:
	case len(s.config.PagerDuty) == 1:
		s.account = all[0]
	default:
		s.account = accounts.New(all, missing)
	}
}

// accountOptions is what the client of an account is made of.
type accountOptions struct {
	account            config.PagerDuty
	policies, services []string
}

func (s *setup) accountOptions(p config.PagerDuty) accountOptions {
	o := accountOptions{account: p}
	o.account.Interval = 0
	if first := s.config.FirstLine.EscalationPolicy; first != "" {
		o.policies = append(o.policies, first)
	}
	for _, rule := range s.config.Services {
		if rule.Policy != "" {
			o.policies = append(o.policies, rule.Policy)
		} else {
			o.services = append(o.services, cmp.Or(rule.PagerDuty, rule.Name))
		}
	}
	return o
}

// continueAccount notes that what was read of an account before holds: only people or
// policies are asked for besides.
func (s *setup) continueAccount(p config.PagerDuty, before *setup) {
	if s.tokenDigests[p.Name] == "" {
		s.tokenDigests[p.Name] = before.tokenDigests[p.Name] // the client is the one from before
	}
	if s.tokenDigests[p.Name] != before.tokenDigests[p.Name] {
		return
	}
	if slices.ContainsFunc(before.config.PagerDuty, func(then config.PagerDuty) bool {
		return p.Name == then.Name && p.URL == then.URL && p.Region == then.Region && slices.Equal(p.Teams, then.Teams)
	}) {
		s.continued = append(s.continued, p.Name)
	}
}

func (s *setup) newAccount(ctx context.Context, p config.PagerDuty, made accountOptions, agent string) (*pagerduty.Client, error) {
	find := s.tokenOf(p)
	token, err := find(ctx)
	if err != nil {
		return nil, err
	}
	s.tokenDigests[p.Name] = digest(token)
	o := pagerduty.Options{
		Name: p.Name, URL: p.URL, Region: p.Region, Token: token, TokenType: p.TokenType, Email: p.Email,
		UserAgent: agent, Teams: p.Teams, Policies: made.policies, Services: made.services, Now: s.now, Sleep: s.wait, Log: s.log,
	}
	position, renewable := p.TokenFrom()
	o.TokenFrom = position
	if renewable {
		o.RenewToken = find
	}
	return pagerduty.New(o)
}

// distinct refuses what was read of an account that is the same as one before it.
func distinct(snapshots []sources.Snapshot) {
	for i := range snapshots {
		snapshots[i] = accounts.Distinct(snapshots[i], snapshots[:i]...)
	}
}

// inAccount says which account something is in, where there are several.
func (s *setup) inAccount(source sources.Source) string {
	if len(s.config.PagerDuty) < 2 {
		return ""
	}
	return " in " + source.Name
}

// accountOf returns the configuration of the account of a source.
func (s *setup) accountOf(source sources.Source) config.PagerDuty {
	for _, p := range s.config.PagerDuty {
		if p.Name == source.Name {
			return p
		}
	}
	return config.PagerDuty{}
}

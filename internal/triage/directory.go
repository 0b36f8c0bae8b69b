package triage

import (
	"slices"
	"strings"

	"firstline/sources"
)

// directory finds the services and escalation policies of the PagerDuty accounts. What
// is named is of the account of the incident. Without an incident a name that several
// accounts have means none of them.
type directory []accountDirectory

// accountDirectory is that of one account.
type accountDirectory struct {
	account      string
	byID, byName map[string]*sources.Service
	// policies are the ids of the escalation policies of [[service]] entries, by
	// how they are written there; without those that are not found.
	policies map[string]string
}

func newDirectory(snapshots []sources.Snapshot, rules []ServiceRule) directory {
	var d directory
	for i := range snapshots {
		if snapshots[i].Source.Kind == sources.PagerDuty {
			d = append(d, newAccountDirectory(&snapshots[i], rules))
		}
	}
	return d
}

func newAccountDirectory(snap *sources.Snapshot, rules []ServiceRule) accountDirectory {
	d := accountDirectory{snap.Source.Name, map[string]*sources.Service{}, map[string]*sources.Service{}, policiesOf(snap, rules)}
	services := snap.Data.Services
	for k := range services {
		s := &services[k]
		if d.byID[s.ID] == nil {
			d.byID[s.ID] = s
		}
		name := strings.ToLower(s.Name)
		if name == "" {
			continue // it is gone; nothing is found by having no name
		}
		if have := d.byName[name]; have == nil || s.ID < have.ID {
			d.byName[name] = s
		}
	}
	return d
}

// policiesOf returns the escalation policies of [[service]] entries. An id in a
// service counts even if the list of policies was not read.
func policiesOf(snap *sources.Snapshot, rules []ServiceRule) map[string]string {
	found := map[string]string{}
	for _, rule := range rules {
		if rule.Policy == "" || found[rule.Policy] != "" {
			continue
		}
		hits := sources.Named(snap.Data.Policies, rule.Policy, (*sources.Policy).Names)
		isID := func(s sources.Service) bool { return s.Policy.ID == rule.Policy }
		switch {
		case len(hits) == 1:
			found[rule.Policy] = hits[0].ID
		case len(hits) == 0 && slices.ContainsFunc(snap.Data.Services, isID):
			found[rule.Policy] = rule.Policy
		}
	}
	return found
}

// ofID returns the service of an account with an id, or nil.
func (d directory) ofID(account, id string) *sources.Service {
	for i := range d {
		if d[i].account == account && id != "" {
			return d[i].byID[id]
		}
	}
	return nil
}

// find returns the service with an id or a name, ignoring case, and its account. It
// looks in one account, or in all where that is empty. It returns nil for a name that
// several have.
func (d directory) find(account, idOrName string) (found *sources.Service, in string) {
	if idOrName == "" {
		return nil, account
	}
	for i := range d {
		if s := d[i].byID[idOrName]; s != nil && (account == "" || account == d[i].account) {
			return s, d[i].account
		}
	}
	for i := range d {
		s := d[i].byName[strings.ToLower(idOrName)]
		switch {
		case s == nil || account != "" && account != d[i].account:
		case found != nil:
			return nil, account
		default:
			found, in = s, d[i].account
		}
	}
	if found == nil {
		return nil, account
	}
	return found, in
}

// policy returns the id of a policy of a [[service]], and its account, as find does.
func (d directory) policy(account, typed string) (id, in string) {
	for i := range d {
		one := d[i].policies[typed]
		switch {
		case one == "" || account != "" && account != d[i].account:
		case id != "":
			return "", account
		default:
			id, in = one, d[i].account
		}
	}
	if id == "" {
		return "", account
	}
	return id, in
}

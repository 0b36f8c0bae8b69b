package respond

import (
	"cmp"
	"fmt"
	"strings"
	"time"
	_ "time/tzdata" // people's time zones, also on machines that have no list of them

	"firstline/internal/clean"
	"firstline/internal/silencing"
	"firstline/sources"
)

// Data is what is known of people, policies and sources when a plan is made.
type Data struct {
	Settings Settings
	Now      time.Time
	// Account is the PagerDuty account that this is of, where there are several;
	// empty: of all. See For.
	Account string
	// Me is the person at the screen, or nil when unknown.
	Me       *sources.User
	Users    []sources.User
	Policies []sources.Policy
	Services []sources.Service
	Teams    []sources.Reference
	OnCalls  []sources.OnCall
	// Priorities are the account's, the gravest first.
	Priorities []sources.Priority
	// Incidents are all that are open.
	Incidents []sources.Incident
	// PagerDuty: an account is configured. PagerDutyErr is why its last read
	// failed; PagerDutyRead is when it was last read, zero: never.
	PagerDuty     bool
	PagerDutyErr  error
	PagerDutyRead time.Time
	// Extents say how much of each list was read: what is not in a list that
	// is not whole may be in PagerDuty all the same.
	Extents sources.Extents
	// OnCallsUntil is up to when OnCalls has all turns of a policy; a policy
	// that is not in it has those of when it was read.
	OnCallsUntil map[string]time.Time
	// accounts are the snapshots of all accounts, where there are several.
	accounts []sources.Snapshot
	// Alertmanagers are those that may be silenced, by name, with every alert
	// and silence they reported. A cluster of them is one.
	Alertmanagers []silencing.Alertmanager
}

// NewData gathers the Data from what the sources last said.
func NewData(snapshots []sources.Snapshot, s Settings, now time.Time) Data {
	w := Data{Settings: s, Now: now, PagerDuty: s.HasPagerDuty}
	for _, snap := range snapshots {
		if snap.Source.Kind == sources.PagerDuty {
			w.accounts = append(w.accounts, snap)
		}
	}
	w.addAccounts(w.accounts)
	if len(w.accounts) < 2 {
		w.accounts = nil
	}
	w.Alertmanagers = silencing.Alertmanagers(snapshots, s.Silencers, now)
	return w
}

func (w *Data) addAccounts(snapshots []sources.Snapshot) {
	for _, snap := range snapshots {
		w.addPagerDuty(snap)
	}
	if w.Me != nil || w.Settings.Email == "" {
		return
	}
	for i, u := range w.Users {
		if strings.EqualFold(u.Email, w.Settings.Email) {
			w.Me = &w.Users[i]
			break
		}
	}
}

// For returns what is known of the account in which a request acts. What it names, such
// as a policy, and who acts are of one account: that of its first group with an incident,
// else the one of its first group whose account is known, else the one that alone has the
// target. With one account that is all that is known.
func (w Data) For(r Request) Data {
	if len(w.accounts) == 0 || w.Account != "" {
		return w
	}
	for _, g := range r.Groups {
		if g.Incident != nil {
			return w.of(g.Incident.Source)
		}
	}
	for _, g := range r.Groups {
		if g.Account != "" {
			return w.of(g.Account)
		}
	}
	var found []Data
	target := w.targetOf(r)
	for _, snap := range w.accounts {
		one := w.of(snap.Source.Name)
		if t, err := ResolveTarget(target, one); err == nil && t.ID != "" {
			found = append(found, one)
		}
	}
	if len(found) == 1 {
		return found[0]
	}
	return w
}

// Accounts returns what is known of each account by itself.
func (w Data) Accounts() []Data {
	if len(w.accounts) == 0 {
		return []Data{w}
	}
	var all []Data
	for _, snap := range w.accounts {
		all = append(all, w.of(snap.Source.Name))
	}
	return all
}

// of returns what is known of one account of several.
func (w Data) of(account string) Data {
	if len(w.accounts) == 0 || account == "" {
		return w
	}
	one := Data{Settings: w.Settings, Now: w.Now, Account: account, PagerDuty: w.PagerDuty, Alertmanagers: w.Alertmanagers, accounts: w.accounts}
	if email := w.Settings.Emails[account]; email != "" {
		one.Settings.Email = email
	}
	for _, snap := range w.accounts {
		if snap.Source.Name == account {
			one.addAccounts([]sources.Snapshot{snap})
		}
	}
	return one
}

// inAccount says which account something was looked for in, where there are several.
func (w Data) inAccount() string {
	if w.Account == "" {
		return ""
	}
	return " (looked for in the PagerDuty account " + clean.Line(w.Account) + ")"
}

// ofOther says that a group is in another account than the one that a request acts in;
// empty where it is not.
func (w Data) ofOther(account string) string {
	if w.Account == "" || account == "" || account == w.Account {
		return ""
	}
	return fmt.Sprintf("It is in the PagerDuty account %s, and this goes to %s: choose it by itself.", clean.Line(account), clean.Line(w.Account))
}

func (w *Data) addPagerDuty(snap sources.Snapshot) {
	d := snap.Data
	if w.PagerDutyRead.IsZero() && w.PagerDutyErr == nil {
		w.Extents = d.Extents
	} else {
		w.Extents = w.Extents.And(d.Extents)
	}
	w.PagerDuty = true
	if w.PagerDutyErr == nil {
		w.PagerDutyErr = snap.Err
	}
	if w.PagerDutyRead.IsZero() || snap.AsOf.Before(w.PagerDutyRead) {
		w.PagerDutyRead = snap.AsOf
	}
	w.Users = append(w.Users, d.Users...)
	w.Policies = append(w.Policies, d.Policies...)
	w.Services = append(w.Services, d.Services...)
	w.OnCalls = append(w.OnCalls, d.OnCalls...)
	w.Priorities = append(w.Priorities, d.Priorities...)
	// With one account, which is the rule, nothing is copied: a dialog makes
	// the Data on every refresh.
	w.Incidents = append(w.Incidents[:len(w.Incidents):len(w.Incidents)], d.Incidents...)
	if w.Me == nil {
		w.Me = d.Me
	}
	facts := map[string]bool{}
	for _, t := range w.Teams {
		facts[t.ID] = true
	}
	add := func(refs []sources.Reference) {
		for _, t := range refs {
			if t.ID != "" && !facts[t.ID] {
				facts[t.ID] = true
				w.Teams = append(w.Teams, t)
			}
		}
	}
	add(d.Teams)
	for _, p := range d.Policies {
		add(p.Teams)
	}
}

// Self is who acts; the ID is empty where that is not known.
func (w Data) Self() sources.Reference {
	if w.Me == nil {
		return sources.Reference{}
	}
	return sources.Reference{ID: w.Me.ID, Name: w.Me.Name}
}

// by is who acts, for people to read: "Dana Reyes (dana@example.com)".
func (w Data) by() string {
	name, email := "", clean.Line(w.Settings.Email)
	if w.Me != nil { // a user's token acts as that user, whatever is configured
		name, email = clean.Line(w.Me.Name), cmp.Or(clean.Line(w.Me.Email), email)
	}
	switch {
	case name == "" && email == "":
		return "somebody"
	case name == "":
		return email
	case email == "":
		return name
	}
	return name + " (" + email + ")"
}

// isMe reports whether a reference is the person who acts.
func (w Data) isMe(r sources.Reference) bool { return w.Me != nil && r.ID != "" && r.ID == w.Me.ID }

func (w Data) user(id string) (sources.User, bool) {
	for _, u := range w.Users {
		if u.ID == id {
			return u, true
		}
	}
	if w.Me != nil && w.Me.ID == id {
		return *w.Me, id != ""
	}
	return sources.User{}, false
}

func (w Data) policy(id string) (sources.Policy, bool) {
	for _, p := range w.Policies {
		if p.ID == id && id != "" {
			return p, true
		}
	}
	return sources.Policy{}, false
}

func (w Data) service(id string) (sources.Service, bool) {
	for _, s := range w.Services {
		if s.ID == id && id != "" {
			return s, true
		}
	}
	return sources.Service{}, false
}

// firstLineName is what people call the first line.
func (w Data) firstLineName() string {
	if n := clean.Line(w.Settings.FirstLineName); n != "" {
		return n
	}
	return "first line"
}

// whoOf names a reference to a user as the responder knows them.
func (w Data) whoOf(r sources.Reference) string {
	if w.isMe(r) {
		return "you"
	}
	return w.userName(r)
}

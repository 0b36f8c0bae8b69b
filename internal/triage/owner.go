package triage

import (
	"encoding/binary"
	"maps"
	"slices"
	"strings"
	"sync"

	"firstline/internal/labelset"
	"firstline/internal/reference"
	"firstline/sources"
)

// WithDefaults returns the options with the defaults of those that are not set.
func (o Options) WithDefaults() Options {
	if o.ServiceLabels == nil {
		o.ServiceLabels = []string{"service", "app", "job", "namespace"}
	}
	if o.TeamLabels == nil {
		o.TeamLabels = []string{"team", "owner"}
	}
	if o.Heartbeats == nil {
		o.Heartbeats = []string{"Watchdog", "InfoInhibitor"}
	}
	if o.References != nil {
		references := make([]string, len(o.References))
		for i, name := range o.References {
			references[i] = reference.Key(name)
		}
		o.References = references
	}
	if o.IgnoreLabels == nil {
		o.IgnoreLabels = []string{
			"replica", "prometheus_replica", "__replica__", "thanos_ruler_replica", "rule_replica", "ruler_replica",
		}
	}
	return o
}

// ruleOfLabels is the first [[service]] that matches, or -1.
func (o *Options) ruleOfLabels(labels map[string]string) int {
	for i := range o.Services {
		if o.Services[i].Match.Match(labels) {
			return i
		}
	}
	return -1
}

// ruleOfPagerDuty is the first [[service]] that names the PagerDuty service by
// id or name, or -1.
func (o *Options) ruleOfPagerDuty(service sources.Reference) int {
	for i := range o.Services {
		p := o.Services[i].PagerDuty
		if p != "" && (p == service.ID || strings.EqualFold(p, service.Name)) {
			return i
		}
	}
	return -1
}

// ruleOfName is the first [[service]] of that name, or -1.
func (o *Options) ruleOfName(name string) int {
	for i := range o.Services {
		if name != "" && o.Services[i].Name == name {
			return i
		}
	}
	return -1
}

// owner finds the services of alerts, on all processors. It caches the results
// of matchers by the values of the labels that they use, because many alerts
// have the same values.
type owner struct {
	o     Options
	names []string   // of the labels that some [[service]] looks at
	mu    sync.Mutex // of rules and severities
	rules map[string]int
	// byName are the indexes of the [[service]] entries.
	byName map[string]int
	// severities are what the words met so far mean.
	severities map[string]Severity
}

func newOwner(o *Options) *owner {
	names, byName := map[string]bool{}, map[string]int{}
	for i := range o.Services {
		if name := o.Services[i].Name; name != "" {
			if _, ok := byName[name]; !ok {
				byName[name] = i
			}
		}
		for _, name := range o.Services[i].Match.Names() {
			names[name] = true
		}
	}
	return &owner{o: *o, names: slices.Sorted(maps.Keys(names)), rules: map[string]int{}, byName: byName, severities: map[string]Severity{}}
}

// valid reports whether the cache holds for these options: they are the very same
// list, which never changes.
func (w *owner) valid(o *Options) bool {
	return w != nil && len(w.o.Services) == len(o.Services) &&
		(len(o.Services) == 0 || &w.o.Services[0] == &o.Services[0]) &&
		slices.Equal(w.o.ServiceLabels, o.ServiceLabels) && slices.Equal(w.o.TeamLabels, o.TeamLabels) && maps.Equal(w.o.Severities, o.Severities)
}

// maxRemembered bounds what an owner remembers, for labels such as pod have new
// values for ever.
const maxRemembered = 50_000

// rule is the first [[service]] that matches the labels, or -1.
func (w *owner) rule(labels map[string]string) int {
	if len(w.names) == 0 {
		return -1
	}
	var onStack [128]byte
	key := onStack[:0]
	for _, name := range w.names {
		value := labels[name]
		key = binary.AppendUvarint(key, uint64(len(value)))
		key = append(key, value...)
	}
	w.mu.Lock()
	rule, ok := w.rules[string(key)]
	w.mu.Unlock()
	if ok {
		return rule
	}
	rule = w.o.ruleOfLabels(labels)
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.rules) > maxRemembered {
		clear(w.rules)
	}
	w.rules[string(key)] = rule
	return rule
}

// severity is what the word means.
func (w *owner) severity(word string) Severity {
	w.mu.Lock()
	defer w.mu.Unlock()
	s, ok := w.severities[word]
	if !ok {
		if len(w.severities) > maxRemembered {
			clear(w.severities)
		}
		s = w.o.severityOf(word)
		w.severities[word] = s
	}
	return s
}

// owned is the owner and the severity of an alert according to its labels.
type owned struct {
	service, team string
	// rule is an index into Options.Services, or -1.
	rule     int
	severity Severity
}

// of returns the service, team and severity of an alert with these labels.
func (w *owner) of(labels map[string]string) owned {
	own := owned{severity: w.severity(labels["severity"]), rule: w.rule(labels)}
	if own.rule >= 0 {
		own.service = w.o.Services[own.rule].Name
	} else {
		own.service = labelset.FirstSet(labels, w.o.ServiceLabels)
		if i, ok := w.byName[own.service]; ok {
			own.rule = i
		}
	}
	if own.rule >= 0 && w.o.Services[own.rule].Team != "" {
		own.team = w.o.Services[own.rule].Team
	} else {
		own.team = labelset.FirstSet(labels, w.o.TeamLabels)
	}
	return own
}

// directory finds PagerDuty's services.
type directory struct {
	byID, byName map[string]*sources.Service
	// policies are the ids of the escalation policies of [[service]] entries, by
	// how they are written there; without those that are not found.
	policies map[string]string
}

func newDirectory(snapshots []sources.Snapshot, rules []ServiceRule) directory {
	d := directory{map[string]*sources.Service{}, map[string]*sources.Service{}, policiesOf(snapshots, rules)}
	for i := range snapshots {
		services := snapshots[i].Data.Services
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
	}
	return d
}

// policiesOf returns the escalation policies of [[service]] entries. An id in a
// service counts even if the list of policies was not read.
func policiesOf(snapshots []sources.Snapshot, rules []ServiceRule) map[string]string {
	found := map[string]string{}
	for _, rule := range rules {
		if rule.Policy == "" || found[rule.Policy] != "" {
			continue
		}
		var hits []sources.Policy
		for i := range snapshots {
			hits = append(hits, sources.Named(snapshots[i].Data.Policies, rule.Policy, (*sources.Policy).Names)...)
		}
		if len(hits) == 1 {
			found[rule.Policy] = hits[0].ID
		}
		for i := range snapshots {
			isID := func(s sources.Service) bool { return s.Policy.ID == rule.Policy }
			if len(hits) == 0 && slices.ContainsFunc(snapshots[i].Data.Services, isID) {
				found[rule.Policy] = rule.Policy
			}
		}
	}
	return found
}

// find returns the service with an id or a name, ignoring case, or nil.
func (d directory) find(idOrName string) *sources.Service {
	if idOrName == "" {
		return nil
	}
	if s := d.byID[idOrName]; s != nil {
		return s
	}
	return d.byName[strings.ToLower(idOrName)]
}

// addName adds a name that is not there yet.
func addName(names []string, name string) []string {
	if name == "" || slices.Contains(names, name) {
		return names
	}
	return append(names, name)
}

// setOwner says whose the group is: by [[service]] first, then by PagerDuty,
// then by the alerts' labels.
func (b *builder) setOwner(g *Group, members []int32) {
	o, d := b.o, b.directory
	rule, own := -1, ""
	for _, at := range members { // the gravest first
		k := &b.owned[at]
		if rule < 0 && own == "" {
			rule, own = k.rule, k.service
		}
		g.Services = addName(g.Services, k.service)
		g.Teams = addName(g.Teams, k.team)
	}
	var service *sources.Service
	if g.Incident != nil {
		if rule < 0 {
			rule = o.ruleOfPagerDuty(g.Incident.Service)
		}
		if rule < 0 {
			rule = o.ruleOfName(g.Incident.Service.Name)
		}
		g.ServiceID = g.Incident.Service.ID
		service = d.find(g.ServiceID)
		g.Service = g.Incident.Service.Name
	}
	var configured ServiceRule
	if rule >= 0 {
		configured = o.Services[rule]
		g.Service = configured.Name
	}
	if g.Service == "" {
		g.Service = own
	}
	if g.Incident == nil {
		if configured.PagerDuty != "" {
			service = d.find(configured.PagerDuty)
		} else {
			service = d.find(g.Service)
		}
		if service != nil {
			g.ServiceID = service.ID
		}
	}
	// The owner is the service's, also where the incident was moved on to
	// another: first line's own PagerDuty service owns nothing.
	owner := service
	if configured.PagerDuty != "" {
		if s := d.find(configured.PagerDuty); s != nil {
			owner = s
		}
	}
	g.ServiceRunbook = configured.Runbook
	g.OwnerPolicyTyped = configured.Policy
	switch {
	case configured.Policy != "":
		g.OwnerPolicyID = d.policies[configured.Policy]
	case owner != nil:
		g.OwnerPolicyID = owner.Policy.ID
	}
	g.Team = configured.Team
	if g.Team == "" && len(g.Teams) > 0 {
		g.Team = g.Teams[0]
	}
	if g.Team == "" && g.Incident != nil {
		g.Team = firstName(g.Incident.Teams)
	}
	if g.Team == "" && owner != nil {
		g.Team = firstName(owner.Teams)
	}
}

// firstName returns the first name that is not empty: deleted objects may have
// none.
func firstName(list []sources.Reference) string {
	for _, r := range list {
		if name := strings.TrimSpace(r.Name); name != "" {
			return name
		}
	}
	return ""
}

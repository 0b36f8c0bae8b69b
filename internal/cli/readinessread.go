package cli

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"firstline/internal/crash"
	"firstline/internal/describe"
	"firstline/internal/escalation"
	"firstline/internal/readiness"
	"firstline/internal/slo/measure"
	"firstline/internal/triage"
	"firstline/internal/wanted"
	"firstline/internal/wording"
	"firstline/runbooks"
	"firstline/sources"
)

// measuring measures what the readiness of services is judged by.
type measuring struct {
	s *setup
	l reading
	// owners say how much of PagerDuty's services and policies was read, and ownersUnread
	// is why they may lack something.
	owners       sources.Extents
	ownersUnread string
	services     []*ownedService
	rulesUnread  string
	// loads are what services cost, by the scope of the sync: the ids of teams, or
	// empty for the account. Without any loadUnread is why.
	loads      map[string]syncedLoads
	loadUnread string
	// opened are the ids of the services whose incidents an alert opened, by its name.
	opened map[string][]string
	// policies are the escalation policies with their on-calls, by id.
	policies map[string]*escalation.Policy
	slos     *measure.Reader
	// notes are sentences on what belongs to no service.
	notes []string
}

// ownedService is a service whose readiness is asked for.
type ownedService struct {
	name, team string
	// pagerDuty is its service in PagerDuty; zero: none was found.
	pagerDuty sources.Service
	// policy is the owner's.
	policy sources.Reference
	// configured: it has a [[service]].
	configured bool
	rules      []readiness.Rule
	slos       measure.Found
}

func (o *ownedService) names() []string { return []string{o.pagerDuty.ID, o.name, o.pagerDuty.Name} }

// measuring prepares a measurement. Its history is read by openPast and takeLoads.
func (s *setup) measuring(slos *measure.Reader) *measuring {
	return &measuring{s: s, policies: map[string]*escalation.Policy{}, slos: slos}
}

// take takes what the sources said: owners, and rules with their runbooks. The history
// of one service is read after its owner is found, if choose returns one.
func (m *measuring) take(ctx context.Context, l reading, choose func([]*ownedService) *ownedService) {
	m.l = l
	m.readOwners()
	if choose != nil {
		if only := choose(m.services); only != nil {
			m.readLoads(ctx, only)
		}
	}
	for _, loads := range m.loads {
		loads.In(l.at.Location())
	}
	m.readRules()
	slices.SortStableFunc(m.services, func(a, b *ownedService) int { return cmp.Compare(a.name, b.name) })
}

// together is how many services have their SLOs read at a time.
const together = 6

// reports reads what is asked for each service, and judges them.
func (m *measuring) reports(ctx context.Context, services []*ownedService) []readiness.Report {
	var group crash.Group
	group.Go(func() { m.readPolicies(ctx, services) })
	next := make(chan *ownedService, len(services))
	for _, one := range services {
		next <- one
	}
	close(next)
	for range min(together, len(services)) {
		group.Go(func() {
			for one := range next {
				m.readSLOs(ctx, one)
			}
		})
	}
	group.Wait()
	all := make([]readiness.Report, len(services))
	for n, one := range services {
		all[n] = m.report(one)
	}
	return all
}

// readOwners finds the services of the configuration and of PagerDuty, and their owners.
func (m *measuring) readOwners() {
	m.ownersUnread = "no PagerDuty is configured"
	var accounts []sources.Data
	for _, snap := range m.l.snapshots {
		if snap.Source.Kind != sources.PagerDuty {
			continue
		}
		if len(accounts) == 0 {
			m.owners, m.ownersUnread = snap.Data.Extents, ""
		}
		if !snap.OK() {
			m.ownersUnread = cmp.Or(m.ownersUnread, oneLine(failure(snap)))
		}
		accounts, m.owners = append(accounts, snap.Data), m.owners.And(snap.Data.Extents)
	}
	for _, rule := range m.s.triage.Services {
		m.addService(ownedOf(rule, accounts))
	}
	for n := range accounts {
		m.addOwn(&accounts[n])
	}
}

// ownedOf is the service of a [[service]]. A name that several accounts have says of none
// of them that it is meant.
func ownedOf(rule triage.ServiceRule, accounts []sources.Data) *ownedService {
	one := &ownedService{name: rule.Name, team: rule.Team, configured: true}
	var found []sources.Service
	from := accounts
	for n := range accounts {
		if hits := sources.Named(accounts[n].Services, cmp.Or(rule.PagerDuty, rule.Name), serviceNames); len(hits) > 0 {
			found, from = append(found, hits...), accounts[n:n+1]
		}
	}
	if len(found) == 1 {
		one.pagerDuty, one.policy = found[0], found[0].Policy
	} else {
		from = accounts
	}
	if rule.Policy == "" {
		return one
	}
	var policies []sources.Policy
	for n := range from {
		policies = append(policies, sources.Named(from[n].Policies, rule.Policy, (*sources.Policy).Names)...)
	}
	one.policy = sources.Reference{}
	if len(policies) == 1 {
		one.policy = sources.Reference{ID: policies[0].ID, Name: policies[0].Name}
	}
	return one
}

// addOwn adds the services of an account that no [[service]] is about.
func (m *measuring) addOwn(d *sources.Data) {
	first := sources.Named(d.Policies, m.s.settings.FirstLinePolicy, (*sources.Policy).Names)
	for _, service := range d.Services {
		if slices.ContainsFunc(m.services, func(o *ownedService) bool { return o.pagerDuty.ID == service.ID }) || service.Name == "" {
			continue
		}
		one := &ownedService{name: service.Name, pagerDuty: service, policy: service.Policy}
		if len(first) == 1 && service.Policy.ID == first[0].ID {
			if sameTeams(service.Teams, first[0].Teams) {
				continue // it is first line's own
			}
			one.policy = sources.Reference{} // who owns it is not in PagerDuty
		}
		m.addService(one)
	}
}

func serviceNames(s *sources.Service) []string { return []string{s.ID, s.Name} }

func sameTeams(a, b []sources.Reference) bool {
	return len(a) > 0 && len(a) == len(b) && !slices.ContainsFunc(a, func(t sources.Reference) bool {
		return !slices.ContainsFunc(b, func(other sources.Reference) bool { return other.ID == t.ID })
	})
}

func (m *measuring) addService(one *ownedService) {
	if one.team == "" && len(one.pagerDuty.Teams) > 0 {
		one.team = one.pagerDuty.Teams[0].Name
	}
	m.services = append(m.services, one)
}

// readRules gives the alerting rules to their services: by their labels and
// [[service]], else to those whose incidents they opened.
func (m *measuring) readRules() {
	rules, faults := m.allRules()
	queryOf := wanted.OfRules(m.s.triage)
	lintRules := make([]runbooks.AlertRule, len(rules))
	options := runbooks.LintOptions{Variables: slices.Collect(maps.Keys(m.s.config.Runbooks.Fill)), Web: m.s.config.Runbooks.Fetch}
	for n, r := range rules {
		lintRules[n] = runbooks.AlertRule{Name: r.Name, Labels: r.Labels, Annotations: r.Annotations, Expression: r.Query}
		lintRules[n].Query = queryOf(lintRules[n])
	}
	for _, snap := range m.l.snapshots {
		for _, alert := range snap.Data.Alerts {
			options.Variables = slices.AppendSeq(options.Variables, maps.Keys(alert.Labels))
		}
	}
	found := readiness.RunbooksOf(m.s.library, lintRules, options)
	lost := 0
	for n, r := range rules {
		rule := readiness.Rule{Rule: r, Fault: faults[n], Runbook: found[n]}
		q := lintRules[n].Query
		of := m.servicesOf(q.Service, m.opened[r.Name])
		if len(of) == 0 && q.Service == "" {
			lost++
			continue
		}
		if len(of) == 0 {
			one := &ownedService{name: q.Service}
			m.addService(one)
			of = []*ownedService{one}
		}
		for _, one := range of {
			one.team = cmp.Or(one.team, q.Team)
			one.rules = append(one.rules, rule)
		}
	}
	if lost > 0 {
		m.notes = append(m.notes, wording.Count(lost, "alerting rule")+" without a service: give the rules the label service, or write match into a [[service]]")
	}
}

// servicesOf returns the services of a rule.
func (m *measuring) servicesOf(name string, opened []string) []*ownedService {
	var named, byIncident []*ownedService
	for _, one := range m.services {
		switch {
		case name != "" && (one.name == name || strings.EqualFold(one.pagerDuty.Name, name)):
			named = append(named, one)
		case one.pagerDuty.ID != "" && slices.Contains(opened, one.pagerDuty.ID):
			byIncident = append(byIncident, one)
		}
	}
	if len(named) > 0 {
		return named
	}
	return byIncident
}

// allRules returns the rules of all Prometheuses, those of replicas once, and why each
// is not evaluated.
func (m *measuring) allRules() (rules []sources.Rule, faults []string) {
	asked := 0
	for _, snap := range m.l.snapshots {
		if snap.Source.Kind != sources.Prometheus {
			continue
		}
		asked++
		switch {
		case !snap.OK():
			m.rulesUnread = cmp.Or(m.rulesUnread, failure(snap))
		case !snap.Data.Extents.Rules.Whole():
			m.rulesUnread = cmp.Or(m.rulesUnread, "not all alerting rules could be read: "+oneLine(snap.Data.Extents.Rules.Why()))
		}
		for _, r := range snap.Data.Rules {
			fault := r.Fault(snap.Clock(m.l.at))
			at := slices.IndexFunc(rules, func(other sources.Rule) bool {
				return other.Source != r.Source && other.Name == r.Name && other.Query == r.Query && maps.Equal(other.Labels, r.Labels)
			})
			if at >= 0 {
				faults[at] = cmp.Or(faults[at], fault)
				continue
			}
			rules, faults = append(rules, r), append(faults, fault)
		}
	}
	if asked == 0 {
		m.rulesUnread = "no Prometheus is configured"
	}
	return rules, faults
}

// report judges one service, once all was read.
func (m *measuring) report(one *ownedService) readiness.Report {
	limits := m.s.config.Readiness
	service := readiness.Service{
		Name: one.name, Team: one.team, Rules: one.rules, RulesUnread: m.rulesUnread, LoadUnread: m.loadUnread, Policy: m.policies[one.policy.ID],
		SLOs: one.slos.Readings, SLOsUnread: strings.Join(one.slos.Missing, ", "),
	}
	owners := m.owners.Services.And(m.owners.Policies)
	if service.OwnerUnread = m.ownersUnread; service.OwnerUnread == "" && !owners.Whole() {
		service.OwnerUnread = "not all services and policies could be read: " + owners.Why()
	}
	switch {
	case len(m.loads) == 0:
	case one.pagerDuty.ID == "" && m.ownersUnread != "":
		service.LoadUnread = "its service in PagerDuty is not known: " + m.ownersUnread
	case one.pagerDuty.ID == "":
		service.LoadUnread = fmt.Sprintf("PagerDuty has no service of its own for it: name one as pagerduty in a [[service]] named %q", one.name)
	default:
		loads, found := m.loadsOf(one)
		if !found {
			service.LoadUnread = "the stored history is of other teams: run `firstline sync` without --team"
			break
		}
		for _, span := range limits.Spans(loads.until) {
			service.Loads = append(service.Loads, loads.Of(one.pagerDuty.ID, span))
		}
	}
	return readiness.Judge(&service, limits, m.l.at)
}

// readPolicies reads who is on call for the escalation policies of services, for all of
// them at once.
func (m *measuring) readPolicies(ctx context.Context, services []*ownedService) {
	var ids []string
	for _, one := range services {
		id := one.policy.ID
		if id == "" || m.policies[id] != nil {
			continue
		}
		p, _ := triage.PolicyOf(m.l.snapshots, one.policy)
		p.Name = cmp.Or(p.Name, one.policy.Name)
		m.policies[id] = &p
		ids = append(ids, id)
	}
	if m.s.account == nil || len(ids) == 0 {
		return
	}
	until := m.l.at.Add(m.s.config.Readiness.Ahead)
	list, extent, err := m.s.account.OnCallsUntil(ctx, until, ids...)
	for _, id := range ids {
		p := m.policies[id]
		if err != nil {
			p.OnCallsRead = sources.Extent{Missing: describe.Explain(err)}
			continue
		}
		p.OnCalls, p.OnCallsRead, p.Until = nil, extent, until
		for _, o := range list {
			if o.Policy.ID == id {
				p.OnCalls = append(p.OnCalls, o)
			}
		}
	}
}

// readSLOs reads the SLOs of a service.
func (m *measuring) readSLOs(ctx context.Context, one *ownedService) {
	if !m.slos.Any() {
		one.slos.Missing = []string{"no Prometheus is configured"}
		return
	}
	ctx, cancel := context.WithTimeout(ctx, sloTime)
	defer cancel()
	g := triage.Group{Service: one.name}
	queries := map[string]string{}
	for _, r := range one.rules {
		labels := maps.Clone(r.Labels)
		if labels == nil {
			labels = map[string]string{}
		}
		labels["alertname"] = r.Name
		g.Alerts = append(g.Alerts, triage.Alert{Alert: sources.Alert{Labels: labels}})
		queries[r.Name] = r.Query
	}
	one.slos = m.slos.Of(ctx, g, func(a triage.Alert) string { return queries[a.Name()] })
}

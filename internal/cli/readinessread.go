package cli

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"firstline/internal/describe"
	"firstline/internal/escalation"
	"firstline/internal/history/past"
	"firstline/internal/readiness"
	"firstline/internal/report"
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
	// directory is PagerDuty's, and ownersUnread is why it may lack something.
	directory    sources.Data
	ownersUnread string
	services     []*ownedService
	rulesUnread  string
	// loads are the costs by service up to a time; nil: loadUnread is why.
	loads      *report.Loads
	until      time.Time
	loadUnread string
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
}

func (o *ownedService) names() []string { return []string{o.pagerDuty.ID, o.name, o.pagerDuty.Name} }

// measuring reads what all services share: owners, rules with their runbooks, and the
// history. Where one is given, only the history of the service that it chooses is read.
func (s *setup) measuring(ctx context.Context, l reading, slos *measure.Reader, one func([]*ownedService) *ownedService) *measuring {
	m := &measuring{s: s, l: l, policies: map[string]*escalation.Policy{}, slos: slos}
	m.readOwners()
	var only *ownedService
	if one != nil {
		only = one(m.services)
	}
	h := m.readLoads(ctx, only)
	m.readRules(h)
	slices.SortStableFunc(m.services, func(a, b *ownedService) int { return cmp.Compare(a.name, b.name) })
	return m
}

// readOwners finds the services of the configuration and of PagerDuty, and their owners.
func (m *measuring) readOwners() {
	m.ownersUnread = "no PagerDuty is configured"
	for _, snap := range m.l.snapshots {
		if snap.Source.Kind != sources.PagerDuty {
			continue
		}
		m.directory, m.ownersUnread = snap.Data, ""
		if !snap.OK() {
			m.ownersUnread = oneLine(failure(snap))
		}
	}
	d := &m.directory
	for _, rule := range m.s.triage.Services {
		one := &ownedService{name: rule.Name, team: rule.Team, configured: true}
		for _, service := range sources.Named(d.Services, cmp.Or(rule.PagerDuty, rule.Name), serviceNames) {
			one.pagerDuty, one.policy = service, service.Policy
		}
		if rule.Policy != "" {
			one.policy = sources.Reference{}
			for _, p := range sources.Named(d.Policies, rule.Policy, (*sources.Policy).Names) {
				one.policy = sources.Reference{ID: p.ID, Name: p.Name}
			}
		}
		m.addService(one)
	}
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

// readLoads reads the history that the windows need.
func (m *measuring) readLoads(ctx context.Context, only *ownedService) past.History {
	limits := m.s.config.Readiness
	long := limits.Window + time.Duration(limits.Back)*24*time.Hour
	if err := m.s.openPast(ctx, long); err != nil {
		m.loadUnread = oneLine(err.Error())
		return past.History{}
	}
	now := m.s.now()
	o := report.Options{Span: sources.Span{Since: now.Add(-long), Until: now}, FirstLine: m.s.config.FirstLine.EscalationPolicy, Zone: now.Location()}
	var wanted func(*past.Incident) bool
	if only != nil {
		wanted = func(i *past.Incident) bool { return !i.Read() || i.Service.ID == only.pagerDuty.ID }
	}
	h, err := m.s.pastWith(ctx, o, long+oldSync, wanted)
	if err != nil {
		m.loadUnread = oneLine(err.Error())
		return past.History{}
	}
	if len(h.Log) == 0 {
		m.loadUnread = "no history is stored: run `firstline sync`"
		return past.History{}
	}
	synced := o
	if upToSync(&synced, h, true) <= oldSync {
		o = synced // else the time since then counts as not read
	}
	m.loads, m.until = report.NewLoads(h, o), o.Span.Until
	return h
}

// readRules gives the alerting rules to their services: by their labels and
// [[service]], else to those whose incidents they opened.
func (m *measuring) readRules(h past.History) {
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
	opened := map[string][]string{} // the ids of services by alert
	for n := range h.Incidents {
		i := &h.Incidents[n]
		if i.Alert != "" && !slices.Contains(opened[i.Alert], i.Service.ID) {
			opened[i.Alert] = append(opened[i.Alert], i.Service.ID)
		}
	}
	lost := 0
	for n, r := range rules {
		rule := readiness.Rule{Rule: r, Fault: faults[n], Runbook: found[n]}
		q := lintRules[n].Query
		of := m.servicesOf(q.Service, opened[r.Name])
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
			m.rulesUnread = cmp.Or(m.rulesUnread, "there may be others, because "+oneLine(snap.Data.Extents.Rules.Why()))
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

// report measures one service and judges it.
func (m *measuring) report(ctx context.Context, one *ownedService) readiness.Report {
	limits := m.s.config.Readiness
	service := readiness.Service{
		Name: one.name, Team: one.team, Rules: one.rules, RulesUnread: m.rulesUnread, LoadUnread: m.loadUnread,
		Policy: m.policyOf(ctx, one.policy),
	}
	if service.OwnerUnread = m.ownersUnread; service.OwnerUnread == "" && !m.directory.Extents.Services.And(m.directory.Extents.Policies).Whole() {
		service.OwnerUnread = "there may be others, because " + m.directory.Extents.Services.And(m.directory.Extents.Policies).Why()
	}
	switch {
	case m.loads == nil:
	case one.pagerDuty.ID == "" && m.ownersUnread != "":
		service.LoadUnread = "its service in PagerDuty is not known: " + m.ownersUnread
	case one.pagerDuty.ID == "":
		service.LoadUnread = fmt.Sprintf("PagerDuty has no service of its own for it: name one as pagerduty in a [[service]] named %q", one.name)
	default:
		for _, span := range limits.Spans(m.until) {
			service.Loads = append(service.Loads, m.loads.Of(one.pagerDuty.ID, span))
		}
	}
	m.readSLOs(ctx, one, &service)
	return readiness.Judge(&service, limits, m.l.at)
}

// policyOf returns an escalation policy with its on-calls, or nil without one.
func (m *measuring) policyOf(ctx context.Context, ref sources.Reference) *escalation.Policy {
	if ref.ID == "" {
		return nil
	}
	if p := m.policies[ref.ID]; p != nil {
		return p
	}
	p, _ := triage.PolicyOf(m.l.snapshots, ref)
	p.Name = cmp.Or(p.Name, ref.Name)
	if m.s.account != nil {
		until := m.l.at.Add(m.s.config.Readiness.Ahead)
		list, extent, err := m.s.account.OnCallsUntil(ctx, until, ref.ID)
		if err != nil {
			p.OnCallsRead = sources.Extent{Missing: describe.Explain(err)}
		} else {
			p.OnCalls, p.OnCallsRead, p.Until = list, extent, until
		}
	}
	m.policies[ref.ID] = &p
	return &p
}

func (m *measuring) readSLOs(ctx context.Context, one *ownedService, service *readiness.Service) {
	if !m.slos.Any() {
		service.SLOsUnread = "no Prometheus is configured"
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
	found := m.slos.Of(ctx, g, func(a triage.Alert) string { return queries[a.Name()] })
	service.SLOs, service.SLOsUnread = found.Readings, strings.Join(found.Missing, ", ")
}

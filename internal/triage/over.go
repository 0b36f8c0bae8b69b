package triage

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"firstline/internal/labelset"
	"firstline/sources"
)

// Over says whether the alerts that an incident was opened for are over. Of alerts
// without an incident it says whether it is unknown that they fire.
type Over struct {
	State OverState
	// Because says what proves that they are, or why that is not known.
	Because string
}

// OverState is what Over says.
type OverState string

// What is known of whether an incident's alerts are over.
const (
	// NotOver: an alert of it is active, or there is neither an incident nor a doubt.
	NotOver OverState = ""
	// IsOver: a source that evaluates the rule, or one that had the alert, shows
	// that none is active.
	IsOver OverState = "over"
	// OverUnknown: nothing proves either.
	OverUnknown OverState = "unknown"
)

// NoMetrics is Over.Because where nothing is configured that has alerts.
const NoMetrics = "no Prometheus or Alertmanager is configured"

// NoLongerFiring reports whether the group's incident was opened for alerts that
// are proven to be over.
func (g Group) NoLongerFiring() bool { return g.Over.State == IsOver }

// FiringUnknown is why it is not known whether the alerts of the group's
// incident fire; empty where it is known.
func (g Group) FiringUnknown() string {
	if g.Over.State == OverUnknown {
		return g.Over.Because
	}
	return ""
}

// FiringDoubt returns why listed alerts of the group may be over although their
// sources answer, or "" without a doubt. Stale covers sources that do not
// answer.
func (g Group) FiringDoubt() string {
	if len(g.Alerts) == 0 || len(g.Stale) > 0 {
		return ""
	}
	return g.FiringUnknown()
}

func unknownOver(format string, a ...any) Over {
	return Over{OverUnknown, fmt.Sprintf(format, a...)}
}

// over decides whether the incident's alerts are over. That needs proof for
// each open alert of it: its labels are known, no source that could have it is
// missing, and a source that evaluates its rule, or that had it in this run, no
// longer has it.
func (b *builder) over(in *joinedIncident, members []int32) Over {
	switch {
	case in.Status == sources.Resolved:
		return Over{}
	case len(members) > 0:
		return b.reported(members)
	case in.active:
		return Over{}
	case in.withheld:
		return unknownOver("an alert that is active may be its own: %s", b.alertsUnread(in).Because())
	case len(b.overview.metrics) == 0:
		return unknownOver(NoMetrics)
	case !in.AlertsRead:
		return unknownOver("its alerts are not read from PagerDuty yet")
	}
	open := false
	for e := range in.events {
		open = open || in.events[e].Status != sources.Resolved
	}
	because := ""
	for e := range in.events {
		ev := &in.events[e]
		if open && ev.Status == sources.Resolved {
			continue
		}
		d := b.read(ev)
		if !d.Recognised() {
			return unknownOver("what was sent to PagerDuty does not name its alerts")
		}
		opened := in.CreatedAt
		if ev.CreatedAt.After(opened) {
			opened = ev.CreatedAt
		}
		for f := range d.Fired {
			o := b.alertOver(in, ev, d.Fired[f].Labels, opened)
			if o.State != IsOver {
				return o
			}
			because = o.Because
		}
	}
	return Over{IsOver, because}
}

// reported is for listed alerts: they are active as long as one of the sources
// that reported them still answers, unless the rule behind them fails.
func (b *builder) reported(members []int32) Over {
	why := ""
	for i := range b.Snapshots {
		reason, asked := b.silentNow[i], false
		for _, at := range members {
			if !b.Alerts[at].From.Has(i) {
				continue
			}
			if reason != "" {
				why = reason
				break
			}
			doubt := b.doubt(at)
			if doubt == "" {
				return Over{}
			}
			if !asked {
				why, asked = doubt, true
			}
		}
	}
	return unknownOver("%s", why)
}

// doubt says why an alert that is listed may be over: a rule that fails leaves its
// alerts as they were, at Prometheus and for a while at Alertmanager too. It is
// empty where a Prometheus lists the alert whose rule works, or none lists it.
func (b *builder) doubt(at int32) string {
	k := &b.Alerts[at]
	why := ""
	for i := range b.Snapshots {
		s := &b.Snapshots[i]
		if s.Source.Kind != sources.Prometheus || !k.From.Has(i) || b.silentNow[i] != "" {
			continue
		}
		labels := k.Labels
		if k.Metric != nil && k.Metric.Source == s.Source.Name {
			labels = k.Metric.Labels
		}
		fault := ""
		for _, r := range b.overview.rules[ruleKey{s.Source, k.Name()}] {
			if r.fault != "" && mayMake(r.Rule, labels) {
				fault = r.fault
				break
			}
		}
		if fault == "" {
			return ""
		}
		why = fault
	}
	return why
}

// doubted says of alerts without an incident why none of them is known to fire.
func (b *builder) doubted(members []int32) Over {
	why := ""
	for _, at := range members {
		if why = b.doubt(at); why == "" {
			return Over{}
		}
	}
	if why == "" {
		return Over{}
	}
	return unknownOver("%s", why)
}

// silent says why the source's last answer is not one of now; empty where it is.
func (b *builder) silent(s *sources.Snapshot) string { return Silent(s, b.now) }

// alertOver says whether the alert with these labels is over, which was sent to
// PagerDuty with the event, at the latest at opened.
func (b *builder) alertOver(in *joinedIncident, ev *event, set map[string]string, opened time.Time) Over {
	name := set["alertname"]
	if len(set) == 0 {
		return unknownOver("what was sent to PagerDuty does not contain its labels")
	}
	proof, asked := "", false
	for i := range b.Snapshots {
		s := &b.Snapshots[i]
		if s.Source.Kind == sources.PagerDuty || !b.judges(i, in) || !b.couldHave(s, set) {
			continue
		}
		if why := b.missing(s, opened); why != "" {
			return unknownOver("%s", why)
		}
		if s.Source.Kind != sources.Prometheus || name == "" {
			continue
		}
		rules, why := b.rulesSay(s, name)
		if why != "" {
			return unknownOver("%s", why)
		}
		asked = true
		if rules && proof == "" {
			proof = s.Source.Name + " evaluates its rule and has no such alert"
		}
	}
	// If no Prometheus has the rule, it may have been removed: then nobody
	// reports the alert to Alertmanager any more, in whatever state it is.
	if proof == "" && !asked {
		proof = b.lost(in, set)
	}
	if proof == "" {
		if name == "" {
			return unknownOver("its alert has no name to find a rule by")
		}
		if asked {
			return unknownOver("no source that answers has a rule %s", name)
		}
		return unknownOver("no source that answers has a rule %s, and none had the alert since this run began", name)
	}
	if other := b.mayBeIn(ev, name); other != "" {
		return unknownOver("%s is active and may have joined its notification group", other)
	}
	return Over{IsOver, proof}
}

// missing says why alerts may be missing from what the source answered; empty
// where all that are active now, and were when the incident was opened, would
// be there.
func (b *builder) missing(s *sources.Snapshot, opened time.Time) string {
	why := Lacking(s, b.now)
	name, rules := s.Source.Name, s.Data.Extents.Rules
	switch {
	case b.silent(s) != "":
		return why
	case !s.AsOf.After(opened):
		return name + " was not read since the incident was opened"
	case why != "" || s.Source.Kind != sources.Prometheus:
		return why
	case !rules.Read:
		return "the rules of " + name + " are not read"
	case rules.Missing != "":
		return "the rules of " + name + " are not known: " + rules.Missing
	}
	return ""
}

// rulesSay reports whether the Prometheus evaluates rules of that name, so that
// alerts that it does not list are not active; and, if that is unknown, why.
func (b *builder) rulesSay(s *sources.Snapshot, name string) (evaluates bool, why string) {
	rules := b.overview.rules[ruleKey{s.Source, name}]
	for _, r := range rules {
		if r.fault != "" {
			return false, r.fault
		}
	}
	if b.overview.odd[ruleKey{s.Source, name}] {
		return false, "the rule " + name + " of " + s.Source.Name + " is active, and its alerts are not listed"
	}
	return len(rules) > 0, ""
}

// lost says which Alertmanager had the alert in this run and has it no more;
// empty where none did. One that was started since only forgot it.
func (b *builder) lost(in *joinedIncident, set map[string]string) string {
	hash := b.Hash(set, nil)
	for i := range b.Snapshots {
		s := &b.Snapshots[i]
		if s.Source.Kind != sources.Alertmanager || !b.judges(i, in) {
			continue
		}
		identity := hash
		if b.SeveralClusters {
			identity += labelset.HashPair("", b.ClusterName[b.ClusterOf[i]])
		}
		f := b.history.alerts[identity]
		if f == nil || f.manager != s.Source.Name {
			continue
		}
		if at := b.Find(hash); at >= 0 && slices.ContainsFunc(b.WithTwins(at), func(at int32) bool {
			return b.IsIn(at, b.ClusterOf[i]) || !b.Alerts[at].Routed
		}) {
			continue
		}
		if had := time.Unix(0, f.hadAt).Add(s.Data.ClockOffset); !s.Data.StartedAt.IsZero() && s.Data.StartedAt.After(had) {
			continue
		}
		return f.manager + " had its alert and has it no more"
	}
	return ""
}

// couldHave reports whether the alert may come from the source: a Prometheus's
// external labels may rule it out.
func (b *builder) couldHave(s *sources.Snapshot, set map[string]string) bool {
	return s.Source.Kind != sources.Prometheus || !b.Contradicts(s.Data.ExternalLabels, nil, set)
}

// mayBeIn names an active alert that may be in the incident's notification
// group too: PagerDuty has the content of the first event, and Alertmanager
// adds alerts later. Known routes of an Alertmanager decide this; mayBeIn
// checks the other alerts.
func (b *builder) mayBeIn(ev *event, name string) string {
	for _, at := range b.ungrouped[name] {
		return b.Alerts[at].Name()
	}
	head, ours := strings.CutPrefix(ev.Summary, "[FIRING:")
	if !ours {
		return ""
	}
	// Alertmanager's title: the values of the group's labels, then the others.
	if head, _, _ = strings.Cut(head, " ("); name != "" && strings.Contains(head, name) {
		return ""
	}
	return b.anyUngrouped
}

// indexUngrouped finds the active alerts whose notification group no
// Alertmanager reports, and that are not proven to belong to another incident.
func (b *builder) indexUngrouped() {
	if len(b.incidents) == 0 {
		return
	}
	b.ungrouped = map[string][]int32{}
	for i := range b.Alerts {
		k := &b.Alerts[i]
		if now := b.best[i]; now.incident >= 0 && !weak(now.rule) {
			continue
		}
		grouped := false
		for _, at := range k.NotificationGroups {
			grouped = grouped || len(b.NotificationGroups[at].Routes) > 0
		}
		if grouped || k.Base.Dropped && !k.Routed {
			continue
		}
		name := k.Name()
		b.ungrouped[name] = append(b.ungrouped[name], int32(i))
		if k.State == sources.AlertFiring && (b.anyUngrouped == "" || name < b.anyUngrouped) {
			b.anyUngrouped = name
		}
	}
}

// ruleKey is the name of a rule and the source that has it.
type ruleKey struct {
	source sources.Source
	name   string
}

// judgedRule is a rule with why its report proves nothing, for a sentence, or
// empty. Many alerts use it.
type judgedRule struct {
	*sources.Rule
	fault string
}

// indexRules finds rules by their names, and those that are active although
// none of their alerts is listed.
func (w *overview) indexRules(now time.Time) {
	w.rules, w.odd = map[ruleKey][]judgedRule{}, map[ruleKey]bool{}
	for _, s := range w.metrics {
		active := false
		clock := s.Clock(now)
		for i := range s.Data.Rules {
			r := &s.Data.Rules[i]
			key := ruleKey{s.Source, r.Name}
			fault := r.Fault(clock)
			if fault != "" {
				fault = "the rule " + r.Name + " of " + s.Source.Name + " " + fault
			}
			w.rules[key] = append(w.rules[key], judgedRule{r, fault})
			active = active || !r.Inactive() || r.Listed > 0
		}
		if active {
			w.findOdd(s)
		}
	}
}

// findOdd finds the rules of a source that are not inactive, none of whose alerts
// is listed, or not all that they list themselves.
func (w *overview) findOdd(s *sources.Snapshot) {
	listed := map[string]int{}
	unlisted := map[string][]*sources.Rule{}
	for i := range s.Data.Rules {
		r := &s.Data.Rules[i]
		listed[r.Name] += r.Listed
		if !r.Inactive() {
			unlisted[r.Name] = append(unlisted[r.Name], r)
		}
	}
	for i := range s.Data.Alerts {
		labels := s.Data.Alerts[i].Labels
		name := labels["alertname"]
		listed[name]--
		if rules := unlisted[name]; len(rules) > 0 {
			unlisted[name] = slices.DeleteFunc(rules, func(r *sources.Rule) bool { return mayMake(r, labels) })
		}
	}
	for name, n := range listed {
		if n > 0 || len(unlisted[name]) > 0 {
			w.odd[ruleKey{s.Source, name}] = true
		}
	}
}

// mayMake reports whether the rule may have made an alert with these labels, of
// the rule's name: those that it sets without templates are there.
func mayMake(r *sources.Rule, labels map[string]string) bool {
	for name, value := range r.Labels {
		if labels[name] != value && !strings.Contains(value, "{{") {
			return false
		}
	}
	return true
}

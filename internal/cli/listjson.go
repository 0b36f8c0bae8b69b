package cli

import (
	"cmp"
	"slices"
	"time"

	"firstline/internal/respond"
	"firstline/internal/triage"
	"firstline/internal/wanted"
	"firstline/runbooks"
	"firstline/sources"
)

// The types below are the output of list --json, which is stable: fields are
// added, never renamed or taken away. docs/json.md describes them. What is not
// known is null; text is as the source sent it.

type listJSON struct {
	AsOf    time.Time    `json:"as_of"`
	Sources []sourceJSON `json:"sources"`
	Groups  []groupJSON  `json:"groups"`
}

type sourceJSON struct {
	Name  string     `json:"name"`
	Kind  string     `json:"kind"`
	OK    bool       `json:"ok"`
	AsOf  *time.Time `json:"as_of"`
	Error *string    `json:"error"`
	// FailingSince is when the first of the failures in a row was.
	FailingSince *time.Time `json:"failing_since"`
	// Warnings say what the source itself called incomplete.
	Warnings []string `json:"warnings"`
	// Complete: everything that the list shows of it was read; Missing says
	// what was not, and why.
	Complete bool     `json:"complete"`
	Missing  []string `json:"missing"`
	// NotLoaded is how many alerts were counted only.
	NotLoaded int `json:"alerts_not_kept"`
	// UnreadAlerts is how many of its incidents have alerts that were not read.
	UnreadAlerts int `json:"incidents_with_unread_alerts"`
}

type groupJSON struct {
	ID    string `json:"id"`
	State string `json:"state"`
	// CountedAs is what the screen counts the group as.
	CountedAs string  `json:"counted_as"`
	Title     string  `json:"title"`
	Service   *string `json:"service"`
	// Stage is the stage of the rollout of the service.
	Stage    string  `json:"stage"`
	Team     *string `json:"team"`
	Severity *string `json:"severity"`
	// SeverityText is the original word of the severity.
	SeverityText *string `json:"severity_text"`
	// SeverityUnread: there is no severity yet, and what may have one is not
	// read.
	SeverityUnread bool       `json:"severity_unread"`
	Urgency        *string    `json:"urgency"`
	Since          *time.Time `json:"since"`
	JoinedBy       *string    `json:"joined_by"`
	// Proof is what joined_by rests upon.
	Proof *string `json:"proof"`
	// NobodyNotified is why nobody was paged for what fires; null: somebody was,
	// or PagerDuty is not known.
	NobodyNotified *string `json:"nobody_paged"`
	// NotifiedUnknownBecause is why it is not known whether somebody was paged for
	// a group without an incident; null where it is known.
	NotifiedUnknownBecause *string `json:"paged_unknown_because"`
	// NoLongerFiring: paged, and its alerts are proven to be over, since then as
	// far as this run saw it; null where that is not known, and why.
	NoLongerFiring       *bool         `json:"no_longer_firing"`
	FiringUnknownBecause *string       `json:"firing_unknown_because"`
	NotFiringSince       *time.Time    `json:"not_firing_since"`
	Flaps                int           `json:"flaps"`
	Silences             []silenceJSON `json:"silences"`
	InhibitedBy          []string      `json:"inhibited_by"`
	// StaleSources are those of the group whose last read failed.
	StaleSources []string      `json:"stale_sources"`
	Incident     *incidentJSON `json:"incident"`
	// Incidents are all that were opened for these alerts, the oldest first.
	Incidents []*incidentJSON `json:"incidents"`
	// Headline is what a row shows; AlertNames are the gravest first.
	Headline   string        `json:"headline"`
	AlertNames []string      `json:"alert_names"`
	Services   []string      `json:"services"`
	Teams      []string      `json:"teams"`
	Firing     int           `json:"firing"`
	References []referenceTo `json:"runbook_references"`
	Alerts     []alertJSON   `json:"alerts"`
	Runbook    *runbookJSON  `json:"runbook"`
	// MissingRunbooks are the references that no directory has.
	MissingRunbooks []string         `json:"runbook_references_not_found"`
	Suggestions     []suggestionJSON `json:"runbook_suggestions"`
	// Changes are what changed around the problem, where that was asked for; left out
	// where none was found and not all was read. ChangesMissing says what was not, and why.
	Changes        *[]changeJSON `json:"changes,omitempty"`
	ChangesMissing *[]string     `json:"changes_missing,omitempty"`
	// SLOs are those of its service and its alerts, where that was asked for.
	// SLOMissing says why there may be others.
	SLOs       *[]sloJSON `json:"slos,omitempty"`
	SLOMissing *[]string  `json:"slos_missing,omitempty"`
}

// suggestionJSON is a runbook of that name which is another team's.
type suggestionJSON struct {
	Path    string  `json:"path"`
	Heading *string `json:"heading"`
	Owner   string  `json:"owner"`
}

type incidentJSON struct {
	ID            string          `json:"id"`
	Account       string          `json:"account"`
	Number        int             `json:"number"`
	Status        string          `json:"status"`
	Urgency       *string         `json:"urgency"`
	Priority      *string         `json:"priority"`
	URL           *string         `json:"url"`
	Assignees     []referenceJSON `json:"assignees"`
	Acknowledgers []referenceJSON `json:"acknowledgers"`
	// AssigneesRead: PagerDuty said who has it. NobodyNotified is why nobody was
	// notified of it, as far as that is known; null where somebody has it, or
	// that is not known.
	AssigneesRead    bool           `json:"assignees_known"`
	NobodyNotified   *string        `json:"nobody_notified"`
	EscalationPolicy *referenceJSON `json:"escalation_policy"`
	Service          *referenceJSON `json:"service"`
	// AlertsRead: all alerts of the incident are read, or known by its key.
	// AlertsUnread is how many are not, or null when PagerDuty does not report
	// it.
	AlertsRead   bool `json:"alerts_read"`
	AlertsUnread *int `json:"alerts_unread"`
	// What PagerDuty will do by itself, and when.
	AcknowledgementEndsAt *time.Time `json:"acknowledgement_ends_at"`
	// Snoozed: it is proven that this is the end of a snooze.
	Snoozed     bool       `json:"snoozed"`
	EscalatesAt *time.Time `json:"escalates_at"`
	EscalatesTo []string   `json:"escalates_to"`
	ResolvesAt  *time.Time `json:"resolves_at"`
	// AskedToJoin is the open request to whoever runs this.
	AskedToJoin *askedJSON      `json:"asked_to_join"`
	Conference  *conferenceJSON `json:"conference"`
	// Escalation is who has it, who follows, and when.
	Escalation any `json:"escalation"` // *escalation.Forecast, which has a form of its own
	// SharesAlertsWith are incidents that were opened for the same alerts.
	SharesAlertsWith []string `json:"shares_alerts_with"`
	// Cluster is the one of several Alertmanagers that surely sent it.
	Cluster *string `json:"cluster"`
}

type askedJSON struct {
	By      *string    `json:"by"`
	Message *string    `json:"message"`
	At      *time.Time `json:"at"`
}

type conferenceJSON struct {
	Number *string `json:"number"`
	URL    *string `json:"url"`
}

// referenceTo is a reference to a runbook in an alert.
type referenceTo struct {
	Text   string            `json:"text"`
	URL    *string           `json:"url"`
	Anchor *string           `json:"anchor"`
	Values map[string]string `json:"values"`
	From   string            `json:"from"`
}

type silenceJSON struct {
	ID        string     `json:"id"`
	CreatedBy *string    `json:"created_by"`
	Comment   *string    `json:"comment"`
	EndsAt    *time.Time `json:"ends_at"`
}

type referenceJSON struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type alertJSON struct {
	Source      string            `json:"source"`
	Sources     []string          `json:"sources"`
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"`
	State       string            `json:"state"`
	ActiveSince *time.Time        `json:"active_since"`
	// KeepFiringSince is since when the expression holds no more.
	KeepFiringSince *time.Time `json:"keep_firing_since"`
	// StateText and SeverityText are as the source wrote them.
	StateText    *string  `json:"state_text"`
	SeverityText *string  `json:"severity_text"`
	GeneratorURL *string  `json:"generator_url"`
	Value        *string  `json:"value"`
	Fingerprint  *string  `json:"fingerprint"`
	SilencedBy   []string `json:"silenced_by"`
	// Originals are the labels of the alerts of a Prometheus that relabelling made
	// one.
	Originals []map[string]string `json:"originals"`
	// Clusters are the Alertmanagers that have it, a gossip cluster by the name
	// of its first member.
	Clusters []string `json:"clusters"`
	// SLO is the one that a burn-rate alert is about, where that was asked for.
	SLO *alertSLOJSON `json:"slo,omitempty"`
}

type runbookJSON struct {
	Path      string  `json:"path"`
	Heading   *string `json:"heading"`
	MatchedBy string  `json:"matched_by"`
}

func listOf(l reading, groups []triage.Group, library *runbooks.Library, settings respond.Settings) listJSON {
	out := listJSON{AsOf: l.at.UTC().Truncate(time.Millisecond), Sources: []sourceJSON{}, Groups: []groupJSON{}}
	for _, snap := range l.snapshots {
		out.Sources = append(out.Sources, sourceOf(snap))
	}
	var services []sources.Service
	for i := range l.snapshots {
		services = append(services, l.snapshots[i].Data.Services...)
	}
	matches := make(map[string]bool, len(groups))
	for i := range groups {
		matches[groups[i].ID] = true
	}
	for _, members := range triage.Problems(l.groups) {
		if slices.ContainsFunc(members, func(g triage.Group) bool { return matches[g.ID] }) {
			g := groupOf(members, library)
			_, stage := settings.StageOf(members[0], services)
			g.Stage = string(stage)
			out.Groups = append(out.Groups, g)
		}
	}
	return out
}

func sourceOf(snap sources.Snapshot) sourceJSON {
	s := sourceJSON{Name: snap.Source.Name, Kind: string(snap.Source.Kind), OK: snap.OK(), AsOf: timeOf(snap.AsOf), Warnings: listOrNone(snap.Data.Warnings)}
	s.Missing, s.UnreadAlerts = listOrNone(missingFrom(snap)), snap.Data.UnreadAlerts()
	s.NotLoaded = snap.Data.Omitted
	s.Complete = snap.Whole()
	if !s.OK {
		s.Error, s.FailingSince = textOf(sources.Sentence(snap.Err)), timeOf(snap.FailingSince)
	}
	return s
}

// groupOf is a group; the rows of several incidents for the same alerts are one.
func groupOf(members []triage.Group, library *runbooks.Library) groupJSON {
	g := triage.Merged(members)
	out := groupJSON{
		ID: g.ID, State: string(g.State), CountedAs: string(g.CountedAs()), Title: g.Title,
		Service: textOf(g.Service), Team: textOf(g.Team), Severity: textOf(string(g.Severity)), SeverityText: textOf(g.SeverityText), SeverityUnread: g.SeverityUnread(), Urgency: textOf(g.Urgency),
		Since: timeOf(g.Since), JoinedBy: textOf(string(g.JoinedBy)), Proof: textOf(g.Proof),
		NoLongerFiring: noLongerFiring(&g), FiringUnknownBecause: textOf(g.FiringUnknown()), NotFiringSince: timeOf(g.NotFiringSince), Flaps: g.Flaps,
		Silences: []silenceJSON{}, InhibitedBy: listOrNone(g.InhibitedBy), StaleSources: listOrNone(g.Stale), Alerts: []alertJSON{},
	}
	if g.Unpaged {
		out.NobodyNotified = textOf(cmp.Or(g.Why, "not known"))
	}
	out.NotifiedUnknownBecause = textOf(g.NotifiedUnknown.Because())
	for _, s := range g.Silences {
		out.Silences = append(out.Silences, silenceJSON{ID: s.ID, CreatedBy: textOf(s.CreatedBy), Comment: textOf(s.Comment), EndsAt: timeOf(s.EndsAt)})
	}
	out.Headline, out.AlertNames, out.Firing = g.Headline(), listOrNone(g.AlertNames()), g.Firing()
	out.Services, out.Teams = listOrNone(g.Services), listOrNone(g.Teams)
	out.Incidents, out.References = []*incidentJSON{}, []referenceTo{}
	if g.Incident != nil {
		out.Incident = incidentOf(members[0])
		for _, m := range members {
			out.Incidents = append(out.Incidents, incidentOf(m))
		}
	}
	for _, r := range g.References {
		out.References = append(out.References, referenceTo{Text: r.Text, URL: textOf(r.URL), Anchor: textOf(r.Anchor), Values: mapOf(r.Values), From: r.From})
	}
	for _, a := range g.Alerts {
		out.Alerts = append(out.Alerts, alertJSON{
			Source: a.Source, Sources: listOrNone(a.Sources), Labels: mapOf(a.Labels), Annotations: mapOf(a.Annotations), State: string(a.State),
			ActiveSince: timeOf(a.ActiveSince), KeepFiringSince: timeOf(a.KeepFiringSince), StateText: textOf(a.StateText), SeverityText: textOf(a.Labels["severity"]), GeneratorURL: textOf(a.GeneratorURL), Value: textOf(a.Value.String()), Fingerprint: textOf(a.Fingerprint),
			SilencedBy: listOrNone(a.SilencedBy), Clusters: listOrNone(a.Clusters), Originals: append([]map[string]string{}, a.Originals...),
		})
	}
	m, ok := library.Find(wanted.Of(g))
	if ok {
		out.Runbook = runbookOf(m)
	}
	out.MissingRunbooks, out.Suggestions = missingOf(m), suggestionsOf(m)
	return out
}

// noLongerFiring is null where it is not known.
func noLongerFiring(g *triage.Group) *bool {
	if g.FiringUnknown() != "" {
		return nil
	}
	over := g.NoLongerFiring()
	return &over
}

// listOrNone is the list, which is never null.
func listOrNone(list []string) []string { return append([]string{}, list...) }

func incidentOf(g triage.Group) *incidentJSON {
	i := g.Incident
	out := &incidentJSON{
		ID: i.ID, Account: i.Source, Number: i.Number, Status: string(i.Status), Urgency: textOf(i.Urgency), URL: textOf(i.URL),
		Assignees: peopleOf(i.Assignments), Acknowledgers: peopleOf(i.Acknowledgers),
		AcknowledgementEndsAt: timeOf(g.AckEnds), Snoozed: g.Snoozed, EscalatesAt: timeOf(g.EscalatesAt), EscalatesTo: listOrNone(g.EscalatesTo),
		SharesAlertsWith: listOrNone(g.Shares), Cluster: textOf(g.Cluster), AlertsRead: !g.AlertsUnread,
	}
	out.ResolvesAt = timeOf(g.ResolvesAt)
	out.AssigneesRead = i.AssigneesRead()
	if why, is := g.NobodyNotified(); is {
		out.NobodyNotified = textOf(why)
	}
	if i.Priority != nil {
		out.Priority = textOf(i.Priority.Name)
	}
	if a := g.Asked; a != nil {
		out.AskedToJoin = &askedJSON{textOf(a.By), textOf(a.Message), timeOf(a.At)}
	}
	if i.Conference != (sources.Conference{}) {
		out.Conference = &conferenceJSON{textOf(i.Conference.Number), textOf(i.Conference.URL)}
	}
	if g.Escalation != nil {
		out.Escalation = g.Escalation
	}
	if out.AlertsRead || g.UnreadCount > 0 {
		out.AlertsUnread = &g.UnreadCount
	}
	if !i.Policy.IsZero() {
		out.EscalationPolicy = referenceOf(i.Policy, "escalation policy")
	}
	if !i.Service.IsZero() {
		out.Service = referenceOf(i.Service, "service")
	}
	return out
}

func runbookOf(m runbooks.Match) *runbookJSON {
	out := &runbookJSON{Path: m.Runbook.Path, MatchedBy: m.MatchedBy}
	if m.Heading != nil {
		out.Heading = textOf(m.Heading.Text)
	}
	return out
}

// missingOf returns the references that no directory has.
func missingOf(m runbooks.Match) []string {
	texts := []string{}
	for _, r := range m.Missing {
		texts = append(texts, r.Text)
	}
	return texts
}

func suggestionsOf(m runbooks.Match) []suggestionJSON {
	all := []suggestionJSON{}
	for _, s := range m.Suggestions {
		out := suggestionJSON{Path: s.Runbook.Path, Owner: s.Owner}
		if s.Heading != nil {
			out.Heading = textOf(s.Heading.Text)
		}
		all = append(all, out)
	}
	return all
}

func peopleOf(assignments []sources.Assignment) []referenceJSON {
	people := []referenceJSON{}
	for _, a := range assignments {
		people = append(people, *referenceOf(a.User, "user"))
	}
	return people
}

// referenceOf includes a name for people if the source has none.
func referenceOf(r sources.Reference, noun string) *referenceJSON {
	return &referenceJSON{ID: r.ID, Name: cmp.Or(r.Name, r.Label(noun))}
}

// textOf returns a text, or null for an empty one.
func textOf(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// timeOf returns a time in UTC, to the millisecond, or null for zero.
func timeOf(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC().Truncate(time.Millisecond)
	return &t
}

// mapOf is {} rather than null for no labels.
func mapOf(m map[string]string) map[string]string {
	if m == nil {
		return map[string]string{}
	}
	return m
}

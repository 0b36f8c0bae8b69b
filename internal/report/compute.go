package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"firstline/internal/clean"
	"firstline/internal/history/past"
	"firstline/internal/wallclock"
	"firstline/internal/wording"
	"firstline/sources"
)

// computation collects the facts of a span.
type computation struct {
	h     *past.History
	o     Options
	span  sources.Span
	zones map[string]*time.Location
	names map[string]string
	facts [kinds][]*Fact
	free  []Fact // for facts to come
	// week is the last one that monday returned.
	week sources.Span
	// read is the end of what was read, or of the span.
	read time.Time
	// firstLine are the times of people on call for first line; nil: no policy is
	// configured.
	firstLine map[string][]sources.Span
	missing   []string
	// gaps are the parts of the span that were not read, where others were.
	gaps []sources.Span
	// unread is why nothing of the span is known, noOnCalls why the on-calls are not.
	unread, noOnCalls string
	noHours           bool
}

func newComputation(h *past.History, o Options, span sources.Span) *computation {
	c := &computation{h: h, o: o, span: span, zones: map[string]*time.Location{}, names: map[string]string{}, read: span.Until}
	c.checkRead()
	c.findFirstLine()
	var wanted []*past.Incident
	policies := map[string]bool{}
	unread := 0
	for n := range h.Incidents {
		i := &h.Incidents[n]
		if !i.Read() && c.touches(i) {
			unread++
		}
		if c.wants(i) && (i.Open() || !i.Last().Before(span.Since)) && i.Begun().Before(span.Until) {
			wanted = append(wanted, i)
			policies[i.Policy.ID] = true
		}
	}
	for _, k := range []kind{interruption, notification, touched, personAck, engaged} {
		c.facts[k] = make([]*Fact, 0, 2*len(wanted))
	}
	for _, i := range wanted {
		c.addIncident(i)
	}
	c.addRunWork()
	c.addAlerts(wanted)
	switch {
	case o.Team == "" && o.Service == "":
		policies = nil
	case len(policies) == 0 && c.noOnCalls == "":
		c.noOnCalls = "no incident in this time says which escalation policy it has"
	}
	c.addTurns(policies)
	if unread > 0 {
		c.missing = append(c.missing, fmt.Sprintf("the service, team and start of %s, because only their log could be read", wording.Count(unread, "incident")))
	}
	for k := range c.facts {
		slices.SortStableFunc(c.facts[k], func(a, b *Fact) int {
			return cmp.Or(a.At.Compare(b.At), cmp.Compare(idOf(a.Incident), idOf(b.Incident)), cmp.Compare(a.Person, b.Person))
		})
	}
	return c
}

func idOf(i *past.Incident) string {
	if i == nil {
		return ""
	}
	return i.ID
}

func (c *computation) findFirstLine() {
	if c.o.FirstLine == "" {
		return
	}
	c.firstLine = map[string][]sources.Span{}
	for _, t := range c.h.Turns {
		if fits(c.o.FirstLine, t.Policy) {
			c.firstLine[t.Person] = append(c.firstLine[t.Person], sources.Span{Since: t.Start, Until: t.End})
		}
	}
	for who, spans := range c.firstLine {
		c.firstLine[who] = past.Union(spans)
	}
}

// fits reports whether an object has an id or name.
func fits(wanted string, n past.Name) bool {
	return wanted == n.ID || strings.EqualFold(wanted, n.Name)
}

// touches reports whether something of an incident is in the span.
func (c *computation) touches(i *past.Incident) bool {
	return slices.ContainsFunc(i.Entries, func(e past.Entry) bool { return c.in(e.At) })
}

// wants reports whether an incident is of the team and the service.
func (c *computation) wants(i *past.Incident) bool {
	if c.o.Service != "" && !fits(c.o.Service, i.Service) {
		return false
	}
	return c.o.Team == "" || slices.ContainsFunc(i.Teams, func(t past.Name) bool { return fits(c.o.Team, t) })
}

func (c *computation) isPerson(id string) bool {
	return id != "" && fits(c.o.Person, past.Name{ID: id, Name: c.h.People[id].Name})
}

func (c *computation) in(t time.Time) bool {
	return !t.Before(c.span.Since) && t.Before(c.span.Until)
}

// clip moves a time into the span, and to the end of what was read.
func (c *computation) clip(t time.Time) time.Time {
	switch {
	case t.Before(c.span.Since):
		return c.span.Since
	case t.After(c.read):
		return c.read
	}
	return t
}

func (c *computation) onCallFor(who string, at time.Time) bool { return within(c.firstLine[who], at) }

func (c *computation) onCallsRead(at time.Time) bool { return within(c.h.OnCalls, at) }

func within(spans []sources.Span, at time.Time) bool {
	return slices.ContainsFunc(spans, func(s sources.Span) bool { return !at.Before(s.Since) && at.Before(s.Until) })
}

// local returns a time in the zone of a person. It reports false where that is not
// known.
func (c *computation) local(who string, at time.Time) (time.Time, bool) {
	zone, found := c.zones[who]
	if !found {
		zone = wallclock.Zone(c.h.People[who].Zone)
		c.zones[who] = zone
	}
	if zone == nil {
		return time.Time{}, false
	}
	return at.In(zone), true
}

// row computes the figures of facts.
func (c *computation) row(key, name string, facts *[kinds][]*Fact, by Grouping) Row {
	r := Row{Key: key, Name: name, Values: make([]Value, len(figures))}
	for n := range figures {
		f := &figures[n]
		if !f.appliesTo(by, c.o.Person != "") {
			continue
		}
		v := Value{Applies: true, facts: facts[f.kind]}
		if counted := countedBy[f.ID]; counted != nil {
			v.counted = func(facts []*Fact) []*Fact { return counted(c, facts) }
		}
		if about := aboutOf[f.ID]; about != nil {
			v.about = func(facts []*Fact) string { return about(c, facts) }
		}
		if v.Unknown = c.whyUnknown(f); v.Unknown == "" {
			v.Number, v.Unknown = f.of(c, v.facts)
			v.Doubt = c.doubt(f, facts)
			switch {
			case v.Unknown != "":
			case nothingRecorded(f, facts):
				v.Unknown = v.Doubt
			case v.Number == 0 && f.mayLackAll() && c.isPartly(key, by):
				v.Unknown, v.partly = "there was none in what was read, and a part of the time was not", true
			}
		}
		r.Values[n] = v
	}
	return r
}

func (f *Figure) appliesTo(by Grouping, person bool) bool {
	switch {
	case f.noPerson && (by == ByPerson || person):
		return false
	case f.noHour && by == ByHour:
		return false
	case f.onlyTotal && (by != ByNothing || person):
		return false
	}
	return !f.notOfIncidents || by != ByTeam && by != ByService && by != ByStage && by != ByHour
}

// whyUnknown returns why a figure can't be computed.
func (c *computation) whyUnknown(f *Figure) string {
	switch {
	case f.notOfIncidents && c.noOnCalls != "":
		return c.noOnCalls
	case f.notOfIncidents:
		return ""
	case c.unread != "":
		return c.unread
	case f.needs&needFirstLine != 0 && c.firstLine == nil:
		return "no escalation policy of first line is configured: set escalation_policy under [first_line]"
	case f.needs&needFirstLine != 0 && len(c.firstLine) == 0:
		return "nobody was on call for first line's escalation policy in what was read"
	case f.needs&needHours != 0 && c.noHours:
		return "no [[service]] has developers_on_call"
	}
	return ""
}

// doubt says what may be missing from a number.
func (c *computation) doubt(f *Figure, all *[kinds][]*Fact) string {
	facts := all[f.kind]
	var parts []string
	add := func(n int, noun, why string) {
		if n > 0 {
			parts = append(parts, wording.Count(n, noun)+" "+why)
		}
	}
	if f.needs&needZones != 0 {
		n := 0
		for i := range facts {
			if _, ok := c.local(facts[i].Person, facts[i].At); !ok {
				n++
			}
		}
		noun := "interruption"
		if f.kind == notification {
			noun = "notification"
		}
		add(n, noun, "of people without a time zone")
	}
	switch f.kind {
	case interruption, notification:
		add(len(all[unknownWay]), "notification", "in ways that were not recorded")
	case noRunbook:
		add(len(all[unknownDetails]), "interruption", "by incidents whose alert was not recorded")
	case contained, toOwner, toFirstLine, returned, exception:
		add(len(all[unknownSide]), "incident", "from a time when it was not read who was on call")
	}
	if len(parts) == 0 {
		return ""
	}
	return "not counted: " + strings.Join(parts, ", ")
}

// rows computes the rows of the grouping.
func (c *computation) rows() []Row {
	if c.o.By == ByNothing {
		return nil
	}
	names := map[string]string{}
	groups := map[string]*[kinds][]*Fact{}
	for k := range c.facts {
		for i := range c.facts[k] {
			for _, n := range c.keysOf(c.facts[k][i]) {
				if groups[n.ID] == nil {
					groups[n.ID], names[n.ID] = new([kinds][]*Fact), n.Name
				}
				groups[n.ID][k] = append(groups[n.ID][k], c.facts[k][i])
			}
		}
	}
	if c.o.By == ByStage {
		names = c.stageNames(groups)
	}
	ids := slices.SortedFunc(maps.Keys(names), func(a, b string) int {
		if c.o.By == ByStage {
			return cmp.Compare(stageAt(a), stageAt(b))
		}
		return cmp.Or(cmp.Compare(names[a], names[b]), cmp.Compare(a, b))
	})
	rows := make([]Row, 0, len(ids))
	for _, id := range ids {
		rows = append(rows, c.row(id, names[id], groups[id], c.o.By))
	}
	return rows
}

// keysOf returns the groups of a fact.
func (c *computation) keysOf(f *Fact) []past.Name {
	switch c.o.By {
	case ByPerson:
		if f.Person != "" {
			return []past.Name{{ID: f.Person, Name: c.nameOf(f.Person)}}
		}
	case ByTeam:
		if f.Incident != nil {
			return named(f.Incident.Teams, "team")
		}
	case ByService:
		if f.Incident != nil && f.Incident.Service.ID != "" {
			return named([]past.Name{f.Incident.Service}, "service")
		}
	case ByStage:
		if f.Incident != nil && f.Incident.Service.ID != "" {
			return []past.Name{{ID: string(c.stageOf(f.Incident.Service))}}
		}
	case ByWeek:
		monday := c.monday(f.At)
		week := fmt.Sprintf("%04d-%02d-%02d", monday.Year(), monday.Month(), monday.Day())
		return []past.Name{{ID: week, Name: week}}
	case ByHour:
		local, ok := c.local(f.Person, f.At)
		if f.Person == "" {
			local, ok = f.At.In(c.o.Zone), f.Incident != nil
		}
		if ok {
			hour := fmt.Sprintf("%02d:00", local.Hour())
			return []past.Name{{ID: hour, Name: hour}}
		}
	}
	return nil
}

func named(all []past.Name, noun string) []past.Name {
	out := make([]past.Name, len(all))
	for n, one := range all {
		out[n] = past.Name{ID: one.ID, Name: cmp.Or(clean.Line(one.Name), "an unnamed "+noun)}
	}
	return out
}

// nameOf returns the name of a person.
func (c *computation) nameOf(id string) string {
	name, found := c.names[id]
	if !found {
		name = NameOf(c.h.People, id)
		c.names[id] = name
	}
	return name
}

// NameOf returns the name of a person for people.
func NameOf(people map[string]past.Person, id string) string {
	p, found := people[id]
	name := clean.Line(p.Name)
	return sources.Reference{ID: id, Name: name, Deleted: found && p.Deleted}.Label("user")
}

package pagerduty

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"firstline/internal/wording"
	"firstline/sources"
)

// state is what is known of the incidents. Reads and writes both bring news
// of them, so a later read never falls behind what a write already showed.
type state struct {
	mu sync.Mutex
	// incidents by id; resolved ones stay until the next full refresh, so
	// that an older page does not bring them back.
	incidents map[string]known
	alerts    map[string]knownAlerts
	// priorities by id, whole: the delta feed may only refer to them.
	priorities map[string]sources.Priority
	teamIDs    []string
	teamsKnown bool

	// listed is the list as it was last given; nil when something changed.
	listed []sources.Incident

	generation int // counts full refreshes that were begun

	fullAt    time.Time // when the last full refresh began, zero: never
	fullPages int
	cursor    time.Time            // PagerDuty's time up to which the feed was read
	seen      map[string]time.Time // the feed's entries since cursor, by id
	noFeed    bool                 // the token may not read the feed
	warnings  []string
	// extent says how much of the open incidents the last full refresh met.
	extent sources.Extent
	// alertsWhy is why alerts of some incidents are not read; moreAlerts: the
	// next Read goes on with them.
	alertsWhy  string
	moreAlerts bool
}

// known is an incident and in which generation we last learned of it.
type known struct {
	incident   sources.Incident
	version    version
	generation int
	// first is what is known of its first alert; an answer that does not tell
	// it takes nothing away.
	first firstAlert
}

// proven reports whether everything about the incident's alerts came with it.
func (k *known) proven() bool {
	counts := k.version.counts
	return counts.told && (counts.All == 0 || counts.All == 1 && k.first.complete)
}

// knownAlerts are the alerts of an incident at a version, as far as extent
// says. After a failure nothing asks for them again before retry.
type knownAlerts struct {
	version version
	alerts  []sources.IncidentAlert
	extent  sources.Extent
	retry   time.Time
	// trouble is why they could not be read; empty where they could.
	trouble string
}

// remember takes in what an answer said about an incident. What is older than
// what is known already is left out.
func (c *Client) remember(a *incidentAnswer) {
	if !a.whole() {
		return
	}
	i := a.incident(c.source.Name)
	s := &c.state
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.incidents == nil {
		s.incidents = map[string]known{}
		s.priorities = map[string]sources.Priority{}
	}
	if p := i.Priority; p != nil {
		if whole, ok := s.priorities[p.ID]; ok && p.Order == 0 {
			i.Priority = &whole
		} else if p.Order != 0 {
			s.priorities[p.ID] = *p
		}
	}
	old, ok := s.incidents[i.ID]
	first := old.first
	if !first.told || first.entry != string(a.Trigger.ID) {
		if told := a.Trigger.first(); told.told {
			first = told
		}
	}
	if ok && !i.UpdatedAt.IsZero() && i.UpdatedAt.Before(old.incident.UpdatedAt) {
		// Seen again, though older: it is there all the same.
		if !old.first.told && first.told {
			old.first, s.listed = first, nil
		}
		old.generation = s.generation
		s.incidents[i.ID] = old
		return
	}
	s.incidents[i.ID] = known{incident: i, version: a.version(), generation: s.generation, first: first}
	s.listed = nil
}

// meetTrigger takes in a log entry of an incident being opened: it tells the
// first alert where that is not known yet.
func (s *state) meetTrigger(incidentID string, isFirst bool, a *triggerAnswer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	k, ok := s.incidents[incidentID]
	if !ok || k.first.told || !isFirst && (!k.version.counts.told || k.version.counts.All > 1) {
		return
	}
	if first := a.first(); first.told {
		k.first, s.listed = first, nil
		s.incidents[incidentID] = k
	}
}

// forget drops an incident, as when it is gone or became another team's.
func (c *Client) forget(id string) {
	c.state.mu.Lock()
	defer c.state.mu.Unlock()
	delete(c.state.incidents, id)
	delete(c.state.alerts, id)
	c.state.listed = nil
}

// beginFull starts a new generation.
func (s *state) beginFull() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.generation++
}

// finishFull drops what a full refresh that began at start did not meet and
// no write brought meanwhile.
func (s *state) finishFull(start time.Time, pages int, extent sources.Extent, warnings []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, k := range s.incidents {
		if k.generation < s.generation {
			delete(s.incidents, id)
		}
	}
	for id := range s.alerts {
		if _, ok := s.incidents[id]; !ok {
			delete(s.alerts, id)
		}
	}
	s.fullAt, s.fullPages, s.extent, s.warnings = start, pages, extent, warnings
	s.listed = nil
}

// open reports whether the incident belongs on the list: open, and of one of
// the chosen teams.
func (s *state) open(i sources.Incident) bool {
	if i.Status == sources.Resolved {
		return false
	}
	if len(s.teamIDs) == 0 || len(i.Teams) == 0 {
		return true // all are wanted, or PagerDuty's own filter has to do
	}
	return slices.ContainsFunc(i.Teams, func(t sources.Reference) bool { return slices.Contains(s.teamIDs, t.ID) })
}

// inUse counts the open incidents by their escalation policy and by their
// service; where it is brief only those that PagerDuty will escalate, or that
// nobody has.
func (s *state) inUse(brief bool) (policies, services map[string]int) {
	policies, services = map[string]int{}, map[string]int{}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range s.incidents {
		i := &k.incident
		unheld := i.AssigneesKnown() && len(i.Assignments) == 0
		if !s.open(*i) || brief && !unheld && !slices.ContainsFunc(i.Pending, func(p sources.PendingAction) bool { return p.Type == "escalate" }) {
			continue
		}
		policies[i.Policy.ID]++
		services[i.Service.ID]++
	}
	return policies, services
}

// list is the open incidents with the alerts known of them, newest first. It is
// the very same as long as nothing has changed.
func (s *state) list() []sources.Incident {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.listed != nil {
		return s.listed
	}
	incidents := make([]sources.Incident, 0, len(s.incidents))
	for id, k := range s.incidents {
		if !s.open(k.incident) {
			continue
		}
		incidents = append(incidents, s.withAlerts(k, s.alerts[id]))
	}
	slices.SortFunc(incidents, newestFirst)
	s.listed = slices.Clip(incidents)
	return s.listed
}

// withFirst is an incident with the first alert, where that is known.
func (s *state) withFirst(i sources.Incident) sources.Incident {
	s.mu.Lock()
	defer s.mu.Unlock()
	k := s.incidents[i.ID]
	return s.withAlerts(known{incident: i, version: k.version, first: k.first}, knownAlerts{})
}

// withAlerts is the incident with what is known of its alerts.
func (s *state) withAlerts(k known, read knownAlerts) sources.Incident {
	i := k.incident
	switch {
	case read.extent.Read:
		i.Alerts = read.alerts
		i.AlertsRead = read.extent.Whole() && read.version.sameAlerts(k.version) || k.proven()
	case k.first.told:
		i.Alerts, i.AlertsRead = []sources.IncidentAlert{k.first.alert}, k.proven()
	default:
		i.AlertsRead = k.proven()
	}
	// One alert's status is in the counts.
	if counts := k.version.counts; counts.told && len(i.Alerts) == 1 && counts.All <= 1 {
		alert := i.Alerts[0]
		switch {
		case counts.Resolved > 0:
			alert.Status = sources.Resolved
		case counts.Triggered > 0 || counts.All == 0:
			alert.Status = sources.Triggered
		}
		i.Alerts = []sources.IncidentAlert{alert}
	}
	return i
}

func newestFirst(a, b sources.Incident) int {
	return cmp.Or(b.CreatedAt.Compare(a.CreatedAt), cmp.Compare(b.Number, a.Number), cmp.Compare(a.ID, b.ID))
}

// setAlerts keeps the alerts of an incident as read at a version.
func (s *state) setAlerts(id string, v version, alerts []sources.IncidentAlert, extent sources.Extent) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.alerts == nil {
		s.alerts = map[string]knownAlerts{}
	}
	s.alerts[id] = knownAlerts{version: v, alerts: alerts, extent: extent}
	s.listed = nil
}

// alertsFailed puts off asking for the alerts of an incident again.
func (s *state) alertsFailed(id string, retry time.Time, why string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.alerts == nil {
		s.alerts = map[string]knownAlerts{}
	}
	k := s.alerts[id]
	k.retry, k.trouble = retry, why
	s.alerts[id] = k
}

// proofs counts the open incidents that have alerts, and those of which the
// first came along.
func (s *state) proofs() (with, all int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range s.incidents {
		if !s.open(k.incident) || k.version.counts.told && k.version.counts.All == 0 {
			continue
		}
		all++
		if k.first.told {
			with++
		}
	}
	return with, all
}

// setAlertsWhy keeps why alerts are not read, and whether the next Read goes on
// with them.
func (s *state) setAlertsWhy(why string, more bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.alertsWhy, s.moreAlerts = why, more
}

// extents say how much of the incidents and of their alerts was read; warning
// is about alerts that could not be read.
func (s *state) extents(incidents []sources.Incident) (ofIncidents, ofAlerts sources.Extent, warning string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ofIncidents, ofAlerts = s.extent, sources.Whole
	failed, why, first := 0, "", ""
	untried := false
	for i := range incidents {
		if incidents[i].AlertsRead {
			continue
		}
		read := s.alerts[incidents[i].ID]
		if read.trouble == "" {
			untried = true
			ofAlerts.Missing = cmp.Or(ofAlerts.Missing, s.alertsWhy, read.extent.Missing)
			continue
		}
		failed++
		why, first = cmp.Or(why, read.trouble), cmp.Or(first, incidents[i].Short())
	}
	if untried {
		ofAlerts.Missing = cmp.Or(ofAlerts.Missing, "they are not read yet")
	}
	if failed > 0 {
		whose := first
		if failed > 1 {
			whose += " and " + wording.Count(failed-1, "other incident")
		}
		warning = "the alerts of " + whose + " could not be read: " + why
		if ofAlerts.Missing != "" {
			ofAlerts.Missing += "; "
		}
		ofAlerts.Missing += "those of " + whose + " could not be read: " + why
	}
	return ofIncidents, ofAlerts, warning
}

// dueAlerts are the incidents whose alerts are to be read: those of which
// nothing is known before those of which the first alert is, and these before
// those that changed; triggered before acknowledged, newest first.
func (s *state) dueAlerts(now time.Time) []known {
	s.mu.Lock()
	defer s.mu.Unlock()
	var due []known
	for id, k := range s.incidents {
		if !s.open(k.incident) || k.proven() {
			continue
		}
		if a, ok := s.alerts[id]; ok && ((a.extent.Read && a.version == k.version) || now.Before(a.retry)) {
			continue
		}
		due = append(due, k)
	}
	rank := func(k known) int {
		n := 0
		if k.first.told {
			n += 2
		}
		if s.alerts[k.incident.ID].extent.Read {
			n += 4
		}
		if k.incident.Status != sources.Triggered {
			n++
		}
		return n
	}
	slices.SortFunc(due, func(a, b known) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), newestFirst(a.incident, b.incident))
	})
	return due
}

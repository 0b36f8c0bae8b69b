package pagerduty

import (
	"cmp"
	"slices"
	"sync"
	"time"

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
}

// known is an incident and in which generation we last learned of it.
type known struct {
	incident   sources.Incident
	version    version
	generation int
}

// knownAlerts are the alerts of an incident at a version. After a failure
// nothing asks for them again before retry.
type knownAlerts struct {
	version version
	alerts  []sources.IncidentAlert
	read    bool
	retry   time.Time
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
	if ok && !i.UpdatedAt.IsZero() && i.UpdatedAt.Before(old.incident.UpdatedAt) {
		// Seen again, though older: it is there all the same.
		old.generation = s.generation
		s.incidents[i.ID] = old
		return
	}
	s.incidents[i.ID] = known{incident: i, version: a.version(), generation: s.generation}
	s.listed = nil
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
func (s *state) finishFull(start time.Time, pages int, warnings []string) {
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
	s.fullAt, s.fullPages, s.warnings = start, pages, warnings
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
		i := k.incident
		if a, ok := s.alerts[id]; ok && a.read {
			i.Alerts, i.AlertsRead = a.alerts, true
		} else if k.version.counts.told && k.version.counts.All == 0 {
			i.AlertsRead = true // there are none to read
		}
		incidents = append(incidents, i)
	}
	slices.SortFunc(incidents, newestFirst)
	s.listed = slices.Clip(incidents)
	return s.listed
}

func newestFirst(a, b sources.Incident) int {
	return cmp.Or(b.CreatedAt.Compare(a.CreatedAt), cmp.Compare(b.Number, a.Number), cmp.Compare(a.ID, b.ID))
}

// setAlerts keeps the alerts of an incident as read at a version.
func (s *state) setAlerts(id string, v version, alerts []sources.IncidentAlert) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.alerts == nil {
		s.alerts = map[string]knownAlerts{}
	}
	s.alerts[id] = knownAlerts{version: v, alerts: alerts, read: true}
	s.listed = nil
}

// alertsFailed puts off asking for the alerts of an incident again.
func (s *state) alertsFailed(id string, retry time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.alerts == nil {
		s.alerts = map[string]knownAlerts{}
	}
	k := s.alerts[id]
	k.retry = retry
	s.alerts[id] = k
}

// dueAlerts are the incidents whose alerts are to be read: those never read
// before those that changed, triggered before acknowledged, newest first.
func (s *state) dueAlerts(now time.Time) []known {
	s.mu.Lock()
	defer s.mu.Unlock()
	var due []known
	for id, k := range s.incidents {
		if !s.open(k.incident) || (k.version.counts.told && k.version.counts.All == 0) {
			continue
		}
		if a, ok := s.alerts[id]; ok && ((a.read && a.version == k.version) || now.Before(a.retry)) {
			continue
		}
		due = append(due, k)
	}
	rank := func(k known) int {
		n := 0
		if s.alerts[k.incident.ID].read {
			n += 2
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

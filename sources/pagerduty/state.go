package pagerduty

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"firstline/internal/wording"
	"firstline/sources"
)

// state is the stored state of the incidents. Reads and writes both update it,
// so that a later read never undoes what a write has shown.
type state struct {
	mu sync.Mutex
	// incidents by id. Resolved ones stay until the next full refresh, so that
	// an older page does not bring them back.
	incidents map[string]storedIncident
	alerts    map[string]storedAlerts
	// priorities by id, complete: the delta feed may contain only references to
	// them.
	priorities map[string]sources.Priority
	teamIDs    []string
	teamsRead  bool

	// listed is the list that was last returned. It is nil after a change.
	listed []sources.Incident

	generation int // counts full refreshes that began

	fullAt    time.Time // when the last full refresh began, zero: never
	fullPages int
	cursor    time.Time            // PagerDuty's time up to which the feed was read
	seen      map[string]time.Time // the feed's entries since cursor, by id
	noFeed    bool                 // the token may not read the feed
	warnings  []string
	// extent is how many of the open incidents the last full refresh read.
	extent sources.Extent
	// alertsWhy is why alerts of some incidents are not read. moreAlerts means
	// that the next Read continues with them.
	alertsWhy  string
	moreAlerts bool
}

// storedIncident is an incident and the generation in which it was last read.
type storedIncident struct {
	incident   sources.Incident
	version    version
	generation int
	// first is its first alert, if it was read. A later answer without it does
	// not remove it.
	first firstAlert
}

// proven reports whether everything about the incident's alerts came with it.
func (k *storedIncident) proven() bool {
	counts := k.version.counts
	return counts.present && (counts.All == 0 || counts.All == 1 && k.first.complete)
}

// storedAlerts are the alerts of an incident at a version, with their extent.
// After a failure they are not read again before retry.
type storedAlerts struct {
	version version
	alerts  []sources.IncidentAlert
	extent  sources.Extent
	retry   time.Time
	// trouble is why they could not be read, or empty.
	trouble string
}

// remember stores an incident from an answer. It ignores an incident that is
// older than the stored one.
func (c *Client) remember(a *incidentAnswer) {
	if !a.whole() {
		return
	}
	i := a.incident(c.source.Name)
	s := &c.state
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.incidents == nil {
		s.incidents = map[string]storedIncident{}
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
	if !first.present || first.entry != string(a.Trigger.ID) {
		if newer := a.Trigger.first(); newer.present {
			first = newer
		}
	}
	if ok && !i.UpdatedAt.IsZero() && i.UpdatedAt.Before(old.incident.UpdatedAt) {
		// An older answer still proves that it exists.
		if !old.first.present && first.present {
			old.first, s.listed = first, nil
		}
		old.generation = s.generation
		s.incidents[i.ID] = old
		return
	}
	s.incidents[i.ID] = storedIncident{incident: i, version: a.version(), generation: s.generation, first: first}
	s.listed = nil
}

// meetTrigger stores the first alert from the log entry that opened an
// incident, if it is not stored yet.
func (s *state) meetTrigger(incidentID string, isFirst bool, a *triggerAnswer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	k, ok := s.incidents[incidentID]
	if !ok || k.first.present || !isFirst && (!k.version.counts.present || k.version.counts.All > 1) {
		return
	}
	if first := a.first(); first.present {
		k.first, s.listed = first, nil
		s.incidents[incidentID] = k
	}
}

// forget drops an incident, for example when it no longer exists or belongs to
// another team.
func (c *Client) forget(id string) {
	c.state.mu.Lock()
	defer c.state.mu.Unlock()
	delete(c.state.incidents, id)
	delete(c.state.alerts, id)
	c.state.listed = nil
}

// beginFull begins a new generation.
func (s *state) beginFull() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.generation++
}

// finishFull drops the incidents that a full refresh, which began at start, did
// not see and that no write updated meanwhile.
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

// open reports whether the incident belongs on the list: it is open, and
// belongs to one of the configured teams.
func (s *state) open(i sources.Incident) bool {
	if i.Status == sources.Resolved {
		return false
	}
	if len(s.teamIDs) == 0 || len(i.Teams) == 0 {
		return true // all are wanted, or PagerDuty filters them
	}
	return slices.ContainsFunc(i.Teams, func(t sources.Reference) bool { return slices.Contains(s.teamIDs, t.ID) })
}

// inUse counts the open incidents by their escalation policy and by their
// service. With brief it counts only those that PagerDuty will escalate, or
// that are assigned to nobody.
func (s *state) inUse(brief bool) (policies, services map[string]int) {
	policies, services = map[string]int{}, map[string]int{}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range s.incidents {
		i := &k.incident
		unheld := i.AssigneesRead() && len(i.Assignments) == 0
		if !s.open(*i) || brief && !unheld && !i.PendingUnread && !slices.ContainsFunc(i.Pending, func(p sources.PendingAction) bool { return p.Type == "escalate" }) {
			continue
		}
		policies[i.Policy.ID]++
		services[i.Service.ID]++
	}
	return policies, services
}

// list returns the open incidents with their alerts as far as read, newest
// first. It returns the identical list until something changes.
func (s *state) list(n names) []sources.Incident {
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
		i := s.withAlerts(k, s.alerts[id])
		n.fill(&i)
		incidents = append(incidents, i)
	}
	slices.SortFunc(incidents, newestFirst)
	s.listed = slices.Clip(incidents)
	return s.listed
}

// renamed says that names were read, which the listed incidents may need.
func (s *state) renamed() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if slices.ContainsFunc(s.listed, func(i sources.Incident) bool { return needsNames(&i) }) {
		s.listed = nil
	}
}

// withFirst returns an incident with the first alert, if it was read.
func (s *state) withFirst(i sources.Incident) sources.Incident {
	s.mu.Lock()
	defer s.mu.Unlock()
	k := s.incidents[i.ID]
	return s.withAlerts(storedIncident{incident: i, version: k.version, first: k.first}, storedAlerts{})
}

// withAlerts returns the incident with the alerts that were read.
func (s *state) withAlerts(k storedIncident, read storedAlerts) sources.Incident {
	i := k.incident
	switch {
	case read.extent.Read:
		i.Alerts = read.alerts
		i.AlertsRead = read.extent.Whole() && read.version.sameAlerts(k.version) || k.proven()
	case k.first.present:
		i.Alerts, i.AlertsRead = []sources.IncidentAlert{k.first.alert}, k.proven()
	default:
		i.AlertsRead = k.proven()
	}
	// The counts give the status of a single alert.
	if counts := k.version.counts; counts.present && len(i.Alerts) == 1 && counts.All <= 1 {
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

// setAlerts stores the alerts of an incident as read at a version.
func (s *state) setAlerts(id string, v version, alerts []sources.IncidentAlert, extent sources.Extent) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.alerts == nil {
		s.alerts = map[string]storedAlerts{}
	}
	s.alerts[id] = storedAlerts{version: v, alerts: alerts, extent: extent}
	s.listed = nil
}

// alertsFailed postpones the next read of an incident's alerts.
func (s *state) alertsFailed(id string, retry time.Time, why string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.alerts == nil {
		s.alerts = map[string]storedAlerts{}
	}
	k := s.alerts[id]
	k.retry, k.trouble = retry, why
	s.alerts[id] = k
}

// proofs counts the open incidents that have alerts, and those among them whose
// first alert came with the incident.
func (s *state) proofs() (with, all int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range s.incidents {
		if !s.open(k.incident) || k.version.counts.present && k.version.counts.All == 0 {
			continue
		}
		all++
		if k.first.present {
			with++
		}
	}
	return with, all
}

// setAlertsWhy stores why alerts are not read, and whether the next Read
// continues with them.
func (s *state) setAlertsWhy(why string, more bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.alertsWhy, s.moreAlerts = why, more
}

// extents returns how much of the incidents and of their alerts was read.
// warning is about alerts that could not be read.
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

// dueAlerts returns the incidents whose alerts should be read: first those
// without any alert read, then those with only the first alert, then those that
// changed; triggered before acknowledged, newest first.
func (s *state) dueAlerts(now time.Time) []storedIncident {
	s.mu.Lock()
	defer s.mu.Unlock()
	var due []storedIncident
	for id, k := range s.incidents {
		if !s.open(k.incident) || k.proven() {
			continue
		}
		if a, ok := s.alerts[id]; ok && ((a.extent.Read && a.version == k.version) || now.Before(a.retry)) {
			continue
		}
		due = append(due, k)
	}
	rank := func(k storedIncident) int {
		n := 0
		if k.first.present {
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
	slices.SortFunc(due, func(a, b storedIncident) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), newestFirst(a.incident, b.incident))
	})
	return due
}

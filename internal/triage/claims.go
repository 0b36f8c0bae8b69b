package triage

import (
	"cmp"
	"slices"
	"strconv"
	"sync"
	"time"

	"firstline/internal/events"
	"firstline/internal/labelset"
	"firstline/internal/merged"
	"firstline/internal/parallel"
	"firstline/internal/routing"
	"firstline/sources"
)

// claim is the proof with which an incident takes an alert.
type claim struct {
	incident int // index; -1: nobody's
	rule     Rule
	// proof is the value that proves a strong rule, and labels is that of
	// ByLabelSet. For a weak rule the alert has it, see proofText. byService
	// means that only its [[service]] matched.
	proof     string
	labels    map[string]string
	byService bool
	// resolved means that the event that proves it is resolved in PagerDuty.
	resolved bool
}

// proofText returns the proof as it is shown. It makes the text because most claims
// are never shown.
func (c *claimer) proofText(alert int32, cl *claim) string {
	switch k, own := &c.Alerts[alert], &c.owned[alert]; {
	case cl.labels != nil:
		return labelset.Canonical(cl.labels)
	case !weak(cl.rule):
		return cl.proof
	case cl.byService:
		return "service " + strconv.Quote(c.o.Services[own.rule].Name)
	case own.service == "":
		return "alertname " + strconv.Quote(k.Name())
	default:
		return "alertname " + strconv.Quote(k.Name()) + ", service " + strconv.Quote(own.service)
	}
}

// strength orders the rules, best first.
func strength(r Rule) int {
	switch r {
	case ByFingerprint:
		return 0
	case ByDedupKey:
		return 1
	case ByLabelSet:
		return 2
	case ByNameAndService:
		return 3
	case ByMapping:
		return 4
	case ByGroup:
		return 5
	case ByName:
		return 6
	}
	return 7
}

// weak reports whether the rule is resemblance rather than proof.
func weak(r Rule) bool { return strength(r) >= strength(ByNameAndService) }

// event is one thing sent to PagerDuty. Its details are read when they are
// needed: most events are proven by their key.
type event struct {
	*sources.IncidentAlert
	details events.Details
	read    bool
	// proven means that a strong rule found alerts for it.
	proven bool
	// unread means that it represents alerts of the incident that are not read.
	// Only the incident's key is known.
	unread bool
	// cluster is the cluster of Alertmanagers that is proven to have sent it,
	// or -1. notOf are those that are proven not to. Both are set only when
	// there are several clusters.
	cluster int
	notOf   []int
}

func (c *claimer) read(ev *event) *events.Details {
	if !ev.read {
		ev.details, ev.read = c.texts.Read(ev.Details), true
	}
	return &ev.details
}

// joinedIncident is an incident with the alerts that are proven to be its own.
type joinedIncident struct {
	*sources.Incident
	events []event
	// active means that some alert that it was surely opened for is still reported,
	// in this group or another.
	active bool
	// unread means that it has alerts in PagerDuty that are not read, so that any
	// alert may be one of them.
	unread bool
	// withheld means that it resembles an alert that another incident may prove to
	// be its own once its alerts are read.
	withheld bool
	// proofs are the proven claims, those of what is open in PagerDuty first;
	// claimed is how many these are.
	proofs  []proof
	claimed int
	// live means that an open event of it has the key of a notification group that is
	// there now. Others are orphans, such as after a change of group_by.
	live bool
}

// proof is a proven claim on an alert.
type proof struct {
	alert int32
	claim
}

// open returns the proofs by events that are open in PagerDuty.
func (p *joinedIncident) open() []proof { return p.proofs[:p.claimed] }

// claimer decides which incident takes which alert.
type claimer struct {
	*ownedAlerts
	o         *Options
	owner     *owner
	texts     *events.Memory
	named     *nameMemory
	incidents []joinedIncident
	// sentUnder are the events by their keys, where there are several clusters
	// of Alertmanagers.
	sentUnder map[string][]sentEvent
	// unread is how many of the incidents are, and oldestUnread are the two of
	// them that were opened first.
	unread       int
	oldestUnread [2]*joinedIncident
	// best is the claim each alert goes by.
	best []claim
	// byKey finds notification groups by their dedup keys.
	byKey map[string][]keyed
	// byNotificationGroup and byName cache the groups of alerts that no incident
	// takes.
	byNotificationGroup []*looseGroup
	byName              map[nameService]*looseGroup
	// The following indexes are made when they are first needed, because most joins
	// need none of them; incidents are proven on all processors.
	//
	// byID finds alerts by the id that their group has without an incident.
	byID func() map[string][]int32
	// ownShapes are the sets of names of labels that the alerts of one alertname
	// have that only a Prometheus reports, the largest first.
	ownShapes func() map[string][]shape
	// byOwnFingerprint finds the alerts that only a Prometheus reports by the
	// fingerprint that an Alertmanager would give them.
	byOwnFingerprint func() map[string]int32
	// broken are the alerts with line breaks in label values by the first line
	// of the alertname.
	broken func() map[string][]int32
	// names are all alertnames; byFirstWord finds those that are no single word.
	// services are the alerts' services in lower case.
	names       map[string]bool
	byFirstWord map[string][]stretch
	services    map[string]bool
}

// keyed is a notification group under one of its keys.
type keyed struct {
	group int32
	route *routing.Route
	key   string
}

// proveAlerts reads the incidents and assigns to them the alerts that are proven to
// be theirs.
func proveAlerts(p *ownedAlerts, o *Options, w *owner, incidents []*sources.Incident, texts *events.Memory, named *nameMemory, senders map[string]string) *claimer {
	c := &claimer{
		ownedAlerts: p, o: o, owner: w, texts: texts, named: named, best: make([]claim, len(p.Alerts)), incidents: make([]joinedIncident, len(incidents)),
		byNotificationGroup: make([]*looseGroup, len(p.NotificationGroups)), byName: map[nameService]*looseGroup{},
	}
	c.byID, c.byOwnFingerprint = sync.OnceValue(c.indexIDs), sync.OnceValue(c.indexOwnFingerprints)
	c.ownShapes, c.broken = sync.OnceValue(c.indexShapes), sync.OnceValue(c.indexBroken)
	for i := range c.best {
		c.best[i].incident = -1
	}
	if len(incidents) == 0 {
		return c
	}
	c.indexKeys()
	for i, in := range incidents {
		c.incidents[i] = joinedIncident{Incident: in, events: readEvents(in)}
	}
	c.findSenders(senders)
	parallel.Do(len(incidents), c.prove)
	for i := range c.incidents {
		in := &c.incidents[i]
		for k := range in.proofs {
			c.claim(in.proofs[k].alert, in.proofs[k].claim)
		}
		if in.unread = c.isUnread(in); in.unread {
			c.countUnread(in)
		}
	}
	return c
}

// isUnread reports whether the incident may have alerts that nothing was read of.
// If an incident has a single alert, that alert has the incident's key. So when
// the key has found a group, these alerts are known.
func (c *claimer) isUnread(in *joinedIncident) bool {
	if in.AlertsRead || in.Status == sources.Resolved {
		return false
	}
	return len(in.Alerts) > 0 || in.AlertCount != 1 || !in.events[0].proven
}

// readEvents reads what was sent. An incident whose alerts are not read, or
// which was opened by hand, has its own key and title to go by.
func readEvents(in *sources.Incident) []event {
	if len(in.Alerts) == 0 {
		alert := &sources.IncidentAlert{Key: in.Key, Summary: in.Title, CreatedAt: in.CreatedAt, Status: in.Status}
		return []event{{IncidentAlert: alert, unread: !in.AlertsRead, cluster: -1}}
	}
	events := make([]event, len(in.Alerts))
	for i := range in.Alerts {
		events[i] = event{IncidentAlert: &in.Alerts[i], cluster: -1}
	}
	return events
}

// indexNames collects the alertnames, to find them in titles.
func (c *claimer) indexNames() {
	if c.names != nil {
		return
	}
	c.names = make(map[string]bool, 256)
	for i := range c.Alerts {
		if n := c.Alerts[i].Name(); n != "" {
			c.names[n] = true
		}
	}
}

// indexKeys fills byKey.
func (c *claimer) indexKeys() {
	type sent struct {
		keyed
		dedupKey string
	}
	byGroup := make([][]sent, len(c.NotificationGroups))
	parallel.Do(len(c.NotificationGroups), func(i int) {
		for _, r := range c.NotificationGroups[i].Routes {
			for _, key := range r.GroupKeys(c.NotificationGroups[i].Labels, c.NotificationGroups[i].Name) {
				byGroup[i] = append(byGroup[i], sent{keyed{int32(i), r, key}, routing.DedupKey(key)})
			}
		}
	})
	c.byKey = make(map[string][]keyed, len(c.NotificationGroups))
	for i := range byGroup {
		for k := range byGroup[i] {
			s := &byGroup[i][k]
			c.byKey[s.dedupKey] = append(c.byKey[s.dedupKey], s.keyed)
		}
	}
}

// claim assigns the alert to the incident unless another has a better claim.
func (c *claimer) claim(alert int32, cl claim) {
	if now := &c.best[alert]; now.incident < 0 || c.beats(alert, cl, *now) {
		*now = cl
	}
}

// beats is a total order of claims on an alert: a proof before a resemblance;
// what is open in PagerDuty before what is resolved there; an incident under a
// key that is live now before an orphan; the better rule; the
// incident that was opened soonest after the alert began; the id.
func (c *claimer) beats(alert int32, a, b claim) bool {
	boolean := func(x bool) int {
		if x {
			return 1
		}
		return 0
	}
	order := cmp.Or(
		cmp.Compare(boolean(weak(a.rule)), boolean(weak(b.rule))),
		cmp.Compare(boolean(a.resolved), boolean(b.resolved)),
		cmp.Compare(boolean(!c.incidents[a.incident].live), boolean(!c.incidents[b.incident].live)),
		cmp.Compare(strength(a.rule), strength(b.rule)),
	)
	if order == 0 && a.incident != b.incident {
		x, y := c.incidents[a.incident].Incident, c.incidents[b.incident].Incident
		order = cmp.Or(
			compareOpened(c.Alerts[alert].ActiveSince, x.CreatedAt, y.CreatedAt),
			cmp.Compare(x.ID, y.ID),
		)
	}
	if order != 0 {
		return order < 0
	}
	return c.proofText(alert, &a) < c.proofText(alert, &b)
}

// compareOpened orders times at which incidents were opened, the soonest after
// the alert began first. Those before come last, the latest of them first.
func compareOpened(began, x, y time.Time) int {
	early := x.Before(began)
	switch {
	case early && y.Before(began):
		return y.Compare(x)
	case early != y.Before(began):
		if early {
			return 1
		}
		return -1
	}
	return x.Compare(y)
}

// prove finds the proofs of an incident. It changes nothing that others see.
func (c *claimer) prove(i int) {
	in := &c.incidents[i]
	for e := range in.events {
		in.live = in.live || in.events[e].Status != sources.Resolved && len(c.byKey[in.events[e].Key]) > 0
	}
	var onStack [8]proof
	proofs := onStack[:0]
	for e := range in.events {
		ev := &in.events[e]
		give := func(alert int32, cl claim) {
			if c.maySend(in, ev, alert) {
				ev.proven = true
				cl.incident, cl.resolved = i, ev.Status == sources.Resolved
				proofs = append(proofs, proof{alert, cl})
			}
		}
		c.proveKey(ev.Key, give)
		if in.Key != ev.Key && len(in.events) == 1 {
			c.proveKey(in.Key, give)
		}
		if ev.proven && !events.MayHaveFingerprints(ev.Details) {
			continue // the labels add nothing to the key
		}
		byKey := ev.proven
		d := c.read(ev)
		for f := range d.Fired {
			c.proveFired(d, &d.Fired[f], byKey, give)
		}
	}
	in.store(proofs)
}

// store sets the proofs of the incident.
func (p *joinedIncident) store(proofs []proof) {
	if len(proofs) == 0 {
		return
	}
	p.active = true
	p.proofs = make([]proof, 0, len(proofs))
	for _, resolved := range []bool{false, true} {
		for k := range proofs {
			if proofs[k].resolved == resolved {
				p.proofs = append(p.proofs, proofs[k])
			}
		}
		if !resolved {
			p.claimed = len(p.proofs)
		}
	}
}

// proveKey finds alerts by the event's key: Alertmanager's, or the id of a
// group that an incident was opened for from here.
func (c *claimer) proveKey(key string, give func(int32, claim)) {
	for _, k := range c.byKey[key] {
		p := &c.NotificationGroups[k.group]
		for _, alert := range p.Members {
			if len(p.Routes) > 1 && !slices.Contains(c.Trees[p.Manager].Reach(c.Alerts[alert].Labels), k.route) {
				continue
			}
			give(alert, claim{rule: ByDedupKey, proof: k.key})
		}
	}
	if isGroupID(key) {
		for _, alert := range c.byID()[key] {
			give(alert, claim{rule: ByDedupKey, proof: key})
		}
	}
}

func (c *claimer) indexIDs() map[string][]int32 {
	byID, ids := map[string][]int32{}, map[string]string{}
	for i := range c.Alerts {
		name := c.looseGroup(int32(i)).name
		id, ok := ids[name]
		if !ok {
			id = groupID(name)
			ids[name] = id
		}
		byID[id] = append(byID[id], int32(i))
	}
	return byID
}

// isGroupID reports whether s has the form of a group's id.
func isGroupID(s string) bool {
	if len(s) != 12 {
		return false
	}
	for i := 0; i < len(s); i++ {
		if (s[i] < '0' || s[i] > '9') && (s[i] < 'a' || s[i] > 'f') {
			return false
		}
	}
	return true
}

// looseGroup is the group of an alert that no incident takes.
type looseGroup struct {
	labels map[string]string
	// name is the canonical form of the labels (and of the cluster).
	name string
	rule Rule
}

// nameService identifies a group of alerts that are in no notification group.
type nameService struct{ name, service string }

// looseRule returns the rule that puts the alert into its loose group.
func looseRule(k *merged.Alert) Rule {
	if k.ShownIn >= 0 {
		return ByGroup
	}
	return ByName
}

// looseGroup returns the loose group of an alert. Alerts in one group share it.
func (c *claimer) looseGroup(alert int32) *looseGroup {
	k := &c.Alerts[alert]
	if k.ShownIn >= 0 {
		s := c.byNotificationGroup[k.ShownIn]
		if s == nil {
			s = &looseGroup{c.NotificationGroups[k.ShownIn].Labels, c.NotificationGroups[k.ShownIn].ID, ByGroup}
			c.byNotificationGroup[k.ShownIn] = s
		}
		return s
	}
	key := nameService{k.Name(), c.owned[alert].service}
	s := c.byName[key]
	if s == nil {
		labels := map[string]string{}
		if key.name != "" {
			labels["alertname"] = key.name
		}
		if key.service != "" {
			labels["service"] = key.service
		}
		s = &looseGroup{labels, labelset.Canonical(labels), ByName}
		c.byName[key] = s
	}
	return s
}

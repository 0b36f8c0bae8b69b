package triage

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"firstline/sources"
)

// claim says by what proof an incident takes an alert.
type claim struct {
	incident int // index; -1: nobody's
	rule     Rule
	// resolved: what was sent to PagerDuty and proves it is resolved there.
	resolved bool
	// proof is what a strong rule rests upon; labels, for ByLabelSet, likewise.
	// What a weak rule rests upon is told by the alert, see proofText; byService:
	// by its [[service]] alone.
	proof     string
	labels    map[string]string
	byService bool
}

// proofText is the proof as it is shown. It is made when it is asked for: most
// claims are never shown.
func (c *claimer) proofText(alert int32, cl *claim) string {
	switch k := &c.alerts[alert]; {
	case cl.labels != nil:
		return canonical(cl.labels)
	case !weak(cl.rule):
		return cl.proof
	case cl.byService:
		return "service " + strconv.Quote(c.o.Services[k.rule].Name)
	case k.service == "":
		return "alertname " + strconv.Quote(k.Name())
	default:
		return "alertname " + strconv.Quote(k.Name()) + ", service " + strconv.Quote(k.service)
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
	details eventDetails
	read    bool
	// proven: a strong rule found alerts for it.
	proven bool
	// unread: it stands in for alerts of the incident that are not read, and
	// tells nothing but the incident's key.
	unread bool
	// cluster is the cluster of Alertmanagers that surely sent it, -1: not
	// known; notOf are those that surely did not. They are told where there are
	// several.
	cluster int
	notOf   []int
}

func (c *claimer) read(ev *event) *eventDetails {
	if !ev.read {
		ev.details, ev.read = c.texts.readDetails(ev.Details), true
	}
	return &ev.details
}

// paged is one incident on its way to a group.
type paged struct {
	*sources.Incident
	events []event
	// active: some alert that it was surely opened for is still reported, in
	// this group or another.
	active bool
	// claimed are those alerts, without those resolved in PagerDuty.
	claimed []int32
	// unread: it has alerts in PagerDuty that are not read and of which nothing
	// is known, so that any alert may be one of them.
	unread bool
	// withheld: it resembles an alert that another incident may prove to be its
	// own once its alerts are read.
	withheld bool
	// claims are those by which it has them.
	claims []claim
	// live: an open event of it has the key of a notification group that is there
	// now. One without is an orphan, such as after a change of group_by.
	live bool
}

// claimer decides which incident takes which alert.
type claimer struct {
	*placer
	o         *Options
	owner     *owner
	texts     *textMemory
	incidents []paged
	// sentUnder are the events by their keys, where there are several clusters
	// of Alertmanagers.
	sentUnder map[string][]sentEvent
	// unread is how many of the incidents are, and oldestUnread are the two of
	// them that were opened first.
	unread       int
	oldestUnread [2]*paged
	// best is the claim each alert goes by.
	best []claim
	// byKey finds places by the dedup keys of their groups.
	byKey map[string][]keyed
	// byID finds alerts by the id that their group has without an incident.
	byID map[string][]int32
	// names are all alertnames; byFirstWord finds those that are no single word.
	// services are the alerts' services in lower case.
	names       map[string]bool
	byFirstWord map[string][]stretch
	services    map[string]bool
	// ownShapes are the sets of names of labels that the alerts of one alertname
	// have that only a Prometheus reports, the largest first.
	ownShapes map[string][]shape
	// byOwnFingerprint finds the alerts that only a Prometheus reports by the
	// fingerprint that an Alertmanager would give them.
	byOwnFingerprint map[string]int32
	// broken are the alerts with line breaks in label values by the first line
	// of the alertname; nil until they are looked for.
	broken map[string][]int32
}

// keyed is a place under one of its keys.
type keyed struct {
	place int32
	route *route
	key   string
}

// proveAlerts reads the incidents and gives them the alerts that are proven to
// be theirs.
func proveAlerts(p *placer, o *Options, w *owner, incidents []*sources.Incident, texts *textMemory, senders map[string]string) *claimer {
	c := &claimer{placer: p, o: o, owner: w, texts: texts, best: make([]claim, len(p.alerts)), incidents: make([]paged, len(incidents))}
	for i := range c.best {
		c.best[i].incident = -1
	}
	if len(incidents) == 0 {
		return c
	}
	c.indexKeys()
	for i, in := range incidents {
		c.incidents[i] = paged{Incident: in, events: readEvents(in)}
	}
	c.findSenders(senders)
	for i := range incidents {
		c.prove(i)
		if c.incidents[i].unread = c.isUnread(&c.incidents[i]); c.incidents[i].unread {
			c.countUnread(&c.incidents[i])
		}
	}
	return c
}

// isUnread reports whether the incident may have alerts of which nothing is
// known. The only alert of an incident has the incident's key, so where that
// has found a group, it is known which alerts those are.
func (c *claimer) isUnread(in *paged) bool {
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

// indexNames lets alertnames be found in titles.
func (c *claimer) indexNames() {
	if c.names != nil {
		return
	}
	c.names = make(map[string]bool, 256)
	for i := range c.alerts {
		if n := c.alerts[i].Name(); n != "" {
			c.names[n] = true
		}
	}
}

// indexKeys lets groups be found by the keys that they are sent under.
func (c *claimer) indexKeys() {
	type sent struct {
		keyed
		dedupKey string
	}
	byPlace := make([][]sent, len(c.places))
	inParallel(len(c.places), func(i int) {
		for _, r := range c.places[i].routes {
			for _, key := range r.groupKeys(c.places[i].labels, c.places[i].name) {
				byPlace[i] = append(byPlace[i], sent{keyed{int32(i), r, key}, dedupKey(key)})
			}
		}
	})
	c.byKey = make(map[string][]keyed, len(c.places))
	for i := range byPlace {
		for k := range byPlace[i] {
			s := &byPlace[i][k]
			c.byKey[s.dedupKey] = append(c.byKey[s.dedupKey], s.keyed)
		}
	}
}

// claim lets the incident have the alert unless another has a better claim.
func (c *claimer) claim(alert int32, cl claim) {
	if in := &c.incidents[cl.incident]; !weak(cl.rule) {
		in.active = true
		if !cl.resolved {
			in.claimed, in.claims = append(in.claimed, alert), append(in.claims, cl)
		}
	}
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
			compareOpened(c.alerts[alert].ActiveSince, x.CreatedAt, y.CreatedAt),
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

// prove makes the strong claims of an incident.
func (c *claimer) prove(i int) {
	in := &c.incidents[i]
	for e := range in.events {
		in.live = in.live || in.events[e].Status != sources.Resolved && len(c.byKey[in.events[e].Key]) > 0
	}
	for e := range in.events {
		ev := &in.events[e]
		resolved := ev.Status == sources.Resolved
		give := func(alert int32, rule Rule, proof string) {
			if !c.maySend(in, ev, alert) {
				return
			}
			ev.proven = true
			c.claim(alert, claim{incident: i, rule: rule, resolved: resolved, proof: proof})
		}
		c.proveKey(ev.Key, give)
		if in.Key != ev.Key && len(in.events) == 1 {
			c.proveKey(in.Key, give)
		}
		if ev.proven && !mayHaveFingerprints(ev.Details) {
			continue // the labels can tell nothing that the key has not
		}
		byKey := ev.proven
		d := c.read(ev)
		for f := range d.fired {
			c.proveFired(d, &d.fired[f], byKey, func(alert int32, cl claim) {
				if !c.maySend(in, ev, alert) {
					return
				}
				ev.proven = true
				cl.incident, cl.resolved = i, resolved
				c.claim(alert, cl)
			})
		}
	}
}

// proveKey finds alerts by the event's key: Alertmanager's, or the id of a
// group that an incident was opened for from here.
func (c *claimer) proveKey(key string, give func(int32, Rule, string)) {
	for _, k := range c.byKey[key] {
		p := &c.places[k.place]
		for _, alert := range p.members {
			if len(p.routes) > 1 && !slices.Contains(c.trees[p.manager].reach(c.alerts[alert].Labels), k.route) {
				continue
			}
			give(alert, ByDedupKey, k.key)
		}
	}
	if !looksLikeID(key) {
		return
	}
	if c.byID == nil {
		c.byID = map[string][]int32{}
		ids := map[string]string{}
		for i := range c.alerts {
			_, name, _ := c.standing(int32(i))
			id, ok := ids[name]
			if !ok {
				id = groupID(name)
				ids[name] = id
			}
			c.byID[id] = append(c.byID[id], int32(i))
		}
	}
	for _, alert := range c.byID[key] {
		give(alert, ByDedupKey, key)
	}
}

// looksLikeID reports whether s has the form of a group's id.
func looksLikeID(s string) bool {
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

// standing gives the labels, the canonical form of them (and of the cluster)
// and the rule of the group in which an alert stands that no incident takes.
func (c *placer) standing(alert int32) (labels map[string]string, name string, rule Rule) {
	k := &c.alerts[alert]
	if k.home >= 0 {
		return c.places[k.home].labels, c.places[k.home].id, ByGroup
	}
	labels = map[string]string{}
	if n := k.Name(); n != "" {
		labels["alertname"] = n
	}
	if k.service != "" {
		labels["service"] = k.service
	}
	return labels, canonical(labels), ByName
}

package alertmanager

import (
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"

	"firstline/internal/promapi"
	"firstline/internal/wording"
	"firstline/sources"
)

// groupsReader reads the answers of /api/v2/alerts/groups one after the other. What
// is in an answer as it was in the one before is the same object.
type groupsReader struct {
	source    string
	most      int // limit on the alerts; 0: all
	recall    promapi.Recall[element]
	labels    promapi.Recall[value[promapi.Shared]]
	receivers promapi.Recall[value[nameAnswer]]

	// met is the content of this answer, listed that of the last one.
	met, listed content
	// data is what was made of the last one.
	data sources.Data
}

// content is the groups of an answer with their alerts, one after the other.
type content struct {
	groups []group
	alerts []*element
	// omitted are the fingerprints of the alerts beyond the limit.
	omitted map[string]bool
	// oddGroups and oddAlerts count the meaningless elements: a group without a
	// list of alerts, and an alert without labels. A server without alerts answers
	// [].
	oddGroups, oddAlerts int
}

// group is a group of an answer; its alerts end before end.
type group struct {
	receiver *value[nameAnswer]
	labels   *value[promapi.Shared]
	end      int
}

// value is a decoded value. err is why it cannot be decoded, or nil.
type value[T any] struct {
	is  T
	err error
}

func (c *content) clear() {
	*c = content{groups: c.groups[:0], alerts: c.alerts[:0]}
}

func (c *content) same(other *content) bool {
	return c.oddGroups == other.oddGroups && c.oddAlerts == other.oddAlerts && len(c.omitted) == len(other.omitted) &&
		slices.Equal(c.groups, other.groups) && slices.Equal(c.alerts, other.alerts)
}

// element is an alert of an answer.
type element struct {
	// alert is the alert as it was last passed on. Its receivers are those of all
	// its groups, sent those that the element names.
	alert *sources.Alert
	sent  []string
	// mutedBy are the time intervals that mute the group that it is in.
	mutedBy []string
	// odd means that it has no labels, strange that its state is not known.
	odd, strange bool
	// err is why it cannot be decoded, or nil.
	err error

	labels, annotations promapi.Shared
}

func newGroupsReader(source string, most int) *groupsReader {
	r := &groupsReader{source: source, most: most}
	r.recall = promapi.Recall[element]{Moving: []string{"updatedAt", "endsAt"}, Make: r.element, Drop: func(e *element) {
		e.labels.Release()
		e.annotations.Release()
	}}
	r.labels = promapi.Recall[value[promapi.Shared]]{Make: decoded[promapi.Shared], Drop: func(v *value[promapi.Shared]) { v.is.Release() }}
	r.receivers = promapi.Recall[value[nameAnswer]]{Make: decoded[nameAnswer]}
	return r
}

func decoded[T any](e promapi.Element, _ []byte) (v value[T], same bool) {
	v.err = json.Unmarshal(e.Raw, &v.is)
	return v, true
}

// element decodes an alert.
func (r *groupsReader) element(e promapi.Element, _ []byte) (element, bool) {
	var a alertAnswer
	if err := json.Unmarshal(e.Raw, &a); err != nil {
		a.Labels.Release()
		a.Annotations.Release()
		return element{err: err}, false
	}
	one := element{labels: a.Labels, annotations: a.Annotations, mutedBy: a.Status.MutedBy, odd: true}
	for _, value := range a.Labels.Texts() {
		one.odd = one.odd && value == ""
	}
	switch a.Status.State {
	case "active", "suppressed", "unprocessed":
	default:
		one.strange = true
	}
	for _, receiver := range a.Receivers {
		if name := promapi.Share(receiver.Name); !slices.Contains(one.sent, name) {
			one.sent = append(one.sent, name)
		}
	}
	one.alert = a.alert(r.source)
	one.alert.Receivers = one.sent
	return one, true
}

// alert derives the state from what mutes the alert: "suppressed" means
// silenced, inhibited and, since 0.28, in a group that a time interval mutes.
// The alerts of the last kind fire, although nobody is notified now.
func (a *alertAnswer) alert(source string) *sources.Alert {
	state := sources.AlertFiring
	switch {
	case len(a.Status.SilencedBy) > 0:
		state = sources.AlertSilenced
	case len(a.Status.InhibitedBy) > 0:
		state = sources.AlertInhibited
	}
	return &sources.Alert{
		Source:       source,
		Labels:       a.Labels.Texts(),
		Annotations:  a.Annotations.Texts(),
		State:        state,
		ActiveSince:  moment(a.StartsAt),
		Fingerprint:  a.Fingerprint,
		GeneratorURL: promapi.Share(a.GeneratorURL),
		SilencedBy:   a.Status.SilencedBy,
		InhibitedBy:  a.Status.InhibitedBy,
	}
}

// read reads an answer.
func (r *groupsReader) read(api *promapi.Client, doing string, s *promapi.Stream) error {
	r.met.clear()
	r.recall.Begin()
	r.labels.Begin()
	r.receivers.Begin()
	if s.Peek() != '[' {
		body, all := s.All()
		if !all {
			return api.Damaged(doing, promapi.ErrDamaged)
		}
		return api.NotAnAPI(doing, promapi.Odd(body), nil)
	}
	s.Forget()
	l := limit{most: r.most}
	err := s.List(func() error { return r.group(s, &l) })
	if err == nil {
		err = s.End()
	}
	switch syntax := (*json.SyntaxError)(nil); {
	case errors.Is(err, promapi.ErrDamaged), errors.As(err, &syntax):
		return api.Damaged(doing, err)
	case err != nil:
		return api.OtherForm(doing, err)
	}
	r.recall.End()
	r.labels.End()
	r.receivers.End()
	if !r.met.same(&r.listed) || !r.data.Extents.Alerts.Read {
		r.data = r.made()
	}
	r.met, r.listed = r.listed, r.met
	return nil
}

// group reads a group.
func (r *groupsReader) group(s *promapi.Stream, l *limit) error {
	var g group
	listed := false
	if s.Peek() == 'n' { // null
		if err := s.Decode(&struct{}{}); err != nil {
			return err
		}
	} else if err := r.members(s, &g, &listed, l); err != nil {
		return err
	}
	if !listed {
		r.met.oddGroups++
	}
	g.end = len(r.met.alerts)
	r.met.groups = append(r.met.groups, g)
	return nil
}

// members reads the members of a group.
func (r *groupsReader) members(s *promapi.Stream, g *group, listed *bool, l *limit) error {
	if s.Peek() != '{' {
		return s.Decode(&struct{}{})
	}
	return s.Object(func(name string) error {
		switch {
		case strings.EqualFold(name, "receiver"):
			return recalled(s, &r.receivers, &g.receiver)
		case strings.EqualFold(name, "labels"):
			return recalled(s, &r.labels, &g.labels)
		case !strings.EqualFold(name, "alerts"):
			return s.Skip()
		}
		if *listed = s.Peek() == '['; !*listed {
			return s.Decode(&[]struct{}{})
		}
		return s.List(func() error {
			e, err := s.Element()
			if err == nil {
				err = r.add(e, l)
			}
			return err
		})
	})
}

// recalled reads a value that is mostly as it was.
func recalled[T any](s *promapi.Stream, recall *promapi.Recall[value[T]], v **value[T]) error {
	e, err := s.Element()
	if err != nil {
		return err
	}
	*v, _ = recall.Get(e)
	return (*v).err
}

// add adds an alert of the answer.
func (r *groupsReader) add(e promapi.Element, l *limit) error {
	if l.near(len(r.met.alerts)) && string(e.Raw) != "null" {
		var only struct {
			Fingerprint string `json:"fingerprint"`
		}
		if err := json.Unmarshal(e.Raw, &only); err != nil {
			return err
		}
		if !l.allows(only.Fingerprint, r.met.alerts) {
			if r.met.omitted == nil {
				r.met.omitted = map[string]bool{}
			}
			if only.Fingerprint == "" { // then each is a different alert
				only.Fingerprint = "#" + strconv.Itoa(len(r.met.omitted))
			}
			r.met.omitted[only.Fingerprint] = true
			return nil
		}
	}
	one, _ := r.recall.Get(e)
	switch {
	case one.err != nil:
		return one.err
	case one.odd:
		r.met.oddAlerts++
		return nil
	}
	r.met.alerts = append(r.met.alerts, one)
	return nil
}

// limit decides which alerts of an answer are loaded: the first most ones, in each
// of their groups.
type limit struct {
	most   int // 0: all
	loaded map[string]bool
	// distinct counts the alerts that are loaded, each once.
	distinct int
}

// near reports whether n loaded alerts, some of them more than once, may be as many
// as are allowed.
func (l *limit) near(n int) bool { return l.most > 0 && n >= l.most }

// allows reports whether a further alert is loaded.
func (l *limit) allows(fingerprint string, loaded []*element) bool {
	if l.loaded == nil {
		l.loaded = make(map[string]bool, l.most)
		for _, one := range loaded {
			l.load(one.alert.Fingerprint)
		}
	}
	switch {
	case fingerprint != "" && l.loaded[fingerprint]:
		return true
	case l.distinct < l.most:
		l.load(fingerprint)
		return true
	}
	return false
}

func (l *limit) load(fingerprint string) {
	if fingerprint == "" || !l.loaded[fingerprint] {
		l.distinct++
		l.loaded[fingerprint] = true
	}
}

// made returns what this answer says: each alert once, with all its receivers, and
// the groups that refer to the alerts. An alert is in several groups when several
// routes match it.
func (r *groupsReader) made() sources.Data {
	m := &r.met
	alerts := make([]*element, 0, len(m.alerts))
	receivers := make([][]string, 0, len(m.alerts))
	groups := make([]sources.NotificationGroup, 0, len(m.groups))
	at := make(map[string]int, len(m.alerts)) // fingerprint -> index in alerts
	begin, strange := 0, 0
	for _, g := range m.groups {
		members := m.alerts[begin:g.end]
		if begin = g.end; len(members) == 0 {
			continue
		}
		group := sources.NotificationGroup{Source: r.source, Fingerprints: make([]string, 0, len(members))}
		if g.receiver != nil {
			group.Receiver = g.receiver.is.Name
		}
		if g.labels != nil {
			group.Labels = g.labels.is.Texts()
		}
		for _, one := range members {
			if one.strange {
				strange++
			}
			group.Fingerprints = append(group.Fingerprints, one.alert.Fingerprint)
			if len(group.MutedBy) == 0 && len(one.mutedBy) > 0 {
				group.MutedBy = one.mutedBy // the same for all of them
			}
			i, met := at[one.alert.Fingerprint]
			if !met || one.alert.Fingerprint == "" {
				i = len(alerts)
				at[one.alert.Fingerprint] = i
				alerts, receivers = append(alerts, one), append(receivers, one.sent)
			}
			// The state is that of the same alert. Only a group's own muting may
			// differ, which is not part of an alert's state here.
			receivers[i] = withNames(receivers[i], one.sent, group.Receiver)
		}
		slices.Sort(group.Fingerprints)
		groups = append(groups, group)
	}
	data := sources.Data{Alerts: make([]*sources.Alert, len(alerts)), Groups: groups}
	for i, one := range alerts {
		if !slices.Equal(one.alert.Receivers, receivers[i]) {
			with := *one.alert
			with.Receivers = receivers[i]
			one.alert = &with
		}
		data.Alerts[i] = one.alert
	}
	data.Extents.Alerts = sources.Whole
	var missing []string
	if m.oddGroups > 0 {
		missing = append(missing, wording.Count(m.oddGroups, "group")+" without a list of alerts")
	}
	if m.oddAlerts > 0 {
		missing = append(missing, wording.Count(m.oddAlerts, "alert")+" without labels")
	}
	if strange > 0 {
		missing = append(missing, wording.Count(strange, "alert")+" in a state that is not known")
	}
	if len(missing) > 0 {
		data.Extents.Alerts.Missing = strings.Join(missing, ", ")
		data.Warnings = append(data.Warnings, data.Extents.Alerts.Missing+": please report that with the server's version")
	}
	if data.Omitted = len(m.omitted); data.Omitted > 0 {
		data.Extents.Alerts.Missing = promapi.Omitted(len(data.Alerts), data.Omitted)
		data.Warnings = append(data.Warnings, data.Extents.Alerts.Missing)
	}
	return data
}

// withNames returns names with those of more and group that are missing in it. It
// does not change the list.
func withNames(names, more []string, group string) []string {
	for _, name := range more {
		if !slices.Contains(names, name) {
			names = append(slices.Clip(names), name)
		}
	}
	if group != "" && !slices.Contains(names, group) {
		names = append(slices.Clip(names), group)
	}
	return names
}

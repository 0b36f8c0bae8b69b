package alertmanager

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"firstline/internal/promapi"
	"firstline/sources"
)

// decode decodes an answer.
func decode[T any](api *promapi.Client, doing string, body []byte) (T, error) {
	var answer T
	err := json.Unmarshal(body, &answer)
	if err == nil && string(bytes.TrimSpace(body)) != "null" {
		return answer, nil
	}
	wanted := byte('{')
	if reflect.TypeFor[T]().Kind() == reflect.Slice {
		wanted = '['
	}
	switch trimmed := bytes.TrimSpace(body); {
	case len(trimmed) == 0 || trimmed[0] != wanted:
		return answer, api.NotAnAPI(doing, promapi.Odd(body), err)
	case !json.Valid(body):
		return answer, api.Failure(doing, sources.BadAnswer, "the answer is damaged: check the proxy before the server", err)
	}
	return answer, api.Failure(doing, sources.BadAnswer, "the answer has another form than Alertmanager gives it: please report that with the server's version", err)
}

// groupsAnswer is the answer of /api/v2/alerts/groups.
type groupsAnswer []groupAnswer

type groupAnswer struct {
	Receiver nameAnswer    `json:"receiver"`
	Labels   promapi.Texts `json:"labels"`
	Alerts   []alertAnswer `json:"alerts"`
}

// oddGroup and oddAlert count meaningless elements: a group without a list of
// alerts, and an alert without labels. A server without alerts answers [].
func (k *limiter) oddGroup() { k.groups++ }

func (k *limiter) oddAlert(one *alertAnswer) bool {
	for _, value := range one.Labels {
		if value != "" {
			return false
		}
	}
	k.alerts++
	return true
}

// limiter decides which alerts of an answer are loaded: the first most ones, in
// each of their groups.
type limiter struct {
	most            int // 0: all
	loaded, omitted map[string]bool
	// groups and alerts count the meaningless elements.
	groups, alerts int
}

func newLimiter(most int) *limiter {
	return &limiter{most: most, loaded: map[string]bool{}, omitted: map[string]bool{}}
}

func (k *limiter) allows(fingerprint string) bool {
	if fingerprint == "" { // then each is a different alert
		fingerprint = fmt.Sprint("#", len(k.loaded)+len(k.omitted))
	}
	switch {
	case k.most == 0 || k.loaded[fingerprint]:
		return true
	case len(k.loaded) < k.most:
		k.loaded[fingerprint] = true
		return true
	}
	k.omitted[fingerprint] = true
	return false
}

// bounded returns the groups with the alerts within the limit.
func (a groupsAnswer) bounded(k *limiter) groupsAnswer {
	for i := range a {
		if a[i].Alerts == nil {
			k.oddGroup()
		}
		a[i].Alerts = slices.DeleteFunc(a[i].Alerts, func(one alertAnswer) bool { return k.oddAlert(&one) || !k.allows(one.Fingerprint) })
	}
	return a
}

// readPieces reads groups that are too long to hold in memory.
func readPieces(d *json.Decoder, k *limiter, recall *promapi.Recall[alertAnswer]) (groupsAnswer, error) {
	recall.Begin()
	defer recall.End()
	var all groupsAnswer
	var raw json.RawMessage // reused for all alerts
	isList, err := promapi.ListOrNull(d, func() error {
		var group groupAnswer
		listed := false
		err := promapi.Object(d, func(name string) (bool, error) {
			switch name {
			case "receiver":
				return true, d.Decode(&group.Receiver)
			case "labels":
				return true, d.Decode(&group.Labels)
			case "alerts":
				var err error
				listed, err = promapi.ListOrNull(d, func() error {
					if err := d.Decode(&raw); err != nil {
						return err
					}
					var only struct {
						Fingerprint string `json:"fingerprint"`
					}
					if err := json.Unmarshal(raw, &only); err != nil || !k.allows(only.Fingerprint) {
						return err
					}
					one, err := recall.Decode(raw)
					if err == nil && !k.oddAlert(&one) {
						group.Alerts = append(group.Alerts, one)
					}
					return err
				})
				return true, err
			}
			return false, nil
		})
		if !listed {
			k.oddGroup()
		}
		all = append(all, group)
		return err
	})
	if err == nil && !isList {
		err = errors.New("there is no list of groups")
	}
	return all, err
}

type nameAnswer struct {
	Name string `json:"name"`
}

type alertAnswer struct {
	Labels       promapi.Texts `json:"labels"`
	Annotations  promapi.Texts `json:"annotations"`
	StartsAt     string        `json:"startsAt"`
	Fingerprint  string        `json:"fingerprint"`
	GeneratorURL string        `json:"generatorURL"`
	Receivers    []nameAnswer  `json:"receivers"`
	Status       struct {
		State       string   `json:"state"`
		SilencedBy  []string `json:"silencedBy"`
		InhibitedBy []string `json:"inhibitedBy"`
		MutedBy     []string `json:"mutedBy"`
	} `json:"status"`
}

// read returns each alert once, with all its receivers, and the groups that
// refer to the alerts. An alert is in several groups when several routes match
// it.
func (a groupsAnswer) read(source string) ([]sources.Alert, []sources.NotificationGroup) {
	total := 0
	for _, g := range a {
		total += len(g.Alerts)
	}
	alerts := make([]sources.Alert, 0, total)
	groups := make([]sources.NotificationGroup, 0, len(a))
	at := make(map[string]int, total) // fingerprint -> index in alerts
	for _, g := range a {
		if len(g.Alerts) == 0 {
			continue
		}
		group := sources.NotificationGroup{
			Source: source, Receiver: g.Receiver.Name, Labels: g.Labels,
			Fingerprints: make([]string, 0, len(g.Alerts)),
		}
		for _, one := range g.Alerts {
			group.Fingerprints = append(group.Fingerprints, one.Fingerprint)
			if len(group.MutedBy) == 0 && len(one.Status.MutedBy) > 0 {
				group.MutedBy = one.Status.MutedBy // the same for all of them
			}
			if i, ok := at[one.Fingerprint]; ok && one.Fingerprint != "" {
				// The state is that of the same alert. Only a group's own
				// muting may differ, which is not part of an alert's state
				// here.
				alerts[i].Receivers = withNames(alerts[i].Receivers, one.Receivers, g.Receiver)
				continue
			}
			at[one.Fingerprint] = len(alerts)
			alert := one.alert(source)
			alert.Receivers = withNames(nil, one.Receivers, g.Receiver)
			alerts = append(alerts, alert)
		}
		slices.Sort(group.Fingerprints)
		groups = append(groups, group)
	}
	return alerts, groups
}

// withNames appends those of more and group that are missing in names.
func withNames(names []string, more []nameAnswer, group nameAnswer) []string {
	if names == nil {
		names = make([]string, 0, len(more))
	}
	for _, one := range more {
		if !slices.Contains(names, one.Name) {
			names = append(names, one.Name)
		}
	}
	if group.Name != "" && !slices.Contains(names, group.Name) {
		names = append(names, group.Name)
	}
	return names
}

// alert derives the state from what mutes the alert: "suppressed" means
// silenced, inhibited and, since 0.28, in a group that a time interval mutes.
// The alerts of the last kind fire, although nobody is notified now.
func (a alertAnswer) alert(source string) sources.Alert {
	state := sources.AlertFiring
	switch {
	case len(a.Status.SilencedBy) > 0:
		state = sources.AlertSilenced
	case len(a.Status.InhibitedBy) > 0:
		state = sources.AlertInhibited
	}
	return sources.Alert{
		Source:       source,
		Labels:       a.Labels,
		Annotations:  a.Annotations,
		State:        state,
		ActiveSince:  moment(a.StartsAt),
		Fingerprint:  a.Fingerprint,
		GeneratorURL: a.GeneratorURL,
		SilencedBy:   a.Status.SilencedBy,
		InhibitedBy:  a.Status.InhibitedBy,
	}
}

// moment parses a time. It ignores a time that cannot be parsed: that is no
// reason to hide an alert.
func moment(s string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return time.Time{}
	}
	return t
}

// unknownStates counts the alerts in an unknown state. Its meaning is unknown,
// but the alerts exist.
func (a groupsAnswer) unknownStates() int {
	n := 0
	for _, g := range a {
		for i := range g.Alerts {
			switch g.Alerts[i].Status.State {
			case "active", "suppressed", "unprocessed":
			default:
				n++
			}
		}
	}
	return n
}

// statusAnswer is the used part of the answer of /api/v2/status.
type statusAnswer struct {
	Uptime      string `json:"uptime"` // when it was started
	VersionInfo struct {
		Version string `json:"version"`
	} `json:"versionInfo"`
	Cluster struct {
		Name  string       `json:"name"`
		Peers []nameAnswer `json:"peers"`
	} `json:"cluster"`
	Config struct {
		Original string `json:"original"`
	} `json:"config"`
}

// peers returns the names of the members of the cluster, sorted. A server alone
// has a name too, which identifies it behind another address.
func (s statusAnswer) peers() []string {
	var names []string
	for _, p := range append(s.Cluster.Peers, nameAnswer{s.Cluster.Name}) {
		if p.Name != "" && !slices.Contains(names, p.Name) {
			names = append(names, p.Name)
		}
	}
	slices.Sort(names)
	return names
}

// The states of a silence.
const (
	stateActive  = "active"
	statePending = "pending"
	stateExpired = "expired"
)

// silenceAnswer is one silence of /api/v2/silences and /api/v2/silence/{id}.
type silenceAnswer struct {
	ID        string          `json:"id"`
	Matchers  []matcherAnswer `json:"matchers"`
	StartsAt  string          `json:"startsAt"`
	EndsAt    string          `json:"endsAt"`
	CreatedBy string          `json:"createdBy"`
	Comment   string          `json:"comment"`
	Status    struct {
		State string `json:"state"`
	} `json:"status"`
	// Annotations exist since 0.33 and must survive an update.
	Annotations promapi.Texts `json:"annotations"`
}

type matcherAnswer struct {
	Name    string `json:"name"`
	Value   string `json:"value"`
	IsRegex bool   `json:"isRegex"`
	// IsEqual is missing before 0.22, when all matchers were equal.
	IsEqual *bool `json:"isEqual"`
}

// odd reports whether the silence is meaningless, as null is: every silence has an
// id and a state.
func (s silenceAnswer) odd() bool { return s.ID == "" || s.Status.State == "" }

func (s silenceAnswer) silence(source string) sources.Silence {
	matchers := make([]sources.Matcher, 0, len(s.Matchers))
	for _, m := range s.Matchers {
		matchers = append(matchers, sources.Matcher{
			Name: m.Name, Value: m.Value, Regex: m.IsRegex, Equal: m.IsEqual == nil || *m.IsEqual,
		})
	}
	return sources.Silence{
		Source:    source,
		ID:        s.ID,
		Matchers:  matchers,
		StartsAt:  moment(s.StartsAt),
		EndsAt:    moment(s.EndsAt),
		CreatedBy: s.CreatedBy,
		Comment:   s.Comment,
		State:     strings.ToLower(s.Status.State),
	}
}

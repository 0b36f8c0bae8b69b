package prometheus

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"firstline/internal/clean"
	"firstline/internal/promapi"
	"firstline/internal/wording"
	"firstline/sources"
)

// envelope is what each answer of Prometheus's API comes in.
type envelope[T any] struct {
	Status   string   `json:"status"`
	Data     T        `json:"data"`
	Error    string   `json:"error"`
	Warnings []string `json:"warnings"`
}

// decode reads an answer. One that is not {"status":"success"} is not taken
// for Prometheus's: under the same path without its prefix Mimir gives the
// tenant's Alertmanager configuration, and an old Alertmanager its alerts.
func decode[T any](api *promapi.Client, doing string, body []byte) (envelope[T], error) {
	var answer envelope[T]
	err := json.Unmarshal(body, &answer)
	if err == nil && answer.Status == "success" {
		return answer, nil
	}
	var outer envelope[json.RawMessage]
	readable := json.Unmarshal(body, &outer) == nil
	switch {
	case readable && outer.Status == "error":
		return answer, api.Failure(doing, sources.Rejected, "the server refused it: "+promapi.Message(body), nil)
	case readable && outer.Status == "success" && bytes.HasPrefix(outer.Data, []byte("[")):
		return answer, api.NotAnAPI(doing, "answered as an Alertmanager does", err)
	case readable && outer.Status == "success":
		return answer, api.Failure(doing, sources.BadAnswer, "the answer has another form than Prometheus gives it: please report that with the server's version", err)
	case !json.Valid(body) && bytes.HasPrefix(bytes.TrimSpace(body), []byte(`{"status":`)):
		return answer, api.Failure(doing, sources.BadAnswer, "the answer is damaged: check the proxy before the server", err)
	}
	return answer, api.NotAnAPI(doing, promapi.Odd(body), err)
}

// alertsAnswer is data of /api/v1/alerts. Thanos answers null without alerts.
type alertsAnswer struct {
	Alerts list[alertAnswer] `json:"alerts"`
}

type alertAnswer struct {
	Labels          promapi.Texts `json:"labels"`
	Annotations     promapi.Texts `json:"annotations"`
	State           string        `json:"state"`
	ActiveAt        string        `json:"activeAt"`
	KeepFiringSince string        `json:"keepFiringSince"`
	Value           number        `json:"value"`
	// Source is vmalert's own link, GeneratorURL that of others.
	Source       string `json:"source"`
	GeneratorURL string `json:"generatorURL"`
}

// number is a number that is written as a text or as a number.
type number string

// UnmarshalJSON takes what is no text as it is written.
func (n *number) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] != '"' {
		if string(b) != "null" {
			*n = number(b)
		}
		return nil
	}
	var text string
	if err := json.Unmarshal(b, &text); err != nil {
		return fmt.Errorf("reading a number: %w", err)
	}
	*n = number(text)
	return nil
}

// list is a list in an answer. Where it does not have the form that is
// expected, its elements are read one by one, and those that can't be read are
// counted: one odd alert must not hide all others. A list in which nothing can
// be read is another answer than was asked for.
type list[T any] struct {
	items []T
	odd   int
	// form is what stands in the list's place.
	form form
}

// form says whether a list is one: a server that knows of none says [], and only
// what leaves the list out tells nothing.
type form int

const (
	left form = iota // out
	null
	given
)

// UnmarshalJSON reads a list or null.
func (l *list[T]) UnmarshalJSON(b []byte) error {
	l.odd, l.form = 0, given
	if string(b) == "null" {
		l.form = null
		return nil
	}
	err := json.Unmarshal(b, &l.items)
	if err == nil {
		return nil
	}
	var each []json.RawMessage
	if json.Unmarshal(b, &each) != nil {
		return fmt.Errorf("reading a list: %w", err)
	}
	l.items = make([]T, 0, len(each))
	for _, raw := range each {
		var one T
		if json.Unmarshal(raw, &one) != nil || string(raw) == "null" {
			l.odd++
			continue
		}
		l.items = append(l.items, one)
	}
	if len(l.items) == 0 {
		return fmt.Errorf("reading a list: %w", err)
	}
	return nil
}

// alertState reads a state: Prometheus's and vmalert's, or Grafana's, which may
// have a reason in brackets behind it. An alert of an active state is one that
// its rule sees now; known is false for a word that is none of theirs.
func alertState(text string) (state sources.AlertState, active, known bool) {
	switch sources.StateWord(text) {
	case "firing", "alerting", "recovering", "error", "nodata":
		return sources.AlertFiring, true, true
	case "pending":
		return sources.AlertPending, true, true
	case "inactive", "normal":
		return "", false, true
	}
	return "", false, false
}

// alerts are the firing and pending ones.
func (a alertsAnswer) alerts(source string, most int) gathered {
	g := newGatherer(source, most)
	g.odd, g.form = a.Alerts.odd, a.Alerts.form
	g.kept = make([]sources.Alert, 0, len(a.Alerts.items))
	for i := range a.Alerts.items {
		g.add(&a.Alerts.items[i])
	}
	return g.gathered()
}

// gatherer takes the alerts of an answer one by one.
type gatherer struct {
	source string
	most   int // that are kept; 0: all
	kept   []sources.Alert
	// notKept are those beyond, odd those that can't be read, unknown those in a
	// state that is not known, by its word.
	notKept, odd int
	unknown      map[string]int
	form         form // of the list
}

func newGatherer(source string, most int) *gatherer {
	return &gatherer{source: source, most: most, unknown: map[string]int{}}
}

// gathered are alerts, how much of an answer they are, and how many of it were
// not kept.
type gathered struct {
	alerts  []sources.Alert
	extent  sources.Extent
	notKept int
	// null: the answer says null where the list stands, as Thanos does without
	// alerts.
	null bool
}

// noAlerts is what is missing of an answer in which no list of alerts stands.
const noAlerts = "the answer has no list of alerts"

func (g *gatherer) add(one *alertAnswer) {
	state, active, known := alertState(one.State)
	if !known {
		g.unknown[one.State]++
	}
	if !active {
		return
	}
	if g.full() {
		g.notKept++
		return
	}
	if !labelled(one.Labels) {
		g.odd++
		return
	}
	alert := sources.Alert{
		Source:          g.source,
		Labels:          one.Labels,
		Annotations:     one.Annotations,
		State:           state,
		ActiveSince:     moment(one.ActiveAt),
		KeepFiringSince: moment(one.KeepFiringSince),
		Value:           string(one.Value),
		GeneratorURL:    cmp.Or(one.GeneratorURL, one.Source),
	}
	if !strings.EqualFold(one.State, string(state)) {
		alert.StateText = one.State
	}
	g.kept = append(g.kept, alert)
}

// labelled reports whether there is a label by which an alert could be known.
func labelled(labels map[string]string) bool {
	for _, value := range labels {
		if value != "" {
			return true
		}
	}
	return false
}

// gathered are all that were added. An alert in a state or form that is not
// known may be active, so that the list is then not the whole.
func (g *gatherer) gathered() gathered {
	var missing []string
	if g.notKept > 0 {
		missing = append(missing, promapi.Omitted(len(g.kept), g.notKept))
	}
	if g.odd > 0 {
		missing = append(missing, wording.Count(g.odd, "alert")+" in a form that is not known")
	}
	if len(g.unknown) > 0 {
		n := 0
		words := slices.Sorted(maps.Keys(g.unknown))
		for i, word := range words {
			n += g.unknown[word]
			words[i] = strconv.Quote(clean.Line(word))
		}
		missing = append(missing, wording.Count(n, "alert")+" in a state that is not known ("+strings.Join(words[:min(len(words), maxWords)], ", ")+")")
	}
	if g.form != given && len(g.kept) == 0 {
		missing = append(missing, noAlerts)
	}
	extent := sources.Whole
	extent.Missing = strings.Join(missing, ", ")
	return gathered{slices.Clip(g.kept), extent, g.notKept, g.form == null}
}

// full reports whether no further alert is kept.
func (g *gatherer) full() bool { return g.most > 0 && len(g.kept) >= g.most }

// addRaw adds an alert as it is written.
func (g *gatherer) addRaw(raw json.RawMessage, known *promapi.Recall[alertAnswer]) {
	var a alertAnswer
	var err error
	if g.full() { // then its state alone counts
		var only struct {
			State string `json:"state"`
		}
		err = json.Unmarshal(raw, &only)
		a.State = only.State
	} else {
		a, err = known.Decode(raw)
	}
	if err != nil || string(raw) == "null" {
		g.odd++
		return
	}
	g.add(&a)
}

// list reads the list of alerts, or null.
func (g *gatherer) list(d *json.Decoder, one func() error) error {
	g.form = given
	isList, err := promapi.ListOrNull(d, one)
	if err == nil && !isList {
		g.form = null
	}
	return err
}

// pieces reads an answer with alerts that is too long to hold as a whole.
func (g *gatherer) pieces(d *json.Decoder, known *promapi.Recall[alertAnswer]) (warnings []string, err error) {
	known.Begin()
	defer known.End()
	status := ""
	var raw json.RawMessage // one for all
	one := func() error {
		if err := d.Decode(&raw); err != nil {
			return err
		}
		g.addRaw(raw, known)
		return nil
	}
	err = promapi.Object(d, func(name string) (bool, error) {
		switch name {
		case "status":
			return true, d.Decode(&status)
		case "warnings":
			return true, d.Decode(&warnings)
		case "data":
			return true, promapi.Object(d, func(name string) (bool, error) {
				if !strings.EqualFold(name, "alerts") { // Thanos's ruler writes it large
					return false, nil
				}
				return true, g.list(d, one)
			})
		}
		return false, nil
	})
	if err == nil && status != "success" {
		err = fmt.Errorf("the status is %q", status)
	}
	return warnings, err
}

// maxWords is how many unknown words are named.
const maxWords = 5

// moment reads a time. One that can't be read is left out: it is no reason to
// hide an alert. The year 1 is Go's way to say never.
func moment(s string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil || t.Year() <= 1 {
		return time.Time{}
	}
	return t
}

// configAnswer is data of /api/v1/status/config.
type configAnswer struct {
	YAML string `json:"yaml"`
}

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

// envelope is the outer object of each answer of Prometheus's API.
type envelope[T any] struct {
	Status   string   `json:"status"`
	Data     T        `json:"data"`
	Error    string   `json:"error"`
	Warnings []string `json:"warnings"`
}

// decode decodes an answer. It refuses an answer other than
// {"status":"success"}: under the same path without its prefix Mimir returns
// the tenant's Alertmanager configuration, and an old Alertmanager returns its
// alerts.
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

// alertsAnswer is the data of /api/v1/alerts. Without alerts Thanos answers
// null.
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
	// Source is vmalert's own link, GeneratorURL that of other servers.
	Source       string `json:"source"`
	GeneratorURL string `json:"generatorURL"`
}

// number is a number that may be a JSON string or a JSON number.
type number string

// UnmarshalJSON takes a value other than a string as it is written.
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

// list is a list in an answer. If it does not have the expected form, its
// elements are decoded one by one, and those that cannot be decoded are
// counted: one odd alert must not hide all others. If no element can be
// decoded, the answer is not the expected one.
type list[T any] struct {
	items []T
	odd   int
	// form is the form of the value.
	form form
}

// form says whether a value is a list. A server without elements answers [],
// and only a missing list means nothing.
type form int

const (
	left form = iota // missing
	null
	given
)

// UnmarshalJSON decodes a list or null.
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

// alertState parses a state: Prometheus's and vmalert's, or Grafana's, which
// may have a reason in brackets after it. active means that the alert's rule
// sees it now. valid is false for any other word.
func alertState(text string) (state sources.AlertState, active, valid bool) {
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

// alerts returns the firing and pending alerts.
func (a alertsAnswer) alerts(source string, most int) gathered {
	g := newGatherer(source, most)
	g.odd, g.form = a.Alerts.odd, a.Alerts.form
	g.loaded = make([]sources.Alert, 0, len(a.Alerts.items))
	for i := range a.Alerts.items {
		g.add(&a.Alerts.items[i])
	}
	return g.gathered()
}

// gatherer collects the alerts of an answer one by one.
type gatherer struct {
	source string
	most   int // limit on the alerts; 0: all
	loaded []sources.Alert
	// omitted counts the alerts beyond the limit, odd those that cannot be
	// decoded, unknown those in an unknown state, by its word.
	omitted, odd int
	unknown      map[string]int
	form         form // of the list
}

func newGatherer(source string, most int) *gatherer {
	return &gatherer{source: source, most: most, unknown: map[string]int{}}
}

// gathered are alerts, their extent, and how many alerts of the answer were
// omitted.
type gathered struct {
	alerts  []sources.Alert
	extent  sources.Extent
	omitted int
	// null means that the answer has null instead of the list, as Thanos does
	// without alerts.
	null bool
}

// noAlerts is what is missing in an answer without a list of alerts.
const noAlerts = "the answer has no list of alerts"

func (g *gatherer) add(one *alertAnswer) {
	state, active, valid := alertState(one.State)
	if !valid {
		g.unknown[one.State]++
	}
	if !active {
		return
	}
	if g.full() {
		g.omitted++
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
	g.loaded = append(g.loaded, alert)
}

// labelled reports whether the labels could identify an alert.
func labelled(labels map[string]string) bool {
	for _, value := range labels {
		if value != "" {
			return true
		}
	}
	return false
}

// gathered returns all alerts that were added. An alert in an unknown state or
// form may be active, so the list is then not whole.
func (g *gatherer) gathered() gathered {
	var missing []string
	if g.omitted > 0 {
		missing = append(missing, promapi.Omitted(len(g.loaded), g.omitted))
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
	if g.form != given && len(g.loaded) == 0 {
		missing = append(missing, noAlerts)
	}
	extent := sources.Whole
	extent.Missing = strings.Join(missing, ", ")
	return gathered{slices.Clip(g.loaded), extent, g.omitted, g.form == null}
}

// full reports whether the limit is reached.
func (g *gatherer) full() bool { return g.most > 0 && len(g.loaded) >= g.most }

// addRaw adds an alert in its JSON form.
func (g *gatherer) addRaw(raw json.RawMessage, recall *promapi.Recall[alertAnswer]) {
	var a alertAnswer
	var err error
	if g.full() { // then only its state counts
		var only struct {
			State string `json:"state"`
		}
		err = json.Unmarshal(raw, &only)
		a.State = only.State
	} else {
		a, err = recall.Decode(raw)
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

// pieces reads an answer with alerts that is too long to hold in memory.
func (g *gatherer) pieces(d *json.Decoder, recall *promapi.Recall[alertAnswer]) (warnings []string, err error) {
	recall.Begin()
	defer recall.End()
	status := ""
	var raw json.RawMessage // reused for all alerts
	one := func() error {
		if err := d.Decode(&raw); err != nil {
			return err
		}
		g.addRaw(raw, recall)
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
				if !strings.EqualFold(name, "alerts") { // Thanos's ruler writes it in upper case
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

// maxWords bounds the unknown words in a warning.
const maxWords = 5

// moment parses a time. It ignores a time that cannot be parsed: that is no
// reason to hide an alert. Year 1 is Go's zero time.
func moment(s string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil || t.Year() <= 1 {
		return time.Time{}
	}
	return t
}

// configAnswer is the data of /api/v1/status/config.
type configAnswer struct {
	YAML string `json:"yaml"`
}

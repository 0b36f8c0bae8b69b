package prometheus

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"firstline/internal/clean"
	"firstline/internal/promapi"
	"firstline/internal/wording"
	"firstline/sources"
)

// alertsReader reads the answers of /api/v1/alerts one after the other. What is in
// an answer as it was in the one before is the same object.
type alertsReader struct {
	source string
	most   int // limit on the alerts; 0: all
	recall promapi.Recall[element]
	// list are the active alerts of the last answer, up to the limit, met those of
	// this one.
	list, met []*element
	// moves are the values that are others than in the answer before. moved counts
	// the answers that were different only in such.
	moves []move
	moved uint64
	// found is what else is in this answer, last what was in the last one that was
	// understood.
	found
	last found
}

// element is an alert of an answer.
type element struct {
	// alert is as it was sent, given as it was passed on by the version of the
	// additions with that number.
	alert, given *sources.Alert
	version      int
	// word is the state; active means that it is a known one of an active alert.
	word          string
	active, valid bool
	// odd means that it is no alert, or one without labels.
	odd bool

	labels, annotations promapi.Shared
	// times is how often it is in this answer, before in the list.
	times, before int
}

// move is a value that moved.
type move struct {
	value *sources.Value
	text  []byte
}

// found is what is in an answer besides active alerts.
type found struct {
	// omitted counts the alerts beyond the limit, odd those that cannot be
	// decoded, nulls the null among them, unknown those in an unknown state, by its
	// word. decoded counts all others.
	omitted, odd, nulls, decoded int
	unknown                      map[string]int
	form                         form // of the list
	status, message              string
	warnings                     []string
}

func newAlertsReader(source string, most int) *alertsReader {
	r := &alertsReader{source: source, most: most}
	r.recall = promapi.Recall[element]{Moving: []string{"value"}, Make: r.element, Drop: func(e *element) {
		e.labels.Release()
		e.annotations.Release()
	}}
	return r
}

// element decodes an alert.
func (r *alertsReader) element(e promapi.Element, value []byte) (element, bool) {
	var a alertAnswer
	if err := json.Unmarshal(e.Raw, &a); err != nil {
		a.Labels.Release()
		a.Annotations.Release()
		return element{odd: true}, false
	}
	one := element{word: a.State, labels: a.Labels, annotations: a.Annotations}
	var state sources.AlertState
	state, one.active, one.valid = alertState(a.State)
	if one.odd = one.active && !labelled(a.Labels.Texts()); one.active && !one.odd {
		one.alert = &sources.Alert{
			Source:          r.source,
			Labels:          a.Labels.Texts(),
			Annotations:     a.Annotations.Texts(),
			State:           state,
			ActiveSince:     moment(a.ActiveAt),
			KeepFiringSince: moment(a.KeepFiringSince),
			GeneratorURL:    promapi.Share(cmp.Or(a.GeneratorURL, a.Source)),
		}
		if a.Value != "" {
			one.alert.Value = sources.NewValue(string(a.Value))
		}
		if !strings.EqualFold(a.State, string(state)) {
			one.alert.StateText = a.State
		}
	}
	return one, one.alert == nil || string(a.Value) == string(value)
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

// full reports whether the limit is reached.
func (r *alertsReader) full() bool { return r.most > 0 && len(r.met) >= r.most }

// add adds an alert of the answer.
func (r *alertsReader) add(e promapi.Element) error {
	if string(e.Raw) == "null" {
		r.nulls++
		return nil
	}
	if r.full() { // then only its state counts
		var only struct {
			State string `json:"state"`
		}
		if err := json.Unmarshal(e.Raw, &only); err != nil {
			return r.addOdd(e)
		}
		r.decoded++
		if _, active, valid := alertState(only.State); !valid {
			r.unknown[only.State]++
		} else if active {
			r.omitted++
		}
		return nil
	}
	one, value := r.recall.Get(e)
	switch {
	case one.odd && !one.active:
		return r.addOdd(e)
	case one.odd:
		r.odd++
	case !one.valid:
		r.unknown[one.word]++
	case one.active:
		r.met = append(r.met, one)
		if value != nil && one.alert.Value.String() != string(value) {
			r.moves = append(r.moves, move{one.alert.Value, slices.Clone(value)})
		}
	}
	r.decoded++
	return nil
}

// addOdd adds what is no alert.
func (r *alertsReader) addOdd(e promapi.Element) error {
	if !json.Valid(e.Raw) {
		return promapi.ErrDamaged
	}
	r.odd++
	return nil
}

// read reads an answer.
func (r *alertsReader) read(api *promapi.Client, doing string, s *promapi.Stream) error {
	r.found = found{unknown: map[string]int{}}
	r.met, r.moves = r.met[:0], r.moves[:0]
	r.recall.Begin()
	err := s.Object(func(name string) error { return r.member(s, name) })
	if err == nil {
		err = s.End()
	}
	if err = answered(api, doing, s, r.status, r.message, err); err != nil {
		return err
	}
	if r.decoded == 0 && r.odd > 0 {
		return api.OtherForm(doing, nil)
	}
	r.recall.End()
	news := r.sort() || !r.same(&r.last)
	for _, m := range r.moves {
		m.value.Move(m.text)
	}
	if len(r.moves) > 0 && !news {
		r.moved++
	}
	r.last = r.found
	return nil
}

// same reports whether both are the same.
func (f *found) same(other *found) bool {
	return f.omitted == other.omitted && f.odd == other.odd && f.nulls == other.nulls && f.form == other.form &&
		maps.Equal(f.unknown, other.unknown) && slices.Equal(f.warnings, other.warnings)
}

// member reads a member of the answer.
func (r *alertsReader) member(s *promapi.Stream, name string) error {
	is := func(wanted string) bool { return strings.EqualFold(name, wanted) }
	switch {
	case is("status"):
		return s.Decode(&r.status)
	case is("error"):
		return s.Decode(&r.message)
	case is("warnings"):
		return s.Decode(&r.warnings)
	case !is("data"):
		return s.Skip()
	case s.Peek() != '{':
		return s.Decode(&struct{}{}) // null, or another form
	}
	return s.Object(func(name string) error {
		switch {
		case !strings.EqualFold(name, "alerts"): // Thanos's ruler writes it in upper case
			return s.Skip()
		case s.Peek() != '[':
			r.form = null
			return s.Decode(&[]struct{}{})
		}
		s.Forget()
		r.form = given
		return s.List(func() error {
			e, err := s.Element()
			if err == nil {
				err = r.add(e)
			}
			return err
		})
	})
}

// sort puts the alerts that were met into the order in which they were before,
// because Prometheus gives those of a rule in any order. It returns false if they
// are the same.
func (r *alertsReader) sort() (changed bool) {
	for _, one := range r.met {
		one.times++
	}
	for _, one := range r.met {
		changed = changed || one.times != one.before
	}
	if !changed && len(r.met) == len(r.list) {
		for _, one := range r.met {
			one.times = 0
		}
		return false
	}
	list := make([]*element, 0, len(r.met))
	take := func(from []*element) {
		for _, one := range from {
			if one.times > 0 {
				one.times--
				list = append(list, one)
			}
		}
	}
	take(r.list)
	take(r.met)
	for _, one := range r.list {
		one.before = 0
	}
	for _, one := range list {
		one.before++
	}
	r.list = list
	return true
}

// noAlerts is what is missing in an answer without a list of alerts.
const noAlerts = "the answer has no list of alerts"

// maxWords bounds the unknown words in a warning.
const maxWords = 5

// extent says what is missing in the answer. An alert in an unknown state or form
// may be active, so the list is then not whole.
func (r *alertsReader) extent() sources.Extent {
	odd, unknown := r.last.odd, maps.Clone(r.last.unknown)
	switch nulls := r.last.nulls; {
	case nulls > 0 && odd > 0:
		odd += nulls
	case nulls > 0:
		unknown[""] += nulls
	}
	var missing []string
	if r.last.omitted > 0 {
		missing = append(missing, promapi.Omitted(len(r.list), r.last.omitted))
	}
	if odd > 0 {
		missing = append(missing, wording.Count(odd, "alert")+" in a form that is not known")
	}
	if len(unknown) > 0 {
		n := 0
		words := slices.Sorted(maps.Keys(unknown))
		for i, word := range words {
			n += unknown[word]
			words[i] = strconv.Quote(clean.Line(word))
		}
		missing = append(missing, fmt.Sprintf("%s in a state that is not known (%s)", wording.Count(n, "alert"), strings.Join(words[:min(len(words), maxWords)], ", ")))
	}
	if r.last.form != given && len(r.list) == 0 {
		missing = append(missing, noAlerts)
	}
	return sources.Extent{Read: true, Missing: strings.Join(missing, ", ")}
}

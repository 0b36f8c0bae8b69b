package demo

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"

	"github.com/prometheus/alertmanager/pkg/labels"
)

// selection is the filter of a request to Alertmanager for alerts or silences.
type selection struct {
	matchers         []*labels.Matcher
	receiver         *regexp.Regexp // nil: any
	active, silenced bool
}

// selectionOf parses a request's query. As in Alertmanager, the receiver is a
// regular expression for the whole name.
func selectionOf(r *http.Request) (selection, error) {
	q := r.URL.Query()
	s := selection{active: q.Get("active") != "false", silenced: q.Get("silenced") != "false"}
	for _, f := range q["filter"] {
		m, err := labels.ParseMatcher(f)
		if err != nil {
			return selection{}, fmt.Errorf("bad matcher format: %w", err)
		}
		s.matchers = append(s.matchers, m)
	}
	if name := q.Get("receiver"); name != "" {
		pattern, err := regexp.Compile("^(?:" + name + ")$")
		if err != nil {
			return selection{}, fmt.Errorf("failed to parse receiver param: %w", err)
		}
		s.receiver = pattern
	}
	return s, nil
}

// alert reports whether the filter selects an alert with these labels.
func (s selection) alert(set map[string]string, receiver string, silenced bool) bool {
	if silenced && !s.silenced || !silenced && !s.active {
		return false
	}
	if s.receiver != nil && !s.receiver.MatchString(receiver) {
		return false
	}
	return !slices.ContainsFunc(s.matchers, func(m *labels.Matcher) bool { return !m.Matches(set[m.Name]) })
}

// silence reports whether each matcher matches the value of one of the
// silence's own matchers, which is how Alertmanager filters silences.
func (s selection) silence(one *silence) bool {
	for _, w := range s.matchers {
		if !slices.ContainsFunc(one.Matchers, func(m matcher) bool { return m.Name == w.Name && w.Matches(m.Value) }) {
			return false
		}
	}
	return true
}

// bySilenceState sorts active silences first and expired ones last. Within a
// state the next to change comes first, and the newest of the expired ones.
func bySilenceState(a, b silence) int {
	rank := []string{"active", "pending", "expired"}
	order := slices.Index(rank, a.Status.State) - slices.Index(rank, b.Status.State)
	switch {
	case order != 0:
		return order
	case a.Status.State == "active":
		return a.EndsAt.Compare(b.EndsAt)
	case a.Status.State == "pending":
		return a.StartsAt.Compare(b.StartsAt)
	}
	return b.EndsAt.Compare(a.EndsAt)
}

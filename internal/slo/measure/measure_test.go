package measure

import (
	"context"
	"strings"
	"testing"
	"time"

	"firstline/internal/slo"
	"firstline/internal/triage"
	"firstline/sources"
)

// server answers queries by a function, and counts them.
type server struct {
	answer func(expression string) (sources.Answer, error)
	asked  []string
}

func (s *server) Source() sources.Source {
	return sources.Source{Kind: sources.Prometheus, Name: "prom"}
}

func (s *server) Query(_ context.Context, expression string, _ time.Time) (sources.Answer, error) {
	s.asked = append(s.asked, expression)
	return s.answer(expression)
}

func (s *server) QueryRange(_ context.Context, expression string, r sources.Range) (sources.Answer, error) {
	s.asked = append(s.asked, "range "+expression)
	answer, err := s.answer(expression)
	for i := range answer.Series {
		answer.Series[i].Points[0].At = r.From
	}
	return answer, err
}

func number(values ...float64) sources.Answer {
	a := sources.Answer{Extent: sources.Whole}
	for _, v := range values {
		a.Series = append(a.Series, sources.Series{Points: []sources.Point{{Value: v}}})
	}
	return a
}

func noQuery(triage.Alert) string { return "" }

// What changes slowly is asked each ten minutes, the rest each time.
func TestWhatChangesSlowlyIsAskedRarely(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	s := &server{answer: func(string) (sources.Answer, error) { return number(0.001), nil }}
	r := &Reader{Metrics: []sources.Metrics{s}, Now: func() time.Time { return now }, Configured: []slo.Objective{
		{Name: "shop", Service: "shop", Origin: slo.Configured, Target: 0.999, Window: 30 * 24 * time.Hour, Errors: "e[$window]"},
	}}
	for minute, want := range []int{7, 3, 3} { // the list, three spans, 3d, what data there is, the window
		s.asked = nil
		f := r.Of(t.Context(), triage.Group{Service: "shop"}, noQuery)
		if len(s.asked) != want || len(f.Readings) != 1 || !f.Readings[0].Left.Read() {
			t.Errorf("in minute %d it asked %d times: %q, %+v", minute, len(s.asked), s.asked, f)
		}
		s.asked = nil
		if r.Of(t.Context(), triage.Group{ID: "another", Service: "shop"}, noQuery); len(s.asked) > 0 {
			t.Errorf("for another group of the service it asked %q", s.asked)
		}
		now = now.Add(time.Minute)
	}
	now = now.Add(10 * time.Minute)
	s.asked = nil
	r.Of(t.Context(), triage.Group{Service: "shop"}, noQuery)
	if len(s.asked) != 7 {
		t.Errorf("after ten minutes it asked %q", s.asked)
	}
	s.asked = nil
	if f := r.Of(t.Context(), triage.Group{Service: "other"}, noQuery); len(f.Readings) > 0 || len(s.asked) > 0 {
		t.Errorf("another service has %+v, asked %q", f, s.asked)
	}
}

func TestWhyARatioIsUnread(t *testing.T) {
	refused := &sources.Error{Source: sources.Source{Name: "prom"}, Reason: sources.Rejected, Sentence: "the query was refused: too many samples."}
	for name, c := range map[string]struct {
		answer sources.Answer
		err    error
		why    string
	}{
		"none":      {number(), nil, "there is no data"},
		"several":   {number(1, 2), nil, "there are 2 series of it, and one is needed"},
		"refused":   {sources.Answer{}, refused, "the query was refused: too many samples"},
		"in part":   {sources.Answer{Series: number(1).Series, Extent: sources.Extent{Read: true, Missing: "a store did not answer"}}, nil, "the answer may be wrong, because a store did not answer"},
		"no number": {sources.Answer{Series: []sources.Series{{}}, Extent: sources.Whole, Histograms: 1}, nil, "it has no number"},
	} {
		s := &server{answer: func(e string) (sources.Answer, error) {
			if strings.Contains(e, "__name__") {
				return number(), nil
			}
			return c.answer, c.err
		}}
		r := &Reader{Metrics: []sources.Metrics{s}, Now: time.Now, Configured: []slo.Objective{{Service: "shop", Origin: slo.Configured, Target: 0.9, Errors: "e[$window]"}}}
		f := r.Of(t.Context(), triage.Group{Service: "shop"}, noQuery)
		if got := f.Readings[0].Burn[0]; got.Why != c.why {
			t.Errorf("%s: %+v, want %q", name, got, c.why)
		}
	}
}

// A Prometheus that does not answer is said, and asked for its list again later.
func TestAListThatCanNotBeRead(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	s := &server{answer: func(string) (sources.Answer, error) {
		return sources.Answer{}, &sources.Error{Reason: sources.Forbidden, Sentence: "you have no right to query."}
	}}
	r := &Reader{Metrics: []sources.Metrics{s}, Now: func() time.Time { return now }}
	for range 3 {
		f := r.Of(t.Context(), triage.Group{Service: "shop"}, noQuery)
		if len(f.Missing) != 1 || !strings.Contains(f.Missing[0], "prom: recorded SLOs are not known: you have no right to query.") {
			t.Errorf("%+v", f)
		}
		now = now.Add(time.Minute)
	}
	if len(s.asked) != 1 {
		t.Errorf("asked %d times", len(s.asked))
	}
	now = now.Add(time.Hour)
	if r.Of(t.Context(), triage.Group{}, noQuery); len(s.asked) != 2 {
		t.Errorf("after an hour asked %d times", len(s.asked))
	}
}

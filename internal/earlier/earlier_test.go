package earlier

import (
	"context"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/promql/parser"

	"firstline/internal/change"
	"firstline/internal/triage"
	"firstline/sources"
)

var noon = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

func ago(d time.Duration) time.Time { return noon.Add(-d) }

func question() Question {
	return QuestionOf(triage.Group{
		ID: "Q1", ServiceID: "PS", Since: ago(time.Hour), Incident: &sources.Incident{ID: "Q1", CreatedAt: ago(time.Hour)},
		Alerts: []triage.Alert{{Alert: sources.Alert{Labels: map[string]string{"alertname": "HighErrorRate", "service": "checkout"}}, Sources: []string{"eu"}}},
	}, noon)
}

type api struct {
	past       []sources.PastIncident
	resolved   []sources.Incident
	extent     sources.Extent
	err, noWay error
	asked      []string
}

func (a *api) PastIncidents(_ context.Context, id string) ([]sources.PastIncident, sources.Extent, error) {
	a.asked = append(a.asked, "past "+id)
	return a.past, a.extent, a.noWay
}

func (a *api) ResolvedIncidents(_ context.Context, id string, since time.Time) ([]sources.Incident, sources.Extent, error) {
	a.asked = append(a.asked, "resolved "+id+" "+noon.Sub(since).String())
	return a.resolved, a.extent, a.err
}

func resolved(id string, began time.Duration, title string) sources.Incident {
	return sources.Incident{ID: id, Number: 7, Status: sources.Resolved, Title: title, CreatedAt: ago(began), ChangedAt: ago(began - time.Hour), ChangedBy: sources.Reference{Name: "Ann"}}
}

func TestPagerDuty(t *testing.T) {
	byAlert := resolved("Q3", 3*24*time.Hour, "Checkout is slow")
	byAlert.Alerts = []sources.IncidentAlert{{Details: map[string]any{"firing": "Labels:\n - alertname = HighErrorRate\n - service = checkout\nAnnotations:\nSource: x\n"}}}
	a := &api{
		extent:   sources.Whole,
		resolved: []sources.Incident{resolved("Q1", time.Hour, "HighErrorRate"), resolved("Q2", 48*time.Hour, "[FIRING:2] HighErrorRate checkout"), byAlert, resolved("Q4", 50*time.Hour, "HighErrorRateOfMail")},
		past: []sources.PastIncident{
			{ID: "Q2", Title: "[FIRING:2] HighErrorRate checkout", CreatedAt: ago(48 * time.Hour), Score: 40},
			{ID: "Q5", Title: "Something alike", CreatedAt: ago(90 * 24 * time.Hour), Score: 3},
			{ID: "Q6", Title: "You forgot to feed the cat!", Score: 0},
			{ID: "Q7", Title: "HighErrorRate", CreatedAt: ago(100 * 24 * time.Hour)},
		},
	}
	f := Find(t.Context(), []Source{PagerDuty{"pagerduty", a}}, question(), Found{})
	var got []string
	for _, one := range f.Times {
		lasted, found := one.Lasted()
		text := one.Incident.ID
		if found {
			text += " " + lasted.String() + " " + one.EndedBy
		}
		if one.Similar {
			text += " similar"
		}
		got = append(got, text)
	}
	if want := []string{"Q2 1h0m0s Ann", "Q3 1h0m0s Ann", "Q5 similar", "Q7"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %q", got)
	}
	if want := []string{"resolved PS 720h0m0s", "past Q1"}; !reflect.DeepEqual(a.asked, want) {
		t.Errorf("asked %q", a.asked)
	}
	// The plan refuses one, the network fails for the other.
	a.noWay = &sources.Error{Reason: sources.MissingAbility, Sentence: "the plan has no past incidents"}
	f2 := Find(t.Context(), []Source{PagerDuty{"pagerduty", a}}, question(), f)
	if f2.Failed() || len(f2.Times) != 2 || f2.Missing()[0] != "the plan has no past incidents" {
		t.Errorf("%d times, %q", len(f2.Times), f2.Missing())
	}
	a.err = &sources.Error{Reason: sources.Unreachable, Sentence: "no answer"}
	f3 := Find(t.Context(), []Source{PagerDuty{"pagerduty", a}}, question(), f2)
	if !f3.Failed() || len(f3.Times) != 2 || f3.Missing()[0] != "no answer" {
		t.Errorf("what was read before is gone: %d times, %q", len(f3.Times), f3.Missing())
	}
	q := question()
	q.Group.ServiceID, q.Group.Incident = "", nil
	if p := (PagerDuty{"pagerduty", a}).Find(t.Context(), q); p.Failed || !strings.Contains(p.Missing[0], "service in PagerDuty is not known") {
		t.Errorf("%q", p.Missing)
	}
}

type metrics struct {
	answer sources.Answer
	err    error
	asked  []string
}

func (m *metrics) Source() sources.Source { return sources.Source{Name: "eu"} }

func (m *metrics) Query(context.Context, string, time.Time) (sources.Answer, error) {
	panic("not asked")
}

func (m *metrics) QueryRange(_ context.Context, e string, _ sources.Range) (sources.Answer, error) {
	m.asked = append(m.asked, e)
	return m.answer, m.err
}

func TestAlertsSeries(t *testing.T) {
	var points []sources.Point
	span := func(from, to time.Duration) {
		for at := from; at >= to; at -= alertsStep {
			points = append(points, sources.Point{At: ago(at), Value: 1})
		}
	}
	span(20*24*time.Hour, 20*24*time.Hour-30*time.Minute)
	span(5*time.Hour, 5*time.Hour)
	span(time.Hour, 0) // the problem of now
	m := &metrics{answer: sources.Answer{Extent: sources.Whole, Series: []sources.Series{{Labels: map[string]string{"alertname": "HighErrorRate"}, Points: points}}}}
	p := Alerts{[]sources.Metrics{m}, []string{"app", "service"}}.Find(t.Context(), question())
	if len(p.Times) != 2 || p.Failed {
		t.Fatalf("%+v", p)
	}
	if d, found := p.Times[0].Lasted(); !found || d != 30*time.Minute || p.Times[0].Exactness() == "" || p.Times[0].From != "eu" {
		t.Errorf("%+v", p.Times[0])
	}
	if want := `max by (alertname) (ALERTS{alertname="HighErrorRate",alertstate="firing",service="checkout"})`; !reflect.DeepEqual(m.asked, []string{want}) {
		t.Errorf("asked %q", m.asked)
	}
	m.err = &sources.Error{Reason: sources.Unreachable, Sentence: "no answer"}
	if p := (Alerts{Metrics: []sources.Metrics{m}}).Find(t.Context(), question()); !p.Failed || p.Missing[0] != "eu: no answer" || !p.AsOf.IsZero() {
		t.Errorf("%+v", p)
	}
}

// TestAnIncidentAndItsAlertAreOne: the alert fires a while before its incident, and
// goes on while others are opened for it.
func TestAnIncidentAndItsAlertAreOne(t *testing.T) {
	in := func(id string, began time.Duration) Time {
		return Time{Incident: Incident{ID: id}, Began: ago(began), Similar: true}
	}
	fired := Time{From: "eu", Began: ago(10 * time.Hour), Ended: ago(8 * time.Hour), Within: alertsStep}
	for name, tc := range map[string]struct {
		incident Time
		one      bool
	}{
		"5 minutes later":      {in("Q1", 10*time.Hour-5*time.Minute), true},
		"within the time":      {in("Q1", 9*time.Hour), true},
		"a bit before":         {in("Q1", 10*time.Hour+5*time.Minute), true},
		"after its end":        {in("Q1", 7*time.Hour), false},
		"long before":          {in("Q1", 11*time.Hour), false},
		"its begin is unknown": {Time{Incident: Incident{ID: "Q1"}}, false},
	} {
		all := merge([]Part{{Times: []Time{tc.incident}}, {Times: []Time{fired}}})
		if one := len(all) == 1 && all[0].Fired != nil && !all[0].Similar; one != tc.one {
			t.Errorf("%s: %+v", name, all)
		}
	}
}

func TestSummary(t *testing.T) {
	once, refused := []Time{{Title: "x"}}, []Part{{Name: "pagerduty", Missing: []string{"the plan has none"}}}
	for want, f := range map[string]Found{
		"Disk, Load: 1 time before, as far as is known":                       {Question: Question{Names: []string{"Disk", "Load"}}, Times: once, Parts: refused},
		"A problem like this one was there 1 time before, as far as is known": {Times: once},
		"Whether Disk was there before is not known:":                         {Question: Question{Names: []string{"Disk"}}, Parts: refused},
		"Whether a problem like this one was there before is not known:":      {Parts: refused},
		"Disk: no earlier time was found.":                                    {Question: Question{Names: []string{"Disk"}}, Parts: []Part{{Name: "pagerduty"}}},
		"No earlier problem like this one was found.":                         {},
	} {
		if got := f.Summary(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestNamesInATitle(t *testing.T) {
	q := Question{Names: []string{"Disk", "", "High.Rate"}}
	for title, want := range map[string]bool{
		"Disk": true, "[FIRING:1] Disk (a b)": true, "DiskFull": false, "aDisk Disk": true, "Disk_x": false, "": false, "Diskä": false, "HighxRate": false, "x High.Rate": true,
	} {
		if got := q.names(title); got != want {
			t.Errorf("%q: %v", title, got)
		}
	}
}

func TestCalendar(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 3, 31, 12, 0, 0, 0, zone) // a Tuesday, two days after the clocks were set forward
	at := func(month time.Month, day, hour int) Time {
		return Time{Began: time.Date(2026, month, day, hour, 30, 0, 0, zone)}
	}
	c := CalendarOf([]Time{at(3, 31, 0), at(3, 30, 23), at(3, 29, 3), at(3, 9, 0), at(3, 8, 23), at(3, 8, 23), {}}, now, zone)
	if got := c.HoursText(); got != "2··1·· ······ ······ ·····3" {
		t.Errorf("hours %q", got)
	}
	for week, want := range []string{"1······", "·······", "······1", "11     "} {
		if got := c.WeekText(week); got != want {
			t.Errorf("week %d is %q, want %q", week, got, want)
		}
	}
	if got, want := c.Words(func(t time.Time) string { return t.Format("2 Jan") }), "By hour: 2 from 0:00, 1 from 3:00, 3 from 23:00. By day: 1 on 9 Mar, 1 on 29 Mar, 1 on 30 Mar, 1 on 31 Mar, 2 before 9 Mar, 1 at a time that is unknown."; got != want {
		t.Errorf("in words %q, want %q", got, want)
	}
	if c.Before != 2 || c.Unknown != 1 || c.Monday.Format(time.DateOnly) != "2026-03-09" {
		t.Errorf("%+v", c)
	}
	if mark(10) != "+" || mark(9) != "9" {
		t.Error("marks")
	}
}

// FuzzSelector: names and labels from outside stay within the quotes.
func FuzzSelector(f *testing.F) {
	f.Add("HighErrorRate", "checkout")
	f.Add(`a"} or vector(1)`, "a\nb")
	f.Add(`a\`, "`'")
	p := parser.NewParser(parser.Options{})
	f.Fuzz(func(t *testing.T, name, service string) {
		for _, names := range [][]string{{name}, {name, "other"}} {
			q := Question{Names: names, Problem: change.Problem{}}
			q.Group.SentLabels = map[string]string{"service": service}
			e, err := p.ParseExpr(q.selector([]string{"service"}))
			if err != nil {
				if !strings.Contains(err.Error(), "UTF-8") {
					t.Fatal(err)
				}
				continue
			}
			selector, is := e.(*parser.VectorSelector)
			if !is || selector.Name != "ALERTS" {
				t.Fatalf("%v", e)
			}
			for _, m := range selector.LabelMatchers {
				if m.Name == "service" && m.Value != service || m.Name == "alertname" && !m.Matches(name) {
					t.Fatalf("%v is no matcher of %q and %q", m, name, service)
				}
			}
		}
	})
}

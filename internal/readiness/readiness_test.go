package readiness

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/quick"
	"time"

	"firstline/internal/escalation"
	"firstline/internal/report"
	"firstline/internal/slo"
	"firstline/internal/wallclock"
	"firstline/sources"
)

var now = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)

// healthy is a service that is ready.
func healthy() *Service {
	users := []sources.Reference{{ID: "u1", Name: "Ann"}, {ID: "u2", Name: "Bob"}}
	schedule := sources.Reference{ID: "s", Name: "Turns", Type: "schedule"}
	p := escalation.Policy{
		ID: "p", Name: "Payments", Read: true, OnCallsRead: sources.Whole, Until: now.Add(30 * day),
		Levels: []sources.Level{{Targets: []sources.Reference{schedule}}, {Targets: []sources.Reference{schedule}}},
	}
	for level := 1; level <= 2; level++ {
		for n, u := range users {
			start := now.Add(time.Duration(n*20-10) * day)
			p.OnCalls = append(p.OnCalls, sources.OnCall{User: u, Level: level, Schedule: schedule, Start: start, End: start.Add(20*day + time.Duration(n)*30*day)})
		}
	}
	s := &Service{
		Name: "checkout", Team: "payments", Policy: &p,
		Rules: []Rule{{
			Rule:    sources.Rule{Name: "HighErrorRate", Labels: map[string]string{"severity": "critical"}, Annotations: map[string]string{"summary": "too many errors"}},
			Runbook: Runbook{Path: "checkout.md", Dashboard: "checkout.md", Rollback: "checkout.md"},
		}},
		SLOs: []slo.Reading{{Objective: slo.Objective{Name: "checkout", Target: 0.999, Window: 30 * day}, Left: slo.Value{Number: 0.5}}},
	}
	for _, span := range Defaults().Spans(now) {
		s.Loads = append(s.Loads, report.Load{
			Span: span, Interruptions: report.Measure{Count: 20, All: 20}, Asleep: report.Measure{Count: 4, All: 20},
			Contained: report.Measure{Count: 6, All: 10}, Unexplained: report.Measure{Count: 1, All: 10},
			NeverActionable: report.Measure{Count: 2, All: 20}, FirstLine: report.Measure{Count: 10, All: 20},
		})
	}
	return s
}

func allLoads(s *Service, change func(*report.Load)) {
	for n := range s.Loads {
		change(&s.Loads[n])
	}
}

// cases are what changes one criterion of the service that is ready, and what its verdict
// then is. Each criterion has each verdict that it can have.
var cases = map[string]map[Verdict][]func(*Service){
	"owner": {
		NotReady: {func(s *Service) { s.Team = "" }, func(s *Service) { s.Policy = nil }, func(s *Service) { s.Policy.Gone = true }},
		Unknown:  {func(s *Service) { s.Team, s.OwnerUnread = "", "PagerDuty did not answer" }},
	},
	"levels": {
		NotReady: {func(s *Service) { s.Policy.Levels = s.Policy.Levels[:1] }, func(s *Service) { s.Policy.Levels = nil }},
		Unknown:  {func(s *Service) { s.Policy = nil }, func(s *Service) { s.Policy.Read = false }, func(s *Service) { s.Policy.Gone = true }},
	},
	"people": {
		NotReady: {func(s *Service) { s.Policy.OnCalls = s.Policy.OnCalls[:3] }, func(s *Service) { s.Policy.Levels = nil }},
		Unknown: {
			func(s *Service) {
				s.Policy.OnCalls = nil
				s.Policy.OnCallsRead = sources.Extent{Missing: "it was refused"}
			},
			func(s *Service) { s.Policy.OnCalls = s.Policy.OnCalls[:3]; s.Policy.Until = now.Add(day) },
			func(s *Service) { s.Policy = nil },
		},
	},
	"gaps": {
		NotReady: {func(s *Service) { s.Policy.OnCalls[0].End = now.Add(day) }, func(s *Service) { s.Policy.Levels = nil }},
		Unknown:  {func(s *Service) { s.Policy.OnCalls = nil; s.Policy.OnCallsRead = sources.Extent{} }, func(s *Service) { s.Policy = nil }},
	},
	"severity": {
		NotReady: {func(s *Service) { s.Rules[0].Labels = nil }},
		Unknown:  {func(s *Service) { s.Rules = nil }, func(s *Service) { s.RulesUnread = "prom-eu does not answer" }},
	},
	"summary": {
		NotReady: {func(s *Service) { s.Rules[0].Annotations = map[string]string{"summary": " "} }},
		Unknown:  {func(s *Service) { s.Rules = nil }, func(s *Service) { s.RulesUnread = "prom-eu does not answer" }},
	},
	"runbook": {
		NotReady: {func(s *Service) { s.Rules[0].Runbook.Path = "" }, func(s *Service) { s.Rules[0].Runbook.Findings = []string{"dead link"} }},
		Unknown:  {func(s *Service) { s.Rules[0].Runbook = Runbook{Web: true} }, func(s *Service) { s.Rules = nil }},
	},
	"evaluates": {
		NotReady: {func(s *Service) { s.Rules[0].Fault = "fails: no such metric" }},
		Unknown:  {func(s *Service) { s.Rules = nil }, func(s *Service) { s.RulesUnread = "prom-eu does not answer" }},
	},
	"interruptions": {
		NotReady: {func(s *Service) { s.Loads[0].Interruptions.Count = 21 }},
		Unknown: {
			func(s *Service) { s.Loads[0].Interruptions.Open = 1; s.Loads[0].Interruptions.Doubt = "1 notification" },
			func(s *Service) { s.Loads[0].Interruptions.Partly = "a day was not read" },
			func(s *Service) { s.Loads, s.LoadUnread = nil, "no history is stored" },
		},
	},
	"sleep": {
		NotReady: {func(s *Service) { s.Loads[0].Asleep.Count = 5 }},
		Unknown: {
			func(s *Service) { s.Loads[0].Asleep.Open = 1; s.Loads[0].Asleep.Doubt = "1 interruption" },
			func(s *Service) { s.Loads[0].Asleep.Unknown = "it was not read" },
		},
	},
	"contained": {
		NotReady: {func(s *Service) { s.Loads[0].Contained.Count = 5 }},
		Unknown: {
			func(s *Service) { s.Loads[0].Contained.Open = 1; s.Loads[0].Contained.Doubt = "1 incident" },
			func(s *Service) { s.Loads[0].Contained.Unknown = "no policy" },
			func(s *Service) { s.Loads[0].Contained.Partly = "a day was not read" },
			func(s *Service) { s.Loads[0].Contained = report.Measure{All: 1} },
			func(s *Service) { s.Loads[0].Contained = report.Measure{All: 1, Open: 1, Doubt: "1 incident"} },
		},
		NotAsked: {func(s *Service) { s.Loads[0].Contained = report.Measure{} }},
	},
	"unexplained": {
		NotReady: {func(s *Service) { s.Loads[0].Unexplained.Count = 2 }},
		Unknown: {
			func(s *Service) { s.Loads[0].Unexplained.Open = 2; s.Loads[0].Unexplained.Doubt = "2 incidents" },
			func(s *Service) { s.Loads[0].Unexplained = report.Measure{Count: 2, All: 2} },
		},
		Ready:    {func(s *Service) { s.Loads[0].Unexplained = report.Measure{} }},
		NotAsked: {func(s *Service) { s.Loads[0].Unexplained, s.Loads[0].Contained = report.Measure{}, report.Measure{} }},
	},
	"never_actionable": {
		NotReady: {func(s *Service) { s.Loads[0].NeverActionable.Count = 3 }},
		Unknown: {
			func(s *Service) { s.Loads[0].NeverActionable.Partly = "a day was not read" },
			func(s *Service) { s.Loads[0].NeverActionable = report.Measure{Count: 2, All: 2} },
		},
	},
	"slo": {
		NotReady: {func(s *Service) { s.SLOs = nil }},
		Unknown:  {func(s *Service) { s.SLOs, s.SLOsUnread = nil, "prom-eu does not answer" }},
	},
	"budget": {
		NotReady: {func(s *Service) { s.SLOs[0].Left.Number = -0.2 }},
		Unknown:  {func(s *Service) { s.SLOs[0].Left = slo.Unknown("there is no data") }, func(s *Service) { s.SLOs, s.SLOsUnread = nil, "no answer" }},
		NotAsked: {func(s *Service) { s.SLOs = nil }},
	},
	"dashboard": {
		NotReady: {func(s *Service) { s.Rules[0].Runbook.Dashboard = "" }},
		Unknown:  {func(s *Service) { s.Rules[0].Runbook = Runbook{Web: true} }, func(s *Service) { s.Rules = nil }},
		Ready: {func(s *Service) {
			s.Rules[0].Runbook.Dashboard, s.Rules[0].Annotations["dashboard_url"] = "", "https://grafana.example.com/d/checkout"
		}},
	},
	"rollback": {
		NotReady: {func(s *Service) { s.Rules[0].Runbook.Rollback = "" }},
		Unknown:  {func(s *Service) { s.Rules[0].Runbook = Runbook{Web: true} }, func(s *Service) { s.Rules = nil }},
	},
}

func findingOf(t *testing.T, r *Report, id string) Finding {
	t.Helper()
	for _, f := range r.Findings {
		if f.Criterion.ID == id {
			return f
		}
	}
	t.Fatalf("there is no criterion %s", id)
	return Finding{}
}

func TestEveryCriterionInEveryVerdict(t *testing.T) {
	ready := Judge(healthy(), Defaults(), now)
	if ready.Verdict != Ready || len(ready.Do) > 0 {
		t.Fatalf("the healthy service: %s", ready.Text(wallclock.In(time.UTC), 200))
	}
	for n := range criteria {
		c := &criteria[n]
		if c.Definition == "" || c.Title == "" || cases[c.ID][NotReady] == nil || cases[c.ID][Unknown] == nil {
			t.Errorf("%s has no definition, or no cases", c.ID)
		}
	}
	for id, verdicts := range cases {
		for verdict, changes := range verdicts {
			for k, change := range changes {
				s := healthy()
				change(s)
				r := Judge(s, Defaults(), now)
				f := findingOf(t, &r, id)
				if f.Verdict != verdict {
					t.Errorf("%s, case %d: %s (%s%s), want %s", id, k, f.Verdict, f.Value, f.Because, verdict)
				}
				switch verdict {
				case NotReady:
					if f.Fix == "" || f.Value == "" || f.Limit == "" || !slices.Contains(r.Do, f.Fix) || r.Verdict != NotReady {
						t.Errorf("%s, case %d: %+v, the service is %s", id, k, f, r.Verdict)
					}
				case Unknown, NotAsked:
					if f.Because == "" {
						t.Errorf("%s, case %d: %s without a reason", id, k, verdict)
					}
				}
			}
		}
	}
}

// A share with open cases is judged only where no outcome of them changes the verdict.
func TestShareIsCertain(t *testing.T) {
	limits := Defaults()
	check := func(count, rest, open uint8, least bool) bool {
		m := &report.Measure{Count: int(count), All: int(count) + int(rest), Open: int(open), Doubt: "some are open"}
		judge := share(func(l Limits) float64 { return l.Contained }, least, NotAsked, "none")
		got, why := judge(m, limits)
		outcomes := map[Verdict]bool{}
		for more := 0; more <= int(open); more++ {
			one, _ := judge(&report.Measure{Count: int(count) + more, All: m.All + int(open)}, limits)
			outcomes[one] = true
		}
		if len(outcomes) == 1 {
			return outcomes[got]
		}
		return got == Unknown && why == m.Doubt
	}
	if err := quick.Check(check, &quick.Config{MaxCount: 3000}); err != nil {
		t.Error(err)
	}
}

func TestGoesBack(t *testing.T) {
	loud := func(l *report.Load) { l.Interruptions.Count = 40 }
	for name, c := range map[string]struct {
		change func(*Service)
		back   bool
	}{
		"quiet":                     {func(*Service) {}, false},
		"loud on each day":          {func(s *Service) { allLoads(s, loud) }, true},
		"quiet on one day":          {func(s *Service) { allLoads(s, loud); s.Loads[6].Interruptions.Count = 0 }, false},
		"one day not read":          {func(s *Service) { allLoads(s, loud); s.Loads[6].Interruptions.Unknown = "not read" }, false},
		"loud lately":               {func(s *Service) { loud(&s.Loads[0]) }, false},
		"owned by developers":       {func(s *Service) { allLoads(s, loud); s.Loads[0].FirstLine.Count = 9 }, false},
		"another limit each day":    {func(s *Service) { allLoads(s, loud); s.Loads[3] = healthy().Loads[3]; s.Loads[3].Asleep.Count = 9 }, false},
		"whose it is was not read":  {func(s *Service) { allLoads(s, loud); s.Loads[0].FirstLine.Unknown = "no policy" }, false},
		"some open":                 {func(s *Service) { allLoads(s, loud); s.Loads[0].FirstLine.Open = 5 }, false},
		"first line has had all of": {func(s *Service) { allLoads(s, loud); s.Loads[0].FirstLine = report.Measure{Count: 1, All: 1} }, true},
	} {
		s := healthy()
		c.change(s)
		r := Judge(s, Defaults(), now)
		if (len(r.GoesBack) > 0) != c.back || (r.Return() != "") != c.back {
			t.Errorf("%s: %v", name, r.GoesBack)
		}
	}
	s := healthy()
	allLoads(s, loud)
	r := Judge(s, Defaults(), now)
	if want := "interruptions a week: 10 now, 13 days before 10, limit at most 5"; !slices.Contains(r.GoesBack, want) || len(r.GoesBack) != 1 {
		t.Errorf("the limits are %v", r.GoesBack)
	}
}

// The texts have each criterion once, and nothing of outside steers a terminal or a table.
func TestTexts(t *testing.T) {
	s := healthy()
	s.Name, s.Team = "check\x1b[31mout|", "pay`ments\n"
	s.Rules[0].Name, s.Rules[0].Fault = "High\x07|Rate", "fails: <b>"
	r := Judge(s, Defaults(), now)
	clock := wallclock.In(time.UTC)
	markdown := Markdown([]Report{r}, clock, Defaults())
	for name, text := range map[string]string{"text": r.Text(clock, 78), "overview": Overview([]Report{r}, clock, 78), "markdown": markdown} {
		if strings.ContainsAny(text, "\x1b\x07\u00a0") {
			t.Errorf("the %s has a control character: %q", name, text)
		}
	}
	for n := range criteria {
		if !strings.Contains(r.Text(clock, 78), criteria[n].Title) || strings.Count(markdown, "| "+criteria[n].Title+" |") != 1 {
			t.Errorf("%s is not in the texts once", criteria[n].Title)
		}
	}
	for line := range strings.Lines(markdown) {
		if strings.HasPrefix(line, "|") && strings.Count(strings.ReplaceAll(line, `\|`, ""), "|") != 5 {
			t.Errorf("a row has other cells: %s", line)
		}
	}
	for line := range strings.Lines(Overview([]Report{r}, clock, 40)) {
		if len(strings.TrimRight(line, "\n")) > 40 {
			t.Errorf("a line is longer than 40: %q", line)
		}
	}
}

// A service without incidents is said to have none, and one criterion is one.
func TestWords(t *testing.T) {
	s := healthy()
	s.Loads[0].Contained, s.Loads[0].Unexplained = report.Measure{}, report.Measure{}
	because := func(want string) {
		t.Helper()
		r := Judge(s, Defaults(), now)
		for _, id := range []string{"contained", "unexplained"} {
			if f := findingOf(t, &r, id); f.Verdict != NotAsked || f.Because != want {
				t.Errorf("%s: %s because %s, want %s", id, f.Verdict, f.Because, want)
			}
		}
	}
	because("first line was assigned to none of its incidents that ended in this time")
	s.Loads[0].FirstLine = report.Measure{}
	because("no incident of it began in this time")
	for n, want := range []string{"1 of 17 criteria is not met", "2 of 17 criteria are not met"} {
		s := healthy()
		s.Rules[0].Labels = nil
		if n > 0 {
			s.Rules[0].Annotations = map[string]string{}
		}
		if r := Judge(s, Defaults(), now); r.Summary() != "not ready for first line, "+want {
			t.Error(r.Summary())
		}
	}
}

func TestWorst(t *testing.T) {
	for _, c := range []struct {
		all  []Verdict
		want Verdict
	}{{nil, Ready}, {[]Verdict{Ready, Ready}, Ready}, {[]Verdict{Unknown, Ready}, Unknown}, {[]Verdict{Unknown, NotReady, Ready}, NotReady}} {
		var all []Report
		for _, v := range c.all {
			all = append(all, Report{Verdict: v})
		}
		if got := Worst(all); got != c.want {
			t.Errorf("%v is %s", c.all, got)
		}
	}
}

func TestRollbackHeadings(t *testing.T) {
	for text, want := range map[string]bool{
		"Roll back": true, "Rollback": true, "How to roll-back a release": true, "Rolling back": true, "Revert the deploy": true, "Back out": true, "Undo": true,
		"Roll out": false, "Background": false, "Scrolling": false, "Mitigation": false, "Feedback": false,
	} {
		if rollback.MatchString(text) != want {
			t.Errorf("%q: want %v", text, want)
		}
	}
	if len(slices.Collect(maps.Keys(cases))) != len(criteria) {
		t.Errorf("there are cases of %d criteria", len(cases))
	}
}

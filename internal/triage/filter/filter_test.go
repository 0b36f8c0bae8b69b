package filter

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"firstline/internal/triage"
	"firstline/sources"
)

var testNow = time.Date(2026, 11, 22, 21, 0, 0, 0, time.UTC)

func group() triage.Group {
	return triage.Group{
		ID: "P1", State: triage.Triggered, Title: "High error rate", Service: "Checkout", Team: "payments",
		Severity: triage.Critical, Urgency: "high", Since: testNow.Add(-20 * time.Minute), JoinedBy: triage.ByDedupKey,
		Incident: &sources.Incident{
			Source: "pd", ID: "P1", Number: 42,
			Service: sources.Reference{Name: "Shop front"}, Policy: sources.Reference{Name: "Shop policy"},
			Priority:    &sources.Priority{Name: "P1"},
			Assignments: []sources.Assignment{{User: sources.Reference{ID: "U1", Name: "Ann Müller"}}},
		},
		Alerts: []triage.Alert{
			{Alert: sources.Alert{Labels: map[string]string{"alertname": "HighErrorRate", "service": "checkout", "severity": "page", "pod": "api-0", "env": "prod"}}, Severity: triage.Critical, Sources: []string{"am", "prom"}},
			{Alert: sources.Alert{Labels: map[string]string{"alertname": "HighErrorRate", "service": "checkout", "severity": "warning", "pod": "api-1", "env": "prod", "canary": "yes"}}, Severity: triage.Warning, Sources: []string{"am"}},
		},
		Mine: true, Stale: []string{"am"}, OwnerPolicyID: "PP", Silences: []sources.Silence{{ID: "r", EndsAt: testNow.Add(time.Hour)}, {ID: "s", EndsAt: testNow.Add(3 * time.Hour), CreatedBy: "Ben", Comment: "planned work"}},
		Why: "no route to PagerDuty", InhibitedBy: []string{"NodeDown"}, Flaps: 4,
		NotFiringSince: testNow.Add(-10 * time.Minute), AckEnds: testNow.Add(12 * time.Minute), EscalatesAt: testNow.Add(4 * time.Minute), EscalatesTo: []string{"Eva"},
	}
}

func TestFilter(t *testing.T) {
	tests := []struct {
		filter string
		want   bool
	}{
		{`silencedby=ben silencedby="planned work"`, true},
		{"silencedby=ann", false},
		{"inhibitedby=NodeDown inhibited", true},
		{`why=~"no route.*"`, true},
		{"why=pending", false},
		{"flapping", true},
		{"escalatesto=Eva", true},
		{"escalatesto=Ann", false},
		{"notfiring>9m notfiring<11m", true},
		{"notfiring>10m", false},
		{"AckEnds<13m ackends>11m", true},
		{"ackends<12m", false},
		{"escalates<5m", true},
		{"escalates>1h", false},
		{"silenceends>2h silenceends<4h", true},
		{"silenceends<2h", false},
		{"", true},
		{"   \t ", true},
		{"service=checkout", true},
		{`service="checkout"`, true},
		{"service=search", false},
		{`service="Shop front"`, true},
		{"service!=checkout", false},
		{"service!=search", true},
		{"SERVICE=CHECKOUT", true},
		{"severity=critical", true},
		{"severity=page", true},
		{"severity=warning", false},
		{"severity!=info", true},
		{"severity!=warning", true},
		{"severity=~crit.*", true},
		{"severity=~CRIT", false},
		{"severity=~CRITICAL", true},
		{"severity!~crit.*", false},
		{"state=triggered", true},
		{"state!=triggered", false},
		{"state=firing", false},
		{"team=payments", true},
		{"urgency=high", true},
		{"id=P1", true},
		{"id=42", true},
		{"id=P2", false},
		{"title=~high.*rate", true},
		{`title="High error rate"`, true},
		{"title=High", false},
		{"assignee=U1", true},
		{`assignee="ann müller"`, true},
		{"assignee=me", true},
		{"assignee=bob", false},
		{`assignee=""`, false},
		{"source=pd source=am source=prom", true},
		{"source=other", false},
		{`joined="dedup key"`, true},
		{"joined=dedup-key", true},
		{"joined!=dedup-key", false},
		{"policy=~shop.*", true},
		{"priority=p1", true},
		{"alertname=HighErrorRate", true},
		{"alertname=~High.*", true},
		{"alertname=Other", false},
		{"pod=api-0", true},
		{"pod=api-1", true},
		{"pod=API-0", false},
		{"pod=api-2", false},
		{"pod!=api-0", false},
		{"pod!=api-2", true},
		{"pod=~api-.*", true},
		{"pod=~api", false},
		{"pod!~api-[5-9]", true},
		{`pod=~"api-\d"`, true},
		{"canary=yes", true},
		{`canary=""`, true},
		{`canary!=""`, false},
		{`gone=""`, true},
		{`gone!=""`, false},
		{"gone=x", false},
		{"gone!=x", true},
		{"age>10m", true},
		{"age>1h", false},
		{"age<1h", true},
		{"age<1d", true},
		{"age>1.5h", false},
		{"age>0s", true},
		{"mine", true},
		{"MINE", true},
		{"!mine", false},
		{"paged", true},
		{"unpaged", false},
		{"!unpaged", true},
		{"stale", true},
		{"silenced", true},
		{"nolongerfiring", false},
		{"unowned", false},
		{`"mine"`, false},
		{"error", true},
		{"ERROR", true},
		{`"error rate"`, true},
		{`"rate error"`, false},
		{"rate error", true},
		{"checkout", true},
		{"payments", true},
		{"müller", true},
		{"MÜLLER", true},
		{"api-1", true},
		{"nothing", false},
		{"!nothing", true},
		{"!error", false},
		{`!"error rate"`, false},
		{"service=checkout severity!=info age>10m mine paged", true},
		{"service=checkout severity!=info age>10m mine unpaged", false},
	}
	g := group()
	for _, test := range tests {
		f, err := Parse(test.filter, nil)
		if err != nil {
			t.Errorf("%s: %v", test.filter, err)
			continue
		}
		if got := f.Match(g, testNow); got != test.want {
			t.Errorf("%s: %v", test.filter, got)
		}
		if f.String() != test.filter || f.Empty() != (strings.TrimSpace(test.filter) == "") {
			t.Errorf("%s: gives %q, empty %v", test.filter, f, f.Empty())
		}
	}
}

// Each flag on a group that has nothing else.
func TestFlags(t *testing.T) {
	groups := map[string]triage.Group{
		"flapping":       {OwnerPolicyID: "P", Flaps: triage.FlapsFrom},
		"inhibited":      {OwnerPolicyID: "P", InhibitedBy: []string{"NodeDown"}},
		"mine":           {OwnerPolicyID: "P", Mine: true},
		"firingunknown":  {OwnerPolicyID: "P", Over: triage.Over{State: triage.OverUnknown, Because: "x"}},
		"nolongerfiring": {OwnerPolicyID: "P", Over: triage.Over{State: triage.IsOver}},
		"paged":          {OwnerPolicyID: "P", Incident: &sources.Incident{}},
		"silenced":       {OwnerPolicyID: "P", State: triage.Silenced},
		"stale":          {OwnerPolicyID: "P", Stale: []string{"am"}},
		"unowned":        {},
		"snoozed":        {OwnerPolicyID: "P", Snoozed: true},
		"unpaged":        {OwnerPolicyID: "P", Unpaged: true},
		"unread":         {OwnerPolicyID: "P", AlertsUnread: true},
	}
	for _, name := range Flags() {
		g, ok := groups[name]
		if !ok {
			t.Errorf("flag %s has no test", name)
		}
		for _, other := range Flags() {
			f, err := Parse(other, nil)
			if err != nil {
				t.Fatal(err)
			}
			if f.Match(g, testNow) != (other == name) {
				t.Errorf("%s on a group that is only %s: %v", other, name, other != name)
			}
		}
	}
}

func TestErrors(t *testing.T) {
	tests := []struct {
		filter string
		pos    int
		says   string
	}{
		{"mine =x", 5, "belongs before"},
		{"~x", 0, `before "~"`},
		{"service=", 8, "missing"},
		{"mine service= paged", 13, "missing"},
		{"service==x", 8, "enough"},
		{"service~x", 7, "no operator"},
		{"service!x", 7, "no operator"},
		{"service>5", 7, "only ackends, age"},
		{"age=10m", 3, "> or <"},
		{"mine age>soon", 9, "no duration"},
		{"age>-5m", 4, "no duration"},
		{`a="b`, 2, "not closed"},
		{`"b`, 0, "not closed"},
		{`a="b"c`, 5, "space"},
		{`a=b"c"`, 3, "quote"},
		{`a"b"`, 1, "quote"},
		{"mine pod=~(", 10, "regular expression"},
		{`pod=~"x)|(y"`, 5, "regular expression"},
		{"!", 0, "nothing"},
		{"! mine", 0, "nothing"},
		{"!pod=x", 0, "!="},
		{"ünter >5", 7, "belongs before"},
	}
	for _, test := range tests {
		_, err := Parse(test.filter, nil)
		var fe *Error
		if !errors.As(err, &fe) {
			t.Errorf("%s: %v", test.filter, err)
			continue
		}
		if fe.Pos != test.pos || !strings.Contains(fe.Sentence, test.says) || strings.HasSuffix(fe.Sentence, ".") {
			t.Errorf("%s: at %d, want %d: %s", test.filter, fe.Pos, test.pos, fe.Sentence)
		}
	}
}

func TestFieldsHaveValues(t *testing.T) {
	groups := []triage.Group{group()}
	for _, name := range Fields() {
		if isTime(name) || slices.Contains(Flags(), name) {
			continue
		}
		if values := Values(groups, name); len(values) == 0 {
			t.Errorf("field %s has no values", name)
		}
	}
	if got := Values(groups, "pod"); !slices.Equal(got, []string{"api-0", "api-1"}) {
		t.Errorf("values of a label: %q", got)
	}
	names := Names(groups)
	if !slices.IsSorted(names) || !slices.Contains(names, "pod") || !slices.Contains(names, "service") || !slices.Contains(names, "age") {
		t.Errorf("names: %q", names)
	}
}

func TestQuoteValue(t *testing.T) {
	for _, value := range []string{"plain", "", "two words", `a"b`, `back\slash`, "line\nbreak", "a=b", "tab\t", "ünter", "!x", "a,b"} {
		f, err := Parse("pod="+QuoteValue(value), nil)
		if err != nil {
			t.Errorf("%q: %v", value, err)
			continue
		}
		if f.terms[0].value != value {
			t.Errorf("%q became %q", value, f.terms[0].value)
		}
	}
}

func FuzzFilter(f *testing.F) {
	f.Add("service=checkout severity!=info state=firing age>10m mine unpaged")
	f.Add(`!"a b" pod=~"x\"y" "" age<1d`)
	f.Add("a!~(?i)b !mine")
	g := group()
	f.Fuzz(func(t *testing.T, s string) {
		filter, err := Parse(s, nil)
		if err != nil {
			var fe *Error
			if !errors.As(err, &fe) || fe.Pos < 0 || fe.Pos > len(s) || fe.Sentence == "" {
				t.Fatalf("%q: %v", s, err)
			}
			return
		}
		if filter.Empty() && !filter.Match(g, testNow) {
			t.Fatalf("%q: an empty filter hides a group", s)
		}
		filter.Match(g, testNow)
		filter.Match(triage.Group{}, testNow)
	})
}

func FuzzQuoteValue(f *testing.F) {
	f.Add("a b")
	f.Add(`\"n`)
	f.Fuzz(func(t *testing.T, value string) {
		filter, err := Parse("pod="+QuoteValue(value), nil)
		if err != nil {
			t.Fatalf("%q: %v", value, err)
		}
		if len(filter.terms) != 1 || filter.terms[0].value != value {
			t.Fatalf("%q became %+v", value, filter.terms)
		}
	})
}

// A filter finds a severity by its original word, even if no alert is reported,
// and never by urgency or priority.
func TestFilterBySeverityOfTheIncident(t *testing.T) {
	in := &sources.Incident{Urgency: "high", Priority: &sources.Priority{Name: "P1"}, AlertsRead: true}
	for _, c := range []struct {
		group  triage.Group
		filter string
		want   bool
	}{
		{triage.Group{SeverityText: "gold", Incident: in}, "severity=gold", true},
		{triage.Group{Severity: triage.Critical, SeverityText: "disaster", Incident: in}, "severity=disaster", true},
		{triage.Group{Severity: triage.Critical, SeverityText: "disaster", Incident: in}, "severity=critical", true},
		{triage.Group{Urgency: "high", Incident: in}, "severity=high", false},
		{triage.Group{Urgency: "high", Incident: in}, "severity=p1", false},
		{triage.Group{Urgency: "high", Incident: in}, "severity=~.+", false},
		{triage.Group{Urgency: "high", Incident: in}, "priority=p1", true},
		{triage.Group{Urgency: "high", Incident: in}, "urgency=high", true},
	} {
		f, err := Parse(c.filter, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := f.Match(c.group, time.Now()); got != c.want {
			t.Errorf("%s on %+v: %v", c.filter, c.group, got)
		}
	}
}

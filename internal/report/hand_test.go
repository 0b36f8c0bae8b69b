package report

import (
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"firstline/internal/history/past"
	"firstline/internal/weekhours"
	"firstline/sources"
)

const minuteForm = "2006-01-02T15:04Z07:00"

func instant(t testing.TB, s string) time.Time {
	t.Helper()
	at, err := time.Parse(minuteForm, s)
	if err != nil {
		t.Fatal(err)
	}
	return at.UTC()
}

// readHand reads testdata/hand.txt.
func readHand(t testing.TB) past.History {
	t.Helper()
	text, err := os.ReadFile("testdata/hand.txt")
	if err != nil {
		t.Fatal(err)
	}
	read := sources.Span{Since: instant(t, "2026-10-12T00:00Z"), Until: instant(t, "2026-11-02T00:00Z")}
	h := past.History{People: map[string]past.Person{}, Log: []sources.Span{read}, OnCalls: []sources.Span{read}}
	for line := range strings.Lines(string(text)) {
		words := strings.Fields(line)
		switch {
		case len(words) == 0 || words[0] == "#":
		case words[0] == "person":
			p := past.Person{ID: words[1], Name: words[1]}
			switch words[2] {
			case "-":
			case "deleted":
				p.Deleted = true
			default:
				p.Zone = words[2]
			}
			h.People[p.ID] = p
		case words[0] == "turn":
			level, _ := strconv.Atoi(words[2])
			h.Turns = append(h.Turns, past.Turn{
				Policy: past.Name{ID: words[1], Name: words[1]}, Level: level, Person: words[3], Start: instant(t, words[4]), End: instant(t, words[5]),
			})
		default:
			h.Incidents = append(h.Incidents, incidentOf(t, words, uint64(len(h.Incidents))))
		}
	}
	return h
}

func incidentOf(t testing.TB, words []string, n uint64) past.Incident {
	t.Helper()
	teams := map[string]string{"pay": "payments", "sea": "search"}
	i := past.Incident{
		ID: words[0], Title: words[2], Alert: words[2], Service: past.Name{ID: words[1], Name: words[1]}, Policy: past.Name{ID: words[1], Name: words[1]},
		Teams: []past.Name{{ID: teams[words[1]], Name: teams[words[1]]}}, CreatedAt: instant(t, words[4]), ReadAt: instant(t, "2026-11-02T00:00Z"),
		Status: sources.Triggered, DetailsRead: words[3] != "unread",
	}
	if words[3] == "r" {
		i.Runbook = "https://example.com/r"
	}
	i.Entries = append(i.Entries, past.Entry{Hash: n << 8, At: i.CreatedAt, Kind: past.Trigger})
	for part := range strings.SplitSeq(strings.Join(words[6:], " "), ";") {
		w := strings.Fields(part)
		minutes, err := strconv.Atoi(w[0])
		if err != nil {
			t.Fatalf("%v: %v", words, err)
		}
		e := past.Entry{Hash: n<<8 + uint64(len(i.Entries)), At: i.CreatedAt.Add(time.Duration(minutes) * time.Minute)}
		who := ""
		if len(w) > 2 {
			who = w[2]
		}
		switch w[1] {
		case "assign", "escalate":
			e.Kind, e.To = map[string]past.Kind{"assign": past.Assign, "escalate": past.Escalate}[w[1]], []string{who}
			if len(w) > 4 {
				e.By = w[4]
			}
		case "push", "sms", "phone", "email":
			e.Kind, e.To, e.Way = past.Notify, []string{who}, map[string]past.Way{"push": past.Push, "sms": past.SMS, "phone": past.Phone, "email": past.Email}[w[1]]
		case "ack":
			e.Kind, e.By, i.Status = past.Acknowledge, who, sources.Acknowledged
		case "unack":
			e.Kind, i.Status = past.Unacknowledge, sources.Triggered
		case "snooze":
			e.Kind, e.By = past.Snooze, who
		case "note":
			e.Kind, e.By, e.Text = past.Note, who, "why of "+i.ID
		case "tried":
			e.Kind, e.By, e.Text = past.Note, who, "Hello\n\nTried:\n- kubectl get pods [exit 0]"
			for step := range strings.SplitSeq(w[3], ",") {
				text, bad := strings.CutSuffix(step, "!")
				e.Text += "\n- " + text
				if bad {
					e.Text += " [did not help: it was the disk]"
				}
			}
		case "resolve":
			e.Kind, e.By, i.Status = past.Resolve, who, sources.Resolved
		case "merged":
			i.MergedInto = who
			continue
		default:
			t.Fatalf("%v: no event %s", words, w[1])
		}
		i.ChangedAt = e.At
		i.Entries = append(i.Entries, e)
	}
	return i
}

func handOptions(t testing.TB) Options {
	t.Helper()
	hours, err := weekhours.Parse("Mon-Fri 09:00-17:00 Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return Options{
		Span:      sources.Span{Since: instant(t, "2026-10-19T00:00Z"), Until: instant(t, "2026-11-02T00:00Z")},
		FirstLine: "first", By: ByPerson, RunWork: 0.05,
		Hours: func(service past.Name) (weekhours.Hours, bool) { return hours, service.ID == "pay" },
	}
}

func (r *Report) row(key string) *Row {
	if key == "all" {
		return &r.Total
	}
	for n := range r.Rows {
		if r.Rows[n].Key == key {
			return &r.Rows[n]
		}
	}
	return nil
}

func valueOf(t testing.TB, r *Row, id string) Value {
	t.Helper()
	for n, f := range Figures() {
		if f.ID == id {
			return r.Values[n]
		}
	}
	t.Fatalf("there is no figure %s", id)
	return Value{}
}

// Each figure is the one that was computed by hand.
func TestByHand(t *testing.T) {
	h := readHand(t)
	if len(h.Incidents) < 40 {
		t.Fatalf("there are %d incidents", len(h.Incidents))
	}
	r := New(h, handOptions(t))
	text, err := os.ReadFile("testdata/expected.txt")
	if err != nil {
		t.Fatal(err)
	}
	checked := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		words := strings.Fields(line)
		if len(words) == 0 || words[0] == "#" || words[0] == "table" || words[0] == "stage" {
			continue
		}
		want, err := strconv.ParseFloat(words[2], 64)
		row := r.row(words[0])
		if err != nil || row == nil {
			t.Fatalf("%s: %v", line, err)
		}
		v := valueOf(t, row, words[1])
		if v.Unknown != "" || math.Abs(v.Number-want) > 1e-5 {
			t.Errorf("%s of %s is %v (%s), want %v: %s", words[1], words[0], v.Number, v.Unknown, want, behind(v))
		}
		checked[words[1]] = true
	}
	for _, f := range Figures() {
		if !checked[f.ID] {
			t.Errorf("%s was not computed by hand", f.ID)
		}
		if f.Definition == "" || f.Title == "" {
			t.Errorf("%s has no definition", f.ID)
		}
	}
	if len(r.Missing) > 0 {
		t.Errorf("missing are %v", r.Missing)
	}
}

func behind(v Value) string {
	var all []string
	for _, f := range v.Facts() {
		all = append(all, fmt.Sprintf("%s %s %v", idOf(f.Incident), f.Person, f.Number))
	}
	return strings.Join(all, ", ")
}

// What is not recorded is said, and not counted as nothing.
func TestDoubts(t *testing.T) {
	h := readHand(t)
	r := New(h, handOptions(t))
	for _, tc := range []struct{ row, figure, want string }{
		{"all", "no_runbook", "2 interruptions by incidents whose alert was not recorded"},
		{"all", "sleep", "5 interruptions of people without a time zone"},
		{"ann", "sleep", ""},
		{"bob", "no_runbook", ""},
	} {
		if v := valueOf(t, r.row(tc.row), tc.figure); !strings.Contains(v.Doubt, tc.want) || (tc.want == "") != (v.Doubt == "") {
			t.Errorf("the doubt of %s of %s is %q, want %q", tc.figure, tc.row, v.Doubt, tc.want)
		}
	}
	if v := valueOf(t, r.row("zoe"), "sleep"); !strings.Contains(v.Unknown, "no time zone") {
		t.Errorf("zoe's sleep hours are %v, %q", v.Number, v.Unknown)
	}
	for n, f := range Figures() {
		if v := r.row("ann").Values[n]; v.Applies == (f.noPerson || f.onlyTotal) {
			t.Errorf("%s of a person applies: %v", f.ID, v.Applies)
		}
	}
}

func TestUnknownIsNotZero(t *testing.T) {
	h := readHand(t)
	o := handOptions(t)
	o.FirstLine, o.Hours = "", nil
	r := New(h, o)
	for _, id := range []string{"contained", "to_owner", "exceptions"} {
		if v := valueOf(t, &r.Total, id); v.Unknown == "" {
			t.Errorf("without first line %s is %v", id, v.Number)
		}
	}
	o = handOptions(t)
	o.Hours = nil
	r = New(h, o)
	if v := valueOf(t, &r.Total, "exceptions"); !strings.Contains(v.Unknown, "developers_on_call") {
		t.Errorf("without hours the exceptions are %v, %q", v.Number, v.Unknown)
	}
	h.OnCalls = nil
	r = New(h, handOptions(t))
	if v := valueOf(t, &r.Total, "on_call_1"); v.Unknown == "" {
		t.Errorf("without on-call entries the time is %v", v.Number)
	}
	if v := valueOf(t, &r.Total, "to_owner"); !strings.Contains(v.Unknown, "not read who was on call") {
		t.Errorf("without on-call entries it is %v, %q", v.Number, v.Doubt)
	}
	// Nothing was read.
	r = New(past.History{}, handOptions(t))
	for n, v := range r.Total.Values {
		if v.Applies && v.Unknown == "" {
			t.Errorf("without a history %s is %v", Figures()[n].ID, v.Number)
		}
	}
	if len(r.Missing) == 0 {
		t.Error("nothing is missing")
	}
	// The time before was read in part.
	r = New(readHand(t), handOptions(t))
	if v := valueOf(t, &r.Before, "interruptions"); v.Number != 1 {
		t.Errorf("before there were %v, want p1", v.Number)
	}
}

func TestReasonsAndSelections(t *testing.T) {
	h := readHand(t)
	r := New(h, handOptions(t))
	var got []string
	for _, f := range valueOf(t, &r.Total, "exceptions").Facts() {
		got = append(got, f.Incident.ID+" "+f.By+" "+f.Why)
	}
	if want := []string{"x1 bob ", "x2 bob ", "g2 bob why of g2", "t2 time-out "}; !slices.Equal(got, want) {
		t.Errorf("the exceptions are %q, want %q", got, want)
	}
	o := handOptions(t)
	o.By, o.Team = ByTeam, "Payments"
	r = New(h, o)
	if len(r.Rows) != 1 || r.Rows[0].Name != "payments" || valueOf(t, &r.Total, "interruptions").Number != 35 { // ann 20, bob 8, dan 7
		t.Errorf("of a team there are %v interruptions", valueOf(t, &r.Total, "interruptions").Number)
	}
	o = handOptions(t)
	o.By, o.Person = ByWeek, "bob"
	r = New(h, o)
	if len(r.Rows) != 1 || r.Rows[0].Key != "2026-10-19" || valueOf(t, &r.Total, "interruptions").Number != 9 {
		t.Errorf("bob's weeks are %+v", r.Rows)
	}
	for by, want := range map[Grouping]int{ByService: 2, ByStage: 1, ByTeam: 2, ByWeek: 2, ByPerson: 6} {
		o = handOptions(t)
		o.By = by
		if r = New(h, o); len(r.Rows) != want {
			t.Errorf("by %s there are %d rows, want %d", by, len(r.Rows), want)
		}
	}
}

package respond

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"firstline/internal/race"
	"firstline/internal/respond/fixture"
	"firstline/internal/triage"
	"firstline/internal/weekhours"
	"firstline/sources"
)

// stepWords are by what a person knows a write in a preview.
var stepWords = map[StepKind]string{
	StepAcknowledge: "acknowledge", StepNote: "note", StepPolicy: "escalation policy", StepAssign: "assign", StepOpen: "open",
	StepSilence: "silence", StepLevel: "level", StepMove: "service", StepResponders: "join", StepResolve: "resolve",
	StepSnooze: "snooze", StepMerge: "merge", StepUrgency: "urgency", StepPriority: "priority", StepExtend: "extend", StepExpire: "end",
}

// everyRequest is each action in each of its forms, with and without words.
func everyRequest() map[string]Request {
	forms := map[string]Request{
		"ack":                {Action: Acknowledge},
		"ack by silence":     {Action: Acknowledge, Instead: BySilence},
		"ack by incident":    {Action: Acknowledge, Instead: ByIncident},
		"escalate":           {Action: Escalate},
		"escalate to owner":  {Action: Escalate, Target: Target{Kind: ToOwner}},
		"hand off to person": {Action: HandOff, Target: Target{Kind: ToUser, ID: "UBO"}},
		"hand off to team":   {Action: HandOff, Target: Target{Kind: ToTeam, ID: "TPAY"}},
		"ask to join":        {Action: HandOff, Target: Target{Kind: ToUser, ID: "UBO"}, Responders: true},
		"ask policy to join": {Action: HandOff, Target: Target{Kind: ToPolicy, ID: "PFIRST"}, Responders: true},
		"next level":         {Action: NextLevel},
		"note":               {Action: AddNote},
		"resolve":            {Action: Resolve},
		"snooze":             {Action: Snooze, Until: fixture.Sunday.Add(time.Hour)},
		"merge":              {Action: Merge, Into: "I2"},
		"urgency high":       {Action: SetUrgency, Urgency: "high"},
		"urgency low":        {Action: SetUrgency, Urgency: "low"},
		"priority":           {Action: SetPriority, PriorityID: "PR1"},
		"silence":            {Action: Silence, Until: fixture.Sunday.Add(time.Hour)},
		"extend":             {Action: ExtendSilence, SilenceID: "s0", Until: fixture.Sunday.Add(2 * time.Hour)},
		"expire":             {Action: ExpireSilence, SilenceID: "s0"},
	}
	all := map[string]Request{}
	for name, r := range forms {
		all[name] = r
		r.Reason = "the database is slow\nand we restarted it"
		all[name+", with a reason"] = r
		r.Tried = map[string][]string{"I1": {"restarted it"}, "0123456789ab": {"restarted it"}}
		all[name+", with steps"] = r
		r.Note = "My own words,\nin two lines."
		all[name+", in own words"] = r
	}
	return all
}

// previewData has a silence, and coverage hours that are over.
func previewData(t *testing.T) Data {
	w := testData(Developer)
	w.Alertmanagers[0].Silences = []sources.Silence{{
		ID: "s0", Source: "am-eu", State: "active", EndsAt: fixture.Sunday.Add(time.Hour),
		Matchers: []sources.Matcher{{Name: "alertname", Value: "DiskFull", Equal: true}},
	}}
	office, err := weekhours.Parse("Mon-Fri 09:00-17:00 Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	w.Settings.Services = map[string]ServiceSettings{"checkout": {Move: true, Hours: office, Outside: OutsideFirstLine}}
	return w
}

func previewGroups() map[string][]triage.Group {
	low, other := fixture.Incident("I1"), fixture.Incident("I2")
	low.Urgency = "low"
	other.Number, other.Title = 13, "Another"
	return map[string][]triage.Group{
		"one":           {fixture.GroupOf(fixture.Incident("I1"))},
		"low":           {fixture.GroupOf(low)},
		"acknowledged":  {fixture.GroupOf(fixture.AcknowledgedIncident("I1", fixture.Ann, fixture.Sunday.Add(-time.Minute)))},
		"alerts":        {fixture.AlertsGroup()},
		"resolved":      {fixture.GroupOf(fixture.ResolvedIncident("I1", fixture.Ann, fixture.Sunday.Add(-time.Minute)))},
		"several":       {fixture.GroupOf(fixture.Incident("I1")), fixture.GroupOf(other), fixture.AlertsGroup()},
		"two incidents": {fixture.GroupOf(fixture.Incident("I1")), fixture.GroupOf(other)},
	}
}

// For every action, group and wording: the writes in the preview are those that
// are sent, one by one, in the same order, and it contains every text that is
// sent.
func TestEveryWriteIsInThePreview(t *testing.T) {
	race.Skip(t)
	checked := map[StepKind]int{}
	for name, r := range everyRequest() {
		for kind, groups := range previewGroups() {
			for _, confirmed := range []bool{false, true} {
				r.Groups, r.Confirmed = groups, confirmed
				p := NewPlan(r, previewData(t))
				t.Run(fmt.Sprintf("%s/%s/%v", name, kind, confirmed), func(t *testing.T) { checkPreview(t, p, checked) })
			}
		}
	}
	for kind := range stepWords {
		if checked[kind] == 0 {
			t.Errorf("no plan has a step %q: it was not checked", kind)
		}
	}
}

func TestEveryWriteOfAnUndoIsInThePreview(t *testing.T) {
	checked := map[StepKind]int{}
	for name, r := range everyRequest() {
		r.Groups, r.Confirmed = previewGroups()["several"], true
		w := previewData(t)
		done := NewPlan(r, w)
		var results []Result
		for _, i := range done.Items {
			res := Result{Outcome: Done, Incident: i.Group.Incident, NotePosted: true, SilenceIDs: []string{"s1"}}
			if opened := fixture.Incident("I9"); i.Group.Incident == nil {
				res.Incident = &opened
			}
			results = append(results, res)
		}
		p, _ := UndoOf(done, results, w, Facts{})
		t.Run(name, func(t *testing.T) { checkPreview(t, p, checked) })
	}
	if len(checked) < 4 {
		t.Errorf("only %v were checked", checked)
	}
}

func checkPreview(t *testing.T, p Plan, checked map[StepKind]int) {
	t.Helper()
	v := p.Preview()
	text := strings.Join(v.Lines(), "\n")
	var notes []string
	for _, l := range v.Of(PreviewNote) {
		notes = append(notes, l.Text)
	}
	sent := strings.Join(notes, "\n")
	for n, i := range p.Items {
		var said []int
		var words string
		for _, l := range v.Of(PreviewChange, PreviewStep) {
			if l.Item == n {
				said = append(said, l.Steps...)
				words += " " + strings.ToLower(l.Text)
			}
		}
		if !i.Sends() {
			if len(said) > 0 {
				t.Errorf("nothing is sent for item %d, and the preview tells of %v:\n%s", n, said, text)
			}
			continue
		}
		for at, s := range i.Steps {
			checked[s.Kind]++
			if at >= len(said) || said[at] != at {
				t.Errorf("the preview tells of the steps %v of %d:\n%s", said, len(i.Steps), text)
			}
			if !strings.Contains(words, stepWords[s.Kind]) {
				t.Errorf("nothing in %q is %q:\n%s", words, s.Kind, text)
			}
			body := s.Note + s.Resolution
			if s.Silence != nil && s.Kind == StepSilence {
				body = ""
			}
			if first, _, _ := strings.Cut(body, "\n"); strings.TrimSpace(first) != "" && !strings.Contains(sent, first) {
				t.Errorf("the %s is sent with %q, which the preview does not show:\n%s", s.Kind, first, text)
			}
			if len(p.Items) == 1 && s.Kind != StepResponders && strings.TrimSpace(body) != "" && !strings.Contains(sent, strings.TrimSpace(body)) {
				t.Errorf("the %s is sent with\n%s\nbut the preview shows\n%s", s.Kind, body, sent)
			}
		}
		if len(said) != len(i.Steps) {
			t.Errorf("the preview tells of the steps %v of %d:\n%s", said, len(i.Steps), text)
		}
	}
	checkMustSee(t, p, v)
}

// What must be on the screen before a key may confirm: whoever is notified at
// once, and each sentence that is asked once more.
func checkMustSee(t *testing.T, p Plan, v Preview) {
	t.Helper()
	var must []string
	for _, s := range v.Sections {
		if len(s.Lines) == 0 {
			t.Errorf("the section %q is empty", s.Heading)
		}
		for _, l := range s.Lines {
			if strings.ContainsAny(l.Text, "\n\r\x1b") {
				t.Errorf("more than a line: %q", l.Text)
			}
			if l.MustSee {
				must = append(must, l.Text)
			}
		}
	}
	want := 0
	for _, recipient := range p.Recipients {
		if recipient.Now {
			want++
			if !slices.ContainsFunc(must, func(s string) bool { return strings.HasPrefix(s, recipient.Name) }) {
				t.Errorf("%s is notified, and nothing makes one see that: %q", recipient.Name, must)
			}
		}
	}
	for _, c := range p.Confirm {
		want++
		if !slices.Contains(must, c) {
			t.Errorf("%q is asked once more, and nothing makes one see that: %q", c, must)
		}
	}
	consequences := []PreviewRole{PreviewNobody, PreviewChange, PreviewStep, PreviewLater, PreviewEnd}
	for _, l := range p.Preview().Of(consequences...) {
		want++
		if !l.MustSee {
			t.Errorf("nothing makes one see %q", l.Text)
		}
	}
	if want != len(must) {
		t.Errorf("%d lines must be seen, want %d: %q", len(must), want, must)
	}
}

package respond

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"firstline/internal/race"
	"firstline/internal/respond/fixture"
	"firstline/internal/rollout"
	"firstline/internal/triage"
	"firstline/sources"
)

// The times of the tests of stages: it is Sunday, 02:30 UTC.
const (
	inHours  = "Sun 01:00-05:00 UTC"
	outHours = "Mon-Fri 09:00-17:00 Europe/Berlin"
)

// stageKinds are the groups that the tests of stages act on.
func stageKinds() map[string]triage.Group {
	mine := fixture.Incident("I1")
	mine.Assignments = []sources.Assignment{{User: fixture.Dana, At: fixture.Sunday.Add(-time.Minute)}}
	first := fixture.Incident("I1")
	first.Policy = fixture.Ref("PFIRST", "Ops first line")
	first.Assignments = []sources.Assignment{{User: fixture.Bo, At: fixture.Sunday.Add(-time.Minute)}}
	low := fixture.Incident("I1")
	low.Urgency = "low"
	return map[string]triage.Group{
		"triggered": fixture.GroupOf(fixture.Incident("I1")), "mine": fixture.GroupOf(mine), "with first line": fixture.GroupOf(first), "low urgency": fixture.GroupOf(low),
		"acknowledged": fixture.GroupOf(fixture.AcknowledgedIncident("I1", fixture.Ann, fixture.Sunday.Add(-time.Minute))),
		"resolved":     fixture.GroupOf(fixture.ResolvedIncident("I1", fixture.Ann, fixture.Sunday.Add(-time.Minute))),
		"alerts":       fixture.AlertsGroup(),
	}
}

// stageRequests are all actions in all their forms.
func stageRequests(t *testing.T, w Data, g triage.Group) map[string]Request {
	all := map[string]Request{}
	add := func(name string, r Request) {
		r.Groups, r.Reason = []triage.Group{g}, "why"
		all[name] = r
	}
	for _, a := range Actions() {
		switch a {
		case Escalate, HandOff:
			for _, typed := range []string{"first-line", "owner", "user:UANN", "user:UBO", "user:UDANA", "team:TPAY", "policy:PLATE"} {
				target, err := ParseTarget(typed)
				if err != nil {
					t.Fatal(err)
				}
				add(fmt.Sprintf("%s %s", a, typed), Request{Action: a, Target: target})
				if a == HandOff {
					add("join "+typed, Request{Action: a, Target: target, Responders: true})
				}
			}
		case Acknowledge:
			for _, instead := range []Instead{ChooseLater, BySilence, ByIncident} {
				add("ack "+string(instead), Request{Action: a, Instead: instead})
			}
		case SetUrgency:
			add("urgency high", Request{Action: a, Urgency: "high"})
			add("urgency low", Request{Action: a, Urgency: "low"})
		case SetPriority:
			add("priority", Request{Action: a, PriorityID: "P1"})
		case Snooze, Silence:
			add(string(a), Request{Action: a, Until: w.Now.Add(time.Hour)})
		case Merge:
			into := fixture.Incident("I2")
			add("merge", Request{Action: a, Into: "I2", IntoIncident: &into})
		default:
			add(string(a), Request{Action: a})
		}
	}
	return all
}

// staged is the data with checkout in a stage, with hours.
func staged(t *testing.T, role Role, stage rollout.Stage, span string) Data {
	w := testData(role)
	w.Settings.Services = map[string]ServiceSettings{"checkout": {Stage: stage, Hours: hours(t, span)}}
	return w
}

// forEachStagedPlan makes the plan of every role, kind of group and action.
func forEachStagedPlan(t *testing.T, prepare func(Role) Data, check func(name string, r Request, w Data, p Plan)) {
	plans := 0
	for _, role := range []Role{Developer, FirstLine} {
		w := prepare(role)
		for kind, g := range stageKinds() {
			for name, r := range stageRequests(t, w, g) {
				plans++
				check(fmt.Sprintf("%s | %s | %s", role, kind, name), r, w, NewPlan(r, w))
			}
		}
	}
	if plans < 300 {
		t.Errorf("only %d plans were made", plans)
	}
}

// wokenDevelopers are the developers of checkout whom a plan wakes now.
func wokenDevelopers(p Plan) []string {
	var ids []string
	for _, r := range p.Recipients {
		if r.Now && !r.Me && slices.Contains([]string{"UANN", "UEVE"}, r.UserID) {
			ids = append(ids, r.UserID)
		}
	}
	return ids
}

// saidWhy fails where a plan does nothing of an item and does not say why: nothing may
// be dropped silently.
func saidWhy(t *testing.T, name string, p Plan) {
	text := strings.Join(p.Lines(), "\n")
	for _, i := range p.Items {
		why := i.Refused
		if why == "" {
			why = i.Sentence
		}
		if !i.Sends() && (why == "" || !i.NeedsChoice && !strings.Contains(text, strings.TrimSuffix(why, "."))) {
			t.Errorf("%s: nothing is sent and the preview does not say why (%q):\n%s", name, why, text)
		}
	}
}

// TestShadowNotifiesNobody: whatever is asked for of a service in the stage shadow, at
// whatever time, nothing is sent that may notify anybody, and the preview says so.
func TestShadowNotifiesNobody(t *testing.T) {
	race.Skip(t)
	for _, span := range []string{"", inHours, outHours} {
		forEachStagedPlan(t, func(role Role) Data { return staged(t, role, rollout.Shadow, span) }, func(name string, r Request, w Data, p Plan) {
			name += " | " + span
			saidWhy(t, name, p)
			if len(p.Recipients) > 0 {
				t.Errorf("%s notifies %v", name, p.Recipients)
			}
			for _, i := range p.Items {
				for _, s := range i.Steps {
					if s.notifies() || len(s.Recipients) > 0 {
						t.Errorf("%s sends %q, which may notify", name, s.Sentence)
					}
				}
				quiets := i.Sends() && slices.ContainsFunc(i.Steps, func(s Step) bool { return s.quiets() != "" })
				if asks := slices.ContainsFunc(p.Confirm, func(s string) bool { return strings.Contains(s, "can notify nobody") }); asks != (quiets && !strings.Contains(name, "| mine |")) {
					t.Errorf("%s: asks %q", name, p.Confirm)
				}
			}
			for _, c := range p.Choices {
				if c.Instead == ByIncident && !strings.Contains(c.Refused, "shadow") {
					t.Errorf("%s offers an incident: %+v", name, c)
				}
			}
			full := w
			full.Settings.Services = nil
			if was := NewPlan(r, full); was.Ready() && !p.Ready() && !strings.Contains(p.Refused, "stage shadow") && len(p.Choices) == 0 {
				t.Errorf("%s is refused by another reason than the stage: %q", name, p.Refused)
			}
			if why := WhyNever(r, w); why != "" && slices.ContainsFunc(p.Items, func(i Item) bool { return i.Sends() && i.So == "" }) {
				t.Errorf("%s is refused before it is planned: %q", name, why)
			}
		})
	}
}

// TestBusinessHoursWakeNoDeveloper: outside the hours no plan wakes a developer while
// somebody is on call at first line; without first line it is asked once more; and what
// gives it to first line is never refused.
func TestBusinessHoursWakeNoDeveloper(t *testing.T) {
	race.Skip(t)
	firstLines := map[string]func(*Data){
		"there": func(*Data) {},
		"nobody": func(w *Data) {
			w.OnCalls = slices.DeleteFunc(slices.Clone(w.OnCalls), func(o sources.OnCall) bool { return o.Policy.ID == "PFIRST" })
		},
		"not read":       func(w *Data) { w.Extents.OnCalls["PFIRST"] = sources.Extent{Missing: "PagerDuty was slow"} },
		"not configured": func(w *Data) { w.Settings.FirstLinePolicy = "" },
	}
	for first, change := range firstLines {
		prepare := func(role Role) Data {
			w := staged(t, role, rollout.BusinessHours, outHours)
			change(&w)
			return w
		}
		forEachStagedPlan(t, prepare, func(name string, r Request, w Data, p Plan) {
			name += " | first line " + first
			saidWhy(t, name, p)
			woken := wokenDevelopers(p)
			if len(woken) > 0 && (first == "there" || len(p.Confirm) == 0) {
				t.Errorf("%s wakes %v; asks %q", name, woken, p.Confirm)
			}
			full := w
			full.Settings.Services = nil
			was := NewPlan(r, full)
			switch {
			case !was.Ready() || p.Ready():
			case first != "there" && p.Refused != "":
				t.Errorf("%s is refused, and nobody has it: %q", name, p.Refused)
			case len(wokenDevelopers(was)) == 0 && len(p.Choices) == 0:
				t.Errorf("%s is refused and wakes no developer: %q", name, p.Refused)
			case p.Refused != "" && !strings.Contains(p.Refused, "until then"):
				t.Errorf("%s does not say who has it: %q", name, p.Refused)
			}
			if r.Target.Kind == ToFirstLine && (p.Ready() != was.Ready() || len(p.Confirm) != len(was.Confirm)) {
				t.Errorf("%s: first line does not get it: %q %q", name, p.Refused, p.Confirm)
			}
		})
	}
}

// TestStagesChangeNothingElse: in the stage full, and in business hours, a plan is what
// it is without a stage, but for what it says of the hours.
func TestStagesChangeNothingElse(t *testing.T) {
	race.Skip(t)
	for _, stage := range []rollout.Stage{rollout.Full, rollout.BusinessHours} {
		forEachStagedPlan(t, func(role Role) Data { return staged(t, role, stage, inHours) }, func(name string, r Request, w Data, p Plan) {
			without := w
			without.Settings.Services = map[string]ServiceSettings{"checkout": {Hours: hours(t, inHours)}}
			want := NewPlan(r, without)
			for _, plan := range []*Plan{&p, &want} {
				plan.Warnings = slices.DeleteFunc(plan.Warnings, func(s string) bool { return strings.Contains(s, "business-hours") || strings.Contains(s, "goes on to") })
				if len(plan.Warnings) == 0 {
					plan.Warnings = nil
				}
				for i := range plan.Items {
					plan.Items[i].Warnings = nil
				}
			}
			if !reflect.DeepEqual(p, want) {
				t.Errorf("%s in %s:\n%s\nwant\n%s", name, stage, strings.Join(p.Lines(), "\n"), strings.Join(want.Lines(), "\n"))
			}
		})
	}
}

// TestEveryWriteIsOfAStage: each kind of write either notifies nobody or is refused in
// shadow, and a new kind is refused until somebody decides.
func TestEveryWriteIsOfAStage(t *testing.T) {
	silent := []StepKind{StepAcknowledge, StepNote, StepCorrect, StepResolve, StepMerge, StepPriority, StepSilence, StepExtend, StepExpire}
	for _, kind := range []StepKind{
		StepAcknowledge, StepNote, StepPolicy, StepAssign, StepOpen, StepSilence, StepLevel, StepMove, StepResponders, StepResolve, StepSnooze,
		StepMerge, StepUrgency, StepPriority, StepExtend, StepExpire, StepCorrect, "new",
	} {
		if got := (Step{Kind: kind}).notifies(); got == slices.Contains(silent, kind) {
			t.Errorf("%s notifies: %v", kind, got)
		}
	}
}

// TestStageSentences are what a person reads.
func TestStageSentences(t *testing.T) {
	first := stageKinds()["with first line"]
	for _, tt := range []struct {
		name  string
		stage rollout.Stage
		hours string
		group triage.Group
		r     Request
		want  string // of the preview
	}{
		{
			"shadow refuses", rollout.Shadow, "", fixture.GroupOf(fixture.Incident("I1")),
			Request{Action: Escalate},
			"Checkout is in the stage shadow, in which firstline notifies nobody: #12 Checkout errors stays assigned to Ann Berg. To notify somebody use PagerDuty itself, or set another stage in its [[service]].",
		},
		{
			"shadow opens nothing", rollout.Shadow, "", fixture.AlertsGroup(),
			Request{Action: Escalate},
			"in which firstline notifies nobody: no incident is opened.",
		},
		{
			"shadow asks", rollout.Shadow, "", fixture.GroupOf(fixture.Incident("I1")),
			Request{Action: Acknowledge},
			"Asks once more: Checkout is in the stage shadow, and #12 Checkout errors is assigned to Ann Berg. While it is acknowledged PagerDuty does not escalate it, and firstline can notify nobody of it.",
		},
		{
			"business hours refuse", rollout.BusinessHours, outHours, fixture.GroupOf(fixture.Incident("I1")),
			Request{Action: HandOff, Target: Target{Kind: ToOwner}},
			"It is outside the hours of checkout's developers (Mon-Fri 09:00-17:00 Europe/Berlin; next from Mon 09:00). In the stage business-hours the ops desk takes it until then, and this would wake Ann Berg. #12 Checkout errors is assigned to Ann Berg, with Payments on call: hand it off to the ops desk.",
		},
		{
			"business hours leave it", rollout.BusinessHours, outHours, first,
			Request{Action: HandOff, Target: Target{Kind: ToOwner}},
			"and this would wake Ann Berg. #12 Checkout errors stays assigned to Bo Larsen.",
		},
		{
			"business hours open nothing", rollout.BusinessHours, outHours, fixture.AlertsGroup(),
			Request{Action: HandOff, Target: Target{Kind: ToOwner}},
			"Hand it off to the ops desk, which opens an incident.",
		},
		{
			"a person whose team is not known", rollout.BusinessHours, outHours, first,
			Request{Action: HandOff, Target: Target{Kind: ToUser, ID: "UDANA"}},
			"and it is not known whether Dana Reyes is one of them.",
		},
		{
			"within the hours", rollout.BusinessHours, inHours, first,
			Request{Action: HandOff, Target: Target{Kind: ToOwner}},
			"In the stage business-hours the developers of checkout are notified until Sun 05:00 UTC.",
		},
		{
			"who follows after the hours", rollout.BusinessHours, "Sun 02:00-02:45 UTC", first,
			Request{Action: HandOff, Target: Target{Kind: ToOwner}},
			"If nobody answers, PagerDuty goes on to the developers of checkout: Eve Stone, outside their hours, at Sun 03:00 UTC.",
		},
	} {
		w := staged(t, Developer, tt.stage, tt.hours)
		w.Me = nil // Dana is somebody else
		tt.r.Groups, tt.r.Reason = []triage.Group{tt.group}, "why"
		if got := strings.Join(NewPlan(tt.r, w).Lines(), "\n"); !strings.Contains(got, tt.want) {
			t.Errorf("%s:\n%s\nwant in it\n%s", tt.name, got, tt.want)
		}
	}
}

// TestStageOfPagerDutyService: the service that PagerDuty names decides where the
// labels name none that is configured, in any case.
func TestStageOfPagerDutyService(t *testing.T) {
	for _, tt := range []struct {
		called  string
		setting ServiceSettings
		service string
		want    rollout.Stage
	}{
		{"checkout", ServiceSettings{Stage: rollout.Shadow}, "checkout", rollout.Shadow},
		{"Checkout", ServiceSettings{Stage: rollout.Shadow}, "web", rollout.Shadow},
		{"shop", ServiceSettings{Stage: rollout.Shadow, PagerDuty: "SCHK"}, "web", rollout.Shadow},
		{"shop", ServiceSettings{Stage: rollout.Shadow, PagerDuty: "CheckOut"}, "", rollout.Shadow},
		{"shop", ServiceSettings{Stage: rollout.Shadow}, "web", rollout.Full},
		{"checkout", ServiceSettings{}, "checkout", rollout.Full},
	} {
		for _, g := range []triage.Group{fixture.GroupOf(fixture.Incident("I1")), fixture.AlertsGroup()} {
			g.Service = tt.service
			w := testData(Developer)
			w.Settings.Services = map[string]ServiceSettings{tt.called: tt.setting}
			if _, got := w.Settings.StageOf(g, w.Services); got != tt.want {
				t.Errorf("%+v: the stage of %s is %s", tt, g.ID, got)
			}
			p := NewPlan(Request{Action: Escalate, Groups: []triage.Group{g}}, w)
			if refused := strings.Contains(p.Refused, "shadow"); refused != (tt.want == rollout.Shadow) {
				t.Errorf("%+v: %q", tt, p.Refused)
			}
		}
	}
}

// TestStagesOfSeveral: of several groups those are left out that their stage refuses,
// and the question is one.
func TestStagesOfSeveral(t *testing.T) {
	w := staged(t, Developer, rollout.Shadow, "")
	other := fixture.GroupOf(fixture.Incident("I2"))
	other.ID, other.Service, other.Incident.Service = "I2", "search", fixture.Ref("SSEA", "search")
	more := fixture.GroupOf(fixture.Incident("I3"))
	more.ID = "I3"
	groups := []triage.Group{fixture.GroupOf(fixture.Incident("I1")), other, more}
	p := NewPlan(Request{Action: Escalate, Groups: groups, Reason: "why"}, w)
	if !p.Ready() || p.Items[0].Sends() || !p.Items[1].Sends() || p.Items[2].Sends() {
		t.Errorf("plan:\n%s", strings.Join(p.Lines(), "\n"))
	}
	p = NewPlan(Request{Action: Acknowledge, Groups: groups}, w)
	if len(p.Confirm) != 1 {
		t.Errorf("asks %q", p.Confirm)
	}
	into := *groups[0].Incident
	p = NewPlan(Request{Action: Merge, Groups: []triage.Group{other}, Into: into.ID, IntoIncident: &into}, w)
	if len(p.Confirm) != 1 || !strings.Contains(p.Confirm[0], "#12 Checkout errors is of checkout, which is in the stage shadow") {
		t.Errorf("a merge into shadow asks %q", p.Confirm)
	}
}

// TestStagesAtAnyTime: whatever the hours and the time, in the week in which the clocks
// change too, no developer is woken outside the hours while first line is there, and
// nobody is refused within them.
func TestStagesAtAnyTime(t *testing.T) {
	race.Skip(t)
	random := rand.New(rand.NewPCG(7, 17)) //nolint:gosec // a test needs no secret
	spans := []string{
		"Mon-Fri 09:00-17:00 Europe/Berlin", "daily 22:00-06:00 America/New_York", "Sat,Sun 00:00-24:00 UTC", "Mon,Wed 09:00-12:00,13:00-17:00 Asia/Tokyo",
		"Sun 01:00-03:30 Europe/Berlin", "daily 00:00-24:00 UTC",
	}
	in, out := 0, 0
	for range 400 {
		h := hours(t, spans[random.IntN(len(spans))])
		w := staged(t, FirstLine, rollout.BusinessHours, "")
		w.Settings.Services = map[string]ServiceSettings{"checkout": {Stage: rollout.BusinessHours, Hours: h}}
		w.Now = time.Date(2026, 10, 22, 0, random.IntN(8*24*60), 0, 0, time.UTC)
		for n := range w.OnCalls {
			w.OnCalls[n].Start, w.OnCalls[n].End = time.Time{}, time.Time{}
		}
		for kind, g := range stageKinds() {
			r := Request{Action: Escalate, Groups: []triage.Group{g}, Reason: "why"}
			p := NewPlan(r, w)
			if h.Covers(w.Now) {
				in++
				if strings.Contains(p.Refused, "hours") || len(p.Confirm) > 0 {
					t.Fatalf("%s at %s, %s: %q %q", kind, w.Now, h, p.Refused, p.Confirm)
				}
				if i := p.Items[0]; i.Sends() && i.Steps[0].Kind != StepAcknowledge && i.So == "" && !h.Next(w.Now).Equal(i.Before) {
					t.Fatalf("%s at %s, %s: it holds until %s", kind, w.Now, h, i.Before)
				}
				continue
			}
			out++
			if len(wokenDevelopers(p)) > 0 || p.Ready() && p.Items[0].So == "" {
				t.Fatalf("%s at %s, %s is sent:\n%s", kind, w.Now, h, strings.Join(p.Lines(), "\n"))
			}
			if why := WhyNever(r, w); why != p.Refused && g.State != triage.Resolved {
				t.Fatalf("%s: before anything is written %q, then %q", kind, why, p.Refused)
			}
		}
	}
	if in < 100 || out < 100 {
		t.Errorf("%d times within the hours, %d outside", in, out)
	}
}

// TestUndoInAStage: what gives an incident back to developers is not undone outside
// their hours, and in shadow nothing that notifies is.
func TestUndoInAStage(t *testing.T) {
	g := fixture.GroupOf(fixture.Incident("I1"))
	g.Incident.AssignedVia = sources.AssignedByPolicy
	w := testData(Developer)
	done := NewPlan(Request{Action: Escalate, Groups: []triage.Group{g}, Reason: "why"}, w)
	results := []Result{{Outcome: Done, Incident: g.Incident}}
	if p, _ := UndoOf(done, results, w, Facts{}); !p.Ready() || len(wokenDevelopers(p)) == 0 {
		t.Fatalf("the undo wakes nobody:\n%s", strings.Join(p.Lines(), "\n"))
	}
	for _, tt := range []struct {
		stage rollout.Stage
		hours string
		ready bool
		says  string
	}{
		{rollout.Shadow, "", false, "stage shadow"},
		{rollout.BusinessHours, outHours, false, "In the stage business-hours"},
		{rollout.BusinessHours, inHours, true, "are notified until Sun 05:00"},
		{rollout.Full, outHours, true, ""},
	} {
		w := staged(t, Developer, tt.stage, tt.hours)
		p, _ := UndoOf(done, results, w, Facts{})
		text := strings.Join(p.Lines(), "\n")
		if p.Ready() != tt.ready || !strings.Contains(text, tt.says) || !tt.ready && len(p.Recipients) > 0 {
			t.Errorf("%s, %s:\n%s", tt.stage, tt.hours, text)
		}
	}
}

// TestLate: a plan that wakes developers holds until their hours end.
func TestLate(t *testing.T) {
	g := fixture.GroupOf(fixture.Incident("I1"))
	for _, stage := range []rollout.Stage{rollout.Full, rollout.BusinessHours} {
		w := staged(t, FirstLine, stage, inHours)
		i := NewPlan(Request{Action: Escalate, Groups: []triage.Group{g}, Reason: "why"}, w).Items[0]
		end := time.Date(2026, 11, 22, 5, 0, 0, 0, time.UTC)
		if i.Late(end.Add(-time.Second)) != "" || !strings.HasPrefix(i.Late(end), "The hours of its developers ended at Sun 05:00 UTC") {
			t.Errorf("%s: %q, %q", stage, i.Late(end.Add(-time.Second)), i.Late(end))
		}
	}
	w := staged(t, Developer, rollout.BusinessHours, inHours)
	if i := NewPlan(Request{Action: Escalate, Groups: []triage.Group{g}, Reason: "why"}, w).Items[0]; !i.Sends() || !i.Before.IsZero() {
		t.Errorf("to first line only until %s", i.Before)
	}
}

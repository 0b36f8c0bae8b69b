package execute_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"firstline/internal/execute"
	"firstline/internal/faults"
	"firstline/internal/notetext"
	"firstline/internal/respond"
	"firstline/internal/triage"
	"firstline/sources"
	"firstline/sources/demo"
	"firstline/sources/pagerduty"
)

// account is the stand-in for PagerDuty over real HTTP, with two responders.
type account struct {
	t  *testing.T
	pd *demo.PagerDuty
	// toPagerDuty are the requests to it.
	toPagerDuty *faults.Injector
	url         string
	dana, ann   *pagerduty.Client
	ahead       atomic.Int64 // of the clock
}

func newAccount(t *testing.T) *account {
	t.Helper()
	now := time.Now()
	shift := func(user string) []demo.Shift {
		return []demo.Shift{{UserID: user, Start: now.Add(-time.Hour), End: now.Add(time.Hour)}}
	}
	a := &account{t: t}
	pd := demo.NewPagerDuty(demo.PagerDutyOptions{Now: a.now, Directory: demo.Directory{
		Users: []demo.User{
			{ID: "UDANA", Name: "Dana Reyes", Email: "dana@example.com", TimeZone: "Europe/Berlin"},
			{ID: "UANN", Name: "Ann Berg", Email: "ann@example.com", TimeZone: "America/New_York"},
			{ID: "UBO", Name: "Bo Larsen", Email: "bo@example.com", TimeZone: "Asia/Tokyo"},
		},
		Teams: []demo.Team{{ID: "TPAY", Name: "Payments", Members: []string{"UANN"}}},
		Schedules: []demo.Schedule{
			{ID: "SPAY", Name: "Payments primary", TimeZone: "UTC", Shifts: shift("UANN")},
			{ID: "SOPS", Name: "Ops primary", TimeZone: "UTC", Shifts: shift("UBO")},
		},
		Policies: []demo.Policy{
			{ID: "PPAY", Name: "Payments on call", TeamID: "TPAY", Levels: []demo.PolicyLevel{{Delay: 30 * time.Minute, ScheduleIDs: []string{"SPAY"}}, {UserIDs: []string{"UDANA"}}}},
			{ID: "POPS", Name: "Ops first line", Levels: []demo.PolicyLevel{{Delay: 30 * time.Minute, ScheduleIDs: []string{"SOPS"}}}},
		},
		Services:   []demo.Service{{ID: "SCHK", Name: "checkout", PolicyID: "PPAY", RoutingKey: strings.Repeat("a", 32)}},
		Priorities: []demo.Priority{{ID: "PP1", Name: "P1"}, {ID: "PP2", Name: "P2"}},
		Tokens:     map[string]string{"dana": "UDANA", "ann": "UANN"},
	}})
	server := httptest.NewServer(pd)
	t.Cleanup(server.Close)
	a.pd, a.toPagerDuty, a.url = pd, faults.Into(pd), server.URL
	client := func(who string) *pagerduty.Client {
		c, err := pagerduty.New(pagerduty.Options{URL: server.URL, Token: who, Email: who + "@example.com"})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	a.dana, a.ann = client("dana"), client("ann")
	return a
}

// now is the time of PagerDuty, and of whoever asks for it.
func (a *account) now() time.Time { return sources.Now().Add(time.Duration(a.ahead.Load())) }

// waits turns the clock to when nothing comes about any more that was sent before.
func (a *account) waits() { a.ahead.Add(int64(6 * time.Minute)) }

// trigger opens an incident as an Alertmanager would.
func (a *account) trigger(key string) {
	a.t.Helper()
	body := fmt.Sprintf(`{"routing_key":"%s","event_action":"trigger","dedup_key":"%s","payload":{"summary":"Checkout errors","source":"test","severity":"critical"}}`,
		strings.Repeat("a", 32), key)
	resp, err := http.Post(a.url+"/v2/enqueue", "application/json", strings.NewReader(body))
	if err != nil {
		a.t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusAccepted {
		a.t.Fatalf("the event got %s", resp.Status)
	}
}

// see is what Dana's screen knows: her planData, and a group for each incident.
func (a *account) see(role respond.Role) (respond.Data, []triage.Group) {
	a.t.Helper()
	snap := sources.ReadOnce(context.Background(), a.dana)
	if snap.Err != nil {
		a.t.Fatal(snap.Err)
	}
	w := respond.NewData([]sources.Snapshot{snap}, respond.Settings{
		Role: role, Email: "dana@example.com", FirstLineName: "first line", FirstLinePolicy: "Ops first line", HasPagerDuty: true,
	}, time.Now())
	var groups []triage.Group
	for _, i := range snap.Data.Incidents {
		groups = append(groups, triage.Group{
			ID: i.ID, Title: i.Title, Service: i.Service.Name, Since: i.CreatedAt, Incident: &i, ServiceID: i.Service.ID, OwnerPolicyID: "PPAY",
		})
	}
	return w, groups
}

func (a *account) doer() *execute.Doer {
	return &execute.Doer{
		Incidents: a.dana, Email: "dana@example.com",
		Wait: noWait,
	}
}

func noWait(ctx context.Context, _ time.Duration) error { return ctx.Err() }

// do plans and does what Dana asks for on all that is open.
func (a *account) do(role respond.Role, r respond.Request) (respond.Plan, []respond.Result) {
	a.t.Helper()
	w, groups := a.see(role)
	if r.Groups == nil {
		r.Groups = groups
	}
	if lines := r.Tried[""]; lines != nil { // of the only group
		r.Tried = map[string][]string{r.Groups[0].ID: lines}
	}
	p := respond.NewPlan(r, w)
	if !p.Ready() {
		a.t.Fatalf("not ready: %s", strings.Join(p.Lines(), "\n"))
	}
	return p, a.doer().Do(context.Background(), p, nil)
}

func (a *account) incident(id string) sources.Incident {
	a.t.Helper()
	i, err := a.ann.Incident(context.Background(), id)
	if err != nil {
		a.t.Fatal(err)
	}
	return i
}

func (a *account) notes(id string) []string {
	a.t.Helper()
	notes, err := a.ann.Notes(context.Background(), id)
	if err != nil {
		a.t.Fatal(err)
	}
	var texts []string
	for _, n := range notes {
		// Each has the mark of its attempt, which no preview can know.
		text := notetext.Unmarked(n.Content)
		if !strings.HasPrefix(n.Content[len(text):], "\n\n(firstline ") && !strings.HasPrefix(text, "Resolution Note: ") {
			a.t.Errorf("the note has no mark: %q", n.Content)
		}
		texts = append(texts, text)
	}
	return texts
}

func assignees(i sources.Incident) string {
	var names []string
	for _, a := range i.Assignments {
		names = append(names, a.User.Name)
	}
	return strings.Join(names, ",")
}

func parse(t *testing.T, s string) respond.Target {
	t.Helper()
	target, err := respond.ParseTarget(s)
	if err != nil {
		t.Fatal(err)
	}
	return target
}

func TestActionsOverHTTP(t *testing.T) {
	tests := []struct {
		name     string
		role     respond.Role
		r        respond.Request
		to       string
		sentence string
		status   sources.IncidentStatus
		policy   string
		with     string
		note     string
	}{
		{"acknowledge", respond.Developer, respond.Request{Action: respond.Acknowledge}, "", "Acknowledged #1 Checkout errors.", sources.Acknowledged, "PPAY", "Ann Berg", ""},
		{"escalate to first line", respond.Developer, respond.Request{Action: respond.Escalate, Reason: "rollback did not help"}, "", "Escalated to Ops first line: now assigned to Bo Larsen.", sources.Triggered, "POPS", "Bo Larsen", "Why: rollback did not help"},
		{"escalate to owner", respond.FirstLine, respond.Request{Action: respond.Escalate, Reason: "runbook did not help", Tried: map[string][]string{"": {"restarted"}}}, "", "Escalated to Payments on call: now assigned to Ann Berg.", sources.Triggered, "PPAY", "Ann Berg", "Tried:\n- restarted"},
		{"hand off to a person", respond.Developer, respond.Request{Action: respond.HandOff, Reason: "my shift ends"}, "user:bo@example.com", "Handed off: now assigned to Bo Larsen.", sources.Triggered, "PPAY", "Bo Larsen", "Why: my shift ends"},
		{"hand off to myself", respond.Developer, respond.Request{Action: respond.HandOff, Reason: "I know it"}, "user:dana@example.com", "Handed off: now assigned to you.", sources.Triggered, "PPAY", "Dana Reyes", "Why: I know it"},
		{"hand off to a team", respond.Developer, respond.Request{Action: respond.HandOff, Reason: "it is theirs"}, "team:Payments", "Handed off to Payments on call: now assigned to Ann Berg.", sources.Triggered, "PPAY", "Ann Berg", "Dana Reyes (dana@example.com) asks to hand this off to Payments"},
		{"note", respond.Developer, respond.Request{Action: respond.AddNote, Reason: "looking\ninto it"}, "", "The note is on the incident.", sources.Triggered, "PPAY", "Ann Berg", "looking\ninto it"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := newAccount(t)
			a.trigger("k1")
			if tt.to != "" {
				tt.r.Target = parse(t, tt.to)
			}
			p, results := a.do(tt.role, tt.r)
			if results[0].Outcome != respond.Done || results[0].Sentence != tt.sentence {
				t.Fatalf("= %+v", results[0])
			}
			i := a.incident(results[0].GroupID)
			if i.Status != tt.status || i.Policy.ID != tt.policy || assignees(i) != tt.with {
				t.Errorf("the incident is %s at %s with %s", i.Status, i.Policy.ID, assignees(i))
			}
			notes := a.notes(i.ID)
			if tt.note == "" {
				if len(notes) > 0 {
					t.Errorf("notes = %q", notes)
				}
				return
			}
			if len(notes) != 1 || !strings.Contains(notes[0], tt.note) || notes[0] != p.Note {
				t.Errorf("notes = %q", notes)
			}
		})
	}
}

func TestAlertsOverHTTP(t *testing.T) {
	group := triage.Group{ID: "0123456789ab", Title: "DiskFull", Service: "checkout", ServiceID: "SCHK", OwnerPolicyID: "PPAY", State: triage.Firing}
	for _, tt := range []struct {
		r      respond.Request
		to     string
		status sources.IncidentStatus
		with   string
	}{
		{respond.Request{Action: respond.Escalate, Reason: "nobody was notified"}, "", sources.Triggered, "Bo Larsen"},
		{respond.Request{Action: respond.HandOff, Reason: "nobody was notified"}, "user:UANN", sources.Triggered, "Ann Berg"},
		{respond.Request{Action: respond.HandOff, Reason: "nobody was notified"}, "team:TPAY", sources.Triggered, "Ann Berg"},
		{respond.Request{Action: respond.Acknowledge, Instead: respond.ByIncident}, "", sources.Acknowledged, "Dana Reyes"},
	} {
		a := newAccount(t)
		tt.r.Groups = []triage.Group{group}
		if tt.to != "" {
			tt.r.Target = parse(t, tt.to)
		}
		p, results := a.do(respond.Developer, tt.r)
		if results[0].Outcome != respond.Done || results[0].IncidentID == "" {
			t.Fatalf("%s: %+v", tt.r.Action, results[0])
		}
		i := a.incident(results[0].IncidentID)
		if i.Status != tt.status || i.Key != "0123456789ab" || assignees(i) != tt.with {
			t.Errorf("%s: %s, key %s, with %s", tt.r.Action, i.Status, i.Key, assignees(i))
		}
		if notes := a.notes(i.ID); len(notes) != 1 || notes[0] != p.Note {
			t.Errorf("%s: notes = %q", tt.r.Action, notes)
		}
		// Doing it again is once.
		again := a.doer().Do(context.Background(), p, nil)[0]
		if again.Outcome != respond.Already {
			t.Errorf("%s again: %+v", tt.r.Action, again)
		}
		if _, groups := a.see(respond.Developer); len(groups) != 1 || len(a.notes(i.ID)) != 1 {
			t.Errorf("%s again made %d incidents", tt.r.Action, len(groups))
		}
	}
}

// mergeAway has Ann merge an incident into another one.
func (a *account) mergeAway(id string) error {
	a.trigger("another")
	snap := sources.ReadOnce(context.Background(), a.ann)
	for _, i := range snap.Data.Incidents {
		if i.ID != id {
			return a.ann.Merge(context.Background(), i.ID, id)
		}
	}
	return fmt.Errorf("there is no other incident: %w", snap.Err)
}

func TestRacesOverHTTP(t *testing.T) {
	ctx := context.Background()
	for _, tt := range []struct {
		name     string
		action   respond.Action
		race     func(a *account, id string) error
		outcome  respond.Outcome
		sentence string
	}{
		{"ack, Ann was faster", respond.Acknowledge, func(a *account, id string) error { return a.ann.Acknowledge(ctx, id) }, respond.Already, "Already acknowledged by Ann Berg"},
		{"ack, resolved", respond.Acknowledge, func(a *account, id string) error { return a.ann.Resolve(ctx, "", id) }, respond.Already, "Already resolved by Ann Berg"},
		{"escalate, resolved", respond.Escalate, func(a *account, id string) error { return a.ann.Resolve(ctx, "", id) }, respond.Already, "Already resolved by Ann Berg"},
		{"escalate, Ann has it", respond.Escalate, func(a *account, id string) error { return a.ann.Acknowledge(ctx, id) }, respond.Refused, "now acknowledged by Ann Berg"},
		{"escalate, reassigned", respond.Escalate, func(a *account, id string) error { return a.ann.Assign(ctx, []string{"UBO"}, id) }, respond.Refused, "now assigned to Bo Larsen"},
		{"resolve, Ann has it", respond.Resolve, func(a *account, id string) error { return a.ann.Acknowledge(ctx, id) }, respond.Refused, "now acknowledged by Ann Berg"},
		{"resolve, resolved", respond.Resolve, func(a *account, id string) error { return a.ann.Resolve(ctx, "", id) }, respond.Already, "Already resolved by Ann Berg"},
		{"next level, reassigned", respond.NextLevel, func(a *account, id string) error { return a.ann.Assign(ctx, []string{"UBO"}, id) }, respond.Refused, "now assigned to Bo Larsen"},
		{"escalate, merged", respond.Escalate, func(a *account, id string) error { return a.mergeAway(id) }, respond.Already, "resolved"},
		{"ack, merged", respond.Acknowledge, func(a *account, id string) error { return a.mergeAway(id) }, respond.Already, "resolved"},
		{"escalate, escalated", respond.Escalate, func(a *account, id string) error { return a.ann.SetPolicy(ctx, "POPS", id) }, respond.Already, "Already with Ops first line: assigned to Bo Larsen."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := newAccount(t)
			a.trigger("k1")
			w, groups := a.see(respond.Developer)
			p := respond.NewPlan(respond.Request{Action: tt.action, Groups: groups, Reason: "why"}, w)
			if err := tt.race(a, groups[0].ID); err != nil {
				t.Fatal(err)
			}
			a.toPagerDuty.ForgetRequests()
			got := a.doer().Do(ctx, p, nil)[0]
			if got.Outcome != tt.outcome || !strings.Contains(got.Sentence, tt.sentence) {
				t.Errorf("= %+v", got)
			}
			for _, r := range a.toPagerDuty.Requests() {
				if r.Method != http.MethodGet {
					t.Errorf("sent %s %s", r.Method, r.Path)
				}
			}
		})
	}
}

// racing has somebody resolve an incident just before an acknowledgement
// arrives.
type racing struct {
	once  sync.Once
	first func()
}

func (r *racing) RoundTrip(q *http.Request) (*http.Response, error) {
	if q.Method == http.MethodPut && q.URL.Path == "/incidents" {
		r.once.Do(r.first)
	}
	return http.DefaultTransport.RoundTrip(q)
}

// An acknowledgement that overtakes a resolve is refused, or opens the incident
// again: both are said.
func TestAcknowledgingWhatIsJustResolvedOverHTTP(t *testing.T) {
	for _, reopens := range []bool{false, true} {
		a := newAccount(t)
		a.pd.SetAccount(demo.Account{Reopens: reopens})
		a.trigger("k1")
		w, groups := a.see(respond.Developer)
		p := respond.NewPlan(respond.Request{Action: respond.Acknowledge, Groups: groups}, w)
		c, err := pagerduty.New(pagerduty.Options{URL: a.url, Token: "dana", Email: "dana@example.com", Transport: &racing{first: func() {
			if err := a.ann.Resolve(t.Context(), "", groups[0].ID); err != nil {
				t.Error(err)
			}
		}}})
		if err != nil {
			t.Fatal(err)
		}
		d := a.doer()
		d.Incidents = c
		got := d.Do(t.Context(), p, nil)[0]
		outcome, says := respond.Already, regexp.MustCompile("Already resolved by Ann Berg")
		if reopens { // some seconds ago on a machine that is busy
			outcome, says = respond.Done, regexp.MustCompile(`It was resolved by Ann Berg (just now|\d+ s ago), and the acknowledgement opened it again: now assigned to you\.`)
		}
		if got.Outcome != outcome || !says.MatchString(got.Sentence) {
			t.Errorf("reopens %v: %s: %s", reopens, got.Outcome, got.Sentence)
		}
	}
}

// Every write whose answer is lost, or that is lost itself, ends in what is
// true: no second page, no second note.
func TestLostOverHTTP(t *testing.T) {
	for _, action := range []respond.Action{respond.Acknowledge, respond.Escalate, respond.AddNote} {
		for _, path := range []string{"/incidents", "/incidents/"} {
			for _, before := range []bool{true, false} {
				method := http.MethodPut
				if path == "/incidents/" {
					method = http.MethodPost // the note
				}
				if action == respond.Acknowledge && method == http.MethodPost || action == respond.AddNote && method == http.MethodPut {
					continue
				}
				t.Run(fmt.Sprintf("%s %s before=%v", action, method, before), func(t *testing.T) {
					a := newAccount(t)
					a.trigger("k1")
					w, groups := a.see(respond.Developer)
					p := respond.NewPlan(respond.Request{Action: action, Groups: groups, Reason: "why"}, w)
					a.toPagerDuty.Fail(faults.Fault{Method: method, Path: path, Times: 1, CutBefore: before, CutAfter: !before})
					got := a.doer().Do(context.Background(), p, nil)[0]
					id := groups[0].ID
					i, notes := a.incident(id), a.notes(id)
					happened := map[respond.Action]bool{
						respond.Acknowledge: i.Status == sources.Acknowledged,
						respond.Escalate:    i.Policy.ID == "POPS",
						respond.AddNote:     len(notes) == 1,
					}[action]
					if want := map[bool]respond.Outcome{true: respond.Done, false: respond.Unknown}[happened]; got.Outcome != want {
						t.Errorf("happened %v, but %s: %q", happened, got.Outcome, got.Sentence)
					}
					if !before && !happened {
						t.Errorf("it was handled, but %q", got.Sentence)
					}
					if len(notes) > 1 || len(notes) == 1 && notes[0] != p.Note {
						t.Errorf("notes = %q", notes)
					}
					entries, _, err := a.ann.LogEntries(context.Background(), id)
					if err != nil {
						t.Fatal(err)
					}
					escalations := slices.DeleteFunc(entries, func(e sources.LogEntry) bool { return e.Type != "escalate" })
					if len(escalations) > 1 {
						t.Errorf("escalated %d times", len(escalations))
					}
				})
			}
		}
	}
}

func TestBulkOverHTTP(t *testing.T) {
	a := newAccount(t)
	for n := range 12 {
		a.trigger(fmt.Sprint("k", n))
	}
	w, groups := a.see(respond.Developer)
	p := respond.NewPlan(respond.Request{Action: respond.Acknowledge, Groups: groups}, w)
	if err := a.ann.Resolve(context.Background(), "", groups[4].ID); err != nil {
		t.Fatal(err)
	}
	results := a.doer().Do(context.Background(), p, nil)
	if results[4].Outcome != respond.Already || execute.Summarise(results) != "11 done, 1 already" || execute.ExitStatus(results) != 0 {
		t.Errorf("= %s", execute.Summarise(results))
	}
	for n, g := range groups {
		if i := a.incident(g.ID); n != 4 && (i.Status != sources.Acknowledged || len(i.Acknowledgers) != 1) {
			t.Errorf("%s is %s", g.ID, i.Status)
		}
	}
}

func TestSentencesOverHTTP(t *testing.T) {
	for _, tt := range []struct {
		name     string
		fault    faults.Fault
		sentence string
	}{
		{"403", faults.Fault{Method: http.MethodPut, Status: 403, Body: `{"error":{"code":2010,"message":"Forbidden"}}`}, "you have no right to do this in PagerDuty"},
		{"402", faults.Fault{Method: http.MethodPut, Status: 402, Body: `{"error":{"code":2014,"message":"no"}}`}, "plan does not include it"},
		{"1015", faults.Fault{Method: http.MethodPut, Status: 400, Body: `{"error":{"code":1015,"message":"no"}}`}, "nobody is on call there"},
		{"401", faults.Fault{Method: http.MethodPut, Status: 401, Body: `{"error":{"code":2006,"message":"no"}}`}, "did not accept the token"},
		{"502 page", faults.Fault{Method: http.MethodPut, Status: 502, Body: "<html>Bad gateway</html>"}, "The answer to the escalation was lost. PagerDuty does not show it yet"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := newAccount(t)
			a.trigger("k1")
			w, groups := a.see(respond.Developer)
			p := respond.NewPlan(respond.Request{Action: respond.Escalate, Groups: groups, Reason: "why"}, w)
			tt.fault.Header = http.Header{"Content-Type": {"application/json"}}
			if strings.HasPrefix(tt.fault.Body, "<") {
				tt.fault.Header = http.Header{"Content-Type": {"text/html"}}
			}
			a.toPagerDuty.Fail(tt.fault)
			got := a.doer().Do(context.Background(), p, nil)[0]
			if want := map[bool]respond.Outcome{true: respond.Unknown, false: respond.Failed}[tt.fault.Status >= 500]; got.Outcome != want || !strings.HasPrefix(got.Sentence, "The note is on the incident. ") || !strings.Contains(got.Sentence, tt.sentence) {
				t.Errorf("= %s %q", got.Outcome, got.Sentence)
			}
			if i := a.incident(groups[0].ID); i.Policy.ID != "PPAY" {
				t.Errorf("now at %s", i.Policy.ID)
			}
			// What failed is over: trying again is another attempt, with its own
			// note.
			a.toPagerDuty.Mend()
			if again := a.doer().Do(context.Background(), p, nil)[0]; again.Outcome != respond.Done || len(a.notes(groups[0].ID)) != 2 {
				t.Errorf("again: %+v, %d notes", again, len(a.notes(groups[0].ID)))
			}
		})
	}
}

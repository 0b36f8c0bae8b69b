package pagerduty_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"firstline/internal/faults"
	"firstline/sources"
	"firstline/sources/demo"
	"firstline/sources/pagerduty"
)

const (
	userToken    = "token-of-ann"
	accountToken = "token-of-the-account"
)

// directory returns a small account: payments builds checkout, ops is first
// line.
func directory(now time.Time) demo.Directory {
	return demo.Directory{
		Users: []demo.User{
			{ID: "PUANN01", Name: "Ann", Email: "ann@example.com", TimeZone: "Europe/Berlin"},
			{ID: "PUBOB01", Name: "Bob", Email: "bob@example.com", TimeZone: "Asia/Kolkata"},
			{ID: "PUEVE01", Name: "Eve", Email: "eve@example.com", TimeZone: "Europe/London"},
		},
		Teams:     []demo.Team{{ID: "PTPAY01", Name: "payments", Members: []string{"PUANN01"}}, {ID: "PTOPS01", Name: "ops"}},
		Schedules: []demo.Schedule{{ID: "PSOPS01", Name: "Desk", TimeZone: "Asia/Kolkata", Shifts: []demo.Shift{{UserID: "PUBOB01", Start: now.Add(-time.Hour), End: now.Add(time.Hour)}}}},
		Policies: []demo.Policy{
			{ID: "PEPAY01", Name: "Payments", TeamID: "PTPAY01", Loops: 2, Levels: []demo.PolicyLevel{
				{Delay: 10 * time.Minute, UserIDs: []string{"PUANN01"}}, {Delay: 20 * time.Minute, UserIDs: []string{"PUEVE01"}},
			}},
			{ID: "PEOPS01", Name: "First line", TeamID: "PTOPS01", Levels: []demo.PolicyLevel{{Delay: 10 * time.Minute, ScheduleIDs: []string{"PSOPS01"}}}},
			{ID: "PENOBOD", Name: "Nobody"},
		},
		Services:   []demo.Service{{ID: "PVCHECK", Name: "checkout", PolicyID: "PEPAY01", TeamIDs: []string{"PTPAY01"}, RoutingKey: "0123456789abcdef0123456789abcdef", AckTimeout: 30 * time.Minute}},
		Priorities: []demo.Priority{{ID: "PPRIO01", Name: "P1", Color: "a8171c"}},
		Tokens:     map[string]string{userToken: "PUANN01", accountToken: ""},
	}
}

// account is a stand-in with a client of it.
type account struct {
	*demo.PagerDuty
	*faults.Injector // of the requests to it
	t                *testing.T
	server           *httptest.Server
	client           *pagerduty.Client
}

func newAccount(t *testing.T, o pagerduty.Options) *account {
	t.Helper()
	a := &account{PagerDuty: demo.NewPagerDuty(demo.PagerDutyOptions{Directory: directory(time.Now())}), t: t}
	a.Injector = faults.Into(a.PagerDuty)
	a.server = httptest.NewServer(a.PagerDuty)
	t.Cleanup(a.server.Close)
	if o.Token == "" {
		o.Token = userToken
	}
	o.URL = a.server.URL
	c, err := pagerduty.New(o)
	if err != nil {
		t.Fatal(err)
	}
	a.client = c
	return a
}

// event sends an Events v2 event with a key.
func (a *account) event(action, key, details string) {
	a.t.Helper()
	body := fmt.Sprintf(`{"routing_key":"0123456789abcdef0123456789abcdef","event_action":%q,"dedup_key":%q,"payload":{"summary":"alert %s","source":"am","severity":"critical","custom_details":%s},"links":[{"href":"https://example.com/graph","text":"graph"}]}`,
		action, key, key, details)
	r, err := http.Post(a.server.URL+"/v2/enqueue", "application/json", strings.NewReader(body))
	if err != nil {
		a.t.Fatal(err)
	}
	_ = r.Body.Close()
	if r.StatusCode != http.StatusAccepted {
		a.t.Fatalf("the event was answered with %d", r.StatusCode)
	}
}

func (a *account) read() sources.Data {
	a.t.Helper()
	d, err := a.client.Read(a.t.Context(), nil)
	if err != nil {
		a.t.Fatal(err)
	}
	return d
}

// only returns the only open incident.
func (a *account) only() sources.Incident {
	a.t.Helper()
	d := a.read()
	if len(d.Incidents) != 1 {
		a.t.Fatalf("%d incidents are open", len(d.Incidents))
	}
	return d.Incidents[0]
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestReadOfAnAccount(t *testing.T) {
	a := newAccount(t, pagerduty.Options{})
	a.event("trigger", "k1", `{"firing":[{"labels":{"alertname":"HighErrorRate"}}],"num_firing":1}`)
	d := a.read()
	if len(d.Incidents) != 1 || len(d.Warnings) != 0 {
		t.Fatalf("%d incidents, warnings %q", len(d.Incidents), d.Warnings)
	}
	i := d.Incidents[0]
	if i.Status != sources.Triggered || i.Service.Name != "checkout" || i.Policy.ID != "PEPAY01" || i.AlertCount != 1 || !i.AlertsRead ||
		len(i.Assignments) != 1 || i.Assignments[0].User.ID != "PUANN01" || i.CreatedAt.IsZero() || len(i.Teams) != 1 || len(i.Pending) == 0 {
		t.Errorf("the incident is %+v", i)
	}
	details, _ := i.Alerts[0].Details.(map[string]any)
	// The channel of the log entry does not contain the severity.
	if opened, err := a.client.Incident(t.Context(), i.ID); err != nil || opened.Alerts[0].Severity != "critical" || opened.Alerts[0].ID == "" {
		t.Errorf("opened it is %+v, %v", opened, err)
	}
	if i.Alerts[0].Key != "k1" || i.Alerts[0].Status != sources.Triggered || details["firing"] == nil ||
		!slices.Contains(i.Alerts[0].Links, sources.Link{Text: "graph", Href: "https://example.com/graph"}) {
		t.Errorf("its alert is %+v", i.Alerts[0])
	}
	if d.Me == nil || d.Me.ID != "PUANN01" || len(d.Users) != 3 || len(d.Teams) != 2 || len(d.Policies) != 3 {
		t.Errorf("me %+v, %d users, %d teams, %d policies", d.Me, len(d.Users), len(d.Teams), len(d.Policies))
	}
	if s := d.Services[0]; s.AckTimeout != 30*time.Minute || s.Policy.ID != "PEPAY01" {
		t.Errorf("the service is %+v", s)
	}
	if p := d.Policies[0]; p.Loops != 2 || len(p.Levels) != 2 || p.Levels[0].Delay != 10*time.Minute || p.Levels[0].Targets[0].ID != "PUANN01" {
		t.Errorf("the policy is %+v", p)
	}
	onCalls, _, err := a.client.OnCalls(t.Context(), "PEOPS01")
	if err != nil || len(onCalls) != 1 || onCalls[0].User.Name != "Bob" || onCalls[0].Schedule.ID != "PSOPS01" || onCalls[0].Level != 1 || onCalls[0].End.IsZero() {
		t.Errorf("on call are %+v, %v", onCalls, err)
	}
	policy, err := a.client.Policy(t.Context(), "PEOPS01")
	if err != nil || policy.Name != "First line" {
		t.Errorf("%+v %v", policy, err)
	}
	if _, err = a.client.Policy(t.Context(), "PEGONE1"); sources.ReasonOf(err) != sources.NotFound {
		t.Errorf("a policy that is not there: %v", err)
	}
}

func TestWhatOthersDoIsSeenByTheNextRead(t *testing.T) {
	a := newAccount(t, pagerduty.Options{})
	a.event("trigger", "k1", `{}`)
	i := a.only()
	if status := a.Do("PUBOB01", "PUT", "/incidents/"+i.ID, `{"incident":{"type":"incident","status":"acknowledged"}}`); status != 200 {
		t.Fatal(status)
	}
	a.event("trigger", "k2", `"words"`)
	a.ForgetRequests()
	d := a.read()
	if len(d.Incidents) != 2 {
		t.Fatalf("%d incidents", len(d.Incidents))
	}
	for _, i := range d.Incidents {
		switch i.Alerts[0].Key {
		case "k1":
			if i.Status != sources.Acknowledged || i.Acknowledgers[0].User.Name != "Bob" {
				t.Errorf("got %+v", i)
			}
		case "k2":
			if i.Alerts[0].Details != "words" {
				t.Errorf("details are %v", i.Alerts[0].Details)
			}
		}
	}
	for _, r := range a.Requests() {
		if r.Path == "/incidents" {
			t.Error("the whole list was read again")
		}
	}
	a.event("resolve", "k1", `{}`)
	if got := a.only(); got.Alerts[0].Key != "k2" {
		t.Errorf("open is %+v", got)
	}
}

func TestActionsOnAnIncident(t *testing.T) {
	a := newAccount(t, pagerduty.Options{Token: accountToken, Email: "ann@example.com"})
	a.event("trigger", "k1", `{}`)
	ctx, c, id := t.Context(), a.client, a.only().ID
	state := func() demo.IncidentState { return a.Incidents()[0] }

	must(t, c.Acknowledge(ctx, id))
	if s := state(); s.Status != "acknowledged" || !slices.Equal(s.Acknowledgers, []string{"PUANN01"}) {
		t.Errorf("after acknowledging: %+v", s)
	}
	if err := c.Acknowledge(ctx, id); sources.ReasonOf(err) != sources.AlreadyAcknowledged {
		t.Errorf("acknowledged twice: %v", err)
	}
	must(t, c.SetLevel(ctx, 2, id))
	if s := state(); s.Level != 2 || !slices.Equal(s.Assignees, []string{"PUEVE01"}) {
		t.Errorf("after the next level: %+v", s)
	}
	if err := c.SetLevel(ctx, 9, id); sources.ReasonOf(err) != sources.Rejected {
		t.Errorf("a level that is not there: %v", err)
	}
	must(t, c.SetPolicy(ctx, "PEOPS01", id))
	if s := state(); s.PolicyID != "PEOPS01" || s.Level != 1 || !slices.Equal(s.Assignees, []string{"PUBOB01"}) {
		t.Errorf("after escalating to first line: %+v", s)
	}
	if err := c.SetPolicy(ctx, "PENOBOD", id); sources.ReasonOf(err) != sources.NobodyOnCall {
		t.Errorf("a policy without anybody: %v", err)
	}
	must(t, c.Assign(ctx, []string{"PUEVE01"}, id))
	if s := state(); !slices.Equal(s.Assignees, []string{"PUEVE01"}) {
		t.Errorf("after assigning: %+v", s)
	}
	must(t, c.Move(ctx, id, "PVCHECK", "PEPAY01"))
	must(t, c.SetUrgency(ctx, "low", id))
	must(t, c.Snooze(ctx, id, time.Hour))
	must(t, c.AskResponders(ctx, id, "please join", []string{"PUEVE01"}, []string{"PEOPS01"}))
	note, err := c.AddNote(ctx, id, "restarted\nthe pods")
	if err != nil || note.User.ID != "PUANN01" || note.CreatedAt.IsZero() {
		t.Errorf("the note is %+v, %v", note, err)
	}
	notes, err := c.Notes(ctx, id)
	if err != nil || len(notes) != 1 || notes[0].Content != "restarted\nthe pods" {
		t.Errorf("notes are %+v, %v", notes, err)
	}
	entries, _, err := c.LogEntries(ctx, id)
	must(t, err)
	seen := map[string]sources.LogEntry{}
	for _, e := range entries {
		if _, ok := seen[e.Type]; !ok {
			seen[e.Type] = e
		}
	}
	if seen["annotate"].Note != "restarted\nthe pods" || seen["assign"].Assignees[0].ID != "PUEVE01" || seen["escalate"].Assignees == nil || seen["trigger"].ID == "" {
		t.Errorf("the history is %+v", entries)
	}
	i, err := c.Incident(ctx, id)
	if err != nil || i.Urgency != "low" || i.Status != sources.Acknowledged || !i.AlertsRead || len(i.Alerts) != 1 {
		t.Errorf("read back: %+v, %v", i, err)
	}
	must(t, c.Resolve(ctx, "scaled up", id))
	if s := state(); s.Status != "resolved" || s.Resolution != "scaled up" || s.Urgency != "low" {
		t.Errorf("after resolving: %+v", s)
	}
	if err := c.Resolve(ctx, "", id); sources.ReasonOf(err) != sources.AlreadyResolved {
		t.Errorf("resolved twice: %v", err)
	}
	if d := a.read(); len(d.Incidents) != 0 {
		t.Errorf("still open: %+v", d.Incidents)
	}
}

func TestOpenOnceAndOnceOnly(t *testing.T) {
	a := newAccount(t, pagerduty.Options{})
	n := sources.NewIncident{Title: "SearchLatencyHigh", Key: "0123456789ab", ServiceID: "PVCHECK", PolicyID: "PEOPS01", Urgency: "high", Details: "firing since 12:00"}
	first, err := a.client.Open(t.Context(), n)
	must(t, err)
	second, err := a.client.Open(t.Context(), n)
	must(t, err)
	if first.ID == "" || first.ID != second.ID || len(a.Incidents()) != 1 {
		t.Errorf("opened %s, then %s", first.ID, second.ID)
	}
	if s := a.Incidents()[0]; s.PolicyID != "PEOPS01" || !slices.Equal(s.Notes, []string{"firing since 12:00"}) || !slices.Equal(s.Assignees, []string{"PUBOB01"}) {
		t.Errorf("opened %+v", s)
	}
	// The answer is lost on the way back.
	a.Fail(faults.Fault{Method: "POST", Path: "/incidents", Times: 1, CutAfter: true})
	n.Key, n.Details = "another", ""
	third, err := a.client.Open(t.Context(), n)
	must(t, err)
	if len(a.Incidents()) != 2 || third.ID != a.Incidents()[1].ID {
		t.Errorf("a lost answer: %s of %+v", third.ID, a.Incidents())
	}
	must(t, a.client.Merge(t.Context(), first.ID, third.ID))
	if err := a.client.Acknowledge(t.Context(), third.ID); sources.ReasonOf(err) != sources.AlreadyMerged {
		t.Errorf("acknowledging a merged one: %v", err)
	}
}

func TestAWriteWhoseAnswerIsLostIsNotRepeated(t *testing.T) {
	a := newAccount(t, pagerduty.Options{})
	a.event("trigger", "k1", `{}`)
	id := a.only().ID
	a.Fail(faults.Fault{Method: "POST", Times: 1, CutAfter: true})
	if _, err := a.client.AddNote(t.Context(), id, "once"); !sources.IsUnknown(err) {
		t.Errorf("got %v", err)
	}
	if s := a.Incidents()[0]; len(s.Notes) != 1 {
		t.Errorf("notes are %q", s.Notes)
	}
	a.Fail(faults.Fault{Method: "PUT", Times: 1, Truncate: true})
	if err := a.client.SetPolicy(t.Context(), "PEOPS01", id); !sources.IsUnknown(err) {
		t.Errorf("got %v", err)
	}
}

func TestTokensAndWhatIsMissing(t *testing.T) {
	for name, tc := range map[string]struct {
		o      pagerduty.Options
		reason sources.Reason // of acknowledging
		kind   pagerduty.TokenKind
		me     string
	}{
		"user":                      {pagerduty.Options{Token: userToken}, "", pagerduty.UserToken, "PUANN01"},
		"account":                   {pagerduty.Options{Token: accountToken, Email: "Bob@example.com"}, "", pagerduty.AccountToken, "PUBOB01"},
		"account, no email":         {pagerduty.Options{Token: accountToken}, sources.UnknownRequester, pagerduty.AccountToken, ""},
		"account, unknown email":    {pagerduty.Options{Token: accountToken, Email: "joe@example.com"}, sources.UnknownRequester, pagerduty.AccountToken, ""},
		"a token that is not known": {pagerduty.Options{Token: "wrong"}, sources.Unauthorized, pagerduty.UnknownToken, ""},
	} {
		t.Run(name, func(t *testing.T) {
			a := newAccount(t, tc.o)
			a.event("trigger", "k1", `{}`)
			r, err := a.client.Check(t.Context())
			if tc.kind == pagerduty.UnknownToken {
				if sources.ReasonOf(err) != sources.Unauthorized {
					t.Errorf("got %v", err)
				}
			} else if err != nil || r.Token != tc.kind || (r.Me == nil) != (tc.me == "") || (r.Me != nil && r.Me.ID != tc.me) || (len(r.Missing) > 0) != (tc.me == "") {
				t.Errorf("got %+v, %v", r, err)
			}
			if err := a.client.Acknowledge(t.Context(), a.Incidents()[0].ID); sources.ReasonOf(err) != tc.reason {
				t.Errorf("acknowledging: %v", err)
			}
		})
	}
}

func TestTeamsOfAnAccount(t *testing.T) {
	a := newAccount(t, pagerduty.Options{Teams: []string{"OPS"}})
	a.event("trigger", "k1", `{}`)
	if d := a.read(); len(d.Incidents) != 0 {
		t.Errorf("got %+v", d.Incidents)
	}
	b := newAccount(t, pagerduty.Options{Teams: []string{"payments"}})
	b.event("trigger", "k1", `{}`)
	b.only()
	b.event("trigger", "k2", `{}`)
	if d := b.read(); len(d.Incidents) != 2 {
		t.Errorf("got %+v", d.Incidents)
	}
}

package handover_test

import (
	"context"
	"fmt"
	"maps"
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
	"firstline/internal/handover"
	"firstline/internal/history"
	"firstline/internal/notetext"
	"firstline/internal/race"
	"firstline/internal/respond"
	"firstline/internal/triage"
	"firstline/sources"
	"firstline/sources/demo"
	"firstline/sources/pagerduty"
)

// fakePagerDuty is the stand-in for PagerDuty over HTTP, with Dana who acts and
// Ann who reads.
type fakePagerDuty struct {
	t      *testing.T
	server *demo.PagerDuty
	// toPagerDuty are the requests to it.
	toPagerDuty *faults.Injector
	url         string
	dana, ann   *pagerduty.Client
}

const routingKey = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

func newFakePagerDuty(t *testing.T) *fakePagerDuty {
	t.Helper()
	now := time.Now()
	shift := func(user string) []demo.Shift {
		return []demo.Shift{{UserID: user, Start: now.Add(-time.Hour), End: now.Add(time.Hour)}}
	}
	s := &fakePagerDuty{t: t, server: demo.NewPagerDuty(demo.PagerDutyOptions{RequestsPerMinute: 100_000, Directory: demo.Directory{
		Users: []demo.User{
			{ID: "UDANA", Name: "Dana Reyes", Email: "dana@example.com", TimeZone: "UTC"},
			{ID: "UANN", Name: "Ann Berg", Email: "ann@example.com", TimeZone: "UTC"},
			{ID: "UBO", Name: "Bo Larsen", Email: "bo@example.com", TimeZone: "UTC"},
		},
		Teams:     []demo.Team{{ID: "TPAY", Name: "Payments", Members: []string{"UANN"}}},
		Schedules: []demo.Schedule{{ID: "SPAY", Name: "Payments primary", TimeZone: "UTC", Shifts: shift("UANN")}, {ID: "SOPS", Name: "Ops primary", TimeZone: "UTC", Shifts: shift("UBO")}},
		Policies: []demo.Policy{
			{ID: "PPAY", Name: "Payments on call", TeamID: "TPAY", Levels: []demo.PolicyLevel{{Delay: 30 * time.Minute, ScheduleIDs: []string{"SPAY"}}, {UserIDs: []string{"UDANA"}}}},
			{ID: "POPS", Name: "Ops first line", Levels: []demo.PolicyLevel{{Delay: 30 * time.Minute, ScheduleIDs: []string{"SOPS"}}}},
		},
		Services:   []demo.Service{{ID: "SCHK", Name: "checkout", PolicyID: "PPAY", RoutingKey: routingKey}},
		Priorities: []demo.Priority{{ID: "PP1", Name: "P1"}, {ID: "PP2", Name: "P2"}},
		Abilities:  []string{"coordinated_responding"},
		Tokens:     map[string]string{"dana": "UDANA", "ann": "UANN"},
	}})}
	s.toPagerDuty = faults.Into(s.server)
	server := httptest.NewServer(s.server)
	t.Cleanup(server.Close)
	s.url = server.URL
	client := func(who string) *pagerduty.Client {
		c, err := pagerduty.New(pagerduty.Options{URL: s.url, Token: who, Email: who + "@example.com"})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	s.dana, s.ann = client("dana"), client("ann")
	return s
}

func (s *fakePagerDuty) trigger(key string) {
	s.t.Helper()
	body := fmt.Sprintf(`{"routing_key":%q,"event_action":"trigger","dedup_key":%q,"payload":{"summary":"Checkout errors","source":"test","severity":"critical"}}`, routingKey, key)
	resp, err := http.Post(s.url+"/v2/enqueue", "application/json", strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	_ = resp.Body.Close()
}

// see returns what Dana sees.
func (s *fakePagerDuty) see() (respond.Data, []triage.Group) {
	s.t.Helper()
	snap := sources.ReadOnce(context.Background(), s.dana)
	if snap.Err != nil {
		s.t.Fatal(snap.Err)
	}
	w := respond.NewData([]sources.Snapshot{snap}, respond.Settings{
		Email: "dana@example.com", FirstLineName: "first line", FirstLinePolicy: "Ops first line", HasPagerDuty: true,
	}, time.Now())
	var groups []triage.Group
	for _, i := range snap.Data.Incidents {
		groups = append(groups, triage.Group{
			ID: i.ID, Title: i.Title, Service: i.Service.Name, Since: i.CreatedAt, Incident: &i, ServiceID: i.Service.ID, OwnerPolicyID: "PPAY",
		})
	}
	slices.SortFunc(groups, func(a, b triage.Group) int { return a.Incident.Number - b.Incident.Number })
	return w, groups
}

// alertsID is the id of the group of alerts without an incident.
const alertsID = "0123456789ab"

// action is one action whose write is refused.
type action struct {
	r respond.Request
	// method and path identify the write that is refused; %s is the incident.
	method, path string
	alerts       bool // there is no incident before
}

func actions() map[string]action {
	const (
		put, post = http.MethodPut, http.MethodPost
	)
	bo := respond.Target{Kind: respond.ToUser, ID: "UBO"}
	all := map[string]action{
		"acknowledge":             {respond.Request{Action: respond.Acknowledge}, put, "/incidents", false},
		"escalate":                {respond.Request{Action: respond.Escalate}, put, "/incidents", false},
		"hand off to a person":    {respond.Request{Action: respond.HandOff, Target: bo}, put, "/incidents", false},
		"hand off to a team":      {respond.Request{Action: respond.HandOff, Target: respond.Target{Kind: respond.ToTeam, ID: "TPAY"}}, put, "/incidents", false},
		"ask to join":             {respond.Request{Action: respond.HandOff, Target: bo, Responders: true}, post, "/incidents/%s/responder_requests", false},
		"next level":              {respond.Request{Action: respond.NextLevel}, put, "/incidents", false},
		"note":                    {respond.Request{Action: respond.AddNote}, post, "/incidents/%s/notes", false},
		"resolve":                 {respond.Request{Action: respond.Resolve}, put, "/incidents", false},
		"snooze":                  {respond.Request{Action: respond.Snooze}, post, "/incidents/%s/snooze", false},
		"merge":                   {respond.Request{Action: respond.Merge}, put, "/incidents/", false},
		"urgency":                 {respond.Request{Action: respond.SetUrgency, Urgency: "low"}, put, "/incidents", false},
		"priority":                {respond.Request{Action: respond.SetPriority, PriorityID: "PP1"}, put, "/incidents", false},
		"escalate alerts":         {respond.Request{Action: respond.Escalate}, post, "/incidents", true},
		"hand alerts off":         {respond.Request{Action: respond.HandOff, Target: bo}, post, "/incidents", true},
		"acknowledge by incident": {respond.Request{Action: respond.Acknowledge, Instead: respond.ByIncident}, put, "/incidents", true},
	}
	for name, a := range maps.Clone(all) {
		if a.r.Action.Passes() || a.r.Action == respond.Acknowledge {
			own := a
			own.r.Note = map[respond.Action]string{
				respond.Acknowledge: "Acknowledged, I am on it.", respond.Escalate: "Escalated to Ops first line, they know it.",
				respond.HandOff: "Handed off to Bo Larsen, he knows the database.", respond.NextLevel: "Escalated to level 2.",
			}[a.r.Action]
			if a.r.Responders {
				own.r.Note = "Asked Bo Larsen to join, he knows the database."
			}
			all[name+", in own words"] = own
		}
	}
	return all
}

// refusals are PagerDuty's answers instead. Times 0 means always.
func refusals() map[string]faults.Fault {
	refusal := func(status, code int, message string) faults.Fault {
		return faults.Fault{Status: status, Body: fmt.Sprintf(`{"error":{"code":%d,"message":%q}}`, code, message), Header: http.Header{"Content-Type": {"application/json"}}}
	}
	all := map[string]faults.Fault{
		"1001": refusal(400, 1001, "Incident Already Resolved"), "1002": refusal(400, 1002, "Incident Already Acknowledged"),
		"1006": refusal(400, 1006, "Cannot escalate"), "1007": refusal(400, 1007, "Assignee Not Found"),
		"1008": refusal(400, 1008, "Requester User Not Found"), "1012": refusal(400, 1012, "Not acknowledged"),
		"1013": refusal(400, 1013, "Invalid snooze"), "1015": refusal(400, 1015, "Nobody on call"),
		"1018": refusal(403, 1018, "Not authorised"), "1019": refusal(400, 1019, "Incident already merged"),
		"2001": refusal(400, 2001, "Invalid Input Provided"), "401": refusal(401, 2006, "Unauthorized"),
		"402": refusal(402, 2014, "Account does not have the abilities"), "403": refusal(403, 2010, "Access Denied"),
		"404": refusal(404, 2100, "Not Found"), "409": refusal(409, 2001, "Conflict"), "422": refusal(422, 2001, "Unprocessable"),
		"429": refusal(429, 2020, "Rate Limit Exceeded"), "500": refusal(500, 2000, "Internal"), "503": refusal(503, 0, "Unavailable"),
		"502 as a web page": {Status: 502, Header: http.Header{"Content-Type": {"text/html"}}, Body: "<html><h1>502</h1></html>"},
		"empty answer":      {Status: 200}, "cut before": {CutBefore: true}, "cut after": {CutAfter: true}, "truncated": {Truncate: true},
	}
	limited := all["429"]
	limited.Header = http.Header{"Ratelimit-Reset": {"0"}}
	all["429"] = limited
	return all
}

// truth is what really happened to an incident, according to the stand-in.
type truth struct {
	opened, acknowledged, moved, joined, resolved, snoozed, merged, low, prioritized, noted bool
}

// truthOf compares an incident with its earlier state.
func (s *fakePagerDuty) truthOf(before *sources.Incident, id string) truth {
	s.t.Helper()
	now, err := s.ann.Incident(s.t.Context(), id)
	if err != nil {
		s.t.Fatal(err)
	}
	t := truth{
		opened: before == nil, acknowledged: len(now.Acknowledgers) > 0 || now.Status == sources.Acknowledged, joined: len(now.Asked) > 0,
		resolved: now.Status == sources.Resolved, merged: now.MergedInto != "", low: now.Urgency == "low", prioritized: now.Priority != nil,
		moved: before == nil,
	}
	for _, p := range now.Pending {
		t.snoozed = t.snoozed || p.Type == "unacknowledge" && time.Until(p.At) > 45*time.Minute
	}
	entries, _, err := s.ann.LogEntries(s.t.Context(), id)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, e := range entries {
		// The first assignment is PagerDuty's own.
		t.moved = t.moved || (e.Type == "assign" || e.Type == "escalate") && e.Agent.ID == "UDANA"
	}
	for _, i := range s.server.Incidents() {
		if i.ID == id {
			t.noted = len(i.Notes) > 0
		}
	}
	return t
}

// claims match sentences which say that something happened.
var claims = []struct {
	words *regexp.Regexp
	is    func(truth) bool
}{
	{regexp.MustCompile(`(?i)\bhanded off\b|\bescalated\b|\bgiven back\b`), func(t truth) bool { return t.moved }},
	{regexp.MustCompile(`(?i)\bset its escalation policy\b|\bassign it to\b|\bescalate it to level\b|\breassigned\b`), func(t truth) bool { return t.moved }},
	{regexp.MustCompile(`(?i)\backnowledged\b|\bset it acknowledged\b`), func(t truth) bool { return t.acknowledged }},
	{regexp.MustCompile(`(?i)\bresolved? (it|by)\b|^resolved\b`), func(t truth) bool { return t.resolved }},
	{regexp.MustCompile(`(?i)\bsnoozed?\b`), func(t truth) bool { return t.snoozed }},
	{regexp.MustCompile(`(?i)\bmerged?\b`), func(t truth) bool { return t.merged }},
	{regexp.MustCompile(`(?i)\burgency (changed|is)|make its urgency`), func(t truth) bool { return t.low }},
	{regexp.MustCompile(`(?i)\bpriority (changed|is)|make its priority`), func(t truth) bool { return t.prioritized }},
	{regexp.MustCompile(`(?i)\basked .* to join|was asked to join|\bask .* to join`), func(t truth) bool { return t.joined }},
	{regexp.MustCompile(`(?i)\bopen(ed)? an incident\b`), func(t truth) bool { return t.opened }},
	{regexp.MustCompile(`(?i)\badd the note\b`), func(t truth) bool { return t.noted }},
}

// noClaim matches sentences that state a wish, something unknown, or the
// content of another sentence.
var noClaim = regexp.MustCompile(`(?i)\basks to\b|asks .* to join|nobody has acknowledged|^why:|begun, and how it ended|\bwas lost\b`)

// judge returns the false claim in a sentence, or "". denied means that the
// text says it did not happen.
func judge(sentence string, t truth, denied bool) string {
	if noClaim.MatchString(sentence) {
		return ""
	}
	for _, c := range claims {
		if !c.words.MatchString(sentence) {
			continue
		}
		switch {
		case !denied && !c.is(t):
			return "it did not happen"
		case denied && c.is(t):
			return "it happened"
		}
	}
	return ""
}

// denial matches the correction of a note.
var denial = regexp.MustCompile(`did not happen`)

// judgeNotes judges the notes of an incident. A note that is corrected, or
// followed by a note that denies it, claims the contrary.
func judgeNotes(notes []string, t truth) (lies []string) {
	for n, note := range notes {
		about := note
		if n+1 < len(notes) && strings.HasPrefix(notes[n+1], "About the note above: ") {
			about += notes[n+1]
		}
		if strings.Contains(about, "It is not known whether this happened") {
			continue
		}
		denied := denial.MatchString(about)
		for line := range strings.Lines(note) {
			line = strings.TrimSpace(line)
			if denial.MatchString(line) {
				continue // the reason may name anything
			}
			if why := judge(line, t, denied); why != "" {
				lies = append(lies, fmt.Sprintf("the note says %q, but %s", line, why))
			}
		}
	}
	return lies
}

// judgeEvents judges the timeline. An action that failed must not have
// happened.
func judgeEvents(events []history.Event, notes []string, t truth) (lies []string) {
	for _, e := range events {
		text := e.Text
		denied := false
		switch e.Outcome {
		case respond.Failed, respond.Refused:
			denied = true
			text, _, _ = strings.Cut(text, ": ") // the action; then the reason
		case respond.Unknown, history.Unsettled, respond.Already:
			continue // it states a fact, or that nothing is known
		}
		if e.Kind == history.Noted && !denied {
			if !slices.ContainsFunc(notes, func(n string) bool { return strings.HasPrefix(notetext.Unmarked(n), strings.Split(text, "\n")[0]) }) {
				lies = append(lies, fmt.Sprintf("the timeline has a note %q that is not there", text))
			}
			continue
		}
		if !e.Person {
			continue
		}
		if why := judge(text, t, denied); why != "" {
			lies = append(lies, fmt.Sprintf("the timeline says %q (%s), but %s", e.Text, e.Outcome, why))
		}
	}
	return lies
}

// judgeHandover judges the text, section by section.
func judgeHandover(text string, t truth) (lies []string) {
	part := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if name, is := strings.CutPrefix(line, "## "); is {
			part = name
			continue
		}
		denied := part == "Tried, and not done"
		switch {
		case part == "Notes of this shift" || strings.HasPrefix(line, "- last note: "), strings.HasPrefix(part, "To check"):
			continue // text of a person, or an unknown outcome
		case denied:
			_, line, _ = strings.Cut(line, ": ") // the time and the action
			line, _, _ = strings.Cut(line, ": ")
		}
		if why := judge(line, t, denied); why != "" {
			lies = append(lies, fmt.Sprintf("the handover says under %q: %q, but %s", part, line, why))
		}
	}
	return lies
}

// Whatever PagerDuty refuses after the note, and whichever answer is lost: the
// notes, the timeline and the handover have no false sentence, for the person
// who acted and for another one.
func TestNothingIsClaimedThatDidNotHappen(t *testing.T) {
	var refused, came atomic.Int64
	var running sync.WaitGroup
	// Most of the time passes in waits that a 429 asks for.
	room := make(chan struct{}, 24)
	all, kinds, n := actions(), refusals(), 0
	for _, name := range slices.Sorted(maps.Keys(all)) {
		for _, fault := range slices.Sorted(maps.Keys(kinds)) {
			a, f := all[name], kinds[fault]
			for _, corrects := range []bool{true, false} {
				// Few faults suffice for the refusal to change a note.
				if !corrects && (a.r.Note == "" || !slices.Contains([]string{"1006", "1015", "403", "cut before", "cut after"}, fault)) {
					continue
				}
				if n++; !race.Plays(n, 5) {
					continue
				}
				running.Go(func() {
					room <- struct{}{}
					defer func() { <-room }()
					t.Run(fmt.Sprintf("%s, %s, corrects=%v", name, fault, corrects), func(t *testing.T) {
						if tried(t, a, f, corrects) {
							came.Add(1)
						} else {
							refused.Add(1)
						}
					})
				})
			}
		}
	}
	running.Wait()
	if !race.Enabled && (refused.Load() < 400 || came.Load() < 40) {
		t.Errorf("%d were refused and %d came about: the faults do not do what they should", refused.Load(), came.Load())
	}
}

// tried does one action under one fault, and judges every text about it. It
// reports whether the action happened.
func tried(t *testing.T, a action, f faults.Fault, corrects bool) bool {
	s := newFakePagerDuty(t)
	if !a.alerts {
		s.trigger("k1")
		s.trigger("k2")
	}
	w, groups := s.see()
	r := a.r
	r.Reason = "the rollback did not help"
	switch {
	case a.alerts:
		r.Groups = []triage.Group{{ID: alertsID, Title: "DiskFull", Service: "checkout", ServiceID: "SCHK", OwnerPolicyID: "PPAY", State: triage.Firing}}
	case len(groups) != 2:
		t.Fatalf("%d incidents are open", len(groups))
	default:
		r.Groups = groups[:1]
		r.Into = groups[1].ID
	}
	if r.Action == respond.Snooze {
		r.Until = time.Now().Add(time.Hour)
	}
	var err error
	if r.Facts, err = respond.ReadFacts(t.Context(), s.dana, r, w); err != nil {
		t.Fatal(err)
	}
	r.Confirmed = true
	p := respond.NewPlan(r, w)
	if !p.Ready() {
		t.Fatalf("not ready:\n%s", strings.Join(p.Lines(), "\n"))
	}
	f.Method, f.Path = a.method, strings.Replace(a.path, "%s", r.Groups[0].ID, 1)
	if a.method == http.MethodPost && a.path == "/incidents" {
		f.Times = 1 // the notes have the same beginning
	}
	s.toPagerDuty.Fail(f)
	if !corrects {
		s.toPagerDuty.Fail(faults.Fault{Method: http.MethodPut, Path: "/incidents/", Status: 403, Body: `{"error":{"code":2010,"message":"Access Denied"}}`})
	}
	journal := &execute.Memory{}
	d := &execute.Doer{
		Incidents: s.dana, Email: "dana@example.com", Journal: journal,
		Wait: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	}
	begin := time.Now()
	result := d.Do(t.Context(), p.Attempt(), nil)[0]
	s.toPagerDuty.Mend()

	id := r.Groups[0].ID
	if a.alerts {
		all, err := s.ann.IncidentsByKey(t.Context(), alertsID)
		if err != nil {
			t.Fatal(err)
		}
		if len(all) == 0 {
			if result.Outcome == respond.Done || result.Outcome == respond.Already {
				t.Errorf("nothing was opened, and it says %s: %s", result.Outcome, result.Sentence)
			}
			return false
		}
		id = all[0].ID
	}
	truth := s.truthOf(r.Groups[0].Incident, id)
	var notes []string
	for _, i := range s.server.Incidents() {
		if i.ID == id {
			notes = i.Notes
		}
	}
	lies := judgeNotes(notes, truth)

	// The view of each person afterwards.
	_, now := s.see()
	at := slices.IndexFunc(now, func(g triage.Group) bool { return g.ID == id })
	group := r.Groups[0]
	if at >= 0 {
		group = now[at]
	}
	users := []sources.User{{ID: "UDANA", Name: "Dana Reyes", Email: "dana@example.com"}}
	acts := journal.Writes()
	entries, extent, err := s.ann.Log(t.Context(), begin.Add(-time.Hour), time.Now())
	if err != nil || !extent.Whole() {
		t.Fatal(err, extent)
	}
	for who, journal := range map[string][]execute.Begun{"Dana": acts, "Ann": nil} {
		reader := history.Reader{Incidents: s.ann}
		if who == "Dana" {
			reader.Journal = journalOf(journal)
		}
		h, err := reader.Of(t.Context(), triage.Group{ID: id, Incident: &sources.Incident{ID: id, Key: group.ID}}, users)
		if err != nil {
			t.Fatal(err)
		}
		for _, lie := range judgeEvents(h.Events, notes, truth) {
			lies = append(lies, who+": "+lie)
		}
		// The other incident did not change. The judge looks at one incident
		// only.
		mine := slices.DeleteFunc(history.Merge(entries, nil, journal, users), func(e history.Event) bool { return e.GroupID != id && e.GroupID != group.ID })
		text := handover.Shift{By: who, Since: begin.Add(-time.Hour), Until: time.Now(), Begin: "b", Location: time.UTC, Groups: []triage.Group{group}, Events: mine}.Markdown()
		for _, lie := range judgeHandover(text, truth) {
			lies = append(lies, who+": "+lie)
		}
		if t.Failed() || len(lies) > 0 {
			t.Log(text)
		}
	}
	for _, lie := range lies {
		t.Error(lie)
	}
	if len(lies) > 0 {
		t.Logf("%s: %s\n%q", result.Outcome, result.Sentence, notes)
	}
	return result.Outcome == respond.Done
}

type journalOf []execute.Begun

func (j journalOf) Acts(context.Context, time.Time, ...string) ([]execute.Begun, error) {
	return j, nil
}

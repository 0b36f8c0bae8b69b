package execute

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"firstline/internal/respond"
	"firstline/internal/respond/fixture"
	"firstline/sources"
)

// many is a fake with n incidents, and their ids.
func many(n int) (*fixture.Fake, []string) {
	f := fixture.NewFake()
	var ids []string
	for k := range n {
		i := fixture.Incident(fmt.Sprintf("B%03d", k))
		f.Incidents[i.ID] = &i
		ids = append(ids, i.ID)
	}
	return f, ids
}

func outcomes(results []respond.Result) map[respond.Outcome]int {
	counts := map[respond.Outcome]int{}
	for _, r := range results {
		counts[r.Outcome]++
	}
	return counts
}

func TestManyAcknowledgementsAreFewRequests(t *testing.T) {
	f, ids := many(120)
	p := plan(t, respond.Request{Action: respond.Acknowledge, Groups: f.Groups(ids...)})
	results := doerOf(f).Do(context.Background(), p, nil)
	if n := outcomes(results)[respond.Done]; n != 120 {
		t.Errorf("%d done: %s", n, Summarise(results))
	}
	if n := strings.Count(f.Writes(), "ACK"); n != 3 {
		t.Errorf("%d requests", n)
	}
	for n, r := range results {
		if r.GroupID != ids[n] {
			t.Fatalf("result %d is of %s", n, r.GroupID)
		}
	}
}

func TestOneBadIncidentDoesNotStopTheOthers(t *testing.T) {
	f, ids := many(40)
	p := plan(t, respond.Request{Action: respond.Acknowledge, Groups: f.Groups(ids...)})
	// Gone between the look and the write, so that the whole request fails.
	f.Before["ACK"] = func() { delete(f.Incidents, ids[17]) }
	results := doerOf(f).Do(context.Background(), p, nil)
	if c := outcomes(results); c[respond.Done] != 39 || c[respond.Failed] != 1 || results[17].Outcome != respond.Failed {
		t.Errorf("%v: %s", c, Summarise(results))
	}
	for _, id := range ids {
		if i := f.Incidents[id]; i != nil && len(i.Acknowledgers) != 1 {
			t.Errorf("%s was acknowledged %d times", id, len(i.Acknowledgers))
		}
	}
	if got := ExitStatus(results); got != 3 {
		t.Errorf("exit status %d", got)
	}

	f, ids = many(4)
	p = plan(t, respond.Request{Action: respond.Escalate, Groups: f.Groups(ids...)})
	f.Troubles["POLICY"] = []fixture.Trouble{{}, {Err: fixture.RefusedWith(sources.ServerFailed)}}
	results = doerOf(f).Do(context.Background(), p, nil)
	if c := outcomes(results); c[respond.Done] != 3 || results[1].Outcome != respond.Failed {
		t.Errorf("%v: %s", c, Summarise(results))
	}
	if n := strings.Count(strings.Join(f.Calls, ";"), "oncalls"); n != 1 {
		t.Errorf("who is on call was asked %d times within a moment", n)
	}
}

// A lost answer for many is settled for each by looking, never by sending the
// request again or splitting it.
func TestLostAnswerForMany(t *testing.T) {
	for _, happens := range []bool{true, false} {
		f, ids := many(5)
		lost := &sources.Error{Reason: sources.ServerFailed, Sentence: "502", Unknown: true}
		p := plan(t, respond.Request{Action: respond.Acknowledge, Groups: f.Groups(ids...)})
		f.Troubles["ACK"] = []fixture.Trouble{{Err: lost, Happens: happens}}
		results := doerOf(f).Do(context.Background(), p, nil)
		want := map[bool]respond.Outcome{true: respond.Done, false: respond.Unknown}[happens]
		if n := outcomes(results)[want]; n != 5 {
			t.Errorf("happens %v: %v", happens, outcomes(results))
		}
		if n := strings.Count(f.Writes(), "ACK"); n != 1 {
			t.Errorf("%d requests", n)
		}
	}
}

func TestWhatWouldFailForAllIsNotTriedForAll(t *testing.T) {
	for _, tt := range []struct {
		reason sources.Reason
		tries  int
	}{{sources.RateLimited, 1}, {sources.Unauthorized, 1}, {sources.Unreachable, 2}, {sources.Forbidden, 30}} {
		f, ids := many(30)
		p := plan(t, respond.Request{Action: respond.Escalate, Groups: f.Groups(ids...)})
		for range 30 {
			f.Troubles["incident"] = append(f.Troubles["incident"], fixture.Trouble{Err: fixture.RefusedWith(tt.reason)})
		}
		results := doerOf(f).Do(context.Background(), p, nil)
		if len(f.Calls) != tt.tries || outcomes(results)[respond.Failed] != 30 {
			t.Errorf("%s: %d calls, want %d; %v", tt.reason, len(f.Calls), tt.tries, outcomes(results))
		}
		if tt.tries < 30 && !strings.HasPrefix(results[29].Sentence, "Not tried: ") {
			t.Errorf("%s: %q", tt.reason, results[29].Sentence)
		}
	}
}

func TestCancelStopsSendingAndStillReads(t *testing.T) {
	f, ids := many(4)
	p := plan(t, respond.Request{Action: respond.Escalate, Groups: f.Groups(ids...)})
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	j := &memory{}
	d := doerOf(f)
	d.Journal = j
	f.Troubles["POLICY"] = []fixture.Trouble{{Err: fixture.LostAnswer(), Happens: true}}
	f.Before["POLICY"] = cancel
	results := d.Do(ctx, p, nil)
	if results[0].Outcome != respond.Done {
		t.Errorf("what was sent is looked at: %+v", results[0])
	}
	for _, r := range results[1:] {
		if r.Outcome != respond.Failed || r.Sentence != "Not tried: it was cancelled before." {
			t.Errorf("= %+v", r)
		}
	}
	if strings.Count(f.Writes(), "POLICY") != 1 || j.open() != 0 {
		t.Errorf("writes %q, open intents %d", f.Writes(), j.open())
	}
}

// memory is a Journal.
type memory struct {
	intents  []Begun
	outcomes []respond.Outcome
	err      error
	fake     *fixture.Fake
}

func (m *memory) Begin(_ context.Context, a Attempt) (Earlier, error) {
	if m.err != nil {
		return Earlier{}, m.err
	}
	if m.fake != nil {
		m.fake.Calls = append(m.fake.Calls, "BEGIN")
	}
	return Earlier{ID: a.ID, At: a.At}, nil
}

func (m *memory) End(ctx context.Context, attempt string, o respond.Outcome, sentence string, at time.Time) error {
	if ctx.Err() != nil || attempt == "" || o == "" || sentence == "" || at.IsZero() {
		return fmt.Errorf("outcome %q of the attempt %q", o, attempt)
	}
	if m.fake != nil {
		m.fake.Calls = append(m.fake.Calls, "END")
	}
	return nil
}

func (m *memory) Sent(context.Context, int64, time.Time) error { return m.err }

func (m *memory) Refused(context.Context, Attempt) ([]Begun, error) { return nil, m.err }

func (m *memory) EndRun(context.Context, string) error { return nil }

func (m *memory) Intent(_ context.Context, i Begun) (int64, error) {
	if m.err != nil {
		return 0, m.err
	}
	if m.fake != nil {
		m.fake.Calls = append(m.fake.Calls, "INTENT")
	}
	m.intents, m.outcomes = append(m.intents, i), append(m.outcomes, "")
	return int64(len(m.intents)), nil
}

func (m *memory) Outcome(ctx context.Context, n int64, o respond.Outcome, sentence string, at time.Time) error {
	if ctx.Err() != nil || m.outcomes[n-1] != "" || sentence == "" || at.IsZero() {
		return fmt.Errorf("outcome %q of %d", o, n)
	}
	if m.fake != nil {
		m.fake.Calls = append(m.fake.Calls, "OUTCOME")
	}
	m.outcomes[n-1] = o
	return nil
}

func (m *memory) open() int {
	n := 0
	for _, o := range m.outcomes {
		if o == "" {
			n++
		}
	}
	return n
}

func TestEveryWriteIsWrittenDownBeforeAndAfter(t *testing.T) {
	for _, tt := range []struct {
		r    respond.Request
		want string
	}{
		{ackIt, "BEGIN; INTENT; ACK I1; OUTCOME; END"},
		{escalate, "BEGIN; INTENT; NOTE I1; OUTCOME; INTENT; POLICY PFIRST I1; OUTCOME; END"},
		{toEve, "BEGIN; INTENT; NOTE I1; OUTCOME; INTENT; ASSIGN UEVE I1; OUTCOME; END"},
		{openIt, "BEGIN; INTENT; OPEN SCHK; OUTCOME; INTENT; NOTE NEW1; OUTCOME; END"},
		{silenceIt, "BEGIN; INTENT; SILENCE; OUTCOME; END"},
	} {
		f := fixture.NewFake()
		d := doerOf(f)
		j := &memory{fake: f}
		d.Journal = j
		if tt.r.Groups == nil {
			tt.r.Groups = f.Groups("I1")
		}
		d.Do(context.Background(), plan(t, tt.r), nil)
		if got := f.Writes(); got != tt.want {
			t.Errorf("= %q, want %q", got, tt.want)
		}
		for n, i := range j.intents {
			if i.By != "dana@example.com" || i.Action != tt.r.Action || i.At.IsZero() || i.Step.Kind == "" || i.GroupID == "" || len(i.Attempt) != 12 || i.Last != (n == len(j.intents)-1) || j.outcomes[n] != respond.Done {
				t.Errorf("intent %+v ended %q", i, j.outcomes[n])
			}
		}
	}
}

func TestJournalThatFailsStopsNobody(t *testing.T) {
	f := fixture.NewFake()
	d := doerOf(f)
	d.Journal = &memory{err: errors.New("disk full")}
	got := d.Do(context.Background(), plan(t, respond.Request{Action: respond.Acknowledge, Groups: f.Groups("I1")}), nil)[0]
	if got.Outcome != respond.Done || !strings.Contains(got.Sentence, "(It could not be written to the journal: disk full.)") {
		t.Errorf("= %+v", got)
	}
}

func TestSummariseAndExitStatus(t *testing.T) {
	r := func(o respond.Outcome) respond.Result {
		return respond.Result{Title: "T", Outcome: o, Sentence: "It is " + string(o) + "."}
	}
	for _, tt := range []struct {
		results []respond.Result
		line    string
		status  int
	}{
		{nil, "Nothing was done.", 1},
		{[]respond.Result{r(respond.Done)}, "It is done.", 0},
		{[]respond.Result{r(respond.Failed)}, "It is failed.", 1},
		{[]respond.Result{r(respond.Done), r(respond.Already)}, "1 done, 1 already", 0},
		{[]respond.Result{r(respond.Done), r(respond.Unknown), r(respond.Refused)}, "1 done, 1 refused, 1 unknown. T: It is unknown.", 3},
		{[]respond.Result{r(respond.Unknown), r(respond.Refused)}, "1 refused, 1 unknown. T: It is unknown.", 1},
	} {
		if got := Summarise(tt.results); got != tt.line {
			t.Errorf("= %q, want %q", got, tt.line)
		}
		if got := ExitStatus(tt.results); got != tt.status {
			t.Errorf("%s: status %d, want %d", tt.line, got, tt.status)
		}
	}
}

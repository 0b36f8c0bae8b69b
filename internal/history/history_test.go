package history

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"firstline/internal/execute"
	"firstline/internal/respond"
	"firstline/internal/triage"
	"firstline/sources"
)

var (
	begin = time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
	ann   = sources.Reference{ID: "PANN", Name: "Ann"}
	users = []sources.User{{ID: "PANN", Name: "Ann", Email: "ann@example.com"}}
)

func at(minutes float64) time.Time {
	return begin.Add(time.Duration(minutes * float64(time.Minute)))
}

// lines returns the events as short lines of text.
func lines(events []Event) []string {
	var all []string
	for _, e := range events {
		line := e.At.Format("15:04:05") + " " + string(e.Kind) + " " + e.By + ": " + e.Text
		if e.Source != FromPagerDuty {
			line += " [" + string(e.Source) + " " + string(e.Outcome) + "]"
		}
		all = append(all, strings.ReplaceAll(line, "\n", "/"))
	}
	return all
}

func TestMerge(t *testing.T) {
	logged := func(kind, summary string, minutes float64) sources.LogEntry {
		return sources.LogEntry{Type: kind, Summary: summary, CreatedAt: at(minutes), Agent: ann, Incident: sources.Reference{ID: "Q1", Name: "Errors"}}
	}
	annotated := func(note string, minutes float64) sources.LogEntry {
		e := logged("annotate", "Note added by Ann.", minutes)
		e.Note = note
		return e
	}
	note := func(text string, minutes float64) sources.Note {
		return sources.Note{Content: text, User: ann, CreatedAt: at(minutes)}
	}
	act := func(step respond.Step, outcome respond.Outcome, sentence string, minutes float64) execute.Begun {
		return execute.Begun{
			At: at(minutes), By: "Ann@example.com", Action: respond.Acknowledge, GroupID: "Q1", IncidentID: "Q1",
			Step: step, Outcome: outcome, Sentence: sentence, OutcomeAt: at(minutes + 0.05),
		}
	}
	acknowledge := respond.Step{Kind: respond.StepAcknowledge, Sentence: "set it acknowledged"}
	long := strings.Repeat("tried everything ", 10)
	for name, tc := range map[string]struct {
		log   []sources.LogEntry
		notes []sources.Note
		acts  []execute.Begun
		want  []string
	}{
		"nothing": {},
		"oldest first, and in its order within a second": {
			log: []sources.LogEntry{
				logged("notify", "Notified Ann.", 1), logged("assign", "Assigned to Ann.", 1), logged("trigger", "Triggered.", 0),
			},
			want: []string{
				"02:00:00 triggered Ann: Triggered.", "02:01:00 assigned Ann: Assigned to Ann.", "02:01:00 notified Ann: Notified Ann.",
			},
		},
		"a note and its entry are one": {
			log:   []sources.LogEntry{annotated("it was me", 2)},
			notes: []sources.Note{note("it was me\r\n", 2)},
			want:  []string{"02:02:00 noted Ann: it was me"},
		},
		"an entry that cuts the note": {
			log:   []sources.LogEntry{annotated(long[:100]+"…", 2)},
			notes: []sources.Note{note(long, 2)},
			want:  []string{"02:02:00 noted Ann: " + strings.TrimSpace(long)},
		},
		"the same note twice is two": {
			log:   []sources.LogEntry{annotated("again", 3), annotated("again", 2)},
			notes: []sources.Note{note("again", 3), note("again", 2)},
			want:  []string{"02:02:00 noted Ann: again", "02:03:00 noted Ann: again"},
		},
		"a note that the log does not tell": {
			log:   []sources.LogEntry{annotated("one", 2)},
			notes: []sources.Note{note("two", 3), note("one", 2)},
			want:  []string{"02:02:00 noted Ann: one", "02:03:00 noted Ann: two"},
		},
		"our write and its entry are one": {
			log:  []sources.LogEntry{logged("acknowledge", "Acknowledged by Ann.", 2.5)},
			acts: []execute.Begun{act(acknowledge, respond.Done, "Acknowledged.", 2)},
			want: []string{"02:02:30 acknowledged Ann: Acknowledged by Ann."},
		},
		"what PagerDuty did by itself tells no write of ours": {
			log: []sources.LogEntry{{
				Type: "assign", Summary: "Assigned to Bo.", CreatedAt: at(2), Incident: sources.Reference{ID: "Q1", Name: "Errors"},
				Agent: sources.Reference{ID: "S", Name: "checkout", Type: "service_reference"},
			}},
			acts: []execute.Begun{act(respond.Step{Kind: respond.StepResponders, Sentence: "ask Cy to join"}, respond.Done, "Asked.", 2.5)},
			want: []string{"02:02:00 assigned : Assigned to Bo.", "02:02:30 assigned Ann: Ask Cy to join. [journal done]"},
		},
		"an entry of long before is another": {
			log:  []sources.LogEntry{logged("acknowledge", "Acknowledged by Ann.", 2)},
			acts: []execute.Begun{act(acknowledge, respond.Done, "Acknowledged.", 20)},
			want: []string{
				"02:02:00 acknowledged Ann: Acknowledged by Ann.",
				"02:20:00 acknowledged Ann: Set it acknowledged. [journal done]",
			},
		},
		"what failed stands beside what another did": {
			log:  []sources.LogEntry{logged("acknowledge", "Acknowledged by Bo.", 2)},
			acts: []execute.Begun{act(acknowledge, respond.Failed, "No answer.", 2)},
			want: []string{
				"02:02:00 acknowledged Ann: Acknowledged by Bo.",
				"02:02:00 acknowledged Ann: Set it acknowledged: No answer. [journal failed]",
			},
		},
		"our note and its entry are one": {
			log:   []sources.LogEntry{annotated("why", 2)},
			notes: []sources.Note{note("why", 2)},
			acts:  []execute.Begun{act(respond.Step{Kind: respond.StepNote, Note: "why\n"}, respond.Done, "", 2)},
			want:  []string{"02:02:00 noted Ann: why"},
		},
		"what PagerDuty said was so already was not done by us": {
			log:  []sources.LogEntry{logged("resolve", "Resolved by Bo.", 2)},
			acts: []execute.Begun{act(respond.Step{Kind: respond.StepPolicy, Sentence: "set its escalation policy to Ops"}, respond.Already, "Already resolved by Bo.", 2)},
			want: []string{
				"02:02:00 resolved Ann: Resolved by Bo.",
				"02:02:00 escalated Ann: Set its escalation policy to Ops: Already resolved by Bo. [journal already]",
			},
		},
		"a note says nothing of what came about": {
			log:   []sources.LogEntry{annotated("Handed off to Bo by Ann with firstline.", 2)},
			notes: []sources.Note{note("Handed off to Bo by Ann with firstline.", 2)},
			acts:  []execute.Begun{act(respond.Step{Kind: respond.StepAssign, Sentence: "assign it to Bo"}, respond.Failed, "You have no right to.", 2.1)},
			want: []string{
				"02:02:00 noted Ann: Handed off to Bo by Ann with firstline.",
				"02:02:06 assigned Ann: Assign it to Bo: You have no right to. [journal failed]",
			},
		},
		"marks are not for people": {
			log:   []sources.LogEntry{annotated("why\n\n(firstline 0123456789ab)", 2), annotated("old\n\n(firstline 01234567)", 1)},
			notes: []sources.Note{note("why\r\n\r\n(firstline 0123456789ab)", 2), note("old\n\n(firstline 01234567)", 1)},
			acts:  []execute.Begun{act(respond.Step{Kind: respond.StepNote, Note: "why\n\n(firstline 0123456789ab)"}, respond.Done, "", 2)},
			want:  []string{"02:01:00 noted Ann: old", "02:02:00 noted Ann: why"},
		},
		"a note that was corrected": {
			log:   []sources.LogEntry{annotated("Bo has it\n\n(firstline 0123456789ab)", 2)},
			notes: []sources.Note{note("Bo has it\n\nThis did not happen (no right).\n\n(firstline 0123456789ab)", 2)},
			acts: []execute.Begun{
				act(respond.Step{Kind: respond.StepNote, Note: "Bo has it\n\n(firstline 0123456789ab)"}, respond.Done, "", 2),
				act(respond.Step{Kind: respond.StepCorrect, Note: "Bo has it\n\nThis did not happen (no right).\n\n(firstline 0123456789ab)"}, respond.Done, "", 2.1),
			},
			want: []string{"02:02:00 noted Ann: Bo has it//This did not happen (no right)."},
		},
		"a note that was corrected, by its entry and the journal alone": {
			log: []sources.LogEntry{annotated("Bo has it\n\n(firstline 0123456789ab)", 2)},
			acts: []execute.Begun{
				act(respond.Step{Kind: respond.StepNote, Note: "Bo has it\n\n(firstline 0123456789ab)"}, respond.Done, "", 2),
				act(respond.Step{Kind: respond.StepCorrect, Note: "Bo has it\n\nThis did not happen (no right).\n\n(firstline 0123456789ab)"}, respond.Done, "", 2.1),
			},
			want: []string{"02:02:00 noted Ann: Bo has it//This did not happen (no right)."},
		},
		"a correction that failed": {
			log: []sources.LogEntry{annotated("Bo has it\n\n(firstline 0123456789ab)", 2)},
			acts: []execute.Begun{
				act(respond.Step{Kind: respond.StepNote, Note: "Bo has it\n\n(firstline 0123456789ab)"}, respond.Done, "", 2),
				act(respond.Step{Kind: respond.StepCorrect, Sentence: "correct the note", Note: "x\n\n(firstline 0123456789ab)"}, respond.Failed, "Forbidden.", 2.1),
			},
			want: []string{"02:02:00 noted Ann: Bo has it", "02:02:06 noted Ann: Correct the note: Forbidden. [journal failed]"},
		},
		"two entries tell two writes": {
			log: []sources.LogEntry{
				logged("acknowledge", "Second.", 3), logged("acknowledge", "First.", 2),
			},
			acts: []execute.Begun{act(acknowledge, respond.Done, "", 2.9), act(acknowledge, respond.Done, "", 2.95)},
			want: []string{"02:02:00 acknowledged Ann: First.", "02:03:00 acknowledged Ann: Second."},
		},
		"a silence, and what was begun": {
			acts: []execute.Begun{
				act(respond.Step{Kind: respond.StepSilence, Sentence: "silence 2 alerts"}, respond.Done, "", 1),
				act(acknowledge, "", "", 2),
			},
			want: []string{
				"02:01:00 silenced Ann: Silence 2 alerts. [journal done]",
				"02:02:00 acknowledged Ann: Set it acknowledged: begun, and how it ended was not written down. [journal unsettled]",
			},
		},
		"hostile texts are cleaned, unknown entries are told": {
			log: []sources.LogEntry{{Type: "warp_drive", Agent: sources.Reference{Name: "A\x1b[31mnn\n"}, CreatedAt: at(0)}},
			want: []string{
				"02:00:00 other Ann: warp drive",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			if got := lines(Merge(tc.log, tc.notes, tc.acts, users)); !reflect.DeepEqual(got, tc.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(tc.want, "\n"))
			}
		})
	}
}

type fakeIncidents struct {
	log      []sources.LogEntry
	notes    []sources.Note
	logFault error
}

func (f fakeIncidents) Notes(context.Context, string) ([]sources.Note, error) { return f.notes, nil }

func (f fakeIncidents) LogEntries(context.Context, string) ([]sources.LogEntry, sources.Extent, error) {
	return f.log, sources.Whole, f.logFault
}

type fakeJournal struct{ asked *[]string }

func (f fakeJournal) Acts(_ context.Context, _ time.Time, ids ...string) ([]execute.Begun, error) {
	*f.asked = ids
	return nil, nil
}

func TestReaderGivesWhatItCouldRead(t *testing.T) {
	var asked []string
	gone := errors.New("gone")
	r := Reader{
		Incidents: fakeIncidents{
			notes:    []sources.Note{{Content: "Tried:\n- restart it", User: ann, CreatedAt: begin}},
			logFault: gone,
		},
		Journal: fakeJournal{&asked},
	}
	g := triage.Group{ID: "Q1", Incident: &sources.Incident{ID: "Q1", Key: "alerts"}}
	h, err := r.Of(t.Context(), g, users)
	if !errors.Is(err, gone) {
		t.Errorf("error %v, want %v", err, gone)
	}
	if len(h.Events) != 1 || len(h.Tried) != 1 || h.Tried[0].Text != "restart it" || h.Tried[0].By != "Ann" {
		t.Errorf("got %+v", h)
	}
	if want := []string{"Q1", "alerts"}; !reflect.DeepEqual(asked, want) {
		t.Errorf("the journal was asked for %v, want %v", asked, want)
	}
}

// TestEachEventAppearsOnce: whatever was written, and is in the notes, the log
// and the journal alike, appears once and in its order.
func TestEachEventAppearsOnce(t *testing.T) {
	kinds := map[respond.StepKind]string{
		respond.StepAcknowledge: "acknowledge", respond.StepNote: "annotate", respond.StepPolicy: "escalate",
		respond.StepAssign: "assign", respond.StepResolve: "resolve", respond.StepSnooze: "snooze",
	}
	rapid.Check(t, func(t *rapid.T) {
		var (
			log     []sources.LogEntry
			notes   []sources.Note
			acts    []execute.Begun
			now     = begin
			n       = rapid.IntRange(0, 30).Draw(t, "things")
			matched int
		)
		for range n {
			now = now.Add(time.Duration(rapid.IntRange(0, 300).Draw(t, "seconds")) * time.Second)
			kind := rapid.SampledFrom([]respond.StepKind{
				respond.StepAcknowledge, respond.StepNote, respond.StepPolicy, respond.StepAssign, respond.StepResolve, respond.StepSnooze,
			}).Draw(t, "kind")
			text := rapid.SampledFrom([]string{"one", "two", "two\nlines\n"}).Draw(t, "text")
			theirs := now.Add(time.Duration(rapid.IntRange(-20, 20).Draw(t, "skew")) * time.Second)
			matched++
			if rapid.Bool().Draw(t, "by us") {
				a := execute.Begun{At: now, By: "ann@example.com", IncidentID: "Q1", Step: respond.Step{Kind: kind, Note: text}, Outcome: respond.Done, OutcomeAt: now.Add(time.Second)}
				if rapid.IntRange(0, 4).Draw(t, "fails") == 0 {
					a.Outcome = respond.Failed
					acts = append(acts, a)
					continue
				}
				acts = append(acts, a)
			}
			e := sources.LogEntry{Type: kinds[kind], Summary: "x", CreatedAt: theirs, Agent: ann, Incident: sources.Reference{ID: "Q1"}}
			if kind == respond.StepNote {
				e.Note = text
				notes = append(notes, sources.Note{Content: text, User: ann, CreatedAt: theirs})
			}
			log = append(log, e)
		}
		// PagerDuty's lists are newest first.
		newest := func(a, b time.Time) int { return b.Compare(a) }
		slices.SortStableFunc(log, func(a, b sources.LogEntry) int { return newest(a.CreatedAt, b.CreatedAt) })
		slices.SortStableFunc(notes, func(a, b sources.Note) int { return newest(a.CreatedAt, b.CreatedAt) })
		events := Merge(log, notes, acts, users)
		if len(events) != matched {
			t.Fatalf("%d things are told by %d events:\n%s", matched, len(events), strings.Join(lines(events), "\n"))
		}
		if !slices.IsSortedFunc(events, func(a, b Event) int { return a.At.Compare(b.At) }) {
			t.Fatalf("not in order:\n%s", strings.Join(lines(events), "\n"))
		}
	})
}

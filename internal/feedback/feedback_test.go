package feedback

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"firstline/internal/record"
)

var night = time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)

func minute(n int) time.Time { return night.Add(time.Duration(n) * time.Minute) }

func steps(runbook, section string) ([]Named, bool) {
	switch runbook + "#" + section {
	case "a.md#":
		return []Named{{"look", "Look"}, {"restart", "Restart"}}, true
	case "all.md#Slow":
		return []Named{{"s1", "Scale"}}, true
	case "all.md#Down":
		return []Named{{"d1", "Dig"}}, true
	}
	return nil, false
}

func facts() Facts {
	tick := func(group, runbook, step string, at int) record.Tick {
		return record.Tick{GroupID: group, Runbook: runbook, Step: step, Text: step, Done: true, By: "Ann", At: minute(at)}
	}
	return Facts{
		Steps: steps,
		Openings: []record.Opening{
			{GroupID: "1", Runbook: "a.md", At: minute(1)},
			{GroupID: "2", Runbook: "a.md", At: minute(1)},
			{GroupID: "3", Runbook: "a.md", At: minute(1)},
			{GroupID: "4", Runbook: "all.md", Section: "Slow", At: minute(1)},
			{GroupID: "4", Runbook: "all.md", Section: "Down", At: minute(2)},
			{GroupID: "5", Runbook: "gone.md", At: minute(1)},
		},
		Ticks: []record.Tick{
			tick("1", "a.md", "look", 2), tick("1", "a.md", "restart", 3),
			tick("2", "a.md", "look", 2),
			tick("4", "all.md", "d1", 3),
			tick("5", "gone.md", "x", 3),
			tick("6", "a.md", "look", 2),                                    // from the list, without opening it
			{GroupID: "6", Runbook: "a.md", Step: "restart", At: minute(3)}, // taken back
			tick("3", "a.md", "old", 2),
		},
		Runs: []record.Run{
			{GroupID: "2", Runbook: "a.md", Step: "restart", Command: "kubectl", ExitCode: 1, At: minute(4)},
			{GroupID: "2", Runbook: "a.md", Step: "restart", Command: "kubectl", ExitCode: 0, At: minute(5)},
			{GroupID: "2", Runbook: "a.md", Command: "not of a step", At: minute(6)},
		},
		Remarks: []record.Remark{
			{GroupID: "1", Runbook: "a.md", Step: "restart", Text: "Restart", Kind: record.DidNotHelp, Why: "it came back", By: "Ann", At: minute(4)},
			{GroupID: "2", Runbook: "a.md", Step: "look", Text: "Look", By: "Ann", At: minute(9)}, // taken back
		},
		Escalations: []Escalation{
			{GroupIDs: []string{"alerts", "1"}, At: minute(9)},
			{GroupIDs: []string{"3"}, At: minute(9)},
			{GroupIDs: []string{"6"}, At: minute(1)},
		},
	}
}

func TestFeedback(t *testing.T) {
	var got []string
	for _, s := range Of(facts()) {
		line := fmt.Sprintf("%s#%s opened %d, escalations %d, after all %d, unknown %t:", s.Runbook, s.Section, s.Opened, s.Escalations, s.AfterAllSteps, s.StepsUnknown)
		for _, step := range s.Steps {
			line += fmt.Sprintf(" [%s gone %t done %d ran %d failed %d against %d last %d said %d]", step.ID, step.Gone, step.Done, step.Ran, step.Failed, step.DidNotHelp+step.Wrong, step.LastUnescalated, len(step.Remarks))
		}
		got = append(got, line)
	}
	want := []string{
		"a.md# opened 4, escalations 3, after all 1, unknown false: [look gone false done 3 ran 0 failed 0 against 0 last 0 said 0] " +
			"[restart gone false done 1 ran 1 failed 0 against 1 last 1 said 1] [old gone true done 1 ran 0 failed 0 against 0 last 0 said 0]",
		"all.md#Down opened 1, escalations 0, after all 0, unknown false: [d1 gone false done 1 ran 0 failed 0 against 0 last 1 said 0]",
		"all.md#Slow opened 1, escalations 0, after all 0, unknown false: [s1 gone false done 0 ran 0 failed 0 against 0 last 0 said 0]",
		"gone.md# opened 1, escalations 0, after all 0, unknown true: [x gone false done 1 ran 0 failed 0 against 0 last 1 said 0]",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// The order in which terminals wrote changes nothing.
func TestFeedbackInAnyOrder(t *testing.T) {
	want := Of(facts())
	random := rand.New(rand.NewPCG(1, 2))
	for range 30 {
		f := facts()
		random.Shuffle(len(f.Ticks), func(i, j int) { f.Ticks[i], f.Ticks[j] = f.Ticks[j], f.Ticks[i] })
		random.Shuffle(len(f.Remarks), func(i, j int) { f.Remarks[i], f.Remarks[j] = f.Remarks[j], f.Remarks[i] })
		random.Shuffle(len(f.Escalations), func(i, j int) { f.Escalations[i], f.Escalations[j] = f.Escalations[j], f.Escalations[i] })
		if got := Of(f); !reflect.DeepEqual(got, want) {
			t.Fatalf("%+v, want %+v", got, want)
		}
	}
}

// A run failed if it ended by itself with another status than 0, or did not start.
func TestFeedbackOfRuns(t *testing.T) {
	for _, c := range []struct {
		run    record.Run
		failed int
	}{
		{record.Run{ExitCode: 0}, 0},
		{record.Run{ExitCode: 1}, 1},
		{record.Run{ExitCode: -1}, 1},
		{record.Run{ExitCode: -1, Stopped: true}, 0},
		{record.Run{ExitCode: 130, Stopped: true}, 0},
	} {
		f := facts()
		c.run.GroupID, c.run.Runbook, c.run.Step, c.run.At = "2", "a.md", "restart", minute(6)
		f.Runs = append(f.Runs, c.run)
		for _, s := range Of(f) {
			for _, step := range s.Steps {
				if s.Runbook == "a.md" && step.ID == "restart" && step.Failed != c.failed {
					t.Errorf("%+v: %d failed, want %d", c.run, step.Failed, c.failed)
				}
			}
		}
	}
}

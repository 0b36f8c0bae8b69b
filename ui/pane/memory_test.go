package pane

import (
	"context"
	"slices"
	"testing"
	"time"

	"firstline/internal/record"
)

var noon = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

// noMemory stores nothing.
type noMemory struct{}

func (noMemory) Ticks(context.Context, string) ([]record.Tick, error)        { return nil, nil }
func (noMemory) SetTick(context.Context, record.Tick) error                  { return nil }
func (noMemory) Runs(context.Context, string) ([]record.Run, error)          { return nil, nil }
func (noMemory) AddRun(context.Context, record.Run) error                    { return nil }
func (noMemory) Positions(context.Context) ([]record.Position, error)        { return nil, nil }
func (noMemory) SetPosition(context.Context, record.Position) error          { return nil }
func (noMemory) Remarks(context.Context, time.Time) ([]record.Remark, error) { return nil, nil }
func (noMemory) SetRemark(context.Context, record.Remark) error              { return nil }
func (noMemory) AddOpening(context.Context, record.Opening) error            { return nil }
func (noMemory) MoveGroup(context.Context, string, string) error             { return nil }

// Two that work on the same are not lost to each other.
func TestTicksMadeWhileReadingStay(t *testing.T) {
	b := newRecorder(noMemory{}, nil)
	mine := record.Tick{GroupID: "G", Runbook: "r", Step: "mine", Done: true, At: noon}
	var group remembered
	group.SetTick(mine)
	b.Groups["G"] = group
	theirs := record.Tick{GroupID: "G", Runbook: "r", Step: "theirs", Done: true, At: noon}
	if !b.Take(loaded{GroupID: "G", Found: remembered{Ticks: []record.Tick{theirs}}}) {
		t.Error("nothing changed")
	}
	for _, step := range []string{"mine", "theirs"} {
		if !slices.ContainsFunc(b.Of("G").Ticks, func(t record.Tick) bool { return t.Step == step }) {
			t.Errorf("the tick of %s is lost", step)
		}
	}
}

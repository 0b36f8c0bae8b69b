package cli

import (
	"context"

	"firstline/internal/respond"
	"firstline/internal/store"
	"firstline/ui"
)

// memory keeps in the store what is done with runbooks on the screen.
type memory struct{ state *store.Store }

var _ ui.Memory = memory{}

// Ticks are the steps ticked for a group, oldest first.
func (m memory) Ticks(ctx context.Context, groupID string) ([]ui.Tick, error) {
	kept, err := m.state.Ticks(ctx, groupID)
	list := make([]ui.Tick, len(kept))
	for i, t := range kept {
		list[i] = ui.Tick(t)
	}
	return list, err
}

// SetTick records a tick.
func (m memory) SetTick(ctx context.Context, t ui.Tick) error {
	return m.state.SetTick(ctx, store.Tick(t))
}

// Runs are the commands that were run for a group, oldest first.
func (m memory) Runs(ctx context.Context, groupID string) ([]ui.StepRun, error) {
	kept, err := m.state.Runs(ctx, groupID)
	list := make([]ui.StepRun, len(kept))
	for i, r := range kept {
		list[i] = ui.StepRun(r)
	}
	return list, err
}

// AddRun records a run that has ended.
func (m memory) AddRun(ctx context.Context, r ui.StepRun) error {
	return m.state.AddRun(ctx, store.Run(r))
}

// Positions are all reading positions.
func (m memory) Positions(ctx context.Context) ([]ui.Position, error) {
	kept, err := m.state.Positions(ctx)
	list := make([]ui.Position, 0, len(kept))
	for _, p := range kept {
		list = append(list, ui.Position(p))
	}
	return list, err
}

// SetPosition keeps a group's reading position.
func (m memory) SetPosition(ctx context.Context, p ui.Position) error {
	return m.state.SetPosition(ctx, store.Position(p))
}

// tried are the steps that were ticked and the commands that were run on the
// screen for the groups of a request, for the notes that go along with it.
func (s *setup) tried(ctx context.Context, r respond.Request) map[string][]string {
	if s.state == nil || !r.Action.Passes() {
		return nil
	}
	kept, tried := memory{s.state}, map[string][]string{}
	for _, g := range r.Groups {
		ticks, err := kept.Ticks(ctx, g.ID)
		var runs []ui.StepRun
		if err == nil {
			runs, err = kept.Runs(ctx, g.ID)
		}
		if err != nil {
			s.log.Warn("what was tried can't be read", "group", g.ID, "why", err)
			continue
		}
		if lines := ui.Tried(ticks, runs); len(lines) > 0 {
			tried[g.ID] = lines
		}
	}
	return tried
}

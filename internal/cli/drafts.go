package cli

import (
	"context"
	"time"

	"firstline/internal/store"
	"firstline/ui"
)

// drafts keeps in the store what was typed on the screen.
type drafts struct {
	state *store.Store
	now   func() time.Time
}

var _ ui.Drafts = drafts{}

// Drafts are all that were typed and not sent, oldest first.
func (d drafts) Drafts(ctx context.Context) ([]ui.Draft, error) {
	kept, err := d.state.Drafts(ctx)
	list := make([]ui.Draft, len(kept))
	for i, k := range kept {
		list[i] = ui.Draft{Action: k.Action, Groups: k.GroupID, Text: k.Text}
	}
	return list, err
}

// SaveDraft keeps a draft; an empty text drops it.
func (d drafts) SaveDraft(ctx context.Context, draft ui.Draft) error {
	return d.state.SaveDraft(ctx, store.Draft{Action: draft.Action, GroupID: draft.Groups, Text: draft.Text, At: d.now()})
}

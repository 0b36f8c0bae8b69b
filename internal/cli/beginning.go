package cli

import (
	"context"
	"errors"

	"firstline/internal/firstrun"
	"firstline/sources/demo"
	"firstline/ui"
)

// showScreen shows the screen, and again after what a person left it for while no
// source was configured.
func (a *app) showScreen(ctx context.Context) error {
	for {
		err := a.withSetup(ctx, a.screenCommand)
		switch {
		case errors.Is(err, ui.ErrDemo):
			a.flags.demo, a.flags.config = demo.Outage, ""
		case errors.Is(err, ui.ErrConfigure):
			err := a.runInit(ctx, initFlags{}, false)
			if err != nil && (!errors.Is(err, firstrun.ErrLeft) || errors.Is(err, firstrun.ErrInterrupted)) {
				return err
			}
		default:
			return err
		}
		a.earlier = nil // that was said
	}
}

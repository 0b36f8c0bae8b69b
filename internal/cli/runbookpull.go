package cli

import (
	"context"
	"errors"
	"fmt"

	"firstline/runbooks/checkout"
)

// pullRunbooks brings the checkout of each runbook directory up to date, each
// with one sentence.
func (a *app) pullRunbooks(ctx context.Context, s *setup) error {
	directories := s.config.Runbooks.Directories
	if len(directories) == 0 {
		return fmt.Errorf("no runbook directory is configured: name one under [runbooks] directories in %s", s.config.WantedPath)
	}
	pulled := map[string]bool{}
	failed := 0
	for _, dir := range directories {
		c, err := checkout.Of(ctx, dir)
		switch {
		case errors.Is(err, checkout.ErrNone):
			a.sayf("%s is no git checkout; it is left as it is", oneLine(dir))
			continue
		case err == nil && pulled[c.Root]:
			continue
		}
		said := ""
		if err == nil {
			pulled[c.Root] = true
			said, err = checkout.Pull(ctx, dir)
		}
		if err != nil {
			failed++
			a.sayf("%s", oneLine(err.Error()))
			continue
		}
		if _, err := fmt.Fprintln(a.text(), oneLine(said)); err != nil {
			return fmt.Errorf("writing what was pulled: %w", err)
		}
	}
	switch {
	case failed == 0:
		return nil
	case failed < len(pulled):
		return exit(exitPartly)
	}
	return exit(exitFailed)
}

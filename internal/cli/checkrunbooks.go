package cli

import (
	"context"
	"maps"
	"slices"
	"strings"

	"firstline/internal/wording"
	"firstline/runbooks/checkout"
)

// runbooks checks the directories, reports the branch of each, and whether the
// tokens for fetching are available.
func (c *checker) runbooks(ctx context.Context) {
	problems := c.s.library.Problems()
	for _, p := range problems {
		c.add("runbooks", wrong, "%s", p.Sentence)
	}
	n := len(c.s.library.Runbooks())
	switch {
	case n > 0:
		c.add("runbooks", fine, "%s", wording.Count(n, "runbook"))
	case len(problems) == 0 && len(c.s.config.Runbooks.Directories) > 0:
		c.add("runbooks", mind, "there are none yet in %s: write them in Markdown there", strings.Join(c.s.config.Runbooks.Directories, ", "))
	case len(problems) == 0:
		c.add("runbooks", mind, "there are none: name directories with Markdown under [runbooks]")
	}
	for _, dir := range c.s.config.Runbooks.Directories {
		found, err := checkout.Of(ctx, dir)
		if err != nil {
			continue // a plain directory, or a missing one, which is already reported
		}
		branch := found.Branch
		if branch == "" {
			branch = "no branch"
		}
		c.add("runbooks", fine, "%s is on %s at %s, %s old", dir, branch, found.Commit, age(c.s.now().Sub(found.At), found.At))
	}
	tokens := c.s.config.Runbooks.Tokens
	for _, host := range slices.Sorted(maps.Keys(tokens)) {
		if _, err := c.s.telling(tokens[host].Token)(ctx); err != nil {
			c.add("runbooks", wrong, "the token for %s can't be had: %v", host, err)
		}
	}
}

// Package checkout asks git about the runbooks' directories: which branch is
// checked out, how old the commit is, and when a runbook was last changed. It
// runs the installed git, so that the person's own keys and settings apply.
package checkout

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"firstline/internal/child"
	"firstline/internal/clean"
)

// timeLimit bounds a read. A pull crosses the network and is bounded by its
// context.
const timeLimit = 5 * time.Second

// Checkout is a directory under git.
type Checkout struct {
	// Dir is the directory that was asked about, Root the top of its checkout.
	Dir, Root string
	// Branch is empty when no branch is checked out.
	Branch string
	// Commit is the short hash, At its date.
	Commit string
	At     time.Time
	// Changed is true when files differ from the commit.
	Changed bool
}

// ErrNone reports that a directory is not in a git checkout, or that git is not
// installed.
var ErrNone = errors.New("not a git checkout")

// Of describes the checkout that dir is in.
func Of(ctx context.Context, dir string) (Checkout, error) {
	ctx, cancel := context.WithTimeout(ctx, timeLimit)
	defer cancel()
	root, err := git(ctx, dir, "rev-parse", "--show-toplevel")
	if err != nil {
		return Checkout{}, fmt.Errorf("%s: %w", dir, ErrNone)
	}
	head, err := git(ctx, dir, "log", "-1", "--format=%h %cI")
	if err != nil {
		return Checkout{}, fmt.Errorf("%s: %w", dir, ErrNone)
	}
	hash, at, _ := strings.Cut(head, " ")
	c := Checkout{Dir: dir, Root: filepath.FromSlash(root), Commit: clean.Line(hash)}
	if c.At, err = time.Parse(time.RFC3339, at); err != nil {
		return Checkout{}, fmt.Errorf("reading the commit's date in %s: %w", dir, err)
	}
	if branch, err := git(ctx, dir, "symbolic-ref", "--short", "-q", "HEAD"); err == nil {
		c.Branch = clean.Line(branch)
	}
	status, err := git(ctx, dir, "status", "--porcelain", "--untracked-files=no", "--", ".")
	if err != nil {
		return Checkout{}, fmt.Errorf("looking for changes in %s: %w", dir, err)
	}
	c.Changed = status != ""
	return c, nil
}

// LastChanged returns when the file was last changed in git. It returns ErrNone
// when git does not track the file or the file differs from the commit.
func LastChanged(ctx context.Context, file string) (time.Time, error) {
	ctx, cancel := context.WithTimeout(ctx, timeLimit)
	defer cancel()
	changed, err := git(ctx, filepath.Dir(file), "status", "--porcelain", "--", filepath.Base(file))
	if err != nil || changed != "" {
		return time.Time{}, fmt.Errorf("%s: %w", file, ErrNone)
	}
	at, err := git(ctx, filepath.Dir(file), "log", "-1", "--format=%cI", "--", filepath.Base(file))
	if err != nil || at == "" {
		return time.Time{}, fmt.Errorf("%s: %w", file, ErrNone)
	}
	t, err := time.Parse(time.RFC3339, at)
	if err != nil {
		return time.Time{}, fmt.Errorf("reading the date of %s: %w", file, err)
	}
	return t, nil
}

// Pull updates the checkout by fast-forward only: it never merges and never
// touches local changes. It returns one line about what was pulled. Its errors
// say in one line what to do.
func Pull(ctx context.Context, dir string) (string, error) {
	before, err := Of(ctx, dir)
	if err != nil {
		return "", err
	}
	if _, err := git(ctx, dir, "pull", "--ff-only", "--quiet"); err != nil {
		return "", fmt.Errorf("%s is left as it is: %w", before.Root, pullError(err))
	}
	after, err := Of(ctx, dir)
	if err != nil {
		return "", err
	}
	if before.Commit == after.Commit {
		return fmt.Sprintf("%s is up to date (%s)", after.Root, after.Commit), nil
	}
	return fmt.Sprintf("%s went from %s to %s", after.Root, before.Commit, after.Commit), nil
}

// pullError says what to do about git's most common refusals.
func pullError(err error) error {
	said := func(part string) bool { return strings.Contains(err.Error(), part) }
	switch {
	case said("fast-forward"):
		return errors.New("it has commits that its upstream has not; merge or rebase them with git")
	case said("would be overwritten"):
		return errors.New("files changed here would be overwritten; commit them or take them back with git")
	case said("no tracking information"):
		return errors.New("its branch follows none; set one with git branch --set-upstream-to")
	case said("not currently on a branch"):
		return errors.New("no branch is checked out; check one out with git")
	}
	return err
}

// git runs git in dir and returns its output without the last line break.
func git(ctx context.Context, dir string, args ...string) (string, error) {
	cmd := child.Command(ctx, "git", append([]string{"-C", dir, "-c", "core.fsmonitor=false", "--no-optional-locks"}, args...)...)
	// Git must not ask for a password on the screen.
	cmd.Env = slices.DeleteFunc(cmd.Env, func(pair string) bool {
		// Inside a hook these name another repository than dir's.
		name, _, _ := strings.Cut(pair, "=")
		return name == "GIT_DIR" || name == "GIT_WORK_TREE" || name == "GIT_INDEX_FILE"
	})
	cmd.Env = append(cmd.Env, "GIT_TERMINAL_PROMPT=0", "LC_ALL=C")
	cmd.WaitDelay = time.Second
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	if err := cmd.Run(); err != nil {
		if words := clean.Line(said.String()); words != "" {
			return "", fmt.Errorf("git %s: %s", args[0], words)
		}
		return "", fmt.Errorf("git %s: %w", args[0], err)
	}
	return strings.TrimRight(out.String(), "\n"), nil
}

package checkout

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func run(t *testing.T, dir string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", append([]string{
		"-C", dir, "-c", "user.name=Ann", "-c", "user.email=ann@example.com", "-c", "init.defaultBranch=main", "-c", "commit.gpgsign=false",
	}, args...)...)
	cmd.Env = append(os.Environ(), "GIT_COMMITTER_DATE=2026-01-02T03:04:05Z", "GIT_CONFIG_GLOBAL=/dev/null")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestCheckout(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	ctx := t.Context()
	origin, here := filepath.Join(t.TempDir(), "origin"), filepath.Join(t.TempDir(), "here")
	if _, err := Of(ctx, t.TempDir()); !errors.Is(err, ErrNone) {
		t.Errorf("a plain directory: %v", err)
	}
	if err := os.Mkdir(origin, 0o700); err != nil {
		t.Fatal(err)
	}
	run(t, origin, "init", "-q")
	write(t, filepath.Join(origin, "A.md"), "# A\n")
	run(t, origin, "add", ".")
	run(t, origin, "commit", "-qm", "A")
	run(t, filepath.Dir(here), "clone", "-q", origin, here)

	c, err := Of(ctx, here)
	if err != nil {
		t.Fatal(err)
	}
	if want := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC); c.Branch != "main" || c.Changed || !c.At.Equal(want) {
		t.Errorf("checkout = %+v", c)
	}
	if at, err := LastChanged(ctx, filepath.Join(here, "A.md")); err != nil || !at.Equal(c.At) {
		t.Errorf("LastChanged = %v, %v", at, err)
	}
	if _, err := LastChanged(ctx, filepath.Join(here, "none.md")); !errors.Is(err, ErrNone) {
		t.Errorf("a file that git does not know: %v", err)
	}

	write(t, filepath.Join(origin, "B.md"), "# B\n")
	run(t, origin, "add", ".")
	run(t, origin, "commit", "-qm", "B")
	if _, err := Pull(ctx, here); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(here, "B.md")); err != nil {
		t.Errorf("the pull brought nothing: %v", err)
	}

	write(t, filepath.Join(here, "A.md"), "# mine\n")
	if c, err := Of(ctx, here); err != nil || !c.Changed {
		t.Errorf("a change is not seen: %+v, %v", c, err)
	}
	write(t, filepath.Join(origin, "A.md"), "# theirs\n")
	run(t, origin, "commit", "-qam", "theirs")
	if _, err := LastChanged(ctx, filepath.Join(here, "A.md")); !errors.Is(err, ErrNone) {
		t.Errorf("git does not know when a change that is in no commit was made: %v", err)
	}
	if _, err := Pull(ctx, here); err == nil || !strings.Contains(err.Error(), "would be overwritten") {
		t.Errorf("pulled over what was changed here: %v", err)
	}
	if text, err := os.ReadFile(filepath.Join(here, "A.md")); err != nil || !strings.Contains(string(text), "mine") {
		t.Errorf("what was changed here is now %q (%v)", text, err)
	}
	run(t, here, "commit", "-qam", "mine")
	if _, err := Pull(ctx, here); err == nil || !strings.Contains(err.Error(), "its upstream has not") {
		t.Errorf("pulled what is no fast-forward: %v", err)
	}
	run(t, here, "checkout", "-q", "--detach")
	if c, err := Of(ctx, here); err != nil || c.Branch != "" {
		t.Errorf("no branch is checked out: %+v, %v", c, err)
	}
	if _, err := Pull(ctx, here); err == nil || !strings.Contains(err.Error(), "no branch is checked out") {
		t.Errorf("pulled without a branch: %v", err)
	}
}

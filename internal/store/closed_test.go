package store

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"firstline/internal/record"
)

// openedBy is another process that has a state file open, with a draft written. The
// test binary runs itself for that.
type openedBy struct {
	t   *testing.T
	cmd *exec.Cmd
	in  interface{ Close() error }
}

const heldOpen = "FIRSTLINE_STORE_OPEN"

func openedByAnother(t *testing.T, path string) *openedBy {
	t.Helper()
	// Tests end it in their cleanup, when their context has ended.
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), os.Args[0], "-test.run=^TestAnotherHasItOpen$", "-test.v")
	cmd.Env = append(os.Environ(), heldOpen+"="+path)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if lines.Text() == "it is open" {
			go func() {
				for lines.Scan() { // what it says until its end
				}
			}()
			return &openedBy{t, cmd, in}
		}
	}
	t.Fatal("the other process did not open it")
	return nil
}

func (o *openedBy) kill() {
	o.t.Helper()
	if err := o.cmd.Process.Kill(); err != nil {
		o.t.Fatal(err)
	}
	_ = o.cmd.Wait()
}

func (o *openedBy) close() {
	o.t.Helper()
	_ = o.in.Close()
	if err := o.cmd.Wait(); err != nil {
		o.t.Fatal(err)
	}
}

func TestAnotherHasItOpen(t *testing.T) {
	path := os.Getenv(heldOpen)
	if path == "" {
		t.Skip("it is the other process of other tests")
	}
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	draft(t, s, fmt.Sprint(os.Getpid()))
	fmt.Println("it is open")
	_, _ = os.Stdin.Read(make([]byte, 1))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func draft(t *testing.T, s *Store, group string) {
	t.Helper()
	if err := s.SaveDraft(t.Context(), record.Draft{Groups: group, Action: "note", Text: "x", At: time.Unix(1, 0)}); err != nil {
		t.Fatal(err)
	}
}

// The whole file is read at the start if, and only if, it was not closed as it
// should be.
func TestFileIsCheckedAfterAnUncleanEnd(t *testing.T) {
	closed := func(t *testing.T, path string) {
		t.Helper()
		s := openAt(t, path)
		draft(t, s, "g")
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range map[string]struct {
		before  func(t *testing.T, path string)
		checked bool
	}{
		"closed":               {closed, false},
		"closed without a use": {func(t *testing.T, path string) { closed(t, path); openAt(t, path).Close() }, false},
		"closed twice":         {func(t *testing.T, path string) { s := openAt(t, path); s.Close(); s.Close() }, false},
		"killed":               {func(t *testing.T, path string) { closed(t, path); openedByAnother(t, path).kill() }, true},
		"killed, its lock lost": {func(t *testing.T, path string) {
			closed(t, path)
			openedByAnother(t, path).kill()
			for _, lock := range must(filepath.Glob(path + ".writer-*"))(t) {
				must(0, os.Remove(lock))(t)
			}
		}, true},
		"killed, and another closed later": {func(t *testing.T, path string) {
			first, second := openedByAnother(t, path), openedByAnother(t, path)
			first.kill()
			second.close()
		}, true},
		"killed and then closed": {func(t *testing.T, path string) { openedByAnother(t, path).kill(); closed(t, path) }, false},
		"open elsewhere": {func(t *testing.T, path string) {
			closed(t, path)
			t.Cleanup(openedByAnother(t, path).close)
		}, false},
		"open elsewhere, and another killed": {func(t *testing.T, path string) {
			t.Cleanup(openedByAnother(t, path).close)
			openedByAnother(t, path).kill()
		}, true},
		"closed while another has it open, which is killed": {func(t *testing.T, path string) {
			other := openedByAnother(t, path)
			closed(t, path)
			other.kill()
		}, true},
		"written by another program": {func(t *testing.T, path string) {
			closed(t, path)
			database(t, path, "CREATE TABLE other (a)")
		}, true},
		"another file in its place": {func(t *testing.T, path string) {
			closed(t, path)
			content := must(os.ReadFile(path))(t)
			must(0, os.Remove(path))(t)
			must(0, os.WriteFile(path, content, 0o600))(t)
			must(0, os.Chtimes(path, time.Time{}, time.Unix(1, 0)))(t)
		}, true},
		"a mark that is torn": {func(t *testing.T, path string) {
			closed(t, path)
			must(0, os.Truncate(markOf(path), 9))(t)
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "state.sqlite")
			c.before(t, path)
			if s := openAt(t, path); s.checked != c.checked || s.Notice() != "" {
				t.Errorf("checked: %v, %q", s.checked, s.Notice())
			}
		})
	}
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// TestPowerFailure opens what is on the disk when power fails at any of several
// moments: with the mark that was taken away there again, and the locks lost.
func TestPowerFailure(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "state.sqlite")
	s := openAt(t, path)
	draft(t, s, "g")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	mark := must(os.ReadFile(markOf(path)))(t)
	s = openAt(t, path)
	moments := 0
	fails := func() {
		t.Helper()
		moments++
		disk := filepath.Join(t.TempDir(), "state.sqlite")
		for _, suffix := range []string{"", "-wal", "-shm"} {
			content, err := os.ReadFile(path + suffix)
			if err != nil {
				continue // it is not there at this moment
			}
			must(0, os.WriteFile(disk+suffix, content, 0o600))(t)
			info := must(os.Stat(path + suffix))(t)
			must(0, os.Chtimes(disk+suffix, time.Time{}, info.ModTime()))(t)
		}
		must(0, os.WriteFile(markOf(disk), mark, 0o600))(t)
		after := openAt(t, disk)
		drafts, err := after.Drafts(t.Context())
		if !after.checked || err != nil || len(drafts) != moments {
			t.Errorf("moment %d: checked: %v, %d drafts, %v", moments, after.checked, len(drafts), err)
		}
	}
	fails()
	for range 3 {
		draft(t, s, fmt.Sprint(moments))
		fails()
	}
	if _, err := s.db.ExecContext(t.Context(), "PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		t.Fatal(err)
	}
	draft(t, s, fmt.Sprint(moments))
	fails()
}

// TestDamageAfterAKill: what a killed firstline left is read as a whole, and set
// aside where it is damaged.
func TestDamageAfterAKill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.sqlite")
	s := openAt(t, path)
	for i := range 200 {
		draft(t, s, fmt.Sprint(i)+strings.Repeat("x", 200))
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	openedByAnother(t, path).kill()
	if s := openAt(t, path); !s.checked || s.Notice() != "" {
		t.Fatalf("checked: %v, %q", s.checked, s.Notice())
	} else if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	f := must(os.OpenFile(path, os.O_RDWR, 0))(t)
	must(f.WriteAt([]byte(strings.Repeat("\xff", 20_000)), 8192))(t)
	must(0, f.Close())(t)
	if s := openAt(t, path); !strings.Contains(s.Notice(), "damaged") {
		t.Errorf("it says %q", s.Notice())
	}
}

// Many firstlines that begin and end at once see each other's drafts, and the last
// one leaves the mark.
func TestManyOpenAndCloseAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.sqlite")
	var running sync.WaitGroup
	for i := range 8 {
		running.Go(func() {
			for n := range 5 {
				s, err := Open(context.WithoutCancel(t.Context()), path)
				if err != nil {
					t.Error(err)
					return
				}
				if err := s.SaveDraft(t.Context(), record.Draft{Groups: fmt.Sprint(i, n), Action: "note", Text: "x"}); err != nil {
					t.Error(err)
				}
				if err := s.Close(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	running.Wait()
	s := openAt(t, path)
	if drafts, err := s.Drafts(t.Context()); err != nil || len(drafts) != 40 || s.checked {
		t.Errorf("%d drafts, %v; checked: %v", len(drafts), err, s.checked)
	}
}

// BenchmarkOpen opens a file of 12 MB that was closed as it should be, and one that
// was not.
func BenchmarkOpen(b *testing.B) {
	for _, unclean := range []bool{false, true} {
		b.Run(fmt.Sprintf("unclean=%v", unclean), func(b *testing.B) {
			path := filepath.Join(b.TempDir(), "state.sqlite")
			s, err := Open(b.Context(), path)
			if err != nil {
				b.Fatal(err)
			}
			for i := range 12 {
				if err := s.SetPage(b.Context(), Page{URL: fmt.Sprint(i), Body: make([]byte, 1_000_000)}, 32e6); err != nil {
					b.Fatal(err)
				}
			}
			if err := s.Close(); err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				b.StopTimer()
				if unclean {
					_ = os.Remove(markOf(path))
				}
				b.StartTimer()
				s, err := Open(b.Context(), path)
				b.StopTimer()
				if err != nil {
					b.Fatal(err)
				}
				if err := s.Close(); err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
			}
		})
	}
}

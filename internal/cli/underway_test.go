//go:build unix

package cli

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"firstline/internal/store"
)

// What a running program sends is under way, and nobody sends it as well. Once
// that program is killed it is settled and sent again, also while a zombie of it
// is left.
func TestUnderWayEndsWithTheProgram(t *testing.T) {
	for name, reap := range map[string]bool{"reaped": true, "a zombie": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := newKilled(t, "escalate")
			reached := make(chan struct{})
			var hung atomic.Bool
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method != http.MethodGet && hung.CompareAndSwap(false, true) {
					_, _ = io.Copy(io.Discard, r.Body) // else the end of the client is not seen
					close(reached)
					<-r.Context().Done()
					panic(http.ErrAbortHandler)
				}
				x.pagerDuty.ServeHTTP(w, r)
			}))
			defer server.Close()
			x.configure(server.URL)

			first := x.program(x.args...)
			if err := first.Start(); err != nil {
				t.Fatal(err)
			}
			<-reached
			if out, err := x.program("history", "--open", "--json").Output(); err == nil || !strings.Contains(string(out), `"under_way": true`) {
				t.Errorf("while it runs history says %v\n%s", err, out)
			}
			if out, err := x.program(x.args...).Output(); err == nil || !strings.Contains(string(out), "Another firstline has been doing the same") {
				t.Errorf("while it runs another says %v\n%s", err, out)
			}
			if notes := x.pagerDuty.Incidents()[0].Notes; len(notes) != 0 {
				t.Fatalf("the notes are %q", notes)
			}
			if err := first.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			if reap {
				_ = first.Wait()
			} else {
				untilZombie(t, first.Process.Pid)
				defer func() { _ = first.Wait() }()
			}
			// Nobody sends it any more, but a gateway may have it still.
			if out, err := x.program(x.args...).CombinedOutput(); err == nil || !strings.Contains(string(out), "does not show it yet, and it may still be carried out until") {
				t.Errorf("just after it was killed another says %v\n%s", err, out)
			}
			if out, err := x.program("history", "--open", "--json").Output(); err == nil || strings.Contains(string(out), `"under_way": true`) {
				t.Errorf("just after it was killed history says %v\n%s", err, out)
			}
			x.sentLongAgo()
			if out, err := x.program(x.args...).CombinedOutput(); err != nil {
				t.Errorf("after it was killed another says %v\n%s", err, out)
			}
			if i := x.pagerDuty.Incidents()[0]; i.PolicyID != "PP1" || len(i.Notes) != 1 {
				t.Errorf("it is with %s and has the notes %q", i.PolicyID, i.Notes)
			}
		})
	}
}

// sentLongAgo makes the journal say that what is unsettled was sent a while ago.
func (x *killed) sentLongAgo() {
	x.t.Helper()
	state, err := store.Open(x.t.Context(), filepath.Join(x.dir, "firstline", "state.sqlite"))
	if err != nil {
		x.t.Fatal(err)
	}
	entries, err := state.Unsettled(x.t.Context())
	for _, e := range entries {
		err = errors.Join(err, state.Sent(x.t.Context(), e.ID, e.At.Add(-10*time.Minute)))
	}
	if err = errors.Join(err, state.Close()); err != nil || len(entries) == 0 {
		x.t.Fatalf("%d entries, %v", len(entries), err)
	}
}

// untilZombie waits until a process has ended for which nobody has waited.
func untilZombie(t *testing.T, pid int) {
	t.Helper()
	for begun := time.Now(); time.Since(begun) < time.Minute; {
		out, err := exec.CommandContext(t.Context(), "ps", "-o", "stat=", "-p", strconv.Itoa(pid)).Output()
		if err != nil {
			t.Fatalf("ps: %v", err)
		}
		if strings.HasPrefix(strings.TrimSpace(string(out)), "Z") {
			return
		}
	}
	t.Fatal("it does not end")
}

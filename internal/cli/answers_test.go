package cli

import (
	"bufio"
	"io"
	"testing"
	"testing/synctest"
	"time"
)

func TestAnswersOfAPerson(t *testing.T) {
	type typed struct {
		after time.Duration
		text  string
	}
	const ms = time.Millisecond
	for _, c := range []struct {
		name  string
		typed []typed
		// ahead: typed before the question.
		ahead string
		yes   bool
	}{
		{"yes", []typed{{time.Second, "y\n"}}, "", true},
		{"in words", []typed{{time.Second, " YES \n"}}, "", true},
		{"no", []typed{{time.Second, "n\n"}}, "", false},
		{"nothing", []typed{{time.Second, "\n"}}, "", false},
		{"the end", nil, "", false},
		{"after 29 ms", []typed{{29 * ms, "y\n"}}, "", false},
		{"after 30 ms", []typed{{30 * ms, "y\n"}}, "", true},
		{"after 100 ms", []typed{{100 * ms, "y\n"}}, "", true},
		{"typed ahead", nil, "y\n", false},
		{"typed ahead, then yes", []typed{{time.Second, "y\n"}}, "y\ny\n", true},
		{"typed ahead, then no", []typed{{time.Second, "n\n"}}, "y\n", false},
		{"the first line of a paste", []typed{{time.Second, "y\n"}, {ms, "y\n"}, {29 * ms, "y\n"}}, "", false},
		{"the first line of a paste, then yes", []typed{{time.Second, "y\n"}, {0, "kubectl get pods\n"}, {time.Second, "y\n"}}, "", true},
		{"another line after 100 ms", []typed{{time.Second, "y\n"}, {100 * ms, "more\n"}}, "", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				in, terminal := io.Pipe()
				a := &answers{make(chan answer, mostAhead), true, time.Now}
				go a.read(bufio.NewReader(in))
				go func() {
					_, _ = io.WriteString(terminal, c.ahead)
					time.Sleep(time.Second)
					for _, typed := range c.typed {
						time.Sleep(typed.after)
						_, _ = io.WriteString(terminal, typed.text)
					}
					time.Sleep(time.Second)
					_ = terminal.Close()
				}()
				time.Sleep(time.Second)
				if got := a.yes(io.Discard, "Send?"); got != c.yes {
					t.Errorf("yes: %v", got)
				}
				for range a.lines { // to its end
				}
			})
		})
	}
}

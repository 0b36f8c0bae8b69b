package prompt

import (
	"context"
	"errors"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"

	"firstline/internal/firstrun"
)

// shown is what a terminal shows.
type shown struct {
	mu   sync.Mutex
	text strings.Builder
}

func (s *shown) read(from *os.File) {
	buffer := make([]byte, 4096)
	for {
		n, err := from.Read(buffer)
		s.mu.Lock()
		s.text.Write(buffer[:n])
		s.mu.Unlock()
		if err != nil {
			return
		}
	}
}

func (s *shown) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// TestKeysBeforeAQuestion are neither shown nor an answer: not before the first question, and
// not between two, while an answer is tried.
func TestKeysBeforeAQuestion(t *testing.T) {
	anything := func(string) error { return nil }
	q := firstrun.Question{Title: "Which question is this?"}
	questions := map[string]struct {
		ask  func(context.Context, *Terminal) (string, error)
		keys [2]string // in the drawn form, and line by line
		want string
	}{
		"choosing": {func(ctx context.Context, p *Terminal) (string, error) {
			at, err := p.Choose(ctx, q, []string{"one", "two", "three"}, 0)
			return []string{"one", "two", "three"}[at], err
		}, [2]string{"j\r", "2\r"}, "two"},
		"several": {func(ctx context.Context, p *Terminal) (string, error) {
			taken, err := p.Several(ctx, q, []string{"one", "two"}, []bool{false, false})
			if err != nil || !taken[0] || taken[1] {
				return "something else", err
			}
			return "one", nil
		}, [2]string{" \r", "1\r\r"}, "one"},
		"writing":  {func(ctx context.Context, p *Terminal) (string, error) { return p.Write(ctx, q, "", anything) }, [2]string{"mine\r", "mine\r"}, "mine"},
		"a secret": {func(ctx context.Context, p *Terminal) (string, error) { return p.Secret(ctx, q, anything) }, [2]string{"mine\r", "mine\r"}, "mine"},
	}
	for form, isPlain := range map[string]bool{"drawn": false, "line by line": true} {
		for name, c := range questions {
			t.Run(form+"/"+name, func(t *testing.T) {
				person, tty, screen := openTerminal(t)
				keys := c.keys[0]
				if isPlain {
					keys = c.keys[1]
				}
				// until waits until something is so.
				until := func(what string, is func() bool) {
					t.Helper()
					for late := time.Now().Add(30 * time.Second); !is(); runtime.Gosched() {
						if time.Now().After(late) {
							t.Fatalf("it never %s:\n%q", what, screen.String())
						}
					}
				}
				early := func() {
					t.Helper()
					const text = "t0p-s3cret\r\r"
					if _, err := person.WriteString(text); err != nil {
						t.Fatal(err)
					}
					until("has what was typed", func() bool {
						n, err := unix.IoctlGetInt(int(tty.Fd()), unix.TIOCINQ)
						return err == nil && n >= len(text)
					})
				}
				terminal := &Terminal{In: tty, Out: tty, Plain: isPlain, NoColor: true}
				defer terminal.Open()()
				for range 2 {
					early()
					before := len(screen.String())
					type answer struct {
						text string
						err  error
					}
					answered := make(chan answer, 1)
					go func() {
						text, err := c.ask(t.Context(), terminal)
						answered <- answer{text, err}
					}()
					until("asks", func() bool { return strings.Contains(screen.String()[before:], q.Title) })
					select {
					case a := <-answered:
						t.Fatalf("what was typed before is an answer: %+v", a)
					default:
					}
					// The drawn form reads keys once it has drawn; line by line takes the first line.
					for _, one := range keys {
						if _, err := person.WriteString(string(one)); err != nil {
							t.Fatal(err)
						}
					}
					if a := <-answered; a.text != c.want || a.err != nil {
						t.Fatalf("the answer is %+v", a)
					}
				}
				if strings.Contains(screen.String(), "s3cret") {
					t.Errorf("what was typed before is shown:\n%q", screen.String())
				}
			})
		}
	}
}

// TestEscIsAnEmptyAnswer, also to a text that would be refused, where an empty answer is one.
func TestEscIsAnEmptyAnswer(t *testing.T) {
	refused := func(text string) error {
		if text != "" {
			return errors.New("this is wrong")
		}
		return nil
	}
	const esc = "\x1b[27u" // in the long form, which begins nothing else
	skippable, needed := firstrun.Question{Title: "Which one?", Empty: "skip"}, firstrun.Question{Title: "Which one?"}
	for name, c := range map[string]struct {
		ask  func(*Terminal) (string, error)
		keys []string
		want string
	}{
		"a text":                      {func(p *Terminal) (string, error) { return p.Write(t.Context(), skippable, "offered", refused) }, []string{"x", esc}, ""},
		"a secret":                    {func(p *Terminal) (string, error) { return p.Secret(t.Context(), skippable, refused) }, []string{"x", esc}, ""},
		"where an answer is needed":   {func(p *Terminal) (string, error) { return p.Write(t.Context(), needed, "", anyText) }, []string{esc, "x", "\r"}, "x"},
		"a secret, without one":       {func(p *Terminal) (string, error) { return p.Secret(t.Context(), skippable, refused) }, []string{"\r"}, ""},
		"a secret where it is needed": {func(p *Terminal) (string, error) { return p.Secret(t.Context(), needed, anyText) }, []string{esc, "x", "\r"}, "x"},
	} {
		t.Run(name, func(t *testing.T) {
			person, tty, screen := openTerminal(t)
			terminal := &Terminal{In: tty, Out: tty, NoColor: true}
			defer terminal.Open()()
			type answer struct {
				text string
				err  error
			}
			answered := make(chan answer, 1)
			go func() {
				text, err := c.ask(terminal)
				answered <- answer{text, err}
			}()
			for late := time.Now().Add(30 * time.Second); !strings.Contains(screen.String(), "Which one?"); runtime.Gosched() {
				if time.Now().After(late) {
					t.Fatalf("it never asks:\n%q", screen.String())
				}
			}
			for _, keys := range c.keys {
				if _, err := person.WriteString(keys); err != nil {
					t.Fatal(err)
				}
			}
			if a := <-answered; a.text != c.want || a.err != nil {
				t.Errorf("the answer is %q, %v", a.text, a.err)
			}
		})
	}
}

func anyText(string) error { return nil }

// openTerminal opens a terminal of 80x24: the side of the person, that of the program, and
// what the program shows.
func openTerminal(t *testing.T) (person, tty *os.File, screen *shown) {
	t.Helper()
	person, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = person.Close(), tty.Close() })
	if err := pty.Setsize(person, &pty.Winsize{Rows: 24, Cols: 80}); err != nil {
		t.Fatal(err)
	}
	screen = new(shown)
	go screen.read(person)
	return person, tty, screen
}

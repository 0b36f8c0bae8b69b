package keyboard

import (
	"errors"
	"io"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"

	"firstline/ui/room"
)

// stroke is some bytes that the terminal has after a while.
type stroke struct {
	after time.Duration
	bytes string
}

const ms = time.Millisecond

// typedOn gives what a keyboard hands on, while each update takes a time.
func typedOn(t *testing.T, update time.Duration, strokes ...stroke) (typed []Typed, others []tea.Msg) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		in, terminal := io.Pipe()
		k := New(in, "xterm-256color", time.Now, func(key tea.KeyPressMsg) bool { return key.Code == tea.KeyEnter })
		k.Start(func(msg tea.Msg) {
			if read, ok := msg.(Typed); ok {
				typed = append(typed, read)
			} else {
				others = append(others, msg)
			}
			time.Sleep(update)
		}, nil)
		ended := make(chan error, 1)
		go func() {
			_, err := k.Read(nil)
			ended <- err
		}()
		for _, s := range strokes {
			time.Sleep(s.after)
			if _, err := io.WriteString(terminal, s.bytes); err != nil {
				t.Error(err)
			}
		}
		time.Sleep(time.Hour)
		k.Close()
		_ = terminal.Close()
		if err := <-ended; !errors.Is(err, io.EOF) {
			t.Errorf("reading ended with %v", err)
		}
	})
	return typed, others
}

func TestTheClockOfKeys(t *testing.T) {
	paste := "\x1b[200~text\r\x1b[201~"
	for _, c := range []struct {
		name    string
		update  time.Duration
		strokes []stroke
		// hasty are those of what was typed that came in a burst.
		hasty []bool
	}{
		{"29 ms apart", 0, []stroke{{0, "x"}, {29 * ms, "\r"}}, []bool{false, true}},
		{"30 ms apart", 0, []stroke{{0, "x"}, {30 * ms, "\r"}}, []bool{false, false}},
		{"31 ms apart", 0, []stroke{{0, "x"}, {31 * ms, "\r"}}, []bool{false, false}},
		{"100 ms apart", 0, []stroke{{0, "x"}, {100 * ms, "\r"}, {100 * ms, "\r"}}, []bool{false, false, false}},
		{"all in one read", 0, []stroke{{0, "yes\r"}}, []bool{false, true, true, true}},
		{"a paste in several reads", 0, []stroke{{0, "ye"}, {5 * ms, "s"}, {25 * ms, "\r"}}, []bool{false, true, true, true}},
		{"queued behind a slow update", time.Second, []stroke{{0, "x"}, {100 * ms, "y"}, {100 * ms, "\r"}, {31 * ms, "z"}}, []bool{false, false, false, false}},
		{"a burst queued behind a slow update", time.Second, []stroke{{0, "x"}, {100 * ms, "y"}, {10 * ms, "\r"}}, []bool{false, false, true}},
		{"slow updates at both ends", 29 * ms, []stroke{{0, "x"}, {30 * ms, "\r"}, {29 * ms, "\r"}}, []bool{false, true, true}},
		{"a burst that begins with enter", 0, []stroke{{0, "\r"}, {10 * ms, "y"}}, []bool{true, true}},
		{"a burst in one read that begins with enter", 0, []stroke{{0, "\ry"}}, []bool{true, true}},
		{"a slow burst that begins with enter", time.Second, []stroke{{0, "x"}, {50 * ms, "\r"}, {29 * ms, "y"}}, []bool{false, true, true}},
		{"enter alone, and a key after 30 ms", 0, []stroke{{0, "\r"}, {30 * ms, "y"}}, []bool{false, false}},
		{"a marked paste just before", 0, []stroke{{0, paste}, {10 * ms, "\r"}}, []bool{false, true}},
		{"a marked paste long before", 0, []stroke{{0, paste}, {200 * ms, "\r"}}, []bool{false, false}},
		{"a key that nobody knows just before", 0, []stroke{{0, "\x1b[99;99Q"}, {60 * ms, "\x1b[24;9~"}, {10 * ms, "\r"}}, []bool{false, false, true}},
		{"escape, which is known later than it is read", 0, []stroke{{0, "\x1b"}, {110 * ms, "\r"}}, []bool{false, false}},
		{"escape and a key behind a slow update", time.Second, []stroke{{0, "x"}, {200 * ms, "\x1b"}, {110 * ms, "\r"}}, []bool{false, false, false}},
		{"a key in two reads", 0, []stroke{{0, "\x1b["}, {5 * ms, "A"}, {40 * ms, "\r"}}, []bool{false, false}},
		{"a letter in two reads", 0, []stroke{{0, "\xc3"}, {5 * ms, "\xa9"}, {40 * ms, "\r"}}, []bool{false, false}},
		{"an answer of the terminal just before", 0, []stroke{{0, "\x1b]11;rgb:0000/0000/0000\x1b\\"}, {5 * ms, "\r"}}, []bool{false}},
	} {
		t.Run(c.name, func(t *testing.T) {
			typed, _ := typedOn(t, c.update, c.strokes...)
			var clock room.Typing
			var hasty []bool
			for _, read := range typed {
				clock.Note(read.At, read.Followed)
				hasty = append(hasty, clock.Hasty)
			}
			if !slices.Equal(hasty, c.hasty) {
				t.Errorf("in a burst: %v, want %v; read: %+v", hasty, c.hasty, typed)
			}
		})
	}
}

// What was typed arrives in order, whole and with its time, whatever an update
// takes.
func TestASlowUpdateLosesAndMergesNothing(t *testing.T) {
	var strokes []stroke
	text := "a slow frame, é\r"
	for _, r := range text {
		strokes = append(strokes, stroke{40 * ms, string(r)})
	}
	for _, update := range []time.Duration{0, ms, 39 * ms, 41 * ms, time.Second} {
		typed, _ := typedOn(t, update, strokes...)
		got := ""
		for i, read := range typed {
			key := read.Msg.(tea.KeyPressMsg)
			if key.Code == tea.KeyEnter {
				key.Text = "\r"
			}
			got += key.Text
			if i > 0 && read.At.Sub(typed[i-1].At) != 40*ms {
				t.Errorf("updates of %v: key %d was read %v after the one before", update, i, read.At.Sub(typed[i-1].At))
			}
		}
		if got != text {
			t.Errorf("updates of %v: %q was read", update, got)
		}
	}
}

func TestWhatIsNotTypedGoesItsOwnWay(t *testing.T) {
	typed, others := typedOn(t, 0, stroke{0, "\x1b]11;rgb:ffff/ffff/ffff\x1b\\"}, stroke{100 * ms, "x"})
	if len(typed) != 1 || len(others) != 1 {
		t.Fatalf("typed %v, others %v", typed, others)
	}
	if _, ok := others[0].(uv.BackgroundColorEvent); !ok {
		t.Errorf("the terminal's colour came as %T", others[0])
	}
}

// Another program gets the terminal once the rest of a burst is read, and what
// is typed then is its own.
func TestABurstIsReadToItsEndBeforeOthersReadKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in, terminal := io.Pipe()
		k := New(in, "xterm-256color", time.Now, func(tea.KeyPressMsg) bool { return false })
		var (
			mu   sync.Mutex
			read string
		)
		k.Start(func(msg tea.Msg) {
			mu.Lock()
			defer mu.Unlock()
			read += msg.(Typed).Msg.(tea.KeyPressMsg).Text
		}, nil)
		got := func() string {
			mu.Lock()
			defer mu.Unlock()
			return read
		}
		go func() { _, _ = k.Read(nil) }()
		if _, err := io.WriteString(terminal, "w"); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		released := make(chan struct{})
		go func() {
			k.Release()
			close(released)
		}()
		for _, letter := range "rest" {
			time.Sleep(20 * ms)
			if _, err := io.WriteString(terminal, string(letter)); err != nil {
				t.Fatal(err)
			}
			select {
			case <-released:
				t.Fatalf("released after %q", got())
			default:
			}
		}
		<-released
		synctest.Wait() // until the last key is handed on
		if got := got(); got != "wrest" {
			t.Errorf("%q was read", got)
		}
		_ = terminal.Close()
		k.Close()
	})
}

// Package keyboard reads what is typed as soon as it comes, with the time at
// which it came.
package keyboard

import (
	"context"
	"io"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/term"

	"firstline/ui/room"
)

// Typed is something typed, with what only the reader knows: an update may
// be late.
type Typed struct {
	// Msg is a key press, a paste, a click, or a sequence that nobody knows.
	Msg tea.Msg
	// At is when it was read.
	At time.Time
	// Followed: the next was read within a burst after it.
	Followed bool
}

// Keyboard reads what is typed as soon as it comes, and notes when. Bubble Tea's
// own reading waits for each update, so that keys which queue behind a slow one
// would seem to come at once. Bubble Tea calls Read where it would begin to
// read: the parsing is that of its own library.
type Keyboard struct {
	from io.Reader
	// term is the terminal's name, which determines its keys.
	term string
	now  func() time.Time
	// holds reports whether a key may confirm something: it is handed on once
	// it is sure whether it begins a burst.
	holds func(tea.KeyPressMsg) bool

	// parsed are the parser's events, each after the readAt of its bytes.
	parsed chan uv.Event
	// queue is what waits for the program. A full one leaves the rest in the
	// terminal, whose keys then seem to come in a burst.
	queue chan tea.Msg
	// done ends what start began.
	done    chan struct{}
	running sync.WaitGroup

	mu sync.Mutex
	// last is when something was read last.
	last time.Time
	// listening is what reads now; nil: nothing does.
	listening *listening
	closed    bool
}

// readAt comes before the events of bytes that were read at its time.
type readAt time.Time

// listening is reading for a while: another program may have the terminal
// before and after it.
type listening struct {
	cancel func() bool
	ended  chan struct{}
}

// mostQueued is more keys than anybody types during a slow update.
const mostQueued = 1024

// New reads keys from an input. holds says of a key that it may confirm
// something.
func New(from io.Reader, term string, now func() time.Time, holds func(tea.KeyPressMsg) bool) *Keyboard {
	return &Keyboard{
		from: from, term: term, now: now, holds: holds,
		parsed: make(chan uv.Event), queue: make(chan tea.Msg, mostQueued), done: make(chan struct{}),
	}
}

// Start begins to hand on what is read. send may take its time; it gets failed's
// message for a panic.
func (k *Keyboard) Start(send func(tea.Msg), failed func(panicked any) tea.Msg) {
	k.running.Go(k.stamp)
	k.running.Go(func() {
		defer func() {
			if value := recover(); value != nil {
				send(failed(value))
			}
		}()
		k.deliver(send)
	})
}

// Read reads until release or close, or the input's end, and then says that
// the input has ended. It gives no bytes.
func (k *Keyboard) Read([]byte) (int, error) {
	from, err := uv.NewCancelReader(k.from)
	if err != nil {
		return 0, err
	}
	defer func() { _ = from.Close() }()
	r := &listening{from.Cancel, make(chan struct{})}
	defer close(r.ended)
	if !k.begin(r) {
		return 0, io.EOF
	}
	// Not bound to a context: its end alone would leave a read waiting.
	err = uv.NewTerminalReader(k.timed(from), k.term).StreamEvents(context.Background(), k.parsed)
	if err == nil {
		err = io.EOF
	}
	return 0, err
}

func (k *Keyboard) begin(r *listening) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.listening = r
	return !k.closed
}

// end ends the reading that is under way, and waits for it where it can be
// ended.
func (k *Keyboard) end() {
	k.mu.Lock()
	r := k.listening
	k.listening = nil
	k.mu.Unlock()
	if r != nil && r.cancel() {
		<-r.ended
	}
}

// longestBurst is how long release reads on at most.
const longestBurst = time.Second

// Release ends the reading, for another program to have the terminal. What is
// left of a burst is read before: it was not meant for that program.
func (k *Keyboard) Release() {
	for begun := time.Now(); time.Since(begun) < longestBurst; {
		k.mu.Lock()
		rest := room.Burst - k.now().Sub(k.last)
		k.mu.Unlock()
		if rest <= 0 {
			break
		}
		time.Sleep(min(rest, room.Burst))
	}
	k.end()
}

// Close ends everything.
func (k *Keyboard) Close() {
	k.mu.Lock()
	k.closed = true
	k.mu.Unlock()
	k.end()
	close(k.done)
	k.running.Wait()
}

// noted is the time of a read that has just ended; ended says that what it
// brought is for nobody any more.
func (k *Keyboard) noted() (at time.Time, ended bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.last = k.now()
	return k.last, k.closed
}

// timedReader gives bytes to the parser, and the time of their reading to
// those who take its events.
type timedReader struct {
	*Keyboard
	from io.Reader
	// unread are bytes that were read at a time and not given yet, with the
	// fault that came after them.
	unread []byte
	at     time.Time
	fault  error
}

// Read gives what the terminal had at one time. It gives nothing before: once
// the parser comes back from that, all events of the bytes before are taken,
// and those that follow are of the new time.
func (t *timedReader) Read(p []byte) (int, error) {
	if len(t.unread) > 0 {
		select {
		case t.parsed <- readAt(t.at):
		case <-t.done:
			return 0, io.EOF
		}
		n := copy(p, t.unread)
		t.unread = t.unread[n:]
		return n, nil
	}
	if t.fault != nil {
		return 0, t.fault
	}
	n, err := t.from.Read(p)
	if n == 0 {
		return 0, err
	}
	at, ended := t.noted()
	if ended {
		return 0, io.EOF
	}
	t.unread, t.at, t.fault = append([]byte(nil), p[:n]...), at, err
	return 0, nil
}

// stamp gives each event the time at which its bytes were read.
func (k *Keyboard) stamp() {
	var at time.Time
	for {
		var event uv.Event
		select {
		case event = <-k.parsed:
		case <-k.done:
			return
		}
		msg := event
		switch event := event.(type) {
		case readAt:
			at = time.Time(event)
			continue
		case uv.KeyPressEvent:
			msg = Typed{Msg: tea.KeyPressMsg(event), At: at}
		case uv.PasteEvent:
			msg = Typed{Msg: tea.PasteMsg(event), At: at}
		case uv.MouseClickEvent:
			msg = Typed{Msg: tea.MouseClickMsg(event), At: at}
		case uv.UnknownEvent, uv.UnknownCsiEvent, uv.UnknownSs3Event:
			msg = Typed{Msg: event, At: at}
		}
		if read, typed := msg.(Typed); typed && at.IsZero() {
			read.At, _ = k.noted() // the reader has no time
			msg = read
		}
		select {
		case k.queue <- msg:
		case <-k.done:
			return
		}
	}
}

// deliver hands everything on in its order.
func (k *Keyboard) deliver(send func(tea.Msg)) {
	var ahead []tea.Msg
	for {
		var msg tea.Msg
		if len(ahead) > 0 {
			msg, ahead = ahead[0], ahead[1:]
		} else {
			select {
			case msg = <-k.queue:
			case <-k.done:
				return
			}
		}
		if read, typed := msg.(Typed); typed {
			if key, pressed := read.Msg.(tea.KeyPressMsg); pressed && k.holds(key) {
				read.Followed, ahead = k.burstFollows(read.At, ahead)
				msg = read
			}
		}
		send(msg)
	}
}

// slack is what the clocks of two goroutines may differ by.
const slack = 5 * time.Millisecond

// burstFollows reports whether something was typed within a burst after a time.
// It waits until that is sure; what comes meanwhile goes to the end of ahead.
func (k *Keyboard) burstFollows(after time.Time, ahead []tea.Msg) (followed bool, all []tea.Msg) {
	for _, msg := range ahead {
		if next, typed := msg.(Typed); typed {
			return next.At.Sub(after) < room.Burst, ahead
		}
	}
	timer := time.NewTimer(min(room.Burst+slack-k.now().Sub(after), room.Burst+slack))
	defer timer.Stop()
	for over := false; ; {
		var msg tea.Msg
		if over {
			select {
			case msg = <-k.queue: // it waited already
			default:
				return false, ahead
			}
		} else {
			select {
			case msg = <-k.queue:
			case <-k.done:
				return true, ahead
			case <-timer.C:
				over = true
				continue
			}
		}
		ahead = append(ahead, msg)
		if next, typed := msg.(Typed); typed {
			return next.At.Sub(after) < room.Burst, ahead
		}
	}
}

// terminalInput is an input that is a terminal: Bubble Tea sets its mode by the
// file descriptor. It has no name, or Bubble Tea would wait for bytes of that
// descriptor.
type terminalInput struct {
	term.File
	keys *Keyboard
}

// Bubble Tea sets the mode of a term.File only.
var _ term.File = terminalInput{}

func (t terminalInput) Read(p []byte) (int, error) { return t.keys.Read(p) }

// ForProgram is the input as Bubble Tea gets it.
func (k *Keyboard) ForProgram() io.Reader {
	if file, ok := k.from.(term.File); ok {
		return terminalInput{file, k}
	}
	return k
}

// Beneath is what an input reads from, for a program that takes the terminal.
func Beneath(r io.Reader) io.Reader {
	switch r := r.(type) {
	case terminalInput:
		return r.File
	case *Keyboard:
		return r.from
	}
	return r
}

package sources

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"
)

// readTimeout bounds one read of a source.
const readTimeout = time.Minute

// errReadTimeout is the cause of a read's context that ended by readTimeout.
var errReadTimeout = fmt.Errorf("the read took longer than %v", readTimeout)

// read reads r once, within its time, and returns the result. AsOf is the start
// of the read: its data cannot be newer.
func read(ctx context.Context, r Reader, partial func(Data)) Snapshot {
	s := Snapshot{Source: r.Source()}
	start := Now()
	ctx, cancel := context.WithTimeoutCause(ctx, readTimeout, errReadTimeout)
	defer cancel()
	calls := &serially{call: partial}
	data, err := guarded(ctx, r, calls.partial)
	calls.end()
	if err != nil {
		s.Err, s.FailingSince = classified(ctx, s.Source, err), Now()
		return s
	}
	s.Data, s.AsOf = data, start
	return s
}

// guarded turns a panic of the reader into an error, so that a fault in one
// source does not remove the others from the screen.
func guarded(ctx context.Context, r Reader, partial func(Data)) (data Data, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = &Error{
				Source: r.Source(), Doing: "reading", Reason: BadAnswer,
				Sentence: "reading it ended in a fault of firstline itself: please report what --log-file says",
				Err:      fmt.Errorf("panic: %v\n%s", fault, debug.Stack()),
			}
		}
	}()
	return r.Read(ctx, partial)
}

// classified returns err as an *Error. Readers classify the errors that they
// expect. The rest are timeouts and programming errors.
func classified(ctx context.Context, source Source, err error) error {
	var e *Error
	late := errors.Is(context.Cause(ctx), errReadTimeout)
	switch {
	case errors.As(err, &e) && (!late || e.Reason != Canceled):
		return err
	case late:
		return &Error{
			Source: source, Doing: "reading", Reason: Unreachable, Err: err,
			Sentence: fmt.Sprintf("reading it took longer than %v and was given up: check the network and how busy the server is", readTimeout),
		}
	case ctx.Err() != nil:
		return &Error{Source: source, Doing: "reading", Reason: Canceled, Sentence: "reading it was stopped", Err: err}
	}
	return &Error{Source: source, Doing: "reading", Reason: BadAnswer, Sentence: err.Error(), Err: err}
}

// serially makes calls of partial wait for each other, and drops those after
// the read.
type serially struct {
	mu    sync.Mutex
	ended bool
	call  func(Data)
}

func (s *serially) partial(d Data) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.ended {
		s.call(d)
	}
}

func (s *serially) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = true
}

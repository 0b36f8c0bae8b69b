// Package sending proves that a request never left this machine, so that it
// certainly had no effect.
package sending

import (
	"context"
	"net/http/httptrace"
	"sync/atomic"
)

// Watch is the observed progress of one request.
type Watch struct {
	asked, began atomic.Bool
}

// Watching returns a context whose requests are observed.
func Watching(ctx context.Context) (context.Context, *Watch) {
	w := &Watch{}
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) { w.asked.Store(true) },
		// The first field is written to a buffer before any byte of the request
		// is sent to the network.
		WroteHeaderField: func(string, []string) { w.began.Store(true) },
		WroteHeaders:     func() { w.began.Store(true) },
		WroteRequest:     func(httptrace.WroteRequestInfo) { w.began.Store(true) },
	}), w
}

// NeverLeft reports whether it is proven that no byte of the request was
// written: there was no connection, or the request was stopped before. If
// nothing was observed, because another kind of transport sent it, nothing is
// proven.
func (w *Watch) NeverLeft() bool { return w.asked.Load() && !w.began.Load() }

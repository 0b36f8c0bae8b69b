// Package sending proves that a request never left this machine, so that what it
// asked for was surely not done.
package sending

import (
	"context"
	"net/http/httptrace"
	"sync/atomic"
)

// Watch is what is seen of one request on its way out.
type Watch struct {
	asked, began atomic.Bool
}

// Watching gives a context whose requests are watched.
func Watching(ctx context.Context) (context.Context, *Watch) {
	w := &Watch{}
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) { w.asked.Store(true) },
		// The first field is written to a buffer before any byte of the request
		// goes to the network.
		WroteHeaderField: func(string, []string) { w.began.Store(true) },
		WroteHeaders:     func() { w.began.Store(true) },
		WroteRequest:     func(httptrace.WroteRequestInfo) { w.began.Store(true) },
	}), w
}

// NeverLeft reports whether it is proven that no byte of the request was
// written: no connection came about, or it was stopped before. Where nothing was
// seen of it, because another kind of transport took it, nothing is proven.
func (w *Watch) NeverLeft() bool { return w.asked.Load() && !w.began.Load() }

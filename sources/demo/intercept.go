package demo

import (
	"net/http"
	"sync"
)

// maxBody is the limit on the body of a request, in bytes.
const maxBody = 1 << 20

// interceptable serves a handler, through another one if a test wants that.
type interceptable struct {
	handler http.Handler

	interceptMu sync.RWMutex
	intercepted http.Handler // nil: nothing intercepts
}

// Intercept serves the stand-in through the handler that with makes of its own.
func (i *interceptable) Intercept(with func(http.Handler) http.Handler) {
	i.interceptMu.Lock()
	defer i.interceptMu.Unlock()
	i.intercepted = with(i.handler)
}

// ServeHTTP answers a request. It reads at most maxBody bytes of it.
func (i *interceptable) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	i.interceptMu.RLock()
	handler := i.intercepted
	i.interceptMu.RUnlock()
	if handler == nil {
		handler = i.handler
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	handler.ServeHTTP(w, r)
}

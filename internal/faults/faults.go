// Package faults makes a stand-in server fail in tests: it refuses requests, cuts
// connections, delays and changes answers. It also records the requests that the
// server received.
package faults

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Fault is a failure of matching requests.
type Fault struct {
	// Method and Path select requests. Empty ones match all. Path is a prefix.
	Method, Path string
	// Times is how often it happens. 0 means always.
	Times int
	// Skip lets that many matching requests through first.
	Skip int

	// Status and Body replace the answer, with Header.
	Status int
	Header http.Header
	Body   string
	// CutBefore closes the connection before the request is handled, CutAfter
	// after it was handled and before the answer.
	CutBefore, CutAfter bool
	// Truncate closes the connection in the middle of the answer.
	Truncate bool
	// Rewrite changes the answer to a request that was carried out.
	Rewrite func(answer []byte) []byte
	// Hold delays the answer until the channel is closed or the client gives
	// up. The request is carried out unless Status is set.
	Hold <-chan struct{}
}

// Injector records the requests to a handler and injects faults into its answers.
type Injector struct {
	handler http.Handler

	mu       sync.Mutex
	requests []Request
	faults   []*Fault
}

// Into puts an Injector between a stand-in and those who send it requests.
func Into(server interface {
	Intercept(func(http.Handler) http.Handler)
},
) *Injector {
	i := &Injector{}
	server.Intercept(func(handler http.Handler) http.Handler {
		i.handler = handler
		return i
	})
	return i
}

// Request is a received request.
type Request struct {
	Method, Path string
	Query        url.Values
	Header       http.Header
	Body         []byte
}

// Requests returns the requests so far.
func (i *Injector) Requests() []Request {
	i.mu.Lock()
	defer i.mu.Unlock()
	return slices.Clone(i.requests)
}

// ForgetRequests clears the record.
func (i *Injector) ForgetRequests() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.requests = nil
}

// Fail adds a fault for matching requests.
func (i *Injector) Fail(f Fault) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.faults = append(i.faults, &f)
}

// Mend removes all faults.
func (i *Injector) Mend() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.faults = nil
}

// ServeHTTP serves the handler's answer, unless a fault is due.
func (i *Injector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the client is gone or sends too much
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	fault := i.record(r, body)
	if fault == nil {
		i.handler.ServeHTTP(w, r)
		return
	}
	if fault.CutBefore {
		panic(http.ErrAbortHandler)
	}
	if fault.Status != 0 {
		fault.hold(r)
		for k, v := range fault.Header {
			w.Header()[k] = v
		}
		w.WriteHeader(fault.Status)
		_, _ = io.WriteString(w, fault.Body)
		return
	}
	recorded := &recordedAnswer{header: http.Header{}}
	i.handler.ServeHTTP(recorded, r)
	fault.hold(r)
	if fault.CutAfter {
		panic(http.ErrAbortHandler)
	}
	for k, v := range recorded.header {
		w.Header()[k] = v
	}
	answer := recorded.body.Bytes()
	if fault.Rewrite != nil {
		answer = fault.Rewrite(answer)
	}
	if fault.Truncate {
		w.Header().Set("Content-Length", strconv.Itoa(len(answer)))
		answer = answer[:len(answer)/2]
	}
	w.WriteHeader(max(recorded.status, http.StatusOK))
	_, _ = w.Write(answer)
	if fault.Truncate {
		// What is only buffered would be lost with the connection.
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
}

// hold delays an answer.
func (f *Fault) hold(r *http.Request) {
	if f.Hold == nil {
		return
	}
	select {
	case <-f.Hold:
	case <-r.Context().Done():
		panic(http.ErrAbortHandler)
	}
}

// record records the request and returns the fault that matches it.
func (i *Injector) record(r *http.Request, body []byte) *Fault {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.requests = append(i.requests, Request{r.Method, r.URL.Path, r.URL.Query(), r.Header.Clone(), body})
	for n, f := range i.faults {
		if f.Method != "" && f.Method != r.Method || !strings.HasPrefix(r.URL.Path, f.Path) {
			continue
		}
		if f.Skip > 0 {
			f.Skip--
			continue
		}
		if f.Times > 0 {
			if f.Times--; f.Times == 0 {
				i.faults = slices.Delete(i.faults, n, n+1)
			}
		}
		return f
	}
	return nil
}

// recordedAnswer buffers an answer so that it can be cut.
type recordedAnswer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (k *recordedAnswer) Header() http.Header         { return k.header }
func (k *recordedAnswer) WriteHeader(status int)      { k.status = status }
func (k *recordedAnswer) Write(b []byte) (int, error) { return k.body.Write(b) }

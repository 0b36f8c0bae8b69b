package demo

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

// Fault is something that goes wrong with matching requests.
type Fault struct {
	// Method and Path select requests; an empty one matches all. Path is a
	// prefix.
	Method, Path string
	// Times is how often it happens; 0 means for ever.
	Times int
	// Skip lets that many matching requests through first.
	Skip int

	// Status and Body are answered instead, with Header.
	Status int
	Header http.Header
	Body   string
	// CutBefore ends the connection before the request is handled, CutAfter
	// when it was handled and before it is answered.
	CutBefore, CutAfter bool
	// Truncate ends the connection in the middle of the answer.
	Truncate bool
	// Rewrite changes the answer to a request that was carried out.
	Rewrite func(answer []byte) []byte
	// Hold keeps the answer back, which is to a request that was carried out
	// unless Status says otherwise, until it is closed or the client gives up.
	Hold <-chan struct{}
}

// faulty serves a handler, keeps what it was asked, and lets what it answers go
// wrong.
type faulty struct {
	handler http.Handler

	mu       sync.Mutex
	requests []Request
	faults   []*Fault
}

// Request is a request as it came, for tests.
type Request struct {
	Method, Path string
	Query        url.Values
	Header       http.Header
	Body         []byte
}

// Requests are those that came so far.
func (s *faulty) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// ForgetRequests empties the record.
func (s *faulty) ForgetRequests() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = nil
}

// Fail makes matching requests go wrong from now on.
func (s *faulty) Fail(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &f)
}

// Mend ends all faults.
func (s *faulty) Mend() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

const maxBody = 1 << 20

// ServeHTTP answers as the server would, unless a fault is due.
func (s *faulty) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return // the client is gone
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	fault := s.record(r, body)
	if fault == nil {
		s.handler.ServeHTTP(w, r)
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
	kept := &keptAnswer{header: http.Header{}}
	s.handler.ServeHTTP(kept, r)
	fault.hold(r)
	if fault.CutAfter {
		panic(http.ErrAbortHandler)
	}
	for k, v := range kept.header {
		w.Header()[k] = v
	}
	answer := kept.body.Bytes()
	if fault.Rewrite != nil {
		answer = fault.Rewrite(answer)
	}
	if fault.Truncate {
		w.Header().Set("Content-Length", strconv.Itoa(len(answer)))
		answer = answer[:len(answer)/2]
	}
	w.WriteHeader(max(kept.status, http.StatusOK))
	_, _ = w.Write(answer)
	if fault.Truncate {
		// What is only buffered would be lost with the connection.
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
}

// hold keeps an answer back.
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

// record keeps the request and finds the fault that hits it.
func (s *faulty) record(r *http.Request, body []byte) *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, Request{r.Method, r.URL.Path, r.URL.Query(), r.Header.Clone(), body})
	for n, f := range s.faults {
		if f.Method != "" && f.Method != r.Method || !strings.HasPrefix(r.URL.Path, f.Path) {
			continue
		}
		if f.Skip > 0 {
			f.Skip--
			continue
		}
		if f.Times > 0 {
			if f.Times--; f.Times == 0 {
				s.faults = slices.Delete(s.faults, n, n+1)
			}
		}
		return f
	}
	return nil
}

// keptAnswer holds an answer back so that it can be cut.
type keptAnswer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (k *keptAnswer) Header() http.Header         { return k.header }
func (k *keptAnswer) WriteHeader(status int)      { k.status = status }
func (k *keptAnswer) Write(b []byte) (int, error) { return k.body.Write(b) }

package demo

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
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
	// Hold keeps the answer back until it is closed or the client gives up.
	Hold <-chan struct{}
}

// Fail makes matching requests go wrong from now on.
func (p *PagerDuty) Fail(f Fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults = append(p.faults, &f)
}

// Mend ends all faults.
func (p *PagerDuty) Mend() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults = nil
}

const maxBody = 1 << 20

// ServeHTTP answers as PagerDuty would.
func (p *PagerDuty) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return // the client is gone
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	fault := p.record(r, body)
	if fault == nil {
		p.handler.ServeHTTP(w, r)
		return
	}
	if fault.CutBefore {
		panic(http.ErrAbortHandler)
	}
	if fault.Hold != nil {
		select {
		case <-fault.Hold:
		case <-r.Context().Done():
			panic(http.ErrAbortHandler)
		}
	}
	if fault.Status != 0 {
		for k, v := range fault.Header {
			w.Header()[k] = v
		}
		w.WriteHeader(fault.Status)
		_, _ = io.WriteString(w, fault.Body)
		return
	}
	kept := &keptAnswer{header: http.Header{}}
	p.handler.ServeHTTP(kept, r)
	if fault.CutAfter {
		panic(http.ErrAbortHandler)
	}
	for k, v := range kept.header {
		w.Header()[k] = v
	}
	answer := kept.body.Bytes()
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

// record keeps the request and finds the fault that hits it.
func (p *PagerDuty) record(r *http.Request, body []byte) *Fault {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.requests = append(p.requests, Request{r.Method, r.URL.Path, r.URL.Query(), r.Header.Clone(), body})
	for n, f := range p.faults {
		if f.Method != "" && f.Method != r.Method || !strings.HasPrefix(r.URL.Path, f.Path) {
			continue
		}
		if f.Skip > 0 {
			f.Skip--
			continue
		}
		if f.Times > 0 {
			if f.Times--; f.Times == 0 {
				p.faults = slices.Delete(p.faults, n, n+1)
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

package execute_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"firstline/internal/execute"
	"firstline/internal/respond"
	"firstline/sources"
	"firstline/sources/pagerduty"
)

// overtaken is a network that loses the answer to one write, or the write
// itself, and on which somebody acts before anything else is read.
type overtaken struct {
	method, path string
	arrives      bool
	act          func()
	over         bool
}

func (o *overtaken) RoundTrip(r *http.Request) (*http.Response, error) {
	if o.over || r.Method != o.method || r.URL.Path != o.path && (!strings.HasSuffix(o.path, "/") || !strings.HasPrefix(r.URL.Path, o.path)) {
		return http.DefaultTransport.RoundTrip(r)
	}
	o.over = true
	if o.arrives {
		resp, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			return nil, err
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
	}
	o.act()
	return nil, errors.New("the connection broke")
}

// What others do before the answer that was lost is looked for hides nothing and
// proves nothing: what was done is never called failed, nor what was not, done.
func TestOthersActBeforeALostAnswerIsSettled(t *testing.T) {
	acts := map[string]func(a *account, id string) error{
		"Ann resolves it":         func(a *account, id string) error { return a.ann.Resolve(a.t.Context(), "", id) },
		"Ann acknowledges it":     func(a *account, id string) error { return a.ann.Acknowledge(a.t.Context(), id) },
		"Ann assigns it to her":   func(a *account, id string) error { return a.ann.Assign(a.t.Context(), []string{"UANN"}, id) },
		"Ann begins it again":     func(a *account, id string) error { return a.ann.SetPolicy(a.t.Context(), "PPAY", id) },
		"Ann makes it high":       func(a *account, id string) error { return a.ann.SetUrgency(a.t.Context(), "high", id) },
		"Ann sets a priority":     func(a *account, id string) error { return a.ann.SetPriority(a.t.Context(), "PP2", id) },
		"Ann notes something":     func(a *account, id string) error { _, err := a.ann.AddNote(a.t.Context(), id, "looking"); return err },
		"Ann merges it away":      func(a *account, id string) error { return a.mergeAway(id) },
		"nobody does anything":    func(*account, string) error { return nil },
		"who Dana is not known":   func(*account, string) error { return nil },
		"Ann, and Dana unknown":   func(a *account, id string) error { return a.ann.Acknowledge(a.t.Context(), id) },
		"she resolves, unknown":   func(a *account, id string) error { return a.ann.Resolve(a.t.Context(), "", id) },
		"she assigns it, unknown": func(a *account, id string) error { return a.ann.Assign(a.t.Context(), []string{"UANN"}, id) },
	}
	for _, c := range changes() {
		if c.alerts {
			continue
		}
		for name, act := range acts {
			for _, arrives := range []bool{true, false} {
				t.Run(c.name+", "+name+map[bool]string{true: ", it arrived", false: ", it was lost"}[arrives], func(t *testing.T) {
					t.Parallel()
					a, p, path := c.ready(t)
					id := p.Items[0].ID
					if strings.Contains(name, "nknown") || strings.Contains(name, "not known") {
						p.Me = sources.Reference{}
					}
					net := &overtaken{method: c.method, path: path, arrives: arrives, act: func() { _ = act(a, id) }}
					dana, err := pagerduty.New(pagerduty.Options{URL: a.url, Token: "dana", Email: "dana@example.com", Transport: net})
					if err != nil {
						t.Fatal(err)
					}
					d := &execute.Doer{Incidents: dana, Email: "dana@example.com", Wait: noWait, Journal: &execute.Memory{}}
					got := d.Do(t.Context(), p.Attempt(), nil)[0]
					switch {
					case arrives && got.Outcome == respond.Failed:
						t.Errorf("it was done, and it is %s: %s", got.Outcome, got.Sentence)
					case !arrives && got.Outcome == respond.Done:
						i, notes := c.now(a, id)
						if !c.came(i, notes) {
							t.Errorf("it was not done, and it is %s: %s", got.Outcome, got.Sentence)
						}
					case name == "nobody does anything" && got.Outcome != map[bool]respond.Outcome{true: respond.Done, false: respond.Unknown}[arrives]:
						t.Errorf("it is %s: %s", got.Outcome, got.Sentence)
					}
				})
			}
		}
	}
}

package alertmanager

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"firstline/sources"
)

const anID = "5a7b3bd8-3e58-461f-92fb-5d24453a843f"

// exchange answers each "METHOD path" and records requests.
type exchange struct {
	mu      sync.Mutex
	answers map[string]answer
	sent    []string // "METHOD path body"
}

func (x *exchange) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	x.mu.Lock()
	x.sent = append(x.sent, strings.TrimSpace(r.Method+" "+r.URL.Path+" "+string(body)))
	one, ok := x.answers[r.Method+" "+r.URL.Path]
	x.mu.Unlock()
	if !ok {
		http.NotFound(w, r)
		return
	}
	if r.Method == http.MethodPost && r.Header.Get("Content-Type") != "application/json" {
		one = answer{http.StatusUnsupportedMediaType, `{"code":415,"message":"unsupported media type"}`}
	}
	if one.code != 0 {
		w.WriteHeader(one.code)
	}
	_, _ = io.WriteString(w, one.body)
}

func (x *exchange) all() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return strings.Join(x.sent, "\n")
}

func aSilence() sources.Silence {
	at := time.Date(2026, 11, 22, 12, 0, 0, 0, time.FixedZone("", 3600))
	return sources.Silence{
		Matchers: []sources.Matcher{{Name: "service", Value: "billing", Equal: true}},
		StartsAt: at, EndsAt: at.Add(time.Hour), CreatedBy: "ann@example.com", Comment: "ACK! looking",
	}
}

const (
	silencePath = "/api/v2/silence/" + anID
	current     = `{"id":"` + anID + `","status":{"state":"active"},"matchers":[{"name":"service","value":"billing","isRegex":false,"isEqual":true}],"annotations":{"ticket":"42"}}`
	postAnswer  = `{"silenceID":"` + anID + `"}`
)

func TestCreateSilenceSends(t *testing.T) {
	x := &exchange{answers: map[string]answer{"POST /api/v2/silences": {body: postAnswer}}}
	id, err := start(t, x).CreateSilence(t.Context(), aSilence())
	if err != nil || id != anID {
		t.Fatal(id, err)
	}
	want := `POST /api/v2/silences {"matchers":[{"name":"service","value":"billing","isRegex":false,"isEqual":true}],` +
		`"startsAt":"2026-11-22T11:00:00Z","endsAt":"2026-11-22T12:00:00Z","createdBy":"ann@example.com","comment":"ACK! looking"}`
	if x.all() != want {
		t.Errorf("sent\n%s\nwant\n%s", x.all(), want)
	}
}

// An update must not lose data that this API does not have.
func TestUpdatePreservesAnnotations(t *testing.T) {
	x := &exchange{answers: map[string]answer{"POST /api/v2/silences": {body: postAnswer}, "GET " + silencePath: {body: current}}}
	s := aSilence()
	s.ID = anID
	if _, err := start(t, x).CreateSilence(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	_, posted, _ := strings.Cut(x.sent[len(x.sent)-1], "silences ")
	var body silenceBody
	if err := json.Unmarshal([]byte(posted), &body); err != nil || body.ID != anID || body.Annotations["ticket"] != "42" {
		t.Errorf("%s, %v", posted, err)
	}
}

func TestSilencesThatAreRefused(t *testing.T) {
	expire := func(c *Client, t *testing.T) error { return c.ExpireSilence(t.Context(), anID) }
	create := func(change func(*sources.Silence)) func(*Client, *testing.T) error {
		return func(c *Client, t *testing.T) error {
			s := aSilence()
			change(&s)
			_, err := c.CreateSilence(t.Context(), s)
			return err
		}
	}
	plain := create(func(*sources.Silence) {})
	update := create(func(s *sources.Silence) { s.ID = anID })
	negative := create(func(s *sources.Silence) { s.Matchers[0].Equal = false })
	for _, c := range []struct {
		name    string
		do      func(*Client, *testing.T) error
		answers map[string]answer
		reason  sources.Reason
		want    string
		unknown bool
		never   string // a request that must not have been sent
	}{
		{
			name: "no matchers", do: create(func(s *sources.Silence) { s.Matchers = nil }),
			reason: sources.Rejected, want: "at least one matcher", never: "POST",
		},
		{
			name: "refused", do: plain, answers: map[string]answer{"POST /api/v2/silences": {400, `"silence invalid: at least one matcher must not match the empty string"`}},
			reason: sources.Rejected, want: "at least one matcher must not match the empty string",
		},
		{
			name: "checked and refused", do: plain, answers: map[string]answer{"POST /api/v2/silences": {422, `{"code":602,"message":"comment in body is required"}`}},
			reason: sources.Rejected, want: "comment in body is required",
		},
		{name: "not an Alertmanager", do: plain, reason: sources.NotAnAPI, want: "check url", unknown: true},
		{
			name: "answered without an id", do: plain, answers: map[string]answer{"POST /api/v2/silences": {200, `{}`}},
			reason: sources.NotAnAPI, want: "other JSON", unknown: true,
		},
		{
			name: "a proxy fails", do: plain, answers: map[string]answer{"POST /api/v2/silences": {502, "<html>"}},
			reason: sources.ServerFailed, want: "502", unknown: true,
		},
		{name: "update of one that is gone", do: update, answers: map[string]answer{"GET " + silencePath: {404, ""}}, reason: sources.NotFound, want: "not there any more", never: "POST"},
		{
			name: "update of several sets, 0.32", do: update, answers: map[string]answer{"GET " + silencePath: {200, `{"id":"` + anID + `","status":{"state":"active"},"matchers":[]}`}},
			reason: sources.Rejected, want: "several sets", never: "POST",
		},
		{
			name: "update of several sets, 0.34", do: update, answers: map[string]answer{"GET " + silencePath: {500, `"silence 'x' has multiple matcher sets which is not supported by this API version"`}},
			reason: sources.Rejected, want: "several sets", never: "POST",
		},
		{
			name: "end of several sets", do: expire, answers: map[string]answer{"GET " + silencePath: {200, `{"id":"` + anID + `","status":{"state":"active"},"matchers":[]}`}},
			reason: sources.Rejected, want: "several sets", never: "DELETE",
		},
		{name: "end of one that is gone", do: expire, answers: map[string]answer{"GET " + silencePath: {404, ""}}, reason: sources.NotFound, want: "not there any more", never: "DELETE"},
		{
			name: "gone meanwhile, 0.25", do: expire, answers: map[string]answer{"GET " + silencePath: {200, current}, "DELETE " + silencePath: {500, `"silence not found"`}},
			reason: sources.NotFound, want: "not there any more", unknown: true,
		},
		{
			name: "gone meanwhile, 0.31", do: expire, answers: map[string]answer{"GET " + silencePath: {200, current}, "DELETE " + silencePath: {404, ""}},
			reason: sources.NotFound, want: "not there any more", unknown: true,
		},
		{
			name: "ended meanwhile", do: expire, answers: map[string]answer{"GET " + silencePath: {200, current}, "DELETE " + silencePath: {500, `"silence ` + anID + ` already expired"`}},
		},
		{
			name: "ended before", do: expire, answers: map[string]answer{"GET " + silencePath: {200, strings.Replace(current, "active", "expired", 1)}},
			never: "DELETE",
		},
		{
			name: "negative, understood", do: negative,
			answers: map[string]answer{"POST /api/v2/silences": {200, postAnswer}, "GET " + silencePath: {200, strings.Replace(current, `"isEqual":true`, `"isEqual":false`, 1)}},
			never:   "DELETE",
		},
		{
			name: "negative, before 0.22", do: negative,
			answers: map[string]answer{"POST /api/v2/silences": {200, postAnswer}, "GET " + silencePath: {200, strings.Replace(current, `,"isEqual":true`, "", 1)}, "DELETE " + silencePath: {}},
			reason:  sources.Rejected, want: "was taken back",
		},
		{
			name: "negative, not taken back", do: negative,
			answers: map[string]answer{"POST /api/v2/silences": {200, postAnswer}, "GET " + silencePath: {200, current}, "DELETE " + silencePath: {403, ""}},
			reason:  sources.Rejected, want: anID + " could not be taken back",
		},
		{
			name: "negative, not seen", do: negative,
			answers: map[string]answer{"POST /api/v2/silences": {200, postAnswer}, "GET " + silencePath: {503, "busy"}},
			reason:  sources.ServerFailed, want: "503", unknown: true,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := &exchange{answers: c.answers}
			err := c.do(start(t, x), t)
			if c.never != "" && strings.Contains(x.all(), c.never) {
				t.Errorf("sent:\n%s", x.all())
			}
			if c.reason == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			var e *sources.Error
			if !errors.As(err, &e) || e.Reason != c.reason || !strings.Contains(e.Sentence, c.want) || e.Unknown != c.unknown {
				t.Errorf("%+v, want %s, unknown %v: %s", err, c.reason, c.unknown, c.want)
			}
		})
	}
}

func TestForeignIDs(t *testing.T) {
	x := &exchange{}
	c := start(t, x)
	for _, id := range []string{"", "../../-/quit", "a/b", "a?b", "a%2fb", ":id", "a b", "ä"} {
		if _, err := c.Silence(t.Context(), id); sources.ReasonOf(err) != sources.NotFound {
			t.Errorf("reading %q: %v", id, err)
		}
		if err := c.ExpireSilence(t.Context(), id); sources.ReasonOf(err) != sources.NotFound {
			t.Errorf("ending %q: %v", id, err)
		}
	}
	if x.all() != "" {
		t.Errorf("sent:\n%s", x.all())
	}
}

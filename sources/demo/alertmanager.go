package demo

import (
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/prometheus/alertmanager/pkg/labels"
)

// Alertmanager is a stand-in for an Alertmanager's API v2.
type Alertmanager struct {
	interceptable
	*server
	cluster *cluster
}

func newAlertmanager(c *cluster) (*Alertmanager, error) {
	a := &Alertmanager{cluster: c}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/v2/alerts", a.alerts)
	mux.HandleFunc("GET /api/v2/alerts/groups", a.groups)
	mux.HandleFunc("GET /api/v2/silences", a.silences)
	mux.HandleFunc("POST /api/v2/silences", a.post)
	mux.HandleFunc("GET /api/v2/silence/{id}", a.silence)
	mux.HandleFunc("DELETE /api/v2/silence/{id}", a.expire)
	mux.HandleFunc("GET /api/v2/status", a.status)
	mux.HandleFunc("GET /api/v2/receivers", a.receivers)
	mux.HandleFunc("GET /-/ready", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("OK")) })
	a.handler = mux
	s, err := listen(a)
	a.server = s
	return a, err
}

const millis = "2006-01-02T15:04:05.000Z"

func receiverRefs(name string) []obj { return []obj{{"name": name}} }

func (a *Alertmanager) alertJSON(x *activeAlert) obj {
	c := a.cluster
	set := c.sent(x)
	silenced := c.silencedBy(set)
	state := "active"
	if len(silenced) > 0 {
		state = "suppressed"
	}
	now := c.now()
	return obj{
		"labels": set, "annotations": x.rule.annotations, "fingerprint": fingerprint(set),
		"startsAt": x.firesAt().UTC().Format(millis), "updatedAt": now.UTC().Format(millis), "endsAt": now.Add(4 * time.Minute).UTC().Format(millis),
		"generatorURL": generatorURL(x.rule),
		"receivers":    receiverRefs(x.rule.receiver),
		"status":       obj{"state": state, "silencedBy": silenced, "inhibitedBy": []string{}, "mutedBy": []string{}},
	}
}

// bare writes an error as Alertmanager does: only a JSON string.
func bare(w http.ResponseWriter, status int, why string) { writeJSON(w, status, why) }

// asks reports whether a request selects an alert. Callers hold the lock.
func (a *Alertmanager) asks(s selection, x *activeAlert) bool {
	set := a.cluster.sent(x)
	return s.alert(set, x.rule.receiver, len(a.cluster.silencedBy(set)) > 0)
}

func (a *Alertmanager) alerts(w http.ResponseWriter, r *http.Request) {
	asked, err := selectionOf(r)
	if err != nil {
		bare(w, http.StatusBadRequest, err.Error())
		return
	}
	a.cluster.mu.Lock()
	defer a.cluster.mu.Unlock()
	all := []obj{}
	for _, x := range a.cluster.firing() {
		if a.asks(asked, x) {
			all = append(all, a.alertJSON(x))
		}
	}
	writeJSON(w, http.StatusOK, all)
}

func (a *Alertmanager) groups(w http.ResponseWriter, r *http.Request) {
	asked, err := selectionOf(r)
	if err != nil {
		bare(w, http.StatusBadRequest, err.Error())
		return
	}
	a.cluster.mu.Lock()
	defer a.cluster.mu.Unlock()
	all := []obj{}
	for _, g := range a.cluster.groups() {
		alerts := []obj{}
		for _, x := range g.alerts {
			if a.asks(asked, x) {
				alerts = append(alerts, a.alertJSON(x))
			}
		}
		if len(alerts) > 0 {
			all = append(all, obj{"labels": g.labels, "receiver": obj{"name": g.receiver}, "alerts": alerts})
		}
	}
	writeJSON(w, http.StatusOK, all)
}

func (a *Alertmanager) silences(w http.ResponseWriter, r *http.Request) {
	asked, err := selectionOf(r)
	if err != nil {
		bare(w, http.StatusBadRequest, err.Error())
		return
	}
	c := a.cluster
	c.mu.Lock()
	defer c.mu.Unlock()
	all := []silence{}
	for _, s := range c.silences {
		if !asked.silence(s) {
			continue
		}
		shown := *s
		shown.Status.State = s.state(c.now())
		all = append(all, shown)
	}
	slices.SortStableFunc(all, bySilenceState)
	writeJSON(w, http.StatusOK, all)
}

func (a *Alertmanager) silence(w http.ResponseWriter, r *http.Request) {
	c := a.cluster
	c.mu.Lock()
	defer c.mu.Unlock()
	if s := c.silenceOf(w, r); s != nil {
		shown := *s
		shown.Status.State = s.state(c.now())
		writeJSON(w, http.StatusOK, shown)
	}
}

// silenceOf returns the silence that the path names. Without one it answers 404.
func (c *cluster) silenceOf(w http.ResponseWriter, r *http.Request) *silence {
	s, ok := find(c.silences, func(s *silence) bool { return s.ID == r.PathValue("id") })
	if !ok {
		w.WriteHeader(http.StatusNotFound)
		return nil
	}
	return s
}

func (a *Alertmanager) expire(w http.ResponseWriter, r *http.Request) {
	c := a.cluster
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.silenceOf(w, r)
	if s == nil {
		return
	}
	// Expiring an expired silence is not an error, and changes nothing.
	if s.state(c.now()) != "expired" {
		s.EndsAt = c.now()
		s.StartsAt = earlier(s.StartsAt, s.EndsAt)
		s.UpdatedAt = s.EndsAt
	}
	w.WriteHeader(http.StatusOK)
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func (a *Alertmanager) post(w http.ResponseWriter, r *http.Request) {
	media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if media != "application/json" {
		writeJSON(w, http.StatusUnsupportedMediaType, obj{"code": 415, "message": fmt.Sprintf("unsupported media type %q, only [application/json] are allowed", media)})
		return
	}
	var s silence
	if err := json.NewDecoder(r.Body).Decode(&s); err != nil {
		writeJSON(w, http.StatusBadRequest, obj{"code": 400, "message": "parsing silence body failed: " + err.Error()})
		return
	}
	if code, message := s.missing(); code != 0 {
		writeJSON(w, http.StatusUnprocessableEntity, obj{"code": code, "message": message})
		return
	}
	c := a.cluster
	c.mu.Lock()
	defer c.mu.Unlock()
	if why := s.refusal(c.now()); why != "" {
		bare(w, http.StatusBadRequest, why)
		return
	}
	id, err := c.store(&s)
	if err != nil {
		bare(w, http.StatusNotFound, err.Error())
		return
	}
	writeJSON(w, http.StatusOK, obj{"silenceID": id})
}

// store stores a silence. Changed matchers make a new silence and expire the
// old one.
func (c *cluster) store(s *silence) (string, error) {
	s.UpdatedAt = c.now()
	// A silence never starts in the past, and each matcher states how it
	// compares.
	if s.StartsAt.Before(s.UpdatedAt) {
		s.StartsAt = s.UpdatedAt
	}
	for n := range s.Matchers {
		equal := s.Matchers[n].equal()
		s.Matchers[n].IsEqual = &equal
	}
	if s.ID != "" {
		old, ok := find(c.silences, func(o *silence) bool { return o.ID == s.ID })
		if !ok {
			return "", errors.New("silence not found")
		}
		same := slices.EqualFunc(old.Matchers, s.Matchers, func(a, b matcher) bool {
			return a.Name == b.Name && a.Value == b.Value && a.IsRegex == b.IsRegex && a.equal() == b.equal()
		})
		if same && old.state(c.now()) != "expired" {
			s.StartsAt = earlier(old.StartsAt, s.StartsAt)
			*old = *s
			return s.ID, nil
		}
		old.EndsAt = c.now()
	}
	c.counter++
	s.ID = fmt.Sprintf("00000000-0000-4000-8000-%012d", c.counter)
	c.silences = append(c.silences, s)
	return s.ID, nil
}

func (m matcher) equal() bool { return m.IsEqual == nil || *m.IsEqual }

func (m matcher) compile() (*labels.Matcher, error) {
	kind := labels.MatchEqual
	switch {
	case m.IsRegex && m.equal():
		kind = labels.MatchRegexp
	case m.IsRegex:
		kind = labels.MatchNotRegexp
	case !m.equal():
		kind = labels.MatchNotEqual
	}
	return labels.NewMatcher(kind, m.Name, m.Value)
}

// missing returns what a new silence lacks according to Alertmanager's schema,
// with the code for it, or 0 when nothing is missing. Nobody sends an empty
// comment or author on purpose, so the stand-in is stricter about them than
// Alertmanager.
func (s *silence) missing() (code int, message string) {
	switch {
	case s.Comment == "":
		return 602, "comment in body is required"
	case s.CreatedBy == "":
		return 602, "createdBy in body is required"
	case s.EndsAt.IsZero():
		return 602, "endsAt in body is required"
	case s.Matchers == nil:
		return 602, "matchers in body is required"
	case len(s.Matchers) == 0:
		return 612, "matchers in body should have at least 1 items"
	case s.StartsAt.IsZero():
		return 602, "startsAt in body is required"
	}
	return 0, ""
}

// refusal returns Alertmanager's message when it refuses a silence, else "".
func (s *silence) refusal(now time.Time) string {
	if !s.EndsAt.After(s.StartsAt) {
		return "Failed to create silence: start time must be before end time"
	}
	if s.EndsAt.Before(now) {
		return "Failed to create silence: end time can't be in the past"
	}
	matchesSomething := false
	for n, m := range s.Matchers {
		l, err := m.compile()
		if err != nil {
			return fmt.Sprintf("invalid silence: invalid label matcher %d: %v", n, err)
		}
		matchesSomething = matchesSomething || !l.Matches("")
	}
	if !matchesSomething {
		return "invalid silence: at least one matcher must not match the empty string"
	}
	return ""
}

func (a *Alertmanager) status(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, obj{
		"cluster":     obj{"name": "", "peers": []obj{}, "status": "disabled"},
		"config":      obj{"original": routing},
		"uptime":      a.cluster.now().Add(-72 * time.Hour).UTC().Format(millis),
		"versionInfo": obj{"version": "0.31.1", "revision": "", "branch": "HEAD", "buildUser": "", "buildDate": "", "goVersion": "go1.26"},
	})
}

func (a *Alertmanager) receivers(w http.ResponseWriter, _ *http.Request) {
	all := []obj{}
	for _, name := range []string{receiverChat, receiverPayments, receiverDiscovery, receiverPlatform} {
		all = append(all, obj{"name": name})
	}
	writeJSON(w, http.StatusOK, all)
}

func generatorURL(r *rule) string {
	return "https://prometheus.example.com/graph?g0.expr=" + url.QueryEscape(r.query) + "&g0.tab=1"
}

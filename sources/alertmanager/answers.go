package alertmanager

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"time"

	"firstline/internal/promapi"
	"firstline/sources"
)

// decode decodes an answer.
func decode[T any](api *promapi.Client, doing string, body []byte) (T, error) {
	var answer T
	err := json.Unmarshal(body, &answer)
	if err == nil && string(bytes.TrimSpace(body)) != "null" {
		return answer, nil
	}
	wanted := byte('{')
	if reflect.TypeFor[T]().Kind() == reflect.Slice {
		wanted = '['
	}
	switch trimmed := bytes.TrimSpace(body); {
	case len(trimmed) == 0 || trimmed[0] != wanted:
		return answer, api.NotAnAPI(doing, promapi.Odd(body), err)
	case !json.Valid(body):
		return answer, api.Damaged(doing, err)
	}
	return answer, api.OtherForm(doing, err)
}

type nameAnswer struct {
	Name string `json:"name"`
}

type alertAnswer struct {
	Labels       promapi.Shared `json:"labels"`
	Annotations  promapi.Shared `json:"annotations"`
	StartsAt     string         `json:"startsAt"`
	Fingerprint  string         `json:"fingerprint"`
	GeneratorURL string         `json:"generatorURL"`
	Receivers    []nameAnswer   `json:"receivers"`
	Status       struct {
		State       string   `json:"state"`
		SilencedBy  []string `json:"silencedBy"`
		InhibitedBy []string `json:"inhibitedBy"`
		MutedBy     []string `json:"mutedBy"`
	} `json:"status"`
}

// moment parses a time. It ignores a time that cannot be parsed: that is no
// reason to hide an alert.
func moment(s string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return time.Time{}
	}
	return t
}

// statusAnswer is the used part of the answer of /api/v2/status.
type statusAnswer struct {
	Uptime      string `json:"uptime"` // when it was started
	VersionInfo struct {
		Version string `json:"version"`
	} `json:"versionInfo"`
	Cluster struct {
		Name  string       `json:"name"`
		Peers []nameAnswer `json:"peers"`
	} `json:"cluster"`
	Config json.RawMessage `json:"config"`
}

// peers returns the names of the members of the cluster, sorted. A server alone
// has a name too, which identifies it behind another address.
func (s statusAnswer) peers() []string {
	var names []string
	for _, p := range append(s.Cluster.Peers, nameAnswer{s.Cluster.Name}) {
		if p.Name != "" && !slices.Contains(names, p.Name) {
			names = append(names, p.Name)
		}
	}
	slices.Sort(names)
	return names
}

// The states of a silence.
const (
	stateActive  = "active"
	statePending = "pending"
	stateExpired = "expired"
)

// silenceAnswer is one silence of /api/v2/silences and /api/v2/silence/{id}.
type silenceAnswer struct {
	ID        string          `json:"id"`
	Matchers  []matcherAnswer `json:"matchers"`
	StartsAt  string          `json:"startsAt"`
	EndsAt    string          `json:"endsAt"`
	CreatedBy string          `json:"createdBy"`
	Comment   string          `json:"comment"`
	Status    struct {
		State string `json:"state"`
	} `json:"status"`
	// Annotations exist since 0.33 and must survive an update.
	Annotations promapi.Texts `json:"annotations"`
}

type matcherAnswer struct {
	Name    string `json:"name"`
	Value   string `json:"value"`
	IsRegex bool   `json:"isRegex"`
	// IsEqual is missing before 0.22, when all matchers were equal.
	IsEqual *bool `json:"isEqual"`
}

// odd reports whether the silence is meaningless, as null is: every silence has an
// id and a state.
func (s silenceAnswer) odd() bool { return s.ID == "" || s.Status.State == "" }

func (s silenceAnswer) silence(source string) sources.Silence {
	matchers := make([]sources.Matcher, 0, len(s.Matchers))
	for _, m := range s.Matchers {
		matchers = append(matchers, sources.Matcher{
			Name: m.Name, Value: m.Value, Regex: m.IsRegex, Equal: m.IsEqual == nil || *m.IsEqual,
		})
	}
	return sources.Silence{
		Source:    source,
		ID:        s.ID,
		Matchers:  matchers,
		StartsAt:  moment(s.StartsAt),
		EndsAt:    moment(s.EndsAt),
		CreatedBy: s.CreatedBy,
		Comment:   s.Comment,
		State:     strings.ToLower(s.Status.State),
	}
}

package escalation

import (
	"encoding/json"
	"time"

	"firstline/sources"
)

type referenceJSON struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type stageJSON struct {
	At    *time.Time `json:"at"`
	Level *int       `json:"level"`
	// Pass is how often the policy has begun again before.
	Pass   int          `json:"pass"`
	Share  Share        `json:"notifies"`
	People []personJSON `json:"people"`
	// Missing says why others may be notified too, or why nobody is named.
	Missing *string `json:"missing"`
}

type personJSON struct {
	referenceJSON
	OnCall   bool       `json:"on_call"`
	Via      []string   `json:"via"`
	Until    *time.Time `json:"until"`
	Notified *bool      `json:"notified"`
	After    int        `json:"after_seconds"`
}

type endJSON struct {
	Kind EndKind    `json:"kind"`
	At   *time.Time `json:"at"`
	// Loops is up to how often the policy begins again.
	Loops    int     `json:"loops"`
	Sentence *string `json:"sentence"`
}

type forecastJSON struct {
	Policy  *referenceJSON       `json:"policy"`
	Urgency *string              `json:"urgency"`
	Via     *sources.AssignedVia `json:"assigned_via"`
	// Now is who is notified now, Next are those who follow, the next one first.
	Now  stageJSON   `json:"now"`
	Next []stageJSON `json:"next"`
	End  endJSON     `json:"end"`
	// Doubts are sentences that say why the order may differ.
	Doubts []string `json:"doubts"`
}

// MarshalJSON returns the form that docs/json.md describes.
func (f Forecast) MarshalJSON() ([]byte, error) { return json.Marshal(f.Form()) }

// Form is what MarshalJSON writes.
func (f Forecast) Form() any {
	next := make([]stageJSON, len(f.Next))
	for i, s := range f.Next {
		next[i] = s.json()
	}
	var policy *referenceJSON
	if f.Policy.ID != "" {
		policy = &referenceJSON{f.Policy.ID, f.Policy.Name}
	}
	utc := func(t time.Time) string { return "at " + t.UTC().Format(time.RFC3339) }
	return forecastJSON{
		policy, orNull(f.Urgency), orNull(f.Via), f.Now.json(), next,
		endJSON{f.End.Kind, timeOrNull(f.End.At), f.End.Loops, orNull(f.Sentence(utc))},
		append([]string{}, f.Doubts...),
	}
}

func (s Stage) json() stageJSON {
	people := make([]personJSON, len(s.People))
	for i, p := range s.People {
		via := []string{}
		for _, v := range p.Via {
			via = append(via, called(v, ""))
		}
		people[i] = personJSON{
			referenceJSON: referenceJSON{p.User.ID, p.User.Name}, OnCall: p.OnCall, Via: via, Until: timeOrNull(p.Until),
			After: int(p.After.Seconds()),
		}
		if p.Notified != NotRead {
			notified := p.Notified == ByRule // otherwise by no rule, or too late
			people[i].Notified = &notified
		}
	}
	return stageJSON{timeOrNull(s.At), orNull(s.Level), s.Pass, s.Share, people, orNull(s.Missing)}
}

// orNull returns nil, which is null in JSON, for the zero value.
func orNull[T comparable](v T) *T {
	var none T
	if v == none {
		return nil
	}
	return &v
}

func timeOrNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

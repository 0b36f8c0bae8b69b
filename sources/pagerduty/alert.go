package pagerduty

import (
	"encoding/json"

	"firstline/sources"
)

// unmarshal reports whether b could be decoded into v.
func unmarshal(b []byte, v any) bool { return json.Unmarshal(b, v) == nil }

// alertAnswer is an alert of an incident as PagerDuty sends it.
type alertAnswer struct {
	ID        text            `json:"id"`
	Key       text            `json:"alert_key"`
	Status    text            `json:"status"`
	Severity  text            `json:"severity"`
	Summary   text            `json:"summary"`
	CreatedAt moment          `json:"created_at"`
	Body      json.RawMessage `json:"body"`
}

// bodyAnswer is an alert's body. Any field may have another type than in the
// schema, or be null, as cef_details of an email is.
type bodyAnswer struct {
	Contexts json.RawMessage `json:"contexts"`
	Details  json.RawMessage `json:"details"`
	CEF      json.RawMessage `json:"cef_details"`
}

// cefAnswer is PagerDuty's common event format.
type cefAnswer struct {
	Contexts  json.RawMessage `json:"contexts"`
	Details   json.RawMessage `json:"details"`
	Client    text            `json:"client"`
	ClientURL text            `json:"client_url"`
}

type contextAnswer struct {
	Type text `json:"type"`
	Href text `json:"href"`
	Src  text `json:"src"`
	Text text `json:"text"`
	Alt  text `json:"alt"`
}

func (a *alertAnswer) alert() sources.IncidentAlert {
	details, links := decodeBody(a.Body)
	return sources.IncidentAlert{
		ID:        string(a.ID),
		Key:       string(a.Key),
		Status:    sources.IncidentStatus(a.Status),
		Severity:  string(a.Severity),
		Summary:   string(a.Summary),
		CreatedAt: a.CreatedAt.Time,
		Details:   details,
		Links:     links,
	}
}

// decodeBody returns the custom details and the links in an alert's body. The
// details are in body.details and again in body.cef_details.details. Either may
// be string, object or null.
func decodeBody(raw []byte) (details any, links []sources.Link) {
	var body bodyAnswer
	if !isObject(raw) || !unmarshal(raw, &body) {
		return anyOf(raw), nil
	}
	var cef cefAnswer
	if isObject(body.CEF) && !unmarshal(body.CEF, &cef) {
		cef = cefAnswer{}
	}
	details = anyOf(body.Details)
	if details == nil {
		details = anyOf(cef.Details)
	}
	seen := map[sources.Link]bool{}
	add := func(l sources.Link) {
		if (l.Href != "" || l.Image != "") && !seen[l] {
			seen[l] = true
			links = append(links, l)
		}
	}
	for _, raw := range []json.RawMessage{body.Contexts, cef.Contexts} {
		var contexts list[contextAnswer]
		_ = contexts.UnmarshalJSON(raw)
		for _, c := range contexts {
			l := sources.Link{Text: string(c.Text), Href: string(c.Href), Image: string(c.Src)}
			if l.Text == "" {
				l.Text = string(c.Alt)
			}
			add(l)
		}
	}
	add(sources.Link{Text: string(cef.Client), Href: string(cef.ClientURL)})
	return details, links
}

// anyOf returns the value of b, or nil when b is missing or its value is empty.
func anyOf(b []byte) any {
	var v any
	if len(b) == 0 || !unmarshal(b, &v) {
		return nil
	}
	switch x := v.(type) {
	case string:
		if x == "" {
			return nil
		}
	case map[string]any:
		if len(x) == 0 {
			return nil
		}
	}
	return v
}

package pagerduty

import (
	"encoding/json"
	"strings"

	"firstline/sources"
)

// triggerAnswer is the log entry that opened an incident: complete if the
// request included it, else a reference. Its channel contains the event, and so
// the incident's first alert without a request of its own.
type triggerAnswer struct {
	ID, Type  text
	CreatedAt moment
	Channel   json.RawMessage
	Contexts  json.RawMessage
	Event     json.RawMessage
}

// UnmarshalJSON takes any JSON value.
func (a *triggerAnswer) UnmarshalJSON(b []byte) error {
	*a = triggerAnswer{}
	var o struct {
		ID        text            `json:"id"`
		Type      text            `json:"type"`
		CreatedAt moment          `json:"created_at"`
		Channel   json.RawMessage `json:"channel"`
		Contexts  json.RawMessage `json:"contexts"`
		Event     json.RawMessage `json:"event_details"`
	}
	if isObject(b) && unmarshal(b, &o) {
		*a = triggerAnswer(o)
	}
	return nil
}

// eventChannel is the channel of an event. Its custom details have the same
// form as in an alert's body; see decodeBody.
type eventChannel struct {
	Type        text            `json:"type"`
	Key         json.RawMessage `json:"incident_key"`
	Description text            `json:"description"`
	Summary     text            `json:"summary"`
	Severity    text            `json:"severity"`
	Client      text            `json:"client"`
	ClientURL   text            `json:"client_url"`
	Omitted     truth           `json:"details_omitted"`
	CEF         json.RawMessage `json:"cef_details"`
}

// firstAlert is the first alert of an incident in the entry that opened it.
type firstAlert struct {
	// entry is the id of the log entry. present is false when the alert is
	// unknown.
	entry   string
	present bool
	// complete means that reading the alert itself would add nothing.
	complete bool
	alert    sources.IncidentAlert
}

// first returns the incident's first alert as far as the entry contains it.
func (a *triggerAnswer) first() firstAlert {
	var channel eventChannel
	if !isObject(a.Channel) || !unmarshal(a.Channel, &channel) || (channel.Type != "api" && channel.Type != "") {
		return firstAlert{}
	}
	var cef struct {
		Key      json.RawMessage `json:"dedup_key"`
		Severity text            `json:"severity"`
		Summary  text            `json:"description"`
	}
	if isObject(channel.CEF) {
		_ = unmarshal(channel.CEF, &cef)
	}
	details, links := decodeBody(a.Channel)
	_, more := decodeBody(contextsOnly(a.Contexts))
	for _, l := range append(more, sources.Link{Text: string(channel.Client), Href: string(channel.ClientURL)}) {
		if l.Href != "" || l.Image != "" {
			links = appendNew(links, l)
		}
	}
	key := keyOf(channel.Key)
	if key == "" {
		key = keyOf(cef.Key)
	}
	if details == nil && key == "" {
		return firstAlert{}
	}
	var event struct {
		Description text `json:"description"`
	}
	if isObject(a.Event) {
		_ = unmarshal(a.Event, &event)
	}
	return firstAlert{
		entry: string(a.ID), present: true, complete: channel.Type == "api" && !bool(channel.Omitted),
		alert: sources.IncidentAlert{
			Key: key, Severity: string(firstText(channel.Severity, cef.Severity)),
			Summary:   string(firstText(channel.Description, cef.Summary, event.Description, channel.Summary)),
			CreatedAt: a.CreatedAt.Time, Details: details, Links: links,
		},
	}
}

// keyOf returns a dedup key: a string, or a number as some tools send it.
func keyOf(raw json.RawMessage) string {
	if len(raw) == 0 || strings.ContainsRune("{[tf", rune(raw[0])) {
		return ""
	}
	var key text
	_ = key.UnmarshalJSON(raw)
	return string(key)
}

func firstText(texts ...text) text {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// contextsOnly returns a body that contains only the contexts.
func contextsOnly(contexts json.RawMessage) []byte {
	if len(contexts) == 0 {
		return nil
	}
	body, _ := json.Marshal(map[string]json.RawMessage{"contexts": contexts})
	return body
}

func appendNew(links []sources.Link, l sources.Link) []sources.Link {
	for _, other := range links {
		if other == l {
			return links
		}
	}
	return append(links, l)
}

// isTrigger reports whether the log entry opened an incident.
func (a *triggerAnswer) isTrigger() bool { return strings.HasPrefix(string(a.Type), "trigger") }

package history

import (
	"testing"

	"firstline/sources"
)

// A service does nothing, and people are notified in a way.
func TestWords(t *testing.T) {
	service := sources.Reference{ID: "PS", Type: "service_reference", Name: "billing"}
	person := sources.Reference{ID: "PANN", Type: "user_reference", Name: "Ann"}
	tool := sources.Reference{ID: "PT", Type: "events_api_v2_inbound_integration_reference", Name: "Alertmanager"}
	for _, c := range []struct {
		entry sources.LogEntry
		text  string
		by    string
	}{
		{sources.LogEntry{Type: "escalate", Agent: service, Summary: "Escalated to Jonas Weber by billing."}, "Escalated to Jonas Weber after a time-out.", ""},
		{sources.LogEntry{Type: "escalate", Agent: person, Summary: "Escalated to Jonas Weber by Ann."}, "Escalated to Jonas Weber by Ann.", "Ann"},
		{sources.LogEntry{Type: "resolve", Agent: service, Summary: "Resolved by billing."}, "Resolved by itself.", ""},
		{sources.LogEntry{Type: "resolve", Agent: service, Summary: "Resolved through the API."}, "Resolved through the API.", ""},
		{sources.LogEntry{Type: "resolve", Agent: tool, Summary: "Resolved by Alertmanager."}, "Resolved by Alertmanager.", "Alertmanager"},
		{sources.LogEntry{Type: "urgency_change", Agent: service, Summary: "The urgency was set to high by billing"}, "The urgency was set to high by itself.", ""},
		{sources.LogEntry{Type: "notify", Agent: person, Summary: "Notified Ann.", Way: "email"}, "Notified Ann by e-mail.", "Ann"},
		{sources.LogEntry{Type: "notify", Agent: person, Summary: "Notified Ann.", Way: "push"}, "Notified Ann by a push notification.", "Ann"},
		{sources.LogEntry{Type: "notify", Agent: person, Summary: "Notified Ann by email.", Way: "email"}, "Notified Ann by email.", "Ann"},
		{sources.LogEntry{Type: "notify", Agent: person, Summary: "Notified Ann."}, "Notified Ann.", "Ann"},
		{sources.LogEntry{Type: "notify", Agent: person, Summary: "Notified Ann.", Way: "pigeon"}, "Notified Ann.", "Ann"},
		{sources.LogEntry{Type: "notify", Way: "sms"}, "notify by SMS.", ""},
	} {
		e := ofLog(c.entry, users)
		if e.Text != c.text || e.By != c.by || e.Itself != (c.entry.Agent == service) {
			t.Errorf("%s: %q by %q, itself %v; want %q", c.entry.Summary, e.Text, e.By, e.Itself, c.text)
		}
	}
}

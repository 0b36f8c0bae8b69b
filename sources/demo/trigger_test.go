package demo

import (
	"encoding/json"
	"fmt"
	"reflect"
	"testing"
)

// shown returns the first trigger log entry of an incident in an answer.
func shown(t *testing.T, incident any) (kind string, channel map[string]any) {
	t.Helper()
	entry, ok := incident.(map[string]any)["first_trigger_log_entry"].(map[string]any)
	if !ok {
		t.Fatalf("no first trigger log entry in %v", incident)
	}
	channel, _ = entry["channel"].(map[string]any)
	return entry["type"].(string), channel
}

func TestFirstTriggerLogEntry(t *testing.T) {
	const reference, whole = "trigger_log_entry_reference", "trigger_log_entry"
	for _, c := range []struct {
		name, details string
		account       Account
		byHand        bool
		query         string
		kind          string
		channel       map[string]any
	}{
		{name: "not asked for", details: `{"a":1}`, kind: reference},
		{name: "another include", details: `{"a":1}`, query: "include[]=priorities", kind: reference},
		{name: "asked for", details: `{"a":1}`, query: "include[]=first_trigger_log_entries", kind: whole, channel: obj{
			"type": "api", "summary": "about k", "description": "about k", "incident_key": "k", "details": obj{"a": 1.0},
		}},
		{name: "asked for among others", details: `{"a":1}`, query: "include[]=priorities&include[]=first_trigger_log_entries", kind: whole, channel: obj{
			"type": "api", "summary": "about k", "description": "about k", "incident_key": "k", "details": obj{"a": 1.0},
		}},
		{name: "details of text", details: `"text"`, query: "include[]=first_trigger_log_entries", kind: whole, channel: obj{
			"type": "api", "summary": "about k", "description": "about k", "incident_key": "k", "details": "text",
		}},
		{name: "no details", details: `null`, query: "include[]=first_trigger_log_entries", kind: whole, channel: obj{
			"type": "api", "summary": "about k", "description": "about k", "incident_key": "k",
		}},
		{name: "no keys in the account", account: Account{NoIncidentKeys: true}, details: `{}`, query: "include[]=first_trigger_log_entries", kind: whole, channel: obj{
			"type": "api", "summary": "about k", "description": "about k", "incident_key": "k", "details": obj{},
		}},
		{name: "no channels in the account", account: Account{NoChannels: true}, details: `{"a":1}`, query: "include[]=first_trigger_log_entries", kind: whole, channel: obj{"type": "api"}},
		{name: "opened by hand", byHand: true, query: "include[]=first_trigger_log_entries", kind: whole, channel: obj{"type": "website"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newAccount(t)
			d.SetAccount(c.account)
			if c.byHand {
				d.do("POST", "/incidents", `{"incident":{"type":"incident","title":"x","service":{"id":"PVCHECK","type":"service_reference"}}}`)
			} else {
				d.event("trigger", "k", c.details)
			}
			one := d.do("GET", "/incidents/"+d.Incidents()[0].ID+"?"+c.query, "")["incident"]
			listed := d.do("GET", "/incidents?"+c.query, "")["incidents"].([]any)[0]
			for _, incident := range []any{one, listed} {
				kind, channel := shown(t, incident)
				if kind != c.kind || !reflect.DeepEqual(channel, c.channel) {
					t.Errorf("%s with %v, want %s with %v", kind, channel, c.kind, c.channel)
				}
			}
			key := one.(map[string]any)["incident_key"]
			if (key == nil) != c.account.NoIncidentKeys {
				t.Errorf("the key is %v", key)
			}
		})
	}
}

func TestChannelsOfLogEntries(t *testing.T) {
	d := newAccount(t)
	id := d.event("trigger", "k", `{"firing":"Labels:"}`)[0].ID
	d.do("POST", "/incidents/"+id+"/notes", `{"note":{"content":"rolled back"}}`)
	read := func(query string) map[string]map[string]any {
		t.Helper()
		all := map[string]map[string]any{}
		for _, target := range []string{"/log_entries?", "/incidents/" + id + "/log_entries?"} {
			for _, e := range d.do("GET", target+query, "")["log_entries"].([]any) {
				entry := e.(map[string]any)
				all[entry["type"].(string)] = entry["channel"].(map[string]any)
			}
		}
		return all
	}
	bare, whole := read("include[]=incidents"), read("include[]=incidents&include[]=channels")
	if c := bare["trigger_log_entry"]; !reflect.DeepEqual(c, obj{"type": "api"}) {
		t.Errorf("not asked for, and yet %v", c)
	}
	if c := whole["trigger_log_entry"]; c["incident_key"] != "k" || !reflect.DeepEqual(c["details"], obj{"firing": "Labels:"}) {
		t.Errorf("the channel of the trigger is %v", c)
	}
	if c := whole["annotate_log_entry"]; !reflect.DeepEqual(c, obj{"type": "note", "summary": "rolled back"}) {
		t.Errorf("the channel of the note is %v", c)
	}
	d.SetAccount(Account{NoChannels: true})
	if c := read("include[]=channels")["trigger_log_entry"]; !reflect.DeepEqual(c, obj{"type": "api"}) {
		t.Errorf("an account without channels has %v", c)
	}
}

// Two thousand incidents, a tenth of them with three alerts, are read in 20
// pages that contain the number of alerts and the first alert of each.
func TestIncidentsInBulk(t *testing.T) {
	d := newAccount(t)
	event := func(key string) Event {
		return Event{DedupKey: key, Payload: &Payload{Details: map[string]any{"of": key}}}
	}
	for n := range 2000 {
		key := fmt.Sprintf("k%d", n)
		if n%10 == 0 {
			d.OpenIncident("PVCHECK", event(key), event(key+"-2"), event(key+"-3"))
		} else {
			d.OpenIncident("PVCHECK", event(key))
		}
	}
	first, several := 0, 0
	for offset := 0; offset < 2000; offset += 100 {
		for _, one := range d.do("GET", fmt.Sprintf("/incidents?limit=100&offset=%d&include[]=first_trigger_log_entries", offset), "")["incidents"].([]any) {
			_, channel := shown(t, one)
			if want := fmt.Sprintf("k%d", first); channel["incident_key"] != want || !reflect.DeepEqual(channel["details"], obj{"of": want}) {
				t.Fatalf("incident %d has %v", first, channel)
			}
			first++
			counts := one.(map[string]any)["alert_counts"].(map[string]any)
			switch counts["all"] {
			case 3.0:
				several++
			case 1.0:
			default:
				t.Fatalf("an incident counts %v", counts)
			}
			if counts["triggered"] != counts["all"] || counts["resolved"] != 0.0 {
				t.Fatalf("an incident counts %v", counts)
			}
		}
	}
	if first != 2000 || several != 200 {
		t.Errorf("%d incidents, %d with several alerts", first, several)
	}
	d.event("resolve", "k0-2", "{}")
	counts := d.do("GET", "/incidents?incident_key=k0-3", "")["incidents"].([]any)[0].(map[string]any)["alert_counts"]
	if text, _ := json.Marshal(counts); string(text) != `{"all":3,"resolved":1,"triggered":2}` {
		t.Errorf("one ended, and the counts are %s", text)
	}
}

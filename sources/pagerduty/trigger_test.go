package pagerduty

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"firstline/sources"
)

// TestFirstAlertOfEveryShape covers the forms of a first trigger log entry:
// what it contains of the first alert, and whether that is complete.
func TestFirstAlertOfEveryShape(t *testing.T) {
	labels := map[string]any{"firing": []any{map[string]any{"labels": map[string]any{"alertname": "X"}, "fingerprint": "f1"}}}
	for name, tc := range map[string]struct {
		json               string // of the entry; empty: none
		key                string
		details            any
		hasFirst, complete bool
	}{
		"Alertmanager of 0.30": {`{"id":"R1","type":"trigger_log_entry","channel":{"type":"api","incident_key":"k","details":{"firing":[{"labels":{"alertname":"X"},"fingerprint":"f1"}]}}}`, "k", labels, true, true},
		"Alertmanager of 0.25": {`{"id":"R1","channel":{"type":"api","incident_key":"k","details":{"firing":"Labels:\n - alertname = X\n","num_firing":"1"}}}`, "k", map[string]any{"firing": "Labels:\n - alertname = X\n", "num_firing": "1"}, true, true},
		"details a string":     {`{"id":"R1","channel":{"type":"api","incident_key":"k","details":"words"}}`, "k", "words", true, true},
		"details a list":       {`{"id":"R1","channel":{"type":"api","details":["a"]}}`, "", []any{"a"}, true, true},
		"details null":         {`{"id":"R1","channel":{"type":"api","incident_key":"k","details":null}}`, "k", nil, true, true},
		"details missing":      {`{"id":"R1","channel":{"type":"api","incident_key":"k"}}`, "k", nil, true, true},
		"details left out":     {`{"id":"R1","channel":{"type":"api","incident_key":"k","details_omitted":true}}`, "k", nil, true, false},
		"only in cef_details":  {`{"id":"R1","channel":{"type":"api","details":{},"cef_details":{"dedup_key":"k","details":{"a":1}}}}`, "k", map[string]any{"a": 1.0}, true, true},
		"cef_details null":     {`{"id":"R1","channel":{"type":"api","incident_key":"k","details":{"a":1},"cef_details":null}}`, "k", map[string]any{"a": 1.0}, true, true},
		"key null":             {`{"id":"R1","channel":{"type":"api","incident_key":null,"details":{"a":1}}}`, "", map[string]any{"a": 1.0}, true, true},
		"key a number":         {`{"id":"R1","channel":{"type":"api","incident_key":12}}`, "12", nil, true, true},
		"key an object":        {`{"id":"R1","channel":{"type":"api","incident_key":{"a":1},"details":"x"}}`, "", "x", true, true},
		"no type":              {`{"id":"R1","channel":{"incident_key":"k"}}`, "k", nil, true, false},
		"type null":            {`{"id":"R1","channel":{"type":null,"details":"x"}}`, "", "x", true, false},
		"empty channel":        {`{"id":"R1","channel":{"type":"api"}}`, "", nil, false, false},
		"channel null":         {`{"id":"R1","channel":null}`, "", nil, false, false},
		"channel a string":     {`{"id":"R1","channel":"api"}`, "", nil, false, false},
		"channel a list":       {`{"id":"R1","channel":[{"type":"api","incident_key":"k"}]}`, "", nil, false, false},
		"an email":             {`{"id":"R1","channel":{"type":"email","incident_key":"k","details":"x"}}`, "", nil, false, false},
		"by hand":              {`{"id":"R1","channel":{"type":"web_trigger","details":"x"}}`, "", nil, false, false},
		"a bare reference":     {`{"id":"R1","type":"trigger_log_entry_reference","summary":"Triggered","self":null}`, "", nil, false, false},
		"only an id":           {`"R1"`, "", nil, false, false},
		"null":                 {`null`, "", nil, false, false},
		"missing":              {``, "", nil, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			for all, want := range map[string]bool{`{"all":1,"triggered":1,"resolved":0}`: tc.complete, `{"all":2,"triggered":2,"resolved":0}`: false, `{"all":0}`: true, `null`: false} {
				text := `{"id":"P1","status":"triggered","alert_counts":` + all
				if tc.json != "" {
					text += `,"first_trigger_log_entry":` + tc.json
				}
				var a incidentAnswer
				if err := json.Unmarshal([]byte(text+"}"), &a); err != nil {
					t.Fatal(err)
				}
				c, _ := newTestClient(t, newFake(newClock(), 0), nil)
				c.remember(&a)
				i := c.state.list(names{})[0]
				if i.AlertsRead != want || (len(i.Alerts) == 1) != tc.hasFirst {
					t.Errorf("counts %s: read %v, want %v; alerts %+v", all, i.AlertsRead, want, i.Alerts)
				}
				if tc.hasFirst && (i.Alerts[0].Key != tc.key || !reflect.DeepEqual(i.Alerts[0].Details, tc.details)) {
					t.Errorf("the alert is %+v", i.Alerts[0])
				}
			}
		})
	}
}

// TestWhatWasReadOfAFirstAlertStays when a later answer does not contain it.
func TestWhatWasReadOfAFirstAlertStays(t *testing.T) {
	whole := `{"id":"R1","type":"trigger_log_entry","channel":{"type":"api","incident_key":"k","details":{"a":1}}}`
	for name, later := range map[string]string{
		"a bare reference":  `"first_trigger_log_entry":{"id":"R1","type":"trigger_log_entry_reference"},`,
		"null":              `"first_trigger_log_entry":null,`,
		"missing":           ``,
		"another type":      `"first_trigger_log_entry":[1],`,
		"an empty channel":  `"first_trigger_log_entry":{"id":"R1","channel":{"type":"api"}},`,
		"another reference": `"first_trigger_log_entry":{"id":"R2","type":"trigger_log_entry_reference"},`,
		"the same again":    `"first_trigger_log_entry":` + whole + `,`,
		"an older answer":   `"updated_at":"2026-03-04T05:00:00Z",`,
	} {
		t.Run(name, func(t *testing.T) {
			c, _ := newTestClient(t, newFake(newClock(), 0), nil)
			for _, part := range []string{`"updated_at":"2026-03-04T05:06:07Z","first_trigger_log_entry":` + whole + `,`, later} {
				var a incidentAnswer
				if err := json.Unmarshal([]byte(`{"id":"P1","status":"acknowledged",`+part+`"alert_counts":{"all":1,"triggered":1}}`), &a); err != nil {
					t.Fatal(err)
				}
				c.remember(&a)
			}
			if i := c.state.list(names{})[0]; len(i.Alerts) != 1 || i.Alerts[0].Key != "k" || !i.AlertsRead {
				t.Errorf("alerts %+v, read %v", i.Alerts, i.AlertsRead)
			}
		})
	}
}

// TestAlertsThatCameSinceAreUnread: one alert that was read is not all when
// there are two.
func TestAlertsThatCameSinceAreUnread(t *testing.T) {
	c, k, f := newFakeClient(t, 1, nil)
	f.channel = withDetails
	if i := readNow(t, c).Incidents[0]; !i.AlertsRead || i.Alerts[0].Status != sources.Triggered {
		t.Fatalf("%+v", i)
	}
	f.incidents[0].alerts = 2
	f.set("P000001", "acknowledged")
	k.Add(15 * time.Second)
	var unread bool
	d, err := c.Read(t.Context(), func(d sources.Data) { unread = unread || !d.Incidents[0].AlertsRead })
	if err != nil || unread || !d.Incidents[0].AlertsRead {
		t.Errorf("unread on the way %v, at the end %+v, %v", unread, d.Incidents[0], err)
	}
	if n := paths(f.took())["alerts"]; n != 1 {
		t.Errorf("the alerts were asked for %d times", n)
	}
	var a incidentAnswer
	if err := json.Unmarshal([]byte(`{"id":"P000001","status":"triggered","updated_at":"2027-01-01T00:00:00Z","alert_counts":{"all":3,"triggered":3}}`), &a); err != nil {
		t.Fatal(err)
	}
	c.remember(&a)
	if i := c.state.list(names{})[0]; i.AlertsRead || len(i.Alerts) == 0 {
		t.Errorf("after a third came: %+v", i)
	}
}

// TestFeedHasFirstAlerts of new incidents, in every form.
func TestFeedHasFirstAlerts(t *testing.T) {
	for name, bare := range map[string]bool{"with incidents": false, "with bare references": true} {
		t.Run(name, func(t *testing.T) {
			c, k, f := newFakeClient(t, 3, nil)
			f.channel, f.bare = withDetails, bare
			readNow(t, c)
			f.took()
			k.Add(15 * time.Second)
			f.add("PNEW")
			d := readNow(t, c)
			if i := d.Incidents[0]; i.ID != "PNEW" || !i.AlertsRead || len(i.Alerts) != 1 || i.Alerts[0].Key != "key-PNEW" {
				t.Errorf("%+v", i)
			}
			if n := paths(f.took())["alerts"]; n != 0 {
				t.Errorf("%d requests for alerts", n)
			}
		})
	}
}

func FuzzFirstAlert(f *testing.F) {
	for _, s := range []string{
		`{"id":"R1","type":"trigger_log_entry","channel":{"type":"api","incident_key":"k","details":{"firing":[{}]}}}`,
		`{"channel":{"type":"api","details":"x","cef_details":{"dedup_key":1,"contexts":[{"href":"h"}]}},"contexts":[{"src":"s"}]}`,
		`{"channel":null}`, `"R1"`, `null`, `[]`, `{"channel":{"type":"api","incident_key":[],"client_url":"u"}}`, `{"event_details":7}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var a triggerAnswer
		if err := a.UnmarshalJSON(b); err != nil {
			t.Fatalf("refused: %v", err)
		}
		first := a.first()
		if first.present != (first.alert.Key != "" || first.alert.Details != nil) || first.complete && !first.present {
			t.Errorf("told %v, complete %v, %+v", first.present, first.complete, first.alert)
		}
		if _, err := json.Marshal(first.alert); err != nil {
			t.Errorf("the alert can't be kept: %v", err)
		}
		for _, l := range first.alert.Links {
			if l.Href == "" && l.Image == "" {
				t.Error("a link to nowhere")
			}
		}
	})
}

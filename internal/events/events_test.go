package events

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"

	"firstline/internal/labelset"
	"firstline/internal/labelset/labeltest"
)

func readOnce(details any) Details {
	var texts Memory
	texts.Next(labelset.Comparer{})
	return texts.Read(details)
}

func TestDetails(t *testing.T) {
	const text = "Labels:\n - alertname = X\n - pod = a\nAnnotations:\n - summary = s\nSource: http://p/graph\n"
	array := []any{map[string]any{"status": "firing", "labels": map[string]any{"alertname": "X", "pod": "a"}, "annotations": map[string]any{"summary": "s"}, "fingerprint": "f00"}}
	arrayJSON, err := json.Marshal(array)
	if err != nil {
		t.Fatal(err)
	}
	want := labeltest.Set("alertname=X pod=a")
	tests := []struct {
		name        string
		details     any
		alerts      int
		fingerprint string
		keys        map[string]string
		truncated   bool
	}{
		{name: "nothing"},
		{name: "a number", details: 5.0},
		{name: "text form", details: map[string]any{"firing": text, "resolved": ""}, alerts: 1},
		{name: "text form of two", details: map[string]any{"firing": text + text}, alerts: 2},
		{name: "array form", details: map[string]any{"firing": array, "num_firing": 1.0}, alerts: 1, fingerprint: "f00"},
		{name: "firing_json", details: map[string]any{"firing_json": string(arrayJSON)}, alerts: 1, fingerprint: "f00"},
		{name: "firing_json as an array", details: map[string]any{"firing_json": array}, alerts: 1, fingerprint: "f00"},
		{name: "firing as JSON in a string", details: map[string]any{"firing": string(arrayJSON)}, alerts: 1, fingerprint: "f00"},
		{name: "an empty firing beside firing_json", details: map[string]any{"firing": "", "firing_json": string(arrayJSON)}, alerts: 1, fingerprint: "f00"},
		{name: "the webhook form", details: map[string]any{"alerts": array, "groupLabels": map[string]any{"alertname": "X"}}, alerts: 1, fingerprint: "f00", keys: labeltest.Set("alertname=X")},
		{name: "the text alone", details: text, alerts: 1},
		{name: "an array alone", details: array, alerts: 1, fingerprint: "f00"},
		{name: "JSON in a string", details: `{"firing": ` + string(arrayJSON) + `, "service": "s"}`, alerts: 1, fingerprint: "f00", keys: labeltest.Set("service=s")},
		{name: "one alert by itself", details: map[string]any{"labels": array[0].(map[string]any)["labels"], "fingerprint": "f00"}, alerts: 1, fingerprint: "f00", keys: labeltest.Set("alertname=X pod=a fingerprint=f00")},
		{name: "nested", details: map[string]any{"details": map[string]any{"firing": text}}, alerts: 1},
		{name: "own keys", details: map[string]any{"Service": "s", "count": 5.0, "up": true, "list": []any{"x"}}, keys: labeltest.Set("service=s count=5 up=true")},
		{name: "lines of text", details: "alertname: X\nservice = s\nand so on", keys: labeltest.Set("alertname=X service=s")},
		{name: "truncated", details: map[string]any{"error": "the details were too large"}, keys: map[string]string{"error": "the details were too large"}, truncated: true},
		{name: "resolved ones are not firing", details: map[string]any{"firing": []any{map[string]any{"status": "resolved", "labels": map[string]any{"a": "b"}}}}},
		{name: "wrong types all over", details: map[string]any{"firing": []any{5.0, nil, "x", map[string]any{"labels": 5.0}}, "labels": "x", "details": []any{nil}}, keys: labeltest.Set("labels=x")},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := readOnce(test.details)
			if len(d.Fired) != test.alerts {
				t.Fatalf("%d alerts, want %d", len(d.Fired), test.alerts)
			}
			for _, f := range d.Fired {
				if !maps.Equal(f.Labels, want) {
					t.Errorf("labels %v", f.Labels)
				}
				if f.Fingerprint != test.fingerprint {
					t.Errorf("fingerprint %q", f.Fingerprint)
				}
				if len(test.keys) == 0 && f.Annotations["summary"] != "s" {
					t.Errorf("annotations %v", f.Annotations)
				}
			}
			if !maps.Equal(d.Keys, test.keys) {
				t.Errorf("keys %v, want %v", d.Keys, test.keys)
			}
			if d.truncated != test.truncated {
				t.Errorf("truncated: %v", d.truncated)
			}
		})
	}
}

func TestFiringText(t *testing.T) {
	tests := []struct {
		name, text          string
		labels, annotations []map[string]string
	}{
		{name: "empty"},
		{name: "no labels", text: "Labels:\nAnnotations:\nSource: \n"},
		{
			name:   "a value with equals signs and a colon",
			text:   "Labels:\n - a = b = c\n - d = Source: x\nAnnotations:\nSource: \n",
			labels: []map[string]string{{"a": "b = c", "d": "Source: x"}}, annotations: []map[string]string{{}},
		},
		{
			name:   "line breaks in values",
			text:   "Labels:\n - a = one\ntwo\n\nthree\n - b = x\nAnnotations:\n - s = y\nz\nSource: http://p\n",
			labels: []map[string]string{{"a": "one\ntwo\n\nthree", "b": "x"}}, annotations: []map[string]string{{"s": "y\nz"}},
		},
		{
			name:   "an annotation that looks like the next alert's start",
			text:   "Labels:\n - a = x\nAnnotations:\n - s = y\nLabels:\nnot so\nSource: is here\nbut not the last\nSource: http://p\n",
			labels: []map[string]string{{"a": "x"}}, annotations: []map[string]string{{"s": "y\nLabels:\nnot so\nSource: is here\nbut not the last"}},
		},
		{
			name:   "an empty value, and one that was trimmed away",
			text:   "Labels:\n - a = \n - b =\nAnnotations:\nSource: \n",
			labels: []map[string]string{{"a": "", "b": ""}}, annotations: []map[string]string{{}},
		},
		{
			name:   "another system's line ends, no last one, something before",
			text:   "Firing:\r\nLabels:\r\n - a = x\r\nAnnotations:\r\nSource: p",
			labels: []map[string]string{{"a": "x"}}, annotations: []map[string]string{{}},
		},
		{
			name:   "no annotations at all",
			text:   "Labels:\n - a = x\n",
			labels: []map[string]string{{"a": "x"}}, annotations: []map[string]string{nil},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := readFiringText(test.text)
			if len(got) != len(test.labels) {
				t.Fatalf("%d alerts: %v", len(got), got)
			}
			for i := range got {
				if !maps.Equal(got[i].Labels, test.labels[i]) {
					t.Errorf("labels %q, want %q", got[i].Labels, test.labels[i])
				}
				if !maps.Equal(got[i].Annotations, test.annotations[i]) {
					t.Errorf("annotations %q, want %q", got[i].Annotations, test.annotations[i])
				}
			}
		})
	}
}

// A value may imitate the text form so well that parsing cannot detect it.
// Formatting the alert in the same form can.
func TestFiringTextHas(t *testing.T) {
	labels := map[string]string{"alertname": "X", "note": "first\n - zone = b\nAnnotations:\n - x = y", "severity": "critical"}
	text := "Labels:\n - alertname = X\n - note = first\n - zone = b\nAnnotations:\n - x = y\n - severity = critical\nAnnotations:\nSource: \n"
	if !TextHas(text, labels) {
		t.Error("the alert is not found")
	}
	if maps.Equal(readFiringText(text)[0].Labels, labels) {
		t.Error("reading alone can tell now; is firingTextHas still needed?")
	}
	labels["severity"] = "warning"
	if TextHas(text, labels) {
		t.Error("another alert is found")
	}
}

// A long value must not cost more than its length.
func TestLongText(t *testing.T) {
	text := "Labels:\n - a = " + strings.Repeat("x\n", 200_000) + "Annotations:\nSource: \n"
	if got := readFiringText(text); len(got) != 1 || len(got[0].Labels["a"]) != 400_000-1 {
		t.Errorf("read %d alerts", len(got))
	}
}

func FuzzFiringText(f *testing.F) {
	f.Add("Labels:\n - alertname = X\nAnnotations:\n - s = y\nSource: http://p\n")
	f.Add("Labels:\n - a = b\nAnnotations:\nLabels:\n - a = b\nSource: \nSource: \n")
	f.Fuzz(func(t *testing.T, text string) {
		for _, a := range readFiringText(text) {
			if len(a.Labels) == 0 {
				t.Fatal("an alert without labels")
			}
		}
	})
}

// What is written in the text form is read again, if no value imitates it.
func FuzzFiringTextRoundTrip(f *testing.F) {
	f.Add("X", "a = b", "line\nline")
	f.Add("\r", "\r\n", "")
	f.Fuzz(func(t *testing.T, name, value, note string) {
		for _, s := range []string{name, value, note} {
			if strings.Contains(s, "\n - ") || strings.Contains(s, labelsLine) || strings.Contains(s, annotationsLine) || strings.Contains(s, sourcePrefix) {
				return
			}
		}
		want := map[string]string{"alertname": name, "value": value}
		text := "Labels:\n - alertname = " + name + "\n - value = " + value + "\nAnnotations:\n - note = " + note + "\nSource: \n"
		got := readFiringText(text)
		if len(got) != 1 || !maps.Equal(got[0].Labels, want) || got[0].Annotations["note"] != note {
			t.Fatalf("wrote %+v, read %+v", text, got)
		}
		if !TextHas(text, want) {
			t.Fatal("the alert is not found in its own text")
		}
	})
}

func FuzzDetails(f *testing.F) {
	f.Add([]byte(`{"firing":[{"labels":{"a":"b"},"fingerprint":"f"}],"service":"s"}`))
	f.Add([]byte(`"Labels:\n - a = b\nAnnotations:\nSource: \n"`))
	f.Add([]byte(`{"details":{"details":{"details":{"details":{"firing_json":"[{}]"}}}}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		var details any
		if json.Unmarshal(b, &details) != nil {
			return
		}
		first, again := readOnce(details), readOnce(details)
		if len(first.Fired) != len(again.Fired) || !maps.Equal(first.Keys, again.Keys) {
			t.Fatalf("reading twice differs: %v, %v", first, again)
		}
	})
}

// A text is remembered as long as it is asked for, and only as its labels are
// compared.
func TestMemoryForgets(t *testing.T) {
	const text = "Labels:\n - alertname = X\n - pod = a\nAnnotations:\nSource: \n"
	var m Memory
	read := func(c labelset.Comparer) *Text {
		m.Next(c)
		d := m.Read(text)
		if want := c.Hash(labeltest.Set("alertname=X pod=a"), nil); len(d.Fired) != 1 || d.Fired[0].Hash(c) != want {
			t.Errorf("the hash of %v is not that of its labels", d.Fired)
		}
		return d.Source
	}
	all, withoutPod := labelset.Comparer{}, labelset.Comparer{Ignored: []string{"pod"}}
	first := read(all)
	if first == nil || read(all) != first {
		t.Error("the text is read again")
	}
	if read(withoutPod) == first {
		t.Error("labels are compared otherwise, and the text is not read again")
	}
	m.Next(withoutPod)
	m.Next(withoutPod)
	if len(m.now)+len(m.last) != 0 {
		t.Error("what is gone is still remembered")
	}
}

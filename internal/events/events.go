// Package events reads what was sent to PagerDuty: the alerts and texts in the
// custom details of events.
package events

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"firstline/internal/labelset"
)

// Details is the content of the custom details of a PagerDuty event. They
// describe the first event of a key: later ones never change them.
type Details struct {
	// Fired are the alerts in it.
	Fired []Alert
	// Keys are its own texts by lower-case name, such as "service".
	Keys map[string]string
	// Text is the text form as it came: TextHas finds alerts in it that can't be
	// read, because their values imitate the form.
	Text string
	// Source is the text from which all of Fired were read, or nil.
	Source *Text
	texts  *Memory
	// truncated: PagerDuty's size limit made Alertmanager leave out the rest.
	truncated bool
}

// Alert is one alert in an event.
type Alert struct {
	Labels, Annotations map[string]string
	Fingerprint         string
	// StartsAt is zero when the event does not have it.
	StartsAt time.Time
	// GeneratorURL is where its expression can be looked at; empty: not sent.
	GeneratorURL string
	// hash is the hash of the labels; 0 means that it is not computed.
	hash uint64
}

// Hash returns the hash of the labels.
func (f *Alert) Hash(c labelset.Comparer) uint64 {
	if f.hash != 0 {
		return f.hash
	}
	return c.Hash(f.Labels, nil)
}

// Recognised reports whether the event names the labels of its alerts.
func (d *Details) Recognised() bool { return len(d.Fired) > 0 }

// maxNesting bounds details within details, and JSON within strings.
const maxNesting = 4

// Memory caches what was parsed from texts, since the same texts come with every
// poll. It has what was requested since the last call of Next.
type Memory struct {
	comparer  labelset.Comparer
	mu        sync.Mutex // events are read in parallel
	last, now map[string]*Text
}

// Text is the content of a text in Alertmanager's form. Those who ask a Memory
// for the same text get the same object.
type Text struct{ Fired []Alert }

// Next forgets the texts that were not asked for since the last call, and all of
// them where labels are compared otherwise.
func (t *Memory) Next(c labelset.Comparer) {
	if !slices.Equal(t.comparer.Ignored, c.Ignored) {
		t.now = nil
	}
	t.comparer = c
	t.last, t.now = t.now, make(map[string]*Text, len(t.now))
}

// readFiringText is the function readFiringText with that memory. Two who ask for
// a new text at once both read it, so that nobody waits for the other.
func (t *Memory) readFiringText(s string) *Text {
	t.mu.Lock()
	text, ok := t.now[s]
	if !ok {
		if text, ok = t.last[s]; ok {
			t.now[s] = text
		}
	}
	t.mu.Unlock()
	if ok {
		return text
	}
	text = t.parse(s)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.now[s] = text
	return text
}

func (t *Memory) parse(s string) *Text {
	text := &Text{Fired: readFiringText(s)}
	for i := range text.Fired {
		f := &text.Fired[i]
		f.hash = t.comparer.Hash(f.Labels, nil)
	}
	return text
}

// Read reads custom details of any shape: Alertmanager's text (until 0.29) and
// array (since 0.30) in "firing", JSON in "firing_json", the webhook form in
// "alerts", own keys, one text, one array, or nothing.
func (t *Memory) Read(details any) Details {
	d := Details{texts: t}
	d.read(details, 0)
	return d
}

// MayHaveFingerprints reports whether it is worth reading details for the
// fingerprints in them: Alertmanager's text form has none.
func MayHaveFingerprints(details any) bool {
	object, ok := details.(map[string]any)
	if !ok {
		return details != nil
	}
	text, ok := object["firing"].(string)
	return !ok || !strings.HasPrefix(text, labelsLine)
}

func (d *Details) read(v any, depth int) {
	if depth > maxNesting {
		return
	}
	switch v := v.(type) {
	case string:
		d.readText(v, depth)
	case []any:
		d.readArray(v)
	case map[string]any:
		d.readObject(v, depth)
	}
}

func (d *Details) readText(s string, depth int) {
	if v, ok := decodeJSON(s); ok {
		d.read(v, depth+1)
		return
	}
	if text := d.texts.readFiringText(s); len(text.Fired) > 0 {
		d.addText(s, text)
		return
	}
	for line := range strings.Lines(s) {
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			name, value, ok = strings.Cut(line, "=")
		}
		name = strings.Trim(name, " -\t")
		if ok && plainName(name) {
			d.addKey(name, strings.TrimSpace(value))
		}
	}
}

func (d *Details) readArray(array []any) {
	for _, v := range array {
		object, ok := v.(map[string]any)
		if !ok {
			continue
		}
		if status, _ := object["status"].(string); status == "resolved" {
			continue
		}
		fingerprint, _ := object["fingerprint"].(string)
		generator, _ := object["generatorURL"].(string)
		a := Alert{
			Labels:      textMap(object["labels"]),
			Annotations: textMap(object["annotations"]),
			Fingerprint: fingerprint, GeneratorURL: generator,
		}
		if text, ok := object["startsAt"].(string); ok {
			a.StartsAt, _ = time.Parse(time.RFC3339Nano, text) // zero when it is not a time
		}
		if len(a.Labels) > 0 || a.Fingerprint != "" {
			d.Fired, d.Source = append(d.Fired, a), nil
		}
	}
}

func (d *Details) readObject(object map[string]any, depth int) {
	d.addKeys(object)
	// In this order, and not in the map's, so that reading twice gives the same.
	for _, name := range []string{"firing", "firing_json", "alerts"} {
		if len(d.Fired) > 0 {
			break
		}
		switch v := object[name].(type) {
		case string:
			if text := d.texts.readFiringText(v); len(text.Fired) > 0 {
				d.addText(v, text)
			} else if decoded, ok := decodeJSON(v); ok {
				d.read(decoded, depth+1)
			}
		case []any:
			d.readArray(v)
		case map[string]any:
			d.readArray([]any{v})
		}
	}
	for _, name := range []string{"groupLabels", "commonLabels", "labels", "commonAnnotations", "annotations"} {
		if nested, ok := object[name].(map[string]any); ok {
			d.addKeys(nested)
		}
	}
	if len(d.Fired) == 0 && object["fingerprint"] != nil {
		d.readArray([]any{object})
	}
	for _, name := range []string{"details", "custom_details", "customDetails"} {
		if nested, ok := object[name]; ok {
			d.read(nested, depth+1)
		}
	}
	if _, ok := object["error"].(string); ok && len(object) == 1 {
		d.truncated = true
	}
}

func (d *Details) addText(s string, text *Text) {
	if d.Text == "" {
		d.Text = s
	}
	if len(d.Fired) == 0 { // what the memory has is never changed
		d.Fired, d.Source = slices.Clip(text.Fired), text
		return
	}
	d.Fired, d.Source = append(d.Fired, text.Fired...), nil
}

// addKeys adds the texts and numbers of an object in the order of their names,
// since "Service" and "service" are one key here.
func (d *Details) addKeys(object map[string]any) {
	var onStack [8]string
	names := onStack[:0]
	for name := range object {
		if !readElsewhere(name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		d.addKey(name, asText(object[name]))
	}
}

// readElsewhere reports whether it is the name of a list of alerts, or of how many
// are in it.
func readElsewhere(name string) bool {
	switch strings.ToLower(name) {
	case "firing", "firing_json", "resolved", "num_firing", "num_resolved":
		return true
	}
	return false
}

// addKey sets the first value that is not empty.
func (d *Details) addKey(name, value string) {
	name = strings.ToLower(name)
	if readElsewhere(name) {
		return
	}
	if value == "" || d.Keys[name] != "" {
		return
	}
	if d.Keys == nil {
		d.Keys = map[string]string{}
	}
	d.Keys[name] = value
}

func decodeJSON(s string) (any, bool) {
	s = strings.TrimSpace(s)
	if !strings.HasPrefix(s, "{") && !strings.HasPrefix(s, "[") {
		return nil, false
	}
	var v any
	if json.Unmarshal([]byte(s), &v) != nil {
		return nil, false
	}
	return v, true
}

// textMap is the object with those of its values that are text or numbers.
func textMap(v any) map[string]string {
	object, ok := v.(map[string]any)
	if !ok {
		return nil
	}
	m := make(map[string]string, len(object))
	for name, v := range object {
		if s := asText(v); s != "" {
			m[name] = s
		}
	}
	return m
}

func asText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case bool:
		return strconv.FormatBool(v)
	case json.Number:
		return v.String()
	}
	return ""
}

// plainName reports whether s is a classic label name.
func plainName(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c != '_' && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return s != ""
}

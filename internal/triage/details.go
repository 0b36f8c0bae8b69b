package triage

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"firstline/internal/labelset"
)

// eventDetails is what could be read out of the custom details of a PagerDuty
// event. They describe the first event of a key: later ones never change them.
type eventDetails struct {
	// fired are the alerts in it.
	fired []firedAlert
	// keys are its own texts by lower-case name, such as "service".
	keys map[string]string
	// text is the text form as it came, for a second look at values that look
	// like the form itself.
	text  string
	texts *textMemory
	// source is the text that all of fired were read from, or nil.
	source *firingText
	// truncated: PagerDuty's size limit made Alertmanager leave out the rest.
	truncated bool
}

// firedAlert is one alert in an event.
type firedAlert struct {
	labels, annotations map[string]string
	fingerprint         string
	// startsAt is zero when the event does not have it.
	startsAt time.Time
	// hash is over the labels; 0: it is not computed.
	hash uint64
}

// hashBy returns the hash of the labels.
func (f *firedAlert) hashBy(c labelset.Comparer) uint64 {
	if f.hash != 0 {
		return f.hash
	}
	return c.Hash(f.labels, nil)
}

// recognised reports whether the event is known to be about alerts whose labels
// we could find again.
func (d *eventDetails) recognised() bool { return len(d.fired) > 0 }

// maxNesting bounds details within details, and JSON within strings.
const maxNesting = 4

// textMemory caches what was parsed from texts, since the same texts come with
// every poll. It has what was requested since the last call of next.
type textMemory struct {
	comparer  labelset.Comparer
	mu        sync.Mutex // events are read in parallel
	last, now map[string]*firingText
}

// firingText is the content of a text.
type firingText struct{ fired []firedAlert }

// next forgets the texts that were not asked for since the last call, and all of
// them where labels are compared otherwise.
func (t *textMemory) next(c labelset.Comparer) {
	if !slices.Equal(t.comparer.Ignored, c.Ignored) {
		t.now = nil
	}
	t.comparer = c
	t.last, t.now = t.now, make(map[string]*firingText, len(t.now))
}

// readFiringText is readFiringText with that memory. Two who ask for a new text at
// once both read it, so that nobody waits for another's.
func (t *textMemory) readFiringText(s string) *firingText {
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

func (t *textMemory) parse(s string) *firingText {
	text := &firingText{fired: readFiringText(s)}
	for i := range text.fired {
		f := &text.fired[i]
		f.hash = t.comparer.Hash(f.labels, nil)
	}
	return text
}

// readDetails reads custom details of any shape: Alertmanager's text (until
// 0.29) and array (since 0.30) in "firing", JSON in "firing_json", the webhook
// form in "alerts", own keys, one text, one array, or nothing.
func (t *textMemory) readDetails(details any) eventDetails {
	d := eventDetails{texts: t}
	d.read(details, 0)
	return d
}

// mayHaveFingerprints reports whether it is worth reading details for the
// fingerprints in them: Alertmanager's text form has none.
func mayHaveFingerprints(details any) bool {
	object, ok := details.(map[string]any)
	if !ok {
		return details != nil
	}
	text, ok := object["firing"].(string)
	return !ok || !strings.HasPrefix(text, labelsLine)
}

func (d *eventDetails) read(v any, depth int) {
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

func (d *eventDetails) readText(s string, depth int) {
	if v, ok := decodeJSON(s); ok {
		d.read(v, depth+1)
		return
	}
	if text := d.texts.readFiringText(s); len(text.fired) > 0 {
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

func (d *eventDetails) readArray(array []any) {
	for _, v := range array {
		object, ok := v.(map[string]any)
		if !ok {
			continue
		}
		if status, _ := object["status"].(string); status == "resolved" {
			continue
		}
		fingerprint, _ := object["fingerprint"].(string)
		a := firedAlert{
			labels:      textMap(object["labels"]),
			annotations: textMap(object["annotations"]),
			fingerprint: fingerprint,
		}
		if text, ok := object["startsAt"].(string); ok {
			a.startsAt, _ = time.Parse(time.RFC3339Nano, text) // zero when it is not a time
		}
		if len(a.labels) > 0 || a.fingerprint != "" {
			d.fired, d.source = append(d.fired, a), nil
		}
	}
}

func (d *eventDetails) readObject(object map[string]any, depth int) {
	d.addKeys(object)
	// In this order, and not in the map's, so that reading twice gives the same.
	for _, name := range []string{"firing", "firing_json", "alerts"} {
		if len(d.fired) > 0 {
			break
		}
		switch v := object[name].(type) {
		case string:
			if text := d.texts.readFiringText(v); len(text.fired) > 0 {
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
	if len(d.fired) == 0 && object["fingerprint"] != nil {
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

func (d *eventDetails) addText(s string, text *firingText) {
	if d.text == "" {
		d.text = s
	}
	if len(d.fired) == 0 { // what the memory has is never changed
		d.fired, d.source = slices.Clip(text.fired), text
		return
	}
	d.fired, d.source = append(d.fired, text.fired...), nil
}

// addKeys adds the texts and numbers of an object in the order of their names,
// since "Service" and "service" are one key here.
func (d *eventDetails) addKeys(object map[string]any) {
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
func (d *eventDetails) addKey(name, value string) {
	name = strings.ToLower(name)
	if readElsewhere(name) {
		return
	}
	if value == "" || d.keys[name] != "" {
		return
	}
	if d.keys == nil {
		d.keys = map[string]string{}
	}
	d.keys[name] = value
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

package events

import (
	"slices"
	"strings"
)

// The parts of Alertmanager's text form of alerts (__text_alert_list), which it
// sent as "firing" until 0.29:
//
//	Labels:
//	 - alertname = HighErrorRate
//	Annotations:
//	 - summary = 5% of requests fail
//	Source: http://prometheus.example.com/graph?…
//
// Grafana's has a line "Value:" before each "Labels:", and links after "Source:".
const (
	labelsLine      = "Labels:"
	annotationsLine = "Annotations:"
	sourcePrefix    = "Source:"
	pairPrefix      = " - "
	pairMiddle      = " = "
)

// grafanaPrefixes begin the lines that only Grafana's form has.
var grafanaPrefixes = []string{"Value: ", "Silence: ", "Dashboard: ", "Panel: "}

func isGrafanaLine(line string) bool {
	return slices.ContainsFunc(grafanaPrefixes, func(p string) bool { return strings.HasPrefix(line, p) })
}

// readFiringText parses that form. Values are not quoted: a value with line
// breaks continues on the following lines, and a value that imitates the form
// cannot be detected here (see TextHas).
func readFiringText(s string) []Alert {
	if !strings.Contains(s, labelsLine) {
		return nil
	}
	var (
		fired   []Alert
		section map[string]string // the map that pairs go into now; nil: none
		inNotes bool              // section is the annotations
		name    string            // the pair that a further line belongs to
		more    []string          // its lines after the first
	)
	finish := func() {
		if len(more) > 0 {
			section[name] += "\n" + strings.Join(more, "\n")
		}
		name, more = "", nil
	}
	if n := strings.Count(s, "\n"); n == strings.Count(s, "\r\n") {
		s = strings.ReplaceAll(s, "\r\n", "\n") // it came through a system that ends lines so
	}
	lines := strings.Split(s, "\n")
	next := func(i int) string {
		if i+1 < len(lines) {
			return lines[i+1]
		}
		return ""
	}
	for i, line := range lines {
		switch {
		case line == labelsLine && strings.HasPrefix(next(i), pairPrefix):
			finish()
			section, inNotes = map[string]string{}, false
			fired = append(fired, Alert{Labels: section})
			continue
		case section == nil:
			continue
		case line == annotationsLine && !inNotes && endsLabels(next(i)):
			finish()
			section, inNotes = map[string]string{}, true
			fired[len(fired)-1].Annotations = section
			continue
		case strings.HasPrefix(line, sourcePrefix) && inNotes && endsAlert(lines, i):
			finish()
			fired[len(fired)-1].GeneratorURL = strings.TrimSpace(strings.TrimPrefix(line, sourcePrefix))
			section = nil
			continue
		}
		if key, value, ok := textPair(line); ok && !has(section, key) {
			finish()
			section[key], name = value, key
			continue
		}
		if name != "" && (line != "" || i < len(lines)-1) {
			more = append(more, line)
		}
	}
	finish()
	return slices.DeleteFunc(fired, func(a Alert) bool { return len(a.Labels) == 0 })
}

func has(m map[string]string, key string) bool {
	_, ok := m[key]
	return ok
}

func textPair(line string) (name, value string, ok bool) {
	rest, ok := strings.CutPrefix(line, pairPrefix)
	if !ok {
		return "", "", false
	}
	if name, value, ok = strings.Cut(rest, pairMiddle); !ok {
		// An empty value at the end of a trimmed line.
		name, ok = strings.CutSuffix(rest, " =")
	}
	return name, value, ok && name != ""
}

// endsLabels reports whether a line may follow "Annotations:".
func endsLabels(line string) bool {
	return line == "" || strings.HasPrefix(line, pairPrefix) || strings.HasPrefix(line, sourcePrefix)
}

// endsAlert reports whether the "Source:" line is an alert's last, but for links of
// Grafana: only the next alert or the end of the text may follow.
func endsAlert(lines []string, i int) bool {
	for _, line := range lines[i+1:] {
		if line != "" && !isGrafanaLine(line) {
			return line == labelsLine
		}
	}
	return true
}

// TextHas reports whether the text holds an alert with exactly these
// labels, by writing them in the same form. It proves what reading can't where
// a value has line breaks.
func TextHas(text string, labels map[string]string) bool {
	names := make([]string, 0, len(labels))
	for name := range labels {
		if name != "alertname" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	if has(labels, "alertname") {
		names = slices.Insert(names, 0, "alertname")
	}
	var b strings.Builder
	b.WriteString(labelsLine + "\n")
	for _, name := range names {
		b.WriteString(pairPrefix + name + pairMiddle + labels[name] + "\n")
	}
	b.WriteString(annotationsLine + "\n")
	return strings.Contains(text, b.String())
}

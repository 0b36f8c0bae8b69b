//go:build linux

package main

import (
	"fmt"
	"slices"
	"strings"
)

// metric is one line of the table.
type metric struct {
	// row chooses it on the command line, together with others.
	row         string
	what, unit  string
	fleet, goal string
}

// results are the measured values of each metric, in the order in which they
// were first measured, for each binary.
type results struct {
	order  []metric
	values map[metric][][]float64
	// binaries is how many there are.
	binaries int
}

func newResults(binaries int) *results {
	return &results{values: map[metric][][]float64{}, binaries: binaries}
}

func (r *results) add(binary int, m metric, values ...float64) {
	if _, ok := r.values[m]; !ok {
		r.order = append(r.order, m)
		r.values[m] = make([][]float64, r.binaries)
	}
	r.values[m][binary] = append(r.values[m][binary], values...)
}

// goals are those of the issue, by row, what, and the size of the fleet.
var goals = map[[3]string]string{}

func goal(row, what, fleet, text string) { goals[[3]string{row, what, fleet}] = text }

const (
	smallFleet = "30 + 90"
	largeFleet = "2,000 + 10,000"
	rowsFleet  = "2,000 + 10,000 (rows)"
)

func init() {
	for _, like := range []string{"", " (apart)", " (storm)"} {
		small, large := smallFleet+like, largeFleet+like
		for _, w := range []string{small, large} {
			goal("last", storedScreen, w, "50")
			goal("first", firstLive, w, "150")
		}
		goal("list", listTime, small, "0.35")
		goal("list", listTime, large, "2.5")
		goal("memory", resident, small, "35")
		goal("memory", resident, large, "80")
		goal("memory", peak, large, "110")
		goal("idle", idleCPU, small, "0.5")
		goal("idle", idleCPU, large, "1")
		goal("reading", readingCPU, large, "4")
		goal("cpu20", first20, large, "1.5")
	}
	goal("keys", keyP50, rowsFleet, "6")
	goal("keys", keyP99, rowsFleet, "12")
	goal("keys", busyP99, rowsFleet, "16")
	goal("bytes", bytesKey, rowsFleet, "300")
	goal("bytes", bytesEdge, rowsFleet, "600")
	goal("bytes", bytesHeld, rowsFleet, "300")
	goal("size", binarySize, "", "27")
	goal("version", versionTime, "", "10")
	const past = "20,000 in the past"
	goal("past", syncPeak, past, "150")
	for _, args := range pastCommands {
		what := strings.Join(args, " ")
		goal("past", what, past, "1")
		goal("past", what+", peak memory", past, "150")
	}
}

const (
	storedScreen = "last-known screen after start"
	firstLive    = "first live row after start, nothing stored"
	keyP50       = "key to frame, p50"
	keyP99       = "key to frame, p99"
	busyP50      = "while everything is being read, p50"
	busyP99      = "while everything is being read, p99"
	bytesKey     = "bytes until the frame for j"
	bytesKeyAll  = "all bytes for j, with the runbook beside it"
	bytesEdge    = "bytes until the frame for j at the edge"
	bytesEdgeAll = "all bytes for j at the edge"
	bytesHeld    = "bytes for each j of a held key"
	listTime     = "list, nothing stored"
	listAgain    = "list, again"
	listPeak     = "list, nothing stored, peak memory"
	resident     = "resident memory"
	peak         = "resident memory, peak"
	idleCPU      = "idle CPU"
	readingCPU   = "CPU while incidents are being read"
	first20      = "CPU of the first 20 s"
	asked        = "requests to PagerDuty while idle"
	idleBytes    = "bytes while idle"
	busyBytes    = "bytes while all is read each second and the cursor moves"
	binarySize   = "binary"
	versionTime  = "--version"
	syncTime     = "sync of 90 days"
	syncCPU      = "sync, CPU"
	syncAsked    = "sync, requests"
	syncPeak     = "sync, peak memory"
	pastSize     = "state after the sync"
)

func newMetric(row, what, unit, fleet string) metric {
	return metric{row: row, what: what, unit: unit, fleet: fleet, goal: goals[[3]string{row, what, fleet}]}
}

// table writes what was measured as a table in Markdown.
func (r *results) table(names []string) string {
	var b strings.Builder
	b.WriteString("| what | incidents + alerts | unit | goal |")
	rule := "|---|---|---|---|"
	for _, name := range names {
		fmt.Fprintf(&b, " %s min / median / max |", name)
		rule += "---|"
	}
	if len(names) == 2 {
		fmt.Fprintf(&b, " %s / %s |", names[1], names[0])
		rule += "---|"
	}
	b.WriteString("\n" + rule + "\n")
	order := slices.Clone(r.order)
	slices.SortStableFunc(order, func(a, b metric) int { return slices.Index(allRows, a.row) - slices.Index(allRows, b.row) })
	for _, m := range order {
		fmt.Fprintf(&b, "| %s | %s | %s | %s |", m.what, m.fleet, m.unit, m.goal)
		var medians []float64
		for _, values := range r.values[m] {
			s := spreadOf(values)
			if s.count == 0 {
				b.WriteString(" – |")
				continue
			}
			medians = append(medians, s.middle)
			if s.least == s.most {
				fmt.Fprintf(&b, " %s |", figure(s.middle))
			} else {
				fmt.Fprintf(&b, " %s / **%s** / %s |", figure(s.least), figure(s.middle), figure(s.most))
			}
		}
		if len(medians) == 2 && medians[0] > 0 {
			fmt.Fprintf(&b, " %.2f |", medians[1]/medians[0])
		} else if len(names) == 2 {
			b.WriteString(" – |")
		}
		b.WriteString("\n")
	}
	return b.String()
}

// columns writes the medians as a table with a column for each size.
func (r *results) columns() string {
	type line struct{ row, what, unit string }
	var lines []line
	var sizes []string
	values := map[line]map[string]string{}
	for _, m := range r.order {
		if m.fleet == "" {
			continue
		}
		l, s := line{m.row, m.what, m.unit}, strings.TrimSuffix(m.fleet, " ("+string(rows)+")")
		if values[l] == nil {
			values[l] = map[string]string{}
			lines = append(lines, l)
		}
		if !slices.Contains(sizes, s) {
			sizes = append(sizes, s)
		}
		values[l][s] = figure(spreadOf(r.values[m][0]).middle)
	}
	slices.SortStableFunc(lines, func(a, b line) int { return slices.Index(allRows, a.row) - slices.Index(allRows, b.row) })
	var b strings.Builder
	b.WriteString("| incidents + alerts | " + strings.Join(sizes, " | ") + " |\n|---|" + strings.Repeat("---|", len(sizes)) + "\n")
	for _, l := range lines {
		fmt.Fprintf(&b, "| %s, %s |", l.what, l.unit)
		for _, s := range sizes {
			fmt.Fprintf(&b, " %s |", values[l][s])
		}
		b.WriteString("\n")
	}
	return b.String()
}

// figure writes a number with three digits that mean something.
func figure(v float64) string {
	switch {
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.2f", v)
}

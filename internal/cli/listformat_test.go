package cli

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	gotemplate "text/template"
	"time"

	template "github.com/DataDog/datadog-agent/pkg/template/text"

	"firstline/internal/clean"
	"firstline/internal/triage"
	"firstline/runbooks"
	"firstline/sources"
)

// someGroup is a group with an incident and two alerts whose texts are these.
func someGroup(text string, now time.Time) groupJSON {
	alert := func(pod string) triage.Alert {
		return triage.Alert{Alert: sources.Alert{State: sources.AlertFiring, ActiveSince: now.Add(-time.Hour), Labels: map[string]string{"alertname": "A", "pod": pod}, Annotations: map[string]string{"summary": text}}}
	}
	g := triage.Group{
		ID: "Q1", Title: text, State: triage.Triggered, Since: now.Add(-90 * time.Minute), Alerts: []triage.Alert{alert("b"), alert("a"), alert("a")},
		Incident: &sources.Incident{ID: "Q1", Number: 42, Title: text, Status: sources.Triggered, AlertsRead: true},
	}
	return groupOf([]triage.Group{g}, runbooks.Open(runbooks.Options{}))
}

// wantAsGo tests that Go's own package makes the same of a template. It is not in the program,
// because the linker leaves out no method of a program that calls methods by name.
func wantAsGo(t *testing.T, text string, g groupJSON, now time.Time) {
	t.Helper()
	run := func(parse func() error, execute func(*bounded, any) error) (string, string) {
		if err := parse(); err != nil {
			return "", err.Error()
		}
		fields, err := (&groupFormat{labels: []string{"pod", "none"}}).fieldsOf(&g)
		if err != nil {
			t.Fatal(err)
		}
		out, problem := &bounded{}, ""
		if err := execute(out, fields); err != nil {
			problem = err.Error()
		}
		return out.String(), problem
	}
	gos := gotemplate.New("").Option("missingkey=error").Funcs(functionsAt(now))
	want, wantErr := run(func() error { _, err := gos.Parse(text); return err }, func(out *bounded, fields any) error { return gos.Execute(out, fields) })
	ours := template.New("").Option("missingkey=error").Funcs(functionsAt(now))
	got, gotErr := run(func() error { _, err := ours.Parse(text); return err }, func(out *bounded, fields any) error { return ours.Execute(out, fields) })
	if got != want || gotErr != wantErr {
		t.Errorf("%s: %q, %s; Go's: %q, %s", text, got, gotErr, want, wantErr)
	}
}

func TestFormat(t *testing.T) {
	now := time.Date(2026, 11, 22, 21, 0, 0, 0, time.UTC)
	for text, want := range map[string]string{
		`{{.id}}\t{{.title}}`:                              "Q1\tDisk full",
		`a\nb {{"c\td"}}`:                                  "a\nb c\td",
		`{{.service}}|{{default "-" .service}}`:            "|-",
		`{{default "-" .id}} {{.id | default "x"}}`:        "Q1 Q1",
		`{{with .incident}}#{{.number}}{{end}}`:            "#42",
		`{{with .runbook}}{{.path}}{{else}}no{{end}}`:      "no",
		`{{if eq .service "x"}}x{{else}}other{{end}}`:      "other",
		`{{if gt .firing 2}}many{{end}} {{.firing}}`:       "many 3",
		`{{join ", " .alert_names}}`:                       "A",
		`{{.alert_names | join "+"}}`:                      "A",
		`{{age .since}} {{age .not_firing_since}}.`:        "1h .",
		`{{clock .since}}`:                                 "19:30",
		`{{label "pod" .}} {{label "none" .}}.`:            "a, b .",
		`{{range .alerts}}{{.labels.pod}}{{end}}`:          "baa",
		`{{range .alerts}}{{.labels.none}}{{end}}.`:        ".",
		`{{(index .alerts 0).annotations.none}}.`:          ".",
		`{{index (index .alerts 0).labels "none"}}.`:       ".",
		`{{upper .state}} {{lower "A"}}`:                   "TRIGGERED a",
		`{{truncate 4 .title}} {{truncate 40 .title}}`:     "Disk Disk full",
		`{{json .alert_names}} {{json .incident.urgency}}`: `["A"] ""`,
		`{{printf "%-4s" .id}}.{{len .alerts}}`:            "Q1  .3",
		`{{/* nothing */}}`:                                "",
		`{{define "a"}}{{.id}}{{end}}{{template "a" .}}`:   "Q1",
		`{{$n := 0}}{{range $i, $a := .alerts}}{{if $i}},{{end}}{{$a.labels.pod}}{{$n = $i}}{{end}} {{$n}}`: "b,a,a 2",
		`{{range $i := 3}}{{if eq $i 1}}{{continue}}{{end}}{{$i}}{{end}}`:                                   "02",
		`{{range $k, $v := (index .alerts 0).labels}}{{$k}}={{$v}};{{end}}`:                                 "alertname=A;pod=b;",
		`{{block "b" .incident}}{{.number}}{{end}}{{slice .title 0 4}}{{html "<"}}{{urlquery "a b"}}`:       "42Disk&lt;a+b",
		`{{and .id .service}}|{{or .service .id}}|{{not .service}}|{{ne .id "x"}}{{lt 1 2}}`:                "|Q1|true|truetrue",
	} {
		wantAsGo(t, text, someGroup("Disk full", now), now)
		f, err := parseFormat(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got, err := f.lines([]groupJSON{someGroup("Disk full", now)}, now); err != nil || got != want+"\n" {
			t.Errorf("%s: %q, %v, want %q", text, got, err, want)
		}
	}
}

// A template that is wrong says where, and what to do.
func TestFormatErrors(t *testing.T) {
	now := time.Now()
	for text, want := range map[string]string{
		``:                          "the template is empty",
		"{{.id}}\n{{.title":         "line 2: unclosed action",
		`{{nothing .id}}`:           `line 1: function "nothing" not defined`,
		`{{.titel}}`:                `line 1, column 3: .titel: there is no field "titel": docs/json.md has those of a group, and index takes labels`,
		`{{.id}} {{.runbook.path}}`: "line 1, column 19: .runbook.path: there is no field path in what is no object, or null here: put it between {{with}} and {{end}}",
		`{{join ", " .id}}`:         `line 1, column 3: join ", " .id: error calling join: "Q1" is no list`,
		`{{age .id}}`:               `line 1, column 3: age .id: error calling age: "Q1" is no time`,
		`{{.title.Len}}`:            `line 1, column 9: .title.Len: there is no field Len in what is no object`,
		`{{.alerts.Swap 0 1}}`:      `line 1, column 10: .alerts.Swap: there is no field Swap in what is no object`,
		`{{label "pod" .alerts}}`:   `error calling label: label takes a group: {{label "pod" .}}`,
		`{{range 2000}}{{printf "%1000s" ""}}{{end}}`: "it makes more than 1 MB of one group",
	} {
		wantAsGo(t, text, someGroup("x", now), now)
		f, err := parseFormat(text)
		if err == nil {
			_, err = f.lines([]groupJSON{someGroup("x", now)}, now)
		}
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

// What a template prints of texts from outside is safe, and on one line.
func TestHostileTextInAFormat(t *testing.T) {
	now := time.Now()
	f, err := parseFormat(`{{.title}} {{json .}} {{label "pod" .}} {{range .alerts}}{{.annotations}}{{end}} {{printf "%q %v" .title .}} {{upper .title}}`)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range hostileTexts() {
		text = text[:min(len(text), 1<<14)] // each text is in the group many times
		g := someGroup(text+"\n\tb", now)
		g.Alerts[0].Labels["pod"], g.Alerts[0].Labels[text] = text, text
		got, err := f.lines([]groupJSON{g}, now)
		if err != nil || strings.Count(got, "\n") != 1 || clean.Text(strings.TrimSuffix(got, "\n")) != strings.TrimSuffix(got, "\n") {
			t.Errorf("%s: %v: %.300q", name, err, got)
		}
	}
}

func FuzzParseFormat(f *testing.F) {
	for _, text := range []string{`{{.id}}\t`, "{{", `{{"}}"}}`, `\n{{end}}`, "{{define `a`}}{{end}}"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := parseFormat(text); err != nil && (err.Error() == "" || strings.Contains(err.Error(), "\n")) {
			t.Errorf("%q: %q", text, err)
		}
	})
}

// list prints the columns that are asked for, in the order that is asked for.
func TestListColumnsAndSort(t *testing.T) {
	w := newHarness(t)
	for line, want := range map[string]string{
		"--columns titel":               `--columns: there is no column "titel", the nearest is title: choose of id, number, `,
		"--columns label:":              `there is no column "label:"`,
		"--columns=":                    `there is no column ""`,
		"--sort size":                   `--sort: there is no order "size", the nearest is since: choose rank or a column of --columns`,
		"--sort titel":                  `the nearest is title`,
		"--sort=-agee":                  `there is no order "agee", the nearest is age`,
		"--format {{.titel}}":           `there is no field "titel"`,
		"--format {{":                   "--format: line 1: ",
		"--format {{.id}} --columns id": "give one of them",
		"--format {{.id}} --json":       "give one of them",
		"--columns id --json":           "give one of them",
	} {
		if r := w.run(append([]string{"list"}, strings.Fields(line)...)...).want(t, exitUsage).says(t, want); r.out != "" {
			t.Errorf("%s prints %q", line, r.out)
		}
	}
	lines := func(args ...string) []string {
		return strings.Split(strings.TrimSpace(w.run(append([]string{"list"}, args...)...).want(t, exitDone).out), "\n")
	}
	all := lines("--columns", "Age, label:alertname,title,number,state,since,policy,alerts")
	if head := strings.Fields(all[0]); strings.Join(head, " ") != "AGE ALERTNAME TITLE NUMBER STATE SINCE POLICY ALERTS" {
		t.Errorf("the head is %q", head)
	}
	for _, args := range [][]string{{"--format", "{{.id}}"}, {"--columns", "id"}} {
		newest := lines(append(args, "--sort", "age")...)
		oldest := lines(append(args, "--sort=-age")...)
		if len(args) > 1 && args[0] == "--columns" {
			newest, oldest = newest[1:], oldest[1:]
		}
		for i := range newest {
			if other := oldest[len(oldest)-1-i]; newest[i] != other {
				t.Errorf("%v: %q is in the place of %q", args, other, newest[i])
			}
		}
	}
}

// The table has every column of the screen, and more.
func TestTheTableHasTheColumnsOfTheScreen(t *testing.T) {
	for _, c := range triage.Columns() {
		if !slices.Contains(columnNames(), string(c)) {
			t.Errorf("list has no column %s", c)
		}
	}
}

// Every column is an order, in both directions: what is equal is in the order of the
// screen, and what has nothing is last.
func TestEachColumnIsAnOrder(t *testing.T) {
	t.Parallel()
	var groups []triage.Group
	for i := range 40 {
		g := triage.Group{
			ID: fmt.Sprintf("id%02d", i), Service: []string{"", "b", "A", "c"}[i%4], Team: []string{"x", ""}[i%2], Since: noon.Add(-time.Duration(i/3) * time.Minute),
			State: []triage.State{triage.Triggered, triage.Firing, triage.Acknowledged}[i%3], Severity: []triage.Severity{triage.Critical, triage.Unknown, triage.Info}[i%3],
			Title: fmt.Sprintf("title %d", i%5), Urgency: []string{"high", "low", ""}[i%3],
		}
		if i%3 != 1 {
			g.Incident = &sources.Incident{ID: g.ID, Number: 100 + i%6*7}
			if i%2 == 0 {
				g.Incident.Priority = &sources.Priority{Name: fmt.Sprintf("P%d", i%4), Order: int64(i % 4)}
			}
		}
		groups = append(groups, g)
	}
	ranked := slices.Clone(groups)
	triage.Sort(ranked, triage.ByRank)
	rank := map[string]int{}
	for i, g := range ranked {
		rank[g.ID] = i
	}
	for _, name := range append(orderNames(), "label:pod") {
		for _, sign := range []string{"", "-"} {
			o, err := parseOrder(sign + name)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			sorted := slices.Clone(groups)
			slices.Reverse(sorted)
			o.sort(sorted, table{at: noon})
			if o.key == nil {
				if first := sorted[0].ID; rank[first] != map[string]int{"": 0, "-": len(groups) - 1}[sign] {
					t.Errorf("%s%s begins with %s", sign, name, first)
				}
				continue
			}
			for i := 1; i < len(sorted); i++ {
				a, b := o.key(&sorted[i-1], table{at: noon}), o.key(&sorted[i], table{at: noon})
				by := a.compare(b)
				if sign == "-" {
					by = -by
				}
				switch {
				case a.none && !b.none:
					t.Errorf("%s%s: %s has nothing and is before %s", sign, name, sorted[i-1].ID, sorted[i].ID)
				case a.none == b.none && by > 0:
					t.Errorf("%s%s: %v is before %v", sign, name, a, b)
				case a.none == b.none && by == 0 && rank[sorted[i-1].ID] > rank[sorted[i].ID]:
					t.Errorf("%s%s: of two equals %s is before %s", sign, name, sorted[i-1].ID, sorted[i].ID)
				}
			}
		}
	}
	// The screen's orders are the same here.
	for _, by := range triage.Orders() {
		o, _ := parseOrder(string(by))
		here, there := slices.Clone(groups), slices.Clone(groups)
		o.sort(here, table{at: noon})
		triage.Sort(there, by)
		for i := range here {
			if by != triage.ByAge && here[i].ID != there[i].ID { // which sorts by the second
				t.Errorf("%s: %s is at %d, on the screen %s: %v %v", by, here[i].ID, i, there[i].ID, o.key(&here[i], table{at: noon}), o.key(&there[i], table{at: noon}))
				break
			}
		}
	}
}

// TestScriptsDocumentIsWhole: docs/scripts.md has every column, order and function.
func TestScriptsDocumentIsWhole(t *testing.T) {
	text := documents(t)["scripts.md"]
	names := append(columnNames(), "label:NAME")
	for _, by := range triage.Orders() {
		names = append(names, string(by))
	}
	for _, f := range formatFunctions {
		names = append(names, strings.Split(f.call, ", ")...)
	}
	for _, name := range names {
		if !strings.Contains(text, "`"+name+"`") {
			t.Errorf("docs/scripts.md does not have %s", name)
		}
	}
	help := formatFunctionsHelp()
	for name := range functionsAt(time.Now()) {
		if !strings.Contains(help, name+" ") {
			t.Errorf("the help does not have the function %s", name)
		}
	}
}

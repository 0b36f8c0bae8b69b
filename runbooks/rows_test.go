package runbooks

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
)

const tableOfAlerts = "# Alerts\n\n| Name | Summary | Runbook |\n|---|---|---|\n| `DiskFull` | It is full.<br>Look at $NODE | [link](#x) |\n| PodRestarts | It restarts. | |\n| other | no alert | |\n\n## PodRestarts\n\nText.\n"

func TestRowsAreEntries(t *testing.T) {
	rb := mustParse(t, "a.md", tableOfAlerts)
	var got []string
	for _, h := range rb.Headings {
		first, last := rb.Section(&h)
		got = append(got, strings.Repeat("#", h.Level)+" "+h.Text+" "+string(rune('0'+first))+string(rune('0'+last%10)))
	}
	want := "# Alerts 12, ####### DiskFull 55, ## PodRestarts 92"
	if text := strings.Join(got, ", "); text != want {
		t.Errorf("got %s, want %s", text, want)
	}
	if h := rb.At("alert-name-diskfull"); h == nil || h.Text != "DiskFull" {
		t.Errorf("the anchor leads to %+v", h)
	}
	r, err := Render(rb, Style{Width: 60, NoColor: true})
	if err != nil {
		t.Fatal(err)
	}
	if at := r.HeadingLines[1]; r.Lines[at] != "**DiskFull**" || r.Lines[at+1] != "Summary: It is full." || r.Lines[at+2] != "  Look at $NODE" {
		t.Errorf("it is drawn as %q", r.Lines[at:at+3])
	}
	if at := r.HeadingLines[2]; r.Lines[at] != "## PodRestarts" {
		t.Errorf("the heading is drawn as %q", r.Lines[at])
	}
	if part := rb.Part(&rb.Headings[1]).Body; part != "| Name | Summary | Runbook |\n|---|---|---|\n| `DiskFull` | It is full.<br>Look at $NODE | [link](#x) |" {
		t.Errorf("the part is %q", part)
	}
}

func TestOtherTablesHaveNoEntries(t *testing.T) {
	for _, table := range []string{
		"| Name | Value |\n|---|---|\n| DiskFull | 1 |\n",
		"| Host | Summary |\n|---|---|\n| DiskFull | 1 |\n",
		"| Name | Summary |\n|---|---|\n| disk | 1 |\n",
	} {
		if rb := mustParse(t, "a.md", table); len(rb.Headings) != 0 {
			t.Errorf("%q has %+v", table, rb.Headings)
		}
	}
}

// A table that lists runbooks takes no alert from them.
func TestTablesThatListRunbooks(t *testing.T) {
	l := Open(Options{FS: map[string]fs.FS{"docs": fstest.MapFS{
		"README.md":     {Data: []byte(tableOfAlerts)},
		"a/DiskFull.md": {Data: []byte("# DiskFull\n")},
	}}})
	if m, ok := l.Find(Query{Alerts: []string{"DiskFull"}}); !ok || m.Runbook.Name != "a/DiskFull.md" || len(m.Suggestions) > 0 {
		t.Errorf("found %+v", m)
	}
}

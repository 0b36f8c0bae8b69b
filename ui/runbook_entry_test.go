package ui

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"firstline/runbooks"
)

// withManyAlerts has one file of many alerts, each with steps and variables.
func withManyAlerts(body string) func(*Options) {
	return func(o *Options) {
		o.Library = runbooks.Open(runbooks.Options{FS: map[string]fs.FS{"runbooks": fstest.MapFS{"alerts.md": {Data: []byte(body)}}}})
		o.MayRun, o.Memory = true, newMemory()
	}
}

const manyAlerts = `# Alerts of the shop

About them all.

## Errors

Log in first.

### OtherAlert

#### Diagnosis

1. Other first ` + "`kubectl get $NAMESPACE other`" + `

### HighErrorRate

#### Meaning

It fails.

#### Diagnosis

1. Own first ` + "`kubectl get $NAMESPACE own`" + `
2. Own second

### LastAlert

#### Mitigation

1. Last first ` + "`kubectl get <thing> last`" + `
`

func TestKeysStayWithTheAlert(t *testing.T) {
	h := readRunbook(t, withManyAlerts(manyAlerts))
	h.reads("HighErrorRate", "only this alert (W: all)", "filled: namespace")
	h.paneHasNot("placeholder", "OtherAlert", "LastAlert")
	h.press("J", "J", "J", "J")
	h.reads("▌2. Own second")
	h.press("K", "K", "K", "y")
	if !strings.Contains(h.clipboard, "own") {
		t.Errorf("copied %q", h.clipboard)
	}
	h.press("g")
	h.reads("About them all.", "Log in first.")
	h.press("G")
	h.paneHasNot("Last first")
	h.press("T")
	h.status("no section Mitigation")
	h.press("/", "f", "i", "r", "s", "t")
	h.sees(" of 2") // with the text of the sections above
	h.press("esc", "O")
	h.paneHasNot("LastAlert", "OtherAlert")
	h.press("esc")
}

func TestTheWholeRunbookTakesAKey(t *testing.T) {
	h := readRunbook(t, withManyAlerts(manyAlerts))
	h.press("W")
	h.reads("all alerts (W: only this)", "filled: namesp")
	h.press("T")
	h.reads("Last first")
	h.press("W")
	h.paneHasNot("Last first")
	h.reads("only this alert (W: all)")
}

func TestAFileOfOneAlertIsWhole(t *testing.T) {
	h := readRunbook(t, withManyAlerts("# HighErrorRate\n\n## Meaning\n\nIt fails.\n\n## Slow disk\n\n1. a\n"))
	h.reads("Slow disk")
	h.paneHasNot("W: ")
}

func TestARowIsTheAlertsSection(t *testing.T) {
	h := readRunbook(t, withManyAlerts("# Meaning of the alerts\n\n## shop\n\n| Name | Summary | Severity |\n|---|---|---|\n| OtherAlert | It is slow. | info |\n| HighErrorRate | It fails.<br>Look at the log. | critical |\n\n## more\n\nText.\n"))
	h.reads("HighErrorRate", "Summary: It fails.", "Look at the log.", "Severity: critical", "only this alert")
	h.paneHasNot("It is slow", "more")
}

// paneHasNot checks that the pane shows none of the texts.
func (h *harness) paneHasNot(unwanted ...string) {
	h.t.Helper()
	text := h.text(h.m.Layout.Pane)
	for _, u := range unwanted {
		if strings.Contains(text, u) {
			h.t.Errorf("the pane shows %q:\n%s", u, text)
		}
	}
}

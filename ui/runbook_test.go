package ui

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"firstline/internal/record"
	"firstline/runbooks"
	"firstline/ui/keymap"
)

// longRunbook has what there is to read, fill and follow.
const longRunbook = `# HighErrorRate

## Meaning

Checkout requests fail. See [the other page](deep/other.md) or [the web](https://example.com/a).

## Impact

Customers can't pay.

## Diagnosis

1. Look at the pods: ` + "`kubectl -n $NAMESPACE get pods`" + `
2. Look at one pod:

   ` + "```sh\n   kubectl -n $NAMESPACE logs $POD\n   ```" + `

## Mitigation

- [ ] Roll back
- [ ] Tell the others

## Escalation

` + "Text of the last section.\n\nMore of it.\n\nStill more of it.\n"

func withLongRunbook(o *Options) {
	files := fstest.MapFS{
		"HighErrorRate.md": {Data: []byte(longRunbook)},
		"deep/other.md":    {Data: []byte("# The other page\n\nNothing but text, and a [way back](../HighErrorRate.md#impact).\n")},
	}
	o.Library = runbooks.Open(runbooks.Options{FS: map[string]fs.FS{"runbooks": files}})
	o.RunbookDirectories = []string{"runbooks"}
}

// memory is a Memory that lasts as long as the test.
type memory struct {
	mu        sync.Mutex
	ticks     map[string]map[string]record.Tick
	runs      []record.Run
	positions map[string]record.Position
	remarks   []record.Remark
	openings  []record.Opening
	err       error
}

func (m *memory) Remarks(context.Context, time.Time) ([]record.Remark, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.remarks), m.err
}

func (m *memory) SetRemark(_ context.Context, r record.Remark) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.remarks = record.SetRemark(m.remarks, r)
	return m.err
}

func (m *memory) AddOpening(_ context.Context, o record.Opening) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.openings = append(m.openings, o)
	return m.err
}

func newMemory() *memory {
	return &memory{ticks: map[string]map[string]record.Tick{}, positions: map[string]record.Position{}}
}

func (m *memory) Ticks(_ context.Context, groupID string) ([]record.Tick, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []record.Tick
	for _, t := range m.ticks[groupID] {
		if t.Done {
			all = append(all, t)
		}
	}
	return all, m.err
}

func (m *memory) SetTick(_ context.Context, t record.Tick) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.ticks[t.GroupID] == nil {
		m.ticks[t.GroupID] = map[string]record.Tick{}
	}
	m.ticks[t.GroupID][t.Step] = t
	return m.err
}

func (m *memory) Runs(_ context.Context, groupID string) ([]record.Run, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(m.runs), func(r record.Run) bool { return r.GroupID != groupID }), m.err
}

func (m *memory) AddRun(_ context.Context, r record.Run) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.runs = append(m.runs, r)
	return m.err
}

func (m *memory) Positions(context.Context) ([]record.Position, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []record.Position
	for _, p := range m.positions {
		all = append(all, p)
	}
	return all, m.err
}

func (m *memory) MoveGroup(_ context.Context, from, to string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for step, t := range m.ticks[from] {
		if m.ticks[to] == nil {
			m.ticks[to] = map[string]record.Tick{}
		}
		t.GroupID = to
		m.ticks[to][step] = t
	}
	delete(m.ticks, from)
	return m.err
}

func (m *memory) SetPosition(_ context.Context, p record.Position) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.positions[p.GroupID] = p
	return m.err
}

// readRunbook has the runbook of the first group open and focused.
func readRunbook(t *testing.T, change ...func(*Options)) *harness {
	t.Helper()
	h := withStory(t, 120, 30, func(o *Options) {
		withLongRunbook(o)
		for _, c := range change {
			c(o)
		}
	})
	h.put("HighErrorRate")
	h.press("enter")
	h.reads("Meaning")
	return h
}

// atTop is the first line of the text.
func (h *harness) atTop() string {
	return strings.TrimSpace(h.m.pane.TopLine())
}

func TestSectionsByTheirKeys(t *testing.T) {
	h := readRunbook(t)
	h.send(windowSize(120, 15))
	for _, c := range []struct{ key, top string }{
		{"D", "Diagnosis"}, {"M", "Meaning"}, {"T", "Mitigation"}, {"I", "Impact"},
	} {
		h.press(c.key)
		if got := h.atTop(); !strings.Contains(got, c.top) {
			t.Errorf("%s leads to %q", c.key, got)
		}
	}
}

func TestASectionThatIsNotThereIsReported(t *testing.T) {
	h := withStory(t, 120, 30, withRunbooks)
	h.put("HighErrorRate")
	h.press("enter", "M")
	h.status("This runbook has no section Meaning")
}

func TestTheOutlineLeadsToHeadings(t *testing.T) {
	for _, width := range []int{80, 120, 200} {
		h := readRunbook(t)
		h.send(windowSize(width, 20))
		h.press("J", "O") // the mark of the step is beside the outline
		h.reads("Outline", "Escalation")
		h.checkFrame("outline")
		h.press("G", "k")
		h.press("enter")
		h.seesNot("Outline")
		h.reads("━━ Mitigation")
		h.press("O", "esc")
		h.seesNot("Outline")
	}
}

func TestTextIsFoundInTheRunbook(t *testing.T) {
	h := readRunbook(t)
	h.send(windowSize(120, 20))
	h.press("/")
	h.write("TEXT")
	h.reads("Find / TEXT", "1 of 1", "Text of the last section")
	h.checkFrame("search")
	h.press("enter")
	h.reads("/TEXT 1 of 1")
	h.press("esc") // the search goes first
	h.seesNot("1 of 1")
	h.press("g", "/")
	h.write("pod")
	h.press("ctrl+n")
	h.reads("2 of ")
	h.press("ctrl+p", "ctrl+p")
	n := len(h.m.pane.Runbook.Find.Hits)
	if n < 3 || h.m.pane.Runbook.Find.At != n-1 {
		t.Errorf("ctrl-p from the first of %d leads to %d", n, h.m.pane.Runbook.Find.At)
	}
	h.press("esc", "/")
	h.write("no such thing")
	h.reads("not in this runbook")
	h.press("esc")
	if !h.m.pane.Focused || h.m.mode() != keymap.InNormal {
		t.Error("esc in the search left the page")
	}
	h.press("ctrl+n")
	h.status("nothing is looked for")
}

func TestLinksAreFollowedInThePaneAndBack(t *testing.T) {
	var opened string
	h := readRunbook(t, func(o *Options) { o.OpenURL = func(u string) error { opened = u; return nil } })
	h.press("f")
	h.reads("Follow a link", "the other page", "the web")
	h.press("1")
	h.reads("Nothing but text", "by a link")
	h.press("f", "enter")
	h.reads("Customers can't pay")
	if got := h.atTop(); !strings.Contains(got, "Impact") && !strings.Contains(h.screen(), "━━ Impact") {
		t.Errorf("the link's heading is not shown but %q", got)
	}
	h.press("backspace")
	h.reads("Nothing but text")
	h.press("ctrl+o")
	h.seesNot("Nothing but text")
	h.reads("matched by")
	h.press("alt+right")
	h.reads("Nothing but text")
	h.press("ctrl+o", "f", "2")
	if opened != "https://example.com/a" {
		t.Errorf("opened %q", opened)
	}
	h.press("backspace")
	h.status("no link was followed")
}

func TestALinkWithoutABrowserIsCopied(t *testing.T) {
	h := readRunbook(t)
	h.press("f", "j", "enter")
	if h.clipboard != "https://example.com/a" {
		t.Errorf("copied %q", h.clipboard)
	}
}

func TestTheRunbookIsFilledAndShownAsWritten(t *testing.T) {
	h := readRunbook(t)
	h.reads("kubectl -n prod get pods", "logs $POD", "filled: namespace")
	h.press("R")
	h.reads("kubectl -n $NAMESPACE get pods", "not filled")
	h.press("R", "V")
	h.reads("Fill with the labels of", "pod=checkout-1", "pod=checkout-2")
	h.press("3")
	h.reads("logs checkout-2", "filled: namespace, pod")
	h.press("V", "g", "enter")
	h.reads("logs $POD")
}

func TestStepsAreTickedAndStayTicked(t *testing.T) {
	store := newMemory()
	with := func(o *Options) { o.Memory = store }
	h := readRunbook(t, with)
	h.press("J", "t")
	h.reads("✓ done 12:00 by Dana Diaz")
	h.press("J", "J", "t")
	h.reads("[x] Roll back")
	again := readRunbook(t, with)
	again.reads("✓ done 12:00 by Dana Diaz", "[x] Roll back")
	again.press("K") // a cursor on the first step that is on the screen
	again.press("t")
	if again.seesNot("1. Look at the pods\n✓"); len(store.ticks) != 1 {
		t.Errorf("%d groups have ticks", len(store.ticks))
	}
	open := 0
	for _, ticks := range store.ticks {
		for _, tick := range ticks {
			if tick.Done {
				open++
			}
		}
	}
	if open != 1 {
		t.Errorf("%d steps are ticked after one of two was unticked", open)
	}
}

func TestTicksOfAnotherTerminalAppear(t *testing.T) {
	store := newMemory()
	h := readRunbook(t, func(o *Options) { o.Memory = store })
	b := h.m.pane.Runbook.Shown()
	step := b.Steps[0]
	_ = store.SetTick(t.Context(), record.Tick{
		GroupID: h.m.pane.Group.ID, Runbook: b.Match.Runbook.Path, Step: step.ID, Text: step.Text, Done: true, By: "Ann", At: noon,
	})
	h.seesNot("by Ann")
	h.press("ctrl+r")
	h.reads("done 12:00 by Ann")
}

func TestAMemoryThatFailsIsReported(t *testing.T) {
	store := newMemory()
	store.err = errors.New("the disk is full")
	h := readRunbook(t, func(o *Options) { o.Memory = store })
	h.press("J", "t")
	h.reads("✓ done")
	h.status("the disk is full")
}

func TestTheCodeOfAStepIsCopied(t *testing.T) {
	h := readRunbook(t)
	h.press("J", "y")
	if h.clipboard != "kubectl -n prod get pods" {
		t.Errorf("copied %q", h.clipboard)
	}
	h.press("V", "2", "J", "y")
	if h.clipboard != "kubectl -n prod logs checkout-1" {
		t.Errorf("copied %q", h.clipboard)
	}
	h.press("J", "y")
	h.status("no code here to copy")
}

func TestThePositionIsSaved(t *testing.T) {
	store := newMemory()
	small := func(o *Options) { o.Memory = store }
	h := readRunbook(t, small)
	h.send(windowSize(120, 15))
	h.press("T", "esc")
	if len(store.positions) != 1 {
		t.Fatalf("%d positions are kept", len(store.positions))
	}
	again := withStory(t, 120, 15, func(o *Options) { withLongRunbook(o); small(o) })
	again.put("HighErrorRate")
	again.press("enter")
	if got := again.atTop(); !strings.Contains(got, "Mitigation") {
		t.Errorf("reading goes on at %q", got)
	}
}

func TestTheTextStaysWhenTheWidthChanges(t *testing.T) {
	h := readRunbook(t)
	h.send(windowSize(200, 15))
	h.press("D")
	h.send(windowSize(118, 15))
	if got := h.atTop(); !strings.Contains(got, "Diagnosis") {
		t.Errorf("after narrowing the top is %q", got)
	}
}

// web is a Fetcher with one document.
type web struct {
	document runbooks.Fetched
	expired  bool
	err      error
	asks     int
}

func (w *web) Fetch(context.Context, string) (runbooks.Fetched, error) {
	w.asks++
	return w.document, w.err
}

func (w *web) Cached(context.Context, string) (runbooks.Fetched, bool) { return w.document, w.expired }

func TestARunbookIsReadFromTheWeb(t *testing.T) {
	site := &web{document: runbooks.Fetched{URL: "https://runbooks.example.com/checkout", Markdown: "# Web page\n\n1. Do `reboot now`\n", At: noon}}
	h := newHarness(t, 120, 30, func(o *Options) { o.Library = runbooks.Open(runbooks.Options{Fetcher: site}) })
	h.send(snapshotsMsg{list: story(noon)})
	h.put("HighErrorRate")
	h.reads("Web page", "from the web", "read 12:00")
	if site.asks != 1 {
		t.Errorf("the web was asked %d times", site.asks)
	}
	h.tick(1)
	h.press("j", "k")
	if site.asks != 1 {
		t.Errorf("the web was asked %d times", site.asks)
	}
}

func TestTheWebIsGone(t *testing.T) {
	site := &web{err: errors.New("the server does not answer")}
	h := newHarness(t, 120, 30, func(o *Options) { o.Library = runbooks.Open(runbooks.Options{Fetcher: site}) })
	h.send(snapshotsMsg{list: story(noon)})
	h.put("HighErrorRate")
	h.reads("The server does not answer", "No runbook yet")
	site.err = nil
	site.document = runbooks.Fetched{URL: "https://runbooks.example.com/checkout", Markdown: "# Kept page\n", At: noon, Stale: "no network"}
	h.press("ctrl+r")
	h.reads("Kept page", "an older copy")
	h.sees("no")
}

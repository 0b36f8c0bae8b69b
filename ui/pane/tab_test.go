package pane_test

import (
	"context"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/triage"
	"firstline/ui/keymap"
	"firstline/ui/pane"
	"firstline/ui/roomtest"
)

// graph is a tab in a package of its own.
type graph struct {
	pane.Basic
	pane          *pane.Pane
	pressed       int
	shown, hidden int
}

func (g *graph) Name() string { return "Graph" }

func (g *graph) Table() keymap.Table {
	return keymap.Table{keymap.Key(keymap.InNormal, keymap.ShowReport, "zoom")}
}

func (g *graph) Do(c keymap.Command) (tea.Cmd, bool) {
	if c != keymap.ShowReport {
		return nil, false
	}
	g.pressed++
	g.pane.Invalidate()
	return nil, true
}

func (g *graph) Prepare(group triage.Group) pane.Work {
	text := "errors of " + group.ID + strings.Repeat(" zoomed", g.pressed)
	return func(context.Context, *pane.Writer, int) pane.Content { return pane.Content{Lines: []string{text}} }
}

func (g *graph) Follow(_ *triage.Group, shown bool) tea.Cmd {
	if shown {
		g.shown++
	} else {
		g.hidden++
	}
	return nil
}

// A new tab is one type and one line: it has a key and a name of its own, learns
// when it is shown, and draws its content.
func TestATabOfAnotherPackage(t *testing.T) {
	s, _ := roomtest.Screen(120, 30, nil)
	g := &graph{}
	p := pane.New(s, pane.Options{
		Tabs:     func(p *pane.Pane) []pane.Tab { g.pane = p; return []pane.Tab{g} },
		PassedOn: func() []triage.Group { return nil },
	})
	s.Keys = append(p.TabTable(), p.OwnTable()...)
	p.Show(&triage.Group{ID: "Q1"})
	roomtest.Run(p.Follow())
	if g.shown != 0 || g.hidden == 0 {
		t.Errorf("shown %d times, hidden %d times", g.shown, g.hidden)
	}
	press := func(key string) {
		c, e := s.Keys.Command(roomtest.Key(key), keymap.InNormal)
		if e == nil {
			t.Fatalf("no entry has the key %s", key)
		}
		roomtest.Run(p.Do(c))
		roomtest.Run(p.Follow())
	}
	press("4")
	if title := s.Bare(p.Title()); !strings.HasSuffix(title, "Timeline ─ Graph") || g.shown == 0 {
		t.Errorf("the title is %q, the graph was shown %d times", title, g.shown)
	}
	press("L")
	if text := s.Bare(strings.Join(p.Lines(), "\n")); strings.TrimSpace(text) != "errors of Q1 zoomed" {
		t.Errorf("the tab shows %q", text)
	}
	press("tab")
	if !strings.Contains(s.Bare(strings.Join(p.Lines(), "\n")), "No runbook") {
		t.Errorf("after the last tab comes\n%s", s.Bare(strings.Join(p.Lines(), "\n")))
	}
}

package list

import (
	"fmt"
	"strconv"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/clean"
	"firstline/internal/triage"
	"firstline/internal/triage/filter"
	"firstline/internal/wording"
	"firstline/ui/draw"
	"firstline/ui/keymap"
	"firstline/ui/reply"
	"firstline/ui/room"
)

// pick is something to choose by its own key.
type pick struct {
	key, text string
	// count is how many groups it leads to, or under how many headings; it is empty
	// until that is worked out.
	count string
	// current: it is in use.
	current bool
	take    func()
}

// picker is a list of filters or of orders to choose from.
type picker struct {
	*List
	title  string
	picks  []pick
	chosen int
}

// PickerKeys are the keys of a picker, besides those of what is to be chosen.
func PickerKeys() keymap.Table {
	const at = keymap.InPicker
	return keymap.Table{
		keymap.Key(at, keymap.Confirm, "take it").Hinted("*"),
		keymap.Key(at, keymap.MoveDown, "down").Hinted("*"),
		keymap.Key(at, keymap.MoveUp, "up").Hinted("*"),
		keymap.Key(at, keymap.CloseDialog, "close").Hinted("*"),
		keymap.Key(at, keymap.Quit, "quit"),
	}
}

// PickFilter opens the filters to choose from, with how many groups match each.
func (l *List) PickFilter() (room.Overlay, tea.Cmd) {
	p := &picker{List: l, title: "Filter"}
	now := l.Sources.Filter.String()
	var filters []filter.Filter
	add := func(key, text, expression string) {
		f, err := l.Prompt.parseFilter(expression)
		if err != nil {
			return // a saved filter is checked with the configuration
		}
		if expression == now {
			p.chosen = len(p.picks)
		}
		filters = append(filters, f)
		p.picks = append(p.picks, pick{key: key, text: text, current: expression == now, take: func() { l.SetFilter(f) }})
	}
	add("a", "all groups", "")
	if g := l.Current(); g != nil {
		if name := g.ServiceLabel(); name != "" {
			of := "service=" + filter.QuoteValue(name)
			add("s", "this service: "+clean.Line(name), of)
			add("c", "critical of this service: "+clean.Line(name), of+" severity=critical")
		}
		if g.Team != "" {
			add("t", "this team: "+clean.Line(g.Team), "team="+filter.QuoteValue(g.Team))
		}
	}
	add("m", "mine", "mine")
	add("g", "triggered", "state=triggered")
	add("u", "unpaged", "unpaged")
	for i, saved := range l.options.Filters {
		key := ""
		if i < 9 {
			key = strconv.Itoa(i + 1)
		}
		add(key, clean.Line("@"+saved.Name+": "+saved.Expression), "@"+saved.Name)
	}
	groups, at := l.Sources.Groups, l.TimeNow()
	return p, reply.Start(&l.counting, func() []string {
		counts := make([]string, len(filters))
		for i, f := range filters {
			counts[i] = strconv.Itoa(len(matching(groups, f, at)))
		}
		return counts
	}, reply.Nothing(p.takeCounts))
}

// PickOrder opens the orders to choose from, with how many names each sorts by.
func (l *List) PickOrder() (room.Overlay, tea.Cmd) {
	p := &picker{List: l, title: "Sort by"}
	orders := triage.Orders()
	for i, by := range orders {
		if by == l.Sources.by {
			p.chosen = i
		}
		p.picks = append(p.picks, pick{key: strconv.Itoa(i + 1), text: orderName(by), current: by == l.Sources.by, take: func() { l.SortBy(by) }})
	}
	groups := l.Sources.Groups
	return p, reply.Start(&l.counting, func() []string {
		counts := make([]string, len(orders))
		for i, by := range orders {
			names := map[string]bool{}
			for _, g := range groups {
				names[by.Heading(g)] = true
			}
			if delete(names, ""); len(names) > 0 {
				counts[i] = wording.Count(len(names), string(by))
			}
		}
		return counts
	}, reply.Nothing(p.takeCounts))
}

func (p *picker) takeCounts(counts []string) {
	for i := range p.picks {
		p.picks[i].count = counts[i]
	}
}

// Mode is where its keys act.
func (p *picker) Mode() keymap.Mode { return keymap.InPicker }

// Paste takes nothing: there is nothing to type.
func (p *picker) Paste(tea.PasteMsg) tea.Cmd { return nil }

// Resize has nothing to fit.
func (p *picker) Resize() {}

// Key takes a key press: what has it as its own is taken at once.
func (p *picker) Key(msg tea.KeyPressMsg) tea.Cmd {
	for _, c := range p.picks {
		if c.key != "" && msg.String() == c.key {
			return p.choose(c)
		}
	}
	switch c, _ := p.Keys.Command(msg, keymap.InPicker); c {
	case keymap.Quit:
		return p.Host.Quit()
	case keymap.CloseDialog:
		p.close()
	case keymap.MoveDown:
		p.chosen = min(p.chosen+1, len(p.picks)-1)
	case keymap.MoveUp:
		p.chosen = max(p.chosen-1, 0)
	case keymap.Confirm:
		return p.choose(p.picks[p.chosen])
	}
	return nil
}

func (p *picker) choose(c pick) tea.Cmd {
	p.close()
	c.take()
	return nil
}

func (p *picker) close() {
	p.counting.Drop()
	p.Host.Close()
}

// window is where the picker is drawn, its first line, and how many there are.
func (p *picker) window() (area draw.Rectangle, from, rows int) {
	body := p.Layout.Body
	width := p.Layout.Middle(64)
	rows = min(len(p.picks), body.Height-2)
	area = draw.Rectangle{X: body.X + (body.Width-width)/2, Y: body.Y, Width: width, Height: rows + 2}
	return area, min(max(p.chosen-rows+1, 0), len(p.picks)-rows), rows
}

// View draws what can be chosen, each with its key and its count.
func (p *picker) View() ([]string, draw.Rectangle, *tea.Cursor) {
	area, from, rows := p.window()
	inside := area.Width - 4
	var lines []string
	for i := from; i < from+rows; i++ {
		c, here := p.picks[i], i == p.chosen
		mark, current, role := "  ", " ", draw.Plain
		if here {
			mark = "▌ "
		}
		if c.current {
			current = "●"
		}
		if c.count == "0" {
			role = draw.Dim
		}
		left := inside - 2 - 3 - 2 - p.WidthOf(c.count) - 1
		lines = append(lines, " "+p.Row(here,
			draw.Span{Text: mark + p.Fit(c.key, 3), Role: draw.Accent}, draw.Span{Text: current + " ", Role: draw.Accent},
			draw.Span{Text: p.Fit(c.text, left) + " " + c.count, Role: role})+" ")
	}
	footer := draw.Join(" · ", "its key or "+p.Keys.KeyOf(keymap.Confirm, keymap.InPicker)+" takes it", p.Keys.Does(keymap.InPicker, keymap.CloseDialog, "closes"))
	if rows < len(p.picks) {
		footer = fmt.Sprintf("%d of %d · ", p.chosen+1, len(p.picks)) + footer
	}
	return p.Box(area, p.Theme.Of(draw.Strong).On(p.title), p.Theme.Of(draw.Dim).On(footer), true, lines), area, nil
}

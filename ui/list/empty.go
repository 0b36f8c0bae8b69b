package list

import (
	"slices"
	"strings"
	"time"

	"firstline/internal/clean"
	"firstline/internal/wording"
	"firstline/sources"
	"firstline/ui/draw"
	"firstline/ui/keymap"
)

// emptyList is the text of a list without rows: how to begin,
// that it is being read, that nothing answers, that nothing matches, or that
// nothing is wrong.
func (l *List) emptyList(width, height int) []string {
	var lines []string
	say := func(role draw.Role, text string) { lines = append(lines, l.Paragraph(text, width-4, role)...) }
	var failing, partly []sources.Snapshot
	unread := 0
	for _, name := range l.Sources.Order {
		s := l.Sources.Snapshots[name]
		switch {
		case s.Err != nil:
			failing = append(failing, s)
		case s.AsOf.IsZero(), s.Partial:
			unread++
		case !s.Whole():
			partly = append(partly, s)
		}
	}
	switch {
	case l.Sources.None():
		say(draw.Strong, "No source is configured yet")
		lines = append(lines, "")
		for _, one := range []struct {
			command keymap.Command
			line    string
		}{
			{keymap.FirstConfiguration, "a first configuration: firstline init"},
			{keymap.ShowDemo, "the demo, without an account: firstline --demo"},
		} {
			say(draw.Plain, l.Keys.KeyOf(one.command, keymap.InBeginning)+"  "+one.line)
		}
		lines = append(lines, "")
		say(draw.Plain, "Or name a PagerDuty token, a Prometheus or an Alertmanager in")
		lines = append(lines, l.Theme.Of(draw.Accent).On(l.Cut("  "+l.options.ConfigName, width-4)))
	case l.ready && len(l.Sources.Groups) > 0:
		say(draw.Strong, "No group matches the filter")
		lines = append(lines, "")
		say(draw.Dim, wording.Count(len(l.Sources.Groups), "group")+" left out by "+clean.Line(l.Sources.Filter.String()))
		say(draw.Dim, l.Keys.KeyOf(keymap.Leave, keymap.InNormal)+" clears it, "+l.Keys.KeyOf(keymap.StartFilter, keymap.InNormal)+" changes it")
	case len(failing) == len(l.Sources.Order):
		say(draw.Critical, "✗ No source can be read")
		say(draw.Dim, "What is wrong is unknown until one is.")
		for _, s := range failing {
			lines = append(lines, "")
			say(draw.Strong, clean.Line(s.Source.Name))
			lines = append(lines, l.Sentence(s.Err, width-4)...)
		}
	case unread > 0 || !l.ready:
		say(draw.Plain, "Reading "+strings.Join(l.unreadNames(), ", ")+" …")
	default:
		if len(failing)+len(partly) == 0 {
			say(draw.Good, "✓ Nothing is wrong that firstline can see")
		} else {
			say(draw.Warning, "! Nothing is wrong as far as was read")
		}
		say(draw.Dim, "as of "+l.Times().Second(l.oldest()))
		if len(failing)+len(partly) > 0 {
			lines = append(lines, "")
		}
		for _, s := range failing {
			say(draw.Warning, "! "+clean.Line(s.Source.Name)+" "+s.NoAnswer()+": what it knows is not seen")
		}
		for _, s := range partly {
			for _, sentence := range s.Missing() {
				say(draw.Warning, "! "+clean.Line(s.Source.Name)+": "+clean.Line(sentence))
			}
		}
	}
	if len(lines) > height { // what is said comes before the air around it
		lines = slices.DeleteFunc(lines, func(l string) bool { return l == "" })
	}
	top := max((height-len(lines))/3, 0)
	out := make([]string, top, height)
	for i := range out {
		out[i] = draw.Blanks(width)
	}
	for _, line := range lines[:min(len(lines), height-top)] {
		out = append(out, "  "+l.Fit(line, width-2))
	}
	return out
}

// oldest is when the source that was read longest ago was read: what all of
// them together say is no newer than that.
func (l *List) oldest() time.Time {
	var oldest time.Time
	for _, s := range l.Sources.Snapshots {
		if !s.AsOf.IsZero() && (oldest.IsZero() || s.AsOf.Before(oldest)) {
			oldest = s.AsOf
		}
	}
	return oldest
}

// unreadNames are the sources that have not answered yet, or not wholly.
func (l *List) unreadNames() []string {
	var out []string
	for _, name := range l.Sources.Order {
		if s := l.Sources.Snapshots[name]; (s.AsOf.IsZero() || s.Partial) && s.Err == nil {
			out = append(out, clean.Line(name))
		}
	}
	if len(out) == 0 {
		return []string{"the sources"}
	}
	return out
}

package tomledit

import (
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// item is one string of a list: its value, its line, and where in the line it is.
type item struct {
	value           string
	line, from, end int
}

// itemsOf returns the items of a value; nil: it is no list of strings that are on one
// line each.
func itemsOf(v *unstable.Node, starts []int, lineOf func(int) int) (items []item) {
	if v.Kind != unstable.Array {
		return nil
	}
	for children := v.Children(); children.Next(); {
		n := children.Node()
		if n.Kind == unstable.Comment {
			continue
		}
		begin, end := int(n.Raw.Offset), int(n.Raw.Offset+n.Raw.Length)
		if n.Kind != unstable.String || n.Raw.Length == 0 || lineOf(begin) != lineOf(end-1) {
			return nil
		}
		at := lineOf(begin)
		items = append(items, item{string(n.Data), at, begin - starts[at], end - starts[at]})
	}
	return items
}

// changeItems adds items to a list of several lines and comments out others, so that the
// comments between the items stay.
func (s Setting) changeItems(t *text) bool {
	list, is := s.Value.([]string)
	at, found := s.find(t, false)
	if !is || !found || t.lines[at].to == at || len(t.lines[at].items) == 0 {
		return false
	}
	items := t.lines[at].items
	last := items[len(items)-1]
	var gone []int
	for _, one := range items {
		if len(list) > 0 && list[0] == one.value {
			list = list[1:]
			continue
		}
		gone = append(gone, one.line)
	}
	if n := len(list); n > 0 {
		l := &t.lines[last.line]
		begin, rest := l.text[:last.end], l.text[last.end:]
		indent := l.text[:len(l.text)-len(strings.TrimLeft(l.text, " \t"))]
		var added []line
		for _, value := range list {
			added = append(added, line{text: indent + Quote(value) + ","})
		}
		switch next := strings.TrimSpace(rest); {
		case strings.HasPrefix(next, ","):
		case strings.HasPrefix(next, "]"):
			l.text = begin + ", " + strings.Trim(written(list), "[]") + rest
			added = nil
		default:
			l.text = begin + "," + rest
		}
		t.lines = slices.Insert(t.lines, last.line+1, added...)
	}
	for _, i := range gone {
		if i == at {
			return false // the name of the key is there too
		}
		t.lines[i].text = "# " + t.lines[i].text
	}
	return true
}

// commentTables comments out a value that is written as tables of its own, or with dotted
// keys.
func (s Setting) commentTables(t *text) bool {
	begin := s.section(t)
	if s.Value != nil || begin < 0 || t.lines[begin].off {
		return false
	}
	below := func(name, parent string) bool { return name == parent || strings.HasPrefix(name, parent+".") }
	parent := s.Table // that of the lines
	for i := begin + 1; i < len(t.lines); i++ {
		l := &t.lines[i]
		if l.off || l.kind == other {
			continue
		}
		if l.kind == header {
			if parent = l.name; !below(parent, s.Table) || parent == s.Table {
				return true
			}
			if below(parent, s.Table+"."+s.Key) {
				l.text = "# " + l.text
			}
			continue
		}
		to := l.to
		if below(parent+"."+l.name, s.Table+"."+s.Key) {
			for j := i; j <= to; j++ {
				t.lines[j].text = "# " + t.lines[j].text
			}
		}
		i = to
	}
	return true
}

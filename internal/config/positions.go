package config

import (
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// position is a line and a column in the file. Both count from 1.
type position struct{ line, column int }

// positions has the position of every key of a TOML document, so that a fault
// found after decoding has a line. Paths are key parts in lower case, with the
// index of the element after the name of an array.
type positions struct {
	at map[string]position
	// tables are the headers written with single brackets.
	tables map[string]bool
	// elements counts the elements of each array of tables so far.
	elements map[string]int
	// unknown are the keys that the configuration does not have.
	unknown []unknownKey
	starts  []int // the offset at which each line starts
}

// unknownKey is a key that its table does not have.
type unknownKey struct {
	table []string // without indices
	name  string
	at    position
}

// findPositions reads the positions in a document. If the document is not valid
// TOML, it returns those before the fault.
func findPositions(document []byte) *positions {
	p := &positions{at: map[string]position{}, tables: map[string]bool{}, elements: map[string]int{}, starts: []int{0}}
	for i, b := range document {
		if b == '\n' {
			p.starts = append(p.starts, i+1)
		}
	}
	var parser unstable.Parser
	parser.Reset(document)
	var table spot
	for parser.NextExpression() {
		switch e := parser.Expression(); e.Kind {
		case unstable.Table, unstable.ArrayTable:
			table = p.header(e)
		case unstable.KeyValue:
			p.keyValue(table, e)
		default: // comments
		}
	}
	return p
}

// pathKey returns the path as the key of a map.
func pathKey(path ...string) string { return strings.ToLower(strings.Join(path, "\x00")) }

// of returns the position of the path, or of the nearest enclosing table.
func (p *positions) of(path ...string) position {
	for n := len(path); n > 0; n-- {
		if found, ok := p.at[pathKey(path[:n]...)]; ok {
			return found
		}
	}
	return position{}
}

// has reports whether the document names the path.
func (p *positions) has(path ...string) bool {
	_, ok := p.at[pathKey(path...)]
	return ok
}

// before returns the names of the last key that begins on the line of a position and not
// after it; nil where none does.
func (p *positions) before(at position) []string {
	var found string
	best := position{}
	for path, here := range p.at {
		if here.line == at.line && here.column <= at.column && (here.column > best.column || here.column == best.column && len(path) > len(found)) {
			found, best = path, here
		}
	}
	var names []string
	for name := range strings.SplitSeq(found, "\x00") {
		if _, err := strconv.Atoi(name); err != nil && name != "" {
			names = append(names, name)
		}
	}
	return names
}

func (p *positions) put(path []string, r unstable.Range) {
	key := pathKey(path...)
	if _, ok := p.at[key]; !ok {
		p.at[key] = p.position(r)
	}
}

func (p *positions) position(r unstable.Range) position {
	offset := int(r.Offset)
	line := sort.SearchInts(p.starts, offset+1)
	return position{line: line, column: offset - p.starts[line-1] + 1}
}

// judge notes the last name as unknown when its table exists but has no such
// key.
func (p *positions) judge(names []string, r unstable.Range) {
	n := len(names) - 1
	if typeOf(fileType, "toml", names[:n]) != nil && typeOf(fileType, "toml", names) == nil {
		p.unknown = append(p.unknown, unknownKey{table: slices.Clone(names[:n]), name: names[n], at: p.position(r)})
	}
}

// spot is the current point in the document: the path with the indices of
// arrays, and the names alone.
type spot struct{ path, names []string }

// name returns the spot of a key below this one.
func (s spot) name(name string) spot {
	return spot{append(slices.Clone(s.path), name), append(slices.Clone(s.names), name)}
}

// index returns the spot of an array's element.
func (s spot) index(i int) spot {
	return spot{append(slices.Clone(s.path), strconv.Itoa(i)), s.names}
}

// header notes a [table] or [[table]] and returns its spot.
func (p *positions) header(e *unstable.Node) spot {
	var at spot
	keys := e.Key()
	for keys.Next() {
		node := keys.Node()
		at = at.name(string(node.Data))
		p.judge(at.names, node.Raw)
		last := keys.IsLast()
		array := pathKey(at.path...)
		if last && e.Kind == unstable.ArrayTable {
			p.put(at.path, node.Raw)
			p.elements[array]++
		}
		if last && e.Kind == unstable.Table {
			p.tables[array] = true
		}
		if n := p.elements[array]; n > 0 {
			at = at.index(n - 1)
		}
		p.put(at.path, node.Raw)
	}
	return at
}

func (p *positions) keyValue(at spot, e *unstable.Node) {
	var where unstable.Range
	keys := e.Key()
	for keys.Next() {
		node := keys.Node()
		at = at.name(string(node.Data))
		where = node.Raw
		p.judge(at.names, where)
		p.put(at.path, where)
	}
	p.value(at, e.Value(), where)
}

// value notes the keys inside an inline table or an array.
func (p *positions) value(at spot, v *unstable.Node, where unstable.Range) {
	switch v.Kind {
	case unstable.InlineTable:
		for children := v.Children(); children.Next(); {
			p.keyValue(at, children.Node())
		}
	case unstable.Array:
		i := 0
		for children := v.Children(); children.Next(); i++ {
			element, here := at.index(i), where
			if raw := children.Node().Raw; raw.Length > 0 {
				here = raw
			}
			p.put(element.path, here)
			p.value(element, children.Node(), here)
		}
	default:
	}
}

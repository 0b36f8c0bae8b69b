package config

import (
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// place is where something stands in the file; both count from 1.
type place struct{ line, column int }

// places knows where every key of a TOML document stands, so that a fault
// found after decoding can still be told with its line. Paths are key parts in
// lower case, with the index of the element behind the name of an array.
type places struct {
	at map[string]place
	// tables are the headers written with single brackets.
	tables map[string]bool
	// elements counts the elements of each array of tables so far.
	elements map[string]int
	// unknown are the keys that the configuration does not have.
	unknown []unknownKey
	starts  []int // the offset at which each line starts
}

// unknownKey is a key that is not known in its table.
type unknownKey struct {
	table []string // without indices
	name  string
	at    place
}

// findPlaces reads the places of a document. Of one that is no TOML it knows
// those before the fault.
func findPlaces(document []byte) *places {
	p := &places{at: map[string]place{}, tables: map[string]bool{}, elements: map[string]int{}, starts: []int{0}}
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

// pathKey is the path as the key of a map.
func pathKey(path ...string) string { return strings.ToLower(strings.Join(path, "\x00")) }

// of is the place of the path, else of the nearest table around it.
func (p *places) of(path ...string) place {
	for n := len(path); n > 0; n-- {
		if found, ok := p.at[pathKey(path[:n]...)]; ok {
			return found
		}
	}
	return place{}
}

// has reports whether the document names the path.
func (p *places) has(path ...string) bool {
	_, ok := p.at[pathKey(path...)]
	return ok
}

func (p *places) put(path []string, r unstable.Range) {
	key := pathKey(path...)
	if _, ok := p.at[key]; !ok {
		p.at[key] = p.place(r)
	}
}

func (p *places) place(r unstable.Range) place {
	offset := int(r.Offset)
	line := sort.SearchInts(p.starts, offset+1)
	return place{line: line, column: offset - p.starts[line-1] + 1}
}

// judge notes the last of the names when their table is known and it is not.
func (p *places) judge(names []string, r unstable.Range) {
	n := len(names) - 1
	if typeOf(fileType, "toml", names[:n]) != nil && typeOf(fileType, "toml", names) == nil {
		p.unknown = append(p.unknown, unknownKey{table: slices.Clone(names[:n]), name: names[n], at: p.place(r)})
	}
}

// spot is where the reading of the document is: the path with the indices of
// arrays, and the names alone.
type spot struct{ path, names []string }

// name is the spot of a name below this one.
func (s spot) name(name string) spot {
	return spot{append(slices.Clone(s.path), name), append(slices.Clone(s.names), name)}
}

// index is the spot of an array's element.
func (s spot) index(i int) spot {
	return spot{append(slices.Clone(s.path), strconv.Itoa(i)), s.names}
}

// header notes a [table] or [[table]] and returns its spot.
func (p *places) header(e *unstable.Node) spot {
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

func (p *places) keyValue(at spot, e *unstable.Node) {
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

// value notes what is inside an inline table or an array.
func (p *places) value(at spot, v *unstable.Node, where unstable.Range) {
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

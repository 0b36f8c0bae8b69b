package tomledit

import (
	"slices"
	"sort"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"

	"firstline/internal/lazyregexp"
)

// kind is what a line is.
type kind int

const (
	// other is a comment that is no example, an empty line, or the rest of a value.
	other kind = iota
	header
	value
)

// line is one line of a document.
type line struct {
	text string // without its end
	kind kind
	// off: it is an example, in a comment.
	off bool
	// name is that of the table or the key; list: the header of a list of tables.
	name string
	list bool
	// to is the index of the last line of the value; from and end are where its value
	// begins in this line and ends in that one.
	to, from, end int
	// items are those of a value that is a list of strings, each on one line.
	items []item
}

// text is a document as lines.
type text struct {
	lines  []line
	ending string // of the lines
}

func (t *text) String() string {
	var b strings.Builder
	for i, l := range t.lines {
		if i > 0 {
			b.WriteString(t.ending)
		}
		b.WriteString(l.text)
	}
	return b.String()
}

var (
	headerExample = lazyregexp.New(`^# ?(\[\[?)([\w.-]+)\]\]?\s*$`)
	valueExample  = lazyregexp.New(`^# ?([\w-]+) = \S`)
)

// parse finds the headers, the values and the examples of a document.
func parse(document string) (*text, error) {
	t := &text{ending: "\n"}
	if strings.Contains(document, "\r\n") {
		t.ending = "\r\n"
		document = strings.ReplaceAll(document, "\r\n", "\n")
	}
	var starts []int
	at := 0
	for _, content := range strings.Split(document, "\n") {
		t.lines = append(t.lines, line{text: content})
		starts = append(starts, at)
		at += len(content) + 1
	}
	lineOf := func(offset int) int { return sort.SearchInts(starts, offset+1) - 1 }
	inValue := make([]bool, len(t.lines))
	var p unstable.Parser
	p.Reset([]byte(document))
	for p.NextExpression() {
		e := p.Expression()
		var names []string
		var last unstable.Range
		for keys := e.Key(); keys.Next(); {
			names = append(names, string(keys.Node().Data))
			last = keys.Node().Raw
		}
		first := lineOf(int(last.Offset))
		l := &t.lines[first]
		l.name = strings.Join(names, ".")
		switch e.Kind {
		case unstable.Table, unstable.ArrayTable:
			l.kind, l.list = header, e.Kind == unstable.ArrayTable
		case unstable.KeyValue:
			end := int(e.Raw.Offset + e.Raw.Length)
			l.kind, l.to = value, lineOf(end-1)
			begin := int(last.Offset+last.Length) + strings.IndexByte(document[last.Offset+last.Length:], '=') + 1
			for document[begin] == ' ' || document[begin] == '\t' {
				begin++
			}
			l.from, l.end = begin-starts[first], end-starts[l.to]
			l.items = itemsOf(e.Value(), starts, lineOf)
			for i := first; i <= l.to; i++ {
				inValue[i] = true
			}
		default: // there are no others without comments
		}
	}
	if err := p.Error(); err != nil {
		return nil, err
	}
	for i := range t.lines {
		l := &t.lines[i]
		if inValue[i] || l.kind != other {
			continue
		}
		if m := headerExample.FindStringSubmatch(l.text); m != nil {
			l.kind, l.off, l.list, l.name = header, true, m[1] == "[[", m[2]
		} else if m := valueExample.FindStringSubmatch(l.text); m != nil {
			l.kind, l.off, l.name = value, true, m[1]
		}
	}
	return t, nil
}

// section finds the header of the table of a setting: the active one, else its
// example. -1: it is missing.
func (s Setting) section(t *text) (at int) {
	at = -1
	n := 0
	for i, l := range t.lines {
		if l.kind != header || l.name != s.Table || l.list != s.List {
			continue
		}
		switch {
		case !l.off && (!s.List || n == s.Element):
			return i
		case !l.off:
			n++
		case at < 0 && (!s.List || s.Element == 0):
			at = i
		}
	}
	if n > s.Element { // the example is not of this element
		return -1
	}
	return at
}

// end is the index after the last line of the section with this header, up to the next
// header, be it active or an example.
func (t *text) end(begin int) int {
	for i := begin + 1; i < len(t.lines); i++ {
		if t.lines[i].kind == header {
			return i
		}
	}
	return len(t.lines)
}

// find returns the line of the key in the section.
func (s Setting) find(t *text, off bool) (at int, found bool) {
	begin := s.section(t)
	if begin < 0 {
		return 0, false
	}
	for i := begin + 1; i < t.end(begin); i++ {
		if l := t.lines[i]; l.kind == value && l.off == off && l.name == s.Key {
			return i, true
		}
	}
	return 0, false
}

// replace writes another value in the place of the one that is there.
func (s Setting) replace(t *text) bool {
	at, found := s.find(t, false)
	if !found {
		return false
	}
	l := t.lines[at]
	if s.Value == nil {
		for i := at; i <= l.to; i++ {
			t.lines[i].text = "# " + t.lines[i].text
		}
		return true
	}
	t.lines[at].text = l.text[:l.from] + written(s.Value) + t.lines[l.to].text[l.end:]
	t.lines = slices.Delete(t.lines, at+1, l.to+1)
	return true
}

// uncomment makes the example of the key the value.
func (s Setting) uncomment(t *text) bool {
	if s.Insert {
		return false
	}
	at, found := s.find(t, true)
	if !found || s.Value == nil {
		return false
	}
	t.lines[at].text = s.line()
	t.activate(s.section(t))
	return true
}

func (s Setting) line() string { return s.Key + " = " + written(s.Value) }

// activate makes a header of an example.
func (t *text) activate(at int) {
	if l := &t.lines[at]; l.off {
		l.text, l.off = strings.TrimLeft(strings.TrimPrefix(l.text, "#"), " "), false
	}
}

// insert adds the key after the last value of its section, or a further element to a
// list.
func (s Setting) insert(t *text) bool {
	if s.Value == nil {
		return false
	}
	begin := s.section(t)
	if begin < 0 {
		return s.List && s.Element > 0 && s.addElement(t)
	}
	after := begin
	for i := begin + 1; i < t.end(begin); i++ {
		if l := t.lines[i]; l.kind == value && !l.off {
			after = l.to
		}
	}
	t.activate(begin)
	t.lines = slices.Insert(t.lines, after+1, line{text: s.line()})
	return true
}

// addElement adds an element after the last one of the list, before the comment of
// what follows.
func (s Setting) addElement(t *text) bool {
	last := -1
	for i, l := range t.lines {
		if l.kind == header && !l.off && (l.name == s.Table && l.list || last >= 0 && strings.HasPrefix(l.name, s.Table+".")) {
			last = i
		}
	}
	if last < 0 {
		return false
	}
	end := t.end(last)
	if end < len(t.lines) {
		for end > last+1 && strings.HasPrefix(t.lines[end-1].text, "#") && t.lines[end-1].kind == other {
			end--
		}
	}
	for end > last+1 && strings.TrimSpace(t.lines[end-1].text) == "" {
		end--
	}
	t.lines = slices.Insert(t.lines, end, line{}, line{text: "[[" + s.Table + "]]"}, line{text: s.line()})
	return true
}

// addAtEnd adds the table at the end of the document.
func (s Setting) addAtEnd(t *text) bool {
	if s.Value == nil {
		return false
	}
	for n := len(t.lines); n > 0 && strings.TrimSpace(t.lines[n-1].text) == ""; n-- {
		t.lines = t.lines[:n-1]
	}
	if len(t.lines) > 0 {
		t.lines = append(t.lines, line{})
	}
	open, closing := "[", "]"
	if s.List {
		open, closing = "[[", "]]"
	}
	t.lines = append(t.lines, line{text: open + s.Table + closing}, line{text: s.line()}, line{})
	return true
}

// Examples returns the document with all values in comments, and with the headers of
// lists of tables and of the named tables, whose presence means something.
func Examples(document string, tables ...string) (string, error) {
	t, err := parse(document)
	if err != nil {
		return "", err
	}
	inList := false
	for i := 0; i < len(t.lines); i++ {
		l := &t.lines[i]
		switch {
		case l.off || l.kind == other:
			continue
		case l.kind == header:
			root, _, nested := strings.Cut(l.name, ".")
			inList = l.list || nested && inList
			if inList || slices.Contains(tables, root) {
				l.text = "# " + l.text
			}
			continue
		}
		for last := l.to; i <= last; i++ {
			t.lines[i].text = "# " + t.lines[i].text
		}
		i--
	}
	return t.String(), nil
}

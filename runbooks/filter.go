package runbooks

import (
	"strconv"
	"strings"
	"sync"
	"unicode"

	"github.com/charmbracelet/x/ansi"

	"firstline/internal/clean"
)

// filterLines splits the renderer's output into lines that contain only text,
// SGR and OSC 8 to http and https, whatever the output contained. Each line is
// complete: colours and links that are open at its end are closed, and opened
// again on the next line. plain removes everything except text.
func filterLines(out string, plain bool) []string {
	f := filter{plain: plain}
	p := parsers.Get().(*ansi.Parser)
	defer parsers.Put(p)
	var state byte
	for len(out) > 0 {
		seq, _, n, next := ansi.DecodeSequence(out, state, p)
		if n <= 0 {
			break
		}
		state = next
		out = out[n:]
		f.add(seq, p)
		if state != ansi.NormalState {
			// A sequence without an end swallowed the rest.
			break
		}
	}
	f.endLine()
	return f.lines
}

// A parser takes 64 KiB, so parsers are reused.
var parsers = sync.Pool{New: func() any { return ansi.NewParser() }}

type filter struct {
	plain bool
	lines []string

	line strings.Builder
	// pen has the SGR sequences since the last reset, link the open link.
	pen  []string
	link string
	// drawn: the line has SGR that is not reset. linked: it has an open link.
	drawn, linked bool
	// The state of the line after its last text that is not blank.
	end                 int
	endDrawn, endLinked bool
}

// maxPen bounds the open SGR sequences. A renderer opens only a few.
const maxPen = 32

func (f *filter) add(seq string, p *ansi.Parser) {
	switch {
	case seq == "\n":
		f.endLine()
	case ansi.HasCsiPrefix(seq):
		if c := ansi.Cmd(p.Command()); !f.plain && c.Final() == 'm' && c.Prefix() == 0 && c.Intermediate() == 0 {
			f.sgr(p.Params())
		}
	case ansi.HasOscPrefix(seq):
		if !f.plain && p.Command() == 8 {
			f.hyperlink(string(p.Data()))
		}
	case strings.HasPrefix(seq, "\x1b"):
	default:
		f.text(seq)
	}
}

// text writes the printable part of one grapheme.
func (f *filter) text(s string) {
	if cleaned := clean.Text(s); cleaned == "" || strings.TrimRight(s, "\u200c\u200d") != cleaned {
		s = cleaned // otherwise a joiner, whose next letter is in the next grapheme
	}
	if s == "" || strings.Contains(s, "\n") {
		return
	}
	for _, r := range s {
		if unicode.IsControl(r) {
			return
		}
	}
	if len(f.pen) > 0 && !f.drawn {
		f.line.WriteString(strings.Join(f.pen, ""))
		f.drawn = true
	}
	if f.link != "" && !f.linked {
		f.line.WriteString("\x1b]8;;" + f.link + "\x1b\\")
		f.linked = true
	}
	f.line.WriteString(s)
	if s != " " {
		f.end, f.endDrawn, f.endLinked = f.line.Len(), f.drawn, f.linked
	}
}

// sgr adds a colour or attribute. It is rebuilt from its numbers, so that
// nothing else of the sequence gets through.
func (f *filter) sgr(params ansi.Params) {
	var b strings.Builder
	reset := len(params) == 0
	inColor := 0 // how many of the next numbers are those of a colour
	for i, param := range params {
		n := param.Param(0)
		reset = n == 0 && i == len(params)-1 && inColor == 0
		switch {
		case inColor > 0:
			inColor--
			if inColor == 3 && n != 2 {
				inColor = 1 // 38;5;n, and not 38;2;r;g;b
			}
		case n == 38 || n == 48:
			inColor = 4
		}
		b.WriteString(strconv.Itoa(n))
		if i < len(params)-1 {
			if param.HasMore() {
				b.WriteByte(':')
			} else {
				b.WriteByte(';')
			}
		}
	}
	if reset || len(f.pen) >= maxPen {
		f.pen = f.pen[:0]
	}
	if !reset {
		f.pen = append(f.pen, "\x1b["+b.String()+"m")
	}
	if f.drawn {
		// Reset, then repeat what is still open.
		f.line.WriteString("\x1b[m")
		f.drawn = false
	}
}

// hyperlink opens a link, or closes it when data has no URL or one that is not
// http or https. data is "8;parameters;URL".
func (f *filter) hyperlink(data string) {
	link := ""
	if parts := strings.SplitN(data, ";", 3); len(parts) == 3 {
		link = clean.URL(parts[2])
	}
	if link == f.link {
		return
	}
	f.closeLink()
	f.link = link
}

func (f *filter) closeLink() {
	if f.linked {
		f.line.WriteString("\x1b]8;;\x1b\\")
		f.linked = false
	}
}

// endLine ends the line after its last text, without the blanks with which a
// renderer pads lines.
func (f *filter) endLine() {
	line := f.line.String()[:f.end]
	if f.endLinked {
		line += "\x1b]8;;\x1b\\"
	}
	if f.endDrawn {
		line += "\x1b[m"
	}
	f.lines = append(f.lines, line)
	f.line.Reset()
	f.drawn, f.linked = false, false
	f.end, f.endDrawn, f.endLinked = 0, false, false
}

package list

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/clean"
	"firstline/internal/triage"
	"firstline/internal/triage/filter"
	"firstline/ui/draw"
	"firstline/ui/keymap"
	"firstline/ui/reply"
)

// completion offers what fits at the cursor of the filter: names, values
// and saved filters.
type completion struct {
	// names and values are what the groups have, worked out off the loop; of
	// are the groups they were worked out of.
	of       *triage.Group
	names    []string
	values   map[string][]string
	learning reply.Loader

	offers []string
	// from and to are the bytes of the text that an offer would take the place
	// of; chosen is the offer that did, -1 when none did.
	from, to, chosen int
}

// Word is the condition at the cursor.
type Word struct {
	// From is where what is completed begins: a name, or a value after its
	// operator.
	From int
	// Name and operator are those before a value; both empty: a name is being
	// typed.
	Name, Operator string
	// Typed is what is there of it already, without quotes.
	Typed string
}

// WordAt reads the condition that ends at a byte of a filter.
func WordAt(text string, end int) Word {
	start, quoted := 0, false
	for i := 0; i < end; i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case !quoted && strings.IndexByte(" \t\r\n", c) >= 0:
			start = i + 1
		}
	}
	if start < end && text[start] == '!' {
		start++
	}
	piece := text[min(start, end):end]
	at := strings.IndexAny(piece, `=!<>~"`)
	if at <= 0 || piece[at] == '"' {
		return Word{From: min(start, end), Typed: piece}
	}
	rest := strings.TrimLeft(piece[at:], "=!<>~")
	from := end - len(rest)
	return Word{From: from, Name: piece[:at], Operator: text[start+at : from], Typed: strings.Trim(rest, `"`)}
}

// want is the name whose values are needed at the cursor; "" for none.
func (f *filterPrompt) want() string { return WordAt(f.Input.Value(), f.position()).Name }

// position is the position of the cursor, in bytes.
func (f *filterPrompt) position() int {
	text, runes := f.Input.Value(), f.Input.Position()
	for at := range text {
		if runes == 0 {
			return at
		}
		runes--
	}
	return len(text)
}

// learned is the names, or the values of one, that groups have.
type learned struct {
	of     *triage.Group
	names  []string
	name   string
	values []string
}

// Learn starts working out what can be offered and is not known yet.
func (f *filterPrompt) Learn(groups []triage.Group) tea.Cmd {
	if f.learning.Busy() || len(groups) == 0 {
		return nil
	}
	name, of := f.want(), &groups[0]
	if _, learned := f.values[name]; f.of == of && (learned || name == "") {
		return nil
	}
	needNames := f.of != of
	return reply.Start(&f.learning, func() learned {
		m := learned{of: of, name: name}
		if needNames {
			m.names = filter.Names(groups)
		}
		if name != "" {
			m.values = filter.Values(groups, name)
		}
		return m
	}, reply.Nothing(f.takeLearned))
}

// takeLearned takes it. While the responder goes through offers they stay.
func (f *filterPrompt) takeLearned(m learned) {
	if f.of != m.of {
		f.of, f.values = m.of, map[string][]string{}
		f.names = m.names
	}
	if m.name != "" {
		f.values[m.name] = m.values
	}
	if f.chosen < 0 {
		f.offer()
	}
}

// offer finds what fits at the cursor.
func (f *filterPrompt) offer() {
	f.chosen, f.offers = -1, nil
	text, at := f.Input.Value(), f.position()
	w := WordAt(text, at)
	f.from, f.to = w.From, at
	for f.to < len(text) && text[f.to] != ' ' {
		f.to++ // the rest of the word goes too
	}
	switch {
	case w.Operator == ">" || w.Operator == "<":
		f.offers = holding([]string{"10m", "1h", "4h", "1d"}, w.Typed)
	case w.Operator != "":
		for _, v := range holding(f.values[w.Name], w.Typed) {
			if strings.HasSuffix(w.Operator, "~") {
				v = regexp.QuoteMeta(v)
			}
			f.offers = append(f.offers, filter.QuoteValue(v))
		}
	default:
		f.offers = holding(f.beginnings(), w.Typed)
	}
	if len(f.offers) == 1 && f.offers[0] == text[f.from:f.to] {
		f.offers = nil
	}
}

// beginnings are all that a condition can begin with: saved filters, flags,
// and names with their operator.
func (f *filterPrompt) beginnings() []string {
	all := f.builtIn()
	for _, name := range f.names {
		if offer := name + "="; !slices.Contains(filter.Times(), name) && !slices.Contains(all, offer) {
			all = append(all, offer)
		}
	}
	return all
}

// builtIn are the beginnings that are no labels.
func (f *filterPrompt) builtIn() []string {
	var all []string
	for _, s := range f.options.Filters {
		all = append(all, "@"+s.Name)
	}
	flags := filter.Flags()
	for _, name := range filter.Fields() {
		switch {
		case slices.Contains(flags, name):
			all = append(all, name)
		case slices.Contains(filter.Times(), name):
			all = append(all, name+">")
		default:
			all = append(all, name+"=")
		}
	}
	return all
}

// holding are those that begin with what is typed, then those that hold it.
func holding(all []string, typed string) []string {
	typed = strings.ToLower(typed)
	var begin, hold []string
	for _, s := range all {
		switch at := strings.Index(strings.ToLower(s), typed); {
		case at == 0:
			begin = append(begin, s)
		case at > 0:
			hold = append(hold, s)
		}
	}
	return append(begin, hold...)
}

// complete puts the next offer, or the one before, in its place. A single one
// is final: what is typed next is another condition.
func (f *filterPrompt) complete(by int) bool {
	if len(f.offers) == 0 {
		return false
	}
	switch {
	case f.chosen < 0 && by < 0:
		f.chosen = len(f.offers) - 1
	default:
		f.chosen = (f.chosen + by + len(f.offers)) % len(f.offers)
	}
	offer, text := f.offers[f.chosen], f.Input.Value()
	final := len(f.offers) == 1 && !strings.HasSuffix(offer, "=") && !strings.HasSuffix(offer, ">")
	if final && f.to == len(text) {
		offer += " "
	}
	f.Input.SetValue(text[:f.from] + offer + text[f.to:])
	f.Input.SetCursor(utf8.RuneCountInString(text[:f.from] + offer))
	f.to = f.from + len(offer)
	if len(f.offers) == 1 {
		f.offer()
	}
	return true
}

// OfferSpans are the offers from the one that is chosen on, as many as fit.
func (f *filterPrompt) OfferSpans(width int) []draw.Span {
	if len(f.offers) == 0 {
		return nil
	}
	out := []draw.Span{{Text: " " + f.Keys.KeyOf(keymap.CompleteNext, keymap.InFilter), Role: draw.Accent}}
	room := width - f.WidthOfSpans(out)
	for i := max(f.chosen, 0); i < len(f.offers); i++ {
		text := f.Cut(clean.Line(f.offers[i]), 40)
		role := draw.Plain
		if i == f.chosen {
			role = draw.Badge
		}
		need := f.WidthOf(text) + 2
		if left := len(f.offers) - i; need > room-4 && (need > room || left > 1) {
			return append(out, draw.Span{Text: "  …", Role: draw.Dim})
		}
		room -= need
		out = append(out, draw.Span{Text: "  ", Role: draw.Plain}, draw.Span{Text: text, Role: role})
	}
	return out
}

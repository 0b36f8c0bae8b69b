package triage

import (
	"cmp"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"firstline/internal/clean"
	"firstline/internal/merged"
	"firstline/sources"
)

// Reference is a reference to a runbook in an alert or event.
type Reference struct {
	// Text is the address or path in its original form, without surrounding
	// brackets and without Values.
	Text string
	// URL is Text where that is an http or https address; else empty, and Text is
	// a path.
	URL string
	// Anchor is the part of the page, without "#".
	Anchor string
	// Values fill variables of the runbook, as in "#anchor?KEY=value".
	Values map[string]string
	// From is the annotation or label that contains it.
	From string
}

// referenceNames are the annotations and labels that may refer to a runbook,
// best first, in lower case and without "_" and "-".
var referenceNames = []string{
	"runbookurl", "runbook", "runbooklink", "playbookurl", "playbook", "playbooklink", "sopurl", "sop", "wikiurl", "wiki",
	"documentationurl", "documentation", "docsurl", "docs", "docurl", "doc", "helpurl", "link",
}

// pathNames are those whose value is a runbook also where it is no address.
var pathNames = []string{"runbook", "playbook", "sop", "documentation", "docs", "doc"}

// separators are taken out of names. It is made once: making it costs far more
// than using it.
var separators = strings.NewReplacer("_", "", "-", "", ".", "")

func referenceKey(name string) string { return separators.Replace(strings.ToLower(name)) }

// isReferenceKey reports whether referenceKey(name) is key.
func isReferenceKey(name, key string) bool {
	at := 0
	for i := range len(name) {
		c := name[i]
		switch {
		case c >= utf8.RuneSelf:
			return referenceKey(name) == key
		case c == '_', c == '-', c == '.':
			continue
		case 'A' <= c && c <= 'Z':
			c += 'a' - 'A'
		}
		if at >= len(key) || key[at] != c {
			return false
		}
		at++
	}
	return at == len(key)
}

// referenceFinder finds references in the annotations and labels of alerts.
// Joins use it for every alert, so it rejects names by their first letter, and
// parses each text once: the alerts of a rule mostly have the same.
type referenceFinder struct {
	// names are the keys that may refer to runbooks, best first. byLetter are
	// their indexes by the first letter.
	names    []string
	byLetter [utf8.RuneSelf][]int
	// anyPath means that a text under any name that is no address is a path.
	anyPath bool

	// others means that labels that are configured, or that are not compared, may
	// refer to runbooks.
	others bool

	mu   sync.Mutex // groups are filled in parallel
	read map[namedText]readReference
	// referring reports whether labels of these names may refer to runbooks, by the
	// hash of the names. Most alerts have the same names of labels.
	referring map[uint64]bool
}

// namedText is the text of an annotation or label.
type namedText struct{ name, text string }

// readReference is what was read of a text: ok is false where it is no reference.
type readReference struct {
	Reference
	ok bool
}

func newReferenceFinder(o *Options) *referenceFinder {
	f := &referenceFinder{names: referenceNames, read: map[namedText]readReference{}, referring: map[uint64]bool{}}
	if o.References != nil {
		f.names, f.anyPath = o.References, true
	}
	for i, name := range f.names {
		if name != "" && name[0] < utf8.RuneSelf {
			f.byLetter[name[0]] = append(f.byLetter[name[0]], i)
		}
	}
	f.others = slices.ContainsFunc(o.IgnoreLabels, func(name string) bool { return f.rank(name) >= 0 })
	for _, labels := range o.Alertmanagers {
		for name := range labels {
			f.others = f.others || f.rank(name) >= 0
		}
	}
	return f
}

// mayRefer reports whether an alert's labels may refer to runbooks.
func (f *referenceFinder) mayRefer(k *merged.Alert) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	refers, ok := f.referring[k.NamesHash]
	if !ok {
		refers = f.others
		for name := range k.Labels {
			refers = refers || f.rank(name) >= 0
		}
		f.referring[k.NamesHash] = refers
	}
	return refers
}

// rank is which of the names it is, best 0; -1: none.
func (f *referenceFinder) rank(name string) int {
	for i := range len(name) {
		c := name[i]
		switch {
		case c >= utf8.RuneSelf:
			key := referenceKey(name) // which may have another first letter
			return slices.Index(f.names, key)
		case c == '_', c == '-', c == '.':
			continue
		case 'A' <= c && c <= 'Z':
			c += 'a' - 'A'
		}
		for _, rank := range f.byLetter[c] {
			if isReferenceKey(name[i:], f.names[rank]) {
				return rank
			}
		}
		return -1
	}
	return slices.Index(f.names, "")
}

// references are those of one group.
type references struct {
	*referenceFinder
	found []Reference
	// first are the texts that were read first: the alerts of a group mostly
	// have the same.
	first [4]namedText
	n     int
}

func (f *references) add(r Reference) {
	if !slices.ContainsFunc(f.found, func(ok Reference) bool { return ok.Text == r.Text }) {
		f.found = append(f.found, r)
	}
}

// find adds the references in a set of annotations, labels or details, by the
// order of the names.
func (f *references) find(texts map[string]string) {
	type found struct {
		rank int
		name string
	}
	var onStack [4]found
	all := onStack[:0]
	for name := range texts {
		if rank := f.rank(name); rank >= 0 {
			all = append(all, found{rank, name})
		}
	}
	slices.SortFunc(all, func(a, b found) int { return cmp.Or(cmp.Compare(a.rank, b.rank), strings.Compare(a.name, b.name)) })
	for _, a := range all {
		text := namedText{a.name, texts[a.name]}
		if slices.Contains(f.first[:f.n], text) {
			continue
		}
		if f.n < len(f.first) {
			f.first[f.n] = text
			f.n++
		}
		if r := f.reference(text); r.ok {
			f.add(r.Reference)
		}
	}
}

// reference reads a text, or remembers what was read.
func (f *referenceFinder) reference(t namedText) readReference {
	f.mu.Lock()
	defer f.mu.Unlock()
	r, ok := f.read[t]
	if !ok {
		r.Reference, r.ok = parseReference(t.text, f.mayBePath(t.name))
		r.From = t.name
		f.read[t] = r
	}
	return r
}

// mayBePath reports whether the value of that name is a runbook also where it is
// no address; what "link" and its like hold else is anything.
func (f *referenceFinder) mayBePath(name string) bool {
	key := referenceKey(name)
	return f.anyPath || slices.ContainsFunc(pathNames, func(p string) bool { return strings.HasPrefix(key, p) })
}

var (
	slackLink    = regexp.MustCompile(`<(https?://[^<>|\s]+)(?:\|[^<>]*)?>`)
	markdownLink = regexp.MustCompile(`\[[^\[\]]*\]\(([^()\s]+)\)`)
	htmlLink     = regexp.MustCompile(`(?i)<a\s[^<>]*?href\s*=\s*["']?([^"'<>\s]+)`)
	bareURL      = regexp.MustCompile(`https?://[^\s<>"|]+`)
	// pathLike is a relative path or the name of a file.
	pathLike = regexp.MustCompile(`^[\w.~/-][\w.~/ %+@:-]*(?:#[^\s]*)?$`)
)

// parseReference reads a reference as people write it: an address, a path, a
// link of Slack, Markdown or HTML, or a sentence with an address in it.
func parseReference(s string, mayBePath bool) (Reference, bool) {
	s = strings.TrimSpace(s)
	if s == "" || strings.HasPrefix(s, "<error expanding template") {
		return Reference{}, false
	}
	if strings.ContainsAny(s, "<[") {
		for _, form := range []*regexp.Regexp{slackLink, markdownLink, htmlLink} {
			if m := form.FindStringSubmatch(s); m != nil {
				s = m[1]
				break
			}
		}
	}
	if !strings.HasPrefix(s, "http") {
		if u := bareURL.FindString(s); u != "" {
			s = strings.TrimRight(u, ".,;:!?)'")
		}
	}
	r := Reference{Text: s}
	r.Text, r.Anchor, r.Values = splitAnchor(s)
	if r.Anchor != "" {
		r.Text += "#" + r.Anchor
	}
	if r.URL = clean.URL(r.Text); r.URL != "" {
		return r, true
	}
	if !mayBePath || strings.Contains(s, "://") || clean.Line(r.Text) != r.Text || !pathLike.MatchString(r.Text) || !isPath(r.Text) {
		return Reference{}, false
	}
	return r, true
}

// isPath distinguishes paths from words such as "none" and "see wiki".
func isPath(s string) bool {
	path, _, _ := strings.Cut(s, "#")
	lower := strings.ToLower(path)
	if strings.Contains(path, "/") {
		return !strings.Contains(path, " ")
	}
	return strings.HasSuffix(lower, ".md") || strings.HasSuffix(lower, ".markdown")
}

// splitAnchor takes "#anchor?KEY=value" apart. Values before "#" belong to the
// address.
func splitAnchor(s string) (text, anchor string, values map[string]string) {
	text, rest, found := strings.Cut(s, "#")
	if !found {
		return s, "", nil
	}
	anchor, query, found := strings.Cut(rest, "?")
	if !found {
		return text, anchor, nil
	}
	parsed, err := url.ParseQuery(query)
	if err != nil {
		return text, anchor, nil
	}
	for name := range parsed {
		if values == nil {
			values = map[string]string{}
		}
		values[name] = parsed.Get(name)
	}
	return text, anchor, values
}

// setReferences gathers the references: of the alerts, the gravest first, then of
// what was sent to PagerDuty. Annotations come before labels.
func (b *builder) setReferences(g *Group, members []int32, events []event) {
	f := &references{referenceFinder: b.references}
	refers := false
	for i, at := range members {
		k := &b.Alerts[at]
		f.find(g.Alerts[i].Annotations)
		if i == 0 || k.NamesHash != b.Alerts[members[i-1]].NamesHash {
			refers = b.references.mayRefer(k)
		}
		if refers {
			f.find(k.Labels)
		}
		if len(f.found) >= maxReferences {
			break
		}
	}
	if len(f.found) == 0 {
		b.eventReferences(events, f)
	}
	g.References = f.found
	for i := range g.References {
		if g.References[i].URL != "" {
			g.RunbookURL = g.References[i].URL
			break
		}
	}
}

// ReferenceTexts are the texts of the references, best first.
func (g *Group) ReferenceTexts() []string {
	texts := make([]string, len(g.References))
	for i := range g.References {
		texts[i] = g.References[i].Text
	}
	return texts
}

// maxReferences bounds how many are gathered of the alerts of a group.
const maxReferences = 8

func (b *builder) eventReferences(events []event, found *references) {
	for i := range events {
		ev := &events[i]
		d := b.read(ev)
		for _, f := range d.Fired {
			found.find(f.Annotations)
			found.find(f.Labels)
		}
		found.find(d.Keys)
		for _, l := range ev.Links {
			if isRunbookLink(l) {
				if r, ok := parseReference(l.Href, false); ok {
					r.From = "link"
					found.add(r)
				}
			}
		}
	}
}

func isRunbookLink(l sources.Link) bool {
	if clean.URL(l.Href) == "" {
		return false
	}
	for _, word := range []string{"runbook", "playbook", "sop"} {
		if hasWord(l.Text, word) {
			return true
		}
	}
	return strings.Contains(strings.ToLower(l.Href), "runbook")
}

// Package reference finds references to runbooks in annotations, labels and texts.
package reference

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"firstline/internal/clean"
	"firstline/internal/lazyregexp"
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

// usualNames are the annotations and labels that may refer to a runbook,
// best first, in lower case and without "_" and "-".
var usualNames = []string{
	"runbookurl", "runbook", "runbooklink", "playbookurl", "playbook", "playbooklink", "sopurl", "sop", "wikiurl", "wiki",
	"documentationurl", "documentation", "docsurl", "docs", "docurl", "doc", "helpurl", "link",
}

// pathNames are the names under which a text that is no address is a path.
var pathNames = []string{"runbook", "playbook", "sop", "documentation", "docs", "doc"}

// separators removes the separators in names. It is made once: making it costs far
// more than using it.
var separators = strings.NewReplacer("_", "", "-", "", ".", "")

// Key returns the form of a name in which spellings do not differ: in lower case and
// without separators.
func Key(name string) string { return separators.Replace(strings.ToLower(name)) }

// isKey reports whether Key(name) is key.
func isKey(name, key string) bool {
	at := 0
	for i := range len(name) {
		c := name[i]
		switch {
		case c >= utf8.RuneSelf:
			return Key(name) == key
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

// Finder finds references in the annotations and labels of alerts. Joins use it
// for every alert, so it rejects names by their first letter, and parses each text
// once: the alerts of a rule mostly have the same. It is safe for concurrent use.
type Finder struct {
	// names are the keys that may refer to runbooks, best first. byLetter are
	// their indexes by the first letter.
	names    []string
	byLetter [utf8.RuneSelf][]int
	// anyPath means that a text under any name that is no address is a path.
	anyPath bool

	// others means that labels that are configured, or that are not compared, may
	// refer to runbooks.
	others bool

	mu   sync.Mutex
	read map[namedText]readReference
	// referring reports whether labels of these names may refer to runbooks, by the
	// hash of the names. Most alerts have the same names of labels.
	referring map[uint64]bool
}

// namedText is the text of an annotation or label.
type namedText struct{ name, text string }

// readReference is the result of parsing a text. ok is false for no reference.
type readReference struct {
	Reference
	ok bool
}

// NewFinder returns a finder for references under these names, best first,
// as Key returns them; nil means the usual ones. others are labels that may
// differ between alerts whose names of labels have the same hash.
func NewFinder(names []string, others func(yield func(string) bool)) *Finder {
	f := &Finder{names: usualNames, read: map[namedText]readReference{}, referring: map[uint64]bool{}}
	if names != nil {
		f.names, f.anyPath = names, true
	}
	for i, name := range f.names {
		if name != "" && name[0] < utf8.RuneSelf {
			f.byLetter[name[0]] = append(f.byLetter[name[0]], i)
		}
	}
	for name := range others {
		f.others = f.others || f.rank(name) >= 0
	}
	return f
}

// MayRefer reports whether labels whose names have that hash may refer to runbooks.
func (f *Finder) MayRefer(labels map[string]string, namesHash uint64) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	refers, ok := f.referring[namesHash]
	if !ok {
		refers = f.others
		for name := range labels {
			refers = refers || f.rank(name) >= 0
		}
		f.referring[namesHash] = refers
	}
	return refers
}

// rank returns the index of the name among those of the finder, or -1.
func (f *Finder) rank(name string) int {
	for i := range len(name) {
		c := name[i]
		switch {
		case c >= utf8.RuneSelf:
			key := Key(name) // which may have another first letter
			return slices.Index(f.names, key)
		case c == '_', c == '-', c == '.':
			continue
		case 'A' <= c && c <= 'Z':
			c += 'a' - 'A'
		}
		for _, rank := range f.byLetter[c] {
			if isKey(name[i:], f.names[rank]) {
				return rank
			}
		}
		return -1
	}
	return slices.Index(f.names, "")
}

// Collector collects the references of one group, each once.
type Collector struct {
	*Finder
	Found []Reference
	// first are the n texts that were read first: the alerts of a group mostly have
	// the same.
	first [4]namedText
	n     int
}

// Add adds a reference.
func (f *Collector) Add(r Reference) {
	if !slices.ContainsFunc(f.Found, func(have Reference) bool { return have.Text == r.Text }) {
		f.Found = append(f.Found, r)
	}
}

// Full reports whether it has as many as a group may have.
func (f *Collector) Full() bool { return len(f.Found) >= maxReferences }

// Find adds the references in a set of annotations, labels or details, by the
// order of the names.
func (f *Collector) Find(texts map[string]string) {
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
			f.Add(r.Reference)
		}
	}
}

// reference parses a text, or returns the earlier result.
func (f *Finder) reference(t namedText) readReference {
	f.mu.Lock()
	defer f.mu.Unlock()
	r, ok := f.read[t]
	if !ok {
		r.Reference, r.ok = Parse(t.text, f.mayBePath(t.name))
		r.From = t.name
		f.read[t] = r
	}
	return r
}

// mayBePath reports whether a text of that name may be a path. Under "link" and the
// like only an address refers to a runbook.
func (f *Finder) mayBePath(name string) bool {
	key := Key(name)
	return f.anyPath || slices.ContainsFunc(pathNames, func(p string) bool { return strings.HasPrefix(key, p) })
}

var (
	slackLink    = lazyregexp.New(`<(https?://[^<>|\s]+)(?:\|[^<>]*)?>`)
	markdownLink = lazyregexp.New(`\[[^\[\]]*\]\(([^()\s]+)\)`)
	htmlLink     = lazyregexp.New(`(?i)<a\s[^<>]*?href\s*=\s*["']?([^"'<>\s]+)`)
	bareURL      = lazyregexp.New(`https?://[^\s<>"|]+`)
	// pathLike is a relative path or the name of a file.
	pathLike = lazyregexp.New(`^[\w.~/-][\w.~/ %+@:-]*(?:\?[^\s#<>|"]*)?(?:#[^\s<>|"]*)?$`)
)

// Parse parses a reference as people write it: an address, a path, a
// link of Slack, Markdown or HTML, or a sentence with an address in it.
func Parse(s string, mayBePath bool) (Reference, bool) {
	s = strings.TrimSpace(s)
	if s == "" || strings.HasPrefix(s, "<error expanding template") {
		return Reference{}, false
	}
	if strings.ContainsAny(s, "<[") {
		for _, form := range []*lazyregexp.Regexp{slackLink, markdownLink, htmlLink} {
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

// fileEndings are those of the files that may be runbooks.
var fileEndings = []string{".md", ".markdown", ".adoc", ".asciidoc", ".rst"}

// isPath distinguishes paths from words such as "none" and "see wiki".
func isPath(s string) bool {
	path, _, _ := strings.Cut(s, "#")
	path, _, _ = strings.Cut(path, "?")
	lower := strings.ToLower(path)
	if strings.Contains(path, "/") {
		return !strings.Contains(path, " ")
	}
	return slices.ContainsFunc(fileEndings, func(ending string) bool { return strings.HasSuffix(lower, ending) })
}

// splitAnchor splits "#anchor?KEY=value" off. Values before "#" belong to the
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

// maxReferences is the largest number of references in the alerts of a group.
const maxReferences = 8

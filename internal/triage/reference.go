package triage

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"firstline/internal/clean"
	"firstline/sources"
)

// Reference is what an alert or event tells of its runbook.
type Reference struct {
	// Text is the address or path as it was told, out of the brackets around it
	// and without Values.
	Text string
	// URL is Text where that is an http or https address; else empty, and Text is
	// a path.
	URL string
	// Anchor is the part of the page, without "#".
	Anchor string
	// Values fill variables of the runbook, as in "#anchor?KEY=value".
	Values map[string]string
	// From is the annotation or label that told it.
	From string
}

// referenceNames are the annotations and labels that may tell a runbook, best
// first, in lower case and without "_" and "-".
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

// isReferenceKey reports whether referenceKey(name) is key. Joins ask it of every
// label of every alert.
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

// referencesOf are the references in a set of annotations, labels or details, by
// the order of the names.
func (o *Options) referencesOf(texts map[string]string) []Reference {
	if len(texts) == 0 {
		return nil
	}
	names := referenceNames
	if o.References != nil {
		names = o.References
	}
	type found struct {
		rank int
		name string
	}
	var all []found
	for name := range texts {
		if rank := slices.IndexFunc(names, func(key string) bool { return isReferenceKey(name, key) }); rank >= 0 {
			all = append(all, found{rank, name})
		}
	}
	slices.SortFunc(all, func(a, b found) int {
		if a.rank != b.rank {
			return a.rank - b.rank
		}
		return strings.Compare(a.name, b.name)
	})
	var list []Reference
	for _, f := range all {
		if r, ok := parseReference(texts[f.name], o.mayBePath(f.name)); ok {
			r.From = f.name
			list = append(list, r)
		}
	}
	return list
}

// mayBePath reports whether the value of that name is a runbook also where it is
// no address; what "link" and its like hold else is anything.
func (o *Options) mayBePath(name string) bool {
	key := referenceKey(name)
	if o.References != nil {
		return true
	}
	return slices.ContainsFunc(pathNames, func(p string) bool { return strings.HasPrefix(key, p) })
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
	if !mayBePath || strings.Contains(s, "://") || clean.Line(r.Text) != r.Text || !pathLike.MatchString(r.Text) || !looksLikePath(r.Text) {
		return Reference{}, false
	}
	return r, true
}

// looksLikePath tells paths from words such as "none" and "see wiki".
func looksLikePath(s string) bool {
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
func (c *claimer) setReferences(g *Group, events []event) {
	add := func(list []Reference) {
		for _, r := range list {
			if !slices.ContainsFunc(g.References, func(known Reference) bool { return known.Text == r.Text }) {
				g.References = append(g.References, r)
			}
		}
	}
	for i := range g.Alerts {
		add(c.o.referencesOf(g.Alerts[i].Annotations))
		add(c.o.referencesOf(g.Alerts[i].Labels))
		if len(g.References) >= maxReferences {
			break
		}
	}
	if len(g.References) == 0 {
		c.eventReferences(events, add)
	}
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

func (c *claimer) eventReferences(events []event, add func([]Reference)) {
	for i := range events {
		ev := &events[i]
		d := c.read(ev)
		for _, f := range d.fired {
			add(c.o.referencesOf(f.annotations))
			add(c.o.referencesOf(f.labels))
		}
		add(c.o.referencesOf(d.keys))
		for _, l := range ev.Links {
			if isRunbookLink(l) {
				if r, ok := parseReference(l.Href, false); ok {
					r.From = "link"
					add([]Reference{r})
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

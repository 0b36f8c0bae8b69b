package runbooks

import (
	"strings"
	"unicode/utf8"

	"firstline/internal/lazyregexp"

	"github.com/yuin/goldmark/ast"
)

// purpose says what a section is for.
type purpose int

const (
	// unclear: its heading does not say it, so that the section above decides.
	unclear purpose = iota
	forDoing
	forReading
)

var (
	doWords = lazyregexp.New(`(?i)\b(?:diagnos\w*|mitigat\w*|troubleshoot\w*|debug(?:ging)?|investigat\w*|resol(?:ution|ve|ving)|remed(?:y|iat\w*)|fix(?:es|ing)?|steps?|procedures?|actions?|recover\w*|repair\w*|restor(?:e|ing)|roll ?back|workarounds?|solutions?|solving|triage|check(?:s|list)?|verif(?:y|ication|ying)|confirm\w*|instructions|clean ?up|what to do|how to|to do|emergency|handl(?:e|ing))\b`)
	// doExactly are headings of sections, and parts of the titles of pages.
	doExactly = lazyregexp.New(`(?i)^(?:runbook|playbook|response|responding|maintenance|commands?|next steps?)$`)
	knowWords = lazyregexp.New(`(?i)\b(?:meaning|impact|causes?|access|summary|overview|description|background|context|full context|symptoms?|severity|references?|links?|see also|related|resources|notes?|how (?:it|this|the|they|we) |architecture|definitions?|examples?|contacts?|owners?|history|glossary|introduction|prevention|rationale|about|why|when|dashboards?|metrics?|false positives?|alert details?|additional information|further reading|table of contents)\b`)
	// leadsToCauses is text before a list of what may be wrong.
	leadsToCauses = lazyregexp.New(`(?i)\b(?:causes?|caused|reasons?|symptoms?|because|due to|such as|for example|e\.g\.|examples?|means|indicat\w+|following (?:conditions?|labels?|metrics?|situations?|cases?|scenarios?|values?)|the result of|in one of)\b`)
)

// purposeOf returns the purpose of a section with that heading.
func purposeOf(heading string) purpose {
	heading = strings.Trim(heading, " :.?!*_")
	switch {
	case doExactly.MatchString(heading), doWords.MatchString(heading):
		return forDoing
	case knowWords.MatchString(heading + " "):
		return forReading
	}
	return unclear
}

// purposes follows the purpose of the text from block to block.
type purposes struct {
	// headings are those above the text.
	headings []headingPurpose
	// caption is that of a short line of text that works as a heading, such as "How to
	// **fix**:", and list that of the line before a list.
	caption, list purpose
}

type headingPurpose struct {
	level   int
	purpose purpose
}

// enter begins a section.
func (p *purposes) enter(level int, text string) {
	for len(p.headings) > 0 && p.headings[len(p.headings)-1].level >= level {
		p.headings = p.headings[:len(p.headings)-1]
	}
	p.headings = append(p.headings, headingPurpose{level, purposeOf(text)})
	p.caption, p.list = unclear, unclear
}

// section is what the headings say.
func (p *purposes) section() purpose {
	for i := len(p.headings) - 1; i >= 0; i-- {
		if p.headings[i].purpose != unclear {
			return p.headings[i].purpose
		}
	}
	return unclear
}

// now is the purpose of the text that comes next.
func (p *purposes) now() purpose {
	section := p.section()
	switch {
	case p.list != unclear:
		return p.list
	case p.caption != unclear && section != forReading:
		return p.caption
	}
	return section
}

// longestCaption bounds a line of text that works as a heading, in characters.
const longestCaption = 60

// paragraph takes the text of a paragraph.
func (p *purposes) paragraph(n ast.Node, text string) {
	p.list = unclear
	leads := strings.HasSuffix(text, ":")
	if leads && leadsToCauses.MatchString(text) {
		p.list = forReading
	}
	if utf8.RuneCountInString(text) > longestCaption || !leads && !allBold(n) {
		return
	}
	switch purpose := purposeOf(text); {
	case purpose != unclear:
		p.caption = purpose
	case hasBold(n):
		p.caption = unclear
	}
}

func hasBold(n ast.Node) bool {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if e, ok := c.(*ast.Emphasis); ok && e.Level > 1 {
			return true
		}
	}
	return false
}

func allBold(n ast.Node) bool { return n.ChildCount() == 1 && hasBold(n) }

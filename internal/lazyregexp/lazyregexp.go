// Package lazyregexp has regular expressions that are compiled when they are first
// used: a program with a hundred of them starts sooner.
package lazyregexp

import (
	"os"
	"regexp"
	"strings"
	"sync"
)

// Regexp is a regular expression of package regexp. It is safe for concurrent use.
type Regexp struct {
	text     string
	once     sync.Once
	compiled *regexp.Regexp
}

// New returns the expression. An invalid one panics when it is first used, and in
// tests at once.
func New(text string) *Regexp {
	re := &Regexp{text: text}
	if len(os.Args) > 0 && strings.HasSuffix(strings.TrimSuffix(os.Args[0], ".exe"), ".test") {
		re.get()
	}
	return re
}

func (re *Regexp) get() *regexp.Regexp {
	re.once.Do(func() { re.compiled, re.text = regexp.MustCompile(re.text), "" })
	return re.compiled
}

// MatchString is that of package regexp, as are the others.
func (re *Regexp) MatchString(s string) bool { return re.get().MatchString(s) }

// Match finds the expression in b.
func (re *Regexp) Match(b []byte) bool { return re.get().Match(b) }

// FindString returns the leftmost match, or "".
func (re *Regexp) FindString(s string) string { return re.get().FindString(s) }

// FindStringIndex returns where the leftmost match is, or nil.
func (re *Regexp) FindStringIndex(s string) []int { return re.get().FindStringIndex(s) }

// FindSubmatch returns the leftmost match and its groups, or nil.
func (re *Regexp) FindSubmatch(b []byte) [][]byte { return re.get().FindSubmatch(b) }

// FindSubmatchIndex returns where the leftmost match and its groups are, or nil.
func (re *Regexp) FindSubmatchIndex(b []byte) []int { return re.get().FindSubmatchIndex(b) }

// FindStringSubmatch returns the leftmost match and its groups, or nil.
func (re *Regexp) FindStringSubmatch(s string) []string { return re.get().FindStringSubmatch(s) }

// FindStringSubmatchIndex returns where the leftmost match and its groups are, or nil.
func (re *Regexp) FindStringSubmatchIndex(s string) []int {
	return re.get().FindStringSubmatchIndex(s)
}

// FindAllStringIndex returns where at most n matches are.
func (re *Regexp) FindAllStringIndex(s string, n int) [][]int {
	return re.get().FindAllStringIndex(s, n)
}

// FindAllStringSubmatch returns at most n matches with their groups.
func (re *Regexp) FindAllStringSubmatch(s string, n int) [][]string {
	return re.get().FindAllStringSubmatch(s, n)
}

// FindAllStringSubmatchIndex returns where at most n matches with their groups are.
func (re *Regexp) FindAllStringSubmatchIndex(s string, n int) [][]int {
	return re.get().FindAllStringSubmatchIndex(s, n)
}

// ReplaceAllString replaces each match, and $1 in the replacement by its groups.
func (re *Regexp) ReplaceAllString(s, replacement string) string {
	return re.get().ReplaceAllString(s, replacement)
}

// ReplaceAllStringFunc replaces each match by what replace makes of it.
func (re *Regexp) ReplaceAllStringFunc(s string, replace func(string) string) string {
	return re.get().ReplaceAllStringFunc(s, replace)
}

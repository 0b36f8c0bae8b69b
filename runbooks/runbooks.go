// Package runbooks finds, reads and follows runbooks: Markdown from configured
// directories, chosen by an alert's runbook_url, its name or its service. A
// runbook opens at the right heading, is rendered for a terminal, has the
// alert's labels filled into its commands, and its steps can be ticked.
//
// Everything in a runbook is hostile until it has been parsed here: paths
// cannot leave their directory, text passes internal/clean, and the renderer
// emits only text, colours and links to http and https.
package runbooks

import (
	"io/fs"
	"time"

	"firstline/internal/theme"
)

// Options configure a Library.
type Options struct {
	// Directories are searched recursively, in this order of preference.
	Directories []string
	// FS are file systems to search after the directories, such as the demo's
	// embedded ones. The key is the first part of their paths.
	FS map[string]fs.FS
	// Fetcher reads runbooks from URLs. Nil means that none are fetched.
	Fetcher Fetcher
}

// Runbook is one file, cleaned. It is immutable.
type Runbook struct {
	// Path is where it was read: the file's path, or the file system's name and
	// the path in it.
	Path string
	// Name is the slash-separated path within Directory, which is the
	// configured directory or the name of the file system.
	Name, Directory string
	// Title is the title in the front matter, else the first heading of level
	// 1, else the file's name.
	Title string
	// Body is the cleaned Markdown without front matter, shortcodes resolved. For
	// another Format it is Markdown that shows the text as it is.
	Body     string
	Format   Format
	written  string // the text of another format
	Headings []Heading
	// anchors are the lines of Headings by further ids, in lower case.
	anchors map[string]int
	// FirstLine is the line of the file (from 1) that is line 1 of Body. An
	// editor opens the file there.
	FirstLine int
	// Modified is when the file was last changed. It is zero when unknown.
	Modified time.Time
	// Editable is true for a file in a directory and false for an embedded or
	// fetched runbook.
	Editable bool
	// URL is where it was fetched, and Fetched when the server last confirmed
	// it. Both are zero for a file.
	URL     string
	Fetched time.Time
}

// Runnable reports whether its steps may be offered to run. A fetched runbook
// was written by whoever can write to that server, so it is only read.
func (rb *Runbook) Runnable() bool { return rb.URL == "" }

// Heading is a heading of a runbook.
type Heading struct {
	// Level is 1 to 6, or RowLevel.
	Level int
	// Text is the heading as plain text, on one line.
	Text string
	// Anchor is GitHub's anchor for it, without "#". It is unique in the
	// runbook, and empty for a row.
	Anchor string
	// Line is its line in Body. The first is 1.
	Line int
}

// Query describes an alert group whose runbook is wanted.
type Query struct {
	// References are the addresses and paths of runbooks in the alerts, best first.
	References []Reference
	// Alerts are the group's alertnames, the most significant first.
	Alerts []string
	// Service and Team are the owner. ServiceRunbook is the path or URL that is
	// configured as the service's runbook.
	Service, Team, ServiceRunbook string
}

// URL returns the first address among the references.
func (q Query) URL() string {
	for _, r := range q.References {
		if r.URL != "" {
			return r.URL
		}
	}
	return ""
}

// Values of Match.MatchedBy.
const (
	ByReference = "runbook_url"
	ByAlert     = "alert name"
	ByService   = "service"
	// ByLink is a page that a link in another one named.
	ByLink = "link"
)

// Match is a runbook that was found for a query.
type Match struct {
	Runbook *Runbook
	// Heading is the section to show. Nil means the top.
	Heading *Heading
	// MatchedBy is ByReference, ByAlert, ByService or ByLink.
	MatchedBy string
	// Values are those that the reference has for the runbook's variables.
	Values map[string]string
	// Missing are the references that no directory has, in the order of the query,
	// up to the one that led to Runbook.
	Missing []Reference
	// Suggestions are runbooks of others with an alert's name.
	Suggestions []Suggestion
	// Now is the page that the server sends now, where Runbook is the stored copy
	// and that page may not be the runbook. Notice says why.
	Now *Match
	// Notice is one sentence that the reader has to know: that this is an older
	// copy, or replaces an address that could not be read. It is usually empty.
	Notice string
}

// Problem makes a runbook or a whole directory unusable. The others still work.
type Problem struct {
	// Path is the file or directory.
	Path string
	// Sentence is for a person.
	Sentence string
	Err      error
}

// Style configures rendering. Equal styles give equal results.
type Style struct {
	// Width is the number of columns. A line is wider only where it cannot be
	// broken.
	Width int
	// Palette has the colours; nil: those of the standard theme, which Dark chooses for
	// a dark background. NoColor gives text without escape sequences. Addresses shows
	// the address of each link to the web behind its text, for a pipe.
	Palette                  *theme.Palette
	Dark, NoColor, Addresses bool
}

// Rendered is a runbook as lines for a terminal. It is shared: do not change
// it.
type Rendered struct {
	// Lines contain text, SGR (colours) and OSC 8 (links). Each line is
	// complete and can be shown alone.
	Lines []string
	// HeadingLines are indexes into Lines, one for each of the runbook's
	// Headings, or -1 where the line is unknown.
	HeadingLines []int
	// Marks give the first lines of the blocks, in the order of Lines.
	Marks []Mark
}

// Mark gives the line on which a block of the runbook begins.
type Mark struct {
	// Line is an index into Rendered.Lines. Source is the line of Body, from 1.
	Line, Source int
}

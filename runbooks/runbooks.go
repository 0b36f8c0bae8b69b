// Package runbooks finds, reads and follows runbooks: Markdown from configured
// directories, chosen by an alert's runbook_url, its name or its service,
// opened at the right heading, rendered for a terminal, with the alert's labels
// filled into the commands and the steps told apart so that they can be ticked.
//
// Everything in a runbook is hostile until it has been parsed here: paths can't
// leave their directory, text passes internal/clean, and nothing but text,
// colours and links to http and https leaves the renderer.
package runbooks

import (
	"io/fs"
	"time"
)

// Options says where runbooks are.
type Options struct {
	// Directories are searched with everything below them, in this order of
	// preference.
	Directories []string
	// FS are file systems that are searched after the directories, by a name
	// that stands in front of their paths, such as the demo's embedded ones.
	FS map[string]fs.FS
	// Fetcher reads runbooks behind a URL; nil: none are fetched.
	Fetcher Fetcher
}

// Runbook is one Markdown file, cleaned. It is never changed after it was made.
type Runbook struct {
	// Path is where it was read: the file's path, or the file system's name
	// and the path in it.
	Path string
	// Name is the slash-separated path within Directory, which is the
	// configured directory or the name of the file system.
	Name, Directory string
	// Title is the front matter's, else the first heading of level 1, else
	// the file's name.
	Title string
	// Body is the cleaned Markdown, front matter off, shortcodes resolved.
	Body     string
	Headings []Heading
	// FirstLine is the line of the file (the first is 1) that is line 1 of
	// Body: an editor is opened with it.
	FirstLine int
	// Modified is when the file was last changed; zero where nobody knows.
	Modified time.Time
	// Editable is true for a file in a directory and false for an embedded or
	// fetched one.
	Editable bool
	// URL is where it was fetched, and Fetched when the server last said that
	// it is so; empty and zero for a file.
	URL     string
	Fetched time.Time
}

// Runnable reports whether the steps may be offered to be run: what was fetched
// was written by whoever could write to that server, and is only read.
func (rb *Runbook) Runnable() bool { return rb.URL == "" }

// Heading is a heading of a runbook.
type Heading struct {
	// Level is 1 to 6.
	Level int
	// Text is the heading as plain text, on one line.
	Text string
	// Anchor is what GitHub would make of it, without "#"; unique in the
	// runbook.
	Anchor string
	// Line is the line of Body it stands on; the first is 1.
	Line int
}

// Query is what is known about an alert group when its runbook is wanted.
type Query struct {
	// URL is the alert's runbook_url as it came, which may be anything.
	URL string
	// References are all addresses and paths that the alerts tell of runbooks,
	// best first; URL may be one of them.
	References []string
	// Alerts are the group's alertnames, the most telling first.
	Alerts []string
	// Service is the owning service; ServiceRunbook is the runbook that
	// configuration gives it, a path or a URL.
	Service, ServiceRunbook string
}

// How a runbook was matched, as Match.MatchedBy.
const (
	ByURL     = "runbook_url"
	ByAlert   = "alert name"
	ByService = "service"
	// ByLink is a page that a link of another one led to.
	ByLink = "link"
)

// Match is a runbook that was found for a query.
type Match struct {
	Runbook *Runbook
	// Heading is where in it; nil means the top.
	Heading *Heading
	// MatchedBy is ByURL, ByAlert, ByService or ByLink.
	MatchedBy string
	// Notice is one sentence that the reader has to know: that this is an
	// older copy, or stands in for an address that could not be read. Mostly
	// empty.
	Notice string
}

// Problem is something that keeps a runbook or a whole directory from being
// used; the others are not touched by it.
type Problem struct {
	// Path is the file or directory.
	Path string
	// Sentence is for a person.
	Sentence string
	Err      error
}

// Style is how to render. Two equal styles render the same.
type Style struct {
	// Width is the number of columns; no line is wider where it can be broken.
	Width int
	// Dark is for a dark background. NoColor gives text alone, without any
	// escape sequence, fit for a pipe.
	Dark, NoColor bool
}

// Rendered is a runbook as lines for a terminal. It is shared: don't change it.
type Rendered struct {
	// Lines hold text, SGR (colours) and OSC 8 (links), each complete in
	// itself: a line can be shown alone.
	Lines []string
	// HeadingLines are, for each of the runbook's Headings, the index into
	// Lines, or -1 where that is unknown.
	HeadingLines []int
	// Marks tell where the blocks went, in the order of Lines.
	Marks []Mark
}

// Mark says on which line a block of the runbook begins.
type Mark struct {
	// Line is an index into Rendered.Lines; Source is the line of Body, the
	// first is 1.
	Line, Source int
}

package runbooks

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"firstline/internal/clean"
)

// Template returns the text of a new runbook. Text from outside is cleaned and
// on one line each. service and address may be empty.
func Template(alert, service, address string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n", clean.Line(alert))
	if s := clean.Line(service); s != "" {
		fmt.Fprintf(&b, "Service: %s\n\n", s)
	}
	if a := clean.URL(address); a != "" {
		fmt.Fprintf(&b, "The alert's runbook_url: <%s>\n\n", a)
	}
	b.WriteString(`## Meaning

What this alert says, in a sentence or two.

## Impact

Who notices, and what does not work for them.

## Diagnosis

1. Where to look first, and what is usual there.

## Mitigation

1. What makes it stop, the safest first.

## Escalation

Whom to bring in when this does not help, and what they will ask.
`)
	return b.String()
}

// New is a runbook that Create wrote.
type New struct {
	// Path is the file. Line is where writing begins: the first section.
	Path string
	Line int

	directory, name string
	text            []byte
}

// ErrNowhere is returned when no directory can take a new runbook.
var ErrNowhere = errors.New("no runbook directory is there: name one under [runbooks] directories and create it")

// Create writes the template for an alert group without a runbook to a file
// that Find will return for the same query: in the directory of its service if
// there is one, under the name that the runbook_url or the alert suggests. It
// never leaves the directory and never overwrites a file. Refresh the library
// afterwards.
func (l *Library) Create(q Query) (New, error) {
	alert := ""
	if len(q.Alerts) > 0 {
		alert = q.Alerts[0]
	}
	title := clean.Line(alert)
	if title == "" {
		title = clean.Line(q.Service)
	}
	if title == "" {
		return New{}, errors.New("neither an alert nor a service is known to name a runbook after")
	}
	n, err := l.choose(q, alert)
	if err != nil {
		return New{}, err
	}
	text := Template(title, q.Service, q.URL())
	n.text = []byte(text)
	before, _, _ := strings.Cut(text, "## ")
	n.Line = 1 + strings.Count(before, "\n")
	n.Path = filepath.Join(n.directory, filepath.FromSlash(n.name))
	if err := n.write(); err != nil {
		return New{}, err
	}
	return n, nil
}

// choose returns the first directory and name at which Find finds the file.
func (l *Library) choose(q Query, alert string) (New, error) {
	directories := slices.DeleteFunc(slices.Clone(l.options.Directories), func(d string) bool {
		info, err := os.Stat(d)
		return err != nil || !info.IsDir()
	})
	if len(directories) == 0 {
		return New{}, ErrNowhere
	}
	l.mu.RLock()
	x := l.index
	l.mu.RUnlock()
	home := ""
	for _, d := range directories {
		if home = x.serviceDirectory(d, q.Service); home != "" {
			directories = append([]string{d}, directories...)
			break
		}
	}
	roots := l.roots()
	var first New
	for i, directory := range directories {
		in := home
		if i > 0 {
			in = ""
		}
		for _, name := range namesFor(q, alert, in) {
			n := New{directory: directory, name: name}
			if i := slices.IndexFunc(x.runbooks, func(rb *Runbook) bool {
				return rb.Directory == directory && strings.EqualFold(rb.Name, name)
			}); i >= 0 {
				n.name = x.runbooks[i].Name
				return n, nil // write refuses it
			}
			if first.name == "" {
				first = n
			}
			rb := &Runbook{Name: name, Directory: directory, Title: clean.Line(alert)}
			with := newIndex(append(slices.Clone(x.runbooks), rb), roots)
			if m, ok := with.find(q); ok && m.Runbook == rb {
				return n, nil
			}
		}
	}
	return first, nil
}

// serviceDirectory returns the directory below d that is named after the
// service, or "".
func (x *index) serviceDirectory(d, service string) string {
	want := fold(service)
	if want == "" {
		return ""
	}
	for _, rb := range x.runbooks {
		if rb.Directory != d {
			continue
		}
		for dir := path.Dir(rb.Name); dir != "."; dir = path.Dir(dir) {
			if fold(path.Base(dir)) == want {
				return dir
			}
		}
	}
	return ""
}

// namesFor returns the possible names of a new runbook, the best first. home is
// the service's directory.
func namesFor(q Query, alert, home string) []string {
	own := fileName(alert)
	if own == "" {
		own = fileName(q.Service)
	}
	names := []string{path.Join(home, own+".md")}
	for _, r := range q.References {
		ref, ok := destinationOf(r)
		if !ok {
			continue
		}
		if name := pathFor(r, ref); name != "" {
			return append([]string{name}, names...)
		}
		// The shortest end of the URL's path that is unique.
		last := fileName(ref.segments[len(ref.segments)-1])
		if fold(last) == fold(own) {
			last = own
		}
		if last == "" {
			return names
		}
		names = append(names, path.Join(home, last+".md"))
		if n := len(ref.segments); n > 1 {
			if parent := fileName(ref.segments[n-2]); parent != "" {
				names = append(names, path.Join(parent, last+".md"))
			}
		}
		return names
	}
	return names
}

// pathFor returns the file that a reference names by a path, or "".
func pathFor(r Reference, ref destination) string {
	name, _, _ := strings.Cut(r.Text, "#")
	name = path.Clean(strings.Trim(name, "/"))
	if !ref.isPath || slices.ContainsFunc(strings.Split(name, "/"), func(s string) bool {
		return strings.HasPrefix(s, ".") || fileName(s) != s
	}) {
		return ""
	}
	if !isRunbook(name) {
		name += ".md"
	}
	return name
}

// fileName makes a path segment of a name from outside.
func fileName(name string) string {
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r), r == '-', r == '_', r == '.':
			return r
		}
		return '-'
	}, clean.Line(name))
	name = strings.Trim(name, ".-")
	const longest = 100 // bytes; file systems have room for 255
	for len(name) > longest {
		runes := []rune(name)
		name = string(runes[:len(runes)-1])
	}
	return name
}

// write writes the file through an os.Root, so that no link in its path leads
// out of the directory.
func (n New) write() (err error) {
	root, err := os.OpenRoot(n.directory)
	if err != nil {
		return fmt.Errorf("opening the runbook directory: %w", err)
	}
	defer root.Close() //nolint:errcheck // nothing was written through it
	if dir := path.Dir(n.name); dir != "." {
		if err := root.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // runbooks are for everyone to read
			return fmt.Errorf("making the directory of the runbook: %w", err)
		}
	}
	f, err := root.OpenFile(n.name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there already and is not overwritten; open it and give it a heading named after the alert: %w", clean.Line(n.Path), fs.ErrExist)
	}
	if err != nil {
		return fmt.Errorf("writing the new runbook: %w", err)
	}
	_, err = f.Write(n.text)
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("writing the new runbook: %w", err)
	}
	return nil
}

// Discard removes the file again if nothing was written into it, and reports
// whether it did: a template that nobody filled in is of no use.
func (n New) Discard() (bool, error) {
	root, err := os.OpenRoot(n.directory)
	if err != nil {
		return false, fmt.Errorf("opening the runbook directory: %w", err)
	}
	defer root.Close() //nolint:errcheck // only for this
	now, err := root.ReadFile(n.name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return true, nil
	case err != nil:
		return false, fmt.Errorf("reading the new runbook: %w", err)
	case !bytes.Equal(now, n.text):
		return false, nil
	}
	if err := root.Remove(n.name); err != nil {
		return false, fmt.Errorf("taking the empty runbook away: %w", err)
	}
	return true, nil
}

package postmortem

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"firstline/internal/clean"
	"firstline/internal/lazyregexp"
)

// FollowUp is a task that was written into a postmortem.
type FollowUp struct {
	// File is the name of the postmortem's file, Line where the task is in it, from 1.
	File string
	Line int
	Text string
	// Owner is empty where nobody was named, Due zero where no day was.
	Owner string
	Due   time.Time
	Done  bool
	// Fault says what is wrong with how it is written, or nothing.
	Fault string
}

// Overdue reports whether the task should have been done before today.
func (f FollowUp) Overdue(today time.Time) bool {
	return !f.Done && !f.Due.IsZero() && f.Due.Before(time.Date(today.Year(), today.Month(), today.Day(), 0, 0, 0, 0, time.UTC))
}

// followUps is the heading below which the tasks are.
const followUps = "Follow-ups"

var (
	heading = lazyregexp.New(`^(#{1,6})\s+(.*?)\s*#*\s*$`)
	task    = lazyregexp.New(`^\s*[-*+]\s+\[([ xX])\]\s+(.*)$`)
	// about is the owner and the day at the end of a task: "(Dana, 2026-12-01)".
	about = lazyregexp.New(`^(.*?)\s*\(([^()]*)\)\s*$`)
	day   = lazyregexp.New(`^\d{4}-\d{1,2}-\d{1,2}$`)
)

// template is a task as a new postmortem has it: not a task yet.
const template = "What will be done"

// mostNames is how many words a name has at most that is alone in brackets; more
// are a remark.
const mostNames = 3

// longestTask is how many bytes of a task are read.
const longestTask = 500

// FollowUps returns the tasks below the heading "Follow-ups" of a postmortem in
// Markdown. A task is an item "- [ ] Text (owner, 2026-12-01)".
func FollowUps(file, text string) []FollowUp {
	var all []FollowUp
	level, fenced := 0, false
	for n, line := range strings.Split(text, "\n") {
		line = strings.TrimRight(line, "\r")
		if fence := strings.TrimSpace(line); strings.HasPrefix(fence, "```") || strings.HasPrefix(fence, "~~~") {
			fenced = !fenced
		}
		if fenced {
			continue
		}
		if h := heading.FindStringSubmatch(line); h != nil {
			switch title := strings.ReplaceAll(strings.ToLower(h[2]), "-", " "); {
			case title == "follow ups" || title == "follow up" || title == "action items":
				level = len(h[1])
			case len(h[1]) <= level:
				level = 0
			}
			continue
		}
		if t := task.FindStringSubmatch(line); level > 0 && t != nil {
			f := taskOf(t[2])
			f.File, f.Line, f.Done = file, n+1, t[1] != " "
			if !strings.HasPrefix(f.Text, template) {
				all = append(all, f)
			}
		}
	}
	return all
}

// taskOf reads the text of a task with its owner and day.
func taskOf(text string) FollowUp {
	f := FollowUp{Text: clean.Line(text)}
	if parts := about.FindStringSubmatch(f.Text); parts != nil && parts[1] != "" {
		owner, due, two := strings.Cut(parts[2], ",")
		owner, due = strings.TrimSpace(owner), strings.TrimSpace(due)
		if !two && day.MatchString(owner) {
			owner, due = "", owner
		}
		if at, err := time.Parse("2006-1-2", due); err == nil {
			f.Due = at
		} else if due != "" {
			f.Fault = fmt.Sprintf("%q is no day: write it as 2026-12-01", due)
		}
		if two || due != "" || len(strings.Fields(owner)) <= mostNames {
			f.Text, f.Owner = parts[1], strings.TrimPrefix(owner, "@")
		}
	}
	if len(f.Text) > longestTask {
		f.Text = strings.ToValidUTF8(f.Text[:longestTask], "") + "…"
	}
	if f.Fault == "" && !f.Done {
		switch {
		case f.Owner == "":
			f.Fault = "nobody is named"
		case f.Due.IsZero():
			f.Fault = "no day is named"
		}
	}
	return f
}

// largestFile bounds the files that are read.
const largestFile = 1 << 20

// ReadFollowUps returns the tasks of all Markdown files of a directory and below. The
// day that is due first comes first, tasks without one last. unread are the files
// that could not be read, with the reason.
func ReadFollowUps(dir fs.FS) (all []FollowUp, unread []error) {
	walked := fs.WalkDir(dir, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			unread = append(unread, fmt.Errorf("reading %s: %w", clean.Line(name), err))
			return nil
		case entry.IsDir() && strings.HasPrefix(entry.Name(), ".") && name != ".":
			return fs.SkipDir
		case !entry.Type().IsRegular() || !strings.EqualFold(path.Ext(name), ".md"):
			return nil
		}
		if info, err := entry.Info(); err == nil && info.Size() > largestFile {
			unread = append(unread, fmt.Errorf("%s is larger than a megabyte", clean.Line(name)))
			return nil
		}
		text, err := fs.ReadFile(dir, name)
		if err != nil {
			unread = append(unread, fmt.Errorf("reading %s: %w", clean.Line(name), err))
			return nil
		}
		all = append(all, FollowUps(name, string(text))...)
		return nil
	})
	if walked != nil {
		unread = append(unread, walked)
	}
	slices.SortStableFunc(all, func(a, b FollowUp) int {
		switch {
		case a.Due.Equal(b.Due):
			return strings.Compare(a.File, b.File)
		case a.Due.IsZero():
			return 1
		case b.Due.IsZero():
			return -1
		}
		return a.Due.Compare(b.Due)
	})
	return all, unread
}

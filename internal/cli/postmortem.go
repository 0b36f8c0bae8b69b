package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"firstline/internal/change"
	"firstline/internal/describe"
	"firstline/internal/postmortem"
	"firstline/internal/triage"
	"firstline/internal/wallclock"
	"firstline/internal/wanted"
	"firstline/sources"
	"firstline/sources/demo"
)

type postmortemFlags struct {
	open, write, asJSON bool
}

// followUpsJSON is what `firstline postmortem --open --json` prints.
type followUpsJSON struct {
	Directory string         `json:"directory"`
	FollowUps []followUpJSON `json:"follow_ups"`
	// Unread are sentences on files that could not be read.
	Unread []string `json:"unread"`
}

type followUpJSON struct {
	File    string  `json:"file"`
	Line    int     `json:"line"`
	Text    string  `json:"text"`
	Owner   *string `json:"owner"`
	Due     *string `json:"due"`
	Overdue bool    `json:"overdue"`
	// Fault says what is wrong with how it is written.
	Fault *string `json:"fault"`
}

func (a *app) postmortemCommand() *cobra.Command {
	var f postmortemFlags
	cmd := &cobra.Command{
		Use:   "postmortem INCIDENT | --open",
		Short: "Begin a postmortem from what is recorded, or list its follow-ups",
		Long: `Prints the beginning of a postmortem in Markdown: the incident in numbers, who took
part, in one order what PagerDuty's log, the notes, this machine's journal, the
steps and the changes say, and what the alerts measured, as text. What people have to add is marked with "TO WRITE".
INCIDENT is an id or a number, open or not.

With --write it becomes a new file in the directory of [postmortems], or with --demo in
postmortems/ of the current directory. With --open it prints the follow-ups in there
that are still open: items such as
"- [ ] Alert on the pool (Dana, 2026-12-01)" below the heading "Follow-ups".

Exit status: 0 done, 1 failed, 2 wrong usage, 3 something could not be read, 4 with
--open: some are overdue, or name nobody or no day.`,
		Example: `  firstline postmortem 1042 | less
  firstline postmortem 1042 --write
  firstline postmortem --open`,
		Args: func(cmd *cobra.Command, args []string) error {
			switch {
			case f.open && len(args) > 0:
				return usagef("--open lists the follow-ups of all postmortems: leave out %q", shown(args[0]))
			case f.open && f.write:
				return usagef("--open lists and --write writes: give one of them")
			case !f.open && len(args) != 1:
				return usagef("name one INCIDENT, or give --open (see %s --help)", cmd.CommandPath())
			case f.asJSON && !f.open:
				return usagef("--json is for --open: a postmortem is Markdown")
			}
			return checkTargets(args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withSettled(cmd.Context(), func(ctx context.Context, s *setup) error {
				if f.open {
					return a.listFollowUps(s, f.asJSON)
				}
				return a.postmortem(ctx, s, args[0], f.write)
			})
		},
	}
	cmd.Flags().SortFlags = false
	cmd.Flags().BoolVar(&f.write, "write", false, "write it as a new file")
	cmd.Flags().BoolVar(&f.open, "open", false, "list the follow-ups that are still open")
	cmd.Flags().BoolVar(&f.asJSON, "json", false, "with --open: print JSON (docs/json.md)")
	return cmd
}

func (a *app) postmortem(ctx context.Context, s *setup, typed string, write bool) error {
	if s.account == nil {
		return errors.New("a postmortem is of an incident, and no PagerDuty account is configured")
	}
	if s.demo || s.hasState() {
		if warning := s.openState(ctx); s.state == nil {
			a.sayf("%s", oneLine(warning))
		}
	}
	l := s.readBriefly(ctx)
	g, err := s.named(ctx, &l, typed, false)
	switch {
	case err != nil:
		return err
	case g.Incident == nil:
		return fmt.Errorf("%q has no incident: a postmortem is of an incident", shown(typed))
	}
	p, err := s.postmortemOf(ctx, l, g)
	if err != nil {
		return err
	}
	text := p.Markdown()
	if !write {
		if _, err := fmt.Fprint(a.text(), text); err != nil {
			return fmt.Errorf("printing the postmortem: %w", err)
		}
	} else {
		path := filepath.Join(s.postmortems(), p.FileName())
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return fmt.Errorf("making the directory of the postmortems: %w", err)
		}
		if err := writeNew(path, text); err != nil {
			return err
		}
		fmt.Fprintln(a.out, path) //nolint:errcheck // as elsewhere
	}
	if p.LogMissing != "" || len(p.ChangesMissing) > 0 || slices.ContainsFunc(p.Graphs, func(g postmortem.Graph) bool { return g.Unread != "" }) {
		return exit(exitPartly)
	}
	return nil
}

// postmortems is the directory of the postmortems. The demo's is this one.
func (s *setup) postmortems() string { return cmp.Or(s.config.Postmortems, "postmortems") }

// postmortemOf reads what a postmortem is made of.
func (s *setup) postmortemOf(ctx context.Context, l reading, g triage.Group) (*postmortem.Postmortem, error) {
	p := &postmortem.Postmortem{Incident: *g.Incident, Now: s.now()}
	var users []sources.User
	for _, snap := range l.snapshots {
		users = append(users, snap.Data.Users...)
	}
	read, err := s.history().Of(ctx, g, users)
	if err != nil {
		p.LogMissing = oneLine(describe.Explain(err))
	}
	p.Events = read.Events
	var faults []error
	if s.state != nil {
		p.Ticks, err = s.state.Ticks(ctx, g.ID)
		faults = append(faults, err)
		p.Runs, err = s.state.Runs(ctx, g.ID)
		faults = append(faults, err)
	}
	if err := errors.Join(faults...); err != nil {
		return nil, fmt.Errorf("reading what was done on this machine: %w", err)
	}
	found := s.changes().Of(ctx, g)
	p.ChangesMissing = found.Missing()
	for _, c := range found.Changes() {
		if g.Incident.Status == sources.Resolved && c.At.After(g.Incident.ChangedAt) {
			continue
		}
		p.Changes = append(p.Changes, postmortem.Moment{At: c.At, Text: c.Sentence(change.ProblemOf(&g))})
	}
	p.Graphs, p.GraphsMissing = s.graphsOf(ctx, l, g, p)
	if m, found := s.library.Find(wanted.Of(g)); found {
		p.Runbook = m.Runbook.Path
	}
	return p, nil
}

// noPostmortems is the directory of postmortems that does not exist.
type noPostmortems string

func (dir noPostmortems) Error() string {
	return "there is no directory " + oneLine(string(dir)) + ": set directory under [postmortems]"
}

// openFollowUps returns the follow-ups that are not done, and the files that could not
// be read. The demo has some of its own.
func (s *setup) openFollowUps() (all []postmortem.FollowUp, unread []error, err error) {
	dir := s.postmortems()
	switch _, err := os.Stat(dir); {
	case err == nil:
		all, unread = postmortem.ReadFollowUps(os.DirFS(dir))
	case errors.Is(err, fs.ErrNotExist) && s.demo:
		all = postmortem.FollowUps("checkout-errors.md", demo.Postmortem(s.now()))
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil, noPostmortems(dir)
	default:
		return nil, nil, fmt.Errorf("reading the postmortems: %w", err)
	}
	return slices.DeleteFunc(all, func(f postmortem.FollowUp) bool { return f.Done }), unread, nil
}

// listFollowUps prints the follow-ups that are open.
func (a *app) listFollowUps(s *setup, asJSON bool) error {
	out := followUpsJSON{Directory: s.postmortems(), FollowUps: []followUpJSON{}, Unread: []string{}}
	all, unread, err := s.openFollowUps()
	var missing noPostmortems
	switch {
	case errors.As(err, &missing):
		out.Unread = append(out.Unread, missing.Error())
	case err != nil:
		return err
	}
	for _, err := range unread {
		out.Unread = append(out.Unread, oneLine(err.Error()))
	}
	wanting := false
	for _, f := range all {
		overdue := f.Overdue(s.now())
		wanting = wanting || overdue || f.Fault != ""
		one := followUpJSON{File: oneLine(f.File), Line: f.Line, Text: f.Text, Owner: textOf(f.Owner), Overdue: overdue, Fault: textOf(f.Fault)}
		if !f.Due.IsZero() {
			one.Due = textOf(wallclock.In(time.UTC).FileDay(f.Due))
		}
		out.FollowUps = append(out.FollowUps, one)
	}
	if asJSON {
		if err := writeJSON(a.out, out); err != nil {
			return err
		}
	} else {
		a.printFollowUps(out)
	}
	switch {
	case len(out.Unread) > 0:
		return exit(exitPartly)
	case wanting:
		return exit(exitWanting)
	}
	return nil
}

func (a *app) printFollowUps(out followUpsJSON) {
	for _, f := range out.FollowUps {
		var about []string
		switch {
		case f.Due != nil && f.Overdue:
			about = append(about, "overdue since "+*f.Due)
		case f.Due != nil:
			about = append(about, "until "+*f.Due)
		}
		if f.Owner != nil {
			about = append(about, *f.Owner)
		}
		if f.Fault != nil {
			about = append(about, *f.Fault)
		}
		fmt.Fprintf(a.text(), "%s:%d: %s (%s)\n", f.File, f.Line, f.Text, strings.Join(about, ", ")) //nolint:errcheck // as elsewhere
	}
	for _, sentence := range out.Unread {
		a.sayf("%s", sentence)
	}
	if len(out.FollowUps) == 0 && len(out.Unread) == 0 {
		fmt.Fprintln(a.text(), "No follow-up is open.") //nolint:errcheck // as elsewhere
	}
}

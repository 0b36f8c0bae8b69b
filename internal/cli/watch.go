package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"firstline/internal/attention"
	"firstline/internal/triage"
	"firstline/internal/triage/changes"
	"firstline/internal/triage/filter"
	"firstline/internal/wallclock"
	"firstline/internal/wording"
	"firstline/sources"
)

func (a *app) watchCommand() *cobra.Command {
	var text, command string
	var mine, asJSON bool
	cmd := &cobra.Command{
		Use:   "watch",
		Short: "Print a line for each change of the alert groups, until it is ended",
		Long: `Reads the sources as the screen does, and prints a line for each change of an alert
group: it is new, somebody acknowledged it, it went to others, it ended. What is
there when it starts is no change. It changes nothing by itself.

A source that fails, or that is not read whole, has a line too. Its groups stay as
they were: none ends because it was not read, and what changed meanwhile is printed
once the source answers.

--exec runs a command for each change, one after the other, with the line of --json
on its standard input. One that runs for more than a minute is ended.

Exit status: 0 never, as it runs until it is ended; 1 when it can't go on, 130 after
ctrl-c, 143 after SIGTERM.`,
		Example: `  firstline watch
  firstline watch --mine
  firstline watch --filter 'severity=critical team=payments' --exec 'notify-send "$(jq -r .sentence)"'
  firstline watch --json | jq -r 'select(.change == "new") | .sentence'`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withSetup(cmd.Context(), func(ctx context.Context, s *setup) error {
				w := &watcher{a: a, s: s, text: text, mine: mine, json: asJSON, command: command}
				var err error
				if w.filter, err = w.filterOf(s); err != nil {
					return usagef("%w", err)
				}
				if cmd.Flags().Changed("exec") && strings.TrimSpace(command) == "" {
					return usagef("--exec needs a command")
				}
				return a.watch(ctx, s, w)
			})
		},
	}
	cmd.Flags().StringVar(&text, "filter", "", "only groups that match `FILTER` before or after the change (docs/filters.md)")
	cmd.Flags().BoolVar(&mine, "mine", false, "only groups that are assigned to you")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print each change as JSON on one line (docs/json.md)")
	cmd.Flags().StringVar(&command, "exec", "", "run the shell `COMMAND` for each change, with its JSON on standard input")
	return cmd
}

// watch prints changes until ctx ends.
func (a *app) watch(ctx context.Context, s *setup, w *watcher) error {
	if err := s.needSource(); err != nil {
		return err
	}
	if w.command != "" {
		e := startExecutor(ctx, w.command, a.errOut, func(sentence string) { a.sayf("%s", sentence) })
		defer e.stop()
		w.exec = e.run
	}
	for _, r := range s.readers {
		w.snapshots = append(w.snapshots, sources.Snapshot{Source: r.Source()})
	}
	return a.follow(ctx, s, w)
}

// watcher compares what the sources say with what they said before.
type watcher struct {
	a *app
	s *setup
	// filter is made of text, and of mine: only groups that are assigned to the person.
	filter filter.Filter
	text   string
	mine   bool
	json   bool
	// command is run for each change by exec, where that is not nil.
	command string
	exec    func(name string, line watchJSON)

	snapshots []sources.Snapshot // in the order of the configuration
	joiner    triage.Joiner
	// before is what the next list is compared with; nil: not all sources have
	// answered yet.
	before *changes.List
	// last are the groups as they were last read, by id, with those of before that
	// are missing because they were not read.
	last map[string]*triage.Group
	// said is what was last said of each source.
	said map[string]string
}

// filterOf is the filter, with the filters that a setup has by name.
func (w *watcher) filterOf(s *setup) (filter.Filter, error) {
	f, err := filter.Parse(w.text, s.config.SavedFilters())
	if w.mine && err == nil {
		f, err = filter.Parse("mine "+w.text, s.config.SavedFilters())
	}
	if err != nil {
		err = fmt.Errorf("--filter: %w", err)
	}
	return f, err
}

// renew goes on with another setup: what it makes of what was read already is no change.
func (w *watcher) renew(next *setup) (use func(unread []string), err error) {
	f, err := w.filterOf(next)
	if err != nil {
		return nil, err
	}
	return func(unread []string) {
		before := w.snapshots
		w.s, w.filter, w.snapshots = next, f, renewSnapshots(next, before, unread)
		if w.before == nil {
			return
		}
		now := next.now()
		l, groups := w.list(now)
		w.remember(l, groups, l.Continuing(w.before, func(name string) bool {
			return slices.ContainsFunc(before, func(s sources.Snapshot) bool { return s.Source.Name == name }) && !slices.Contains(unread, name) &&
				slices.ContainsFunc(w.snapshots, func(s sources.Snapshot) bool { return s.Source.Name == name })
		}))
	}, nil
}

// take takes what the sources say, none: time has passed.
func (w *watcher) take(list []sources.Snapshot) error {
	differs, err := putSnapshots(w.snapshots, list, w.saySource)
	if err != nil || !differs {
		return err
	}
	for _, snap := range w.snapshots {
		if !snap.Answered() && (w.before == nil || !snap.AsOf.IsZero()) { // one that was added since is not waited for
			return nil
		}
	}
	return w.compare()
}

// list joins the sources.
func (w *watcher) list(now time.Time) (*changes.List, []triage.Group) {
	groups := w.joiner.Join(w.snapshots, w.s.triage, now)
	return changes.Of(groups, w.snapshots, now), groups
}

// remember stores what the next list is compared with, and the groups of it.
func (w *watcher) remember(l *changes.List, groups []triage.Group, before *changes.List) {
	last := w.last
	w.before, w.last = before, make(map[string]*triage.Group, len(groups))
	for i := range groups {
		w.last[groups[i].ID] = &groups[i]
	}
	for id, g := range last {
		if !l.Has(id) && before.Has(id) {
			w.last[id] = g
		}
	}
}

// compare joins the sources and prints what changed.
func (w *watcher) compare() error {
	now := w.s.now()
	l, groups := w.list(now)
	me := sources.Selves(w.snapshots)
	var services []sources.Service
	for _, snap := range w.snapshots {
		services = append(services, snap.Data.Services...)
	}
	before, last := w.before, w.last
	w.remember(l, groups, l.After(before))
	if before == nil {
		names := make([]string, len(w.snapshots))
		for i, snap := range w.snapshots {
			names[i] = oneLine(snap.Source.Name)
		}
		w.a.sayf("watching %s: %s now, each change has a line", strings.Join(names, ", "), wording.Count(len(groups), "group"))
		return nil
	}
	for _, c := range changes.Between(before, l, me...) {
		was, found := last[c.ID]
		g, there := w.last[c.ID]
		wanted := found && w.filter.Match(*was, now) || there && w.filter.Match(*g, now)
		if c.Kind == changes.Unread || !wanted {
			continue
		}
		if !there {
			g = was
		}
		group := groupOf([]triage.Group{*g}, w.s.library)
		_, stage := w.s.settings.StageOf(*g, services)
		group.Stage = string(stage)
		line := watchJSON{At: c.At, Change: c.Kind.String(), Sentence: c.Sentence(), ID: textOf(c.ID), Who: textOf(c.Who), Mine: &g.Mine, Group: &group}
		if err := w.print(line, attention.Detail(g)); err != nil {
			return err
		}
		if w.exec != nil {
			w.exec(c.Name, line)
		}
	}
	return nil
}

// saySource prints that a source fails, answers again, or is not read whole, once.
func (w *watcher) saySource(snap sources.Snapshot) error {
	name, text, kind := oneLine(snap.Source.Name), "", ""
	switch {
	case snap.Partial:
		return nil
	case snap.Err != nil:
		text, kind = name+": "+sources.Sentence(snap.Err), "source_failed"
		if !snap.AsOf.IsZero() {
			text += "; its groups are as of " + wallclock.Of(w.s.now()).Second(snap.AsOf)
		}
	case len(snap.Missing())+len(snap.Data.Warnings) > 0:
		text, kind = name+": "+strings.Join(slices.Concat(missingFrom(snap), snap.Data.Warnings), "; "), "source_incomplete"
	}
	before, was := w.said[snap.Source.Name]
	if w.said == nil {
		w.said = map[string]string{}
	}
	state := kind + sources.Sentence(snap.Err) + strings.Join(slices.Concat(missingFrom(snap), snap.Data.Warnings), "; ")
	w.said[snap.Source.Name] = state
	switch {
	case state == before:
		return nil
	case text == "" && was:
		text, kind = name+" answers, and is read whole", "source_answers"
	}
	source := sourceOf(snap)
	return w.print(watchJSON{At: w.s.now(), Change: kind, Sentence: oneLine(text), Source: &source}, "")
}

// print prints a line.
func (w *watcher) print(line watchJSON, detail string) error {
	line.At = line.At.UTC().Truncate(time.Millisecond)
	if w.json {
		return writeJSONLine(w.a.out, line)
	}
	text := wallclock.Of(w.s.now()).Second(line.At) + "  " + line.Sentence
	if detail != "" {
		text += " (" + detail + ")"
	}
	if _, err := fmt.Fprintln(w.a.text(), text); err != nil {
		return fmt.Errorf("writing a change: %w", err)
	}
	return nil
}

// watchJSON is one line of watch --json, which is stable.
type watchJSON struct {
	// At is when it happened as far as a source dates it, else when it was read.
	At time.Time `json:"at"`
	// Change is the kind of change.
	Change   string `json:"change"`
	Sentence string `json:"sentence"`
	// ID is that of the group; null for what is about a source.
	ID *string `json:"id"`
	// Who are the people it is about, "you" for whoever runs this, or the new severity.
	Who *string `json:"who"`
	// Mine: the group is assigned to whoever runs this.
	Mine *bool `json:"mine"`
	// Group is as it was last read, also after it ended.
	Group  *groupJSON  `json:"group"`
	Source *sourceJSON `json:"source"`
}

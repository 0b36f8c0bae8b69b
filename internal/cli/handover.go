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
	"time"

	"github.com/spf13/cobra"

	"firstline/internal/clean"
	"firstline/internal/config"
	"firstline/internal/editor"
	"firstline/internal/execute"
	"firstline/internal/handover"
	"firstline/internal/history"
	"firstline/internal/notetext"
	"firstline/internal/record"
	"firstline/internal/respond"
	"firstline/internal/triage"
	"firstline/sources"
)

// How far back a shift reaches: usualShift without a schedule, and at most
// longestShift, which is as far as PagerDuty's log is read.
const (
	usualShift   = 8 * time.Hour
	longestShift = 30 * 24 * time.Hour
)

// postEverywhere is the TARGET of --post that means all open incidents.
const postEverywhere = "all"

type handoverFlags struct {
	since  time.Duration
	output string
	post   []string
	edit   bool
	actionFlags
}

// handoverJSON is what handover --json prints.
type handoverJSON struct {
	Since time.Time `json:"since"`
	Until time.Time `json:"until"`
	// Begin says how Since is known.
	Begin string `json:"begin"`
	// Open are the ids of the open groups, as list --json has them.
	Open []string `json:"open"`
	// Missing are sentences on what could not be read.
	Missing []string `json:"missing"`
	Text    string   `json:"text"`
}

func (a *app) handoverCommand() *cobra.Command {
	var f handoverFlags
	cmd := &cobra.Command{
		Use:   "handover",
		Short: "Write what your shift leaves to the next",
		Long: `Prints a text, in Markdown, for whoever is on call next: what is open and what
was tried, what was done in the shift, the silences that end soon, the loud and
the quiet services. The shift began when the on-call schedule says so; where none
has you on call, or with --since, that is said in the text.

With --post the text is put on open incidents as a note (shortened where it is too
long for one; with --output it then names the file), after a preview and a
"y". TARGET is an id or an incident's number, or "all" for every open incident.

Exit status: 0 done, 1 failed, 2 wrong usage, 3 something could not be read (the
text says what) or not all notes could be posted.`,
		Example: `  firstline handover | less
  firstline handover --since 12h --edit --output night.md
  firstline handover --post 1042 --post 1043`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := a.checkHandover(f, cmd.Flags().Changed("since")); err != nil {
				return err
			}
			return a.withSettled(cmd.Context(), func(ctx context.Context, s *setup) error { return a.handover(ctx, s, f) })
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.DurationVar(&f.since, "since", 0, "the shift began `LONG` ago, such as 8h (default: as the on-call schedule says)")
	flags.BoolVar(&f.edit, "edit", false, "edit the text in $VISUAL or $EDITOR first")
	flags.StringVar(&f.output, "output", "", "write the text to the new file `FILE` instead of printing it")
	flags.StringArrayVar(&f.post, "post", nil, "post the text as a note on `TARGET`, an open incident, or \"all\"; may be repeated")
	flags.BoolVar(&f.dryRun, "dry-run", false, "print what would be posted, and post nothing")
	flags.BoolVar(&f.yes, "yes", false, "post without asking")
	flags.BoolVar(&f.asJSON, "json", false, "print JSON (docs/json.md)")
	return cmd
}

func (a *app) checkHandover(f handoverFlags, sinceGiven bool) error {
	switch {
	case sinceGiven && f.since <= 0:
		return usagef("--since says how long ago the shift began, such as 8h")
	case f.since > longestShift:
		return usagef("--since reaches back 30 days at most (720h)")
	case f.asJSON && (len(f.post) > 0 || f.output != "" || f.edit):
		return usagef("--json prints the text for a script: leave out --post, --output and --edit")
	case len(f.post) == 0 && (f.dryRun || f.yes):
		return usagef("--dry-run and --yes are about --post: name a TARGET")
	case f.dryRun && f.yes:
		return usagef("--dry-run sends nothing and --yes sends: give one of them")
	case f.edit && !a.isTerminal(a.in):
		return usagef("--edit needs a terminal")
	}
	for _, one := range f.post {
		if _, err := parseTarget(one); err != nil && one != postEverywhere {
			return err
		}
	}
	return nil
}

func (a *app) handover(ctx context.Context, s *setup, f handoverFlags) error {
	if err := s.needSource(); err != nil {
		return err
	}
	if len(f.post) > 0 && s.settings.ReadOnly {
		return usagef("--post writes, and --read-only refuses every write: leave out one of them")
	}
	if warning := s.openState(ctx); warning != "" {
		a.sayf("%s", oneLine(warning))
	}
	l := s.read(ctx)
	a.sayFailed(l)
	targets, err := s.postTargets(ctx, &l, f.post, f.yes)
	if err != nil {
		return err
	}
	shift := s.shift(ctx, l.groups, l.snapshots, f.since, l.at)
	text := shift.Markdown()
	if f.asJSON {
		if err := writeJSON(a.out, handoverJSONOf(shift, text)); err != nil {
			return err
		}
		return exit(shiftStatus(shift))
	}
	if f.edit {
		if text, err = a.edit(ctx, text); err != nil {
			return err
		}
	}
	switch {
	case f.output != "":
		if err := writeNew(f.output, text); err != nil {
			return err
		}
		a.sayf("written to %s", oneLine(f.output))
	case len(targets) == 0:
		if _, err := fmt.Fprint(a.text(), text); err != nil {
			return fmt.Errorf("writing the text: %w", err)
		}
	}
	if len(targets) == 0 {
		return exit(shiftStatus(shift))
	}
	note, shortened := notetext.FitNote(text, wholeHandover(f.output))
	if shortened {
		a.sayf("the text is too long for a note, and is shortened there")
	}
	return a.carryOut(ctx, s, l, respond.Request{Action: respond.AddNote, Groups: targets, Note: note}, f.actionFlags)
}

// wholeHandover says where the whole text is when a note has only a part.
func wholeHandover(file string) string {
	if file == "" {
		return "`firstline handover` prints the whole"
	}
	path, err := filepath.Abs(file)
	if err != nil {
		path = file
	}
	host, err := os.Hostname()
	if err != nil {
		return "the whole is in " + path
	}
	return "the whole is in " + path + " on " + host
}

// edit lets the person edit a text in their editor.
func (a *app) edit(ctx context.Context, text string) (string, error) {
	defer a.interrupts.lend()() // they are the editor's
	edited, err := editor.New(os.Getenv).Text(ctx, text, a.in, a.out, a.errOut)
	if err != nil {
		return "", fmt.Errorf("editing the text: %w", err)
	}
	return clean.Text(edited), nil
}

// postTargets are the groups that --post names.
func (s *setup) postTargets(ctx context.Context, l *reading, named []string, unasked bool) ([]triage.Group, error) {
	for _, target := range named {
		if target != postEverywhere {
			continue
		}
		var all []triage.Group
		for _, g := range l.groups {
			if g.Incident != nil {
				all = append(all, g)
			}
		}
		if len(all) == 0 {
			for _, snap := range l.snapshots {
				if e := snap.Data.Extents.Incidents; snap.Source.Kind == sources.PagerDuty && (!snap.OK() || !e.Whole()) {
					return nil, errors.New("whether an incident is open is unknown, because PagerDuty's were not all read: there is nothing to post the text on")
				}
			}
			return nil, errors.New("no incident is open: there is nothing to post the text on")
		}
		return all, nil
	}
	return s.findGroups(ctx, l, named, unasked)
}

// shiftStatus is 3 when the text lacks something.
func shiftStatus(shift handover.Shift) int {
	if len(shift.Missing) > 0 {
		return exitPartly
	}
	return exitDone
}

func handoverJSONOf(shift handover.Shift, text string) handoverJSON {
	j := handoverJSON{
		Since: shift.Since.UTC(), Until: shift.Until.UTC(), Begin: shift.Begin,
		Open: []string{}, Missing: append([]string{}, shift.Missing...), Text: text,
	}
	for _, g := range shift.Groups {
		j.Open = append(j.Open, g.ID)
	}
	return j
}

// writeNew writes a text to a file that must not be there yet: what somebody
// wrote is not overwritten.
func writeNew(path, text string) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // the person names it
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there already: choose another name", path)
	}
	if err != nil {
		return fmt.Errorf("writing the text: %w", err)
	}
	_, err = file.WriteString(text)
	if err = errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("writing the text: %w", err)
	}
	return nil
}

// shift collects what is known of the shift that ends now. long is its length,
// or 0 for that of the schedule. The text says what cannot be read.
func (s *setup) shift(ctx context.Context, groups []triage.Group, snapshots []sources.Snapshot, long time.Duration, now time.Time) handover.Shift {
	ctx, cancel := context.WithTimeout(ctx, readTime)
	defer cancel()
	w := respond.NewData(snapshots, s.settings, now)
	shift := handover.Shift{Until: now, Location: now.Location(), Groups: groups, Services: w.Services}
	var me []string
	for _, one := range w.Accounts() {
		if one.Me != nil {
			me, shift.By = append(me, one.Me.ID), cmp.Or(shift.By, one.Me.Name)
		}
	}
	mine := w.Extents.Mine
	switch {
	case !w.PagerDuty:
		mine.Missing = "no PagerDuty is configured"
	case len(me) == 0 && mine.Whole():
		mine.Missing = "who you are in PagerDuty is not known"
	}
	shift.Since, shift.Begin = beginOf(w.OnCalls, mine, me, long, now)
	missing := func(format string, a ...any) { shift.Missing = append(shift.Missing, fmt.Sprintf(format, a...)) }
	answers := false // PagerDuty
	shift.DoneUnknown = true
	for _, snap := range snapshots {
		shift.Silences = append(shift.Silences, snap.Data.Silences...)
		switch {
		case !snap.OK():
			missing("%s", failure(snap))
		case snap.Partial:
			missing("%s is still being read: regenerate this text in a moment", snap.Source.Name)
		}
		for _, sentence := range missingFrom(snap) {
			missing("%s: %s", snap.Source.Name, sentence)
		}
		shift.OpenUnknown = shift.OpenUnknown || mayHaveMore(snap, now)
		answers = answers || snap.Source.Kind == sources.PagerDuty && snap.OK()
	}
	var log []sources.LogEntry
	if s.account != nil && answers {
		shift.DoneUnknown = len(s.clients) < len(s.config.PagerDuty) // of the others it is said above that they fail
		for _, client := range s.clients {
			in := s.inAccount(client.Source())
			entries, extent, err := client.Log(ctx, shift.Since, now)
			switch {
			case err != nil:
				missing("what others did and who was notified%s: %s", in, sources.Sentence(err))
			case !extent.Whole():
				missing("what happened early in the shift%s, because %s", in, extent.Why())
			}
			shift.DoneUnknown = shift.DoneUnknown || err != nil || !extent.Whole()
			log = append(log, entries...)
		}
	}
	reported := len(shift.Missing)
	var acts []execute.Begun
	if s.state == nil {
		missing("the journal and the ticked steps: the state of firstline can't be opened")
	} else {
		var err error
		if acts, err = (journal{s.state}).Acts(ctx, shift.Since); err != nil {
			missing("the journal: %v", err)
		}
		shift.Elsewhere = s.elsewhere(acts)
		if shift.Ticks, err = s.ticks(ctx, groups, shift.Since); err != nil {
			missing("the ticked steps: %v", err)
		}
	}
	shift.DoneUnknown = shift.DoneUnknown || len(shift.Missing) > reported
	shift.Events = history.Merge(log, nil, acts, w.Users)
	return shift
}

// elsewhere returns the ids of the groups that were acted on in accounts that are not
// configured any more.
func (s *setup) elsewhere(acts []execute.Begun) (ids []string) {
	for _, b := range acts {
		account := b.Account
		if account == "" && b.Seen != nil {
			account = b.Seen.Source
		}
		if account != "" && !slices.ContainsFunc(s.config.PagerDuty, func(p config.PagerDuty) bool { return p.Name == account }) {
			ids = append(ids, b.GroupID, b.IncidentID)
		}
	}
	return ids
}

// mayHaveMore reports whether more may be open than a source reported.
func mayHaveMore(snap sources.Snapshot, now time.Time) bool {
	if snap.Source.Kind == sources.PagerDuty {
		return !snap.OK() || snap.Partial || !snap.Data.Extents.Incidents.Whole()
	}
	return triage.Lacking(&snap, now) != ""
}

// beginOf is when the shift began, and how that is known.
func beginOf(onCalls []sources.OnCall, mine sources.Extent, me []string, long time.Duration, now time.Time) (since time.Time, how string) {
	if long > 0 {
		return now.Add(-long), "as asked for"
	}
	since, schedule, ok := handover.Begin(onCalls, me, now)
	switch {
	case !ok && !mine.Whole():
		return now.Add(-usualShift), "the last 8 hours: whether a schedule has you on call is not known, because " + mine.Why()
	case !ok:
		return now.Add(-usualShift), "the last 8 hours: no schedule has you on call now"
	case now.Sub(since) > longestShift:
		return now.Add(-longestShift), "the last 30 days of a longer one"
	}
	return since, "as the schedule " + schedule + " says"
}

// ticks are the steps that were ticked or remarked on since a time, and all those of
// the groups that are open.
func (s *setup) ticks(ctx context.Context, groups []triage.Group, since time.Time) ([]record.Tick, error) {
	open := make(map[string]bool, len(groups))
	for _, g := range groups {
		open[g.ID] = true
	}
	stored, err := s.state.TicksSince(ctx, time.Time{})
	if err != nil {
		return nil, err
	}
	remarks, err := s.state.Remarks(ctx, time.Time{})
	for _, r := range remarks {
		if r.Kind == "" {
			continue
		}
		stored = slices.DeleteFunc(stored, func(t record.Tick) bool {
			return t.GroupID == r.GroupID && t.Runbook == r.Runbook && t.Step == r.Step && t.By == r.By
		})
		stored = append(stored, record.Tick{GroupID: r.GroupID, Runbook: r.Runbook, Step: r.Step, Text: r.Text + " [" + r.Said() + "]", Done: true, By: r.By, At: r.At})
	}
	var ticks []record.Tick
	for _, t := range stored {
		if open[t.GroupID] || !t.At.Before(since) {
			ticks = append(ticks, t)
		}
	}
	return ticks, err
}

// handovers makes the text on the screen.
type handovers struct{ s *setup }

// Text is what the shift leaves to the next.
func (h handovers) Text(ctx context.Context, groups []triage.Group, snapshots []sources.Snapshot) string {
	return h.s.shift(ctx, groups, snapshots, 0, h.s.now()).Markdown()
}

// Write writes a text to a new file.
func (handovers) Write(_ context.Context, path, text string) error { return writeNew(path, text) }

package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"

	"firstline/internal/triage"
	"firstline/internal/triage/filter"
	"firstline/internal/wallclock"
	"firstline/internal/wording"
	"firstline/sources"
)

// watchList prints the list, and again whenever it has changed, until ctx ends.
func (a *app) watchList(ctx context.Context, s *setup, shown filter.Filter, f listFlags, output listOutput) error {
	if err := s.needSource(); err != nil {
		return err
	}
	return a.follow(ctx, s, newListWatcher(a, s, shown, f, output))
}

// listWatcher prints the list when it has changed.
type listWatcher struct {
	a      *app
	s      *setup
	shown  filter.Filter
	flags  listFlags
	output listOutput

	snapshots []sources.Snapshot // in the order of the configuration
	joiner    triage.Joiner
	// before is what was printed last, without what moves all the time; nil: nothing was.
	before []byte
	// said is what was last said of each source.
	said map[string]string
}

func newListWatcher(a *app, s *setup, shown filter.Filter, f listFlags, output listOutput) *listWatcher {
	w := &listWatcher{a: a, s: s, shown: shown, flags: f, output: output, said: map[string]string{}}
	for _, r := range s.readers {
		w.snapshots = append(w.snapshots, sources.Snapshot{Source: r.Source()})
	}
	return w
}

// renew goes on with another setup, whose list is printed where it is another one.
func (w *listWatcher) renew(next *setup) (use func(unread []string), err error) {
	shown, err := filter.Parse(w.flags.filter, next.config.SavedFilters())
	if err != nil {
		return nil, fmt.Errorf("--filter: %w", err)
	}
	return func(unread []string) {
		w.s, w.shown, w.snapshots = next, shown, renewSnapshots(next, w.snapshots, unread)
	}, nil
}

// take takes what the sources say, none: time has passed.
func (w *listWatcher) take(list []sources.Snapshot) error {
	if differs, err := putSnapshots(w.snapshots, list, w.saySource); err != nil || !differs || !allAnswered(w.snapshots) {
		return err
	}
	now := w.s.now()
	l := reading{at: now, snapshots: w.snapshots, groups: slices.Clone(w.joiner.Join(w.snapshots, w.s.triage, now))}
	groups := w.output.choose(&l, w.shown)
	out := listOf(l, groups, w.s.library, w.s.settings)
	lasts, err := json.Marshal(lasting(out))
	if err != nil || bytes.Equal(lasts, w.before) {
		return err
	}
	first := w.before == nil
	w.before = lasts
	if w.flags.asJSON {
		err = writeJSONLine(w.a.out, out)
	} else {
		err = w.print(l, groups, first)
	}
	if err == nil && len(groups) == 0 {
		w.a.sayf("%s: %s", wallclock.Of(now).Second(now), l.nothing(w.shown))
	}
	return err
}

// print prints the groups for a person, or by a template: after an empty line where
// something was printed before, and a table below its time.
func (w *listWatcher) print(l reading, groups []triage.Group, first bool) error {
	head := ""
	if !first {
		head = "\n"
	}
	if w.output.format == nil {
		head += fmt.Sprintf("%s  %s\n", wallclock.Of(l.at).Second(l.at), wording.Count(len(groups), "group"))
	}
	if _, err := io.WriteString(w.a.out, head); err != nil {
		return fmt.Errorf("writing the list: %w", err)
	}
	return w.a.print(w.s, l, groups, w.output)
}

// saySource says aside what is wrong with a source, once.
func (w *listWatcher) saySource(snap sources.Snapshot) error {
	if snap.Partial {
		return nil
	}
	one := reading{snapshots: []sources.Snapshot{snap}}
	var text bytes.Buffer
	aside := &app{errOut: &text, isTerminal: w.a.isTerminal, ascii: w.a.ascii}
	aside.sayFailed(one)
	aside.sayMissing(one)
	name := snap.Source.Name
	before, was := w.said[name]
	w.said[name] = text.String()
	switch {
	case text.String() == before:
	case text.Len() > 0:
		_, _ = w.a.textTo(w.a.errOut).Write(text.Bytes()) // there is nowhere else to say it
	case was:
		w.a.sayf("%s answers, and is read whole", oneLine(name))
	}
	return nil
}

// lasting is a list without what moves all the time: when it was read, how a failure is
// worded, and the values of the alerts.
func lasting(l listJSON) listJSON {
	l.AsOf, l.Sources, l.Groups = time.Time{}, slices.Clone(l.Sources), slices.Clone(l.Groups)
	for i := range l.Sources {
		l.Sources[i].AsOf, l.Sources[i].Error = nil, nil
	}
	for i := range l.Groups {
		alerts := slices.Clone(l.Groups[i].Alerts)
		for k := range alerts {
			alerts[k].Value = nil
		}
		l.Groups[i].Alerts = alerts
	}
	return l
}

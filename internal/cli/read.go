package cli

import (
	"context"
	"slices"
	"sync"
	"time"

	"firstline/internal/triage"
	"firstline/sources"
)

// readTime is how long one look at all sources may take.
const readTime = 45 * time.Second

// reading is what all sources said at one time.
type reading struct {
	at        time.Time
	snapshots []sources.Snapshot // in the order of the configuration
	groups    []triage.Group
}

// read reads all sources at once, each once.
func (s *setup) read(ctx context.Context) reading {
	return s.readAs(ctx, func(r sources.Reader) sources.Reader { return r })
}

// readBriefly is read for what shows the groups and does not act on them.
func (s *setup) readBriefly(ctx context.Context) reading {
	return s.readAs(ctx, func(r sources.Reader) sources.Reader {
		if b, ok := r.(interface{ Brief() sources.Reader }); ok {
			return b.Brief()
		}
		return r
	})
}

// readOnly is read of the sources of one kind.
func (s *setup) readOnly(ctx context.Context, kind sources.Kind) reading {
	one := *s
	one.readers = slices.DeleteFunc(slices.Clone(s.readers), func(r reader) bool { return r.Source().Kind != kind })
	return one.read(ctx)
}

func (s *setup) readAs(ctx context.Context, as func(sources.Reader) sources.Reader) reading {
	ctx, cancel := context.WithTimeout(ctx, readTime)
	defer cancel()
	l := reading{snapshots: make([]sources.Snapshot, len(s.readers))}
	var all sync.WaitGroup
	for i, r := range s.readers {
		all.Go(func() {
			l.snapshots[i] = sources.ReadOnce(ctx, as(r.Reader))
			if err := l.snapshots[i].Err; err != nil {
				s.log.Warn("a source could not be read", "source", r.Source().Name, "why", sources.Sentence(err))
			}
		})
	}
	all.Wait()
	distinct(l.snapshots)
	s.learnZone(l.snapshots...)
	l.at = s.now()
	l.groups = triage.Join(l.snapshots, s.triage, l.at)
	return l
}

// failed are the snapshots of the sources that could not be read.
func (l reading) failed() []sources.Snapshot {
	var failed []sources.Snapshot
	for _, snap := range l.snapshots {
		if !snap.OK() {
			failed = append(failed, snap)
		}
	}
	return failed
}

// status is 0 when all sources answered wholly, 3 when some did or in part, 1
// when none did.
func (l reading) status() int {
	switch len(l.failed()) {
	case 0:
		if len(l.partly()) > 0 {
			return exitPartly
		}
		return exitDone
	case len(l.snapshots):
		return exitFailed
	}
	return exitPartly
}

// partly are the names of the sources that answered, but not wholly.
func (l reading) partly() []string {
	var names []string
	for _, snap := range l.snapshots {
		if snap.OK() && !snap.Whole() {
			names = append(names, oneLine(snap.Source.Name))
		}
	}
	return names
}

// missingFrom are the sentences on what was not read of a source that answered,
// each on one line.
func missingFrom(snap sources.Snapshot) []string {
	missing := snap.Missing()
	for i := range missing {
		missing[i] = oneLine(missing[i])
	}
	return missing
}

// sayMissing says on errOut what was not read of sources that answered.
func (a *app) sayMissing(l reading) {
	for _, snap := range l.snapshots {
		if snap.Source.Kind != sources.PagerDuty {
			continue // its warnings say it
		}
		for _, sentence := range missingFrom(snap) {
			a.sayf("%s", oneLine(snap.Source.Name+": "+sentence))
		}
	}
}

// sayFailed says on errOut which sources failed and why.
func (a *app) sayFailed(l reading) {
	for _, snap := range l.failed() {
		a.sayf("%s", failure(snap))
	}
	for _, snap := range l.snapshots {
		for _, w := range snap.Data.Warnings {
			a.sayf("%s", oneLine(snap.Source.Name+": "+w))
		}
	}
}

// failure is one line about a source that could not be read.
func failure(snap sources.Snapshot) string {
	why := sources.Sentence(snap.Err)
	if why == "" {
		why = "it was not read"
	}
	return oneLine(snap.Source.Name + ": " + why)
}

// needSource is the usage error of a command that has nothing to read from.
func (s *setup) needSource() error {
	if len(s.readers) > 0 {
		return nil
	}
	return usagef("no source is configured: run `firstline init`, or set PAGERDUTY_TOKEN, or write [[prometheus]] into %s, or try --demo", s.config.WantedPath)
}

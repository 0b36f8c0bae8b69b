package cli

import (
	"context"
	"path/filepath"
	"strings"

	"firstline/internal/config"
	"firstline/internal/wallclock"
	"firstline/internal/wording"
	"firstline/runbooks"
	"firstline/ui"
	"firstline/ui/list"
)

// reloader reads the configuration again when its file was changed, while sources are
// polled.
type reloader struct {
	app  *app
	feed *feed
	// give gives away what came of it, until ctx ends.
	give func(ctx context.Context, r reloaded)
	// refused: the file, as it is now, is not used. offered: a setup was given away.
	refused, offered bool
}

// reloaded is what came of reading the configuration again. The zero value says that what
// was given away before, and is not in use yet, is not wanted any more.
type reloaded struct {
	// next was made of it, and tables are the headers of those that differ; nil: there is
	// nothing else to use.
	next   *setup
	tables []string
	// refused says why the file is not used; empty where it is. asItWas: it was refused,
	// and says again what is in use.
	refused string
	asItWas bool
}

// run watches the file until ctx ends.
func (r *reloader) run(ctx context.Context, path string) {
	watcher := config.NewWatcher(path)
	r.check(ctx) // it may have changed since the start
	watcher.Run(ctx, func() { r.check(ctx) })
}

// check reads the file, and gives away what it says where that is something else.
func (r *reloader) check(ctx context.Context) {
	s := r.feed.inUse()
	c, err := config.Load(r.app.flags.config)
	if err != nil {
		r.refused = true
		s.log.Warn("the configuration is not used", "why", err)
		r.give(ctx, reloaded{refused: refusal(s.config.WantedPath, err)})
		return
	}
	tables, was := c.Differs(s.config), r.refused
	r.refused = false
	if len(tables) > 0 {
		s.log.Info("the configuration was changed", "tables", strings.Join(tables, " "))
		r.offered = true
		r.give(ctx, reloaded{next: r.app.renewed(ctx, s, c), tables: tables})
		return
	}
	if was || r.offered {
		r.offered = false
		r.give(ctx, reloaded{asItWas: was})
	}
}

// offering gives a screen, which began with these options, what came of reading the
// configuration again.
func (a *app) offering(f *feed, begin ui.Options, to chan<- ui.Configuration) func(context.Context, reloaded) {
	return func(ctx context.Context, r reloaded) {
		c := ui.Configuration{Tables: r.tables, Refused: r.refused, AsItWas: r.asItWas}
		if next := r.next; next != nil {
			first := next.firstOptions(list.First{}, begin.NoColor)
			a.plainly(next, &first)
			o := next.screenOptions(f, first)
			o.Notices, o.Lend, o.Configurations = begin.Notices, begin.Lend, begin.Configurations
			c.Take = func() (ui.Options, []string) {
				var unread []string
				o.Snapshots, unread = f.use(next)
				return o, unread
			}
		}
		select {
		case to <- c:
		case <-ctx.Done():
		}
	}
}

// zoneName is the zone that a configuration names; empty: none.
func zoneName(c config.Config) string {
	if c.Me.Zone == nil {
		return ""
	}
	return c.Me.Zone.String()
}

// refusal says why a configuration is not used: its first fault, with its line.
func refusal(path string, err error) string {
	faults := strings.Split(err.Error(), "\n")
	sentence := "the changed configuration is not used: " + oneLine(strings.TrimPrefix(faults[0], filepath.Dir(path)+string(filepath.Separator)))
	if more := len(faults) - 1; more > 0 {
		sentence += " (and " + wording.Count(more, "more fault") + ": see `firstline check`)"
	}
	return sentence + "; the one before stays"
}

// renewed makes everything of another configuration. What was made of the same before is
// used again.
func (a *app) renewed(ctx context.Context, before *setup, c config.Config) *setup {
	s := &setup{
		config: c, syncing: before.syncing, say: before.say, state: before.state, stateDirectory: before.stateDirectory,
		log: before.log, own: before.own, now: before.now, wait: before.wait,
	}
	if a.flags.role != "" {
		s.config.Me.Role = before.config.Me.Role
	}
	if zoneName(c) != zoneName(before.config) {
		s.own = wallclock.NewOwn(a.now, c.Me.Zone)
		s.now = s.own.Now
	}
	a.equip(ctx, s, before, runbooks.Options{})
	s.identity = s.identify(a.version)
	return s
}

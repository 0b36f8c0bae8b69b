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

// reloader offers the configuration to the screen when its file was changed.
type reloader struct {
	app  *app
	feed *feed
	// options has what the screen got besides what the configuration says.
	options ui.Options
	offers  chan ui.Configuration
	// refused: the file, as it is now, is not used. offered: one was offered.
	refused, offered bool
	// made are the setups that were made, to be closed at the end.
	made []*setup
}

// run watches the file until ctx ends. It owns what it makes until then.
func (r *reloader) run(ctx context.Context, path string) {
	defer func() {
		for _, s := range r.made {
			s.close()
		}
	}()
	watcher := config.NewWatcher(path)
	r.check(ctx) // it may have changed since the start
	watcher.Run(ctx, func() { r.check(ctx) })
}

// check reads the file, and offers what it says where that is something else.
func (r *reloader) check(ctx context.Context) {
	s := r.feed.inUse()
	c, err := config.Load(r.app.flags.config)
	if err != nil {
		r.refused = true
		s.log.Warn("the configuration is not used", "why", err)
		s.say(refusal(s.config.WantedPath, err))
		return
	}
	tables := c.Differs(s.config)
	if was := r.refused; len(tables) == 0 {
		if r.refused = false; was {
			s.say("the configuration can be read again, and is as it was")
		}
		if r.offered { // and may wait: it is not wanted any more
			r.offer(ctx, ui.Configuration{})
		}
		return
	}
	r.refused = false
	next := r.app.renewed(ctx, s, c)
	r.made = append(r.made, next)
	s.log.Info("the configuration was changed", "tables", strings.Join(tables, " "))
	o := next.screenOptions(r.feed, next.firstOptions(list.First{}, r.options.NoColor))
	o.Notices, o.Lend, o.Configurations = r.options.Notices, r.options.Lend, r.options.Configurations
	r.offer(ctx, ui.Configuration{Tables: tables, Take: func() (ui.Options, []string) {
		var unread []string
		o.Snapshots, unread = r.feed.use(next)
		return o, unread
	}})
}

func (r *reloader) offer(ctx context.Context, c ui.Configuration) {
	r.offered = c.Take != nil
	select {
	case r.offers <- c:
	case <-ctx.Done():
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

//go:build linux

package main

import (
	"context"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"firstline/sources/demo"
)

// The past that is read: as much as a company of a few hundred developers has.
const (
	pastDays    = 90
	pastEntries = 10 // of each incident
)

// pastCommands are measured once the past is stored.
var pastCommands = [][]string{
	{"report", "--since", "90d"},
	{"report", "--since", "90d", "--by", "person"},
	{"report", "--since", "90d", "--format", "json"},
	{"readiness"},
	{"history", "--incidents", "--since", "90d", "--json"},
}

// measurePast reads a past with `firstline sync`, at the pace that its share of the
// requests allows, and measures what uses it.
func (o *options) measurePast(ctx context.Context, r *results) error {
	return o.inFleet(ctx, size{kind: usual, incidents: 30, alerts: 90}, func(w *trial) error {
		now := time.Now()
		w.fleet.pagerDuty.AddPast(demo.Past{
			From: now.AddDate(0, 0, -pastDays), Until: now.Add(-4 * time.Hour), Incidents: o.past, EntriesEach: pastEntries,
		})
		past := thousands(o.past) + " in the past"
		for program := range o.binaries {
			o.say("syncing %d days with %s incidents", pastDays, thousands(o.past))
			state, before := w.fresh(), w.requests.Load()
			sync, err := w.run(ctx, program, state, "sync", "--since", fmt.Sprintf("%dd", pastDays))
			if err != nil {
				return err
			}
			r.add(program, newMetric("past", syncTime, "min", past), sync.took.Minutes())
			r.add(program, newMetric("past", syncCPU, "s", past), sync.used.Seconds())
			r.add(program, newMetric("past", syncAsked, "", past), float64(w.requests.Load()-before))
			r.add(program, newMetric("past", syncPeak, "MB", past), sync.peakMB)
			bytes, err := bytesIn(state)
			if err != nil {
				return err
			}
			r.add(program, newMetric("past", pastSize, "MB", past), float64(bytes)/1e6)
			for range o.rounds {
				for _, args := range pastCommands {
					done, err := w.run(ctx, program, state, args...)
					if err != nil {
						return err
					}
					what := strings.Join(args, " ")
					r.add(program, newMetric("past", what, "s", past), done.took.Seconds())
					r.add(program, newMetric("past", what+", peak memory", "MB", past), done.peakMB)
				}
			}
		}
		return nil
	})
}

// bytesIn is the size of all files in a directory.
func bytesIn(dir string) (sum int64, err error) {
	err = filepath.WalkDir(dir, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err == nil {
			sum += info.Size()
		}
		return err
	})
	return sum, err
}

// ran is what a command did.
type ran struct {
	output     string
	took, used time.Duration // used is processor time
	peakMB     float64
}

// run runs a command to its end.
func (w *trial) run(ctx context.Context, program int, state string, args ...string) (ran, error) {
	command := w.command(ctx, program, state, args...)
	var out, errOut strings.Builder
	command.Stdout, command.Stderr = &out, &errOut
	begun := time.Now()
	if err := command.Start(); err != nil {
		return ran{}, err
	}
	highest := watchPeak(command.Process.Pid)
	err := command.Wait()
	r := ran{output: out.String(), took: time.Since(begun), peakMB: float64(highest()) / 1e6}
	r.used = command.ProcessState.UserTime() + command.ProcessState.SystemTime()
	switch command.ProcessState.ExitCode() {
	case 0, 3, 4: // 3: something was not read, which the output says; 4: found wanting
		return r, nil
	}
	return r, fmt.Errorf("%s: %w\n%s%s", strings.Join(args, " "), err, out.String(), errOut.String())
}

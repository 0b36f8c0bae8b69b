package escalation

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"firstline/sources"
)

// On is the current level of an open incident.
type On struct {
	// Level counts from 1. It is 0 when unknown, and then Missing says why.
	Level   int
	Missing string
	// Doubts are sentences about why it may be another level.
	Doubts []string
}

// LevelOf returns the current level of an incident in its policy. PagerDuty
// shows it only, and only sometimes, in the log. Otherwise it is the lowest
// level for which an assignee of the incident is on call.
func LevelOf(i sources.Incident, p Policy, entries []sources.LogEntry, now time.Time) On {
	if i.AssignedVia == sources.AssignedDirectly {
		return On{Missing: "it is assigned directly and on no level"}
	}
	onLevels := p.levelsOf(assignees(i), now)
	if logged := loggedLevel(entries); logged > 0 {
		on := On{Level: logged}
		_, missing := p.OnCall(logged, now, now)
		switch {
		case p.Read && logged > len(p.Levels):
			on.doubt(fmt.Sprintf("%s has only %d levels now, and it is on level %d", p.name(), len(p.Levels), logged))
		case missing == "" && len(i.Assignments) > 0 && !slices.Contains(onLevels, logged):
			on.doubt(fmt.Sprintf("nobody who has it is on call at level %d of %s now", logged, p.name()))
		}
		on.delay(i, p, now)
		return on
	}
	switch {
	case !p.OnCallsRead.Read:
		return On{Missing: "who is on call for " + p.name() + " has not been read"}
	case !p.OnCallsRead.Whole():
		return On{Missing: "not all of those on call for " + p.name() + " could be read, because " + p.OnCallsRead.Missing}
	case !i.AssigneesRead():
		return On{Missing: sources.WhoUnknown + " who has it"}
	case len(i.Assignments) == 0:
		return On{Missing: "it is assigned to nobody"}
	case len(onLevels) == 0:
		on := On{Missing: "nobody who has it is on call for " + p.name() + " now"}
		on.doubt(on.Missing)
		return on
	}
	on := On{Level: onLevels[0]}
	if len(onLevels) > 1 && p.ambiguous(i, onLevels, now) {
		on.Doubts = append(on.Doubts, fmt.Sprintf("Who has it is on call at levels %s of %s, so it may be on a later one than level %d.",
			numbers(onLevels), p.name(), on.Level))
	}
	if doubt := p.elsewhere(on.Level, i, now); doubt != "" {
		on.Doubts = append(on.Doubts, doubt)
	}
	on.delay(i, p, now)
	return on
}

// assigned returns when an incident was last assigned, or zero when unknown.
func assigned(i sources.Incident) time.Time {
	var at time.Time
	for _, a := range i.Assignments {
		if a.At.After(at) {
			at = a.At
		}
	}
	return at
}

// elsewhere says why an incident may be on another level than the one for which
// its assignees are on call now: they may have been on call for that level when
// it was assigned. It returns the sentence for the lowest such level.
func (p *Policy) elsewhere(but int, i sources.Incident, now time.Time) string {
	since := assigned(i)
	if since.IsZero() {
		return ""
	}
	covered := map[string]bool{}
	level, doubt := 0, ""
	lower := func(l int, why string) {
		if l != but && (level == 0 || l < level) && !p.cannotBeOn(l, but, i) {
			level, doubt = l, why+", so it may be on that level."
		}
	}
	for _, o := range p.OnCalls {
		if !Covers(o, now) {
			continue
		}
		covered[strconv.Itoa(o.Level)+" "+o.Schedule.ID] = true
		if o.Start.After(since) {
			lower(o.Level, fmt.Sprintf("A turn at level %d of %s began after it was assigned", o.Level, p.name()))
		}
	}
	for n, l := range p.Levels {
		for _, t := range l.Targets {
			if strings.HasPrefix(t.Type, "schedule") && !covered[strconv.Itoa(n+1)+" "+t.ID] {
				lower(n+1, fmt.Sprintf("Nobody is on call by %s at level %d of %s now, and whether somebody was when it was assigned is not known",
					called(t, "a schedule"), n+1, p.name()))
			}
		}
	}
	return doubt
}

// firstAssigned bounds the time from an incident's creation to its first
// assignment.
const firstAssigned = 5 * time.Second

// cannotBeOn reports whether an incident cannot be on level l, although its
// assignee is on call at level on.
func (p *Policy) cannotBeOn(l, on int, i sources.Incident) bool {
	since := assigned(i)
	// A policy begins at its first level with anybody on call.
	began := !i.CreatedAt.IsZero() && since.Sub(i.CreatedAt).Abs() <= firstAssigned
	if began && l > on && slices.ContainsFunc(p.OnCalls, func(o sources.OnCall) bool { return o.Level == on && Covers(o, since) }) {
		return true
	}
	// An acknowledgement delays the escalation and never advances it.
	at, delay := earliest(i, "escalate"), p.delay(l)
	return !at.IsZero() && delay > 0 && at.Before(since.Add(delay-delaySlack))
}

// ambiguous reports whether a level above the lowest of the levels would be
// assigned to the same people as well.
func (p *Policy) ambiguous(i sources.Incident, levels []int, now time.Time) bool {
	for _, level := range levels[1:] {
		people, _ := p.OnCall(level, now, now)
		all := !slices.ContainsFunc(i.Assignments, func(a sources.Assignment) bool {
			return !slices.ContainsFunc(people, func(o Person) bool { return o.User.ID == a.User.ID })
		})
		if all && (len(people) == len(i.Assignments) || p.share(level, len(people), false) != All) {
			return true
		}
	}
	return false
}

// levelsOf returns the levels for which one of the users is on call, lowest
// first.
func (p *Policy) levelsOf(users []sources.Reference, now time.Time) []int {
	var levels []int
	for _, o := range p.OnCalls {
		if Covers(o, now) && slices.ContainsFunc(users, func(u sources.Reference) bool { return u.ID != "" && u.ID == o.User.ID }) {
			levels = append(levels, o.Level)
		}
	}
	slices.Sort(levels)
	return slices.Compact(levels)
}

// loggedLevel returns the level of the last escalation, or 0 when the log does
// not have it or somebody was assigned by name later.
func loggedLevel(entries []sources.LogEntry) int {
	var last *sources.LogEntry
	for n, e := range entries {
		if (e.Type == "escalate" || e.Type == "assign") && (last == nil || e.CreatedAt.After(last.CreatedAt)) {
			last = &entries[n]
		}
	}
	if last == nil {
		return 0
	}
	return last.Level
}

// delaySlack is how far clocks may differ.
const delaySlack = 2 * time.Minute

// delay adds a doubt about the policy when the announced escalation comes
// sooner after the assignment than the level's time, or is further away than
// all of it.
func (on *On) delay(i sources.Incident, p Policy, now time.Time) {
	at, delay := earliest(i, "escalate"), p.delay(on.Level)
	if at.IsZero() || delay == 0 {
		return
	}
	assigned := assigned(i)
	sooner := !assigned.IsZero() && at.Before(assigned.Add(delay-delaySlack))
	if later := at.Sub(now) > delay+delaySlack; sooner || later {
		on.doubt(fmt.Sprintf("level %d of %s waits %d m now, which does not fit when it escalates", on.Level, p.name(), int(delay.Minutes())))
	}
}

func (on *On) doubt(why string) { on.Doubts = append(on.Doubts, drift(why)) }

// drift returns the sentence that the policy may have been different when the
// incident was triggered.
func drift(why string) string {
	return "The order may differ, because it uses the policy as it was when it was triggered: " + why + "."
}

// numbers joins levels for a sentence: "1 and 2", "1, 2 and 4".
func numbers(levels []int) string {
	words := make([]string, len(levels))
	for n, l := range levels {
		words[n] = strconv.Itoa(l)
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

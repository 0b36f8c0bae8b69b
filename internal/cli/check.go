package cli

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"firstline/internal/config"
	"firstline/internal/merged"
	"firstline/internal/respond"
	"firstline/internal/triage"
	"firstline/internal/wording"
	"firstline/sources"
)

// verdict is how one thing that was checked is.
type verdict string

// The verdicts. Only wrong makes the check fail.
const (
	fine verdict = "ok"
	// unsure is for what could not be measured, and need not be.
	unsure verdict = "unknown"
	mind   verdict = "mind"
	wrong  verdict = "wrong"
)

var marks = map[verdict]string{fine: "✓", unsure: "?", mind: "!", wrong: "✗"}

// finding is one line of the check.
type finding struct {
	// Name is what was checked, such as a source's name.
	Name    string  `json:"name"`
	Verdict verdict `json:"verdict"`
	// Sentence says what was found and, where something is wrong, what to do.
	Sentence string `json:"sentence"`
}

type checkOutputJSON struct {
	OK     bool      `json:"ok"`
	Checks []finding `json:"checks"`
}

func (a *app) checkCommand() *cobra.Command {
	var asJSON, self, schema, message bool
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Check the configuration, the access and the rules",
		Long: `Checks what firstline needs, changing nothing: the configuration, each source,
who you are in PagerDuty, the policies to escalate to, the runbooks, alerts whose
owner is unknown, and alerting rules that fail.

With --self it checks firstline itself instead: the state file and its journal, actions
whose outcome is unknown, the age of the stored history, how much of PagerDuty's request
limit is used, slow sources, and crashes.

With --attention it tries instead how you hear of changes: it rings the bell, and has the
terminal and the desktop show a message, as [attention] says (docs/attention.md).

With --schema it checks nothing, and prints a JSON schema of the configuration file for
editors: see docs/configuration.md.

✓ is right, ? is not known, ! needs attention, ✗ is wrong.

Exit status: 0 nothing is wrong, 1 something is, 2 wrong usage; with --self and
--attention 4 when something needs attention.`,
		Example: `  firstline check
  firstline check --self
  firstline check --attention
  firstline check --schema > config.schema.json`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if schema && (self || asJSON || message) {
				return usagef("--schema prints the schema and checks nothing: leave out the other flags")
			}
			if self && message {
				return usagef("--self and --attention are two checks: leave out one")
			}
			if schema {
				return a.printSchema()
			}
			return a.withSettled(cmd.Context(), func(ctx context.Context, s *setup) error {
				c := &checker{s: s}
				switch {
				case self:
					c.self(ctx)
				case message:
					c.attention(ctx, a)
				default:
					c.all(ctx)
				}
				return a.printFindings(c.findings, self || message, asJSON)
			})
		},
	}
	cmd.Flags().BoolVar(&self, "self", false, "check firstline itself: journal, outcomes, history, requests, slow sources")
	cmd.Flags().BoolVar(&message, "attention", false, "try how you hear of changes: bell, messages of terminal and desktop")
	cmd.Flags().BoolVar(&schema, "schema", false, "print a JSON schema of the configuration file")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON (docs/json.md)")
	return cmd
}

func (a *app) printSchema() error {
	schema, err := config.Schema(a.example)
	if err != nil {
		return err
	}
	if _, err := a.out.Write(schema); err != nil {
		return fmt.Errorf("writing the schema: %w", err)
	}
	return nil
}

// printFindings prints what was checked. Where wanting is set, what needs attention is
// enough for a status of its own.
func (a *app) printFindings(findings []finding, wanting, asJSON bool) error {
	status := exitDone
	for _, f := range findings {
		switch {
		case f.Verdict == wrong:
			status = exitFailed
		case f.Verdict == mind && wanting && status == exitDone:
			status = exitWanting
		}
	}
	out := checkOutputJSON{OK: status == exitDone, Checks: findings}
	if asJSON {
		if err := writeJSON(a.out, out); err != nil {
			return err
		}
	} else {
		for _, f := range findings {
			if _, err := fmt.Fprintf(a.text(), "%s %s: %s\n", a.mark(f.Verdict), oneLine(f.Name), oneLine(f.Sentence)); err != nil {
				return fmt.Errorf("writing the check: %w", err)
			}
		}
	}
	return exit(status)
}

func (a *app) mark(v verdict) string {
	colours := map[verdict]string{fine: "32", unsure: "36", mind: "33", wrong: "1;31"}
	if !a.colour() {
		return marks[v]
	}
	return "\x1b[" + colours[v] + "m" + marks[v] + "\x1b[0m"
}

// checker gathers the findings.
type checker struct {
	s        *setup
	findings []finding
}

func (c *checker) add(name string, v verdict, format string, a ...any) {
	c.findings = append(c.findings, finding{Name: name, Verdict: v, Sentence: oneLine(fmt.Sprintf(format, a...))})
}

func (c *checker) all(ctx context.Context) {
	c.configuration()
	if len(c.s.readers) == 0 {
		c.add("sources", wrong, "%v", c.s.needSource())
		c.runbooks(ctx)
		return
	}
	l := c.s.read(ctx)
	for _, snap := range l.snapshots {
		c.source(snap)
	}
	c.clusters(l.snapshots)
	w := respond.NewData(l.snapshots, c.s.settings, l.at)
	for _, client := range c.s.clients {
		if slices.ContainsFunc(l.snapshots, func(snap sources.Snapshot) bool { return snap.Source == client.Source() && snap.Err == nil }) {
			c.account(ctx, client)
		}
	}
	c.policies(w)
	c.stages(w)
	c.runbooks(ctx)
	if l.status() != exitFailed {
		c.owners(l, w)
		c.firing(l)
		c.holders(l)
		c.rules(l)
	}
}

func (c *checker) configuration() {
	switch {
	case c.s.demo:
		c.add("configuration", fine, "the demo brings its own")
	case c.s.config.Path == "" && c.s.config.HasSource():
		c.add("configuration", fine, "there is no file, and the environment is enough; one would be read at %s", c.s.config.WantedPath)
	case c.s.config.Path == "":
		c.add("configuration", mind, "there is no file: firstline init makes one at %s", c.s.config.WantedPath)
	default:
		c.add("configuration", fine, "%s is valid", c.s.config.Path)
	}
}

// source reports whether a source answered, and with how much.
func (c *checker) source(snap sources.Snapshot) {
	if !snap.OK() {
		c.add(snap.Source.Name, wrong, "%s", strings.TrimPrefix(failure(snap), snap.Source.Name+": "))
		return
	}
	d := snap.Data
	switch snap.Source.Kind {
	case sources.PagerDuty:
		e := d.Extents
		c.add(snap.Source.Name, fine, "answers: %s, %s, %s",
			atLeast(len(d.Incidents), "open incident", e.Incidents), atLeast(len(d.Services), "service", e.Services), atLeast(len(d.Policies), "escalation policy", e.Policies))
		for _, sentence := range missingFrom(snap) {
			c.add(snap.Source.Name, mind, "%s", sentence)
		}
	case sources.Prometheus:
		c.add(snap.Source.Name, fine, "answers: %s, %s", atLeast(len(d.Alerts), "alert", d.Extents.Alerts), atLeast(len(d.Rules), "alerting rule", d.Extents.Rules))
	default:
		c.add(snap.Source.Name, fine, "answers: %s, %s", atLeast(len(d.Alerts), "alert", d.Extents.Alerts), atLeast(len(d.Silences), "silence", d.Extents.Silences))
	}
	if d.ClockOffset != 0 {
		c.add(snap.Source.Name, mind, "its clock is %s this machine's: ages and times are off by that", clockOffset(d.ClockOffset))
	}
	for _, w := range d.Warnings {
		c.add(snap.Source.Name, mind, "%s", w)
	}
}

// atLeast counts what a list has, and says where there may be more.
func atLeast(n int, noun string, e sources.Extent) string {
	if e.Whole() {
		return wording.Count(n, noun)
	}
	return "at least " + wording.Count(n, noun)
}

// clusters reports which Alertmanagers share their silences, and which are
// separate.
func (c *checker) clusters(snapshots []sources.Snapshot) {
	read := slices.DeleteFunc(slices.Clone(snapshots), func(s sources.Snapshot) bool { return !s.OK() })
	clusters := merged.Clusters(read)
	var names []string
	for _, cluster := range clusters {
		names = append(names, cluster.Name())
		if len(cluster.Members) > 1 {
			c.add(cluster.Name(), fine, "is in one cluster with %s: a silence is made once for all", strings.Join(cluster.Members[1:], ", "))
		}
	}
	if len(names) > 1 {
		c.add("alertmanagers", fine, "%s are not a cluster and are separate: if alerts with equal labels are the same, give both the same labels under [[alertmanager]]", strings.Join(names, ", "))
	}
}

// clockOffset says how far a clock is off.
func clockOffset(d time.Duration) string {
	if d < 0 {
		return (-d).Round(time.Second).String() + " behind"
	}
	return d.Round(time.Second).String() + " ahead of"
}

// firing lists the incidents for which it is unknown whether they still fire.
func (c *checker) firing(l reading) {
	because := map[string][]string{}
	for i := range l.groups {
		if g := &l.groups[i]; g.FiringUnknown() != "" && len(g.AlertNames()) > 0 {
			because[g.FiringUnknown()] = append(because[g.FiringUnknown()], nameOf(*g))
		}
	}
	for _, why := range slices.Sorted(maps.Keys(because)) {
		names := because[why]
		slices.Sort(names)
		c.add("firing", mind, "whether %s still fires is unknown: %s", named(slices.Compact(names)), why)
	}
}

// holders lists the incidents that are assigned to nobody, and those for which
// this is unknown.
func (c *checker) holders(l reading) {
	because := map[string][]string{}
	var unheld, unknown []string
	for i := range l.groups {
		g := &l.groups[i]
		if why, proven := g.NobodyNotified(); proven {
			because[why] = append(because[why], nameOf(*g))
		} else if g.NobodyHas() {
			unheld = append(unheld, nameOf(*g))
		}
		if in := g.Incident; in != nil && in.Status == sources.Triggered && !in.AssigneesRead() {
			unknown = append(unknown, nameOf(*g))
		}
	}
	for _, why := range slices.Sorted(maps.Keys(because)) {
		names := because[why]
		slices.Sort(names)
		c.add("notified", mind, "nobody was notified of %s: %s", named(slices.Compact(names)), oneLine(why))
	}
	if len(unheld) > 0 {
		slices.Sort(unheld)
		c.add("notified", mind, "%s: assigned to nobody, why is unknown", named(slices.Compact(unheld)))
	}
	if len(unknown) > 0 {
		slices.Sort(unknown)
		c.add("notified", mind, "who has %s is unknown, because %s", named(slices.Compact(unknown)), sources.WhoUnknown)
	}
}

// nameOf is what a person calls a group: its alerts, else its title.
func nameOf(g triage.Group) string {
	if names := g.AlertNames(); len(names) > 0 {
		return oneLine(strings.Join(names, "+"))
	}
	return g.Headline()
}

func named(names []string) string {
	if len(names) > maxNamed {
		return strings.Join(names[:maxNamed], ", ") + fmt.Sprintf(" and %d more", len(names)-maxNamed)
	}
	return strings.Join(names, ", ")
}

// rules lists the alerting rules that fail.
func (c *checker) rules(l reading) {
	failing := 0
	for _, snap := range l.snapshots {
		for _, r := range snap.Data.Rules {
			if fault := r.Fault(snap.Clock(l.at)); fault != "" {
				failing++
				v := mind
				if r.LastError != "" || strings.EqualFold(r.Health, "err") {
					v = wrong
				}
				c.add("rule "+r.Name, v, "%s: it %s; what it would show is unknown", snap.Source.Name, fault)
			}
		}
	}
	var rules, unread bool
	for _, snap := range l.snapshots {
		rules = rules || len(snap.Data.Rules) > 0
		unread = unread || snap.Source.Kind == sources.Prometheus && (!snap.OK() || !snap.Data.Extents.Rules.Whole())
	}
	switch {
	case failing > 0 || !rules:
	case unread:
		c.add("rules", mind, "all alerting rules that are known evaluate, and not all are known")
	default:
		c.add("rules", fine, "all alerting rules evaluate")
	}
}

package cli

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"firstline/internal/clean"
	"firstline/internal/config"
	"firstline/internal/merged"
	"firstline/internal/respond"
	"firstline/internal/triage"
	"firstline/internal/wording"
	"firstline/sources"
	"firstline/sources/pagerduty"
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

// account reports the user in PagerDuty and what the token cannot do.
func (c *checker) account(ctx context.Context, client *pagerduty.Client) {
	ctx, cancel := context.WithTimeout(ctx, readTime)
	defer cancel()
	report, err := client.Check(ctx)
	name := client.Source().Name
	if err != nil {
		c.add(name, wrong, "%s", sources.Sentence(err))
		return
	}
	if me := report.Me; me != nil {
		c.add(name, fine, "you are %s (%s), with the token of a %s", me.Name, me.Email, tokenOwner(report.Token))
	}
	if report.Proof != "" {
		c.add(name, fine, "%s", report.Proof)
	}
	for _, missing := range report.Missing {
		v := mind
		if report.Me == nil {
			v = wrong // nothing can be done as nobody
		}
		c.add(name, v, "%s", missing)
	}
}

func tokenOwner(kind pagerduty.TokenKind) string {
	switch kind {
	case pagerduty.UserToken:
		return "user"
	case pagerduty.AccountToken:
		return "whole account"
	}
	return "kind that is unknown"
}

// policies reports whether there is somebody to escalate to.
func (c *checker) policies(w respond.Data) {
	if !w.PagerDuty {
		return
	}
	// What can't be read is reported with its source.
	accounts := slices.DeleteFunc(w.Accounts(), func(one respond.Data) bool { return one.PagerDutyErr != nil })
	if len(accounts) == 0 {
		return
	}
	if c.s.config.FirstLine.EscalationPolicy == "" {
		_, err := respond.ResolveTarget(respond.Target{Kind: respond.ToFirstLine}, w)
		c.add("first line", mind, "%v", err)
	} else {
		for _, one := range accounts {
			c.firstLine(one)
		}
	}
	for _, rule := range c.s.config.Services {
		c.ofService(rule, w, accounts)
	}
}

// firstLine reports whether first line can be escalated to in an account.
func (c *checker) firstLine(w respond.Data) {
	name := in("first line", w)
	t, err := respond.ResolveTarget(respond.Target{Kind: respond.ToFirstLine}, w)
	if err != nil {
		c.add(name, unless(w.Extents.Policies, wrong), "%v", err)
		return
	}
	c.escalatesTo(name, t, w)
}

// in names what is checked in an account, where there are several.
func in(name string, one respond.Data) string {
	if one.Account == "" {
		return name
	}
	return name + " in " + one.Account
}

// ofService reports whether the policy and the service of a [[service]] are in one of the
// accounts. extents are those of all: what is nowhere may be in one that was not read.
func (c *checker) ofService(rule triage.ServiceRule, all respond.Data, accounts []respond.Data) {
	name := "service " + rule.Name
	var fault error
	found := false
	for _, one := range accounts {
		if rule.Policy == "" {
			break
		}
		t, err := respond.ResolveTarget(respond.Target{Kind: respond.ToPolicy, ID: rule.Policy}, one)
		if err != nil {
			if fault == nil {
				fault = err
			}
			continue
		}
		found = true
		c.escalatesTo(in(name, one), t, one)
	}
	if !found && fault != nil {
		c.add(name, unless(all.Extents.Policies, wrong), "%v", fault)
	}
	if rule.PagerDuty != "" && !slices.ContainsFunc(all.Services, func(s sources.Service) bool {
		return s.ID == rule.PagerDuty || strings.EqualFold(s.Name, rule.PagerDuty)
	}) {
		if all.Extents.Services.Whole() {
			c.add(name, wrong, "PagerDuty has no service %q: correct pagerduty in its [[service]]", rule.PagerDuty)
		} else {
			c.add(name, mind, "whether PagerDuty has a service %q is not known, because %s", rule.PagerDuty, all.Extents.Services.Why())
		}
	}
}

// escalatesTo reports whether somebody is on call for the policy of a target.
func (c *checker) escalatesTo(name string, t respond.Target, w respond.Data) {
	policy := "the policy " + t.PolicyID
	if i := slices.IndexFunc(w.Policies, func(p sources.Policy) bool { return p.ID == t.PolicyID }); i >= 0 && w.Policies[i].Name != "" {
		policy = fmt.Sprintf("the policy %s (%s)", clean.Line(w.Policies[i].Name), t.PolicyID)
	}
	nobody, unknown := respond.NobodyOnCall(t.PolicyID, t.Name, w)
	switch {
	case nobody:
		c.add(name, mind, "escalates to %s, which has nobody on call now", policy)
	case unknown != "":
		c.add(name, mind, "escalates to %s; %s", policy, unknown)
	default:
		c.add(name, fine, "escalates to %s", policy)
	}
}

// unless is the verdict on what is not in a list: only to mind where the list
// is not whole.
func unless(e sources.Extent, v verdict) verdict {
	if e.Whole() {
		return v
	}
	return mind
}

// maxNamed is how many names one line lists.
const maxNamed = 8

// owners lists the alerts without a known owner.
func (c *checker) owners(l reading, w respond.Data) {
	var without, lost []string
	for _, g := range l.groups {
		unknown := g.Service == ""
		if w.PagerDuty && w.PagerDutyErr == nil {
			_, err := respond.OwnerOf(g, w.For(respond.Request{Groups: []triage.Group{g}}))
			unknown = err != nil
		}
		switch {
		case unknown && g.OwnerPolicyTyped != "":
			lost = append(lost, nameOf(g))
		case unknown:
			without = append(without, nameOf(g))
		}
	}
	slices.Sort(lost)
	if lost = slices.Compact(lost); len(lost) > 0 {
		c.add("owners", mind, "the owner of %s can't be reached: the escalation_policy of its [[service]] was not found", named(lost))
	}
	slices.Sort(without)
	without = slices.Compact(without)
	switch {
	case len(without) > 0:
		c.add("owners", mind, "the owner of %s is unknown: write a [[service]] with match and escalation_policy", named(without))
	case len(lost) > 0:
	case l.status() != exitDone:
		c.add("owners", mind, "each of %s that are known has an owner, and not all are known", wording.Count(len(l.groups), "group"))
	default:
		c.add("owners", fine, "each of %s has an owner", wording.Count(len(l.groups), "group"))
	}
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

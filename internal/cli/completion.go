package cli

import (
	"context"
	"io"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/spf13/cobra"

	"firstline/internal/clean"
	"firstline/internal/store"
	"firstline/internal/triage"
	"firstline/internal/wording"
	"firstline/sources"
)

// completionTime bounds the search for what a word may become: a person has pressed a
// key and waits.
const completionTime = 1500 * time.Millisecond

// mostCandidates is how many are offered at most.
const mostCandidates = 500

// completing is what is known when a word is completed.
type completing struct {
	*setup
	reading
	// args are the arguments before the word, typed is its beginning.
	args  []string
	typed string
}

// candidates are what a word may become.
type candidates func(c *completing) []cobra.Completion

// completes makes a completion of candidates. It says nothing, and where nothing is known
// there are none.
func (a *app) completes(of candidates, directive cobra.ShellCompDirective) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		ctx, cancel := context.WithTimeout(cmd.Context(), completionTime)
		defer cancel()
		a.errOut, a.completing = io.Discard, true
		s, err := a.newSetup(ctx)
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		defer s.close()
		c := &completing{setup: s, reading: s.lastStoredOrRead(ctx), args: args, typed: typed}
		var fits []cobra.Completion
		for _, one := range of(c) {
			value, _, _ := strings.Cut(one, "\t")
			if strings.HasPrefix(value, typed) && !slices.ContainsFunc(fits, func(other string) bool { return strings.HasPrefix(other+"\t", value+"\t") }) && len(fits) < mostCandidates {
				fits = append(fits, one)
			}
		}
		return fits, directive | cobra.ShellCompDirectiveNoFileComp
	}
}

// lastStoredOrRead is what an earlier run stored of each source. Where nothing is stored
// the source is read, unless that may ask a person something.
func (s *setup) lastStoredOrRead(ctx context.Context) reading {
	l := reading{snapshots: make([]sources.Snapshot, len(s.readers))}
	unread := *s
	unread.readers = nil
	path := s.statePath()
	for i, r := range s.readers {
		snap, ok, err := store.ReadSnapshot(ctx, path, r.Source())
		switch {
		case !s.demo && ok && err == nil:
			l.snapshots[i] = snap
		case r.Source().Kind == sources.PagerDuty && !s.demo && !s.accountOf(r.Source()).AsksNobody():
			l.snapshots[i] = sources.Snapshot{Source: r.Source()}
		default:
			unread.readers = append(unread.readers, r)
		}
	}
	if len(unread.readers) > 0 {
		for _, snap := range unread.read(ctx).snapshots {
			i := slices.IndexFunc(s.readers, func(r reader) bool { return r.Source() == snap.Source })
			l.snapshots[i] = snap
		}
	}
	l.at = s.now()
	l.groups = triage.Join(l.snapshots, s.triage, l.at)
	return l
}

// candidate is one word with what it is, where the word can be typed in any shell. The
// shells quote what is inserted, each in its own way, and not all everywhere: a name
// from outside must never become a command.
func candidate(word, what string) (cobra.Completion, bool) {
	if word == "" || strings.HasPrefix(word, "-") || strings.ContainsAny(word, "$`\\\"';&|<>!*?[]{}") || clean.Line(word) != word ||
		strings.ContainsFunc(word, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return "", false
	}
	if what = wording.Shorten(oneLine(what), 70); what == "" {
		return word, true
	}
	return word + "\t" + what, true
}

// offers are candidates.
type offers []cobra.Completion

func (w *offers) add(word, what string) {
	if one, ok := candidate(word, what); ok {
		*w = append(*w, one)
	}
}

// targetWords are the groups, but for those that are arguments already: the number of the
// incident where it is that of no other, else the id.
func targetWords(c *completing) []cobra.Completion {
	var w offers
	for i := range c.groups {
		g := &c.groups[i]
		names := []string{g.ID}
		if number := numberCell(g, table{}); number != "" && c.isTarget(number) {
			names = []string{number, g.ID}
		}
		if slices.ContainsFunc(names, func(name string) bool { return slices.Contains(c.args, name) || slices.Contains(c.args, "#"+name) }) {
			continue
		}
		for _, name := range names {
			// The id is offered to those who began to type it.
			if name == names[0] || c.typed != "" {
				w.add(name, c.ofAccount(g, string(g.State)+", "+g.ServiceLabel()+": "+g.RowTitle(triage.Shared{})))
			}
		}
	}
	return w
}

// isTarget reports whether a number names one group, as far as all accounts are known.
func (c *completing) isTarget(number string) bool {
	t, err := parseTarget(number)
	if err == nil {
		_, _, err = c.findGroup(t)
	}
	return err == nil
}

// incidentWords are the incidents among the groups.
func incidentWords(c *completing) []cobra.Completion {
	c.groups = slices.DeleteFunc(slices.Clone(c.groups), func(g triage.Group) bool { return g.Incident == nil })
	return targetWords(c)
}

// directory is what PagerDuty has beside incidents.
func (c *completing) directory() *sources.Data {
	all := &sources.Data{}
	for i := range c.snapshots {
		d := &c.snapshots[i].Data
		all.Users, all.Teams = append(all.Users, d.Users...), append(all.Teams, d.Teams...)
		all.Services, all.Policies = append(all.Services, d.Services...), append(all.Policies, d.Policies...)
		all.Priorities = append(all.Priorities, d.Priorities...)
	}
	return all
}

// whomWords are whom a group is escalated or handed off to.
func whomWords(c *completing) []cobra.Completion {
	var w offers
	w.add("first-line", "the first line of the configuration")
	w.add("owner", "the team that owns the service")
	w.add("next-on-call", "who is on call next")
	// Each account has its own, and what several have is offered once.
	var words []string
	what := map[string][]string{}
	add := func(word, of, account string) {
		if c.severalAccounts() {
			of = strings.TrimSpace(of + " (" + account + ")")
		}
		if what[word] == nil {
			words = append(words, word)
		}
		what[word] = append(what[word], of)
	}
	for i := range c.snapshots {
		d, account := &c.snapshots[i].Data, c.snapshots[i].Source.Name
		for _, u := range d.Users {
			add("user:"+u.Email, u.Name, account)
		}
		for _, t := range d.Teams {
			add("team:"+t.Name, "team", account)
		}
		for _, p := range d.Policies {
			add("policy:"+p.ID, p.Name, account)
		}
	}
	for _, word := range words {
		w.add(word, strings.Join(what[word], ", "))
	}
	return w
}

func serviceWords(c *completing) []cobra.Completion {
	var w offers
	for i := range c.config.Services {
		w.add(c.config.Services[i].Name, "service of the configuration")
	}
	for _, s := range c.directory().Services {
		w.add(s.Name, "service of PagerDuty")
	}
	return w
}

func teamWords(c *completing) []cobra.Completion {
	var w offers
	for _, t := range c.directory().Teams {
		w.add(t.Name, "team")
	}
	return w
}

// onCallWords are what oncall takes.
func onCallWords(c *completing) []cobra.Completion {
	return slices.Concat(teamWords(c), serviceWords(c), policyWords(c))
}

func policyWords(c *completing) []cobra.Completion {
	var w offers
	for _, p := range c.directory().Policies {
		w.add(p.Name, "escalation policy")
	}
	return w
}

func userWords(c *completing) []cobra.Completion {
	var w offers
	for _, u := range c.directory().Users {
		w.add(u.Name, u.Email)
	}
	return w
}

func priorityWords(c *completing) []cobra.Completion {
	var w offers
	for _, p := range c.directory().Priorities {
		w.add(p.Name, "priority")
	}
	return w
}

func silenceWords(c *completing) []cobra.Completion {
	var w offers
	for i := range c.snapshots {
		for _, one := range c.snapshots[i].Data.Silences {
			if one.State != "expired" {
				w.add(one.ID, one.CreatedBy+": "+one.Comment)
			}
		}
	}
	return w
}

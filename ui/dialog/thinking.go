package dialog

import (
	"context"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/execute"
	"firstline/internal/respond"
	"firstline/sources"
	"firstline/ui/reply"
)

// thinking is the part of a dialog that is worked out off the loop: who the
// candidates are, and what the plan is.
type thinking struct {
	// wanted counts what was asked for, known what is there.
	wanted, done int
	loading      reply.Loader
	data         *respond.Data
	// facts are what was read for requests with factsKey.
	facts    respond.Facts
	factsKey string
	Plan     respond.Plan
	// Shown is since when the plan is one that could be sent to these people.
	Shown time.Time
	// choices are the plan's. They stay after one of them was taken.
	choices []respond.Choice
	// never is why nothing comes of the action, whatever is chosen or written; empty
	// where that decides.
	never string
}

// Rethink says that the plan or the candidates are not those wanted any more.
func (t *thinking) Rethink() { t.wanted++ }

// stale reports whether the plan on the screen is older than what was typed.
func (t *thinking) stale() bool { return t.done != t.wanted }

// thought is what was worked out for a dialog.
type thought struct {
	number  int
	data    *respond.Data
	plan    respond.Plan
	planned bool
	// offers are those of the question.
	question int
	offers   []offer
	facts    respond.Facts
	factsKey string
	never    string
}

// think starts working out what is not known, one at a time.
func (d *Dialog) think(ctx context.Context, snapshots func() []sources.Snapshot) tea.Cmd {
	if d.loading.Busy() || !d.stale() || d.sending || d.finished {
		return nil
	}
	now := d.TimeNow()
	var (
		number          = d.wanted
		data            = d.data
		settings        = d.options.Respond
		answered        = d.Answered()
		unwritten       = d.hasText() && d.unwritten() && !d.hasMatchers()
		planning        = answered || d.Field == MatcherField
		facts, factsKey = d.facts, d.factsKey
		incidents       sources.Incidents
		journal         execute.Journal
		location        = d.Location
		undo            = d.undo
		times           = d.Times() // of this moment: the screen may learn another zone meanwhile
		clock           = func(t time.Time) string { return times.Near(t, now) }
		request         = d.Request()
		asked           = d.question
		picking         = d.Field == pickField
		query           = d.picker.Value()
		find            func(lookup) []offer
		list            []sources.Snapshot
	)
	if d.options.Doer != nil {
		incidents, journal = d.options.Doer.Incidents, d.options.Doer.Journal
	}
	if picking {
		find = d.questions[d.question].find
	}
	if data == nil {
		list = snapshots()
	}
	return reply.Start(&d.loading, func() thought {
		m := thought{number: number, data: data, question: asked}
		if m.data == nil {
			w := respond.NewData(list, settings, now)
			m.data = &w
		}
		if picking {
			of := m.data.For(request)
			m.offers = find(lookup{
				data: of, query: query, request: request, now: now, clock: clock, location: location,
				users: findUsers(ctx, sources.OfAccount(incidents, of.Account)),
			})
		}
		if undo == nil {
			m.never = respond.WhyNever(request, *m.data)
		}
		switch {
		case m.never != "" && (!answered || unwritten):
			m.plan, m.planned = respond.Refusing(request, *m.data, m.never), true
		case undo != nil:
			ctx, cancel := context.WithTimeout(ctx, readTime)
			facts, fault := respond.ReadUndoFacts(ctx, incidents, undo.plan, undo.results, *m.data)
			cancel()
			var cannot []string
			m.plan, cannot = respond.UndoOf(undo.plan, undo.results, *m.data, facts)
			m.plan.Warnings = append(cannot, m.plan.Warnings...)
			m.planned = true
			if fault != nil && m.plan.Refused == "" {
				m.plan.Refused = notRead(fault)
			}
		case planning:
			m.facts, m.factsKey = facts, factsKey
			fault := m.readFacts(ctx, incidents, &request)
			// What can't be read here is read once more before anything is sent.
			ctx, cancel := context.WithTimeout(ctx, readTime)
			request.Facts.Notes, _ = execute.ReadNotes(ctx, incidents, journal, request, *m.data)
			cancel()
			m.plan, m.planned = respond.NewPlan(request, *m.data), true
			if fault != nil {
				m.plan.Refused = notRead(fault)
			}
		}
		return m
	}, reply.Nothing(d.accept))
}

func notRead(fault error) string {
	return "What is needed for this could not be read: " + sources.Sentence(fault)
}

// findUsers looks for users in PagerDuty.
func findUsers(ctx context.Context, incidents sources.Incidents) func(string) ([]sources.User, sources.Extent, error) {
	if incidents == nil {
		return nil
	}
	return func(query string) ([]sources.User, sources.Extent, error) {
		ctx, cancel := context.WithTimeout(ctx, readTime)
		defer cancel()
		return incidents.FindUsers(ctx, query)
	}
}

// readTime bounds what is read for one plan.
const readTime = 20 * time.Second

// readFacts reads what the request needs besides the sources, unless it was read for
// the same before.
func (m *thought) readFacts(ctx context.Context, incidents sources.Incidents, request *respond.Request) error {
	key := respond.FactsKey(*request, *m.data)
	if key != m.factsKey {
		ctx, cancel := context.WithTimeout(ctx, readTime)
		defer cancel()
		facts, err := respond.ReadFacts(ctx, incidents, *request, *m.data)
		if err != nil {
			return err
		}
		m.facts, m.factsKey = facts, key
	}
	request.Facts = m.facts
	return nil
}

// accept takes what was worked out. Where more was asked for since, the next
// think follows.
func (d *Dialog) accept(m thought) {
	before := d.refusedBefore()
	d.done = m.number
	d.data, d.never = m.data, m.never
	if d.Field == pickField && m.question == d.question {
		d.Offers = m.offers
		d.fitChosen()
		if m.never == "" && d.takeGiven() {
			return
		}
	}
	if !m.planned {
		return
	}
	d.facts, d.factsKey = m.facts, m.factsKey
	if d.confirmed != "" && d.confirmed != confirmText(m.plan) {
		// What was said yes to is not what would be done.
		d.confirmed = ""
		d.Rethink()
	}
	if !d.Plan.Ready() || notifiedNow(d.Plan) != notifiedNow(m.plan) {
		d.surprise = d.Field == SendField && d.Plan.Ready()
		d.Shown = d.TimeNow()
	}
	d.Plan = m.plan
	d.suggestMatchers()
	switch refused := d.refusedBefore(); {
	case refused:
		d.focus(SendField)
	case before: // and now something can
		d.focus(d.fields()[0])
	}
	if len(d.Plan.Choices) > 0 {
		first := len(d.choices) == 0
		d.choices = d.Plan.Choices
		if first {
			d.choice = max(slices.IndexFunc(d.choices, func(c respond.Choice) bool { return c.Refused == "" }), 0)
		}
		if d.Field == SendField && d.instead == respond.ChooseLater {
			d.focus(choiceField)
		}
	}
}

// notifiedNow is whom a plan wakes at once, to notice when that changes.
func notifiedNow(p respond.Plan) string {
	var b strings.Builder
	for _, notification := range p.Recipients {
		if notification.Now {
			b.WriteString(notification.UserID + "\x00")
		}
	}
	return b.String()
}

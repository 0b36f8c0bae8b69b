package pane

import (
	"context"
	"maps"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/triage"
	"firstline/internal/wanted"
	"firstline/runbooks"
	"firstline/ui/reply"
	"firstline/ui/room"
)

// trail is how the runbook of one group is read: where links led to, whose
// labels fill it, and which step is next.
type trail struct {
	back, forward []visit
	// here is the runbook that a link led to; nil: the group's own runbook.
	here *runbooks.Match
	// raw shows the text as it was written, whole all of a file of many alerts.
	raw, whole bool
	// labels are those of the alert that was chosen; nil: what all alerts of
	// the group share.
	labels map[string]string
	// typed are the values that the person typed, by the names of placeholders. The map
	// is never changed, because the runbook is filled off the loop.
	typed map[string]string
	// step is the ID of the step under the cursor; empty: none yet.
	step string
	// taken counts how far the codes of a step were chosen, by the title of the choice
	// and the step's ID.
	taken map[string]int
}

// visit is a runbook that was left, and how far it was read.
type visit struct {
	match  *runbooks.Match
	offset int
	whole  bool
}

// trail is the trail of the group that is shown.
func (p *RunbookTab) trail() *trail { return p.trailOf(p.Made.groupID) }

func (p *RunbookTab) trailOf(id string) *trail {
	r := p.trails[id]
	if r == nil {
		r = &trail{}
		p.trails[id] = r
	}
	return r
}

// visit shows a runbook and remembers the one that is left.
func (p *RunbookTab) visit(m *runbooks.Match) {
	r := p.trail()
	r.back = append(r.back, visit{r.here, p.Offset(), r.whole})
	r.forward = nil
	r.here, r.step, r.whole = m, "", false
	p.arrive(-1)
}

// travel goes back or forward along the runbooks that were visited.
func (p *RunbookTab) travel(from, to *[]visit) {
	r := p.trail()
	if len(*from) == 0 {
		return
	}
	last := (*from)[len(*from)-1]
	*from = (*from)[:len(*from)-1]
	*to = append(*to, visit{r.here, p.Offset(), r.whole})
	r.here, r.step, r.whole = last.match, "", last.whole
	p.arrive(last.offset)
}

// arrive asks for another runbook of the same group, to be read from a line on;
// -1: from where its reading begins.
func (p *RunbookTab) arrive(offset int) {
	p.arriving = &offset
	p.Find.Clear()
	p.Invalidate()
}

// fillLabels are the labels that fill a group's runbook.
func (r *trail) fillLabels(g triage.Group) map[string]string {
	for _, a := range g.Alerts {
		if r.labels != nil && maps.Equal(a.Labels, r.labels) {
			return r.labels
		}
	}
	return triage.CommonLabels(g.Alerts)
}

// mostLookups bounds what is remembered of the web.
const mostLookups = 64

// webLookup is what asking the web for a group's runbook came to.
type webLookup struct {
	match runbooks.Match
	ok    bool
	err   error
}

func lookupKey(groupID, address string) string { return groupID + "\x00" + address }

// fetchRunbook reads the shown group's runbook from the web when it has to be, one
// at a time.
func (p *RunbookTab) fetchRunbook(ctx context.Context) tea.Cmd {
	if !p.ready() || p.Looking.Busy() || p.part().waiting == "" {
		return nil
	}
	key := lookupKey(p.Group.ID, p.part().waiting)
	if _, asked := p.lookups[key]; asked {
		return nil
	}
	library, query := p.Options.Library, wanted.Of(*p.Group)
	return reply.Start(&p.Looking, func() webLookup {
		m, ok, err := library.Lookup(ctx, query)
		return webLookup{m, ok, err}
	}, reply.Nothing(func(found webLookup) { p.takeLookup(key, found) }))
}

func (p *RunbookTab) takeLookup(key string, found webLookup) {
	if len(p.lookups) >= mostLookups {
		clear(p.lookups)
	}
	p.lookups[key] = found
	p.Invalidate()
}

// forgetLookups asks the web again: for all, or for what failed.
func (p *RunbookTab) forgetLookups(all bool) {
	if all {
		p.Looking.Drop()
	}
	maps.DeleteFunc(p.lookups, func(_ string, l webLookup) bool { return all || l.err != nil || l.match.Notice != "" })
}

// followed says where a link led to.
type followed struct {
	destination string
	from        *runbooks.Runbook
	match       runbooks.Match
	ok          bool
	err         error
}

// followLink goes where a link leads to: in the pane where it can, else in the
// browser.
func (p *RunbookTab) followLink(from *runbooks.Runbook, l runbooks.Link) tea.Cmd {
	library, ctx := p.Options.Library, p.Context
	return reply.Replace(&p.following, func() followed {
		match, ok, err := library.LookupLink(ctx, from, l.Destination)
		return followed{l.Destination, from, match, ok, err}
	}, p.takeFollowed)
}

func (p *RunbookTab) takeFollowed(msg followed) tea.Cmd {
	if msg.ok {
		p.visit(&msg.match)
		return nil
	}
	link := msg.from.WebLink(msg.destination)
	switch {
	case link == "" && msg.err != nil:
		p.Say(room.Failure, "The link could not be followed: "+msg.err.Error())
	case link == "":
		p.Say(room.Caution, "The link leads to nothing that is here: "+msg.destination)
	case p.Options.OpenURL != nil:
		return p.browse(link)
	default:
		return p.Terminal.Copy("the link "+link, link)
	}
	return nil
}

package dialog

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sahilm/fuzzy"

	"firstline/internal/clean"
	"firstline/internal/describe"
	"firstline/internal/respond"
	"firstline/internal/silencing"
	"firstline/internal/triage"
	"firstline/internal/wallclock"
	"firstline/sources"
)

// questionsOf are those of an action on groups.
func questionsOf(action respond.Action, groups []triage.Group) []question {
	switch action {
	case respond.HandOff:
		return []question{{label: "To", nothing: "Nobody by that name", find: findTargets, said: toWhom, duties: true}}
	case respond.Snooze:
		return []question{until("30m", "1h", "2h", "4h", "until 09:00")}
	case respond.Silence:
		return []question{until("1h", "2h", "4h", "24h", "until 09:00")}
	case respond.Merge:
		return []question{{label: "Into", nothing: "No other open incident by that name", find: findIncidents, said: into}}
	case respond.SetUrgency:
		return []question{{label: "Urgency", nothing: "An urgency is high or low", find: findUrgencies, said: toWhom}}
	case respond.SetPriority:
		return []question{{label: "Priority", nothing: "No priority by that name is known", find: findPriorities, said: toWhom}}
	case respond.ExtendSilence:
		return append(whichSilence(groups), until("1h", "2h", "4h", "24h", "until 09:00"))
	case respond.ExpireSilence:
		return whichSilence(groups)
	}
	return nil
}

// shortestQuery is how much has to be typed before users are searched for.
const shortestQuery = 2

func findTargets(l lookup) []offer {
	data, query := l.data, strings.TrimSpace(l.query)
	var rest []offer
	// Where PagerDuty has more users than it listed, it is asked for them.
	if l.users != nil && !data.Extents.Users.Whole() && len(query) >= shortestQuery {
		found, extent, err := l.users(query)
		switch {
		case err != nil:
			rest = []offer{{Name: "More people", refused: "they could not be looked for: " + sources.Sentence(err)}}
		case !extent.Whole():
			rest = []offer{{Name: "More people", refused: extent.Why() + ": type more of the name"}}
		}
		data = data.WithUsers(found)
	}
	targets := respond.Targets(data, query)
	offers := make([]offer, len(targets), len(targets)+len(rest))
	for i, t := range targets {
		offers[i] = offer{
			Name: respond.NameOf(t), detail: t.Detail, duty: t.OnCall,
			apply: func(r *respond.Request) { r.Target = t },
		}
		if t.Kind == respond.ToUser && t.ID == data.Self().ID {
			offers[i].Name += " (you)"
		}
		if t.Kind == respond.ToOwner {
			offers[i].detail = cmp.Or(ownerOf(l.request.Groups, data), t.Detail)
		}
		if i < mostChecked {
			offers[i].refused = respond.WhyNotTo(l.request, t, data)
		}
	}
	// What can't be done is not the first choice.
	slices.SortStableFunc(offers, func(a, b offer) int { return cmp.Compare(min(len(a.refused), 1), min(len(b.refused), 1)) })
	return append(offers, rest...)
}

// ownerOf is the name of the one policy that owns the services of all groups;
// empty where there is no such.
func ownerOf(groups []triage.Group, data respond.Data) string {
	name := ""
	for i, g := range groups {
		owner, err := respond.OwnerOf(g, data)
		if err != nil || i > 0 && owner.Name != name {
			return ""
		}
		name = owner.Name
	}
	return name
}

// mostChecked is for how many targets it is found out whether they can be one,
// before one is chosen: more than anybody looks through.
const mostChecked = 200

func toWhom(o offer) string { return " to " + clean.Line(o.Name) }

// until asks for an end: one of some that are often wanted, or what is typed.
func until(often ...string) question {
	return question{
		label:   "Until",
		nothing: "Write how long, such as 45m or 2h, or until when, such as 17:30 or tomorrow 09:00",
		find:    func(l lookup) []offer { return findEnds(l, often) },
		said:    func(o offer) string { return " " + o.title },
	}
}

// findEnds are the usual ends that fit what is typed, and after them what is typed
// where it is an end itself.
func findEnds(l lookup, often []string) []offer {
	query := strings.ToLower(strings.TrimSpace(l.query))
	texts := slices.DeleteFunc(slices.Clone(often), func(text string) bool { return !fitsEnd(text, query) })
	var offers []offer
	var ends []time.Time
	for _, text := range append(texts, query) {
		end, err := wallclock.ParseUntil(text, l.now, l.location)
		if err != nil || slices.ContainsFunc(ends, end.Equal) {
			continue
		}
		ends = append(ends, end)
		r := respond.Request{Action: l.request.Action, Until: end}
		clock, zone := "until "+l.clock(end), wallclock.Abbreviation(end.In(l.location))
		offers = append(offers, offer{
			Name: text, detail: clock + ", " + describe.In(end, l.now) + ", " + zone, title: clock + " " + zone,
			refused: r.WhyNotUntil(l.now), apply: func(r *respond.Request) { r.Until = end },
		})
	}
	return offers
}

// fitsEnd reports whether a word of an end begins with what is typed; "9" also
// finds "09:00".
func fitsEnd(text, query string) bool {
	return strings.HasPrefix(text, query) || slices.ContainsFunc(strings.Fields(text), func(word string) bool {
		return strings.HasPrefix(word, query) || strings.HasPrefix(strings.TrimLeft(word, "0"), query)
	})
}

// findIncidents are the open incidents that others can be merged into, those
// of the same service first.
func findIncidents(l lookup) []offer {
	service := ""
	own := map[string]bool{}
	for _, g := range l.request.Groups {
		service = cmp.Or(service, g.ServiceID)
		if g.Incident != nil {
			own[g.Incident.ID] = true
		}
	}
	incidents := slices.DeleteFunc(slices.Clone(l.data.Incidents), func(i sources.Incident) bool {
		// Several can be merged into one of them.
		return i.Status == sources.Resolved || len(own) == 1 && own[i.ID]
	})
	other := func(i sources.Incident) int {
		if i.Service.ID == service {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(incidents, func(a, b sources.Incident) int {
		return cmp.Or(cmp.Compare(other(a), other(b)), b.CreatedAt.Compare(a.CreatedAt))
	})
	offers := make([]offer, len(incidents))
	for i, incident := range incidents {
		offers[i] = offer{
			Name:   fmt.Sprintf("#%d %s", incident.Number, incident.Title),
			detail: describe.Label(incident.Service, "service") + ", " + string(incident.Status),
			apply:  func(r *respond.Request) { r.Into = incident.ID },
		}
	}
	return fitting(offers, l.query)
}

func into(o offer) string {
	number, _, _ := strings.Cut(o.Name, " ")
	return " into " + clean.Line(number)
}

func findUrgencies(l lookup) []offer {
	var offers []offer
	for _, u := range [][2]string{{"high", "pages as high urgency does"}, {"low", "waits for the morning, by most people's rules"}} {
		offers = append(offers, offer{Name: u[0], detail: u[1], apply: func(r *respond.Request) { r.Urgency = u[0] }})
	}
	return fitting(offers, l.query)
}

func findPriorities(l lookup) []offer {
	var offers []offer
	for _, p := range l.data.Priorities {
		offers = append(offers, offer{Name: p.Name, apply: func(r *respond.Request) { r.PriorityID = p.ID }})
	}
	return fitting(offers, l.query)
}

// whichSilence asks for the silence where there is a choice.
func whichSilence(groups []triage.Group) []question {
	silences := map[string]bool{}
	for _, g := range groups {
		for _, s := range g.Silences {
			silences[s.ID] = true
		}
	}
	if len(silences) < 2 {
		return nil
	}
	return []question{{
		label: "Silence", nothing: "No silence like that", find: findSilences,
		said: func(o offer) string { return ": " + clean.Line(o.Name) },
	}}
}

func findSilences(l lookup) []offer {
	offers := []offer{{Name: "all of them", apply: func(*respond.Request) {}}}
	offered := map[string]bool{}
	for _, g := range l.request.Groups {
		for _, s := range g.Silences {
			if offered[s.ID] {
				continue
			}
			offered[s.ID] = true
			offers = append(offers, offer{
				Name: silencing.MatcherText(s.Matchers), detail: "by " + s.CreatedBy + " until " + l.clock(s.EndsAt) + ": " + s.Comment,
				apply: func(r *respond.Request) { r.SilenceID = s.ID },
			})
		}
	}
	return fitting(offers, l.query)
}

// fitting are the offers that fit what is typed, the best first.
func fitting(offers []offer, query string) []offer {
	if strings.TrimSpace(query) == "" {
		return offers
	}
	texts := make([]string, len(offers))
	for i, o := range offers {
		texts[i] = clean.Line(o.Name + " " + o.detail)
	}
	var found []offer
	for _, match := range fuzzy.Find(strings.TrimSpace(query), texts) {
		found = append(found, offers[match.Index])
	}
	return found
}

package ui

import (
	"net/url"
	"slices"
	"strconv"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/clean"
	"firstline/internal/triage"
	"firstline/ui/reply"
	"firstline/ui/room"
)

// groupLink is a link of a group, with what it leads to.
type groupLink struct{ name, address string }

// linksOf are where a group can be looked at, the most wanted first: the
// incident, the bridge, the runbook, then dashboards and graphs.
func linksOf(g triage.Group) []groupLink {
	var links []groupLink
	add := func(name, address string) {
		address = clean.URL(address)
		if address != "" && !slices.ContainsFunc(links, func(l groupLink) bool { return l.address == address }) {
			links = append(links, groupLink{name, address})
		}
	}
	if i := g.Incident; i != nil {
		add("incident", i.URL)
		add("bridge", i.Conference.URL)
	}
	add("runbook", g.RunbookURL)
	for _, a := range g.Alerts {
		add("dashboard", a.Annotations["dashboard_url"])
		add("dashboard", a.Annotations["dashboard"])
	}
	for _, a := range g.Alerts {
		add("graph", a.GeneratorURL)
	}
	if g.Incident != nil {
		for _, a := range g.Incident.Alerts {
			for _, l := range a.Links {
				add("link", l.Href)
			}
		}
	}
	return links
}

// linkOf is the first of them; empty: there is none.
func linkOf(g triage.Group) string {
	if links := linksOf(g); len(links) > 0 {
		return links[0].address
	}
	return ""
}

// open opens the group's link, or asks which of several.
func (m *Model) open() tea.Cmd {
	links := linksOf(*m.list.current())
	if len(links) == 1 {
		return m.browse(links[0].address)
	}
	m.chooseLink("Open in the browser", links, m.browse)
	return nil
}

// copyALink copies the group's link, or asks which of several where one of them
// is a bridge: else the first is what is wanted.
func (m *Model) copyALink() tea.Cmd {
	links := linksOf(*m.list.current())
	take := func(address string) tea.Cmd {
		m.Say(room.OK, "Copied the link "+address)
		return m.toClipboard(address)
	}
	if !slices.ContainsFunc(links, func(l groupLink) bool { return l.name == "bridge" }) {
		return take(links[0].address)
	}
	m.chooseLink("Copy", links, take)
	return nil
}

// chooseLink lists the links in the pane.
func (m *Model) chooseLink(title string, links []groupLink, take func(string) tea.Cmd) {
	if m.Layout.Pane.Empty() {
		m.focusPane(true)
	}
	c := &chooser{title: title}
	for i, l := range links {
		text := l.address
		if u, err := url.Parse(l.address); err == nil && u.Query().Get("g0.expr") != "" {
			text = clean.Line(u.Query().Get("g0.expr")) + "  " + text
		}
		c.rows = append(c.rows, m.Fit(strconv.Itoa(i+1), 3)+m.Fit(l.name, 11)+text)
	}
	c.take = func(i int) tea.Cmd { return take(links[i].address) }
	m.choose(c)
}

// browse opens a link in the browser.
func (m *Model) browse(link string) tea.Cmd {
	open := m.options.OpenURL
	return reply.Start(new(reply.Loader), func() error { return open(link) }, reply.Nothing(func(err error) {
		if err != nil {
			m.Say(room.Failure, "The browser could not be started: "+err.Error())
			return
		}
		m.Say(room.OK, "Opened "+link)
	}))
}

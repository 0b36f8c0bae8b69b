package pane

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

// Link is a link of a group, with what it leads to.
type Link struct{ Name, Address string }

// LinksOf are where a group can be looked at, the most wanted first: the
// incident, the bridge, the runbook, then dashboards and graphs.
func LinksOf(g triage.Group) []Link {
	var links []Link
	add := func(name, address string) { links = AddLink(links, name, address) }
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

// AddLink adds a link that can be opened and is not there yet.
func AddLink(links []Link, name, address string) []Link {
	address = clean.URL(address)
	if address == "" || slices.ContainsFunc(links, func(l Link) bool { return l.Address == address }) {
		return links
	}
	return append(links, Link{name, address})
}

// LinkOf returns the first of them, or "".
func LinkOf(g triage.Group) string {
	if links := LinksOf(g); len(links) > 0 {
		return links[0].Address
	}
	return ""
}

// linksToOpen are the links of the tab that is shown, where it has its own, else
// those of the group.
func (p *Pane) linksToOpen(g triage.Group) []Link {
	if t, has := p.tabs[p.at].(linker); has && p.shows(p.tabs[p.at]) {
		if links := t.Links(g); len(links) > 0 {
			return links
		}
	}
	return LinksOf(g)
}

// OpenLink opens a link of what is shown, or asks which of several.
func (p *Pane) OpenLink(g triage.Group) tea.Cmd {
	links := p.linksToOpen(g)
	if len(links) == 1 {
		return p.browse(links[0].Address)
	}
	p.chooseLink("Open in the browser", links, p.browse)
	return nil
}

// CopyALink copies the group's link, or asks which of several where one of them
// is a bridge: else the first is what is wanted.
func (p *Pane) CopyALink(g triage.Group) tea.Cmd {
	links := LinksOf(g)
	take := func(address string) tea.Cmd {
		return p.Terminal.Copy("the link "+address, address)
	}
	if !slices.ContainsFunc(links, func(l Link) bool { return l.Name == "bridge" }) {
		return take(links[0].Address)
	}
	p.chooseLink("Copy", links, take)
	return nil
}

// chooseLink lists the links in the pane.
func (p *Pane) chooseLink(title string, links []Link, take func(string) tea.Cmd) {
	if p.Layout.Pane.Empty() {
		p.Options.Focus()
	}
	c := &chooser{title: title}
	for i, l := range links {
		text := l.Address
		if u, err := url.Parse(l.Address); err == nil && u.Query().Get("g0.expr") != "" {
			text = clean.Line(u.Query().Get("g0.expr")) + "  " + text
		}
		c.rows = append(c.rows, p.Fit(strconv.Itoa(i+1), 3)+p.Fit(l.Name, 11)+text)
	}
	c.take = func(i int) tea.Cmd { return take(links[i].Address) }
	p.choose(c)
}

// browse opens a link in the browser, or copies it where none can be started.
func (p *Pane) browse(link string) tea.Cmd {
	open := p.Options.OpenURL
	return reply.Start(new(reply.Loader), func() error { return open(link) }, func(err error) tea.Cmd {
		if err != nil {
			p.Say(room.Caution, "No browser could be started: "+err.Error())
			return p.Terminal.Copy("the link "+link+", because no browser could be started,", link)
		}
		p.Say(room.OK, "Opened "+link)
		return nil
	})
}

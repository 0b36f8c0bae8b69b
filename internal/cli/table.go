package cli

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/term"

	"firstline/internal/describe"
	"firstline/internal/triage"
	"firstline/internal/wallclock"
	"firstline/sources"
)

// widestColumn bounds a column that is neither the title nor the last, in cells.
const widestColumn = 28

// table is what a table has: the columns, when it was read, and what its titles are
// without.
type table struct {
	columns []column
	at      time.Time
	shared  triage.Shared
}

// tableOf is a table of what was read, or of a part of it.
func tableOf(l reading, columns []column) table {
	return table{columns, l.at, triage.Shared{}.With(l.groups)}
}

// writeTable prints groups as an aligned table. On a terminal the lines are cut at
// its edge; elsewhere nothing is cut off titles and the last column.
func (a *app) writeTable(groups []triage.Group, t table) error {
	columns := t.columns
	if len(groups) == 0 {
		return nil
	}
	rows := make([][]string, 0, 1+len(groups))
	var head []string
	for _, c := range columns {
		head = append(head, c.head())
	}
	rows = append(rows, head)
	for i := range groups {
		rows = append(rows, t.row(&groups[i]))
	}
	last := len(columns) - 1
	widths := make([]int, last)
	for _, row := range rows {
		for i := range widths {
			if columns[i].name != titleColumn {
				row[i] = ansi.Truncate(row[i], widestColumn, "…")
			}
			widths[i] = max(widths[i], ansi.StringWidth(row[i]))
		}
	}
	limit, colour := a.terminalWidth(), a.colour()
	var b strings.Builder
	for n, row := range rows {
		var line strings.Builder
		for i, cell := range row {
			switch {
			case !colour:
				line.WriteString(cell)
			case n == 0:
				line.WriteString(paint(cell, bold))
			default:
				line.WriteString(paint(cell, columns[i].colour(&groups[n-1])))
			}
			if i < last {
				line.WriteString(strings.Repeat(" ", widths[i]-ansi.StringWidth(cell)+2))
			}
		}
		text := strings.TrimRight(line.String(), " ")
		if limit > 0 {
			text = ansi.Truncate(text, limit, "…")
		}
		b.WriteString(text + "\n")
	}
	_, err := fmt.Fprint(a.text(), b.String())
	return err
}

func (t table) row(g *triage.Group) []string {
	row := make([]string, len(t.columns))
	for i, c := range t.columns {
		row[i] = dash(c.cell(g, t))
	}
	return row
}

// titleCell is the group's title and all that is to be said about the group.
func titleCell(g triage.Group, shared triage.Shared, now time.Time) string {
	title := g.RowTitle(shared)
	if t := g.ConditionOver(); !t.IsZero() {
		title += " (condition over since " + wallclock.Of(now).Minute(t) + ")"
	}
	if n := g.Originals(); n > 0 {
		title += fmt.Sprintf(" (%d alerts in Prometheus)", n)
	}
	if until, by, muted := g.Muted(); muted && g.Incident != nil {
		switch {
		case len(by) > 0:
			title += " (inhibited by " + oneLine(strings.Join(by, ", ")) + ")"
		case until.IsZero():
			title += " (silenced)"
		default:
			title += " (silenced until " + clockOf(until, now) + ")"
		}
	}
	switch {
	case g.Missing != "":
		title += " (" + oneLine(g.Why) + ")"
	case g.NoLongerFiring() && !g.NotFiringSince.IsZero():
		title += " (no longer firing since " + wallclock.Of(now).Minute(g.NotFiringSince) + ")"
	case g.NoLongerFiring():
		title += " (no longer firing)"
	case g.FiringUnknown() != "" && len(g.Alerts) == 0 && len(g.SentNames) > 0 && !g.AlertsUnread:
		title += " (firing unknown: " + oneLine(g.FiringUnknown()) + ")"
	case g.FiringDoubt() != "":
		title += " (firing unknown: " + oneLine(g.FiringDoubt()) + ")"
	case g.Unpaged && g.Why != "":
		title += " (nobody was notified: " + oneLine(g.Why) + ")"
	case g.NotifiedUnknown.ToShow():
		title += " (not known whether somebody was notified: " + oneLine(g.NotifiedUnknown.Because()) + ")"
	case g.AlertsUnread:
		title += " (" + g.Unread() + ")"
	}
	switch {
	case !g.AckEnds.IsZero():
		title += " (" + ackEnds(g, now) + ")"
	case !g.EscalatesAt.IsZero():
		to := ""
		if who := g.Follows(); who != "" {
			to = " to " + oneLine(who)
		}
		title += " (" + comes("escalates", "escalation", to, g.EscalatesAt, now) + ")"
	case g.Alone():
		title += " (" + g.WhyAlone() + ": nobody follows)"
	}
	if g.Incident != nil && g.Incident.Priority != nil && g.Incident.Priority.Name != "" {
		title += " (priority " + oneLine(g.Incident.Priority.Name) + ")"
	}
	if why := g.Unheld(); why != "" {
		title += " (" + oneLine(why) + ")"
	}
	for _, other := range g.Incidents {
		if other.ID != g.ID {
			title += " (also " + oneLine(other.Short()) + ")"
		}
	}
	if g.Flapping() {
		title += fmt.Sprintf(" (began %d times in the hour)", g.Flaps)
	}
	return title
}

// ackEnds says until when a group is acknowledged or snoozed, or that its end was
// due.
func ackEnds(g triage.Group, now time.Time) string {
	word := "acknowledged"
	if g.Snoozed {
		word = "snoozed"
	}
	if g.AckEnds.Before(now) {
		return word + ", the end was due " + clockOf(g.AckEnds, now)
	}
	return word + " until " + clockOf(g.AckEnds, now)
}

// comes says in how long something is to happen, or that it was due: what is
// past by this clock has not come, as far as it is known.
func comes(words, due, to string, at, now time.Time) string {
	if at.After(now) || at.Equal(now) {
		return words + " in " + age(at.Sub(now), at) + to
	}
	return due + to + " was due " + clockOf(at, now)
}

// clockOf is a time of the day, with its day where that is not today.
func clockOf(t, now time.Time) string { return wallclock.Of(now).Today(t, now) }

// who is who has the group: those who acknowledged it, else who is assigned; "?"
// is what PagerDuty did not say.
func who(g triage.Group) string {
	if g.Incident == nil {
		return ""
	}
	people := g.Incident.Acknowledgers
	if len(people) == 0 {
		people = g.Incident.Assignments
	}
	switch {
	case len(people) > 0 || g.Incident.Status == sources.Resolved:
	case !g.Incident.AssigneesRead(), g.Incident.Status == sources.Acknowledged:
		return "?"
	default:
		return "nobody"
	}
	var names []string
	for _, p := range people {
		names = append(names, oneLine(describe.Label(p.User, "user")))
	}
	return strings.Join(names, ", ")
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// age is a duration as short as one reads it: 40s, 12m, 3h, 5d.
func age(d time.Duration, since time.Time) string {
	switch {
	case since.IsZero():
		return "-"
	case d < 0:
		return "0s"
	case d < time.Minute:
		return fmt.Sprintf("%ds", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%dm", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%dh", int(d.Hours()))
	}
	return fmt.Sprintf("%dd", int(d.Hours()/24))
}

const bold = "\x1b[1m"

// paint writes a cell in a colour, which may be none.
func paint(cell, colour string) string {
	if cell == "" || colour == "" {
		return cell
	}
	return colour + cell + "\x1b[0m"
}

// colour reports whether output may have colours.
func (a *app) colour() bool {
	return !a.flags.noColor && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && a.isTerminal(a.out)
}

// terminalWidth is the width of the terminal that out is, or 0.
func (a *app) terminalWidth() int {
	f, ok := a.out.(*os.File)
	if !ok || !a.isTerminal(a.out) {
		return 0
	}
	width, _, err := term.GetSize(f.Fd())
	if err != nil {
		return 0
	}
	return width
}

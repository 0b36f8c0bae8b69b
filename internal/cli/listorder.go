package cli

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"firstline/internal/naming"
	"firstline/internal/triage"
)

// listOrder is an order of list: one of the screen's, or that of a column. Within equals
// the screen's own order decides, also where the order is turned round, and what has
// nothing in a column is last.
type listOrder struct {
	name   string
	turned bool
	// key is what a group is sorted by.
	key func(g *triage.Group, t table) orderKey
}

// orderKey is what two groups are compared by.
type orderKey struct {
	// none: the group has nothing there.
	none   bool
	number float64
	text   string
}

func (k orderKey) compare(o orderKey) int {
	return cmp.Or(cmp.Compare(k.number, o.number), cmp.Compare(k.text, o.text))
}

// parseOrder reads the name of an order, with a - before it where it is turned round.
func parseOrder(text string) (listOrder, error) {
	name, turned := strings.CutPrefix(strings.TrimSpace(text), "-")
	o := listOrder{name: strings.ToLower(name), turned: turned}
	switch triage.By(o.name) {
	case triage.ByRank:
		return o, nil
	case triage.ByAge:
		o.key = func(g *triage.Group, _ table) orderKey { return keyOfTime(g.Since, -1) }
		return o, nil
	case triage.BySeverity:
		o.key = func(g *triage.Group, _ table) orderKey {
			return orderKey{none: g.SeverityName() == "" && !g.SeverityUnread(), number: float64(g.Gravity()), text: severityCell(g, table{})}
		}
		return o, nil
	}
	c, err := parseColumn(name)
	if err != nil {
		return o, fmt.Errorf("there is no order %q%s: choose %s or a column of --columns", oneLine(name), meant(name, orderNames()), texts(triage.Orders())[0])
	}
	o.key = func(g *triage.Group, t table) orderKey { return textKey(c.cell(g, t)) }
	switch c.name {
	case "service": // by the name alone, as on the screen
		o.key = func(g *triage.Group, _ table) orderKey { return textKey(g.Service) }
	case "number":
		o.key = func(g *triage.Group, t table) orderKey { return numberKey(numberCell(g, t)) }
	case "firing":
		o.key = func(g *triage.Group, _ table) orderKey { return numberKey(strconv.Itoa(g.Firing())) }
	case "since":
		o.key = func(g *triage.Group, _ table) orderKey { return keyOfTime(g.Since, 1) }
	case "priority":
		o.key = func(g *triage.Group, t table) orderKey {
			k := textKey(c.cell(g, t))
			if !k.none {
				k.number = -float64(g.Incident.Priority.Order) // the most urgent has the highest
			}
			return k
		}
	}
	return o, nil
}

// orderNames are the orders: the screen's, and the columns.
func orderNames() []string {
	names := texts(triage.Orders())
	for _, c := range columnNames() {
		if !slices.Contains(names, c) {
			names = append(names, c)
		}
	}
	return names
}

// meant says which name was most likely meant; empty where none is similar.
func meant(name string, valid []string) string {
	if near := naming.Nearest(name, valid); near != "" {
		return ", the nearest is " + near
	}
	return ""
}

func textKey(text string) orderKey { return orderKey{none: text == "", text: strings.ToLower(text)} }

func numberKey(text string) orderKey {
	n, err := strconv.Atoi(text)
	return orderKey{none: err != nil, number: float64(n)}
}

// keyOfTime sorts by a time: the earliest first, or with -1 the latest.
func keyOfTime(t time.Time, sign int64) orderKey {
	return orderKey{none: t.IsZero(), number: float64(sign * t.Unix())}
}

// sort sorts groups in place.
func (o listOrder) sort(groups []triage.Group, t table) {
	triage.Sort(groups, triage.ByRank)
	if o.key == nil {
		if o.turned {
			slices.Reverse(groups)
		}
		return
	}
	type keyed struct {
		orderKey
		group triage.Group
	}
	all := make([]keyed, len(groups))
	for i := range groups {
		all[i] = keyed{o.key(&groups[i], t), groups[i]}
	}
	slices.SortStableFunc(all, func(a, b keyed) int {
		switch {
		case a.none != b.none:
			return map[bool]int{true: 1, false: -1}[a.none]
		case o.turned:
			return b.compare(a.orderKey)
		}
		return a.compare(b.orderKey)
	})
	for i := range all {
		groups[i] = all[i].group
	}
}

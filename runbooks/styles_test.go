package runbooks

import (
	"slices"
	"strings"
	"testing"
)

// styled is what is expected of a runbook in testdata/styles.
type styled struct {
	style string
	query Query
	// file and heading are where it opens; an empty heading means the top.
	file, heading string
	// steps are those of the section, as stepLines has them without the lines.
	steps []string
	// filled are the values that are filled in, refused what is not, and asked the
	// placeholders that are left, each in the section.
	filled, asked string
}

// styleLabels are the labels that fill the collection. Some name what the runbooks find
// themselves.
var styleLabels = map[string]string{"namespace": "shop", "pod": "store-0", "node": "node-1", "group": "orders", "env": "prod", "host": "search 1"}

var writtenIn = []styled{
	{
		style: "files", query: Query{Alerts: []string{"OrdersQueueGrows"}}, file: "OrdersQueueGrows.md",
		steps:  []string{"Look at the workers: c", "Check the query on the dashboard: o", "Add workers until the queue is empty. c"},
		filled: "namespace=shop namespace=shop namespace=shop", asked: "<count>",
	},
	{
		style: "files", query: Query{References: refs("https://runbooks.example.com/ordersapidown")}, file: "OrdersApiDown.md",
		steps: []string{"See the events of store-0: kubectl -n shop describe pod store-0", "See who changed what"}, filled: "pod=store-0 namespace=shop pod=store-0",
	},
	{
		style: "giant", query: Query{References: refs("https://docs.example.com/alerts.md#storediskfull"), Alerts: []string{"StoreDiskFull"}}, file: "alerts.md", heading: "StoreDiskFull",
		steps:  []string{"See how full it is: kubectl -n shop exec store-0 -- df -h /data", "Find out which tenant writes the most: o", "Expand the volume", "Restart the pod: c"},
		filled: "namespace=shop pod=store-0 namespace=shop namespace=shop pod=store-0",
	},
	{
		style: "giant", query: Query{Alerts: []string{"StoreReadsSlow"}}, file: "alerts.md", heading: "StoreReadsSlow",
		steps: []string{"Look at the dashboard Store / Reads", "Same as for StoreDiskFull"},
	},
	{
		style: "giant", query: Query{References: refs("https://docs.example.com/alerts.md#writes")}, file: "alerts.md", heading: "StoreWritesFail",
		steps: []string{"Check the log of the ingesters: o", "Follow the steps of StoreDiskFull"},
	},
	{
		style: "table", query: Query{References: refs("https://example.com/runbook.md#alert-name-gatewayerrors"), Alerts: []string{"GatewayErrors"}}, file: "runbook.md", heading: "GatewayErrors",
		filled: "namespace=shop",
	},
	{style: "table", query: Query{Alerts: []string{"CacheMisses"}}, file: "runbook.md", heading: "CacheMisses"},
	{
		style: "mkdocs", query: Query{References: refs("https://docs.example.com/search/#index-late")}, file: "docs/search.md", heading: "Index is late",
		steps: []string{"Ask for the state: c", "Wait."}, filled: "host=search 1",
	},
	{style: "gitlab", query: Query{References: refs("docs/orders/README.md#apdex")}, file: "docs/orders/README.md", heading: "Apdex is low", steps: []string{"Look at the slowest endpoints", "Turn the feature off: co"}, filled: "env=prod"},
	{
		style: "bullets", query: Query{Alerts: []string{"PaymentsFail"}}, file: "payments.md", heading: "PaymentsFail",
		steps: []string{"See whether the provider has an incident", "Look for errors: c", "If there are timeouts, restart it co"},
	},
	{
		style: "numbered", query: Query{Alerts: []string{"VmStuck"}}, file: "VmStuck.md",
		steps: []string{
			"Set the NAMESPACE environment variable: c", "See its pods on node-1: c", "Read the variable and use it: c", "Open a shell on the node: co",
			"On the database server, as root: co", "Migrate <vm-name>: c",
		},
		filled: "node=node-1 node=node-1 node=node-1 namespace=shop", asked: "<vm-name>",
	},
	{
		style: "hugo", query: Query{References: refs("https://runbooks.example.com/runbooks/queue/queuelag/")}, file: "content/runbooks/queue/QueueLag.md",
		steps:  []string{"kafka-consumer-groups --bootstrap-server $BROKER --describe --group orders c"},
		filled: "group=orders",
	},
	{
		style: "gitlab", query: Query{References: refs("docs/orders/README.md")}, file: "docs/orders/README.md",
		steps:  []string{"Look at the slowest endpoints", "Turn the feature off: co", "Ask the primary: o", "sudo gitlab-ctl patroni members"},
		filled: "env=prod",
	},
	{
		style: "mkdocs", query: Query{References: refs("https://docs.example.com/search/#nodes-are-missing")}, file: "docs/search.md", heading: "Nodes are missing",
		steps: []string{"Start the node: c"}, filled: "node=node-1",
	},
}

func TestStyles(t *testing.T) {
	for _, c := range writtenIn {
		l := Open(Options{Directories: []string{"testdata/styles/" + c.style}})
		m, ok := l.Find(c.query)
		if !ok || m.Runbook.Name != c.file {
			t.Errorf("%s: %+v: found %+v", c.style, c.query, m.Runbook)
			continue
		}
		heading := ""
		if m.Heading != nil {
			heading = m.Heading.Text
		}
		if heading != c.heading {
			t.Errorf("%s: it opens at %q, want %q", c.file, heading, c.heading)
		}
		filled, f := m.Runbook.FilledWith(byLabel(styleLabels))
		first, last := m.Runbook.Section(m.Heading)
		within := func(line int) bool { return line >= first && line <= last }
		var steps []string
		all := m.Runbook.StepsOf(filled)
		for i, line := range stepLines(all) {
			if within(all[i].Line) {
				_, text, _ := strings.Cut(line, " ")
				steps = append(steps, text)
			}
		}
		if !slices.Equal(steps, c.steps) {
			t.Errorf("%s:\n got %q\nwant %q", c.file, steps, c.steps)
		}
		var values, asked []string
		for _, r := range f.Replaced {
			if within(r.Line) {
				values = append(values, r.Name+"="+r.Value)
			}
		}
		for _, p := range f.Missing {
			if within(p.Line) {
				asked = append(asked, p.Text)
			}
		}
		if got := strings.Join(values, " "); got != c.filled {
			t.Errorf("%s: filled %q, want %q", c.file, got, c.filled)
		}
		if got := strings.Join(asked, " "); got != c.asked {
			t.Errorf("%s: asks for %q, want %q", c.file, got, c.asked)
		}
	}
}

package ui

import (
	"io/fs"
	"testing/fstest"

	"firstline/sources"
	"firstline/ui/roomtest"
)

// The story of the tests.
var (
	noon                = roomtest.Noon
	dana, ann, ben, cho = roomtest.Dana, roomtest.Ann, roomtest.Ben, roomtest.Cho
	reference           = roomtest.Reference
	userReference       = roomtest.UserReference
	pagerDutyData       = roomtest.PagerDutyData
	firing              = roomtest.Firing
	story, storySources = roomtest.Story, roomtest.StorySources
	fleet               = roomtest.Fleet
	numbered            = roomtest.Numbered
)

func alertsSnapshot(alerts ...*sources.Alert) snapshotsMsg {
	return snapshotsMsg{list: roomtest.Alerts(alerts...)}
}

const checkoutRunbook = `# checkout

The checkout takes orders and payments. Owner: payments.

## HighErrorRate

More than 5% of requests fail. Customers can't pay.

### Diagnosis

1. Check the deploy: ` + "`kubectl -n prod rollout history deploy/checkout`" + `
2. Look at the [dashboard](https://grafana.example.com/d/checkout).

| signal | where | means |
|---|---|---|
| 5xx from gateway | gateway logs | the checkout is down |
| 5xx from payments | payment logs | the provider is down |

### Mitigation

- [ ] Roll back: the last deploy is the usual cause.

` + "```sh\nkubectl -n prod rollout undo deploy/checkout\n```" + `

- [ ] If the provider is down, switch to the other one.

### Escalation

Bring in payments when the rollback does not help within 15 minutes.

## QueueFull

Orders wait. See **HighErrorRate** first.
`

func runbookFiles() map[string]fs.FS {
	return map[string]fs.FS{"runbooks": fstest.MapFS{"checkout.md": {Data: []byte(checkoutRunbook)}}}
}

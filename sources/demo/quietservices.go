package demo

import (
	"embed"
	"io/fs"
	"time"

	"firstline/sources/demo/metrics"
)

//go:embed quietrunbooks
var quietEmbedded embed.FS

// QuietRunbooks returns the embedded runbooks of the services without incidents.
func QuietRunbooks() fs.FS {
	sub, err := fs.Sub(quietEmbedded, "quietrunbooks")
	if err != nil {
		panic(err) // the folder is part of the program
	}
	return sub
}

// addQuietServices adds two services that had no incident: storage of the team platform
// has all that first line wants of a service, and mail of the team discovery little. Their
// policies are in no team, for a team with one policy can be handed incidents by its name.
func addQuietServices(d *Directory) {
	d.Policies = append(
		d.Policies,
		Policy{ID: "PESTOR1", Name: "Storage", Levels: []PolicyLevel{
			{Delay: 20 * time.Minute, ScheduleIDs: []string{"PSPLAT1"}},
			{Delay: 20 * time.Minute, UserIDs: []string{"PUKOFI1", "PUMEIT1"}},
		}, Loops: 1},
		Policy{ID: "PEMAIL1", Name: "Mail", Levels: []PolicyLevel{{Delay: 30 * time.Minute, ScheduleIDs: []string{"PSDISC1"}}}},
	)
	d.Services = append(
		d.Services,
		Service{ID: "PVSTOR1", Name: "storage", PolicyID: "PESTOR1", TeamIDs: []string{"PTPLAT1"}},
		Service{ID: "PVMAIL1", Name: "mail", PolicyID: "PEMAIL1", TeamIDs: []string{"PTDISC1"}},
	)
}

// quietRules are their alerting rules. That of mail has not been
// evaluated yet.
func quietRules() []*rule {
	storage := newRule("StorageErrors", "storage", "platform", "warning",
		`sum(rate(storage_errors_total[5m])) / sum(rate(storage_requests_total[5m])) > 0.01`,
		"More than 1 % of the requests to the storage fail", "storage/StorageErrors.md", 5*time.Minute, receiverPlatform)
	storage.annotations["dashboard_url"] = "https://grafana.example.com/d/storage"
	mail := newRule("MailQueueGrowing", "mail", "discovery", "", `deriv(mail_queue_length[10m]) > on (pod) mail_workers`, "", "", 5*time.Minute, receiverDiscovery)
	delete(mail.labels, "severity")
	delete(mail.annotations, "summary")
	mail.unevaluated = true
	return []*rule{storage, mail}
}

// quietSeries are the metrics of storage, for its SLO.
func quietSeries() []metrics.Series {
	series := func(name string, rate float64) metrics.Series {
		return metrics.Series{Labels: map[string]string{"__name__": name, "service": "storage"}, Value: metrics.Signal{metrics.Steady(rate)}, Counter: true}
	}
	return []metrics.Series{series("storage_requests_total", 40), series("storage_errors_total", 0.008)}
}

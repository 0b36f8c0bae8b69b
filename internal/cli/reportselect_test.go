package cli

import (
	"testing"
	"time"

	"firstline/internal/config"
	"firstline/internal/history/past"
	"firstline/internal/report"
	"firstline/internal/slo"
	"firstline/internal/triage"
	"firstline/sources"
)

// What the configuration names can be selected though it had no incident. What nothing
// names is refused, with the nearest names.
func TestFindSelection(t *testing.T) {
	s := &setup{config: config.Config{SLOs: []slo.Objective{{Service: "storage"}}}}
	s.triage.Services = []triage.ServiceRule{{Name: "shop", Team: "growth", PagerDuty: "PSHOP"}, {Name: "pay", PagerDuty: "PPAY"}}
	s.directory = sources.Data{
		Services: []sources.Service{{ID: "PMAIL", Name: "mail", Teams: []sources.Reference{{ID: "T2", Name: "Quiet"}}}, {ID: "PPAY", Name: "Payments"}},
		Teams:    []sources.Reference{{ID: "T1", Name: "Core"}, {ID: "T2", Name: "Quiet"}},
	}
	for service, want := range map[string]string{"mail": "Quiet", "shop": "growth", "pay": "", "nothing": ""} {
		if got := s.teamOf(past.Name{Name: service}); got != want {
			t.Errorf("the team of %s is %q, want %q", service, got, want)
		}
	}
	h := past.History{
		People: map[string]past.Person{"U1": {ID: "U1", Name: "Dana Okafor"}, "U2": {ID: "U2", Name: "Ann Schmidt"}},
		Incidents: []past.Incident{
			{ID: "I", ReadAt: time.Unix(1, 0), Service: past.Name{ID: "PPAY", Name: "Payments"}, Teams: []past.Name{{ID: "T1", Name: "Core"}}},
			{ID: "J", ReadAt: time.Unix(1, 0), Service: past.Name{ID: "PPAY", Name: "Payments"}, Teams: []past.Name{{ID: "T1", Name: "Core"}}},
		},
	}
	for _, tc := range []struct {
		typed, want report.Options
		fault       string
	}{
		{report.Options{Team: "core"}, report.Options{Team: "T1"}, ""},
		{report.Options{Team: "growth"}, report.Options{Team: "growth"}, ""},
		{report.Options{Service: "payments"}, report.Options{Service: "PPAY"}, ""},
		{report.Options{Service: "shop"}, report.Options{Service: "shop"}, ""},
		{report.Options{Service: "PSHOP"}, report.Options{Service: "shop"}, ""},
		{report.Options{Service: "PMAIL"}, report.Options{Service: "mail"}, ""},
		{report.Options{Team: "quiet"}, report.Options{Team: "Quiet"}, ""},
		{report.Options{Service: "Storage"}, report.Options{Service: "storage"}, ""},
		{report.Options{Person: "dana okafor"}, report.Options{Person: "U1"}, ""},
		{report.Options{Person: "dana"}, report.Options{}, `no person "dana" is among those that were read, and there may be more, because only what is stored and the configuration were searched; the nearest: Dana Okafor and Ann Schmidt`},
		{report.Options{Service: "nothing"}, report.Options{}, `no service "nothing" is among those that were read, and there may be more, because only what is stored and the configuration were searched; the nearest: mail, shop and storage`},
	} {
		o := tc.typed
		err := s.findSelection(h, &o)
		switch {
		case err == nil && tc.fault != "", err != nil && err.Error() != tc.fault:
			t.Errorf("of %+v the fault is %v, want %s", tc.typed, err, tc.fault)
		case err == nil && (o.Team != tc.want.Team || o.Service != tc.want.Service || o.Person != tc.want.Person):
			t.Errorf("of %+v it is %q, %q, %q", tc.typed, o.Team, o.Service, o.Person)
		}
	}
}

// A whole month is compared with the month before, however long that is. Any other time
// has no other.
func TestMonthBefore(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for month := time.January; month <= time.December; month++ {
		f := reportFlags{month: time.Date(2026, month, 1, 0, 0, 0, 0, time.UTC).Format("2006-01")}
		span, err := f.span(time.Date(2027, 1, 5, 0, 0, 0, 0, berlin), 0)
		if err != nil {
			t.Fatal(err)
		}
		want := sources.Span{Since: time.Date(2026, month-1, 1, 0, 0, 0, 0, berlin), Until: time.Date(2026, month, 1, 0, 0, 0, 0, berlin)}
		if got := f.before(span); !got.Since.Equal(want.Since) || !got.Until.Equal(want.Until) {
			t.Errorf("before %s is %v", f.month, got)
		}
	}
	f := reportFlags{month: "2026-11"}
	span, _ := f.span(time.Date(2026, 11, 5, 0, 0, 0, 0, berlin), 0)
	if got := f.before(span); got != (sources.Span{}) {
		t.Errorf("before a part of a month is %v", got)
	}
}

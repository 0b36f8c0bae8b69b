package respond

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"firstline/internal/respond/fixture"
	"firstline/internal/silencing"
	"firstline/internal/triage"
	"firstline/internal/weekhours"
	"firstline/sources"
)

func settings(role Role) Settings {
	return Settings{
		Role: role, Email: "dana@example.com", FirstLineName: "the ops desk", FirstLinePolicy: "PFIRST",
		HasPagerDuty: true, Silencers: []string{"am-eu"},
	}
}

func testData(role Role) Data {
	return NewData([]sources.Snapshot{
		{Source: sources.Source{Kind: sources.PagerDuty, Name: "pagerduty"}, Data: fixture.PagerDutyData(), AsOf: fixture.Sunday},
		{Source: sources.Source{Kind: sources.Alertmanager, Name: "am-eu"}, Data: fixture.AlertsData(), AsOf: fixture.Sunday},
	}, settings(role), fixture.Sunday)
}

func dataWithoutPagerDuty() Data {
	s := settings(Developer)
	s.HasPagerDuty = false
	return NewData([]sources.Snapshot{
		{Source: sources.Source{Kind: sources.Alertmanager, Name: "am-eu"}, Data: fixture.AlertsData(), AsOf: fixture.Sunday},
	}, s, fixture.Sunday)
}

// quietData is am-eu with a silence on the disk alert.
func quietData(w Data) (Data, triage.Group) {
	s := sources.Silence{
		Source: "am-eu", ID: "s0", State: "active", CreatedBy: "ann@example.com", Comment: "moving", EndsAt: fixture.Sunday.Add(time.Hour),
		Matchers: []sources.Matcher{{Name: "alertname", Value: "DiskFull", Equal: true}},
	}
	alerts := fixture.AlertsData().Alerts
	alerts[3].SilencedBy = []string{"s0"}
	w.Alertmanagers = []silencing.Alertmanager{{Name: "am-eu", Alerts: alerts, Silences: []sources.Silence{s}}}
	g := fixture.StrayGroup()
	g.Silences = []sources.Silence{s}
	return w, g
}

// possible is a request of each action that has something to send.
func possible(action Action, g triage.Group) Request {
	r := Request{
		Action: action, Groups: []triage.Group{g}, Reason: "why", Instead: BySilence, Until: fixture.Sunday.Add(2 * time.Hour),
		Into: "I2", Urgency: "low", PriorityID: "PR1", Confirmed: true,
	}
	if action == HandOff {
		r.Target = Target{Kind: ToUser, ID: "UBO"}
	}
	return r
}

// brief is an item as the tables below write it.
func brief(p Plan, i Item) string {
	switch {
	case p.Refused != "" && i.Refused != "":
		return "refused: " + i.Refused
	case i.Refused != "":
		return "item refused: " + i.Refused
	case i.NeedsChoice:
		return "choice"
	case i.Already:
		return "already: " + i.Sentence
	}
	var steps []string
	for _, s := range i.Steps {
		to := s.IncidentID
		switch s.Kind {
		case StepPolicy:
			to += "->" + s.PolicyID
		case StepAssign:
			to += "->" + s.UserID
		case StepOpen:
			to = s.Open.ServiceID + "->" + s.Open.PolicyID + strings.Join(s.Open.UserIDs, ",")
		case StepSilence:
			to = silencing.QuoteMatchers(s.Silence.Matchers)
		case StepMove:
			to += "->" + s.ServiceID + " " + s.PolicyID
		case StepLevel:
			to += fmt.Sprintf(" %d->%d", s.From, s.Level)
		case StepResponders:
			to += "->" + s.UserID + s.PolicyID
		case StepSnooze:
			to += " until " + s.Until.Format("15:04")
		case StepMerge:
			to += "->" + s.Into
		case StepUrgency:
			to += "->" + s.Urgency
		case StepPriority:
			to += "->" + s.PriorityID
		case StepExtend:
			to = s.Silence.ID + " until " + s.Until.Format("15:04")
		case StepExpire:
			to = s.Silence.ID
		}
		steps = append(steps, strings.TrimSpace(string(s.Kind)+" "+to))
	}
	return strings.Join(steps, "; ")
}

func notified(p Plan) string {
	var now, next []string
	for _, recipient := range p.Recipients {
		if recipient.Now {
			now = append(now, recipient.UserID)
		} else {
			next = append(next, recipient.UserID)
		}
	}
	return strings.Join(now, ",") + "|" + strings.Join(next, ",")
}

// hours are coverage hours at the fixture's time, a Sunday at 02:30 UTC.
func hours(t *testing.T, s string) weekhours.Hours {
	t.Helper()
	if s == "" {
		return weekhours.Hours{}
	}
	h, err := weekhours.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

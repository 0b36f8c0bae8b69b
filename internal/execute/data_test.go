package execute

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"firstline/internal/respond"
	"firstline/internal/respond/fixture"
	"firstline/internal/silencing"
	"firstline/internal/triage"
	"firstline/internal/weekhours"
	"firstline/sources"
)

func settings(role respond.Role) respond.Settings {
	return respond.Settings{
		Role: role, Email: "dana@example.com", FirstLineName: "the ops desk", FirstLinePolicy: "PFIRST",
		HasPagerDuty: true, Silencers: []string{"am-eu"},
	}
}

func planData(role respond.Role) respond.Data {
	return respond.NewData([]sources.Snapshot{
		{Source: sources.Source{Kind: sources.PagerDuty, Name: "pagerduty"}, Data: fixture.PagerDutyData(), AsOf: fixture.Sunday},
		{Source: sources.Source{Kind: sources.Alertmanager, Name: "am-eu"}, Data: fixture.AlertsData(), AsOf: fixture.Sunday},
	}, settings(role), fixture.Sunday)
}

func dataWithoutPagerDuty() respond.Data {
	s := settings(respond.Developer)
	s.HasPagerDuty = false
	return respond.NewData([]sources.Snapshot{
		{Source: sources.Source{Kind: sources.Alertmanager, Name: "am-eu"}, Data: fixture.AlertsData(), AsOf: fixture.Sunday},
	}, s, fixture.Sunday)
}

// quietData is am-eu with a silence on the disk alert.
func quietData(w respond.Data) (respond.Data, triage.Group) {
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
func possible(action respond.Action, g triage.Group) respond.Request {
	r := respond.Request{
		Action: action, Groups: []triage.Group{g}, Reason: "why", Instead: respond.BySilence, Until: fixture.Sunday.Add(2 * time.Hour),
		Into: "I2", Urgency: "low", PriorityID: "PR1", Confirmed: true,
	}
	if action == respond.HandOff {
		r.Target = respond.Target{Kind: respond.ToUser, ID: "UBO"}
	}
	return r
}

// brief is an item as the tables below write it.
func brief(p respond.Plan, i respond.Item) string {
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
		case respond.StepPolicy:
			to += "->" + s.PolicyID
		case respond.StepAssign:
			to += "->" + s.UserID
		case respond.StepOpen:
			to = s.Open.ServiceID + "->" + s.Open.PolicyID + strings.Join(s.Open.UserIDs, ",")
		case respond.StepSilence:
			to = silencing.QuoteMatchers(s.Silence.Matchers)
		case respond.StepMove:
			to += "->" + s.ServiceID + " " + s.PolicyID
		case respond.StepLevel:
			to += fmt.Sprintf(" %d->%d", s.From, s.Level)
		case respond.StepResponders:
			to += "->" + s.UserID + s.PolicyID
		case respond.StepSnooze:
			to += " until " + s.Until.Format("15:04")
		case respond.StepMerge:
			to += "->" + s.Into
		case respond.StepUrgency:
			to += "->" + s.Urgency
		case respond.StepPriority:
			to += "->" + s.PriorityID
		case respond.StepExtend:
			to = s.Silence.ID + " until " + s.Until.Format("15:04")
		case respond.StepExpire:
			to = s.Silence.ID
		}
		steps = append(steps, strings.TrimSpace(string(s.Kind)+" "+to))
	}
	return strings.Join(steps, "; ")
}

func notified(p respond.Plan) string {
	var now, next []string
	for _, one := range p.Recipients {
		if one.Now {
			now = append(now, one.UserID)
		} else {
			next = append(next, one.UserID)
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

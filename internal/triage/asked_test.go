package triage

import (
	"testing"
	"time"

	"firstline/sources"
)

func TestAskedToJoin(t *testing.T) {
	me, other := sources.Reference{ID: "PME", Name: "Dana"}, sources.Reference{ID: "PU4", Name: "User 4"}
	at := testNow.Add(-5 * time.Minute)
	person := func(user sources.Reference, state, message string) sources.Responder {
		return sources.Responder{User: user, State: state, At: at, By: other, Message: message}
	}
	request := func(message string, targets ...sources.Reference) sources.ResponderRequest {
		return sources.ResponderRequest{At: at, By: other, Message: message, Targets: targets}
	}
	for _, c := range []struct {
		name       string
		status     sources.IncidentStatus
		responders []sources.Responder
		requests   []sources.ResponderRequest
		unknownMe  bool
		want       *Asked
	}{
		{name: "nobody is asked"},
		{name: "pending", responders: []sources.Responder{person(me, "pending", "Please look.")}, want: &Asked{"User 4", "Please look.", at}},
		{name: "another is asked", responders: []sources.Responder{person(other, "pending", "x")}},
		{name: "joined", responders: []sources.Responder{person(me, "joined", "x")}, requests: []sources.ResponderRequest{request("x", me)}},
		{name: "declined", responders: []sources.Responder{person(me, "declined", "x")}},
		{name: "no longer asked", responders: []sources.Responder{person(me, "user_cancelled", "x")}},
		{name: "only the request tells", requests: []sources.ResponderRequest{request("Help.", other, me)}, want: &Asked{"User 4", "Help.", at}},
		{name: "a request to others", requests: []sources.ResponderRequest{request("Help.", other)}},
		{name: "the request has the message", responders: []sources.Responder{person(me, "pending", "")}, requests: []sources.ResponderRequest{request("Help.", me)}, want: &Asked{"User 4", "Help.", at}},
		{name: "the last request", requests: []sources.ResponderRequest{request("first", me), request("second", me)}, want: &Asked{"User 4", "second", at}},
		{name: "acknowledged by another", status: sources.Acknowledged, responders: []sources.Responder{person(me, "pending", "x")}, want: &Asked{"User 4", "x", at}},
		{name: "resolved", status: sources.Resolved, responders: []sources.Responder{person(me, "pending", "x")}},
		{name: "nobody knows who I am", unknownMe: true, responders: []sources.Responder{person(me, "pending", "x")}},
		{name: "a deleted user asks", responders: []sources.Responder{{User: me, State: "pending", By: sources.Reference{ID: "PGONE"}, At: at}}, want: &Asked{"an unnamed user", "", at}},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := incident("P1")
			in.Responders, in.Asked = c.responders, c.requests
			if c.status != "" {
				in.Status = c.status
			}
			first := incident("P0") // newer and urgent, but of others
			first.CreatedAt = testNow
			snap := pagerDuty(first, in)
			if !c.unknownMe {
				snap.Data.Me = &sources.User{ID: me.ID}
			}
			groups := Join([]sources.Snapshot{snap}, Options{}, testNow)
			for at, g := range groups {
				if g.ID != "P1" {
					continue
				}
				if (g.Asked == nil) != (c.want == nil) || c.want != nil && *g.Asked != *c.want {
					t.Errorf("asked: %+v, want %+v", g.Asked, c.want)
				}
				if g.Mine != (c.want != nil) {
					t.Errorf("mine: %v", g.Mine)
				}
				if c.want != nil && at != 0 {
					t.Errorf("it stands in row %d", at)
				}
			}
		})
	}
}

func TestAServiceThatOpensNoIncidentsIsTheReason(t *testing.T) {
	for _, c := range []struct{ name, status, mapped, want string }{
		{"disabled", "disabled", "checkout", "the PagerDuty service checkout is disabled"},
		{"in maintenance", "maintenance", "checkout", "the PagerDuty service checkout is in a maintenance window"},
		{"active", "active", "checkout", "no PagerDuty incident"},
		{"warning", "warning", "checkout", "no PagerDuty incident"},
		{"critical", "critical", "checkout", "no PagerDuty incident"},
		{"not told", "", "checkout", "no PagerDuty incident"},
		{"a word of tomorrow", "paused", "checkout", "no PagerDuty incident"},
		{"another service", "disabled", "search", "no PagerDuty incident"},
	} {
		t.Run(c.name, func(t *testing.T) {
			pd := snapshot(sources.PagerDuty, "pd", sources.Data{Services: []sources.Service{{ID: "PCHECKOUT", Name: "checkout", Status: c.status}}})
			groups := Join([]sources.Snapshot{pd, metrics(sources.Data{Alerts: []*sources.Alert{metricAlert("alertname=HighErrorRate service=" + c.mapped)}})}, Options{}, testNow)
			if len(groups) != 1 || groups[0].Why != c.want {
				t.Errorf("%+v", groups)
			}
		})
	}
}

func TestWhenAnIncidentResolvesByItself(t *testing.T) {
	in := incident("P1")
	in.Pending = []sources.PendingAction{{Type: "resolve", At: testNow.Add(4 * time.Hour)}, {Type: "resolve", At: testNow.Add(2 * time.Hour)}, {Type: "escalate", At: testNow}}
	g := Join([]sources.Snapshot{pagerDuty(in)}, Options{}, testNow)[0]
	if !g.ResolvesAt.Equal(testNow.Add(2 * time.Hour)) {
		t.Errorf("resolves at %v", g.ResolvesAt)
	}
}

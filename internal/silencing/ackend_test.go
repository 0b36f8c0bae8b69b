package silencing

import (
	"slices"
	"testing"
	"time"

	"firstline/internal/respond/fixture"
	"firstline/sources"
)

func TestAckEndsWhenItsAlertsResolve(t *testing.T) {
	const by = "dana@example.com"
	silence := func(change func(*sources.Silence)) sources.Silence {
		s := sources.Silence{
			ID: "s1", State: "active", CreatedBy: by, Comment: "ACK! looking by Dana Reyes (dana@example.com) with firstline", StartsAt: fixture.Sunday.Add(-2 * time.Minute),
			Matchers: []sources.Matcher{{Name: "alertname", Value: "Gone", Equal: true}},
		}
		if change != nil {
			change(&s)
		}
		return s
	}
	read := func(s sources.Silence, alerts ...*sources.Alert) sources.Snapshot {
		return sources.Snapshot{AsOf: fixture.Sunday, Data: sources.Data{Silences: []sources.Silence{s}, Alerts: alerts}}
	}
	partial := read(silence(nil))
	partial.Partial = true
	failing := read(silence(nil))
	failing.Err = fixture.RefusedWith(sources.Unreachable)
	fires := &sources.Alert{Labels: map[string]string{"alertname": "Gone"}}
	quiet := &sources.Alert{Labels: map[string]string{"alertname": "Other"}, SilencedBy: []string{"s1"}}
	gone := read(silence(nil))
	for _, tt := range []struct {
		name  string
		reads []sources.Snapshot
		by    string
		ends  bool
	}{
		{"gone for a while", []sources.Snapshot{gone, gone}, by, true},
		{"gone in reads one after the other", []sources.Snapshot{gone}, by, false},
		{"back for a moment, and gone again", []sources.Snapshot{gone, read(silence(nil), fires), gone}, by, false},
		{"gone in one read", []sources.Snapshot{gone}, by, false},
		{"fires in between", []sources.Snapshot{gone, read(silence(nil), fires), gone}, by, false},
		{"still quiet", []sources.Snapshot{read(silence(nil), quiet), read(silence(nil), quiet)}, by, false},
		{"a failed read tells nothing", []sources.Snapshot{gone, failing}, by, false},
		{"a partial read tells nothing", []sources.Snapshot{gone, partial}, by, false},
		{"somebody else's", []sources.Snapshot{gone, gone}, "ann@example.com", false},
		{"nobody knows who I am", []sources.Snapshot{gone, gone}, "", false},
		{"made by hand", []sources.Snapshot{read(silence(func(s *sources.Silence) { s.Comment = "moving" })), read(silence(func(s *sources.Silence) { s.Comment = "moving" }))}, by, false},
		{"karma's", []sources.Snapshot{read(silence(func(s *sources.Silence) { s.Comment = "ACK! moving" })), read(silence(func(s *sources.Silence) { s.Comment = "ACK! moving" }))}, by, false},
		{"just made", []sources.Snapshot{read(silence(func(s *sources.Silence) { s.StartsAt = fixture.Sunday.Add(ackGone) })), read(silence(func(s *sources.Silence) { s.StartsAt = fixture.Sunday.Add(ackGone) }))}, by, false},
		{"ended", []sources.Snapshot{read(silence(func(s *sources.Silence) { s.State = "expired" })), read(silence(func(s *sources.Silence) { s.State = "expired" }))}, by, false},
		{"matchers not told", []sources.Snapshot{read(silence(func(s *sources.Silence) { s.Matchers = nil })), read(silence(func(s *sources.Silence) { s.Matchers = nil }))}, by, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var ends AckEnds
			var got []string
			for i, snap := range tt.reads {
				got = ends.Find(snap, tt.by, fixture.Sunday.Add(time.Duration(i)*ackGone))
				got = append(got, ends.Find(snap, tt.by, fixture.Sunday.Add(time.Duration(i)*ackGone+time.Second))...)
			}
			if slices.Contains(got, "s1") != tt.ends {
				t.Errorf("ends %q", got)
			}
		})
	}
}

package respond

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"firstline/internal/respond/fixture"
	"firstline/internal/triage"
	"firstline/sources"
)

// TestNobodyIsSaidOfACompleteAnswerAlone covers what can be known of a policy's
// on-calls when somebody escalates to it.
func TestNobodyIsSaidOfACompleteAnswerAlone(t *testing.T) {
	entry := func(policy string, end time.Time) sources.OnCall {
		return sources.OnCall{User: fixture.Bo, Policy: fixture.Ref(policy, ""), Level: 1, End: end}
	}
	extent := func(why string) sources.Extent { return sources.Extent{Read: true, Missing: why} }
	const nobody, unknown = "Nobody is on call at Ops first line: choose", "Who is on call at Ops first line is not known, because "
	for name, tt := range map[string]struct {
		onCalls []sources.OnCall
		extents map[string]sources.Extent
		facts   Facts
		refused string // the beginning; empty: it can be sent
	}{
		"whole and somebody":       {onCalls: []sources.OnCall{entry("PFIRST", time.Time{})}, extents: map[string]sources.Extent{"PFIRST": sources.Whole}},
		"whole and nobody":         {extents: map[string]sources.Extent{"PFIRST": sources.Whole}, refused: nobody},
		"not asked about":          {refused: unknown + "it has not been read yet"},
		"another policy is whole":  {extents: map[string]sources.Extent{"PPAY": sources.Whole}, refused: unknown + "it has not been read yet"},
		"capped, nobody in it":     {extents: map[string]sources.Extent{"PFIRST": extent("PagerDuty lists no more than 10,000")}, refused: unknown + "PagerDuty lists no more than 10,000"},
		"capped, somebody in it":   {onCalls: []sources.OnCall{entry("PFIRST", time.Time{})}, extents: map[string]sources.Extent{"PFIRST": extent("PagerDuty lists no more than 10,000")}, refused: unknown + "PagerDuty lists no more than 10,000"},
		"refused":                  {extents: map[string]sources.Extent{"PFIRST": {Missing: "it could not be read: no right"}}, refused: unknown + "it could not be read: no right"},
		"the turn has ended since": {onCalls: []sources.OnCall{entry("PFIRST", fixture.Sunday.Add(-time.Minute))}, extents: map[string]sources.Extent{"PFIRST": sources.Whole}, refused: unknown + "a turn there has ended since it was read"},
		"only others' entries":     {onCalls: []sources.OnCall{entry("PPAY", time.Time{})}, extents: map[string]sources.Extent{"PFIRST": sources.Whole}, refused: nobody},
		"looked up, somebody":      {facts: Facts{OnCalls: []sources.OnCall{entry("PFIRST", time.Time{})}, OnCallExtents: map[string]sources.Extent{"PFIRST": sources.Whole}}},
		"looked up, nobody":        {facts: Facts{OnCallExtents: map[string]sources.Extent{"PFIRST": sources.Whole}}, refused: nobody},
		"looked up, capped":        {facts: Facts{OnCallExtents: map[string]sources.Extent{"PFIRST": extent("more than 1,000 entries")}}, refused: unknown + "more than 1,000 entries"},
		"looked up after a capped": {extents: map[string]sources.Extent{"PFIRST": extent("capped")}, facts: Facts{OnCalls: []sources.OnCall{entry("PFIRST", time.Time{})}, OnCallExtents: map[string]sources.Extent{"PFIRST": sources.Whole}}},
		"read since it was looked up": {
			onCalls: []sources.OnCall{entry("PFIRST", time.Time{})}, extents: map[string]sources.Extent{"PFIRST": sources.Whole},
			facts: Facts{OnCallExtents: map[string]sources.Extent{"PFIRST": sources.Whole}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := fixture.PagerDutyData()
			d.OnCalls, d.Extents.OnCalls = tt.onCalls, tt.extents
			w := NewData([]sources.Snapshot{{Source: sources.Source{Kind: sources.PagerDuty, Name: "pd"}, Data: d, AsOf: fixture.Sunday}}, settings(Developer), fixture.Sunday)
			before := maps.Clone(tt.extents)
			p := NewPlan(Request{Action: Escalate, Groups: []triage.Group{fixture.GroupOf(fixture.Incident("I1"))}, Reason: "why", Facts: tt.facts}, w)
			if (tt.refused == "") != (p.Refused == "") || !strings.HasPrefix(p.Refused, tt.refused) {
				t.Errorf("refused = %q, want %q", p.Refused, tt.refused)
			}
			if !maps.Equal(before, tt.extents) {
				t.Error("a plan changed what the source said")
			}
		})
	}
}

// TestFactsAreWhatThePlanNeeds: who is on call from now on for the policies
// of the plan, and the notification rules of the people who are notified at
// once.
func TestFactsAreWhatThePlanNeeds(t *testing.T) {
	group := fixture.GroupOf(fixture.Incident("I1"))
	for name, tt := range map[string]struct {
		request Request
		facts   []string // the policies in the facts
		want    string
	}{
		"first line, not known":      {Request{Action: Escalate}, nil, "turns PFIRST; user UBO; user UCY"},
		"first line, known":          {Request{Action: Escalate}, []string{"PFIRST"}, "turns PFIRST; user UBO; user UCY"},
		"owner":                      {Request{Action: Escalate, Target: Target{Kind: ToOwner}}, []string{"PFIRST"}, "turns PPAY; user UANN; user UEVE"},
		"a team":                     {Request{Action: HandOff, Target: Target{Kind: ToTeam, ID: "TPAY"}}, nil, "turns PPAY; user UANN; user UEVE"},
		"a policy":                   {Request{Action: HandOff, Target: Target{Kind: ToPolicy, ID: "Late"}}, nil, "turns PLATE; user UEVE"},
		"a policy that has nobody":   {Request{Action: HandOff, Target: Target{Kind: ToPolicy, ID: "PEMPTY"}}, []string{"PEMPTY"}, "turns PEMPTY"},
		"a policy that is not there": {Request{Action: HandOff, Target: Target{Kind: ToPolicy, ID: "PGONE"}}, nil, ""},
		"a user":                     {Request{Action: HandOff, Target: Target{Kind: ToUser, ID: "ann@example.com"}}, nil, "user UANN"},
		"next level":                 {Request{Action: NextLevel}, nil, "turns PPAY; log I1; user UEVE"},
		"next level, known":          {Request{Action: NextLevel}, []string{"PPAY"}, "turns PPAY; log I1; user UEVE"},
		"next on call":               {Request{Action: HandOff, Target: Target{Kind: ToNextOnCall}}, nil, "turns PPAY; upcoming SPayments primary"},
		"another user":               {Request{Action: HandOff, Target: Target{Kind: ToUser, ID: "bo@example.com"}}, nil, "user UBO"},
		"acknowledge":                {Request{Action: Acknowledge}, nil, ""},
		"a note":                     {Request{Action: AddNote}, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			f := fixture.NewFake()
			d := fixture.PagerDutyData()
			d.OnCalls = slices.DeleteFunc(d.OnCalls, func(o sources.OnCall) bool { return !slices.Contains(tt.facts, o.Policy.ID) })
			d.Extents.OnCalls = map[string]sources.Extent{}
			for _, id := range tt.facts {
				d.Extents.OnCalls[id] = sources.Whole
			}
			w := NewData([]sources.Snapshot{{Source: sources.Source{Kind: sources.PagerDuty, Name: "pd"}, Data: d, AsOf: fixture.Sunday}}, settings(Developer), fixture.Sunday)
			tt.request.Groups = []triage.Group{group}
			if _, err := ReadFacts(t.Context(), f, tt.request, w); err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(f.Calls, "; "); got != tt.want {
				t.Errorf("asked %q, want %q", got, tt.want)
			}
		})
	}
}

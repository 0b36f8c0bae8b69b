package respond

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"firstline/internal/respond/fixture"
	"firstline/sources"
)

func TestParseTarget(t *testing.T) {
	tests := []struct {
		in, want string // kind/id or the error's beginning
	}{
		{"first-line", "first-line/"},
		{" First-Line ", "first-line/"},
		{"owner", "owner/"},
		{"user:ann@example.com", "user/ann@example.com"},
		{"user: Ann Berg ", "user/Ann Berg"},
		{"team:A:B", "team/A:B"},
		{"policy:P1", "policy/P1"},
		{"owner:x", `"owner:x" takes nothing after it`},
		{"user:", `"user:" does not say which user`},
		{"team", `"team" does not say which team`},
		{"ann", `"ann" is no target`},
		{"", `"" is no target`},
	}
	for _, tt := range tests {
		target, err := ParseTarget(tt.in)
		got := string(target.Kind) + "/" + target.ID
		if err != nil {
			got = err.Error()
		}
		if !strings.HasPrefix(got, tt.want) {
			t.Errorf("ParseTarget(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func FuzzParseTarget(f *testing.F) {
	for _, s := range []string{"first-line", "user:a@example.com", "team:", "policy:P:1", ":", "owner:"} {
		f.Add(s)
	}
	w := testData(Developer)
	f.Fuzz(func(t *testing.T, s string) {
		target, err := ParseTarget(s)
		if err != nil {
			if !target.IsZero() {
				t.Errorf("%q gave both a target and an error", s)
			}
			return
		}
		if (target.Kind == ToFirstLine || target.Kind == ToOwner) != (target.ID == "") {
			t.Errorf("%q = %+v", s, target)
		}
		resolved, err := ResolveTarget(target, w)
		if err == nil && resolved.Kind != target.Kind {
			t.Errorf("%q became a %s", s, resolved.Kind)
		}
		if err != nil && strings.ContainsAny(err.Error(), "\n\x1b") {
			t.Errorf("the error for %q is no clean line: %q", s, err)
		}
	})
}

func TestResolveTarget(t *testing.T) {
	twice := func(w *Data) {
		w.Users = append(w.Users, sources.User{ID: "UANN2", Name: "Ann Berg", Email: "ann2@example.com"})
	}
	tests := []struct {
		name string
		in   Target
		w    func(*Data)
		want string // kind/id/policy or the error
	}{
		{"first line by id", Target{Kind: ToFirstLine}, nil, "first-line/PFIRST/PFIRST"},
		{"first line by name", Target{Kind: ToFirstLine}, func(w *Data) { w.Settings.FirstLinePolicy = "ops FIRST line" }, "first-line/PFIRST/PFIRST"},
		{
			"first line not configured",
			Target{Kind: ToFirstLine},
			func(w *Data) { w.Settings.FirstLinePolicy = "" },
			"no first line is configured: set escalation_policy in [first_line], or choose another target",
		},
		{
			"first line gone",
			Target{Kind: ToFirstLine},
			func(w *Data) { w.Settings.FirstLinePolicy = "Ops frst line" },
			`the first line can't be reached: PagerDuty has no escalation policy "Ops frst line", or this token may not see it; the nearest: Ops first line (PFIRST), `,
		},
		{"owner", Target{Kind: ToOwner}, nil, "owner//"},
		{"user by id", Target{Kind: ToUser, ID: "UANN"}, nil, "user/UANN/"},
		{"user by email", Target{Kind: ToUser, ID: "ANN@example.com"}, nil, "user/UANN/"},
		{"user by name", Target{Kind: ToUser, Name: "ann berg"}, nil, "user/UANN/"},
		{"user by part", Target{Kind: ToUser, ID: "berg"}, nil, `PagerDuty has no user "berg", or this token may not see it; the nearest: Ann Berg (ann@example.com)`},
		{
			"user ambiguous",
			Target{Kind: ToUser, ID: "Ann Berg"},
			twice,
			`"Ann Berg" is more than one user: choose one of Ann Berg (ann@example.com) and Ann Berg (ann2@example.com)`,
		},
		{"user not named", Target{Kind: ToUser}, nil, "no user is named"},
		{"no users yet", Target{Kind: ToUser, ID: "ann"}, func(w *Data) { w.Users, w.Extents.Users = nil, sources.Extent{} }, `no user "ann" is among those that were read, and there may be more, because it has not been read yet`},
		{"not among the first", Target{Kind: ToUser, ID: "zoe@example.com"}, func(w *Data) { w.Extents.Users.Missing = "there are more" }, `no user "zoe@example.com" is among those that were read, and there may be more, because there are more`},
		{"email among the first", Target{Kind: ToUser, ID: "ann@example.com"}, func(w *Data) { w.Extents.Users.Missing = "there are more" }, "user/UANN/"},
		{"hostile name", Target{Kind: ToUser, ID: "\x1b]0;x\aann\n"}, func(w *Data) { w.Users = nil }, `PagerDuty has no user "ann"`},
		{"policy not read", Target{Kind: ToPolicy, ID: "zzz"}, func(w *Data) { w.Extents.Policies = sources.Extent{} }, `no escalation policy "zzz" is among those that were read`},
		{"team not read", Target{Kind: ToTeam, ID: "zzz"}, func(w *Data) { w.Extents.Teams = sources.Extent{} }, `no team "zzz" is among those that were read`},
		{"team's policies not all read", Target{Kind: ToTeam, ID: "Payments"}, func(w *Data) { w.Extents.Policies.Missing = "there are more" }, "which escalation policies the team Payments has is not known, because there are more"},
		{"team", Target{Kind: ToTeam, ID: "Payments"}, nil, "team/TPAY/PPAY"},
		{
			"team of two policies",
			Target{Kind: ToTeam, ID: "TTWO"},
			nil,
			"the team Twins has several escalation policies: choose one of Nobody here (PEMPTY) and Late (PLATE)",
		},
		{"team of none", Target{Kind: ToTeam, ID: "TNONE"}, nil, "the team Loners has no escalation policy: choose a person or a policy"},
		{"policy", Target{Kind: ToPolicy, ID: "late"}, nil, "policy/PLATE/PLATE"},
		{"zero", Target{}, nil, "no target is named: choose who takes over"},
		{"strange", Target{Kind: "dog"}, nil, `"dog" is no kind of target`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := testData(Developer)
			if tt.w != nil {
				tt.w(&w)
			}
			target, err := ResolveTarget(tt.in, w)
			got := fmt.Sprintf("%s/%s/%s", target.Kind, target.ID, target.PolicyID)
			if err != nil {
				got = err.Error()
			}
			if err == nil && got != tt.want || !strings.HasPrefix(got, tt.want) {
				t.Errorf("= %q, want %q", got, tt.want)
			}
			if err == nil && target.Kind != ToOwner {
				again, err := ResolveTarget(target, w)
				if err != nil || again != target {
					t.Errorf("resolving twice gives %+v, %v", again, err)
				}
			}
		})
	}
}

func TestTargets(t *testing.T) {
	labels := func(query string) string {
		var all []string
		for _, c := range Targets(testData(Developer), query) {
			all = append(all, string(c.Kind)+":"+c.ID)
		}
		return strings.Join(all, " ")
	}
	all := labels("")
	// On call first: Ann, Bo, Cy and Eve are, Dana is not. The teams of several
	// policies and of none can't be handed to.
	want := "first-line:PFIRST owner: next-on-call: user:UANN user:UBO user:UCY user:UEVE user:UDANA team:TPAY policy:PLATE policy:PEMPTY policy:PFIRST policy:PPAY"
	if all != want {
		t.Errorf("all = %s\nwant  %s", all, want)
	}
	tests := []struct{ query, first string }{
		{"dana", "user:UDANA"},
		{"STONE", "user:UEVE"},
		{"bo@ex", "user:UBO"},
		{"paym", "team:TPAY"},
		{"ops d", "first-line:PFIRST"},
		{"own", "owner:"},
	}
	for _, tt := range tests {
		if got := labels(tt.query); !strings.HasPrefix(got, tt.first) {
			t.Errorf("%q gives %q, want %q first", tt.query, got, tt.first)
		}
	}
	if got := labels("zzzz"); got != "" {
		t.Errorf("nothing fits, but got %q", got)
	}
	for _, c := range Targets(testData(Developer), "") {
		if c.Kind == ToOwner {
			continue
		}
		if _, err := ResolveTarget(c, testData(Developer)); err != nil {
			t.Errorf("a candidate that can't be resolved: %+v: %v", c, err)
		}
	}
}

// Where PagerDuty does not say which teams a policy belongs to, a team may have
// it: nobody says that the team has none, or only one.
func TestATeamWhosePoliciesAreNotRead(t *testing.T) {
	for unread, want := range map[bool]string{false: "has no escalation policy", true: "is not known, because PagerDuty does not say which teams"} {
		w := testData(Developer)
		w.Teams = append(w.Teams, fixture.Ref("TNONE", "Nobody's"))
		w.Policies = slices.Clone(w.Policies)
		w.Policies[0].TeamsUnread = unread
		if _, err := ResolveTarget(Target{Kind: ToTeam, Name: "Nobody's"}, w); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("unread %v: %v, want %q", unread, err, want)
		}
	}
}

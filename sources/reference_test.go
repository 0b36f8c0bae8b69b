package sources

import "testing"

func TestLabelOfAReference(t *testing.T) {
	for _, tc := range []struct {
		r    Reference
		noun string
		want string
	}{
		{Reference{}, "service", "no service"},
		{Reference{}, "user", "no user"},
		{Reference{ID: "PU1", Name: "Ann"}, "user", "Ann"},
		{Reference{Name: "Ann"}, "user", "Ann"},
		{Reference{ID: "PU1"}, "user", "an unnamed user"},
		{Reference{ID: "PU1", Name: " \t"}, "user", "an unnamed user"},
		{Reference{ID: "PU1", Deleted: true}, "user", "a deleted user"},
		{Reference{Deleted: true, Type: "user_reference"}, "entry", "a deleted user"},
		{Reference{Type: "user_reference"}, "entry", "an unnamed user"},
		{Reference{Type: "schedule"}, "entry", "an unnamed schedule"},
		{Reference{ID: "PP1", Deleted: true, Type: "escalation_policy_reference"}, "entry", "a deleted escalation policy"},
		{Reference{ID: "PS1", Deleted: true, Type: "service"}, "service", "a deleted service"},
		{Reference{ID: "PU1", Name: "Ann", Deleted: true}, "user", "Ann (deleted)"},
	} {
		if got := tc.r.Label(tc.noun); got != tc.want {
			t.Errorf("%+v is %q, want %q", tc.r, got, tc.want)
		}
		if tc.r.IsZero() != (tc.r == Reference{}) {
			t.Errorf("%+v: IsZero is %v", tc.r, tc.r.IsZero())
		}
	}
}

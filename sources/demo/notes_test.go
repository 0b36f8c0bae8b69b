package demo

import (
	"fmt"
	"slices"
	"testing"
)

func TestChangingAndDeletingNotes(t *testing.T) {
	for _, c := range []struct {
		name, method, note, body string
		refuse                   int // the account's answer
		status                   int
		want                     []string
	}{
		{"change the first", "PUT", "first", `{"note":{"content":"better"}}`, 0, 200, []string{"better", "two"}},
		{"change the second", "PUT", "second", `{"note":{"content":"better"}}`, 0, 200, []string{"one", "better"}},
		{"change to nothing", "PUT", "first", `{"note":{"content":"  "}}`, 0, 400, []string{"one", "two"}},
		{"change without a note", "PUT", "first", `no JSON`, 0, 400, []string{"one", "two"}},
		{"change a note that is not there", "PUT", "PNONE", `{"note":{"content":"better"}}`, 0, 404, []string{"one", "two"}},
		{"change is forbidden", "PUT", "first", `{"note":{"content":"better"}}`, 403, 403, []string{"one", "two"}},
		{"change is not offered", "PUT", "first", `{"note":{"content":"better"}}`, 405, 405, []string{"one", "two"}},
		{"delete the first", "DELETE", "first", "", 0, 204, []string{"two"}},
		{"delete the second", "DELETE", "second", "", 0, 204, []string{"one"}},
		{"delete a note that is not there", "DELETE", "PNONE", "", 0, 404, []string{"one", "two"}},
		{"delete is not known", "DELETE", "first", "", 404, 404, []string{"one", "two"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newAccount(t)
			id := d.event("trigger", "k", "{}")[0].ID
			for _, text := range []string{"one", "two"} {
				d.do("POST", "/incidents/"+id+"/notes", fmt.Sprintf(`{"note":{"content":%q}}`, text))
			}
			notes := d.incident(id).notes
			target := map[string]string{"first": notes[0].id, "second": notes[1].id, "PNONE": "PNONE"}[c.note]
			d.SetAccount(Account{RefuseNoteChanges: c.refuse})
			if status := d.Do("PUANN01", c.method, "/incidents/"+id+"/notes/"+target, c.body); status != c.status {
				t.Errorf("status %d, want %d", status, c.status)
			}
			if got := d.Incidents()[0].Notes; !slices.Equal(got, c.want) {
				t.Errorf("the notes are %q, want %q", got, c.want)
			}
		})
	}
}

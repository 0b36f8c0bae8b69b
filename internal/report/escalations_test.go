package report

import (
	"strings"
	"testing"
)

func TestEscalationsByHand(t *testing.T) {
	o := handOptions(t)
	r := New(readHand(t), o)
	sameRows(t, *tableOf(r, EscalationsTable), expectedRows(t, EscalationsTable))
	sameRows(t, *tableOf(r, ExceptionsTable), expectedRows(t, ExceptionsTable))
	o.Hours = nil
	r = New(readHand(t), o)
	if got := tableOf(r, ExceptionsTable); !strings.Contains(got.Unknown, "developers_on_call") {
		t.Errorf("without hours it is %+v", got)
	}
	if got := tableOf(r, EscalationsTable); len(got.Rows) != 4 || got.Rows[0][4] != "?" {
		t.Errorf("without hours it is %q", got.Rows)
	}
	o.FirstLine = ""
	if got := tableOf(New(readHand(t), o), EscalationsTable); !strings.Contains(got.Unknown, "[first_line]") {
		t.Errorf("without first line it is %+v", got)
	}
}

package cli

import (
	"strings"
	"testing"
)

// A source that is not asked because of its configuration is named as
// misconfigured, with why, and nowhere said not to answer: nobody asked it.
func TestMisconfiguredSourceIsNotSaidToBeSilent(t *testing.T) {
	for _, refused := range []string{"prometheus", "alertmanager"} {
		w := newWorld(t)
		bad := "[[" + refused + "]]\nname = \"refused\"\nurl = \"http://monitoring.example.com\"\nhttp.bearer_token = \"secret\"\n"
		w.configure(w.pagerDuty(), w.prometheus(), w.alertmanager(), bad)
		for _, args := range [][]string{
			{"list"},
			{"list", "--json"},
			{"check"},
			{"check", "--json"},
			{"handover"},
			{"handover", "--json"},
			{"escalate", "--dry-run", w.incident(paged).ID},
			{"ack", "--instead", "silence", "--dry-run", w.groupID("NewsletterQueueStuck")},
		} {
			r := w.run(args...)
			said := r.out + r.err
			if !strings.Contains(said, "misconfigured") || strings.Contains(said, "does not answer") {
				t.Errorf("%s refused, %v:\n%s", refused, args, said)
			}
		}
	}
}

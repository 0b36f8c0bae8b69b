package cli

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"firstline/sources"
	"firstline/sources/demo"
)

// check reports each source whose clock is off by more than a minute.
func TestCheckSaysClocks(t *testing.T) {
	for _, kind := range []sources.Kind{sources.PagerDuty, sources.Prometheus, sources.Alertmanager} {
		for offset, want := range map[time.Duration]string{
			0:                 "",
			75 * time.Second:  "its clock is 1m15s ahead of this machine's: ages and times are off by that",
			-75 * time.Second: "its clock is 1m15s behind this machine's: ages and times are off by that",
			-2 * time.Hour:    "its clock is 2h0m0s behind this machine's: ages and times are off by that",
		} {
			c := &checker{}
			c.source(sources.Snapshot{Source: sources.Source{Kind: kind, Name: "x"}, AsOf: noon, Data: sources.Data{ClockOffset: offset}})
			got := ""
			for _, f := range c.findings {
				if strings.Contains(f.Sentence, "clock") && f.Verdict == mind {
					got = f.Sentence
				}
			}
			if got != want {
				t.Errorf("%s off by %v: %q, want %q", kind, offset, got, want)
			}
		}
	}
}

func TestCheckSaysPagerDutysClock(t *testing.T) {
	for offset, want := range map[time.Duration]string{
		0: "", 40 * time.Second: "", -40 * time.Second: "",
		3*time.Minute + 20*time.Second: "! pagerduty: its clock is 3m", -3*time.Minute - 20*time.Second: "! pagerduty: its clock is 3m",
	} {
		w := newHarness(t)
		account := demo.NewPagerDuty(demo.PagerDutyOptions{Directory: shop(), Now: func() time.Time { return w.clock().Add(offset) }})
		if err := account.Listen(); err != nil {
			t.Fatal(err)
		}
		w.configure(fmt.Sprintf("[me]\nemail = %q\n[pagerduty]\nurl = %q\n", demo.Email, account.URL()))
		r := w.run("check")
		if !strings.Contains(r.out, want) || strings.Contains(r.out, "clock") != (want != "") {
			t.Errorf("off by %v, want %q:\n%s", offset, want, r.out)
		}
		if err := account.Close(); err != nil {
			t.Error(err)
		}
	}
}

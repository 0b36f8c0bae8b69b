package cli

import (
	"strings"
	"testing"
)

// A source that is not asked because of its configuration is named as
// misconfigured, with why, and nowhere said not to answer: nobody asked it.
func TestMisconfiguredSourceIsNotSaidToBeSilent(t *testing.T) {
	t.Parallel()
	for _, refused := range []string{"prometheus", "alertmanager"} {
		w := newHarness(t)
		bad := "[[" + refused + "]]\nname = \"refused\"\nurl = \"http://monitoring.example.com\"\nhttp.bearer_token = \"secret\"\n"
		w.configure(w.pagerDuty(), w.prometheus(), w.alertmanager(), bad)
		for _, args := range [][]string{
			{"list"},
			{"list", "--json"},
			{"check"},
			{"check", "--json"},
			{"handover"},
			{"handover", "--json"},
			{"escalate", "--dry-run", w.incident(notifiedAlert).ID},
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

// A source whose proxy would get its credentials unencrypted is misconfigured,
// and the others are read.
func TestSourceBehindAProxyInClear(t *testing.T) {
	const proxy = "http://user:s3cr3ts3cr3t@192.0.2.1:3128"
	own := "http.proxy_url = \"" + proxy + "\"\n"
	for name, c := range map[string]struct{ source, environment, refused string }{
		"PagerDuty":                    {"[pagerduty]\n", proxy, "pagerduty"},
		"Prometheus":                   {"[[prometheus]]\nname = \"odd\"\nurl = \"https://prom.example.com\"\n" + own, "", "odd"},
		"Prometheus, environment":      {"[[prometheus]]\nname = \"odd\"\nurl = \"https://prom.example.com\"\n", proxy, "odd"},
		"a Prometheus on this machine": {"[[prometheus]]\nname = \"odd\"\nurl = \"http://127.0.0.1:1\"\n" + own, "", "odd"},
		"Alertmanager":                 {"[[alertmanager]]\nname = \"odd\"\nurl = \"https://am.example.com\"\n" + own, "", "odd"},
		"Alertmanager, environment":    {"[[alertmanager]]\nname = \"odd\"\nurl = \"https://am.example.com\"\n", proxy, "odd"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newHarness(t)
			for _, name := range []string{"HTTP_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"} {
				t.Setenv(name, "")
			}
			t.Setenv("HTTPS_PROXY", c.environment)
			if c.refused != "pagerduty" {
				w.configure(c.source, w.pagerDuty(), w.prometheus(), w.alertmanager())
			} else {
				w.configure(c.source, w.prometheus(), w.alertmanager())
			}
			r := w.run("list", "--json").want(t, exitPartly)
			for _, s := range readList(t, r.out).Sources {
				if s.OK == (s.Name == c.refused) || !s.OK && !strings.Contains(*s.Error, "misconfigured: plain http to ") {
					t.Errorf("the source is %+v", s)
				}
			}
			if strings.Contains(r.out+r.err, "s3cr3t") || !strings.Contains(r.err, c.refused+": misconfigured: plain http to ") {
				t.Errorf("it says %s", r.err)
			}
		})
	}
}

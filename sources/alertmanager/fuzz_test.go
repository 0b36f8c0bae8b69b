package alertmanager

import (
	"errors"
	"testing"

	"firstline/sources"
)

// classified fails the test when err is not classified.
func classified(t *testing.T, err error) {
	t.Helper()
	var e *sources.Error
	if err != nil && (!errors.As(err, &e) || e.Sentence == "" || len(e.Sentence) > 2000) {
		t.Errorf("not classified: %v", err)
	}
}

func FuzzGroups(f *testing.F) {
	f.Add([]byte(file(f, "groups-0.25.json")))
	f.Add([]byte(file(f, "groups-0.31.json")))
	f.Add([]byte(`[{"alerts":[{"fingerprint":"f","receivers":null},{"fingerprint":"f"}],"receiver":{"name":"a"}}]`))
	f.Add([]byte(`[null]`))
	f.Add([]byte(`{"status":"success"}`))
	api := client(f, "http://alertmanager.example.com").api
	f.Fuzz(func(t *testing.T, body []byte) {
		answer, err := decode[groupsAnswer](api, "reading alerts", body)
		classified(t, err)
		if err != nil {
			return
		}
		alerts, groups := answer.read("am")
		seen := map[string]bool{}
		for _, a := range alerts {
			if a.Fingerprint != "" && seen[a.Fingerprint] {
				t.Errorf("alert %q twice", a.Fingerprint)
			}
			seen[a.Fingerprint] = true
		}
		for _, g := range groups {
			for _, fingerprint := range g.Fingerprints {
				if !seen[fingerprint] {
					t.Errorf("group of %q, which is no alert", fingerprint)
				}
			}
		}
	})
}

func FuzzSilences(f *testing.F) {
	f.Add([]byte(file(f, "silences-0.25.json")))
	f.Add([]byte(`[{"id":"a","matchers":null,"startsAt":"x","status":null}]`))
	f.Add([]byte(`[{"matchers":[{"name":"a","value":"b"}]}]`))
	api := client(f, "http://alertmanager.example.com").api
	f.Fuzz(func(t *testing.T, body []byte) {
		list, err := decode[[]silenceAnswer](api, "reading silences", body)
		classified(t, err)
		for _, one := range list {
			if s := one.silence("am"); len(s.Matchers) != len(one.Matchers) {
				t.Errorf("%+v from %+v", s, one)
			}
		}
		_, err = decode[statusAnswer](api, "reading the routing", body)
		classified(t, err)
	})
}

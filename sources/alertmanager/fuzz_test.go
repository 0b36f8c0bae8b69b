package alertmanager

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"testing"

	"firstline/internal/promapi"
	"firstline/internal/promapi/promapitest"
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
	f.Add([]byte(`[{"alerts":[{"fingerprint":"f","labels":{"a":"b"},"updatedAt":"1"},{"fingerprint":"g","labels":{"a":"c"}},{"fingerprint":"f","labels":{"a":"b"},"updatedAt":"2"}],"labels":{},"receiver":{"name":"a"}}]`))
	api := client(f, "http://alertmanager.example.com").api
	f.Fuzz(func(t *testing.T, body []byte) {
		if promapitest.Ambiguous(body) {
			t.Skip()
		}
		var want []struct {
			Receiver nameAnswer
			Labels   promapi.Texts
			Alerts   []alertAnswer
		}
		wantErr := json.Unmarshal(body, &want)
		if wantErr == nil && want == nil {
			wantErr = errors.New("null")
		}
		r := newGroupsReader("am", 0)
		for range 2 { // the second time nearly all is known
			err := r.read(api, "reading alerts", promapi.NewStream(bytes.NewReader(body)))
			classified(t, err)
			if (err == nil) != (wantErr == nil) {
				t.Fatalf("%v, want %v", err, wantErr)
			}
			if err != nil {
				return
			}
			seen := map[string]bool{}
			for _, a := range r.data.Alerts {
				if a.Fingerprint != "" && seen[a.Fingerprint] {
					t.Errorf("alert %q twice", a.Fingerprint)
				}
				seen[a.Fingerprint] = true
			}
			at := 0
			for _, g := range want {
				var fingerprints []string
				for _, a := range g.Alerts {
					if slices.ContainsFunc(slices.Collect(maps.Values(a.Labels.Texts())), func(value string) bool { return value != "" }) {
						fingerprints = append(fingerprints, a.Fingerprint)
					}
				}
				if len(fingerprints) == 0 {
					continue
				}
				slices.Sort(fingerprints)
				if at == len(r.data.Groups) {
					t.Fatalf("%d groups", at)
				}
				got := r.data.Groups[at]
				if at++; !slices.Equal(got.Fingerprints, fingerprints) || got.Receiver != g.Receiver.Name || !maps.Equal(got.Labels, g.Labels) {
					t.Errorf("group %+v, want %+v", got, g)
				}
				for _, fingerprint := range got.Fingerprints {
					if !seen[fingerprint] {
						t.Errorf("group of %q, which is no alert", fingerprint)
					}
				}
			}
			if at != len(r.data.Groups) {
				t.Errorf("%d groups, want %d", len(r.data.Groups), at)
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

package cli

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"firstline/internal/respond"
	"firstline/sources"
)

// recorder is an Alertmanager with one silence.
type recorder struct {
	silence sources.Silence
	expired []string
}

func (r *recorder) Source() sources.Source {
	return sources.Source{Kind: sources.Alertmanager, Name: "am"}
}

func (r *recorder) CreateSilence(_ context.Context, s sources.Silence) (string, error) {
	return s.ID, nil
}

func (r *recorder) ExpireSilence(_ context.Context, id string) error {
	r.expired = append(r.expired, id)
	r.silence.State = "expired"
	return nil
}

func (r *recorder) Silence(context.Context, string) (sources.Silence, error) { return r.silence, nil }

func TestAckSilenceEndsWithItsAlert(t *testing.T) {
	for _, readOnly := range []bool{false, true} {
		am := &recorder{silence: sources.Silence{
			Source: "am", ID: "s1", State: "active", CreatedBy: "dana@example.com", Comment: "ACK! looking by Dana with firstline",
			StartsAt: noon.Add(-5 * time.Minute), EndsAt: noon.Add(10 * time.Minute),
			Matchers: []sources.Matcher{{Name: "alertname", Value: "Gone", Equal: true}},
		}}
		now := noon
		s := &setup{
			now: func() time.Time { return now }, log: slog.New(slog.DiscardHandler), silencers: []sources.Silencer{am},
			settings: respond.Settings{Email: "dana@example.com", Silencers: []string{"am"}, ReadOnly: readOnly},
		}
		end := (&feed{setup: s}).ackEnder(t.Context())
		snap := sources.Snapshot{Source: am.Source(), AsOf: noon, Data: sources.Data{Silences: []sources.Silence{am.silence}}}
		end(snap)
		if len(am.expired) != 0 {
			t.Fatal("one read is not enough")
		}
		now = now.Add(2 * time.Minute)
		end(snap)
		if got := strings.Join(am.expired, " "); got != map[bool]string{false: "s1", true: ""}[readOnly] {
			t.Errorf("read-only %v: ended %q", readOnly, got)
		}
	}
}

package respond

import (
	"context"
	"fmt"
	"slices"
	"time"

	"firstline/internal/clean"
	"firstline/sources"
)

// alertRead is what an Alertmanager was read for, and when.
type alertRead struct {
	world Alertmanager
	at    time.Time
}

// silences makes the silences of an item.
func (r *run) silences(ctx context.Context, item Item) Result {
	var res Result
	for n, s := range item.Steps {
		v, id := r.silence(ctx, item, s)
		if id != "" {
			res.SilenceIDs = append(res.SilenceIDs, id)
		}
		if v.ok() {
			continue
		}
		res.Outcome, res.Sentence, res.Err = v.outcome, v.sentence, v.err
		if n > 0 && v.outcome != Already {
			res.Sentence = fmt.Sprintf("%d of %d silences were made, but: %s", n, len(item.Steps), v.sentence)
		}
		return res
	}
	res.Outcome = Done
	until := r.now().Add(AckSilence)
	res.Sentence = fmt.Sprintf("Acknowledged by %s until %s.", count(len(item.Steps), "silence"), clock(until))
	return res
}

// silence makes one silence. Its times are counted from now, not from the
// preview.
func (r *run) silence(ctx context.Context, item Item, s Step) (verdict, string) {
	at := slices.IndexFunc(r.d.Silencers, func(one sources.Silencer) bool { return one.Source().Name == s.Silence.Source })
	if at < 0 {
		return verdict{outcome: Refused, sentence: fmt.Sprintf("The Alertmanager %s can't be silenced from here.", clean.Line(s.Silence.Source))}, ""
	}
	silencer := r.d.Silencers[at]
	if v := r.stillExact(ctx, silencer, item, s); !v.ok() {
		return v, ""
	}
	silence := *s.Silence
	silence.StartsAt = r.now()
	silence.EndsAt = silence.StartsAt.Add(AckSilence)
	number := r.intent(ctx, item, s, nil)
	var id string
	err := r.write(ctx, func(ctx context.Context) error {
		var err error
		id, err = silencer.CreateSilence(ctx, silence)
		return err
	})
	v := r.silenced(ctx, silencer, silence, &id, err)
	r.settle(ctx, number, v)
	return v, id
}

// stillExact looks just before a silence is made, where the Alertmanager can
// be read: it must match no alert that the preview did not list.
func (r *run) stillExact(ctx context.Context, silencer sources.Silencer, item Item, s Step) verdict {
	am, ok := r.readAlertmanager(ctx, silencer)
	if !ok {
		return verdict{outcome: Done}
	}
	if quiet := quietAlready(item.Group, World{Alertmanagers: []Alertmanager{am}}); quiet != "" {
		return verdict{outcome: Already, sentence: quiet}
	}
	_, others := split(am, item.Group)
	for _, labels := range others {
		if matches(s.Silence.Matchers, labels) {
			return verdict{outcome: Refused, sentence: fmt.Sprintf(
				"The silence would now also match an alert that the preview did not show: %s. Nothing was sent; look again.", clean.Line(labels["alertname"]))}
		}
	}
	return verdict{outcome: Done}
}

func (r *run) readAlertmanager(ctx context.Context, silencer sources.Silencer) (Alertmanager, bool) {
	reader, ok := silencer.(sources.Reader)
	if !ok {
		return Alertmanager{}, false
	}
	name := silencer.Source().Name
	if read, ok := r.alerts[name]; ok && r.now().Sub(read.at) < onCallAge {
		return read.world, true
	}
	data, err := reader.Read(ctx, func(sources.Data) {})
	if err != nil {
		return Alertmanager{}, false // the write will tell why
	}
	am := Alertmanager{Name: name, Alerts: data.Alerts, Silences: data.Silences, index: indexOf(data.Alerts)}
	if r.alerts == nil {
		r.alerts = map[string]alertRead{}
	}
	r.alerts[name] = alertRead{am, r.now()}
	return am, true
}

// silenced is the verdict on a silence, by reading it.
func (r *run) silenced(ctx context.Context, silencer sources.Silencer, made sources.Silence, id *string, err error) verdict {
	name := clean.Line(silencer.Source().Name)
	if err != nil && !lost(err) {
		return failed("No silence was made in "+name, err)
	}
	if err != nil {
		found, lookErr := r.findSilence(ctx, silencer, made)
		switch {
		case found != "":
			*id = found
			return verdict{outcome: Done, sentence: "Silenced."}
		case lookErr != nil:
			return verdict{Unknown, fmt.Sprintf("The answer to the silence was lost, and looking failed as well: %s. Look at the silences of %s before you repeat it.", explain(lookErr), name), err}
		}
		return verdict{Failed, fmt.Sprintf("The answer to the silence was lost, and %s does not show it. Look again before you repeat it.", name), err}
	}
	var state string
	lookErr := r.looks(ctx, func(ctx context.Context) (bool, error) {
		s, err := silencer.Silence(ctx, *id)
		state = s.State
		return err == nil && s.State != "expired", err
	})
	switch {
	case lookErr != nil:
		return verdict{Done, fmt.Sprintf("%s accepted the silence, but reading it back failed: %s.", name, explain(lookErr)), nil}
	case state == "expired":
		return verdict{Failed, fmt.Sprintf("%s made the silence, but it has ended already: compare the clocks.", name), nil}
	}
	return verdict{outcome: Done, sentence: "Silenced."}
}

// errCantLook: the Alertmanager can't be asked for its silences.
var errCantLook = &sources.Error{Reason: sources.Rejected, Sentence: "its silences can't be listed", Doing: "reading silences"}

// findSilence looks for a silence whose answer was lost.
func (r *run) findSilence(ctx context.Context, silencer sources.Silencer, made sources.Silence) (string, error) {
	reader, ok := silencer.(sources.Reader)
	if !ok {
		return "", errCantLook
	}
	var id string
	err := r.looks(ctx, func(ctx context.Context) (bool, error) {
		data, err := reader.Read(ctx, func(sources.Data) {})
		if err != nil {
			return false, err
		}
		for _, s := range data.Silences {
			// EndsAt is ours to the second, so an earlier one is not taken
			// for this.
			near := s.EndsAt.Sub(made.EndsAt).Abs() < 2*time.Second
			if s.State != "expired" && near && s.Comment == made.Comment && s.CreatedBy == made.CreatedBy && sameMatchers(s.Matchers, made.Matchers) {
				id = s.ID
			}
		}
		return id != "", nil
	})
	return id, err
}

func sameMatchers(a, b []sources.Matcher) bool {
	if len(a) != len(b) {
		return false
	}
	for _, m := range a {
		if !slices.Contains(b, m) {
			return false
		}
	}
	return true
}

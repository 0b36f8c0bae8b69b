package execute

import (
	"context"
	"fmt"
	"slices"

	"firstline/internal/describe"
	"firstline/internal/respond"
	"firstline/sources"
)

// open opens an incident for alerts. Where one is open under the group's key
// already it is not opened again.
func (r *run) open(ctx context.Context, item respond.Item, s respond.Step, res *respond.Result) verdict {
	found, err := r.incidents().IncidentsByKey(ctx, s.Open.Key)
	if err != nil {
		return failed("Nothing was sent, because it could not be read whether an incident is open already", err)
	}
	if i, ok := openOne(found); ok {
		res.Incident = &i
		return r.openAlready(s, i)
	}
	number := r.intent(ctx, item, s, nil)
	var opened sources.Incident
	err = r.write(ctx, func(ctx context.Context) error {
		var err error
		opened, err = r.incidents().Open(ctx, *s.Open)
		return err
	}, number)
	v := r.opened(ctx, s, opened, err, res)
	r.record(ctx, number, v)
	return v
}

// opened is the verdict on opening, by reading.
func (r *run) opened(ctx context.Context, s respond.Step, opened sources.Incident, err error, res *respond.Result) verdict {
	// With an id it is open, whatever else went wrong.
	if err != nil && !lost(err) && opened.ID == "" {
		return r.notOpened(ctx, s, err, res)
	}
	if opened.ID == "" {
		found, began := false, r.now()
		readErr := r.reads(ctx, func(ctx context.Context) (bool, error) {
			all, err := r.incidents().IncidentsByKey(ctx, s.Open.Key)
			if err != nil {
				return false, err
			}
			opened, found = openOne(all)
			return found, nil
		})
		switch {
		case readErr != nil:
			return r.readFailed(err, readErr, "opening an incident")
		case !found:
			return r.notShown(began, err, "opening an incident", "PagerDuty", "")
		}
	}
	last, is, readErr := r.await(ctx, opened.ID, func(i sources.Incident) bool { return reaches(s, i) })
	switch {
	case is:
		res.Incident = last
		return verdict{outcome: respond.Done, sentence: fmt.Sprintf("Opened %s: %s.", describe.Incident(*last), r.holders(*last))}
	case last == nil && sources.ReasonOf(readErr) == sources.NotFound:
		return r.unknown(readErr, "PagerDuty answered that it opened %s, but has no such incident. Look before you repeat it: it %s %s.",
			describe.Incident(opened), MayComeText, r.untilText(r.until()))
	case last == nil:
		res.Incident = &opened
		return verdict{outcome: respond.Done, sentence: fmt.Sprintf("Opened %s, as PagerDuty's answer says; it was not read back, because %s.", describe.Incident(opened), describe.Explain(readErr))}
	}
	res.Incident = last
	return r.unknown(nil, "An incident is open, but not as asked for: %s is %s. Look at it.", describe.Incident(*last), r.state(*last))
}

// notOpened is the verdict on opening that PagerDuty refused, by reading whether
// one is open all the same.
func (r *run) notOpened(ctx context.Context, s respond.Step, err error, res *respond.Result) verdict {
	v := failed("No incident was opened", err)
	if slices.Contains([]sources.Reason{sources.RateLimited, sources.Unreachable, sources.Canceled}, sources.ReasonOf(err)) {
		return v
	}
	var all []sources.Incident
	readErr := r.reads(ctx, func(ctx context.Context) (bool, error) {
		var err error
		all, err = r.incidents().IncidentsByKey(ctx, s.Open.Key)
		return err == nil, err
	})
	if readErr != nil {
		v.sentence += " Whether one is open all the same is unknown: reading it failed."
		return v
	}
	if i, ok := openOne(all); ok {
		res.Incident = &i
		return r.openAlready(s, i)
	}
	return v
}

// openAlready is the verdict when an incident for the alerts was opened before,
// by another or by an earlier try.
func (r *run) openAlready(s respond.Step, i sources.Incident) verdict {
	if r.p.Action == respond.Acknowledge {
		if handled := describe.Already(i, r.whoOf, r.now()); handled != "" {
			return verdict{outcome: respond.Already, sentence: handled}
		}
		return verdict{outcome: respond.Done, sentence: describe.Incident(i) + " was open already."}
	}
	if reaches(s, i) {
		return verdict{outcome: respond.Already, sentence: fmt.Sprintf("An incident is open already: %s, with %s, %s.", describe.Incident(i), describe.Label(i.Policy, "escalation policy"), r.holders(i))}
	}
	return verdict{outcome: respond.Refused, sentence: fmt.Sprintf("An incident was opened since the preview: %s, with %s, %s. It is left as it is; look again.",
		describe.Incident(i), describe.Label(i.Policy, "escalation policy"), r.holders(i))}
}

// reaches reports whether an incident is with whom the step opens it for.
func reaches(s respond.Step, i sources.Incident) bool {
	if s.UserID != "" {
		for _, a := range i.Assignments {
			if a.User.ID == s.UserID {
				return true
			}
		}
		return false
	}
	return i.Policy.ID == s.PolicyID
}

func openOne(all []sources.Incident) (sources.Incident, bool) {
	for _, i := range all {
		if i.Status != sources.Resolved {
			return i, true
		}
	}
	return sources.Incident{}, false
}

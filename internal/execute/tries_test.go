package execute

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"firstline/internal/respond"
	"firstline/internal/respond/fixture"
)

// killed is a journal whose program ends when something is about to be sent: what is
// written down before stays, and nothing is after.
type killed struct {
	*Memory
	dead bool
}

func (k *killed) Outcome(ctx context.Context, n int64, o respond.Outcome, s string, at time.Time) error {
	if k.dead {
		return errors.New("killed")
	}
	return k.Memory.Outcome(ctx, n, o, s, at)
}

func (k *killed) End(ctx context.Context, id string, o respond.Outcome, s string, at time.Time) error {
	if k.dead {
		k.mu.Lock()
		defer k.mu.Unlock()
		for _, a := range k.attempts {
			a.running = false // its process is gone
		}
		return errors.New("killed")
	}
	return k.Memory.End(ctx, id, o, s, at)
}

// tries is a person who does the same again, in a planData that changes.
type tries struct {
	t       *testing.T
	fake    *fixture.Fake
	journal *killed
	now     time.Time
	r       respond.Request
	w       respond.Data
	email   string
}

func newTries(t *testing.T, r respond.Request) *tries {
	f := fixture.NewFake()
	x := &tries{t: t, fake: f, journal: &killed{Memory: &Memory{}}, now: fixture.Sunday, r: r, w: planData(respond.Developer), email: "dana@example.com"}
	f.Now = func() time.Time { return x.now }
	return x
}

// do makes a new plan from the current state, as a person does who tries again.
func (x *tries) do() respond.Result {
	x.t.Helper()
	return x.send(x.plan())
}

// plan makes a new plan from the current state.
func (x *tries) plan() respond.Plan {
	x.t.Helper()
	r := x.r
	if r.Groups == nil {
		for _, id := range []string{"I1"} {
			r.Groups = append(r.Groups, x.fake.Groups(id)...)
		}
	}
	w := x.w
	w.Now = x.now
	var err error
	if r.Facts.Notes, err = ReadNotes(x.t.Context(), x.fake, x.journal, r, w); err != nil {
		x.t.Fatal(err)
	}
	p := respond.NewPlan(r, w)
	if !p.Ready() {
		x.t.Fatalf("not ready:\n%s", strings.Join(p.Lines(), "\n"))
	}
	return p
}

// send confirms a plan and carries it out.
func (x *tries) send(p respond.Plan) respond.Result {
	x.t.Helper()
	d := doerOf(x.fake)
	d.Journal, d.Email = x.journal, x.email
	return d.Do(x.t.Context(), p.Attempt(), nil)[0]
}

// unreadable makes every read fail that shows the outcome of a write.
func (x *tries) unreadable() {
	for _, call := range []string{"notes", "log"} {
		for range 20 {
			x.fake.Troubles[call] = append(x.fake.Troubles[call], fixture.Trouble{Err: fixture.LostAnswer()})
		}
	}
	x.fake.Before["POLICY"] = func() {
		for range 3 {
			x.fake.Troubles["incident"] = append(x.fake.Troubles["incident"], fixture.Trouble{Err: fixture.LostAnswer()})
		}
	}
}

// waited is later than anything comes about that was sent before.
func (x *tries) waited() { x.now = x.now.Add(heldFor + time.Minute) }

func (x *tries) readable() { x.fake.Troubles = map[string][]fixture.Trouble{} }

var (
	arrived  = fixture.Trouble{Err: fixture.LostAnswer(), Happens: true}
	vanished = fixture.Trouble{Err: fixture.LostAnswer()}
)

// always makes everybody's shift last.
func (x *tries) always() {
	for n := range x.fake.Turns {
		x.fake.Turns[n].End = time.Time{}
	}
	x.w.OnCalls = slices.Clone(x.fake.Turns)
}

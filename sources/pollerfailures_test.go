package sources

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestPollerFailures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broken := &Error{Reason: Unreachable, Sentence: "no way"}
		r := &script{steps: []step{
			gives(named("A")),
			fails(broken), fails(broken), fails(broken), fails(broken), fails(broken), fails(broken),
			gives(named("B")),
		}}
		poll(t, r, 10*time.Second, Snapshot{}, func(_ *Poller, published func() []Snapshot) {
			time.Sleep(10 * time.Minute)
			all, asked := published(), r.times()
			for i, want := range []time.Duration{10, 10, 20, 40, 80, 120, 120, 10} {
				if gap := asked[i+1].Sub(asked[i]); !about(gap, want*time.Second) {
					t.Errorf("pause %d is %v, want about %d s", i, gap, want)
				}
			}
			for i, s := range all[1:7] {
				if !errors.Is(s.Err, broken) || names(s.Data) != "A" || !s.AsOf.Equal(asked[0]) || !s.FailingSince.Equal(asked[1]) || s.OK() {
					t.Errorf("failure %d: %+v", i, s)
				}
			}
			if s := all[7]; !s.OK() || !s.FailingSince.IsZero() || names(s.Data) != "B" {
				t.Errorf("after the failures: %+v", s)
			}
		})
	})
}

func TestPollerRefreshDoesNotRaiseTheBackOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &script{steps: []step{fails(errors.New("no"))}}
		poll(t, r, 10*time.Second, Snapshot{}, func(p *Poller, published func() []Snapshot) {
			for range 5 {
				published()
				time.Sleep(2 * time.Second)
				p.Refresh()
			}
			published()
			last := r.times()[5]
			time.Sleep(12 * time.Second)
			published()
			if asked := r.times(); len(asked) != 7 || !about(asked[6].Sub(last), 10*time.Second) {
				t.Errorf("asked at %v", asked)
			}
		})
	})
}

func TestPollerRateLimited(t *testing.T) {
	for _, c := range []struct {
		name       string
		retryAfter time.Duration
		want       time.Duration
	}{
		{"told", 45 * time.Second, 45 * time.Second},
		{"not told", 0, 10 * time.Second},
		{"shorter than the interval", time.Second, 10 * time.Second},
		{"for ever", 1000 * time.Hour, maxRetryAfter},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := &script{steps: []step{fails(&Error{Reason: RateLimited, RetryAfter: c.retryAfter}), gives(named("A"))}}
				poll(t, r, 10*time.Second, Snapshot{}, func(p *Poller, published func() []Snapshot) {
					published()
					time.Sleep(c.want / 2)
					p.Refresh()
					if n := len(published()); n != 1 {
						t.Errorf("Refresh went past the rate limit: %d reads", n)
					}
					time.Sleep(c.want)
					all, asked := published(), r.times()
					if len(asked) < 2 || asked[1].Sub(asked[0]) < c.want*9/10 || asked[1].Sub(asked[0]) > c.want*11/10 {
						t.Fatalf("asked at %v", asked)
					}
					if all[1].Err != nil {
						t.Errorf("after the wait: %v", all[1].Err)
					}
					if len(asked) > 2 && asked[2].Sub(asked[1]) < 2*time.Second {
						t.Error("the Refresh during the wait made a second read")
					}
				})
			})
		})
	}
}

func TestPollerTimeLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hangs := func(ctx context.Context, _ func(Data)) (Data, error) {
			<-ctx.Done()
			return Data{}, ctx.Err()
		}
		r := &script{steps: []step{hangs}}
		poll(t, r, 10*time.Second, Snapshot{}, func(_ *Poller, published func() []Snapshot) {
			time.Sleep(readTimeout)
			all := published()
			if len(all) != 1 || ReasonOf(all[0].Err) != Unreachable || !strings.Contains(Sentence(all[0].Err), "1m0s") {
				t.Errorf("%+v", all)
			}
		})
	})
}

func TestPollerPanic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &script{steps: []step{
			gives(named("A")),
			func(context.Context, func(Data)) (Data, error) { panic("oh") },
			gives(named("B")),
		}}
		poll(t, r, 10*time.Second, Snapshot{}, func(_ *Poller, published func() []Snapshot) {
			time.Sleep(25 * time.Second)
			all := published()
			if len(all) != 3 || names(all[1].Data) != "A" || ReasonOf(all[1].Err) != BadAnswer || !all[2].OK() {
				t.Fatalf("%+v", all)
			}
			if cause := errors.Unwrap(all[1].Err); cause == nil || !strings.Contains(cause.Error(), "panic: oh") || !strings.Contains(cause.Error(), "poller_test.go") {
				t.Errorf("the cause does not tell where: %v", cause)
			}
		})
	})
}

func TestPollerStops(t *testing.T) {
	for name, r := range map[string]*script{
		"while waiting": {steps: []step{gives(named("A"))}},
		"while reading": {steps: []step{func(ctx context.Context, _ func(Data)) (Data, error) {
			<-ctx.Done()
			return Data{}, ctx.Err()
		}}},
		"while limited": {steps: []step{fails(&Error{Reason: RateLimited, RetryAfter: time.Hour})}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				published, done := 0, make(chan struct{})
				go func() {
					defer close(done)
					NewPoller(r, time.Hour).Run(ctx, Snapshot{}, func(Snapshot) { published++ })
				}()
				synctest.Wait()
				before := published
				start := time.Now()
				cancel()
				<-done
				if !time.Now().Equal(start) {
					t.Errorf("it took %v to stop", time.Since(start))
				}
				if published != before {
					t.Error("stopping was published as a failure")
				}
			})
		})
	}
}

// Calls of partial after the end of a read are dropped.
func TestPartialAfterTheEnd(t *testing.T) {
	var late func(Data)
	calls := 0
	r := &script{steps: []step{func(_ context.Context, partial func(Data)) (Data, error) {
		late = partial
		partial(Data{})
		return Data{}, nil
	}}}
	read(t.Context(), r, func(Data) { calls++ })
	late(Data{})
	if calls != 1 {
		t.Errorf("%d calls, want 1", calls)
	}
}

package pagerduty

import (
	"net/http"
	"testing"
	"time"
)

func TestClockOffset(t *testing.T) {
	for offset, want := range map[time.Duration]bool{
		0: false, 30 * time.Second: false, 50 * time.Second: false, -50 * time.Second: false,
		75 * time.Second: true, -75 * time.Second: true, 3 * time.Minute: true, -2 * time.Hour: true, 24 * time.Hour: true,
	} {
		c, k, f := newFakeClient(t, 2, nil)
		f.before = func(w http.ResponseWriter, _ *http.Request) bool {
			w.Header().Set("Date", k.Now().Add(offset).Format(http.TimeFormat))
			return false
		}
		if got := readNow(t, c).ClockOffset; (got != 0) != want || want && (got-offset).Abs() > 10*time.Second {
			t.Errorf("off by %v: %v", offset, got)
		}
	}
}

// The clock of a proxy says nothing about PagerDuty's.
func TestClockOfAProxy(t *testing.T) {
	for _, status := range []int{http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusTooManyRequests, http.StatusProxyAuthRequired} {
		c, k, f := newFakeClient(t, 2, nil)
		failed := 0
		f.before = func(w http.ResponseWriter, _ *http.Request) bool {
			if failed++; failed > 1 {
				return false
			}
			w.Header().Set("Date", k.Now().Add(-3*time.Hour).Format(http.TimeFormat))
			w.WriteHeader(status)
			return true
		}
		_, _ = c.Read(t.Context(), nil)
		if got := c.data().ClockOffset; got != 0 {
			t.Errorf("%d: %v", status, got)
		}
	}
}

// A write's time is compared with PagerDuty's by its clock, however little that
// is off.
func TestServerTime(t *testing.T) {
	for _, offset := range []time.Duration{0, 20 * time.Second, -45 * time.Second, -10 * time.Minute} {
		c, k, f := newFakeClient(t, 1, nil)
		f.before = func(w http.ResponseWriter, _ *http.Request) bool {
			w.Header().Set("Date", k.Now().Add(offset).Format(http.TimeFormat))
			return false
		}
		if _, read := c.ServerTime(k.Now()); read {
			t.Error("it is known before any answer")
		}
		if _, err := c.Incident(t.Context(), "P000001"); err != nil {
			t.Fatal(err)
		}
		if got, read := c.ServerTime(k.Now()); !read || got.Sub(k.Now().Add(offset)).Abs() > 2*time.Second {
			t.Errorf("off by %v: %v, %v", offset, got.Sub(k.Now()), read)
		}
	}
}

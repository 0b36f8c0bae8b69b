package realservers

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// A program that took the port and answers on it is not mistaken for the
// server, which starts on another port.
func TestPortTaken(t *testing.T) {
	for name, answer := range map[string]http.HandlerFunc{
		"answers all": func(http.ResponseWriter, *http.Request) {},
		"is ready": func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/-/ready" {
				w.WriteHeader(http.StatusMethodNotAllowed)
			}
		},
		"is never ready": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) },
	} {
		t.Run(name, func(t *testing.T) {
			foreign := httptest.NewServer(answer)
			defer foreign.Close()
			for _, taken := range []int{1, 3} {
				chosen := 0
				p := alertmanager(t, Options{}, "--cluster.listen-address=")
				p.address = func(t testing.TB) string {
					if chosen++; chosen <= taken {
						return foreign.Listener.Addr().String()
					}
					return freeAddress(t)
				}
				s := start(t, p)
				if s.URL == foreign.URL || chosen != taken+1 {
					t.Errorf("it is at %s after %d choices, the other program at %s", s.URL, chosen, foreign.URL)
				}
				s.PostAlerts(t, Alert{Labels: map[string]string{"alertname": "X"}})
				s.Stop()
			}
		})
	}
}

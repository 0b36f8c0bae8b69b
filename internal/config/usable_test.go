package config

import (
	"strings"
	"testing"
)

func server(t *testing.T, kind, text string) Server {
	t.Helper()
	c, err := Load(write(t, "[["+kind+"]]\n"+text+"\n"))
	if err != nil {
		t.Fatal(err)
	}
	if kind == "alertmanager" {
		return c.Alertmanager[0]
	}
	return c.Prometheus[0]
}

// Credentials never go over plain http to another machine, in whatever form
// they are given, unless the configuration allows it.
func TestCredentialsOverPlainHTTP(t *testing.T) {
	clearEnvironment(t)
	const basic, other = `http = { basic_auth = { username = "a", password = "s3cr3ts3cr3t" } }`, `url = "http://prom.example.com:9090"`
	for _, c := range []struct {
		name, text string
		refused    bool
	}{
		{"no credentials", other, false},
		{"basic_auth", other + "\n" + basic, true},
		{"basic_auth with a file", other + "\nhttp = { basic_auth = { username = \"a\", password_file = \"p\" } }", true},
		{"authorization", other + "\nhttp = { authorization = { credentials = \"s3cr3ts3cr3t\" } }", true},
		{"bearer_token", other + "\nhttp = { bearer_token = \"s3cr3ts3cr3t\" }", true},
		{"bearer_token_file", other + "\nhttp = { bearer_token_file = \"p\" }", true},
		{"oauth2", other + "\nhttp = { oauth2 = { client_id = \"a\", client_secret = \"s3cr3ts3cr3t\", token_url = \"https://t.example.com\" } }", true},
		{"oauth2 with a plain token_url", "url = \"https://prom.example.com\"\nhttp = { oauth2 = { client_id = \"a\", client_secret = \"s3cr3ts3cr3t\", token_url = \"http://t.example.com\" } }", true},
		{"oauth2 of this machine", "url = \"https://prom.example.com\"\nhttp = { oauth2 = { client_id = \"a\", client_secret = \"s3cr3ts3cr3t\", token_url = \"http://localhost/t\" } }", false},
		{"a header's secret", other + "\nhttp = { http_headers = { X-A = { secrets = [\"s3cr3ts3cr3t\"] } } }", true},
		{"a header's file", other + "\nhttp = { http_headers = { X-A = { files = [\"p\"] } } }", true},
		{"a header that is a key by its name", other + "\nhttp = { http_headers = { X-Api-Key = { values = [\"s3cr3ts3cr3t\"] } } }", true},
		{"a tenant", other + "\nhttp = { http_headers = { X-Scope-OrgID = { values = [\"payments\"] } } }", false},
		{"a proxy alone", other + "\nhttp = { proxy_url = \"http://proxy.example.com\" }", false},
		{"over TLS", "url = \"https://prom.example.com\"\n" + basic, false},
		{"in capitals", "url = \"HTTP://prom.example.com\"\n" + basic, true},
		{"this machine", "url = \"http://127.0.0.1:9090\"\n" + basic, false},
		{"this machine by name", "url = \"http://localhost:9090\"\n" + basic, false},
		{"this machine, IPv6", "url = \"http://[::1]:9090\"\n" + basic, false},
		{"a private address", "url = \"http://10.0.0.1:9090\"\n" + basic, true},
		{"a name like this machine's", "url = \"http://localhost.example.com\"\n" + basic, true},
		{"this machine by way of a proxy", "url = \"http://127.0.0.1:9090\"\nhttp = { proxy_url = \"http://proxy.example.com\", bearer_token = \"s3cr3ts3cr3t\" }", true},
		{"a proxy on this machine", "url = \"http://127.0.0.1:9090\"\nhttp = { proxy_url = \"http://127.0.0.1:3128\", bearer_token = \"s3cr3ts3cr3t\" }", false},
		{"allowed", other + "\ninsecure_plain = true\n" + basic, false},
		{"not allowed", other + "\ninsecure_plain = false\n" + basic, true},
	} {
		for _, kind := range []string{"prometheus", "alertmanager"} {
			err := server(t, kind, c.text).Usable(t.Context())
			if (err != nil) != c.refused {
				t.Errorf("%s, %s: %v, refused should be %v", kind, c.name, err, c.refused)
			}
			if err != nil && (!strings.Contains(err.Error(), "insecure_plain = true") || strings.Contains(err.Error(), "s3cr3t")) {
				t.Errorf("%s, %s says %q", kind, c.name, err)
			}
		}
	}
}

func TestMaxAlerts(t *testing.T) {
	clearEnvironment(t)
	for text, want := range map[string]int{"": DefaultMaxAlerts, "max_alerts = 1": 1, "max_alerts = 200000": 200_000} {
		for _, kind := range []string{"prometheus", "alertmanager"} {
			if got := server(t, kind, "url = \"http://a\"\n"+text).MaxAlerts; got != want {
				t.Errorf("%s with %q keeps %d, want %d", kind, text, got, want)
			}
		}
	}
}

package firstrun

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"firstline/internal/config"
	"firstline/sources"
)

// TestCredentialsStayWithTheirServer gives a server of the file other addresses, in all
// ways: its credentials are neither sent nor written for another scheme, host or port,
// unless the person says that it is the same server.
func TestCredentialsStayWithTheirServer(t *testing.T) {
	forms := map[string]string{
		"basic_auth":      "http = { basic_auth = { username = \"dana\", password_file = \"word\" } } # ours\n",
		"authorization":   "http = { authorization = { credentials_file = \"word\" } }\n",
		"bearer":          "http = { bearer_token_file = \"word\" }\n",
		"oauth2":          "http = { oauth2 = { client_id = \"a\", client_secret_file = \"word\", token_url = \"https://id.example.com\" } }\n",
		"a header":        "http = { http_headers = { \"X-Api-Key\" = { files = [\"word\"] } } }\n",
		"a certificate":   "http = { tls_config = { cert_file = \"cert\", key_file = \"word\" } }\n",
		"dotted keys":     "http.basic_auth.username = \"dana\"\nhttp.basic_auth.password_file = \"word\"\n",
		"a table":         "[%s.http]\nbasic_auth = { username = \"dana\", password_file = \"word\" }\n",
		"tables in it":    "[%s.http.basic_auth] # ours\nusername = \"dana\"\npassword_file = \"word\"\n",
		"only a CA":       "http = { tls_config = { ca_file = \"ca\" } }\n",
		"options besides": "http.proxy_url = \"http://proxy.example.com\"\nhttp.http_headers.X-Scope-OrgID.values = [\"eu\"]\nhttp.bearer_token_file = \"word\"\n",
		"a CA besides":    "[%s.http.tls_config] # ours\nca_file = \"ca\"\ncert_file = \"cert\"\nkey_file = \"word\"\n",
		"several options": "http = { follow_redirects = false, basic_auth = { username = \"dana\", password_file = \"word\" } }\n",
	}
	addresses := map[string]bool{ // whether they are the same server
		"https://prom.example.com/eu":           true,
		"https://prom.example.com/us/":          true,
		"https://PROM.example.com:443/eu":       true,
		"http://prom.example.com/eu":            false,
		"https://prom.example.com:8443/eu":      false,
		"https://prom.example.com.evil.test/eu": false,
		"https://prom.example.org/eu":           false,
		"https://example.com/eu":                false,
		"http://127.0.0.1:18098":                false,
	}
	for _, kind := range []sources.Kind{sources.Prometheus, sources.Alertmanager} {
		for form, options := range forms {
			if strings.Contains(options, "%s") {
				options = fmt.Sprintf(options, kind)
			}
			document := fmt.Sprintf("[[%s]]\nname = \"ours\"\nurl = \"https://prom.example.com/eu\"\n%s[[%s]]\nname = \"other\"\nurl = \"https://other.example.com\"\n", kind, options, kind)
			for address, same := range addresses {
				for _, way := range []string{"", "yes", "after another one", "when asked again"} {
					if few := form == "basic_auth" || address == "https://prom.example.com/us/" || address == "http://127.0.0.1:18098"; !few || way != "" && form != "basic_auth" || kind == sources.Alertmanager && address != "http://127.0.0.1:18098" {
						continue // it would be the same again
					}
					answers := map[string][]string{
						"The address of ours": {address}, "What now?": {"all the same"},
					}
					switch way {
					case "yes":
						answers["May "] = []string{"Yes"}
					case "after another one":
						answers["The address of ours"] = []string{"http://wrong.example.com", address}
						answers["What now?"] = []string{"Another address"}
					case "when asked again":
						answers["The address of ours"] = []string{"https://prom.example.com/us", address}
					}
					name := fmt.Sprintf("%s: %s, %s %s", kind, form, address, way)
					r, person, company := firstRun(t, document, answers)
					for range strings.Count(way, "again") + 1 {
						if err := r.askServers(t.Context(), kind); err != nil {
							t.Fatalf("%s: %v", name, err)
						}
					}
					gets := same || way == "yes" || form == "only a CA"
					if sent := slices.Contains(company.sent, strings.TrimRight(address, "/")); sent != (gets && form != "only a CA") {
						t.Errorf("%s: the credentials are sent: %v", name, sent)
					}
					if slices.Contains(company.sent, "http://wrong.example.com") {
						t.Errorf("%s: the credentials go to an address between", name)
					}
					if asked := slices.ContainsFunc(person.asked, func(title string) bool { return strings.HasPrefix(title, "May "+address) }); asked != (!same && form != "only a CA") {
						t.Errorf("%s: it asks: %v", name, asked)
					}
					plan, err := r.Plan()
					if err != nil {
						t.Fatalf("%s: %v", name, err)
					}
					c, err := config.Parse(plan.Path, []byte(plan.After), nil)
					if err != nil {
						t.Fatalf("%s: %v", name, err)
					}
					made := c.Prometheus
					if kind == sources.Alertmanager {
						made = c.Alertmanager
					}
					if made[0].HasCredentials() != (gets && form != "only a CA") || made[0].URL != strings.TrimRight(address, "/") || made[1].URL != "https://other.example.com" {
						t.Errorf("%s: it becomes\n%s", name, plan.After)
					}
					if text := fmt.Sprintf("%+v", made[0].HTTP); !gets && (strings.Contains(options, "proxy") && (!strings.Contains(text, "proxy.example.com") || made[0].HTTP.HTTPHeaders == nil) ||
						strings.Contains(options, "ca_file") && made[0].HTTP.TLSConfig.CAFile == "" || strings.Contains(options, "follow_redirects") && made[0].HTTP.FollowRedirects) {
						t.Errorf("%s: an option that is no credential is gone:\n%s", name, plan.After)
					}
					for line := range strings.Lines(strings.TrimSpace(options)) {
						if !strings.Contains(plan.After, strings.TrimSpace(line)) {
							t.Errorf("%s: %q is gone:\n%s", name, line, plan.After)
						}
					}
				}
			}
		}
	}
}

// TestCredentialsAreNotSentWhereTheyStay: what can't be taken out of the file is neither sent nor
// written.
func TestCredentialsAreNotSentWhereTheyStay(t *testing.T) {
	r, _, company := firstRun(t, "prometheus = [{ name = \"ours\", url = \"https://prom.example.com\", http = { bearer_token_file = \"word\" } }]\n", nil)
	r.Answers.Prometheus = []Server{{Name: "ours", URL: "https://other.example.com"}}
	if found := r.TryServer(t.Context(), sources.Prometheus, r.Answers.Prometheus[0]); found.Worst() != Wrong || len(company.asked) > 0 {
		t.Errorf("it says %v, and asks %q", found, company.asked)
	}
	if plan, err := r.Plan(); err == nil {
		t.Errorf("it writes\n%s", plan.After)
	}
}

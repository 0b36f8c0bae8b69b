package config

import (
	"os"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"firstline/internal/credentials"
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

// The credentials of a proxy never go to another machine without TLS, from the
// configuration or the environment, for the server and for oauth2's token_url.
func TestProxyCredentialsInClear(t *testing.T) {
	const proxy, oauth2 = "http://user:s3cr3ts3cr3t@proxy.example.com:3128", `oauth2 = { client_id = "a", client_secret = "x", token_url = "https://t.example.com", PROXY }`
	for _, c := range []struct {
		name, url, options, environment string
		refused                         bool
	}{
		{"none", "https://a", "", "", false},
		{"proxy_url", "https://a", `proxy_url = "` + proxy + `"`, "", true},
		{"proxy_url for plain http", "http://a", `proxy_url = "` + proxy + `"`, "", true},
		{"proxy_url without a password", "https://a", `proxy_url = "http://user@proxy.example.com"`, "", true},
		{"socks5", "https://a", `proxy_url = "socks5://user:s3cr3ts3cr3t@proxy.example.com"`, "", true},
		{"over TLS", "https://a", `proxy_url = "https://user:s3cr3ts3cr3t@proxy.example.com"`, "", false},
		{"this machine", "https://a", `proxy_url = "http://user:s3cr3ts3cr3t@127.0.0.1:3128"`, "", false},
		{"no credentials", "https://a", `proxy_url = "http://proxy.example.com"`, "", false},
		{"not for this server", "https://a", `proxy_url = "` + proxy + `", no_proxy = "a"`, "", false},
		{"for another server", "https://a", `proxy_url = "` + proxy + `", no_proxy = "b"`, "", true},
		{"in a header", "https://a", `proxy_url = "http://proxy.example.com", proxy_connect_header = { Proxy-Authorization = ["s3cr3ts3cr3t"] }`, "", true},
		{"in a header for this machine", "https://a", `proxy_url = "http://localhost:3128", proxy_connect_header = { Proxy-Authorization = ["s3cr3ts3cr3t"] }`, "", false},
		{"of oauth2", "https://a", strings.ReplaceAll(oauth2, "PROXY", `proxy_url = "`+proxy+`"`), "", true},
		{"of oauth2 on this machine", "https://a", strings.ReplaceAll(oauth2, "PROXY", `proxy_url = "http://user:x@localhost:1"`), "", false},
		{"environment", "https://a", "", proxy, true},
		{"environment, without http://", "https://a", "", "user:s3cr3ts3cr3t@proxy.example.com:3128", true},
		{"environment, this machine as the server", "http://127.0.0.1:9090", "", proxy, false},
		{"environment, with options that leave it out", "https://a", "follow_redirects = true", proxy, false},
		{"environment, with options that use it", "https://a", "proxy_from_environment = true", proxy, true},
		{"environment without credentials", "https://a", "", "http://proxy.example.com", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			clearEnvironment(t)
			for _, name := range []string{"NO_PROXY", "no_proxy", "http_proxy", "https_proxy", "REQUEST_METHOD"} {
				t.Setenv(name, "")
			}
			t.Setenv("HTTP_PROXY", c.environment)
			t.Setenv("HTTPS_PROXY", c.environment)
			for _, kind := range []string{"prometheus", "alertmanager"} {
				text := "url = \"" + c.url + "\"\n"
				if c.options != "" {
					text += "http = { " + c.options + " }\n"
				}
				err := server(t, kind, text).Usable(t.Context())
				if (err != nil) != c.refused {
					t.Errorf("%s: %v, refused should be %v", kind, err, c.refused)
				}
				if err != nil && (!strings.Contains(err.Error(), "a proxy on another machine") || strings.Contains(err.Error(), "s3cr3t")) {
					t.Errorf("%s says %q", kind, err)
				}
				if err := server(t, kind, text+"insecure_plain = true\n").Usable(t.Context()); err != nil {
					t.Errorf("%s, allowed: %v", kind, err)
				}
			}
		})
	}
}

// Every file with a secret is refused when others may read it, and no other.
func TestSecretFilesOfOthers(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("modes")
	}
	clearEnvironment(t)
	for name, c := range map[string]struct {
		options string
		secret  bool
	}{
		"username_file":       {`basic_auth = { username_file = "%s", password = "x" }`, false},
		"password_file":       {`basic_auth = { username = "a", password_file = "%s" }`, true},
		"credentials_file":    {`authorization = { credentials_file = "%s" }`, true},
		"bearer_token_file":   {`bearer_token_file = "%s"`, true},
		"client_secret_file":  {`oauth2 = { client_id = "a", client_secret_file = "%s", token_url = "https://t.example.com" }`, true},
		"ca_file":             {`tls_config = { ca_file = "%s" }`, false},
		"cert_file":           {`tls_config = { cert_file = "%s", key_file = "k" }`, false},
		"key_file":            {`tls_config = { cert_file = "c", key_file = "%s" }`, true},
		"oauth2's key_file":   {`oauth2 = { client_id = "a", client_secret = "x", token_url = "https://t.example.com", tls_config = { cert_file = "c", key_file = "%s" } }`, true},
		"oauth2's ca_file":    {`oauth2 = { client_id = "a", client_secret = "x", token_url = "https://t.example.com", tls_config = { ca_file = "%s" } }`, false},
		"a header's file":     {`http_headers = { X-A = { files = ["%s"] } }`, true},
		"certificate and key": {`tls_config = { cert_file = "%s", key_file = "%s" }`, true},
	} {
		for _, kind := range []string{"prometheus", "alertmanager"} {
			for mode, open := range map[os.FileMode]bool{0o600: false, 0o400: false, 0o640: true, 0o644: true, 0o604: true, 0o660: true} {
				path := tokenFile(t, mode, "s3cr3ts3cr3t\n")
				err := server(t, kind, "url = \"https://a\"\nhttp = { "+strings.ReplaceAll(c.options, "%s", path)+" }").Usable(t.Context())
				if (err != nil) != (open && c.secret) {
					t.Errorf("%s, %s with mode %04o: %v", kind, name, mode, err)
				}
				if err != nil && (!strings.Contains(err.Error(), path+", named under http, can't be used: it may be read by others (mode ") || strings.Contains(err.Error(), "s3cr3t")) {
					t.Errorf("%s, %s says %q", kind, name, err)
				}
			}
		}
	}
}

// Every configured secret is known before anything is sent, also that of a
// server or a token that can't be used.
func TestAddSecrets(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("modes")
	}
	const secret = "s3cr3ts3cr3t"
	for name, c := range map[string]struct {
		text string
		set  string // the environment variable
		mode os.FileMode
	}{
		"PAGERDUTY_TOKEN":              {"", TokenVariable, 0},
		"PagerDuty's token_env":        {"[pagerduty]\ntoken_env = \"OWN_TOKEN\"", "OWN_TOKEN", 0},
		"PagerDuty's token_file":       {"[pagerduty]\ntoken_file = \"FILE\"", "", 0o600},
		"a token_file others may read": {"[pagerduty]\ntoken_file = \"FILE\"", "", 0o644},
		"a runbook's token_env":        {"[runbooks.tokens.\"wiki.example.com\"]\ntoken_env = \"WIKI_TOKEN\"", "WIKI_TOKEN", 0},
		"a runbook's token_file":       {"[runbooks.tokens.\"wiki.example.com\"]\ntoken_file = \"FILE\"", "", 0o600},
		"both of a runbook":            {"[runbooks.tokens.\"wiki.example.com\"]\ntoken_env = \"NONE\"\ntoken_file = \"FILE\"", "", 0o600},
		"a password_file":              {"[[prometheus]]\nurl = \"https://a\"\nhttp.basic_auth = { username = \"a\", password_file = \"FILE\" }", "", 0o600},
		"that of a refused server":     {"[[prometheus]]\nurl = \"http://a\"\nhttp.basic_auth = { username = \"a\", password_file = \"FILE\" }", "", 0o644},
		"proxy_url":                    {"[[prometheus]]\nurl = \"https://a\"\nhttp.proxy_url = \"http://u:s3cr3ts3cr3t@b\"", "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			clearEnvironment(t)
			credentials.Forget()
			t.Cleanup(credentials.Forget)
			if c.set != "" {
				t.Setenv(c.set, secret)
			}
			text := c.text
			if c.mode != 0 {
				text = strings.ReplaceAll(text, "FILE", tokenFile(t, c.mode, secret+"\nmore\n"))
			}
			loaded, err := Load(write(t, text+"\n"))
			if err != nil {
				t.Fatal(err)
			}
			loaded.AddSecrets(t.Context())
			for _, s := range loaded.Prometheus {
				_ = s.Usable(t.Context())
			}
			if got := credentials.HideAny("it is " + secret); got != "it is …" {
				t.Errorf("it says %q", got)
			}
		})
	}
	for name, address := range map[string]string{"HTTPS_PROXY": "http://u:" + secret + "@p:1", "http_proxy": "u:" + secret + "@p:1"} {
		clearEnvironment(t)
		credentials.Forget()
		t.Setenv(name, address)
		Config{}.AddSecrets(t.Context())
		if got := credentials.HideAny("it is " + secret); got != "it is …" {
			t.Errorf("%s: it says %q", name, got)
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

// TestWithoutCredentials takes the credentials out of each of Prometheus's http client
// options, and nothing else.
func TestWithoutCredentials(t *testing.T) {
	// What is left of each option; "": nothing.
	options := map[string]map[string]string{
		"":                       {`basic_auth = { username = "a", password = "secret-word" }`: "", `follow_redirects = false, bearer_token = "secret-word"`: `follow_redirects = false`},
		"basic_auth":             {`basic_auth = { username = "a", password_file = "b" }`: ""},
		"authorization":          {`authorization = { type = "Own", credentials = "secret-word" }`: ""},
		"oauth2":                 {`oauth2 = { client_id = "a", client_secret = "secret-word", token_url = "https://b" }`: ""},
		"bearer_token":           {`bearer_token = "secret-word"`: ""},
		"bearer_token_file":      {`bearer_token_file = "b"`: ""},
		"follow_redirects":       {`follow_redirects = false`: `follow_redirects = false`},
		"enable_http2":           {`enable_http2 = false`: `enable_http2 = false`},
		"proxy_url":              {`proxy_url = "http://a:word@b"`: `proxy_url = "http://a:word@b"`}, // they are the proxy's
		"no_proxy":               {`proxy_url = "http://b", no_proxy = "c"`: `proxy_url = "http://b", no_proxy = "c"`},
		"proxy_from_environment": {`proxy_from_environment = true`: `proxy_from_environment = true`},
		"proxy_connect_header":   {`proxy_url = "http://b", proxy_connect_header = { Own = ["secret-word"] }`: `proxy_url = "http://b", proxy_connect_header = { Own = ["secret-word"] }`},
		"http_headers": {
			`http_headers = { X-Scope-OrgID = { values = ["a", "b"] } }`:                                             `http_headers = { X-Scope-OrgID = { values = ["a", "b"] } }`,
			`http_headers = { Own = { secrets = ["secret-word"] }, X-Scope-OrgID = { values = ["a"] } }`:             `http_headers = { X-Scope-OrgID = { values = ["a"] } }`,
			`http_headers = { Own = { files = ["b"] }, X-Auth = { values = ["secret-word"] } }, enable_http2 = true`: `enable_http2 = true`,
		},
		"tls_config":    {`tls_config = { ca_file = "b" }`: `tls_config = { ca_file = "b" }`},
		"tls_config.ca": {`tls_config = { ca = "b" }`: `tls_config = { ca = "b" }`}, "tls_config.ca_file": {}, "tls_config.ca_ref": {},
		"tls_config.cert": {`tls_config = { cert = "b", key = "secret-word" }`: ""}, "tls_config.key": {},
		"tls_config.cert_file": {`tls_config = { ca_file = "a", cert_file = "b", key_file = "c" }`: `tls_config = { ca_file = "a" }`}, "tls_config.key_file": {},
		"tls_config.cert_ref": {}, "tls_config.key_ref": {},
		"tls_config.server_name":          {`tls_config = { server_name = "a" }`: `tls_config = { server_name = "a" }`},
		"tls_config.insecure_skip_verify": {`tls_config = { insecure_skip_verify = true }`: `tls_config = { insecure_skip_verify = true }`},
		"tls_config.min_version":          {`tls_config = { min_version = "TLS12", max_version = "TLS13" }`: `tls_config = { min_version = "TLS12", max_version = "TLS13" }`}, "tls_config.max_version": {},
	}
	for _, table := range []string{"", "tls_config"} {
		within := []string{}
		if table != "" {
			within = append(within, table)
		}
		for _, name := range keysOf(typeOf(httpType, "yaml", within), "yaml") {
			if _, there := options[strings.TrimPrefix(table+"."+name, ".")]; !there {
				t.Errorf("say here whether %s.%s is a credential", table, name)
			}
		}
	}
	load := func(options string) Server {
		t.Helper()
		c, err := Parse("config.toml", []byte("[[prometheus]]\nurl = \"https://a\"\nhttp = { "+options+" }\n"), nil)
		if err != nil {
			t.Fatalf("%s: %v", options, err)
		}
		return c.Prometheus[0]
	}
	t.Cleanup(credentials.Forget)
	for _, all := range options {
		for before, want := range all {
			left := load(before).WithoutCredentials()
			if want == "" {
				if left != nil {
					t.Errorf("%s: %v is left", before, left)
				}
				continue
			}
			after := load(want)
			if !reflect.DeepEqual(left, after.http) || after.HasCredentials() {
				t.Errorf("%s: %v is left, want %v", before, left, after.http)
			}
		}
	}
}

package config

import (
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const examplePath = "../../config.example.toml"

func TestExampleIsValid(t *testing.T) {
	clearEnvironment(t)
	if _, err := Load(examplePath); err != nil {
		t.Fatal(err)
	}
}

// TestExampleHasEveryKey reads the keys from the types that decode uses, so
// that no new option can be forgotten.
func TestExampleHasEveryKey(t *testing.T) {
	text, err := os.ReadFile(examplePath)
	if err != nil {
		t.Fatal(err)
	}
	// The text of a table ends at the next header.
	header := regexp.MustCompile(`(?m)^\[+([\w.]+)\]+$`)
	sections := map[string]string{}
	found := header.FindAllSubmatchIndex(text, -1)
	for i, m := range found {
		end := len(text)
		if i+1 < len(found) {
			end = found[i+1][0]
		}
		sections[string(text[m[2]:m[3]])] += string(text[m[1]:end])
	}
	tables := keysOf(fileType, "toml")
	for _, table := range slices.Clone(tables) {
		for _, key := range keysOf(typeOf(fileType, "toml", []string{table}), "toml") {
			if isTables(table, key) {
				tables = append(tables, table+"."+key)
			}
		}
	}
	for _, table := range tables {
		section, ok := sections[table]
		if !ok {
			t.Errorf("the example has no [%s]", table)
			continue
		}
		for _, key := range keysOf(typeOf(fileType, "toml", strings.Split(table, ".")), "toml") {
			if isTables(table, key) {
				continue
			}
			if !regexp.MustCompile(`(?m)^(# )?` + key + ` = `).MatchString(section) {
				t.Errorf("the example does not show %s in [%s]", key, table)
			}
		}
	}
}

// isTables reports whether a key of a table is a list of tables.
func isTables(table, key string) bool {
	t := typeOf(fileType, "toml", append(strings.Split(table, "."), key))
	return t.Kind() == reflect.Slice && element(t).Kind() == reflect.Struct && t.Elem().Kind() == reflect.Struct
}

// TestExampleShowsDefaults compares the defaults in the example with those of
// an empty file.
func TestExampleShowsDefaults(t *testing.T) {
	clearEnvironment(t)
	example, err := Load(examplePath)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := Load(write(t, "[pagerduty]\n[[prometheus]]\nurl = \"http://a\"\n"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		what              string
		example, standard any
	}{
		{"role", example.Me.Role, plain.Me.Role},
		{"region", example.Account().Region, plain.Account().Region},
		{"pagerduty interval", example.Account().Interval, plain.Account().Interval},
		{"prometheus interval", example.Prometheus[0].Interval, plain.Prometheus[0].Interval},
		{"insecure_plain", example.Prometheus[0].InsecurePlain, plain.Prometheus[0].InsecurePlain},
		{"max_alerts", example.Prometheus[0].MaxAlerts, plain.Prometheus[0].MaxAlerts},
		{"sparkline", example.Sparklines, plain.Sparklines},
		{"screen", example.Screen, plain.Screen},
		{"token_env", example.Account().TokenEnv, TokenVariable},
	} {
		if !reflect.DeepEqual(c.example, c.standard) {
			t.Errorf("the example says %s = %v, the default is %v", c.what, c.example, c.standard)
		}
	}
}

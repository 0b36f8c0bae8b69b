package config

import (
	"reflect"
	"slices"
	"strings"
)

// TokenVariable holds the PagerDuty token when token_env names no other
// variable.
const TokenVariable = "PAGERDUTY_TOKEN" //nolint:gosec // the name, not the token

// overlay replaces values of the file by those of the environment:
// FIRSTLINE_<TABLE>_<KEY> for every string of a single table, and
// FIRSTLINE_PROMETHEUS_URL and FIRSTLINE_ALERTMANAGER_URL, which replace all
// servers of their kind. Empty variables count as not set.
func (b *builder) overlay(f *file, env lookup) {
	root := reflect.ValueOf(f).Elem()
	for i := range root.NumField() {
		field := root.Type().Field(i)
		table := field.Tag.Get("toml")
		switch v := root.Field(i); {
		case table == "prometheus", table == "alertmanager":
			if url, ok := b.variable(env, []string{table, "0", "url"}, table, "url"); ok {
				b.origin[pathKey(table, "0", "name")] = b.origin[pathKey(table, "0", "url")]
				only := reflect.MakeSlice(field.Type, 1, 1)
				only.Index(0).FieldByName("URL").SetString(url)
				v.Set(only)
			}
		case v.Kind() == reflect.Struct:
			b.overlayTable(v, table, []string{table}, env)
		case table == "pagerduty":
			b.overlayAccount(f, env)
		}
	}
}

// overlayTable returns the keys of the table that the environment sets. path is the
// table's.
func (b *builder) overlayTable(v reflect.Value, table string, path []string, env lookup) (set []string) {
	for i := range v.NumField() {
		if v.Field(i).Kind() != reflect.String {
			continue
		}
		key := v.Type().Field(i).Tag.Get("toml")
		if text, ok := b.variable(env, append(slices.Clone(path), key), table, key); ok {
			v.Field(i).SetString(text)
			set = append(set, key)
		}
	}
	return set
}

func (b *builder) variable(env lookup, path []string, table, key string) (string, bool) {
	name := "FIRSTLINE_" + strings.ToUpper(table+"_"+key)
	text, ok := env(name)
	if !ok || strings.TrimSpace(text) == "" {
		return "", false
	}
	b.origin[pathKey(path...)] = name
	return text, true
}

package config

import (
	"bytes"
	"fmt"
	"maps"
	"net/url"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"

	commonconfig "github.com/prometheus/common/config"
	"go.yaml.in/yaml/v3"

	"firstline/internal/clean"
	"firstline/internal/credentials"
	"firstline/internal/lazyregexp"
)

var httpType = reflect.TypeFor[commonconfig.HTTPClientConfig]()

// httpOptions parses Prometheus's own http client options. Without a table it
// returns the zero value, with which the clients use the environment's proxy.
// The options are defined as YAML, so the TOML table is written as YAML and
// parsed by Prometheus's own type.
func (b *builder) httpOptions(path []string, table map[string]any) commonconfig.HTTPClientConfig {
	if len(table) == 0 {
		return commonconfig.HTTPClientConfig{}
	}
	before := len(b.faults)
	b.httpNames(path, nil, table)
	if len(b.faults) > before {
		return commonconfig.HTTPClientConfig{}
	}
	// First one key at a time, because positions in the YAML are not those of
	// the file.
	for _, key := range slices.Sorted(maps.Keys(table)) {
		_, err := readHTTP(map[string]any{key: table[key]})
		if err != nil && isTypeError(err) {
			b.fault(append(slices.Clone(path), key), "%s: %s", key, httpSentence(err, table))
		}
	}
	if len(b.faults) > before {
		return commonconfig.HTTPClientConfig{}
	}
	options, err := readHTTP(expandFiles(table))
	if err != nil {
		b.fault(path, "http: %s", httpSentence(err, table))
		return commonconfig.HTTPClientConfig{}
	}
	options.SetDirectory(filepath.Dir(b.path))
	addSecrets(reflect.ValueOf(options))
	return options
}

// addSecrets makes the secrets in Prometheus's options known, so that they are
// hidden wherever text is shown: those of its type Secret, and passwords in
// addresses.
func addSecrets(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if u, ok := v.Interface().(*url.URL); ok && u != nil && u.User != nil {
			password, _ := u.User.Password()
			credentials.Add(password)
		} else if !v.IsNil() {
			addSecrets(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				addSecrets(v.Field(i))
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			addSecrets(v.Index(i))
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			addSecrets(v.MapIndex(key))
		}
	case reflect.String:
		if v.Type() == reflect.TypeFor[commonconfig.Secret]() {
			credentials.Add(v.String())
		}
	}
}

// httpNames reports keys that the options do not have, at any depth.
func (b *builder) httpNames(path, within []string, table map[string]any) {
	valid := keysOf(typeOf(httpType, "yaml", within), "yaml")
	for _, key := range slices.Sorted(maps.Keys(table)) {
		inner := append(slices.Clone(within), key)
		full := append(slices.Clone(path), inner...)
		t := typeOf(httpType, "yaml", inner)
		if t == nil {
			b.fault(full, "%s is not one of Prometheus's http client options: %s", quoteKey(key), suggestion(key, valid))
			continue
		}
		if below, ok := table[key].(map[string]any); ok && (element(t).Kind() == reflect.Map || keysOf(t, "yaml") != nil || hasInlineMap(t)) {
			b.httpNames(path, inner, below)
		}
	}
}

// hasInlineMap reports whether the table may have keys of any name.
func hasInlineMap(t reflect.Type) bool {
	t = element(t)
	if t.Kind() != reflect.Struct {
		return false
	}
	for i := range t.NumField() {
		f := t.Field(i)
		if strings.Contains(f.Tag.Get("yaml"), ",inline") && element(f.Type).Kind() == reflect.Map {
			return true
		}
	}
	return false
}

func readHTTP(table map[string]any) (commonconfig.HTTPClientConfig, error) {
	text, err := yaml.Marshal(table)
	if err != nil {
		return commonconfig.HTTPClientConfig{}, fmt.Errorf("writing the http options as YAML: %w", err)
	}
	var options commonconfig.HTTPClientConfig
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&options); err != nil {
		return commonconfig.HTTPClientConfig{}, err
	}
	return options, nil
}

func isTypeError(err error) bool {
	_, ok := err.(*yaml.TypeError) //nolint:errorlint // yaml returns it as it is
	return ok
}

var (
	yamlPosition = lazyregexp.New(`(?s)^.*line \d+: `)
	yamlValue    = lazyregexp.New("(?s) ?`.*`")
	yamlInto     = lazyregexp.New(`cannot unmarshal !!(\w+) into .*`)
)

// httpSentence says what is wrong with the options, without any of their
// values.
func httpSentence(err error, table map[string]any) string {
	text := yamlValue.ReplaceAllString(err.Error(), "")
	text = yamlPosition.ReplaceAllString(text, "")
	text = yamlInto.ReplaceAllString(text, "a value of this type ($1) does not fit here")
	text = redact(text, table)
	return clean.Line(text)
}

// redact removes every string of the table from a sentence.
func redact(sentence string, v any) string {
	switch v := v.(type) {
	case map[string]any:
		for _, inner := range v {
			sentence = redact(sentence, inner)
		}
	case []any:
		for _, inner := range v {
			sentence = redact(sentence, inner)
		}
	case string:
		for _, form := range []string{v, strings.Trim(strconv.Quote(v), `"`)} {
			if len(form) > 3 {
				sentence = strings.ReplaceAll(sentence, form, "…")
			}
		}
	}
	return sentence
}

// expandFiles expands ~ in every option that names a file.
func expandFiles(table map[string]any) map[string]any {
	out := make(map[string]any, len(table))
	for key, v := range table {
		switch v := v.(type) {
		case map[string]any:
			out[key] = expandFiles(v)
		case string:
			if strings.HasSuffix(key, "_file") {
				out[key] = expandHome(v)
				continue
			}
			out[key] = v
		default:
			out[key] = v
		}
	}
	return out
}

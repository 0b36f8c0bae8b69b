package config

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"firstline/internal/triage"
)

func TestColumnsOfTheList(t *testing.T) {
	clearEnvironment(t)
	for text, want := range map[string][]triage.Column{
		"": triage.Columns(),
		"columns = [\"title\", \"who\", \"severity\"]": {"title", "who", "severity"},
	} {
		if c, err := Load(write(t, "[pagerduty]\n[list]\n"+text+"\n")); err != nil || !slices.Equal(c.Columns, want) {
			t.Errorf("%q: %v, %v", text, c.Columns, err)
		}
	}
	field, _ := reflect.TypeFor[fileList]().FieldByName("Columns")
	if described := strings.Join(strings.Fields(field.Tag.Get("values")), ", "); described != joined(triage.Columns()) {
		t.Errorf("the document and the schema have %s", described)
	}
	for text, want := range map[string]string{
		"columns = [\"title\", \"colour\"]": "config.toml:3:21: \"colour\" is no column: the columns are severity, age",
		"columns = [\"title\", \"title\"]":  "config.toml:3:21: the column title is here twice",
		"columns = [\"who\"]":               "config.toml:3:1: title is missing",
		"columns = []":                      "config.toml:3:1: title is missing",
	} {
		if _, err := Load(write(t, "[pagerduty]\n[list]\n"+text+"\n")); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

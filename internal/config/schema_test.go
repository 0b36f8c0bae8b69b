package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"testing"

	"github.com/pelletier/go-toml/v2"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

var update = flag.Bool("update", false, "write the generated documents again")

func readExample(t *testing.T) []byte {
	t.Helper()
	example, err := os.ReadFile(examplePath)
	if err != nil {
		t.Fatal(err)
	}
	return example
}

// generated compares a document in docs/ with what it is generated from, and writes it
// again with -update.
func generated(t *testing.T, path string, want []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, want, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s is not of config.example.toml and of the types in file.go: run `go test ./internal/config -run Generated -update` (%v)", path, err)
	}
}

func TestGeneratedSchema(t *testing.T) {
	schema, err := Schema(readExample(t))
	if err != nil {
		t.Fatal(err)
	}
	generated(t, "../../docs/config.schema.json", schema)
}

// compiled returns a function that checks a file against the schema.
func compiled(t *testing.T) func(document string) error {
	t.Helper()
	text, err := Schema(readExample(t))
	if err != nil {
		t.Fatal(err)
	}
	schema, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("config.schema.json", schema); err != nil {
		t.Fatal(err)
	}
	checked, err := compiler.Compile("config.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return func(document string) error {
		var tables map[string]any
		if err := toml.Unmarshal([]byte(document), &tables); err != nil {
			return err
		}
		text, err := json.Marshal(tables)
		if err != nil {
			return err
		}
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			return err
		}
		return checked.Validate(value)
	}
}

func loadText(document string) error {
	_, err := build("/nowhere/config.toml", []byte(document), func(string) (string, bool) { return "", false })
	return err
}

func TestSchemaTakesWhatLoadTakes(t *testing.T) {
	validate := compiled(t)
	for _, document := range []string{"", string(readExample(t)), whole} {
		if err := validate(document); err != nil {
			t.Errorf("the schema refuses\n%.300s\n%v", document, err)
		}
	}
}

// TestSchemaRefusesWhatLoadRefuses has files with one fault each.
func TestSchemaRefusesWhatLoadRefuses(t *testing.T) {
	validate := compiled(t)
	for what, document := range map[string]string{
		"an unknown table":             "[pagerdty]\n",
		"an unknown key":               "[pagerduty]\nregoin = \"eu\"\n",
		"an unknown key at the top":    "role = \"developer\"\n",
		"the token itself":             "[pagerduty]\ntoken = \"u+abc\"\n",
		"one bracket too few":          "[prometheus]\nurl = \"http://a\"\n",
		"two brackets":                 "[[me]]\nrole = \"developer\"\n",
		"a server without an address":  "[[prometheus]]\nname = \"a\"\n",
		"no address":                   "[[alertmanager]]\nurl = \"am:9093\"\n",
		"a region that is none":        "[pagerduty]\nregion = \"asia\"\n",
		"a role that is none":          "[me]\nrole = \"manager\"\n",
		"text where a list is":         "[pagerduty]\nteams = \"Payments\"\n",
		"a number in a list of texts":  "[labels]\nservice = [1]\n",
		"a time without a unit":        "[pagerduty]\ninterval = \"15\"\n",
		"a number as a time":           "[pagerduty]\ninterval = 15\n",
		"text as a switch":             "[list]\nsparkline = \"yes\"\n",
		"an unknown option of http":    "[[prometheus]]\nurl = \"http://a\"\nhttp = { basic_auht = { username = \"a\" } }\n",
		"an unknown option below http": "[[prometheus]]\nurl = \"http://a\"\nhttp = { basic_auth = { user = \"a\" } }\n",
		"a service without a name":     "[[service]]\nteam = \"payments\"\n",
		"an SLO without a window":      "[[service]]\nname = \"a\"\nslo = { objective = 99.9, errors = \"a[$window]\" }\n",
		"an SLO as a part of 1":        "[[service]]\nname = \"a\"\nslo = { objective = 0.999, window = \"30d\", errors = \"a[$window]\" }\n",
		"a stage that is none":         "[[service]]\nname = \"a\"\nstage = \"beta\"\n",
		"a severity that is none":      "[labels]\nseverity = { gold = \"fatal\" }\n",
		"a command that is none":       "[keys]\nescalat = \"x\"\n",
		"a preset that is none":        "[keys]\npreset = \"nano\"\n",
		"a number as a key":            "[keys]\nnote = 3\n",
		"a filter's name with a space": "[filters]\n\"my night\" = \"mine\"\n",
		"a variable's name with -":     "[runbooks]\nfill = { a-b = \"c\" }\n",
		"too many alerts":              "[[prometheus]]\nurl = \"http://a\"\nmax_alerts = 1000001\n",
		"part of a day":                "[readiness]\nwindow_days = 7.5\n",
		"a token of a host elsewhere":  "[runbooks]\ntokens = { \"a.example\" = { token = \"abc\" } }\n",
	} {
		if loadText(document) == nil {
			t.Errorf("%s: Load takes it", what)
		}
		if err := validate(document); err == nil {
			t.Errorf("%s: the schema takes it", what)
		} else if invalid := (*jsonschema.ValidationError)(nil); !errors.As(err, &invalid) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

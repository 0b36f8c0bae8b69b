package cli

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/spf13/cobra"

	"firstline/internal/escalation"
	"firstline/internal/readiness"
	"firstline/internal/record"
	"firstline/internal/report"
	"firstline/internal/respond"
	"firstline/internal/rollout"
	"firstline/internal/triage"
	"firstline/runbooks"
	"firstline/sources"
)

var updateSchemas = flag.Bool("update", false, "write the schemas in docs/json")

// schemaDirectory is where the schemas are.
const schemaDirectory = "../../docs/json"

// described are the values that commands write as JSON, by the names of their schemas.
var described = map[string]any{
	"action": actionOutputJSON{}, "check": checkOutputJSON{}, "handover": handoverJSON{}, "history": historyJSON{},
	"list": listJSON{}, "oncall": onCallJSON{}, "postmortem": followUpsJSON{}, "readiness": readinessJSON{}, "report": reportJSON{},
	"report-table": tableJSON{}, "runbook": runbookOutputJSON{}, "runbook-feedback": feedbackJSON{}, "runbook-lint": lintOutputJSON{},
	"version": versionJSON{}, "watch": watchJSON{},
}

// schemaTypes are the types whose constants are the values of a field, and the forms of
// fields of any type.
var schemaTypes = map[string]any{
	"sourceJSON.Kind": sources.Kind(""), "groupJSON.State": triage.State(""), "groupJSON.CountedAs": triage.CountedAs(""),
	"groupJSON.Stage": rollout.Stage(""), "groupJSON.Severity": triage.Severity(""), "groupJSON.JoinedBy": triage.Rule(""),
	"alertJSON.State": sources.AlertState(""), "incidentJSON.Status": sources.IncidentStatus(""), "incidentJSON.Escalation": escalation.Forecast{},
	"readinessJSON.Verdict": readiness.Verdict(""), "serviceReadinessJSON.Verdict": readiness.Verdict(""), "criterionJSON.Verdict": readiness.Verdict(""),
	"figureJSON.Unit": report.Unit(""), "remarkJSON.Kind": record.RemarkKind(""), "lintFinding.Kind": runbooks.FindingKind(""),
	"actJSON.Outcome": respond.Outcome(""), "pastJSON.Status": sources.IncidentStatus(""),
}

// schemaNulls are lists that may be null.
var schemaNulls = []string{"historyJSON.Incidents"}

// schemaName is the name of the schema of what a command writes.
func schemaName(cmd *cobra.Command, args []string) string {
	name := strings.ReplaceAll(strings.TrimPrefix(cmd.CommandPath(), "firstline "), " ", "-")
	if cmd.Flags().Lookup("dry-run") != nil && cmd.Flags().Lookup("reason") != nil {
		return "action"
	}
	if name == "report" && strings.Contains(strings.Join(args, " "), "--table") {
		return "report-table"
	}
	return name
}

// TestJSONSchemas checks that docs/json has exactly the schemas that the types of this
// version make. -update writes them.
func TestJSONSchemas(t *testing.T) {
	for name, value := range described {
		schema, err := makeSchema(strings.ReplaceAll("firstline "+name, "-", " "), value)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		path := filepath.Join(schemaDirectory, name+".schema.json")
		if *updateSchemas {
			if err := errors.Join(os.MkdirAll(schemaDirectory, 0o755), os.WriteFile(path, schema, 0o644)); err != nil {
				t.Fatal(err)
			}
		}
		if there, err := os.ReadFile(path); err != nil || !bytes.Equal(there, schema) {
			t.Errorf("%s is not the schema of this version (%v): run go test ./internal/cli -run JSONSchemas -update", path, err)
		}
	}
	paths, err := filepath.Glob(schemaDirectory + "/*")
	if err != nil || len(paths) != len(described) {
		t.Errorf("%s has %d files, want %d (%v)", schemaDirectory, len(paths), len(described), err)
	}
}

// TestEachJSONHasASchema finds the commands that write JSON.
func TestEachJSONHasASchema(t *testing.T) {
	used := map[string]bool{"report-table": true}
	var walk func(*cobra.Command)
	walk = func(cmd *cobra.Command) {
		for _, below := range cmd.Commands() {
			walk(below)
		}
		format := cmd.Flags().Lookup("format")
		if cmd.Flags().Lookup("json") == nil && (format == nil || !strings.Contains(format.Usage, "json")) {
			return
		}
		name := schemaName(cmd, nil)
		used[name] = true
		if described[name] == nil {
			t.Errorf("%s writes JSON and has no schema: add its type to described", cmd.CommandPath())
		}
	}
	walk(newApp(nil, nil, nil, "test").rootCommand())
	for name := range described {
		if !used[name] {
			t.Errorf("no command writes what %s describes", name)
		}
	}
}

var (
	compiledMu sync.Mutex
	compiled   = map[string]*jsonschema.Schema{} // those of what was written
	// compiler reads the schemas, and checks times too.
	compiler = func() *jsonschema.Compiler {
		c := jsonschema.NewCompiler()
		c.AssertFormat()
		return c
	}()
)

// mostChecked bounds the JSON that is checked, in bytes: what is larger repeats itself.
const mostChecked = 1 << 20

// checkJSON checks what a command wrote, if it is JSON.
func checkJSON(args []string, text []byte) error {
	if !bytes.HasPrefix(text, []byte("{")) || len(text) > mostChecked {
		return nil
	}
	cmd, _, err := newApp(nil, nil, nil, "test").rootCommand().Find(args)
	if err != nil {
		return err
	}
	name := schemaName(cmd, args)
	if described[name] == nil {
		return nil // of another program, such as a runbook that is JSON
	}
	compiledMu.Lock()
	defer compiledMu.Unlock()
	if compiled[name] == nil {
		if compiled[name], err = compiler.Compile(filepath.Join(schemaDirectory, name+".schema.json")); err != nil {
			return err
		}
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return fmt.Errorf("%s: what it wrote is no JSON: %w", name, err)
	}
	if err := compiled[name].Validate(value); err != nil {
		return fmt.Errorf("what was written is not as docs/json/%s.schema.json says: %w", name, err)
	}
	return nil
}

// TestEachSchemaDescribesRealOutput runs every command that writes JSON. The harness
// checks what is written, here and in all other tests.
func TestEachSchemaDescribesRealOutput(t *testing.T) {
	w := withPast(t)
	w.run("sync", "--since", "20d").want(t, exitDone)
	id := w.list().Groups[0].ID
	for _, line := range []string{
		"list --json --changes --slo", "oncall --json", "check --json", "check --self --json", "version --json", "handover --json", "runbook lint --json",
		"runbook feedback --json", "history --json", "history --incidents --json", "readiness --json", "readiness checkout --format json",
		"report --format json", "report --by person --format json", "report --table fairness --format json", "postmortem --open --json",
		"runbook --json " + id, "escalate --json --dry-run --reason why " + id, "handoff --json --yes --to first-line --reason why " + id, "ack --json --yes " + id,
		"silence --json --until 1h --reason why --dry-run " + id, "snooze --json --until 1h --yes " + id, "history --json",
	} {
		r := w.run(strings.Fields(line)...)
		if !strings.HasPrefix(r.out, "{") || r.invalid != nil {
			t.Errorf("%s: status %d, %v\n%s%.300s", line, r.status, r.invalid, r.err, r.out)
		}
	}
	for line := range strings.Lines(watchOutput(t)) { // it runs until it is ended
		if err := checkJSON([]string{"watch"}, []byte(line)); err != nil {
			t.Error(err)
		}
	}
	compiledMu.Lock()
	defer compiledMu.Unlock()
	for name := range described {
		if compiled[name] == nil {
			t.Errorf("nothing was written that %s describes", name)
		}
	}
}

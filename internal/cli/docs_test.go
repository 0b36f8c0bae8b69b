package cli

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

func documents(t *testing.T) map[string]string {
	t.Helper()
	paths, err := filepath.Glob("../../docs/*.md")
	if err != nil || len(paths) == 0 {
		t.Fatalf("there are no documents: %v", err)
	}
	texts := map[string]string{}
	for _, path := range append(paths, "../../README.md") {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		texts[filepath.Base(path)] = string(text)
	}
	return texts
}

// TestDocumentedCommands parses every command line in the documents and in the
// help's own examples: a flag that was renamed must be renamed there too.
func TestDocumentedCommands(t *testing.T) {
	texts := documents(t)
	root := newApp(nil, nil, nil, "test").rootCommand()
	for _, c := range root.Commands() {
		texts["the example of "+c.Name()] = c.Example
	}
	line := regexp.MustCompile("(?m)^ *(?:[^`\n]*\\| )?firstline(?: +[a-z-][^`\n]*)?$")
	quoted := regexp.MustCompile("`(firstline(?: [a-z-][^`\n]*)?)`")
	found := 0
	for name, text := range texts {
		commands := line.FindAllString(text, -1)
		for _, m := range quoted.FindAllStringSubmatch(text, -1) {
			commands = append(commands, m[1])
		}
		for _, command := range commands {
			command = command[strings.Index(command, "firstline")+len("firstline"):]
			command, _, _ = strings.Cut(command, " #")
			command, _, _ = strings.Cut(command, " | ")
			command, _, _ = strings.Cut(command, " > ")
			if name == "README.md" && !strings.HasPrefix(command, " ") && command != "" {
				continue // prose
			}
			found++
			if err := parses(words(command)); err != nil {
				t.Errorf("%s: firstline%s: %v", name, command, err)
			}
		}
	}
	if found < 12 {
		t.Errorf("only %d command lines were found: the pattern is wrong", found)
	}
}

// parses looks up the command and parses its flags, without running it.
func parses(args []string) error {
	root := newApp(nil, nil, nil, "test").rootCommand()
	root.InitDefaultCompletionCmd("completion") // which the first run makes
	cmd, rest, err := root.Find(args)
	if err != nil {
		return err
	}
	if err := cmd.ParseFlags(rest); err != nil {
		return err
	}
	return validate(cmd)
}

func validate(cmd *cobra.Command) error {
	left := cmd.Flags().Args()
	if cmd.Args == nil {
		return nil
	}
	if len(left) == 0 {
		return nil // named in prose, without its TARGET
	}
	return cmd.Args(cmd, left)
}

// words splits a command line at spaces, minding quotes.
func words(line string) []string {
	var all []string
	for _, m := range regexp.MustCompile(`(?:[^\s"']|"[^"]*"|'[^']*')+`).FindAllString(line, -1) {
		all = append(all, strings.NewReplacer(`"`, "", `'`, "").Replace(m))
	}
	return all
}

// TestDocumentedJSON: every name that list --json writes is in docs/json.md.
func TestDocumentedJSON(t *testing.T) {
	text := documents(t)["json.md"]
	var names []string
	var walk func(reflect.Type)
	walk = func(v reflect.Type) {
		for v.Kind() == reflect.Pointer || v.Kind() == reflect.Slice {
			v = v.Elem()
		}
		if v.Kind() != reflect.Struct {
			return
		}
		for i := range v.NumField() {
			name, _, _ := strings.Cut(v.Field(i).Tag.Get("json"), ",")
			if name != "" && name != "-" && v.Field(i).Type.PkgPath() != "firstline/internal/respond" {
				names = append(names, name)
				walk(v.Field(i).Type)
			}
		}
	}
	for _, v := range []any{listJSON{}, runbookOutputJSON{}, checkOutputJSON{}, lintOutputJSON{}, handoverJSON{}, historyJSON{}, onCallJSON{}, readinessJSON{}, reportJSON{}, reportRowJSON{}, figureJSON{}, tableJSON{}, versionJSON{}, watchJSON{}} {
		walk(reflect.TypeOf(v))
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		if !strings.Contains(text, `"`+name+`"`) {
			t.Errorf("docs/json.md does not say what %q is", name)
		}
	}
}

// TestSecurityNamesTests looks for each test that SECURITY.md names in the
// folder that it names: a promise must not lose its test.
func TestSecurityNamesTests(t *testing.T) {
	text, err := os.ReadFile("../../SECURITY.md")
	if err != nil {
		t.Fatal(err)
	}
	folder := regexp.MustCompile("^[a-z]+(/[a-z]+)*$")
	named := regexp.MustCompile("`([^`]+)`")
	found := 0
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(line, "|") {
			continue
		}
		cells := strings.Split(strings.Trim(line, "|\n "), " | ")
		var folders, tests []string
		check := func() {
			for _, test := range tests {
				found++
				for _, f := range folders {
					if !defines(t, f, test) {
						t.Errorf("%s has no %s", f, test)
					}
				}
			}
			tests = nil
		}
		fresh := true
		for _, m := range named.FindAllStringSubmatch(cells[len(cells)-1], -1) {
			switch word := m[1]; {
			case folder.MatchString(word):
				if !fresh {
					check()
					folders = nil
				}
				folders, fresh = append(folders, word), true
			default:
				tests, fresh = append(tests, word), false
			}
		}
		check()
	}
	if found < 40 {
		t.Errorf("only %d tests are named", found)
	}
}

// defines reports whether a folder's tests have one of a name.
func defines(t *testing.T, folder, test string) bool {
	t.Helper()
	paths, err := filepath.Glob("../../" + folder + "/*_test.go")
	if err != nil || len(paths) == 0 {
		t.Errorf("%s has no tests: %v", folder, err)
	}
	return slices.ContainsFunc(paths, func(path string) bool {
		text, err := os.ReadFile(path)
		return err == nil && strings.Contains(string(text), "func "+test+"(")
	})
}

package session

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"firstline/internal/alive"
	"firstline/internal/child"
)

// shells are those that a step may ask for, and one more that a ksh may be. One that is
// not installed is skipped.
var shells = []string{"sh", "bash", "zsh", "ksh", "mksh"}

func installed(t *testing.T, shell string) {
	t.Helper()
	if _, err := exec.LookPath(shell); err != nil {
		t.Skipf("%s is not installed: nothing is proved of it", shell)
	}
}

// runs runs a step and takes what it leaves.
func runs(t *testing.T, s *Session, shell, name, text string) (output string, status int, left error) {
	t.Helper()
	step, err := s.Begin(shell, text)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := step.End(); err != nil {
			t.Error(err)
		}
	}()
	cmd := child.Command(t.Context(), shell, step.Arguments...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err = cmd.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return out.String(), cmd.ProcessState.ExitCode(), step.Take(name)
}

// eachShell runs a test in every shell.
func eachShell(t *testing.T, test func(t *testing.T, shell string, does func(name, text, want string))) {
	for _, shell := range shells {
		t.Run(shell, func(t *testing.T) {
			installed(t, shell)
			s := &Session{}
			test(t, shell, func(name, text, want string) {
				t.Helper()
				if out, _, _ := runs(t, s, shell, name, text); out != want {
					t.Errorf("%s wrote %q, want %q; session %+v", text, out, want, s.State())
				}
			})
		})
	}
}

const awkward = "a'b\"c$d`e\\f !*?\ng\th\377\303\244 "

func TestValuesArePreserved(t *testing.T) {
	t.Setenv("AWKWARD", awkward)
	dir := t.TempDir() + "/it's here"
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("DIR", dir)
	eachShell(t, func(t *testing.T, _ string, does func(name, text, want string)) {
		does("step 1", `plain=one; export SENT=two; RAW=$AWKWARD; EMPTY=; unset AWKWARD; cd "$DIR"; multi='a
b'`, "")
		does("step 2", `printf '%s|%s|%s|%s|%s|%s' "$plain" "$(printenv SENT)" "$RAW" "${EMPTY-unset}" "${AWKWARD-unset}" "$multi"; pwd`,
			"one|two|"+awkward+"||unset|a\nb"+dir+"\n")
		does("step 3", `printenv plain; readonly R=1; SENT=three; cd /`, "")
		does("step 4", `printf '%s' "$R$(printenv SENT)"; pwd; cd - >/dev/null; pwd; (R=2) 2>/dev/null || echo refused`, "1three/\n"+dir+"\nrefused\n")
	})
}

func TestFunctionsArePreserved(t *testing.T) {
	eachShell(t, func(t *testing.T, _ string, does func(name, text, want string)) {
		does("1", "greet() { echo \"hello $1\"\n}\nother() { greet other; }", "")
		does("2", "greet you; other; pwd() { echo mine; }; printf() { echo mine; }; X=1", "hello you\nhello other\n")
		does("3", "other; greet() { echo changed; }; echo $X", "hello other\n1\n")
		does("4", "other; unset -f other", "changed\n")
		does("5", "other 2>/dev/null || echo gone", "gone\n")
	})
}

// What ends a step does not end the session, and what the step set before it
// ended stays.
func TestAStepsEndIsNotTheSessions(t *testing.T) {
	for _, c := range []struct {
		text   string
		status int
	}{
		{"SET=1; exit 3", 3},
		{"SET=1; f() { exit 4; }; f", 4},
		{"set -e; SET=1; false; SET=2", 1},
		{"set -eu; SET=1; (exit 7); SET=2", 7},
		{"SET=1; trap 'echo bye' EXIT", 0},
		{"SET=1; set -C; set -f; IFS=x; set -- a b c", 0},
		{"SET=1; false", 1},
		{"SET=1; umask 777", 0},
	} {
		t.Run(c.text, func(t *testing.T) {
			eachShell(t, func(t *testing.T, shell string, _ func(name, text, want string)) {
				s := &Session{}
				_, status, left := runs(t, s, shell, "step 1", c.text)
				if status != c.status || left != nil {
					t.Errorf("status %d, want %d; left %v", status, c.status, left)
				}
				if v, _ := s.State().Of("SET"); v.Value != "1" || v.From != "step 1" {
					t.Errorf("the session has %+v", s.State())
				}
				// Options are the step's.
				if out, status, _ := runs(t, s, shell, "2", `false; echo "$SET$UNSET_NAME" $#`); out != "1 0\n" || status != 0 {
					t.Errorf("the next step wrote %q, status %d", out, status)
				}
			})
		})
	}
}

// A shell that was replaced or killed leaves nothing: the session has what it had.
func TestAShellThatIsGoneLeavesNothing(t *testing.T) {
	for _, text := range []string{"SET=2; exec env true", "SET=2; kill -9 $$", "SET=2; trap 'exit 1' EXIT; exit"} {
		t.Run(text, func(t *testing.T) {
			eachShell(t, func(t *testing.T, shell string, _ func(name, text, want string)) {
				s := &Session{}
				runs(t, s, shell, "1", "SET=1")
				if _, _, left := runs(t, s, shell, "2", text); !errors.Is(left, ErrNothingLeft) {
					t.Errorf("left %v", left)
				}
				if v, _ := s.State().Of("SET"); v.Value != "1" || v.From != "1" {
					t.Errorf("the session has %+v", s.State())
				}
			})
		})
	}
}

func TestNothingOfOursIsWritten(t *testing.T) {
	eachShell(t, func(t *testing.T, shell string, does func(name, text, want string)) {
		does("1", "", "")
		does("2", "# only a comment", "")
		if shell == "mksh" {
			return // it writes what is traced elsewhere than into an error stream that is redirected
		}
		s := &Session{}
		for _, text := range []string{"set -x; true", "set -x; exit 0", "f() { :; }; set -x; f"} {
			out, _, _ := runs(t, s, shell, "1", text)
			if strings.Contains(out, "firstline") || strings.Contains(out, "declare") {
				t.Errorf("%s wrote %q", text, out)
			}
		}
	})
}

func TestOnlyWhatAStepSetIsInTheSession(t *testing.T) {
	t.Setenv("FROM_OUTSIDE", "1")
	eachShell(t, func(t *testing.T, shell string, _ func(name, text, want string)) {
		s := &Session{}
		runs(t, s, shell, "step 1", `B=1; export A='x y'; f() { local_one=1; }; f; true | cat; read line </dev/null; RANDOM=1; cd /`)
		state := s.State()
		var names []string
		for _, v := range state.Variables {
			names = append(names, v.Name)
		}
		want := []string{"A", "B", "line", "local_one"}
		if !slices.Equal(names, want) || state.Directory != "/" || state.DirectoryFrom != "step 1" || !slices.Equal(state.Functions, []string{"f"}) {
			t.Errorf("the session has %+v", state)
		}
		runs(t, s, shell, "step 2", `unset B FROM_OUTSIDE; A=$A`)
		if b, _ := s.State().Of("B"); !b.Unset || b.From != "step 2" {
			t.Errorf("B is %+v", b)
		}
		if a, _ := s.State().Of("A"); a.From != "step 1" {
			t.Errorf("A is %+v: a step that does not change it did not set it", a)
		}
		s.Reset()
		if out, _, _ := runs(t, s, shell, "step 3", `echo "$A$FROM_OUTSIDE"; f 2>/dev/null || pwd`); !strings.HasPrefix(out, "1\n") || strings.HasSuffix(out, "\n/\n") || !s.State().Empty() && s.State().Functions != nil {
			t.Errorf("after a reset it wrote %q, and the session has %+v", out, s.State())
		}
	})
}

func TestArraysArePreserved(t *testing.T) {
	for _, c := range []struct{ shell, set, read, want string }{
		{"bash", `A=(1 "2 3" $'4\n5'); declare -A H=([k]="v w"); declare -i I=5; declare -x E=1; A[7]=x`, `echo "${#A[@]} ${A[1]} ${A[2]} ${H[k]}"; I=I+1; echo $I`, "4 2 3 4\n5 v w\n6\n"},
		{"zsh", `A=(1 "2 3" $'4\n5'); typeset -A H; H[k]="v w"; integer I=5; path+=/added`, `echo "${#A[@]} ${A[2]} ${A[3]} ${H[k]}"; I=I+1; echo $I ${path[-1]}`, "3 2 3 4\n5 v w\n6 /added\n"},
		{"ksh", `set -A A 1 "2 3" $'4\n5'; typeset -i I=5`, `echo "${#A[@]} ${A[1]} ${A[2]}"; I=I+1; echo $I`, "3 2 3 4\n5\n6\n"},
		{"mksh", `set -A A 1 "2 3" $'4\n5'; typeset -i I=5`, `echo "${#A[@]} ${A[1]} ${A[2]}"; I=I+1; echo $I`, "3 2 3 4\n5\n6\n"},
	} {
		t.Run(c.shell, func(t *testing.T) {
			installed(t, c.shell)
			s := &Session{}
			runs(t, s, c.shell, "1", c.set)
			if out, _, _ := runs(t, s, c.shell, "2", c.read); out != c.want {
				t.Errorf("wrote %q, want %q; %+v", out, c.want, s.State())
			}
		})
	}
}

func TestShellsShareWhatBothCanRead(t *testing.T) {
	t.Setenv("AWKWARD", awkward)
	for i, from := range shells {
		// Each gives to one and takes from one.
		for _, to := range []string{shells[(i+1)%len(shells)]} {
			t.Run(from+" to "+to, func(t *testing.T) {
				installed(t, from)
				installed(t, to)
				s := &Session{}
				runs(t, s, from, "1", `one=$AWKWARD; export SENT=2; readonly R=3; cd /; f() { echo f; }`)
				if out, _, _ := runs(t, s, to, "2", `printf '%s' "$one$(printenv SENT)$R"; pwd; (R=4) 2>/dev/null || echo refused`); out != awkward+"23/\nrefused\n" {
					t.Errorf("wrote %q", out)
				}
				if out, _, _ := runs(t, s, from, "3", "f"); out != "f\n" {
					t.Errorf("back in %s, f wrote %q", from, out)
				}
			})
		}
	}
}

func TestAFunctionsLocalsAreNotTheSessions(t *testing.T) {
	for _, shell := range []string{"bash", "zsh"} {
		t.Run(shell, func(t *testing.T) {
			installed(t, shell)
			s := &Session{}
			runs(t, s, shell, "1", `X=1; f() { local X=2 Y=3; exit; }; f`)
			if _, found := s.State().Of("Y"); found {
				t.Errorf("the session has %+v", s.State())
			}
		})
	}
}

func TestTheFilesAreGoneAfterAStep(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("XDG_RUNTIME_DIR", dir)
	s := &Session{}
	step, err := s.Begin("sh", "true")
	if err != nil {
		t.Fatal(err)
	}
	entries, _ := filepath.Glob(dir + "/*/*")
	for _, e := range entries {
		if info, err := os.Stat(e); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", e, info.Mode(), err)
		}
	}
	if info, _ := os.Stat(filepath.Dir(entries[0])); info.Mode().Perm() != 0o700 {
		t.Errorf("the directory is %v", info.Mode())
	}
	if err := step.End(); err != nil {
		t.Fatal(err)
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("left %v", left)
	}
}

// Files of a firstline that was killed are removed by the next step, and those of one
// that runs, or is making them, are not.
func TestFilesThatAreLeftAreRemoved(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("XDG_RUNTIME_DIR", dir)
	make := func(name string, files ...string) string {
		path := filepath.Join(dir, directories+name)
		if err := os.Mkdir(path, 0o700); err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if err := os.WriteFile(filepath.Join(path, file), []byte("secret"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		return path
	}
	left, making, runs := make("left", lock, "before.variables"), make("making"), make("runs", "before.variables")
	held, err := alive.Hold(filepath.Join(runs, lock))
	if err != nil {
		t.Fatal(err)
	}
	s := &Session{}
	first, err := s.Begin("sh", "true")
	if err != nil {
		t.Fatal(err)
	}
	second, err := s.Begin("sh", "true") // in the background
	if err != nil {
		t.Fatal(err)
	}
	for path, there := range map[string]bool{left: false, making: true, runs: true, first.directory: true, second.directory: true} {
		if _, err := os.Stat(path); (err == nil) != there {
			t.Errorf("%s: %v", path, err)
		}
	}
	if err := errors.Join(first.End(), second.End(), held.Release()); err != nil {
		t.Error(err)
	}
}

func TestADirectoryThatIsGoneIsReported(t *testing.T) {
	dir := t.TempDir() + "/gone"
	t.Setenv("DIR", dir)
	s := &Session{}
	runs(t, s, "sh", "step 1", `mkdir "$DIR"; cd "$DIR"`)
	if err := os.Remove(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Begin("sh", "true"); err == nil || !strings.Contains(err.Error(), "step 1") {
		t.Errorf("Begin = %v", err)
	}
	s.Reset()
	step, err := s.Begin("sh", "true")
	if err != nil {
		t.Fatal(err)
	}
	if err := step.End(); err != nil {
		t.Error(err)
	}
}

func TestSessionsMoveWithTheirGroups(t *testing.T) {
	var all Sessions
	all.Of("alerts").add(change{family: "sh", variables: map[string]declaration{"A": {name: "A", scalar: true}}}, "1")
	all.Of("Q1")
	all.Move("alerts", "Q1")
	if _, found := all.Of("Q1").State().Of("A"); !found {
		t.Error("the session did not move")
	}
}

func FuzzDeclarations(f *testing.F) {
	f.Add("declare -x A=\"b\\\"\n\"\nB=$'\\377\\n\\u00e4\\x41'\ntypeset -a C=( 1\n2 )\nexport -T PATH path=( / )\n")
	f.Add("A='b'\"'\"'c\nd'\nreadonly R\n")
	f.Fuzz(func(t *testing.T, text string) {
		for name, d := range declarationsIn(text) {
			if name != d.name || name == "" || !strings.Contains(d.text, name) {
				t.Errorf("%q gives %+v", text, d)
			}
		}
		// What we write is read back.
		if back, ok := unquote(quote(text)); !ok || back != text {
			t.Errorf("%q comes back as %q", text, back)
		}
		d := declarationsIn("X=" + quote(text) + "\nY=1")
		if d["X"].value != text || d["Y"].value != "1" {
			t.Errorf("%q is read as %+v", text, d)
		}
	})
}

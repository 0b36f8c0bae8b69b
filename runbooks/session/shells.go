package session

import (
	"fmt"
	"os/exec"
	"strings"
)

// NotInstalledError says that a shell is not on this machine.
type NotInstalledError struct{ Shell string }

func (e *NotInstalledError) Error() string {
	return e.Shell + " is not installed: the step needs it, because its code says so"
}

// shellsOf returns the programs that may run code in a language, the best first.
// Code whose language names no shell is what people type into theirs, which is
// rarely one that knows POSIX only.
func shellsOf(language string) []string {
	switch strings.ToLower(language) {
	case "bash", "bash-session":
		return []string{"bash"}
	case "zsh":
		return []string{"zsh"}
	case "ksh":
		return []string{"ksh", "ksh93", "mksh"}
	case "sh":
		return []string{"sh"}
	}
	return []string{"bash", "sh"}
}

// Shell returns the name of the shell that runs code in the language of a fence, and a
// *NotInstalledError when it is not on this machine. It looks for files.
func Shell(language string) (string, error) {
	names := shellsOf(language)
	for _, name := range names {
		if _, err := exec.LookPath(name); err == nil {
			return name, nil
		}
	}
	return "", fmt.Errorf("%w", &NotInstalledError{names[len(names)-1]})
}

// wrapper runs a step, its first argument. Its first line finds out which family
// of shells runs it, restores the session and describes it, so that what the
// step changes can be found. However the step ends, the shell then describes what is
// left, unless it was replaced or killed. A trap of the step for its own end takes
// the place of ours, so the end of the text describes it too. %s is a directory.
//
// The step is an argument and not a part of the text, so that the line numbers in
// a shell's messages are those of the step. In it, set -x prints nothing of ours.
const wrapper = `if [ -n "${ZSH_VERSION-}" ]; then _firstline=zsh; elif [ -n "${BASH_VERSION-}" ]; then _firstline=bash; else case ${KSH_VERSION-} in *MIRBSD*|*PD*) _firstline=mksh;; ?*) _firstline=ksh;; *) _firstline=sh;; esac; fi; . %[1]s/"restore.$_firstline"; . %[1]s/"before.$_firstline"; trap '{ set +x; } 2>/dev/null; . %[1]s/"after.$_firstline"' EXIT; _firstline_step=$1; shift; eval "$_firstline_step"
{ _firstline_status=$?; set +x; } 2>/dev/null
. %[1]s/"after.$_firstline"
exit "$_firstline_status"
`

// families are the families of shells. Each has its own way to describe variables
// and functions, which only it can read.
var families = []string{"sh", "bash", "zsh", "ksh", "mksh"}

// describers write what a shell of a family has into the files of the session: %[1]s
// is the directory with a prefix, %[2]s are the functions that a POSIX shell may have.
// The family is written last. Functions of the step that are named like a
// builtin are not called.
var describers = map[string]string{
	"bash": `set +eu
builtin trap - DEBUG ERR
{
builtin local -p >|%[1]s.locals
builtin declare -p >|%[1]s.variables
builtin declare -f >|%[1]s.functions
builtin declare -Fx >>%[1]s.functions
builtin compgen -A function >|%[1]s.names
builtin pwd >|%[1]s.directory
builtin printf bash >|%[1]s.end
} 2>/dev/null
`,
	// zsh/parameter says which of the variables are the shell's own or local, and nothing
	// must be run for each of them.
	"zsh": `() {
builtin emulate -L zsh
builtin setopt clobber
builtin local _firstline_name
{
builtin zmodload zsh/parameter
builtin typeset -f >|%[1]s.functions
builtin print -rl -- ${(k)functions} >|%[1]s.names
for _firstline_name in ${(k)parameters}; do
case ${parameters[$_firstline_name]} in
*local*) builtin print -r -- "typeset $_firstline_name" >>|%[1]s.locals ;;
undefined*|scalar*hide*|*readonly*special*) ;;
scalar*export*readonly*|scalar*readonly*export*) builtin print -r -- "typeset -rx $_firstline_name=${(qq)${(P)_firstline_name}}" ;;
scalar*export*) builtin print -r -- "typeset -x $_firstline_name=${(qq)${(P)_firstline_name}}" ;;
scalar*readonly*) builtin print -r -- "typeset -r $_firstline_name=${(qq)${(P)_firstline_name}}" ;;
scalar*special*) ;;
scalar*) builtin print -r -- "$_firstline_name=${(qq)${(P)_firstline_name}}" ;;
*special*) ;;
*) builtin typeset -p $_firstline_name ;;
esac
done >|%[1]s.variables
builtin pwd >|%[1]s.directory
builtin printf zsh >|%[1]s.end
} 2>/dev/null
}
`,
	"ksh": `set +eu
{
command typeset -p >|%[1]s.variables
command typeset -f >|%[1]s.functions
command typeset +f >|%[1]s.names
command pwd >|%[1]s.directory
command printf ksh >|%[1]s.end
} 2>/dev/null
`,
	"mksh": `set +eu
{
\command typeset -p >|%[1]s.variables
\command typeset -f >|%[1]s.functions
\command typeset +f >|%[1]s.names
\command pwd >|%[1]s.directory
\command print -n mksh >|%[1]s.end
} 2>/dev/null
`,
	// A POSIX shell does not show its functions: their text comes from the step.
	"sh": `set +eu
{
command set >|%[1]s.variables
command export -p >|%[1]s.exported
command readonly -p >|%[1]s.readonly
for _firstline_name in %[2]s; do
command type "$_firstline_name"
done >|%[1]s.names
command pwd >|%[1]s.directory
command printf sh >|%[1]s.end
} 2>/dev/null
`,
}

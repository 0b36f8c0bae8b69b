// Package cli is firstline's command line: it reads the configuration, makes
// the sources from it and hands both to the screen or to a command that runs
// once. It alone knows every other package.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"firstline/internal/child"
	"firstline/internal/clean"
	"firstline/internal/crash"
	"firstline/internal/credentials"
	"firstline/sources"
	"firstline/sources/demo"
)

// The exit statuses.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
	exitPartly = 3
	// exitWanting is for what was checked and found wanting.
	exitWanting = 4
	// exitSignal is what the number of a signal is added to that ended the program.
	exitSignal = 128
)

// Main runs the command line and returns the exit status: 0 done, 1 failed,
// 2 wrong usage, 3 partly done, 4 checked and found wanting, 128 and more ended by a signal. args are without
// the program's name, example is config.example.toml.
func Main(args []string, in io.Reader, out, errOut io.Writer, version string, example []byte) int {
	a := newApp(in, out, errOut, version)
	a.example = example
	return a.main(args)
}

// Command returns the command line, for what describes it, such as manual pages.
func Command(version string) *cobra.Command {
	return newApp(strings.NewReader(""), io.Discard, io.Discard, version).rootCommand()
}

// memory400 limits the resident memory to 400 MB as long as the program does
// not need more: the closer it comes, the more often Go collects garbage.
const memory400 = 330 << 20

// main is a run of the whole program.
func (a *app) main(args []string) (status int) {
	a.whole, a.hide = true, child.Take
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memory400)
	}
	ctx, stop := a.untilSignal(context.Background())
	defer stop()
	defer func() {
		if value := recover(); value != nil {
			status = a.crashed(crash.Caught(value))
		}
	}()
	status = a.run(ctx, args)
	if s := a.endedBy.Load(); s != 0 {
		return exitSignal + int(s)
	}
	return status
}

// interrupts says whose the signals are that keys of the terminal send: of what
// has the terminal.
type interrupts struct {
	mu    sync.Mutex
	taken bool
	// back is when they became firstline's again.
	back time.Time
}

// lateInterrupt is how much later than it was pressed an interrupt may be
// noticed on a busy machine. Ending firstline by one that was meant for the
// editor would lose what was written there; pressing it again costs nothing.
const lateInterrupt = time.Second

// lend gives the interrupts to another until back.
func (i *interrupts) lend() (back func()) {
	i.take()
	return func() { i.giveBack(time.Now()) }
}

// take gives the interrupts to another until giveBack.
func (i *interrupts) take() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.taken = true
}

func (i *interrupts) giveBack(now time.Time) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.taken, i.back = false, now
}

// ours reports whether an interrupt that is noticed now is meant for firstline.
func (i *interrupts) ours(now time.Time) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	return !i.taken && (i.back.IsZero() || now.Sub(i.back) > lateInterrupt)
}

// app is one run of the program.
type app struct {
	in          io.Reader
	out, errOut io.Writer
	version     string
	// example is config.example.toml.
	example []byte
	now     func() time.Time
	// isTerminal reports whether a reader or writer is a terminal. Tests
	// replace it.
	isTerminal func(any) bool
	// hide hides variables with tokens from the programs that are started. The
	// whole program, which reads its configuration once, also removes them from
	// its own environment.
	hide func(names ...string)
	// screen shows the screen; tests replace it.
	screen func(context.Context, *setup) error
	// whole: this is the whole program, and not one of a test.
	whole bool
	// completing: a shell asks what a word may become, and nobody is to be asked.
	completing bool
	ending
	// interrupts are not firstline's while another program has the terminal.
	interrupts interrupts

	// wait waits before something is looked at or sent again; nil: a timer.
	wait func(context.Context, time.Duration) error
	// stateHome is the directory for what outlives the program; empty: that of the
	// environment.
	stateHome string
	// settleTime is how long a command looks for what came of earlier runs.
	settleTime time.Duration

	// ascii is what the configuration says of ASCII; nil: nothing.
	ascii *bool

	// typed are the answers that are typed; made once, for they are read ahead.
	typed *answers

	flags flags
}

// flags are those of all commands.
type flags struct {
	config, logFile, role string
	// demo is the story that is played; empty: none is.
	demo              string
	readOnly, noColor bool
	version, plain    bool
}

func newApp(in io.Reader, out, errOut io.Writer, version string) *app {
	a := &app{in: in, out: out, errOut: errOut, version: version, now: sources.Now, isTerminal: isTerminal, hide: child.Hide, settleTime: usualSettleTime}
	a.screen = a.runScreen
	return a
}

func isTerminal(v any) bool {
	f, ok := v.(*os.File)
	return ok && term.IsTerminal(f.Fd())
}

// exitError ends the program with a status. Its sentences, when there is an
// error, have not been shown yet.
type exitError struct {
	status int
	err    error
}

func (e *exitError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit status %d", e.status)
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

// exit ends with a status, everything having been said. 0 is no error.
func exit(status int) error {
	if status == exitDone {
		return nil
	}
	return &exitError{status: status}
}

func usagef(format string, a ...any) error {
	return &exitError{status: exitUsage, err: fmt.Errorf(format, a...)}
}

func (a *app) run(ctx context.Context, args []string) int {
	root := a.rootCommand()
	if slices.Contains(args, cobra.ShellCompRequestCmd) || slices.Contains(args, cobra.ShellCompNoDescRequestCmd) {
		a.addCompletions(root)
	}
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitDone
	}
	status := exitFailed
	var fault *crash.Fault
	if errors.As(err, &fault) {
		return a.crashed(fault)
	}
	var e *exitError
	if errors.As(err, &e) {
		status = e.status
		if e.err == nil {
			return status
		}
	}
	a.complain(err)
	return status
}

// complain says an error on errOut, each of several on its own line.
func (a *app) complain(err error) {
	for line := range strings.SplitSeq(err.Error(), "\n") {
		if line = clean.Line(line); line != "" {
			a.sayf("%s", line)
		}
	}
}

// sayf writes a line for the person to errOut.
func (a *app) sayf(format string, v ...any) {
	fmt.Fprint(a.textTo(a.errOut), credentials.HideAny(fmt.Sprintf("firstline: "+format+"\n", v...))) //nolint:errcheck // there is nowhere else to say it
}

func (a *app) rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "firstline",
		Short: "Answer a page: alerts, runbook and hand-off on one screen",
		Long: `firstline shows every active alert of PagerDuty and Prometheus once, with the
owning service's runbook beside it, and lets you acknowledge it, escalate it to
first-line support, or hand it off.

Without a command it shows the screen. "firstline --demo" needs no account.

Exit status: 0 done, 1 failed, 2 wrong usage, 130 after ctrl-c, 129 after the terminal was
closed, 143 after SIGTERM.`,
		Args: noArgs,
		// "lst" is near enough to suggest "list".
		SuggestionsMinimumDistance: 2,
		SilenceErrors:              true,
		SilenceUsage:               true,
		DisableAutoGenTag:          true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			// Not cobra's own flag: both ways print the same.
			if a.flags.version {
				return a.printVersion()
			}
			return a.showScreen(cmd.Context())
		},
	}
	root.SetIn(a.in)
	root.SetOut(a.out)
	root.SetErr(a.errOut)
	help := root.HelpFunc()
	root.SetHelpFunc(func(cmd *cobra.Command, args []string) {
		root.SetOut(a.text())
		help(cmd, args)
	})
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usagef("%w (see %s --help)", err, cmd.CommandPath())
	})
	f := root.PersistentFlags()
	f.SortFlags = false
	f.StringVar(&a.flags.config, "config", "", "the configuration file `PATH`")
	f.StringVar(&a.flags.demo, "demo", "", "play a `STORY` on this machine alone; needs no account: "+strings.Join(demo.Stories(), " or "))
	f.Lookup("demo").NoOptDefVal = demo.Outage
	f.StringVar(&a.flags.role, "role", "", "your `ROLE`, instead of the configured one: developer or first-line")
	f.BoolVar(&a.flags.readOnly, "read-only", false, "refuse every action")
	f.BoolVar(&a.flags.noColor, "no-color", false, "no colours (also when NO_COLOR is set)")
	f.StringVar(&a.flags.logFile, "log-file", "", "append a log to the file `PATH`")
	root.Flags().BoolVar(&a.flags.plain, "plain", false, "write the screen as lines, for screen readers (also where TERM is dumb)")
	root.Flags().BoolVarP(&a.flags.version, "version", "v", false, "print the version")
	root.AddCommand(a.listCommand(), a.runbookCommand())
	root.AddCommand(a.actionCommands()...)
	root.AddCommand(a.watchCommand(), a.checkCommand(), a.handoverCommand(), a.historyCommand(), a.onCallCommand(), a.syncCommand(), a.reportCommand(), a.readinessCommand(), a.postmortemCommand(), a.versionCommand(), a.initCommand())
	addStatuses(root)
	return root
}

// addStatuses says in the help of the commands that cobra brings what their exit status
// means, as that of ours does.
func addStatuses(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		if name := c.Name(); name != "help" && name != "completion" {
			continue
		}
		if c.Name() == "completion" {
			c.Args = noArgs
			c.RunE = func(*cobra.Command, []string) error { return usagef("name a shell: bash, fish, powershell or zsh") }
		}
		for _, one := range append([]*cobra.Command{c}, c.Commands()...) {
			one.Long = strings.TrimSpace(one.Long) + "\n\nExit status: 0 done, 1 failed, 2 wrong usage."
		}
	}
}

// noArgs is cobra's, as wrong usage: an unknown command is an argument too.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	hint := ""
	if near := cmd.Root().SuggestionsFor(args[0]); len(near) > 0 {
		hint = ": the nearest is " + near[0]
	}
	if cmd.HasParent() {
		return usagef("%s takes no argument %q (see %s --help)", cmd.CommandPath(), args[0], cmd.CommandPath())
	}
	return usagef("there is no command %q%s (see firstline --help)", args[0], hint)
}

// oneName checks that there is at most one name of something. An empty one, as of a
// variable that is not set, does not mean all.
func oneName(something string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) > 1:
			return usagef("%s takes one %s: put a name with spaces in quotes", cmd.CommandPath(), something)
		case len(args) == 1 && strings.TrimSpace(args[0]) == "":
			return usagef("the %s is empty: name one, or leave it out", something)
		}
		return nil
	}
}

// checkTargets parses TARGETs before anything is read for them.
func checkTargets(typed []string) error {
	for _, one := range typed {
		if _, err := parseTarget(one); err != nil {
			return err
		}
	}
	return nil
}

// someArgs wants at least one TARGET, and at most most when that is not 0, and
// checks them.
func someArgs(most int, check func(typed []string) error) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) == 0:
			return usagef("%s needs a TARGET: an id or incident number as `firstline list` shows it", cmd.CommandPath())
		case most > 0 && len(args) > most:
			return usagef("%s takes one TARGET (see %s --help)", cmd.CommandPath(), cmd.CommandPath())
		}
		return check(args)
	}
}

// withSetup reads the configuration, makes the sources, runs the command and
// puts everything away.
func (a *app) withSetup(ctx context.Context, command func(context.Context, *setup) error) error {
	if a.whole {
		defer a.startReporting()()
		for _, sentence := range a.earlier {
			a.sayf("%s", oneLine(sentence))
		}
	}
	s, err := a.newSetup(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	for _, sentence := range s.warnings {
		a.sayf("%s", sentence)
	}
	return command(ctx, s)
}

// withSettled is withSetup for a command that runs once: what an earlier run
// left open is settled first. The screen does that beside its work.
func (a *app) withSettled(ctx context.Context, command func(context.Context, *setup) error) error {
	return a.withSetup(ctx, func(ctx context.Context, s *setup) error {
		a.settleEarlier(ctx, s)
		return command(ctx, s)
	})
}

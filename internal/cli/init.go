package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"firstline/internal/child"
	"firstline/internal/config"
	"firstline/internal/firstrun"
	"firstline/internal/firstrun/prompt"
	"firstline/sources"
)

// initFlags are the answers that are given as flags.
type initFlags struct {
	email, region, policy                  string
	tokenEnv, keyring, tokenFile, tokenCmd string
	prometheus, alertmanager, directories  []string
	yes, dryRun, untried                   bool
}

func (a *app) initCommand() *cobra.Command {
	var f initFlags
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Write a first configuration, asking and trying each answer",
		Long: `Asks where the PagerDuty token is to be, for the account's region, your email and role,
the addresses of Prometheus and Alertmanager, the first line's escalation policy and the
directories with runbooks, and tries each answer as it is given. Services are mapped to
PagerDuty's, and SLOs are found. Then it shows what it writes, and asks.

The file has all options with their descriptions. A file that is there already is changed
only after its difference was shown, and what it says besides stays as it is; its answers
are offered as the first ones, so init can be run again at any time.

With an answer as a flag nothing is asked but the last question, and with --yes not even
that. The token itself is never a flag: it is in the environment, or where a flag says.

Exit status: 0 done, 1 failed or nothing was to be written after the last question, 2 wrong
usage, 4 an answer was tried and is wrong, 130 left by ctrl-c.`,
		Example: `  firstline init
  firstline init --prometheus http://prometheus.example.com:9090 --yes
  firstline init --token-file ~/.config/firstline/pagerduty-token --region eu --email dana@example.com --first-line "First line" --dry-run`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			answered := false
			for _, name := range answerFlags {
				flag := cmd.Flags().Lookup(name)
				answered = answered || flag.Changed
				if flag.Changed && isBlank(flag.Value) {
					return usagef("--%s is empty: give its value, or leave the flag out", name)
				}
			}
			return a.runInit(cmd.Context(), f, answered)
		},
	}
	c := cmd.Flags()
	c.StringVar(&f.tokenEnv, "token-env", "", "the environment variable `NAME` has the PagerDuty token")
	c.StringVar(&f.keyring, "token-keyring", "", "the entry `NAME` of the system's keyring has it")
	c.StringVar(&f.tokenFile, "token-file", "", "the file `PATH` has it")
	c.StringVar(&f.tokenCmd, "token-command", "", "the shell `COMMAND` prints it")
	c.StringVar(&f.region, "region", "", "the account's `REGION`: us or eu")
	c.StringVar(&f.email, "email", "", "your `EMAIL` in PagerDuty")
	c.StringArrayVar(&f.prometheus, "prometheus", nil, "the `URL` of a Prometheus (may be given several times)")
	c.StringArrayVar(&f.alertmanager, "alertmanager", nil, "the `URL` of an Alertmanager (may be given several times)")
	c.StringVar(&f.policy, "first-line", "", "the escalation `POLICY` of the first line, by name or id")
	c.StringArrayVar(&f.directories, "runbooks", nil, "a further `DIRECTORY` with runbooks (may be given several times)")
	c.BoolVar(&f.yes, "yes", false, "write it without asking")
	c.BoolVar(&f.dryRun, "dry-run", false, "show what would be written, and write nothing")
	c.BoolVar(&f.untried, "untried", false, "do not try the answers")
	return cmd
}

// answerFlags are the flags that answer questions.
var answerFlags = []string{"token-env", "token-keyring", "token-file", "token-command", "region", "email", "role", "prometheus", "alertmanager", "first-line", "runbooks"}

// isBlank reports whether a flag was given without a value, as with an empty variable of
// the shell.
func isBlank(v pflag.Value) bool {
	values := []string{v.String()}
	if list, is := v.(pflag.SliceValue); is {
		values = list.GetSlice()
	}
	return slices.ContainsFunc(values, func(text string) bool { return strings.TrimSpace(text) == "" })
}

// runInit asks, or takes the answers of the flags, and writes the file.
func (a *app) runInit(ctx context.Context, f initFlags, answered bool) error {
	if a.flags.demo != "" {
		return usagef("--demo needs no configuration: run `firstline --demo`, or `firstline init` without it")
	}
	terminal := a.isTerminal(a.in) && a.isTerminal(a.out)
	if !terminal && !answered {
		return usagef("init asks in a terminal; here, give the answers as flags, such as --prometheus URL, with --yes (see firstline init --help)")
	}
	if terminal {
		defer a.holdTerminal()()
	}
	run, err := a.newFirstRun(ctx)
	if err != nil {
		return err
	}
	person := a.person()
	run.Person = person
	if terminal {
		defer person.Open()()
	}
	if answered {
		if err := a.answer(ctx, run, f); err != nil {
			return err
		}
	} else if err := a.ask(ctx, run); err != nil {
		return a.left(ctx, err)
	}
	for {
		plan, err := run.Plan()
		switch {
		case err != nil:
			return err
		case plan.Nothing():
			a.sayf("%s says all that already: nothing was written", plan.Path)
			return nil
		case f.dryRun:
			person.Show(plan.String())
			return nil
		case f.yes:
			person.Show(plan.String())
			return a.writePlan(ctx, plan)
		case !terminal:
			person.Show(plan.String())
			return usagef("nothing was written: add --yes to write it")
		}
		again, err := run.Confirm(ctx, plan)
		if err != nil {
			return a.left(ctx, err)
		}
		if !again {
			return a.writePlan(ctx, plan)
		}
		if err := run.AskAgain(ctx); err != nil {
			return a.left(ctx, err)
		}
	}
}

func (a *app) ask(ctx context.Context, run *firstrun.Run) error {
	intro := fmt.Sprintf("The answers make %s. Each question can be skipped, and nothing is written before the end; ctrl-c leaves.", run.Present.WantedPath)
	if run.Document != "" {
		intro = fmt.Sprintf("The answers change %s. What it says now is offered, and nothing is written before the end; ctrl-c leaves.", run.Present.WantedPath)
	}
	run.Person.Say(firstrun.Finding{Sentence: intro})
	return run.Ask(ctx)
}

// left is the end of a run whose person left, or that failed.
func (a *app) left(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		err = firstrun.ErrInterrupted
	}
	if !errors.Is(err, firstrun.ErrLeft) {
		return err
	}
	if errors.Is(err, firstrun.ErrInterrupted) {
		return &exitError{status: exitSignal + int(syscall.SIGINT), err: err}
	}
	return &exitError{status: exitFailed, err: err}
}

// newFirstRun reads what is there.
func (a *app) newFirstRun(ctx context.Context) (*firstrun.Run, error) {
	present, err := config.Load(a.flags.config)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%w\ncorrect the file first, then run init again", err)
	}
	if err != nil { // the named file is to be made
		path, err := filepath.Abs(a.flags.config)
		if a.flags.config == "" {
			path, err = filepath.Abs(os.Getenv("FIRSTLINE_CONFIG"))
		}
		if err != nil {
			return nil, err
		}
		if present, err = config.Parse(path, nil, child.Lookup); err != nil {
			return nil, err
		}
	}
	document := ""
	if present.Path != "" {
		text, err := os.ReadFile(present.Path)
		if err != nil {
			return nil, fmt.Errorf("reading the configuration: %w", err)
		}
		document = string(text)
	}
	a.hide(present.TokenVariables()...)
	present.AddSecrets(ctx)
	return &firstrun.Run{
		Tries:   &tries{present: present, version: a.version, now: a.now, wait: a.wait, say: func(sentence string) { a.sayf("%s", oneLine(sentence)) }},
		Present: present, Document: document, Example: string(a.example), Lookup: child.Lookup,
	}, nil
}

// person is the one at the terminal, or the output of a run without questions.
func (a *app) person() *prompt.Terminal {
	return &prompt.Terminal{In: a.in, Out: a.out, Plain: os.Getenv("TERM") == "dumb" || os.Getenv("ACCESSIBLE") != "", ASCII: onlyASCII(os.Getenv), NoColor: !a.colour()}
}

// answer takes the answers of the flags, and tries them.
func (a *app) answer(ctx context.Context, run *firstrun.Run, f initFlags) error {
	token, flag, err := f.token()
	if err != nil {
		return err
	}
	for _, one := range []struct {
		flag   string
		values []string
		set    func(value string) error
	}{
		{flag, []string{flag}, func(string) error { run.Answers.Token = token; return nil }},
		{"region", []string{f.region}, func(value string) error { run.Answers.Region = value; return nil }},
		{"email", []string{f.email}, func(value string) error { run.Answers.Email = value; return nil }},
		{"role", []string{a.flags.role}, func(value string) error { run.Answers.Role = value; return nil }},
		{"first-line", []string{f.policy}, func(value string) error { run.Answers.Policy = value; return nil }},
		{"prometheus", f.prometheus, func(url string) error { _, err := run.Add(sources.Prometheus, url, ""); return err }},
		{"alertmanager", f.alertmanager, func(url string) error { _, err := run.Add(sources.Alertmanager, url, ""); return err }},
		{"runbooks", f.directories, func(directory string) error {
			path, err := filepath.Abs(directory)
			run.AddDirectory(path)
			return err
		}},
	} {
		for _, value := range one.values {
			if value == "" {
				continue
			}
			// Each is checked before the next one, so that the error is its own.
			err := one.set(value)
			if err == nil {
				err = run.Check()
			}
			if err != nil {
				return usagef("--%s: %v", one.flag, err)
			}
		}
	}
	if f.untried {
		run.Person.Say(run.TryFirstLineName()...)
		return nil
	}
	found := run.TryAll(ctx)
	run.Person.Say(found...)
	if found.Worst() == firstrun.Wrong {
		a.sayf("nothing was written: correct what is wrong, or add --untried")
		return exit(exitWanting)
	}
	return nil
}

// token is where the flags say that the token is, and which of them does.
func (f initFlags) token() (token *firstrun.Token, flag string, err error) {
	for _, one := range []firstrun.Token{
		{From: firstrun.Environment, Name: f.tokenEnv},
		{From: firstrun.Keyring, Name: f.keyring},
		{From: firstrun.File, Name: f.tokenFile},
		{From: firstrun.Command, Name: f.tokenCmd},
	} {
		switch {
		case one.Name == "":
		case token != nil:
			return nil, "", usagef("the token is in one of them: give only one of --token-env, --token-keyring, --token-file and --token-command")
		default:
			token, flag = &one, strings.ReplaceAll(string(one.From), "_", "-")
		}
	}
	return token, flag, nil
}

// writePlan writes the file, and says what comes next.
func (a *app) writePlan(ctx context.Context, plan firstrun.Plan) error {
	if err := plan.Write(sources.ReportWaits(ctx, func(sentence string) { a.sayf("%s", oneLine(sentence)) })); err != nil {
		return err
	}
	next := "`firstline check` tries all of it, and `firstline` shows the screen"
	a.person().Say(firstrun.Finding{Verdict: firstrun.Fine, Sentence: plan.Path + " was written: " + next + "."})
	return nil
}

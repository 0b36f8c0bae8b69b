//go:build linux

// Command bench measures the release binary as a person has it: in a terminal of
// its own, against stand-ins of PagerDuty, Prometheus and Alertmanager that
// answer after a while, and whose answers change as real ones do. It prints a
// table beside the goals. docs/benchmarks.md says what each row is.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// allRows are what can be measured, in the order of the table.
var allRows = []string{"last", "first", "keys", "bytes", "list", "memory", "idle", "reading", "cpu20", "size", "version"}

// options are the flags.
type options struct {
	rows    []string
	sizes   []size
	latency time.Duration
	rounds  int
	// idle is how long the program is watched while nothing is done.
	idle     time.Duration
	keys     int
	binaries []binary
	dir      string
	log      io.Writer
}

// binary is a program that is measured.
type binary struct{ name, path string }

func (o *options) wants(rows ...string) bool {
	return slices.ContainsFunc(rows, func(r string) bool { return slices.Contains(o.rows, r) })
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	switch {
	case errors.Is(err, flag.ErrHelp):
		os.Exit(2)
	case err != nil:
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out, log io.Writer) (err error) {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(log)
	var (
		rowNames = flags.String("rows", strings.Join(allRows, ","), "what to measure")
		sizes    = flags.String("sizes", "30+90,2000+10000,30+90:apart,2000+10000:apart,2000+10000:storm", "incidents and alerts of each fleet, with :storm, :apart or :rows after it")
		latency  = flags.Duration("latency", 100*time.Millisecond, "how long each answer of a server takes")
		rounds   = flags.Int("rounds", 3, "how often each row is measured")
		idle     = flags.Duration("idle", time.Minute, "how long the program is watched while nothing is done")
		keys     = flags.Int("keys", 300, "how many keys are timed in a round")
		program  = flags.String("binary", "", "measure this binary instead of building one")
		other    = flags.String("ab", "", "measure this other binary too, in turn, and compare")
	)
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("unknown argument %q", flags.Arg(0))
	}
	o := options{rows: strings.Split(*rowNames, ","), latency: *latency, rounds: *rounds, idle: *idle, keys: *keys, log: log}
	for _, r := range o.rows {
		if !slices.Contains(allRows, r) {
			return fmt.Errorf("there is no row %q: the rows are %s", r, strings.Join(allRows, ", "))
		}
	}
	if o.sizes, err = parseSizes(*sizes); err != nil {
		return err
	}
	if o.dir, err = os.MkdirTemp("", "firstline-bench-"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(o.dir)) }()
	if *program == "" {
		*program = filepath.Join(o.dir, "firstline")
		if err := build(ctx, *program); err != nil {
			return err
		}
	}
	o.binaries = []binary{{"", *program}}
	if *other != "" {
		o.binaries = []binary{{"A", *program}, {"B", *other}}
	}
	for i := range o.binaries {
		if o.binaries[i].path, err = filepath.Abs(o.binaries[i].path); err != nil {
			return err
		}
	}
	before, err := machineFacts()
	if err != nil {
		return err
	}
	r := newResults(len(o.binaries))
	err = o.measure(ctx, r)
	var names []string
	var text strings.Builder
	for _, b := range o.binaries {
		names = append(names, b.name)
		fmt.Fprintf(&text, "%s%s\n", strings.TrimLeft(b.name+": ", ": "), describe(b.path))
	}
	fmt.Fprintf(&text, "%s, %s after; each answer after %s, %d rounds\n\n%s", before, loadNow(), o.latency, o.rounds, r.table(names))
	_, writeErr := io.WriteString(out, text.String())
	return errors.Join(err, writeErr)
}

// parseSizes reads sizes such as 30+90 or 2000+10000:storm.
func parseSizes(text string) (all []size, err error) {
	for one := range strings.SplitSeq(text, ",") {
		numbers, like, _ := strings.Cut(one, ":")
		incidents, alerts, _ := strings.Cut(numbers, "+")
		s := size{kind: usual}
		if like != "" {
			s.kind = kind(like)
		}
		var errs [2]error
		s.incidents, errs[0] = strconv.Atoi(incidents)
		s.alerts, errs[1] = strconv.Atoi(alerts)
		if errors.Join(errs[:]...) != nil || s.incidents < 0 || s.alerts < 1 || s.incidents > s.alerts || !slices.Contains([]kind{usual, rows, storm, apart}, s.kind) {
			return nil, fmt.Errorf("%q is no size, such as 30+90 or 2000+10000:storm, with no more incidents than alerts", one)
		}
		all = append(all, s)
	}
	return all, nil
}

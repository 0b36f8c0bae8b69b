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

// usualRows are measured unless others are named, and allRows are what can be, in the
// order of the table.
var (
	usualRows = []string{"last", "first", "keys", "bytes", "list", "memory", "idle", "reading", "cpu20", "size", "version"}
	allRows   = append(slices.Clip(usualRows), "past")
)

// options are the flags.
type options struct {
	rows    []string
	sizes   []size
	latency time.Duration
	// pace is how many times as fast as usual everything changes.
	pace   float64
	rounds int
	// idle is how long the program is watched while nothing is done.
	idle time.Duration
	keys int
	// past is how many incidents the past has.
	past     int
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

// settings are what the flags say, besides options.
type settings struct {
	program, other        string
	growth, hour, weights bool
}

// parseFlags reads the flags.
func parseFlags(args []string, log io.Writer) (o options, s settings, err error) {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(log)
	rowNames := flags.String("rows", strings.Join(usualRows, ","), "what to measure; past, which takes 8 minutes, too")
	sizes := flags.String("sizes", usualSizes, "incidents and alerts of each fleet, with :storm, :apart or :rows after it")
	flags.DurationVar(&o.latency, "latency", 100*time.Millisecond, "how long each answer of a server takes")
	flags.IntVar(&o.rounds, "rounds", 3, "how often each row is measured")
	flags.DurationVar(&o.idle, "idle", time.Minute, "how long the program is watched while nothing is done")
	flags.IntVar(&o.keys, "keys", 300, "how many keys are timed in a round")
	flags.IntVar(&o.past, "past", 20_000, "how many incidents the row past reads")
	flags.StringVar(&s.program, "binary", "", "measure this binary instead of building one")
	flags.StringVar(&s.other, "ab", "", "measure this other binary too, in turn, and compare")
	flags.BoolVar(&s.growth, "growth", false, "measure fleets of 100 to 50,000 alerts and 20,000 incidents, a column each")
	flags.BoolVar(&s.hour, "hour", false, "watch memory and goroutines for an hour of polls, 50 times as fast")
	flags.BoolVar(&s.weights, "weights", false, "say how much of the program each module is")
	if err := flags.Parse(args); err != nil {
		return o, s, err
	}
	if flags.NArg() > 0 {
		return o, s, fmt.Errorf("unknown argument %q", flags.Arg(0))
	}
	given := map[string]bool{}
	flags.Visit(func(f *flag.Flag) { given[f.Name] = true })
	if s.growth && !given["rows"] {
		*rowNames = "last,first,keys,list,memory,idle,cpu20"
	}
	switch {
	case given["sizes"]:
	case s.growth:
		*sizes = growthSizes
	case s.hour:
		*sizes = hourSizes
	}
	o.log, o.pace, o.rows = log, 1, strings.Split(*rowNames, ",")
	for _, r := range o.rows {
		if !slices.Contains(allRows, r) {
			return o, s, fmt.Errorf("there is no row %q: the rows are %s", r, strings.Join(allRows, ", "))
		}
	}
	o.sizes, err = parseSizes(*sizes)
	return o, s, err
}

// The sizes that are measured unless others are given.
const (
	usualSizes  = "30+90,2000+10000,30+90:apart,2000+10000:apart,2000+10000:storm,2000+10000:rows"
	growthSizes = "20+100,200+1000,2000+10000,10000+50000,20000+20000,20+100:rows,200+1000:rows,2000+10000:rows,10000+50000:rows,20000+20000:rows"
	hourSizes   = "30+90,2000+10000"
)

func run(ctx context.Context, args []string, out, log io.Writer) (err error) {
	o, s, err := parseFlags(args, log)
	if err != nil {
		return err
	}
	if o.dir, err = os.MkdirTemp("", "firstline-bench-"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(o.dir)) }()
	before, err := machineFacts()
	if err != nil {
		return err
	}
	measured := o.tables
	switch {
	case s.hour:
		measured = func(ctx context.Context, _ settings) (string, error) { return o.hour(ctx) }
	case s.weights:
		measured = func(ctx context.Context, _ settings) (string, error) { return o.weigh(ctx) }
	}
	text, err := measured(ctx, s) // what was measured before an error is shown too
	_, writeErr := fmt.Fprintf(out, "%s, %s after\n%s", before, loadNow(), text)
	return errors.Join(err, writeErr)
}

// tables measures the rows and gives their tables.
func (o *options) tables(ctx context.Context, s settings) (string, error) {
	if s.program == "" {
		s.program = filepath.Join(o.dir, "firstline")
		if err := build(ctx, s.program); err != nil {
			return "", err
		}
	}
	o.binaries = []binary{{"", s.program}}
	if s.other != "" {
		o.binaries = []binary{{"A", s.program}, {"B", s.other}}
	}
	var text strings.Builder
	var names []string
	for i, b := range o.binaries {
		path, err := filepath.Abs(b.path)
		if err != nil {
			return "", err
		}
		o.binaries[i].path = path
		names = append(names, b.name)
		fmt.Fprintf(&text, "%s%s\n", strings.TrimLeft(b.name+": ", ": "), describe(path))
	}
	fmt.Fprintf(&text, "each answer after %s, %d rounds\n\n", o.latency, o.rounds)
	r := newResults(len(o.binaries))
	err := o.measure(ctx, r)
	text.WriteString(r.table(names))
	if s.growth {
		text.WriteString("\n" + r.columns())
	}
	return text.String(), err
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

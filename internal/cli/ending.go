package cli

import (
	"context"
	"os"
	"os/signal"
	"sync"
	"sync/atomic"
	"syscall"

	"firstline/internal/crash"
	"firstline/runbooks/run"
	"firstline/sources"
)

// ending is how the program ends other than by itself.
type ending struct {
	// endedBy is the number of the signal that ended it; 0: none did.
	endedBy atomic.Int32

	mu sync.Mutex
	// reporter writes crash files; nil: there is no place for them.
	reporter *crash.Reporter
	// earlier are sentences on how earlier runs ended.
	earlier []string
	// restore brings the terminal back while a screen has it.
	restore func()
}

// untilSignal gives a context that a signal to end ends, or a terminal that
// closes. What keys send while the responder's editor or a step has the terminal
// is theirs, although the system sends it to all of the terminal's programs. The
// second signal ends the program at once, and so does one that asks for its
// stacks.
func (a *app) untilSignal(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	stopped := make(chan struct{})
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGABRT)
	go func() {
		for {
			select {
			case s := <-signals:
				a.take(s, cancel)
			case <-stopped:
				signal.Stop(signals)
				return
			}
		}
	}()
	return ctx, sync.OnceFunc(func() { cancel(); close(stopped) })
}

// take does what a signal asks for.
func (a *app) take(s os.Signal, cancel context.CancelFunc) {
	number, ok := s.(syscall.Signal)
	switch {
	case !ok || (s == os.Interrupt || number == syscall.SIGQUIT) && !a.interrupts.ours(sources.Now()):
	case number == syscall.SIGQUIT, number == syscall.SIGABRT:
		path, err := a.report(nil, "it was ended by the signal: "+s.String())
		a.leaveTerminal()
		a.sayReport("ended by the signal: "+s.String(), path, err)
		run.EndAll()
		os.Exit(exitSignal + int(number))
	case a.endedBy.Swap(int32(number)) != 0: // it hangs
		a.leaveTerminal()
		run.EndAll()
		os.Exit(exitSignal + int(number))
	default:
		cancel()
	}
}

// startReporting prepares crash files, and reports those that earlier runs
// left. The returned function removes what is not needed.
func (a *app) startReporting() (end func()) {
	r, err := crash.Start(a.stateDirectory(), a.version)
	if err != nil {
		return func() {} // nothing else depends on it
	}
	a.mu.Lock()
	a.reporter = r
	a.mu.Unlock()
	paths, _ := r.Earlier() // one that cannot be read cannot be reported
	for _, path := range paths {
		a.earlier = append(a.earlier, "An earlier run ended by a fault that it could not report. What is known of it is in "+path+": please report it.")
	}
	return func() { _ = r.End() } // an empty file stays behind, until the next start
}

// report writes a crash file, and gives its path.
func (a *app) report(fault *crash.Fault, why string) (string, error) {
	a.mu.Lock()
	r := a.reporter
	a.mu.Unlock()
	return r.Write(fault, why, sources.Now())
}

// crashed reports a fault of firstline's own, and returns the exit status.
func (a *app) crashed(fault *crash.Fault) int {
	path, err := a.report(fault, "it ended by a fault of its own")
	a.leaveTerminal()
	a.sayReport(fault.Error(), path, err)
	return exitFailed
}

func (a *app) sayReport(what, path string, err error) {
	if err != nil {
		a.sayf("%s; no crash file could be written: %v", what, err)
		return
	}
	a.sayf("%s; what is known of it, without your data, is in %s: please report it", what, path)
}

// holdTerminal remembers the terminal as it is before a screen takes it, until
// letGo.
func (a *app) holdTerminal() (letGo func()) {
	f, ok := a.in.(*os.File)
	if !ok {
		return func() {}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.restore = crash.Terminal(f.Fd(), a.out)
	return func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.restore = nil
	}
}

// leaveTerminal brings the terminal back where a screen has it.
func (a *app) leaveTerminal() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.restore != nil {
		a.restore()
		a.restore = nil
	}
}

//go:build linux

package main

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// tick is the unit of times in /proc/PID/stat, whatever the kernel was built
// with (USER_HZ, see proc_pid_stat(5)).
const tick = 10 * time.Millisecond

// cpuOf is the processor time that a process used so far, of all its threads.
func cpuOf(pid int) (time.Duration, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	return parseCPU(text)
}

// parseCPU reads utime and stime, the 14th and 15th field. The second one is
// the name in parentheses, which may itself have spaces and parentheses.
func parseCPU(stat []byte) (time.Duration, error) {
	_, rest := stat[:bytes.LastIndexByte(stat, ')')+1], stat[bytes.LastIndexByte(stat, ')')+1:]
	fields := strings.Fields(string(rest))
	const before = 2 // the fields up to the name
	if len(fields) < 15-before {
		return 0, fmt.Errorf("no times in %q", stat)
	}
	var sum time.Duration
	for _, f := range fields[14-1-before : 15-before] {
		n, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("no times in %q: %w", stat, err)
		}
		sum += time.Duration(n) * tick
	}
	return sum, nil
}

// memoryOf is what is resident of a process now, and the most that was, in bytes.
func memoryOf(pid int) (now, peak int64, err error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, 0, err
	}
	return parseMemory(string(text))
}

// parseMemory reads VmRSS and VmHWM.
func parseMemory(status string) (now, peak int64, err error) {
	for line := range strings.Lines(status) {
		name, value, _ := strings.Cut(line, ":")
		into := map[string]*int64{"VmRSS": &now, "VmHWM": &peak}[name]
		if into == nil {
			continue
		}
		number, unit, _ := strings.Cut(strings.TrimSpace(value), " ")
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil || unit != "kB" {
			return 0, 0, fmt.Errorf("%q is no amount of memory", line)
		}
		*into = n * 1024
	}
	if now == 0 || peak == 0 {
		return 0, 0, fmt.Errorf("no memory in %q", status)
	}
	return now, peak, nil
}

package execute

import (
	"cmp"
	"fmt"
	"strings"

	"firstline/internal/respond"
	"firstline/internal/wording"
)

// ExitStatus is 0 when everything asked for is so now, 3 when some of it is,
// and 1 when nothing is. That somebody was faster counts as being so, and a note
// before an action that was not done does not.
func ExitStatus(results []respond.Result) int {
	good, partly := 0, 0
	for _, r := range results {
		switch {
		case r.Partly, r.Outcome == respond.Done && r.TextUnsent:
			partly++
		case r.Outcome == respond.Done || r.Outcome == respond.Already:
			good++
		}
	}
	switch {
	case good+partly == 0:
		return exitFailed
	case good < len(results):
		return exitPartly
	}
	return exitDone
}

// Summarise is the results as one line: the sentence of a single one, else how
// many ended how, and the first that did not come about.
func Summarise(results []respond.Result) string {
	switch len(results) {
	case 0:
		return "Nothing was done."
	case 1:
		return results[0].Sentence
	}
	counts := map[respond.Outcome]int{}
	var first *respond.Result
	for i, r := range results {
		counts[r.Outcome]++
		if first == nil && r.Outcome != respond.Done && r.Outcome != respond.Already {
			first = &results[i]
		}
	}
	var parts []string
	for _, o := range []respond.Outcome{respond.Done, respond.Already, respond.Refused, respond.Failed, respond.Unknown} {
		if counts[o] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", counts[o], o))
		}
	}
	line := strings.Join(parts, ", ")
	if first != nil {
		line += ". " + wording.Shorten(cmp.Or(first.Title, first.GroupID), 60) + ": " + first.Sentence
	}
	return line
}

// The exit statuses of a command that acts, as design.md's command line gives
// them.
const (
	exitDone   = 0
	exitFailed = 1
	exitPartly = 3
)

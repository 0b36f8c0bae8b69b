package cli

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"runtime"
	"syscall"
	"time"

	"firstline/internal/respond"
	"firstline/internal/store"
	"firstline/sources"
)

// written is what the journal keeps of a write besides its columns.
type written struct {
	Step respond.Step      `json:"step"`
	Seen *sources.Incident `json:"seen,omitempty"`
	// Confirmed: what the person was asked once more for and chose to do.
	Confirmed []string `json:"confirmed,omitempty"`
	Writer    writer   `json:"writer,omitzero"`
}

// writer is the program that was about to send.
type writer struct {
	Host string `json:"host,omitempty"`
	PID  int    `json:"pid,omitempty"`
}

func thisWriter() writer {
	host, err := os.Hostname()
	if err != nil {
		host = "" // then a number of a process says nothing
	}
	return writer{host, os.Getpid()}
}

// longestWrite is longer than any write takes, with all its waiting for rate
// limits and looking afterwards: what is older is not under way any more.
const longestWrite = 10 * time.Minute

// underWay reports whether a write may still be carried out, by this program
// or another one.
func underWay(e store.Entry, w writer, now time.Time) bool {
	if age := now.Sub(e.At); age < 0 || age > longestWrite {
		return false
	}
	here := thisWriter()
	return w.Host == "" || here.Host == "" || w.Host != here.Host || runs(w.PID)
}

// runs reports whether a process is there.
func runs(pid int) bool {
	p, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	if runtime.GOOS == "windows" {
		return true // FindProcess has looked
	}
	err = p.Signal(syscall.Signal(0))
	return err == nil || errors.Is(err, os.ErrPermission)
}

// settler settles what earlier runs began and never confirmed, such as one
// that was killed: by reading what came of it.
type settler struct {
	*setup
	doer *respond.Doer
	// told are the entries that were told of.
	told map[int64]bool
}

// settle gives sentences on what it found out, or can't, and whether something
// is left that is worth another look later. Each is told once.
func (s *settler) settle(ctx context.Context) (sentences []string, left bool) {
	entries, err := s.state.Unsettled(ctx)
	if err != nil {
		s.log.Warn("the journal can't be read", "why", err)
		return nil, false
	}
	var begun []respond.Begun
	for _, e := range entries {
		var w written
		if err := json.Unmarshal(e.Intent, &w); err != nil {
			s.log.Warn("an entry of the journal can't be read", "entry", e.ID, "why", err)
			continue
		}
		if underWay(e, w.Writer, s.now()) {
			left = true
			continue
		}
		begun = append(begun, respond.Begun{
			Number: e.ID, At: e.At, By: e.By, Action: respond.Action(e.Action), GroupID: e.GroupID, Title: e.Title,
			IncidentID: e.IncidentID, Step: w.Step, Seen: w.Seen,
		})
	}
	for _, found := range s.doer.Settle(ctx, begun) {
		left = left || !found.Settled()
		if !s.told[found.Number] || found.Settled() {
			sentences = append(sentences, oneLine(found.Sentence))
		}
		s.told[found.Number] = true
	}
	return sentences, left
}

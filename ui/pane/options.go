package pane

import (
	"context"
	"time"

	"firstline/internal/change"
	"firstline/internal/history"
	"firstline/internal/readiness"
	"firstline/internal/slo/measure"
	"firstline/internal/triage"
	"firstline/runbooks"
	"firstline/sources"
	"firstline/ui/draft"
	"firstline/ui/room"
	"firstline/ui/steprun"
)

// Options are what the pane needs besides the screen.
type Options struct {
	Library            *runbooks.Library
	RunbookDirectories []string
	ConfigName         string
	Memory             Memory
	// MayRun: steps may be run. ReadOnly: nothing is changed.
	MayRun, ReadOnly, Demo bool
	Fill                   map[string]string
	// Installed reports whether a program is on this machine. It is called off the loop;
	// nil: nothing can.
	Installed func(program string) bool
	// History and ReadAlerts read what happened to a group, and the alerts of an
	// incident. They are called off the loop; nil: nothing can.
	History    func(ctx context.Context, g triage.Group, users []sources.User) (history.History, error)
	ReadAlerts func(ctx context.Context, incidentID string) error
	// SLOs reads the SLOs of a group. It is called off the loop; nil: nothing can.
	SLOs func(ctx context.Context, g triage.Group, snapshots []sources.Snapshot) measure.Found
	// Readiness measures the readiness of a group's service, and says whether a source
	// lacked an answer. It is called off the loop; nil: nothing can.
	Readiness func(ctx context.Context, g triage.Group, snapshots []sources.Snapshot) (r readiness.Report, failed bool)
	// Stage says in which stage of its rollout the service of a group is; empty where it
	// is in full. It is nil where no stage is configured.
	Stage func(g triage.Group, snapshots []sources.Snapshot, now time.Time) string
	// OnCall: one of the Tabs says who is on call next.
	OnCall bool
	// Changes reads what changed around the problem of a group. It is called off the
	// loop; nil: nothing can.
	Changes func(ctx context.Context, g triage.Group) change.Found
	// Pause waits until the cursor has rested on a group; nil: a timer.
	Pause func(context.Context, time.Duration) bool
	// Snapshots are what the sources said.
	Snapshots func() []sources.Snapshot
	Refresh   func()
	OpenURL   func(url string) error
	// WhyNoGroup says why no group is shown.
	WhyNoGroup func() string
	// Users are those that the sources know, Me is the name of the person.
	Users func() []sources.User
	Me    func() string
	// Focus gives the keys to the pane, and shows it where it is not on the screen.
	Focus func()
	// Open opens a room over the screen, Note the note of a group with a text.
	Open func(room.Overlay)
	Note func(groupID, text string)
	// Tabs returns further tabs; it may be nil.
	Tabs func(p *Pane) []Tab
	// PassedOn are the groups of a dialog whose note says what was tried.
	PassedOn func() []triage.Group
	// Drafts has what was typed about steps and not said.
	Drafts *draft.Drafts
	// Steps has the commands of steps that run.
	Steps *steprun.Steps
}

// Writer writes the contents of the tabs, off the loop: it has its own copy of
// the screen, whose size and theme may change meanwhile.
type Writer struct {
	room.Screen
	Options Options
}

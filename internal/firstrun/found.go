package firstrun

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"github.com/agnivade/levenshtein"

	"firstline/internal/clean"
	"firstline/internal/tomledit"
	"firstline/internal/triage"
	"firstline/internal/wording"
	"firstline/sources"
)

// Proposal is a service of alerts, and the PagerDuty service that it probably is.
type Proposal = Service

// Mapped says how the services of alerts map to PagerDuty's: those that are found by
// themselves, those that probably are one, and those that nothing is known of.
func (r *Run) Mapped() (own []string, proposals []Proposal, unknown []string) {
	if r.account == nil {
		return nil, nil, nil
	}
	options := r.Present.Triage()
	groupOf := triage.GroupsOfRules(options)
	names := map[string]bool{}
	for _, name := range r.names() {
		for _, rule := range r.read[name].Rules {
			names[groupOf(rule.Labels, rule.Annotations).Service] = true
		}
		for _, alert := range r.read[name].Alerts {
			names[groupOf(alert.Labels, alert.Annotations).Service] = true
		}
	}
	for _, name := range slices.Sorted(func(yield func(string) bool) {
		for name := range names {
			if name != "" && name == clean.Line(name) && !strings.Contains(name, "{{") && !yield(name) {
				return
			}
		}
	}) {
		configured := slices.ContainsFunc(options.Services, func(s triage.ServiceRule) bool { return s.Name == name && (s.PagerDuty != "" || s.Policy != "") })
		exact := slices.ContainsFunc(r.account.Data.Services, func(s sources.Service) bool { return strings.EqualFold(s.Name, name) })
		near := nearest(name, r.account.Data.Services)
		switch {
		case configured || exact:
			own = append(own, name)
		case near != "" && !slices.ContainsFunc(options.Services, func(s triage.ServiceRule) bool { return s.Name == name }):
			proposals = append(proposals, Proposal{name, near})
		default:
			unknown = append(unknown, name)
		}
	}
	return own, proposals, unknown
}

// nearest is the name of the only service whose name has the words of another name, or
// is nearly the same; empty: nothing is.
func nearest(name string, services []sources.Service) string {
	wanted := words(name)
	if len(wanted) == 0 {
		return ""
	}
	var hits []string
	for _, s := range services {
		has := words(s.Name)
		contains := len(has) > 0 && (within(wanted, has) || within(has, wanted))
		a, b := strings.Join(wanted, ""), strings.Join(has, "")
		similar := len(a) >= 5 && len(b) < 100 && len(a) < 100 && levenshtein.ComputeDistance(a, b) <= len(a)/5
		if (contains || a == b || similar) && s.Name == clean.Line(s.Name) {
			hits = append(hits, s.Name)
		}
	}
	if len(hits) != 1 {
		return ""
	}
	return hits[0]
}

// words are the words of a name in lower case, without those that many names have.
func words(name string) []string {
	all := strings.FieldsFunc(strings.ToLower(name), func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) })
	return slices.DeleteFunc(all, func(w string) bool {
		return slices.Contains([]string{"service", "svc", "prod", "production", "the"}, w)
	})
}

// within reports whether all words are among others.
func within(words, others []string) bool {
	return !slices.ContainsFunc(words, func(w string) bool { return !slices.Contains(others, w) })
}

// askServices shows the services that were found, and asks about those that
// probably are one of PagerDuty's.
func (r *Run) askServices(ctx context.Context) error {
	r.Answers.Services = nil
	if r.account == nil || len(r.read) == 0 {
		return nil // nothing to map
	}
	own, proposals, unknown := r.Mapped()
	if len(own) > 0 {
		r.remark(Fine, fmt.Sprintf("%s of alerts found in PagerDuty: %s.", wording.Count(len(own), "service"), few(own)))
	}
	if len(unknown) > 0 {
		r.remark(Mind, fmt.Sprintf("%s of alerts with no PagerDuty service of that name: %s. Write a [[service]] for those that have an owner.", wording.Count(len(unknown), "service"), few(unknown)))
	}
	if len(proposals) == 0 {
		return nil
	}
	options, taken := []string{}, make([]bool, len(proposals))
	for _, p := range proposals {
		options = append(options, fmt.Sprintf("%s is %s in PagerDuty", p.Name, p.PagerDuty))
	}
	taken, err := r.Person.Several(ctx, Question{Title: "Which of these are the same service?", Help: "They are mapped by a [[service]]. Take only what you know."}, options, taken)
	if err != nil {
		return err
	}
	for i, p := range proposals {
		if taken[i] {
			r.Answers.Services = append(r.Answers.Services, p)
		}
	}
	return nil
}

func (r *Run) saysServices() string {
	var all []string
	for _, s := range r.Present.Services {
		all = append(all, clean.Line(s.Name))
	}
	for _, s := range r.Answers.Services {
		all = append(all, s.Name)
	}
	return cmp.Or(few(all), "found by their names")
}

// askDirectories asks for the directories with runbooks, and checks them.
func (r *Run) askDirectories(ctx context.Context) error {
	present := r.Present.Runbooks.Directories
	options := slices.Clone(present)
	for _, more := range slices.Concat(r.Answers.Directories, r.Tries.Directories()) {
		if !slices.Contains(options, more) {
			options = append(options, more)
		}
	}
	r.Answers.Directories = nil
	chosen := options
	if len(options) > 0 {
		taken := make([]bool, len(options))
		for i := range taken {
			taken[i] = i < len(present) || len(present) == 0
		}
		taken, err := r.Person.Several(ctx, Question{Title: "Where are the runbooks?", Help: "Markdown files, found by the names of alerts and services."}, options, taken)
		if err != nil {
			return err
		}
		chosen = nil
		for i, take := range taken {
			if take {
				chosen = append(chosen, options[i])
			}
		}
	}
	for {
		q := Question{Title: "Another directory with runbooks", Empty: "no more"}
		if len(chosen) == 0 {
			q = Question{Title: "A directory with runbooks", Empty: "skip"}
		}
		more, err := r.line(ctx, q, "", isDirectory)
		if err != nil {
			return err
		}
		if more == "" {
			break
		}
		if !slices.Contains(chosen, more) {
			chosen = append(chosen, more)
		}
	}
	if len(chosen) == 0 {
		return nil // what the file says stays
	}
	if !slices.Equal(chosen, present) {
		r.Answers.Directories = chosen
	}
	r.say(r.TryDirectories())
	return nil
}

// AddDirectory adds a directory with runbooks to those that are there.
func (r *Run) AddDirectory(path string) {
	all := r.Answers.Directories
	if len(all) == 0 {
		all = slices.Clone(r.Present.Runbooks.Directories)
	}
	if !slices.Contains(all, path) {
		all = append(all, path)
		r.Answers.Directories = all
	}
}

// asInFile writes directories as the file has them, where it has them.
func (r *Run) asInFile(directories []string) []string {
	written, present := tomledit.List(r.Document, "runbooks", "directories"), r.Present.Runbooks.Directories
	if len(written) != len(present) {
		return directories
	}
	all := slices.Clone(directories)
	for i, d := range all {
		if at := slices.Index(present, d); at >= 0 {
			all[i] = written[at]
		}
	}
	return all
}

// TryDirectories looks into the directories with runbooks.
func (r *Run) TryDirectories() Findings {
	c, err := r.planned(nil)
	if err != nil {
		return Findings{{Wrong, wording.Sentence(err.Error())}}
	}
	return r.Tries.Runbooks(c.Runbooks.Directories, r.rules())
}

// isDirectory says what is wrong with the path of a directory; nothing is wrong with an
// empty one.
func isDirectory(path string) error {
	path = strings.TrimSpace(path)
	if path == "" {
		return nil
	}
	if home, err := os.UserHomeDir(); err == nil && strings.HasPrefix(path, "~/") {
		path = filepath.Join(home, path[2:])
	}
	if !filepath.IsAbs(path) {
		return fmt.Errorf("write the whole path, beginning with / or ~/")
	}
	if info, err := os.Stat(path); err != nil || !info.IsDir() {
		return fmt.Errorf("there is no such directory")
	}
	return nil
}

func (r *Run) saysDirectories() string {
	if len(r.Answers.Directories) > 0 {
		return few(r.Answers.Directories)
	}
	return cmp.Or(few(r.Present.Runbooks.Directories), skipped)
}

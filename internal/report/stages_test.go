package report

import (
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"firstline/internal/history/past"
	"firstline/internal/rollout"
	"firstline/internal/wallclock"
	"firstline/internal/weekhours"
	"firstline/sources"
)

// The figures by stage are those that were computed by hand.
func TestStagesByHand(t *testing.T) {
	o := handOptions(t)
	o.By = ByStage
	o.Stage = func(service past.Name) rollout.Stage {
		return map[string]rollout.Stage{"pay": rollout.BusinessHours, "sea": rollout.Shadow}[service.ID]
	}
	r := New(readHand(t), o)
	text, err := os.ReadFile("testdata/expected.txt")
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for line := range strings.Lines(string(text)) {
		words := strings.Fields(line)
		if len(words) == 0 || words[0] != "stage" {
			continue
		}
		checked++
		want, err := strconv.ParseFloat(words[3], 64)
		row := r.row(words[1])
		if err != nil || row == nil {
			t.Fatalf("%s: %v", line, err)
		}
		if v := valueOf(t, row, words[2]); v.Unknown != "" || math.Abs(v.Number-want) > 1e-5 {
			t.Errorf("%s of %s is %v (%s), want %v: %s", words[2], words[1], v.Number, v.Unknown, want, behind(v))
		}
	}
	if checked < 20 {
		t.Errorf("only %d figures were computed by hand", checked)
	}
	if len(r.Rows) != 2 || r.Rows[0].Name != "shadow: sea" || r.Rows[1].Name != "business-hours: pay" {
		t.Errorf("the rows are %q and %q", r.Rows[0].Name, r.Rows[1].Name)
	}
	for _, text := range []string{r.Markdown(wallclock.In(time.UTC)), strings.Join(r.Notes(), "\n")} {
		if !strings.Contains(text, "in which stage a service was at the time of an incident is not recorded") {
			t.Errorf("it is not said whose stage it is:\n%s", text)
		}
	}
	for n, f := range Figures() {
		if f.notOfIncidents && r.Rows[0].Values[n].Applies {
			t.Errorf("%s is of no stage", f.ID)
		}
	}
}

// Without a stage in the configuration all services are in full, and this is said.
func TestNoStages(t *testing.T) {
	o := handOptions(t)
	o.By = ByStage
	r := New(readHand(t), o)
	if len(r.Rows) != 1 || r.Rows[0].Key != "full" || r.Rows[0].Name != "full: pay, sea" || valueOf(t, &r.Rows[0], "interruptions").Number != 56 {
		t.Errorf("the rows are %+v", r.Rows)
	}
	if !slices.Contains(r.Notes(), "No [[service]] has a stage, so all services are in the stage full.") {
		t.Errorf("the notes are %q", r.Notes())
	}
	if r := New(readHand(t), handOptions(t)); len(r.Remarks) > 0 {
		t.Errorf("by person the remarks are %q", r.Remarks)
	}
}

// The row of a stage is what the slow computation says of its services alone.
func TestStagesAgainstSlowComputation(t *testing.T) {
	hours, err := weekhours.Parse("Mon-Fri 09:00-17:00 Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	from, rows := instant(t, "2026-10-23T07:13Z"), 0
	for seed := range uint64(12) {
		r := rand.New(rand.NewPCG(seed, 11))
		o := Options{
			Span: sources.Span{Since: from, Until: from.Add(2 * 24 * time.Hour)}, FirstLine: "first", By: ByStage, RunWork: 0.1, Week: 30 * time.Hour,
			Hours: func(service past.Name) (weekhours.Hours, bool) { return hours, service.ID != "v" },
			Stage: func(service past.Name) rollout.Stage {
				return append(rollout.Stages(), "")[(int(service.ID[0])+int(seed))%4]
			},
		}
		h, people := made(r, o.Span)
		report := New(h, o)
		for _, stage := range rollout.Stages() {
			of := h
			of.Incidents = slices.DeleteFunc(slices.Clone(h.Incidents), func(i past.Incident) bool { return o.Stage(i.Service).OrFull() != stage })
			s := &slow{of, o}
			persons := map[string]map[string]float64{}
			for _, who := range people {
				persons[who] = s.person(who)
			}
			want, row := s.total(persons), report.row(string(stage))
			if row == nil {
				row = &Row{Values: make([]Value, len(figures))}
			} else {
				rows++
			}
			for n, f := range Figures() {
				v := row.Values[n]
				if f.notOfIncidents || f.onlyTotal {
					continue
				}
				if v.Unknown != "" || !v.Applies {
					v.Number = 0
				}
				if math.Abs(v.Number-want[f.ID]) > 1e-6 {
					t.Fatalf("seed %d: %s of %s is %v (%s), the slow computation says %v: %s", seed, f.ID, stage, v.Number, v.Unknown, want[f.ID], behind(v))
				}
			}
		}
	}
	if rows < 12 {
		t.Errorf("only %d rows were compared", rows)
	}
}

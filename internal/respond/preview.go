package respond

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"firstline/internal/clean"
	"firstline/internal/escalation"
	"firstline/internal/notetext"
	"firstline/internal/wording"
	"firstline/sources"
)

// Preview is what a plan would do, as it is shown before anything is sent. The
// screen and --dry-run draw the same value. All texts in it are clean.
type Preview struct {
	// Heading names the action and what it is done to.
	Heading string
	// Sections are in the order in which they are read: what one needs to
	// decide comes first.
	Sections []PreviewSection
}

// PreviewSection is a part of a preview. It has at least one line.
type PreviewSection struct {
	// Heading has no colon. It is empty when the lines need no heading.
	Heading string
	Lines   []PreviewLine
}

// PreviewRole is what a line of a preview says.
type PreviewRole string

// The roles of lines.
const (
	// PreviewRefused says why nothing is sent.
	PreviewRefused PreviewRole = "refused"
	// PreviewChoice is one of Plan.Choices.
	PreviewChoice PreviewRole = "choice"
	// PreviewNotified is a person who is notified at once, PreviewUnreached one
	// who gets it and is not notified; PreviewNobody says that nobody is
	// notified; PreviewFollows is a person who is notified later, if nobody
	// answers.
	PreviewNotified  PreviewRole = "notified"
	PreviewUnreached PreviewRole = "not notified"
	PreviewNobody    PreviewRole = "nobody"
	PreviewFollows   PreviewRole = "follows"
	// PreviewEnd says what else there is to know of who follows, such as that
	// nobody does; PreviewOffer what can be done about it.
	PreviewEnd   PreviewRole = "end"
	PreviewOffer PreviewRole = "offer"
	// PreviewConfirm is a sentence that needs one more yes; PreviewConfirmed
	// is one that got it.
	PreviewConfirm   PreviewRole = "confirm"
	PreviewConfirmed PreviewRole = "confirmed"
	PreviewWarning   PreviewRole = "warning"
	// PreviewChange says what happens to a group, PreviewStep what is written
	// for it, PreviewMatch is an alert that a silence matches, PreviewLater says
	// what else it would match.
	PreviewChange PreviewRole = "change"
	PreviewStep   PreviewRole = "step"
	PreviewMatch  PreviewRole = "match"
	PreviewLater  PreviewRole = "later"
	// PreviewUnchanged says why nothing happens to a group.
	PreviewUnchanged PreviewRole = "unchanged"
	// PreviewNote is a line of a text that is sent.
	PreviewNote PreviewRole = "note"
)

// PreviewLine is one line of a preview; what draws it may wrap it.
type PreviewLine struct {
	Role PreviewRole
	// Text has no mark or indentation; that of a person begins with Name.
	Text string
	Name string
	// Depth is by how many steps it is indented under its section's first line.
	Depth int
	// Night: it is night for the person.
	Night bool
	// MustSee: it must have been on the screen before a key may confirm.
	MustSee bool
	// Item is the index in Plan.Items of the group that the line is about, or
	// -1 when it is about all. Steps are the indices of its writes in the
	// item's Steps.
	Item  int
	Steps []int
}

// Preview is what the plan would do.
func (p Plan) Preview() Preview {
	v := previewer{p: p}
	v.refused()
	v.choices()
	v.notified()
	v.confirms()
	v.warnings()
	v.items()
	v.follows()
	v.texts()
	v.offers()
	return Preview{Heading: clean.Line(p.headline()), Sections: v.sections}
}

// Lines are the preview as plain lines, for --dry-run.
func (p Plan) Lines() []string { return p.Preview().Lines() }

// previewWords begin a line without a heading.
var previewWords = map[PreviewRole]string{
	PreviewRefused: "Not possible: ", PreviewConfirm: "Asks once more: ", PreviewConfirmed: "Confirmed: ", PreviewWarning: "Mind: ",
}

// Lines are the preview as plain lines.
func (v Preview) Lines() []string {
	lines := []string{v.Heading}
	for _, s := range v.Sections {
		edge := ""
		if s.Heading != "" {
			lines = append(lines, s.Heading+":")
			edge = "  "
		}
		for _, l := range s.Lines {
			text := edge + strings.Repeat("  ", l.Depth) + l.Text
			if s.Heading == "" {
				text = previewWords[l.Role] + l.Text
			}
			lines = append(lines, strings.TrimRight(text, " "))
		}
	}
	return lines
}

// Of are the lines with any of these roles.
func (v Preview) Of(roles ...PreviewRole) []PreviewLine {
	var lines []PreviewLine
	for _, s := range v.Sections {
		for _, l := range s.Lines {
			if slices.Contains(roles, l.Role) {
				lines = append(lines, l)
			}
		}
	}
	return lines
}

// previewer puts a preview together.
type previewer struct {
	p        Plan
	sections []PreviewSection
}

func (v *previewer) add(heading string, lines ...PreviewLine) {
	if len(lines) > 0 {
		v.sections = append(v.sections, PreviewSection{heading, lines})
	}
}

// general is a line that is about all groups.
func general(role PreviewRole, text string) PreviewLine {
	return PreviewLine{Role: role, Text: clean.Line(text), Item: -1}
}

// mustSee is the line as one that must have been on the screen.
func mustSee(line PreviewLine) PreviewLine {
	line.MustSee = true
	return line
}

func (v *previewer) refused() {
	if v.p.Refused != "" {
		v.add("", general(PreviewRefused, v.p.Refused))
	}
}

func (v *previewer) choices() {
	var lines []PreviewLine
	for _, c := range v.p.Choices {
		text := string(c.Instead) + ": " + c.Sentence
		if c.Refused != "" {
			text = string(c.Instead) + ": not possible. " + c.Refused
		}
		lines = append(lines, general(PreviewChoice, text))
	}
	v.add("Choose first", lines...)
}

func (v *previewer) notified() {
	said := ""
	lines := v.people(&said, PreviewNotified, func(p Recipient) bool { return p.Now && !p.unreached() })
	v.add("Notified now", lines...)
	if len(lines) == 0 && v.p.Ready() {
		v.add("", mustSee(general(PreviewNobody, "Nobody is notified.")))
	}
	v.add("Not notified", v.people(&said, PreviewUnreached, func(p Recipient) bool { return p.Now && p.unreached() })...)
}

func (v *previewer) follows() {
	lines := v.people(new(string), PreviewFollows, func(p Recipient) bool { return !p.Now })
	for _, sentence := range v.p.Follows {
		lines = append(lines, mustSee(general(PreviewEnd, sentence)))
	}
	v.add("If nobody answers", lines...)
}

func (v *previewer) offers() {
	var lines []PreviewLine
	for _, sentence := range v.p.Offers {
		lines = append(lines, general(PreviewOffer, sentence))
	}
	v.add("What you can do instead", lines...)
}

// people returns the lines about some of the people. said is the share that was
// named last.
func (v *previewer) people(said *string, role PreviewRole, meant func(Recipient) bool) []PreviewLine {
	var lines []PreviewLine
	now := role != PreviewFollows
	for _, recipient := range v.p.Recipients {
		if !meant(recipient) {
			continue
		}
		if share := v.share(recipient); share != "" && share != *said {
			*said = share
			line := general(role, share)
			line.Name, line.MustSee = share, now
			lines = append(lines, line)
		}
		line := general(role, recipient.Line(v.p))
		line.Name, _, _ = strings.Cut(line.Text, ", ")
		line.Night, line.MustSee = recipient.Night && !recipient.unreached(), now
		lines = append(lines, line)
	}
	return lines
}

// share names those of whom PagerDuty notifies one, or one or all; empty where
// it notifies everybody.
func (v *previewer) share(recipient Recipient) string {
	stage := escalation.Stage{At: recipient.At, Level: recipient.Level, Share: recipient.Share}
	if recipient.Share == "" {
		return ""
	}
	for _, p := range v.p.Recipients {
		if p.Share == recipient.Share && p.Policy == recipient.Policy && p.Level == recipient.Level && p.At.Equal(recipient.At) && p.Urgency == recipient.Urgency {
			stage.People = append(stage.People, escalation.Person{User: sources.Reference{ID: p.UserID, Name: p.Name}})
		}
	}
	if len(stage.People) > mostShared {
		return "" // each says of how many
	}
	return clean.Line(stage.Who())
}

// mostShared is how many are named in one line of whom not all are notified.
const mostShared = 6

func (v *previewer) confirms() {
	for _, sentence := range v.p.Confirm {
		line := mustSee(general(PreviewConfirm, sentence))
		if v.p.Confirmed {
			line.Role = PreviewConfirmed
		}
		v.add("", line)
	}
}

// warnings are those of the plan and of its items, each once.
func (v *previewer) warnings() {
	all := slices.Clone(v.p.Warnings)
	for _, i := range v.p.Items {
		if !i.Sends() {
			continue
		}
		for _, w := range i.Warnings {
			if !slices.Contains(all, w) {
				all = append(all, w)
			}
		}
	}
	for _, w := range all {
		v.add("", general(PreviewWarning, w))
	}
}

// items says what changes, and what does not and why.
func (v *previewer) items() {
	var change, rest []PreviewLine
	for n, i := range v.p.Items {
		reason := ""
		switch {
		case i.Refused != "":
			if i.Refused == v.p.Refused {
				continue // said once already
			}
			reason = i.Refused
		case i.NeedsChoice && len(v.p.Choices) > 0:
			continue // said with the choices
		case i.NeedsChoice, i.Already:
			reason = i.Sentence
		default:
			change = append(change, changeLines(n, i)...)
			continue
		}
		if len(v.p.Items) > 1 {
			reason = wording.Shorten(cmp.Or(clean.Line(i.Title), i.ID), 100) + ": " + reason
		}
		line := general(PreviewUnchanged, reason)
		line.Item = n
		rest = append(rest, line)
	}
	v.add("What changes", change...)
	v.add("What does not change", rest...)
}

// changeLines says what happens to a group, and names each write that the
// sentence does not name.
func changeLines(n int, i Item) []PreviewLine {
	lines := []PreviewLine{{Role: PreviewChange, Text: clean.Line(i.Sentence), MustSee: true, Item: n}}
	var untold []string
	for at, s := range i.Steps {
		switch {
		case s.Kind.OfSilence():
			lines = append(lines, PreviewLine{Role: PreviewStep, Text: clean.Line(s.Sentence), Depth: 1, MustSee: true, Item: n, Steps: []int{at}})
			later := PreviewLine{Role: PreviewLater, Text: clean.Line(s.Later), Depth: 2, MustSee: true, Item: n}
			if later.Text != "" {
				lines = append(lines, later)
			}
			for _, m := range s.Matches {
				lines = append(lines, PreviewLine{Role: PreviewMatch, Text: clean.Line(m), Depth: 2, Item: n})
			}
		default:
			lines[0].Steps = append(lines[0].Steps, at)
			if len(i.Steps) > 1 && !i.says(s) {
				untold = append(untold, s.Sentence)
			}
		}
	}
	if len(untold) == 0 {
		return lines
	}
	// In their order, all of them: a part would look like the whole.
	said := make([]string, len(i.Steps))
	for at, s := range i.Steps {
		said[at] = fmt.Sprintf("%d. %s", at+1, clean.Line(s.Sentence))
	}
	all := PreviewLine{Role: PreviewStep, Text: strings.Join(said, "  "), Depth: 1, MustSee: true, Item: n, Steps: lines[0].Steps}
	lines[0].Steps = nil
	return slices.Insert(lines, 1, all)
}

// says reports whether the item's sentence names a write. The sentence is
// about the action, so it names the one write that is not a note.
func (i Item) says(s Step) bool {
	sentence := strings.ToLower(i.Sentence)
	if s.Kind == StepNote {
		return strings.Contains(sentence, "the note")
	}
	if !slices.ContainsFunc(i.Steps, func(o Step) bool { return o.Kind != StepNote && o.Kind != s.Kind }) {
		return true
	}
	return strings.Contains(sentence, strings.ToLower(sentenceThird(s.Sentence))) ||
		s.Kind == StepAcknowledge && strings.Contains(sentence, "acknowledges it")
}

// noteBesides says what each group's note contains in addition to the common
// part.
const noteBesides = "(and what was tried and what is wrong, for each group)"

// texts are what is sent for people to read: notes, and the reason of a
// resolve, which PagerDuty shows as a note.
func (v *previewer) texts() {
	if v.p.Refused != "" {
		if v.p.Note != "" {
			v.add("The note, for you to copy", noteLines(v.p.Note, -1)...)
		}
		return
	}
	type text struct {
		heading, body string
		item          int
	}
	const noteHeading = "The note that goes along"
	const postedHeading = "The note, which is on the incident already"
	// The mark is made when the plan is confirmed.
	mark := func(heading string) string {
		if heading == noteHeading {
			return "\n\n" + notetext.MarkOf("…")
		}
		return ""
	}
	var all []text
	for n, i := range v.p.Items {
		if !i.Sends() {
			continue
		}
		note := ""
		for _, s := range i.Steps {
			one := text{item: n}
			switch s.Kind {
			case StepNote:
				one.heading, one.body = noteHeading, s.Note
				if s.Posted != "" {
					one.heading = postedHeading
				}
				note = s.Note
			case StepResolve:
				one.heading, one.body = "The reason, which PagerDuty shows as a note", s.Resolution
			case StepResponders:
				if strings.HasPrefix(note, s.Note) {
					one.heading, one.body = "The message to whoever is asked", "The first lines of the note."
					if note == s.Note {
						one.body = "The text of the note."
					}
				} else {
					one.heading, one.body = "The message to whoever is asked", s.Note
				}
			}
			same := func(t text) bool { return t.heading == one.heading && t.body == one.body }
			if strings.TrimSpace(one.body) != "" && !slices.ContainsFunc(all, same) {
				all = append(all, one)
			}
		}
	}
	said := map[string]bool{}
	for _, t := range all {
		several := slices.ContainsFunc(all, func(o text) bool { return o.heading == t.heading && o.item != t.item })
		switch {
		case !several:
			v.add(t.heading, noteLines(t.body+mark(t.heading), t.item)...)
		case !said[t.heading]:
			// The groups' texts differ by what is wrong with each.
			said[t.heading] = true
			v.add(t.heading, noteLines(v.p.Note+"\n"+noteBesides+mark(t.heading), -1)...)
		}
	}
}

func noteLines(text string, item int) []PreviewLine {
	var lines []PreviewLine
	for line := range strings.SplitSeq(clean.Text(text), "\n") {
		lines = append(lines, PreviewLine{Role: PreviewNote, Text: strings.TrimRight(line, " "), Item: item})
	}
	return lines
}

package demo

import (
	"net/http"
	"slices"
	"strings"
)

// maxNotes is PagerDuty's limit for an incident.
const maxNotes = 2000

func (p *PagerDuty) listNotes(c *call) (answer, error) {
	i, err := p.incidentOf(c)
	if err != nil {
		return answer{}, err
	}
	notes := []obj{}
	for _, n := range slices.Backward(i.notes) { // newest first
		notes = append(notes, p.noteJSON(n))
	}
	return ok(obj{"notes": notes})
}

func (p *PagerDuty) createNote(c *call) (answer, error) {
	i, err := p.incidentOf(c)
	if err != nil {
		return answer{}, err
	}
	content, err := noteContent(c)
	if err != nil {
		return answer{}, err
	}
	if len(i.notes) >= maxNotes {
		return answer{}, invalid("The incident has %d notes and takes no more", maxNotes)
	}
	p.addNote(i, c.by(), content)
	return ok(obj{"note": p.noteJSON(i.notes[len(i.notes)-1])})
}

// noteContent returns the text of a note in a request.
func noteContent(c *call) (string, error) {
	var body struct {
		Note struct {
			Content string `json:"content"`
		} `json:"note"`
	}
	if err := c.decode(&body); err != nil {
		return "", err
	}
	switch {
	case strings.TrimSpace(body.Note.Content) == "":
		return "", invalid("Content cannot be empty")
	case len(body.Note.Content) > 65_535:
		return "", invalid("Content is too long")
	}
	return body.Note.Content, nil
}

// noteOf returns the note that the path names.
func (p *PagerDuty) noteOf(c *call) (*incident, int, error) {
	i, err := p.incidentOf(c)
	if err != nil {
		return nil, 0, err
	}
	if status := p.account.RefuseNoteChanges; status != 0 {
		return nil, 0, &refusal{status, 2010, http.StatusText(status), nil}
	}
	n := slices.IndexFunc(i.notes, func(n note) bool { return n.id == c.PathValue("note") })
	if n < 0 {
		return nil, 0, errNotFound
	}
	return i, n, nil
}

// updateNote replaces the text of a note. The log entry of the note does not
// change: it has the original text.
func (p *PagerDuty) updateNote(c *call) (answer, error) {
	i, n, err := p.noteOf(c)
	if err != nil {
		return answer{}, err
	}
	content, err := noteContent(c)
	if err != nil {
		return answer{}, err
	}
	i.notes[n].content, i.notes[n].updated = content, p.now()
	i.touch(p.now())
	return ok(obj{"note": p.noteJSON(i.notes[n])})
}

func (p *PagerDuty) deleteNote(c *call) (answer, error) {
	i, n, err := p.noteOf(c)
	if err != nil {
		return answer{}, err
	}
	i.notes = slices.Delete(i.notes, n, n+1)
	i.touch(p.now())
	return answer{status: http.StatusNoContent}, nil
}

package store

import (
	"encoding/binary"
	"errors"
	"time"

	"firstline/internal/history/past"
	"firstline/sources"
)

// The form in which an incident of the past is stored: a version, its texts, its
// times and its entries, as varints and texts with their lengths. It takes a third
// of the room of JSON, and a tenth of the time to read.
const pastForm = 1

var errPastForm = errors.New("a stored incident has an unknown form")

// packer writes the form. strings that repeat are written once.
type packer struct {
	b     []byte
	index map[string]uint64
}

func (p *packer) number(n uint64) { p.b = binary.AppendUvarint(p.b, n) }

func (p *packer) text(s string) {
	if n, found := p.index[s]; found {
		p.number(n << 1)
		return
	}
	p.index[s] = uint64(len(p.index))
	p.number(uint64(len(s))<<1 | 1)
	p.b = append(p.b, s...)
}

func (p *packer) name(n past.Name) {
	p.text(n.ID)
	p.text(n.Name)
}

// instant writes a time in whole seconds.
func (p *packer) instant(t time.Time) {
	if t.IsZero() {
		p.number(0)
		return
	}
	p.number(uint64(max(t.Unix(), 0)) + 1)
}

func packIncident(i *past.Incident) []byte {
	p := &packer{index: map[string]uint64{}, b: []byte{pastForm}}
	p.number(uint64(max(i.Number, 0)))
	for _, s := range []string{i.Title, string(i.Status), i.Urgency, i.Priority, i.MergedInto, i.Alert, i.Runbook} {
		p.text(s)
	}
	flags := uint64(0)
	if i.DetailsRead {
		flags |= 1
	}
	if i.Deleted {
		flags |= 2
	}
	p.number(flags)
	p.name(i.Service)
	p.name(i.Policy)
	p.number(uint64(len(i.Teams)))
	for _, t := range i.Teams {
		p.name(t)
	}
	for _, t := range []time.Time{i.ReadAt, i.CreatedAt, i.ChangedAt} {
		p.instant(t)
	}
	p.number(uint64(len(i.Entries)))
	for _, e := range i.Entries {
		p.b = binary.LittleEndian.AppendUint64(p.b, e.Hash)
		p.instant(e.At)
		p.number(uint64(e.Kind))
		p.number(uint64(e.Way))
		p.text(e.By)
		p.number(uint64(len(e.To)))
		for _, id := range e.To {
			p.text(id)
		}
		p.text(e.Text)
	}
	return p.b
}

// unpacker reads the form. After a fault it returns zeros.
type unpacker struct {
	b     []byte
	texts []string
	// shared has one copy of each short text of all incidents.
	shared map[string]string
	bad    bool
}

func (u *unpacker) number() uint64 {
	n, size := binary.Uvarint(u.b)
	if size <= 0 {
		u.bad, u.b = true, nil
		return 0
	}
	u.b = u.b[size:]
	return n
}

// count reads the number of elements that follow. Each takes at least a byte.
func (u *unpacker) count() int {
	n := u.number()
	if n > uint64(len(u.b)) {
		u.bad = true
		return 0
	}
	return int(n)
}

func (u *unpacker) text() string {
	n := u.number()
	size := n >> 1
	switch {
	case n&1 == 0 && size < uint64(len(u.texts)):
		return u.texts[size]
	case n&1 == 0, size > uint64(len(u.b)):
		u.bad = true
		return ""
	}
	s, found := u.shared[string(u.b[:size])]
	if !found {
		s = string(u.b[:size])
		u.shared[s] = s
	}
	u.b = u.b[size:]
	u.texts = append(u.texts, s)
	return s
}

func (u *unpacker) name() past.Name { return past.Name{ID: u.text(), Name: u.text()} }

func (u *unpacker) instant() time.Time {
	n := u.number()
	if n == 0 || n > 1<<40 {
		u.bad = u.bad || n != 0
		return time.Time{}
	}
	return time.Unix(int64(n)-1, 0).UTC() //nolint:gosec // it is below 1<<40
}

func unpackIncident(id string, data []byte, shared map[string]string) (past.Incident, error) {
	if len(data) == 0 || data[0] != pastForm {
		return past.Incident{}, errPastForm
	}
	u := &unpacker{b: data[1:], shared: shared}
	i := past.Incident{ID: id, Number: int(u.number() & (1<<53 - 1))} //nolint:gosec // it is below 1<<53
	i.Title, i.Status, i.Urgency, i.Priority = u.text(), sources.IncidentStatus(u.text()), u.text(), u.text()
	i.MergedInto, i.Alert, i.Runbook = u.text(), u.text(), u.text()
	flags := u.number()
	i.DetailsRead, i.Deleted = flags&1 != 0, flags&2 != 0
	i.Service, i.Policy = u.name(), u.name()
	for range u.count() {
		i.Teams = append(i.Teams, u.name())
	}
	i.ReadAt, i.CreatedAt, i.ChangedAt = u.instant(), u.instant(), u.instant()
	if n := u.count(); n > 0 {
		i.Entries = make([]past.Entry, 0, min(n, 1<<12))
		for range n {
			if len(u.b) < 8 {
				return past.Incident{}, errPastForm
			}
			e := past.Entry{Hash: binary.LittleEndian.Uint64(u.b)}
			u.b = u.b[8:]
			e.At, e.Kind, e.Way, e.By = u.instant(), past.Kind(u.number()), past.Way(u.number()), u.text()
			for range u.count() {
				e.To = append(e.To, u.text())
			}
			e.Text = u.text()
			i.Entries = append(i.Entries, e)
			if u.bad {
				break
			}
		}
	}
	if u.bad || len(u.b) > 0 {
		return past.Incident{}, errPastForm
	}
	return i, nil
}

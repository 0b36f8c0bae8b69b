package sources

import "strings"

// Reference points at something by id, with the name the source gave along.
type Reference struct {
	ID   string
	Name string
	URL  string
	// Type is the source's own word for the kind of thing, such as
	// "user_reference" or "schedule"; empty where only one kind can stand.
	Type string
	// Deleted is true where the source says that the thing is gone: what
	// points at a deleted user, service or policy stays.
	Deleted bool
}

// IsZero reports whether the reference points at nothing.
func (r Reference) IsZero() bool { return r == Reference{} }

// Label is what to call the thing: its name, else "a deleted user" where it is
// gone, else its id, else "no user". The noun is for the last and for a thing
// whose Type does not tell what it is.
func (r Reference) Label(noun string) string {
	name := strings.TrimSpace(r.Name)
	if kind := strings.ReplaceAll(strings.TrimSuffix(r.Type, "_reference"), "_", " "); kind != "" {
		noun = kind
	}
	switch {
	case name != "" && r.Deleted:
		return name + " (deleted)"
	case name != "":
		return name
	case r.Deleted:
		return "a deleted " + noun
	case r.ID != "":
		return r.ID
	}
	return "no " + noun
}

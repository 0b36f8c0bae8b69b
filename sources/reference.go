package sources

import "strings"

// Reference refers to an object by id, with the name that the source gave.
type Reference struct {
	ID   string
	Name string
	URL  string
	// Type is the source's own type of the object, such as "user_reference" or
	// "schedule". It is empty where only one type is possible.
	Type string
	// Deleted is true when the source says that the object no longer exists:
	// references to a deleted user, service or policy stay.
	Deleted bool
}

// IsZero reports whether the reference is empty.
func (r Reference) IsZero() bool { return r == Reference{} }

// Label returns a name for the object: its name, else "a deleted user" when it
// is deleted, else "an unnamed user" when the source says that there is one, else
// "no user". It is never the id, which says nothing to people. The noun is for an
// object without a Type.
func (r Reference) Label(noun string) string {
	name := strings.TrimSpace(r.Name)
	kind := strings.ReplaceAll(strings.TrimSuffix(r.Type, "_reference"), "_", " ")
	if kind != "" {
		noun = kind
	}
	switch {
	case name != "" && r.Deleted:
		return name + " (deleted)"
	case name != "":
		return name
	case r.Deleted:
		return "a deleted " + noun
	case r.ID != "" || kind != "":
		return "an unnamed " + noun
	}
	return "no " + noun
}

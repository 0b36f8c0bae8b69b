package sources

import "strings"

// Named are the things that go by what was typed: the one with that id, else all
// with that name. names gives what a thing goes by, the id first.
func Named[T any](all []T, typed string, names func(*T) []string) []T {
	typed = strings.TrimSpace(typed)
	if typed == "" {
		return nil
	}
	var hits []T
	for i := range all {
		its := names(&all[i])
		if its[0] == typed {
			return all[i : i+1 : i+1]
		}
		for _, name := range its {
			if strings.EqualFold(strings.TrimSpace(name), typed) {
				hits = append(hits, all[i])
				break
			}
		}
	}
	return hits
}

// Names are what the policy goes by.
func (p *Policy) Names() []string { return []string{p.ID, p.Name} }

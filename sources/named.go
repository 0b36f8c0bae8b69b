package sources

import "strings"

// Named returns the elements that match what was typed: the one with that id,
// else all with that name. names returns the names of an element, the id first.
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

// Names returns the policy's id and name.
func (p *Policy) Names() []string { return []string{p.ID, p.Name} }

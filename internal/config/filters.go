package config

import (
	"maps"
	"slices"

	"firstline/internal/clean"
	"firstline/internal/lazyregexp"
	"firstline/internal/triage/filter"
)

// Filter is a saved filter: in any filter, @Name is replaced by Expression.
type Filter struct{ Name, Expression string }

// filterName matches a name that needs no quotes after the @.
var filterName = lazyregexp.New(`^[\pL\pN_][\pL\pN_.-]*$`)

func (b *builder) filters(f map[string]string) []Filter {
	var all []Filter
	for _, name := range slices.Sorted(maps.Keys(f)) {
		at := []string{"filters", name}
		if !filterName.MatchString(name) {
			b.fault(at, "a filter's name is made of letters, digits, \"-\", \"_\" and \".\", such as night")
			continue
		}
		// Without saved filters: one cannot refer to another.
		parsed, err := filter.Parse(f[name], map[string]string{})
		switch {
		case err != nil:
			b.fault(at, "%s", clean.Line(err.Error()))
		case parsed.Empty():
			b.fault(at, "this filter is empty and would match everything: write one such as %s = \"severity=critical !silenced\"", name)
		}
		all = append(all, Filter{Name: name, Expression: f[name]})
	}
	return all
}

// SavedFilters returns the expressions of the saved filters by name, as
// filter.Parse takes them. It never returns nil.
func (c Config) SavedFilters() map[string]string {
	saved := make(map[string]string, len(c.Filters))
	for _, f := range c.Filters {
		saved[f.Name] = f.Expression
	}
	return saved
}

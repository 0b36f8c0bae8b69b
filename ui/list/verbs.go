package list

import (
	"strings"

	"firstline/internal/triage"
	"firstline/internal/triage/filter"
	"firstline/ui/keymap"
	"firstline/ui/room"
)

// Verbs are the commands of the list that are written with an argument.
func (l *List) Verbs() []room.Verb {
	return []room.Verb{
		{
			Words: []string{"filter"}, Takes: "a filter, such as mine or service=checkout", Offers: l.filters,
			Command: func(text string) (keymap.Command, string) {
				_, err := l.Prompt.parseFilter(text)
				return keymap.NoCommand, FilterFault(text, err)
			},
			With: func(text string) {
				if f, err := l.Prompt.parseFilter(text); err == nil {
					l.SetFilter(f)
				}
			},
		},
		{
			Words: []string{"choose order", "sort", "sort by"}, Takes: "an order", Offers: func(typed string) []string { return beginning(orderWords(), typed) },
			Command: named(orderWords(), "the list sorts by "), With: func(text string) { l.SortBy(triage.By(strings.ToLower(text))) },
		},
		{
			Words: []string{"group by", "group"}, Takes: "a heading", Offers: func(typed string) []string { return beginning(groupWords(), typed) },
			Command: named(groupWords(), "the list groups by "), With: l.groupByWord,
		},
	}
}

// groupByWord puts the list under the headings that a word names.
func (l *List) groupByWord(word string) {
	for _, by := range groupings {
		if room.SameWord(word, by.word()) {
			l.groupBy(by)
		}
	}
}

// filters are the saved filters and the flags that begin with what is typed.
func (l *List) filters(typed string) []string {
	var all []string
	for _, saved := range l.options.Filters {
		all = append(all, "@"+saved.Name)
	}
	return beginning(append(all, filter.Flags()...), typed)
}

func orderWords() []string {
	var words []string
	for _, by := range triage.Orders() {
		words = append(words, string(by))
	}
	return words
}

// groupWords are the headings, "none" for no headings.
func groupWords() []string {
	var words []string
	for _, by := range groupings {
		words = append(words, by.word())
	}
	return words
}

// beginning are the words that begin with what is typed.
func beginning(words []string, typed string) []string {
	var found []string
	for _, w := range words {
		if strings.HasPrefix(strings.ToLower(w), strings.ToLower(typed)) && !strings.EqualFold(w, typed) {
			found = append(found, w)
		}
	}
	return found
}

// named reads one of some words.
func named(words []string, says string) func(string) (keymap.Command, string) {
	return func(text string) (keymap.Command, string) {
		for _, w := range words {
			if room.SameWord(text, w) {
				return keymap.NoCommand, ""
			}
		}
		return keymap.NoCommand, says + strings.Join(words, ", ")
	}
}

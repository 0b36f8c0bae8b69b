package runbooks

import (
	"strings"

	"firstline/internal/lazyregexp"
)

// A Hugo shortcode, {{< name … >}} or {{% name … %}}. Go's own templates, {{ .x
// }}, do not match: commands and alerts use them.
var shortcode = lazyregexp.New(`\{\{[<%]\s*(/?)\s*([\w.-]*)\s*([^{}]*?)\s*/?[>%]\}\}`)

// The first quoted or bare word of a shortcode's arguments.
var firstArgument = lazyregexp.New("^(?:[A-Za-z_]+=)?(?:\"([^\"]*)\"|`([^`]*)`|(\\S+))")

// resolveShortcodes turns Hugo shortcodes into Markdown: a reference becomes
// its path, a highlighted block a fenced one, and of all others only the text
// between them stays. The number of lines does not change.
func resolveShortcodes(body string) string {
	if !strings.Contains(body, "{{<") && !strings.Contains(body, "{{%") {
		return body
	}
	return shortcode.ReplaceAllStringFunc(body, func(s string) string {
		m := shortcode.FindStringSubmatch(s)
		closing, name, arguments := m[1] != "", strings.ToLower(m[2]), m[3]
		breaks := strings.Repeat("\n", strings.Count(s, "\n"))
		switch name {
		case "ref", "relref":
			return argument(arguments) + breaks
		case "highlight":
			if closing {
				return "```" + breaks
			}
			return "```" + argument(arguments) + breaks
		}
		return breaks
	})
}

func argument(arguments string) string {
	m := firstArgument.FindStringSubmatch(arguments)
	if m == nil {
		return ""
	}
	// Blanks would end a link's destination.
	return strings.Join(strings.Fields(m[1]+m[2]+m[3]), "%20")
}

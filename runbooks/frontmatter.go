package runbooks

import (
	"strings"

	"github.com/pelletier/go-toml/v2"
	"go.yaml.in/yaml/v3"

	"firstline/internal/clean"
	"firstline/internal/lazyregexp"
)

// maxFrontMatter bounds the search for the end of the front matter, in bytes.
const maxFrontMatter = 64 << 10

var yamlKey = lazyregexp.New(`(?m)^[A-Za-z_][\w.-]*[ ]*:`)

// cutFrontMatter removes YAML (---) or TOML (+++) front matter, which a
// renderer would show as a heading, and returns its title.
func cutFrontMatter(text string) (title, body string) {
	first, rest, ok := strings.Cut(text, "\n")
	fence := strings.TrimRight(first, " ")
	if !ok || (fence != "---" && fence != "+++") {
		return "", text
	}
	at := 0
	for line := range strings.Lines(rest) {
		trimmed := strings.TrimRight(line, " \n")
		if trimmed == fence || (fence == "---" && trimmed == "...") {
			inner := rest[:at]
			values, isOne := readFrontMatter(fence, inner)
			if !isOne {
				return "", text
			}
			title, _ := values["title"].(string)
			return clean.Line(title), rest[at+len(line):]
		}
		if at += len(line); at > maxFrontMatter {
			break
		}
	}
	return "", text
}

// readFrontMatter returns false when inner is not front matter but text between
// two rulers. Front matter with a syntax error is still front matter.
func readFrontMatter(fence, inner string) (map[string]any, bool) {
	values := map[string]any{}
	if strings.TrimSpace(inner) == "" {
		return values, true
	}
	var err error
	if fence == "+++" {
		err = toml.Unmarshal([]byte(inner), &values)
		return values, err == nil || strings.Contains(inner, "=")
	}
	// Decode into a node: a map would expand aliases.
	var node yaml.Node
	if err = yaml.Unmarshal([]byte(inner), &node); err == nil {
		if len(node.Content) == 0 {
			return values, true // only comments
		}
		return topLevel(node.Content[0])
	}
	if !yamlKey.MatchString(strings.TrimSpace(inner)) {
		return nil, false
	}
	for line := range strings.Lines(inner) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == "title" {
			values["title"] = strings.Trim(strings.TrimSpace(value), `"'`)
		}
	}
	return values, true
}

// topLevel returns the scalar values of a mapping, and false for any other
// node.
func topLevel(n *yaml.Node) (map[string]any, bool) {
	values := map[string]any{}
	for i := 0; i+1 < len(n.Content) && n.Kind == yaml.MappingNode; i += 2 {
		if v := n.Content[i+1]; v.Kind == yaml.ScalarNode {
			values[n.Content[i].Value] = v.Value
		}
	}
	return values, n.Kind == yaml.MappingNode
}

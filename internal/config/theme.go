package config

import (
	"image/color"
	"strconv"

	"firstline/internal/theme"
)

// theme reads which colours the person chose.
func (b *builder) theme(f fileTheme) theme.Choice {
	var c theme.Choice
	var err error
	if c.Name, err = theme.ParseName(f.Name); err != nil {
		b.fault([]string{"theme", "name"}, "%v", err)
	}
	if c.Background, err = theme.ParseBackground(f.Background); err != nil {
		b.fault([]string{"theme", "background"}, "%v", err)
	}
	if b.positions.has("theme", "colors") {
		c.Own = b.colors(f.Colors)
		if c.Name == theme.None {
			b.fault([]string{"theme", "colors"}, "the theme \"none\" has no colours: choose another name, or leave colors out")
		}
	}
	return c
}

// colors reads the person's own colours.
func (b *builder) colors(f fileColors) *theme.Palette {
	own := &theme.Palette{}
	for _, of := range []struct {
		part  theme.Part
		name  string
		value string
	}{
		{theme.Dim, "dim", f.Dim},
		{theme.Border, "border", f.Border},
		{theme.Accent, "accent", f.Accent},
		{theme.Critical, "critical", f.Critical},
		{theme.Failed, "failed", f.Failed},
		{theme.Warning, "warning", f.Warning},
		{theme.Notice, "notice", f.Notice},
		{theme.Good, "good", f.Good},
		{theme.Badge, "badge", f.Badge},
		{theme.Selected, "selected", f.Selected},
		{theme.SelectedText, "selected_text", f.SelectedText},
		{theme.Heading, "heading", f.Heading},
		{theme.Code, "code", f.Code},
		{theme.Link, "link", f.Link},
		{theme.Keyword, "keyword", f.Keyword},
		{theme.Variable, "variable", f.Variable},
		{theme.String, "string", f.String},
		{theme.Number, "number", f.Number},
	} {
		if of.value != "" {
			own.Colors[of.part] = b.color([]string{"theme", "colors", of.name}, of.value)
		}
	}
	if len(f.Lines) > theme.LineCount {
		b.fault([]string{"theme", "colors", "lines"}, "a graph has %d colours for its lines at most, and these are %d", theme.LineCount, len(f.Lines))
		return own
	}
	for i, text := range f.Lines {
		own.Lines[i] = b.color([]string{"theme", "colors", "lines", strconv.Itoa(i)}, text)
	}
	return own
}

func (b *builder) color(path []string, text string) color.Color {
	c, err := theme.ParseColor(text)
	if err != nil {
		b.fault(path, "%v", err)
	}
	return c
}

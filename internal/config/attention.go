package config

import (
	"cmp"
	"slices"
	"strings"

	"firstline/internal/attention"
	"firstline/internal/clean"
	"firstline/internal/triage/filter"
	"firstline/internal/weekhours"
)

// Attention is what the screen does for a responder who does not look at it.
type Attention struct {
	// Filter matches the groups whose news the responder wants.
	Filter filter.Filter
	// Reading: also what changes on the group that is being read.
	Reading bool
	// Title: the title of the terminal has counts. Bell: a message rings.
	Title, Bell bool
	// Terminal is how the terminal is asked to show messages.
	Terminal attention.Method
	// Desktop is when the desktop shows them.
	Desktop Desktop
	// Quiet are the hours without messages.
	Quiet weekhours.Hours
}

// Desktop is when the desktop shows messages.
type Desktop string

// DesktopAuto is where the terminal shows none and both are on the machine that the
// person is at.
const (
	DesktopAuto Desktop = "auto"
	DesktopOn   Desktop = "on"
	DesktopOff  Desktop = "off"
)

// defaultAttention is the filter of the groups whose news the responder wants.
const defaultAttention = "mine urgency=high"

// DefaultAttention is what holds where the file sets nothing.
func DefaultAttention() Attention { return new(builder).attention(fileAttention{}, nil) }

func (b *builder) attention(f fileAttention, saved map[string]string) Attention {
	at := func(key string) []string { return []string{"attention", key} }
	isOn := func(set *bool) bool { return set == nil || *set }
	a := Attention{
		Reading: isOn(f.Reading), Title: isOn(f.Title), Bell: isOn(f.Bell),
		Terminal: attention.Method(cmp.Or(strings.ToLower(strings.TrimSpace(f.Terminal)), string(attention.Auto))),
		Desktop:  Desktop(cmp.Or(strings.ToLower(strings.TrimSpace(f.Desktop)), string(DesktopAuto))),
	}
	var err error
	if a.Filter, err = filter.Parse(cmp.Or(f.Filter, defaultAttention), saved); err != nil {
		b.fault(at("filter"), "%s", clean.Line(err.Error()))
	}
	if !slices.Contains(attention.Methods(), a.Terminal) {
		b.fault(at("terminal"), "%q is not known: it is \"auto\", \"osc9\", \"osc99\", \"osc777\" or \"off\"", clean.Line(f.Terminal))
	}
	if !slices.Contains([]Desktop{DesktopAuto, DesktopOn, DesktopOff}, a.Desktop) {
		b.fault(at("desktop"), "%q is not known: it is \"auto\", \"on\" or \"off\"", clean.Line(f.Desktop))
	}
	if f.Quiet != "" {
		if a.Quiet, err = weekhours.Parse(f.Quiet); err != nil {
			b.fault(at("quiet"), "%s", clean.Line(strings.TrimPrefix(err.Error(), "coverage hours ")))
		}
	}
	return a
}

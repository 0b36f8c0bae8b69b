package clipboard

// program gives its input to the clipboard of a system.
type program struct {
	name      string
	arguments []string
	// needs is the variable of the environment without which it has no clipboard; empty:
	// it needs none.
	needs string
}

// programsOf are the programs of an operating system, the best first.
func programsOf(system string) []program {
	switch system {
	case "darwin":
		return []program{{name: "pbcopy"}}
	case "windows":
		return nil
	}
	return []program{
		{name: "wl-copy", needs: "WAYLAND_DISPLAY"},
		{name: "xclip", arguments: []string{"-in", "-selection", "clipboard"}, needs: "DISPLAY"},
		{name: "xsel", arguments: []string{"--input", "--clipboard"}, needs: "DISPLAY"},
		{name: "termux-clipboard-set", needs: "TERMUX_VERSION"},
		{name: "clip.exe", needs: "WSL_DISTRO_NAME"},
	}
}

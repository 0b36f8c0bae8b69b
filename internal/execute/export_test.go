package execute

// LogTypes are all log entries that settling looks for.
func LogTypes() []string {
	var all []string
	for _, types := range logTypes {
		all = append(all, types...)
	}
	return all
}

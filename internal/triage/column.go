package triage

// Column is what a column of a list of groups has, by its name. The list on the screen has
// these, which the configuration names; the table of the command list has them too, and
// further ones, most without room beside a pane (internal/cli/columns.go).
type Column string

// The columns.
const (
	SeverityColumn Column = "severity"
	AgeColumn      Column = "age"
	ServiceColumn  Column = "service"
	TitleColumn    Column = "title"
	StateColumn    Column = "state"
	WhoColumn      Column = "who"
)

// Columns are all columns of the screen, in the order in which a list has them where the
// person chose none.
func Columns() []Column {
	return []Column{SeverityColumn, AgeColumn, ServiceColumn, TitleColumn, StateColumn, WhoColumn}
}

package keys

import "slices"

// The modes where keys act that this package knows. Each mode of the screen is one.
const (
	List    = "list"
	dialog  = "dialog"
	picker  = "picker"
	choice  = "choice"
	pane    = "pane"
	runbook = "runbook"
)

// typed are the modes where text is typed: no key that types something asks for
// anything there.
var typed = []string{"filter", "commands", "help_search", "search", "form", "handover_text", "handover_file"}

// behind are the modes whose keys act where the first has none, in their order.
var behind = map[string][]string{
	"beginning": {List},
	pane:        {List}, runbook: {pane, List}, "graph": {pane, List}, "past": {pane, List}, "past_one": {pane, List},
}

// besideText are the commands of a dialog that act only where no text is typed.
var besideText = []string{"acknowledge", "copy", "edit_note"}

// takes reports whether a mode takes a key for something else than commands: to
// type, or to choose what is listed.
func takes(mode, command, key string) bool {
	switch {
	case slices.Contains(typed, mode), mode == dialog && !slices.Contains(besideText, command):
		return types(key)
	case mode == choice:
		return key >= "1" && key <= "9"
	case mode == picker:
		return slices.Contains([]string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "a", "s", "c", "t", "m", "g", "u"}, key)
	}
	return false
}

// command is one line of the table.
type command struct {
	// name is that in a configuration.
	name string
	// uses are its keys in modes: "keys @ modes". What follows a "&" stays where a
	// configuration gives it other keys; "+name" means the keys of that command in its
	// first mode. A line with nothing before the "&" is not changed by a
	// configuration, unless only "+name" follows.
	uses []string
}

// table has all commands that keys ask for.
var table = []command{
	{"down", []string{"j down @ list choice load reader handover step", "j down & tab @ steps picker"}},
	{"up", []string{"k up @ list choice load reader handover step", "k up & shift+tab @ steps picker"}},
	{"first", []string{"g home @ list choice load reader handover step"}},
	{"last", []string{"G end @ list choice load reader handover step"}},
	{"half_down", []string{"ctrl+d pgdown @ list choice", "& space @ pane", "ctrl+d pgdown & space @ load reader handover step", "pgdown @ dialog"}},
	{"half_up", []string{"ctrl+u pgup @ list choice load reader handover step", "pgup @ dialog"}},
	{"read", []string{"enter @ list"}},
	{"leave", []string{"esc @ list pane runbook graph past past_one"}},
	{"next_tab", []string{"tab @ list"}},
	{"tab_runbook", []string{"1 @ list"}},
	{"tab_details", []string{"2 @ list"}},
	{"tab_timeline", []string{"3 @ list"}},
	{"tab_graph", []string{"4 @ list"}},
	{"tab_past", []string{"5 @ list"}},
	{"tab_on_call", []string{"6 @ list"}},
	{"whole_pane", []string{"Z @ list"}},
	{"next_section", []string{"] @ list"}},
	{"previous_section", []string{"[ @ list"}},
	{"select", []string{"space @ list"}},
	{"select_all", []string{"* @ list"}},
	{"choose_order", []string{"S @ list"}},
	{"group_by", []string{"v @ list"}},
	{"fold", []string{"c @ list"}},
	{"fold_all", []string{"C @ list"}},
	{"choose_filter", []string{"F @ list"}},
	{"complete", []string{"tab @ filter commands"}},
	{"complete_back", []string{"shift+tab @ filter"}},
	{"acknowledge", []string{"a @ list dialog"}},
	{"escalate", []string{"e @ list"}},
	{"hand_off", []string{"h @ list"}},
	{"note", []string{"n @ list"}},
	{"next_level", []string{"E @ list"}},
	{"resolve", []string{"r @ list"}},
	{"snooze", []string{"z @ list"}},
	{"silence", []string{"s @ list"}},
	{"merge", []string{" @ list"}},
	{"urgency", []string{" @ list"}},
	{"priority", []string{" @ list"}},
	{"ask_to_join", []string{" @ list"}},
	{"extend_silence", []string{" @ list"}},
	{"end_silence", []string{" @ list"}},
	{"undo", []string{"u @ list"}},
	{"handover", []string{"H @ list"}},
	{"filter", []string{"/ @ list"}},
	{"commands", []string{": @ list"}},
	{"copy", []string{"y @ list handover step dialog"}},
	{"copy_id", []string{"Y @ list"}},
	{"open", []string{"o @ list"}},
	{"whole_notes", []string{"R @ list"}},
	{"on_call", []string{" @ list"}},
	{"refresh", []string{"ctrl+r @ list load"}},
	{"messages", []string{"m @ list"}},
	{"help", []string{"? @ list"}},
	{"suspend", []string{"ctrl+z @ list"}},
	{"quit", []string{"q & ctrl+c @ list", "& ctrl+c @ choice search load commands help_search reader handover handover_text handover_file step form steps dialog filter picker"}},
	{"confirm", []string{"enter @ choice search commands help_search handover_file step form steps dialog filter picker"}},
	{"close", []string{"esc & +quit +outline @ choice", "esc @ search commands help_search handover_text handover_file step form dialog filter", "esc & +quit +load @ load", "esc & +quit +help +messages enter @ reader", "esc & +quit @ handover picker", "esc & +quit +background @ steps"}},
	{"next_field", []string{"tab & down @ form", "tab @ dialog"}},
	{"previous_field", []string{"shift+tab & up @ form", "shift+tab @ dialog"}},
	{"choice_down", []string{"down ctrl+n @ commands dialog"}},
	{"choice_up", []string{"up ctrl+p & shift+tab @ commands", "up ctrl+p @ dialog"}},
	{"new_line", []string{"enter ctrl+j @ handover_text", "ctrl+j shift+enter alt+enter @ dialog"}},
	{"in_editor", []string{"ctrl+e @ handover handover_text dialog"}},
	{"edit_note", []string{"n @ step dialog"}},
	{"toggle_join", []string{"ctrl+t @ dialog"}},
	{"all_incidents", []string{"ctrl+g @ dialog"}},
	{"edit", []string{"e @ handover"}},
	{"write_file", []string{"w @ handover"}},
	{"post_note", []string{"p @ handover"}},
	{"post_all", []string{"A @ handover"}},
	{"make_again", []string{"ctrl+r @ handover"}},
	{"to_meaning", []string{"M @ runbook"}},
	{"to_impact", []string{"I @ runbook"}},
	{"to_diagnosis", []string{"D @ runbook"}},
	{"to_mitigation", []string{"T @ runbook"}},
	{"outline", []string{"O @ runbook"}},
	{"follow_link", []string{"f @ runbook"}},
	{"go_back", []string{"backspace ctrl+o alt+left @ runbook"}},
	{"go_forward", []string{"alt+right @ runbook"}},
	{"find", []string{"/ @ runbook reader"}},
	{"next_found", []string{"ctrl+n @ runbook", "ctrl+n & down @ search"}},
	{"previous_found", []string{"ctrl+p @ runbook", "ctrl+p & up @ search"}},
	{"as_written", []string{"R @ runbook"}},
	{"choose_labels", []string{"V @ runbook"}},
	{"whole_runbook", []string{"W @ runbook"}},
	{"next_step", []string{"J @ runbook"}},
	{"previous_step", []string{"K @ runbook"}},
	{"tick", []string{"t @ list runbook"}},
	{"copy_command", []string{"y @ runbook"}},
	{"run", []string{"x @ list runbook"}},
	{"edit_runbook", []string{"w @ list runbook"}},
	{"give_terminal", []string{"i @ step"}},
	{"reset_session", []string{"r @ step"}},
	{"did_not_help", []string{"d @ list runbook"}},
	{"background", []string{"b @ list step"}},
	{"earlier", []string{"left @ graph"}},
	{"later", []string{"right @ graph"}},
	{"less_time", []string{"+ = @ graph", "- @ load"}},
	{"more_time", []string{"- @ graph", "+ = @ load"}},
	{"values_left", []string{"< , @ graph"}},
	{"values_right", []string{"> . @ graph"}},
	{"next_graph", []string{"J @ graph"}},
	{"previous_graph", []string{"K @ graph"}},
	{"next_past", []string{"& +down @ past"}},
	{"previous_past", []string{"& +up @ past"}},
	{"open_past", []string{"enter @ past"}},
	{"copy_past_note", []string{"c @ past past_one"}},
	{"load", []string{"L @ list"}},
	{"init", []string{"i @ beginning"}},
	{"demo", []string{"d @ beginning"}},
	{"copied", []string{"ctrl+y @ list"}},
	{"mouse", []string{"ctrl+t @ list"}},
	{"smaller_list", []string{"< @ list"}},
	{"larger_list", []string{"> @ list"}},
	{"reset_divider", []string{"= @ list"}},
}

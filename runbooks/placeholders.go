package runbooks

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"firstline/internal/lazyregexp"

	"mvdan.cc/sh/v3/syntax"
)

// A placeholder is a part of code that the reader has to replace: <pod-name>, {pod},
// POD_NAME, YOUR_POD, CHANGEME.
var (
	// It has no character that a shell would read as a quote or as the end of a
	// command.
	anglePlaceholder = lazyregexp.New("<[A-Za-z][^<>\n\"'`$\\\\;&(){}=]*>")
	bracePlaceholder = lazyregexp.New(`\{[a-z][A-Za-z0-9]*(?:[-_][A-Za-z0-9]+)*\}`)
	// squarePlaceholder is a whole argument of several words; a shell's pattern has one set.
	squarePlaceholder = lazyregexp.New(`(?:^|[ \t])(\[[a-z][a-z0-9]+(?:[-_ ][a-z0-9]{2,})+\])(?:$|[ \t\n])`)
	yourPlaceholder   = lazyregexp.New(`\b(?:YOUR[_-][A-Z0-9]+(?:[_-][A-Z0-9]+)*|(?:CHANGE|REPLACE)[_-]?ME|(?:change|replace)[_-]?me)\b`)
	// capitalPlaceholder is an argument, or what comes after or before a slash or a
	// colon in one.
	capitalPlaceholder = lazyregexp.New(`(^|[/=:@])((?:MY_?)?(?:POD|NODE|NAMESPACE|CLUSTER|CONTAINER|DEPLOYMENT|SERVICE|SECRET|PVC?|VMI?|JOB|HOST|INSTANCE|BUCKET|DATABASE|TENANT|REGION|ZONE|RELEASE|CHART|STATEFULSET|DAEMONSET|CONFIGMAP|VOLUME|STORAGECLASS|RESOURCE|TOPIC|QUEUE|REPLICA|PROJECT|CRONJOB|ENDPOINT|IMAGE|MACHINE|USER)(?:_?(?:NAME|ID|IP))?|(?:[A-Z]+_?)?NAME)\b`)
	labelAsked         = lazyregexp.New(`\b([A-Za-z_][A-Za-z0-9_]*) label\b`)
	// toDo matches values that ask the reader for one.
	toDo = lazyregexp.New(`(?i)^(?:todo|fixme|tbd|x{3,}|\.{3}|…|(?:please[-_ ]?)?(?:change|replace|fill|set|insert|edit)[-_ ]?(?:me|this|it|in))$`)
	// notAsked are what programs write in angle brackets, and what HTML does.
	notAsked = wordSet("none nil unknown unset invalid pending error empty null true false a abbr b br code details div em h1 h2 h3 h4 hr i img kbd li ol p pre s small span strong sub summary sup table tbody td th thead tr u ul html body head xml")
	// ownBraces are programs that have a meaning for braces.
	ownBraces = lazyregexp.New(`jsonpath|go-template|custom-columns|\b(?:awk|gawk|jq|yq|perl|sed|find|xargs|parallel|erl|rabbitmqctl)\b`)
	// takers are programs whose arguments name things. Of others, such as grep, a word
	// in capitals is often what is looked for.
	takers = wordSet("kubectl oc helm virtctl ssh scp curl docker podman crictl aws gcloud az istioctl cilium calicoctl argocd flux velero ceph systemctl journalctl ping mysqladmin consul vault nomad kafka-topics.sh k9s stern etcdctl")
	// manyThings are names of placeholders that labels have with another meaning.
	manyThings = wordSet("name id ip value label key string number file path url command user username password token secret type version code status severity changeme change_me replaceme replace_me todo")
)

// asksForValue reports whether a value that code sets is a placeholder.
func asksForValue(value string) bool {
	marks := placeholdersIn(value)
	return len(marks) == 1 && marks[0].start == 0 && marks[0].end == len(value) || toDo.MatchString(value) ||
		strings.HasPrefix(value, "<") && strings.HasSuffix(value, ">")
}

// placeholdersIn finds the placeholders of a text, in order. They don't overlap.
func placeholdersIn(text string) []mark {
	var all []mark
	for _, m := range anglePlaceholder.FindAllStringIndex(text, -1) {
		if isAngle(text, m[0], m[1]) {
			all = append(all, mark{start: m[0], end: m[1], name: text[m[0]+1 : m[1]-1], placeholder: true})
		}
	}
	add := func(start, end int, name string) {
		if !slices.ContainsFunc(all, func(o mark) bool { return o.start < end && start < o.end }) {
			all = append(all, mark{start: start, end: end, name: name, placeholder: true})
		}
	}
	if !ownBraces.MatchString(text) {
		for _, m := range bracePlaceholder.FindAllStringIndex(text, -1) {
			before, after := around(text, m[0], m[1])
			if strings.IndexByte("${%@#\\(\"'", before) < 0 && after != '}' && !isASCIILetter(before) {
				add(m[0], m[1], text[m[0]+1:m[1]-1])
			}
		}
	}
	for _, m := range squarePlaceholder.FindAllStringSubmatchIndex(text, -1) {
		add(m[2], m[3], text[m[2]+1:m[3]-1])
	}
	for _, m := range yourPlaceholder.FindAllStringIndex(text, -1) {
		if before, after := around(text, m[0], m[1]); strings.IndexByte("${_-", before) < 0 && after != '=' && after != '(' {
			add(m[0], m[1], text[m[0]:m[1]])
		}
	}
	slices.SortFunc(all, func(a, b mark) int { return a.start - b.start })
	return all
}

// around returns the characters before and after a part of a text, or blanks.
func around(text string, start, end int) (before, after byte) {
	before, after = ' ', ' '
	if start > 0 {
		before = text[start-1]
	}
	if end < len(text) {
		after = text[end]
	}
	return before, after
}

func isASCIILetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }

// isAngle reports whether <…> asks for a value, and is not two redirections, a tag, an
// address or a part of a regular expression.
func isAngle(text string, start, end int) bool {
	before, after := around(text, start, end)
	inside := text[start+1 : end-1]
	name, _, _ := strings.Cut(inside, " ")
	switch {
	case strings.IndexByte(`<>&$?\0123456789`, before) >= 0, strings.IndexByte("<>&(|", after) >= 0:
		return false
	case strings.HasSuffix(inside, " "), len(inside) > 1 && inside[len(inside)-2] == ' ' && inside[len(inside)-1] <= '9':
		return false // cmd <in >out, cmd <in 2>err
	case strings.TrimSpace(string(before)) == "" && (after >= '0' && after <= '9' || isASCIILetter(after) || after == '$' || strings.HasPrefix(text[end:], "/dev/") || strings.HasPrefix(text[end:], "/tmp/")):
		return false // sort <in>out
	case strings.HasSuffix(text[:start], "(?P"), strings.Contains(inside, "://"), strings.Contains(inside, "@") && strings.Contains(inside, "."):
		return false
	case notAsked[strings.ToLower(strings.Trim(name, "/"))], strings.Contains(text, "</"+name), strings.HasSuffix(inside, "/"):
		return false
	}
	return true
}

// capitals adds the arguments in capitals that are no variable: POD_NAME.
func (r *reading) capitals(call *syntax.CallExpr) {
	program := ""
	previous := ""
	for _, arg := range call.Args {
		start := offset(arg.Pos())
		raw := r.scan.text[start:offset(arg.End())]
		switch {
		case program == "" && wrappers[raw], program == "" && strings.Contains(raw, "="):
			continue
		case program == "":
			program = path.Base(raw)
			if !takers[program] {
				return
			}
			continue
		case raw == "--": // the program of a container
			return
		}
		taken := slices.Contains([]string{"-o", "--output", "-e", "--env", "-L", "--sort-by", "-X", "--request", "-H"}, previous)
		previous = raw
		if taken || strings.ContainsAny(raw, "'\"$`\\,") || strings.Contains(raw, "columns") || arg.Lit() == "" {
			continue
		}
		for _, m := range capitalPlaceholder.FindAllStringSubmatchIndex(raw, -1) {
			one := mark{start: start + m[4], end: start + m[5], placeholder: true}
			one.name = r.scan.text[one.start:one.end]
			overlaps := slices.ContainsFunc(r.marks, func(o mark) bool { return o.start < one.end && one.start < o.end })
			_, after := around(raw, m[4], m[5])
			if strings.IndexByte(" /:.", after) >= 0 && !overlaps && !isShellsOwn(one.name) && !r.scan.assigned[one.name] {
				r.more = append(r.more, one)
			}
		}
	}
}

// valueAsked notes for which variable a placeholder gives the value, as in POD=<name>
// and in POD=TODO.
func (r *reading) valueAsked(n *syntax.Assign) {
	start, end := offset(n.Value.Pos()), offset(n.Value.End())
	value := r.scan.text[start:end]
	if n.Name == nil || !asksForValue(strings.Trim(value, `"'`)) {
		return
	}
	start += len(value) - len(strings.TrimLeft(value, `"'`))
	end -= len(value) - len(strings.TrimRight(value, `"'`))
	for i := range r.marks {
		if m := &r.marks[i]; m.start == start && m.end == end {
			m.setsName = n.Name.Value
			return
		}
	}
	r.more = append(r.more, mark{start: start, end: end, name: n.Name.Value, placeholder: true, setsName: n.Name.Value})
}

// Placeholder is a part of a command that the reader has to replace.
type Placeholder struct {
	// Text is the placeholder as it is written, "<pod-name>". Name is its name,
	// "pod-name", or the name of the variable that it gives a value.
	Text, Name string
	// Line is its line in the text, from 1.
	Line int
	// Proposal is a value that may be meant; empty: none is known.
	Proposal string
}

// Missing returns the placeholders in the code, and of the values those that may be meant.
func (c Code) Missing(from ...Values) []Placeholder {
	_, filled := c.Fill()
	all := newValues(from)
	for i := range filled.Missing {
		for _, name := range (variable{name: filled.Missing[i].Name}).namesOf() {
			if value := cmp.Or(all.session[name], all.session[strings.ToUpper(name)]); value != "" {
				filled.Missing[i].Proposal = value
				break
			}
			if n, ok := all.lookup(name); ok {
				filled.Missing[i].Proposal = n.value
				break
			}
		}
	}
	return filled.Missing
}

// Fill does for a piece of code what Fill does for a runbook.
func (c Code) Fill(from ...Values) (Code, Filled) {
	f := filler{values: newValues(from), scope: newScope(nil, 0), inline: c.Inline, lineOf: newLineIndex(c.Text).line}
	f.shell, f.guessed, f.plain = isShell(c.Language), isGuessed(c.Language), hasPlaceholders(c.Language)
	c.Text = apply(c.Text, f.code(c.Text))
	f.result.Text = c.Text
	return c, f.result
}

// asPlaceholder returns the placeholder that a variable is.
func (v variable) asPlaceholder(text string, line int) Placeholder {
	p := Placeholder{Text: text[v.start:v.end], Name: v.name, Line: line}
	if v.setsName != "" && manyThings[placeholderKey(v.name)] {
		p.Name = v.setsName
	}
	return p
}

// namesOf returns the names under which a placeholder's value may be known, the most
// telling first.
func (v variable) namesOf() []string {
	if m := labelAsked.FindStringSubmatch(v.name); m != nil {
		return []string{m[1]}
	}
	var names []string
	key := placeholderKey(v.name)
	for _, k := range []string{key, strings.TrimSuffix(key, "name")} {
		if !manyThings[strings.Trim(k, "_")] && len(k) > 1 && !slices.Contains(names, k) {
			names = append(names, k)
		}
	}
	if v.setsName != "" {
		names = append(names, v.setsName)
	}
	return names
}

var (
	notInKeys = lazyregexp.New(`[^a-z0-9]+`)
	introduce = lazyregexp.New(`^(?:(?:your|my|the|name_of|value_of|affected|insert|enter)_)+`)
)

// placeholderKey returns the name of a variable for a placeholder's name: pod_name for
// "your pod-name".
func placeholderKey(name string) string {
	key := strings.Trim(notInKeys.ReplaceAllString(strings.ToLower(name), "_"), "_")
	return introduce.ReplaceAllString(key, "")
}

package runbooks

import "strings"

// prompt is what transcripts have before a command.
const prompt = "$ "

// typedLine is what was typed in one line of a transcript.
type typedLine struct {
	// start and end are its bytes in the text, without the prompt and the line
	// break.
	start, end int
}

// typedLines returns what was typed in a transcript, "$ ls" and its continued
// lines. Other lines are output. isTranscript is false for a text that does not
// begin with a prompt.
func typedLines(text string) (typed []typedLine, isTranscript bool) {
	if !strings.HasPrefix(strings.TrimSpace(text), prompt) {
		return nil, false
	}
	goesOn := false
	at := 0
	for line := range strings.Lines(text) {
		l := typedLine{at, at + len(strings.TrimSuffix(line, "\n"))}
		at += len(line)
		rest, prompted := strings.CutPrefix(strings.TrimLeft(text[l.start:l.end], " \t"), prompt)
		switch {
		case prompted:
		case goesOn:
			rest = strings.TrimPrefix(text[l.start:l.end], "> ")
		default:
			continue // output
		}
		l.start = l.end - len(rest)
		typed = append(typed, l)
		goesOn = strings.HasSuffix(rest, `\`)
	}
	return typed, true
}

// onlyTyped returns text with blanks in the place of the prompts and the output.
func onlyTyped(text string) string {
	typed, isTranscript := typedLines(text)
	if !isTranscript {
		return text
	}
	code := []byte(text)
	at := 0
	blank := func(end int) {
		for ; at < end; at++ {
			if code[at] != '\n' {
				code[at] = ' '
			}
		}
	}
	for _, l := range typed {
		blank(l.start)
		at = l.end
	}
	blank(len(code))
	return string(code)
}

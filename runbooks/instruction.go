package runbooks

import (
	"strings"
	"unicode/utf8"

	"firstline/internal/lazyregexp"
)

// instructed matches an instruction: "Check the logs",
// "If it is full, please delete old files".
var instructed = lazyregexp.New(`(?i)^(?:(?:please|first|second|then|next|finally|also|afterwards|immediately|at first|otherwise|alternatively|as a workaround|once [^,.]{1,80},|after [^,.]{1,80},|when [^,.]{1,80},|if [^,.]{1,120},|to [^,.]{1,100},|on [^,.]{1,80},|in [^,.]{1,80},|from [^,.]{1,80},|using [^,.]{1,80},|with [^,.]{1,80},|for [^,.]{1,80},|(?:you|we) (?:can|should|must|need to|may need to|might need to|could|have to|will need to)|need to)[,;:]?\s+(?:also|then|just|either|try to)?\s*)*` +
	`(?:acknowledge|add|adjust|allow|analy[sz]e|apply|approve|ask|assign|attach|block|bump|call|cancel|change|check|choose|clean|clear|click|collect|compare|configure|confirm|connect|consider|contact|copy|cordon|correct|create|debug|decrease|delete|deploy|describe|determine|diagnose|disable|do|double-check|download|drain|edit|enable|ensure|enter|escalate|establish|evaluate|evict|examine|execute|expand|export|extend|fail over|figure out|find|fix|flush|follow|force|free|gather|get|give|go|grant|identify|import|increase|inspect|install|investigate|isolate|kill|limit|list|locate|log|look|lower|make sure|manually|migrate|modify|monitor|mount|move|note down|notify|observe|obtain|open|patch|pause|perform|ping|prepare|press|provision|prune|purge|query|quiesce|raise|read|reboot|recover|recreate|redeploy|redirect|reduce|refer|refresh|reload|remove|renew|repair|replace|report|rerun|re-run|reset|resize|resolve|restart|restore|resume|retrieve|retry|return|revert|review|roll|rotate|route|run|scale|search|see|select|send|set|shut down|silence|spread|start|stop|study|switch|taint|tail|take|terminate|test|throttle|trace|trigger|troubleshoot|try|tune|turn|unblock|uncordon|undo|uninstall|unmount|update|upgrade|use|validate|verify|view|visit|wait|watch|work with)\b`)

// longestInstruction bounds the text of a step that is a paragraph, in characters.
const longestInstruction = 120

// instruction returns the text of the step that a paragraph is: all of it, or of a long
// paragraph its first sentence that is one.
func instruction(text string) (step string, ok bool) {
	if strings.HasPrefix(strings.ToLower(text), "note") {
		return "", false
	}
	for sentence := range strings.SplitSeq(text, ". ") {
		sentence = strings.TrimSpace(sentence)
		if !instructed.MatchString(strings.TrimLeft(sentence, "*_ ")) {
			continue
		}
		if utf8.RuneCountInString(text) <= longestInstruction {
			return text, true
		}
		return strings.TrimSuffix(sentence, "."), true
	}
	return "", false
}

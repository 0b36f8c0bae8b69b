package runbooks

import "strings"

// redirection reads <, >, << and their relatives.
func (s *shellScan) redirection() {
	f := s.top()
	if f.word >= 0 && digits.MatchString(s.text[f.word:s.at]) {
		f.word = -1 // the number of a file
	}
	s.endWord()
	rest := s.rest()
	switch {
	case strings.HasPrefix(rest, "<("), strings.HasPrefix(rest, ">("):
		s.at += 2
		s.push(frameCode)
		return
	case strings.HasPrefix(rest, "<<<"):
		s.at += 3
	case strings.HasPrefix(rest, "<<"):
		s.at += 2
		s.heredoc()
		return
	default:
		s.at++
		for s.at < len(s.text) && strings.IndexByte("<>&|", s.text[s.at]) >= 0 {
			s.at++
		}
	}
	f.redirect = true
}

// heredoc reads the delimiter after "<<".
func (s *shellScan) heredoc() {
	var h heredoc
	if strings.HasPrefix(s.rest(), "-") {
		h.dash = true
		s.at++
	}
	for s.at < len(s.text) && (s.text[s.at] == ' ' || s.text[s.at] == '\t') {
		s.at++
	}
	start := s.at
	for s.at < len(s.text) && strings.IndexByte(" \t\n;&|()<>", s.text[s.at]) < 0 {
		s.at++
	}
	word := s.text[start:s.at]
	h.delimiter = strings.NewReplacer("'", "", `"`, "", `\`, "").Replace(word)
	if strings.ContainsAny(word, "$`{") || strings.Count(word, "'")%2 != 0 || strings.Count(word, `"`)%2 != 0 || h.delimiter == "" {
		s.unsure()
	}
	s.pending = append(s.pending, h)
}

// hereDocuments reads the here-documents that begin on this line. It reports
// whether there were any; their lines are then noted already.
func (s *shellScan) hereDocuments() bool {
	if len(s.pending) == 0 {
		return false
	}
	for len(s.pending) > 0 {
		h := s.pending[0]
		s.startLine(false)
		if s.at >= len(s.text) {
			s.unsure() // it never ended
			return true
		}
		end := strings.IndexByte(s.rest(), '\n')
		line := s.rest()
		if end >= 0 {
			line = s.rest()[:end]
		}
		compare := line
		if h.dash {
			compare = strings.TrimLeft(line, "\t")
		}
		stop := s.at + len(line)
		if compare == h.delimiter {
			s.pending = s.pending[1:]
			s.at = stop
		}
		if strings.HasSuffix(line, `\`) {
			s.unsure() // it may join the next line, and hide the delimiter
		}
		for s.at < stop {
			before := len(s.variables)
			word := s.top().word
			if !s.variable(inOther) {
				s.at++
				continue
			}
			s.top().word = word
			s.variables[before].heredoc = h.delimiter
			s.variables[before].owner = nil
		}
		if s.at < len(s.text) {
			s.at++ // the line break
		}
	}
	s.startLine(true)
	return true
}

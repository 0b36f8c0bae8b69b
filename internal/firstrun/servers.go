package firstrun

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"firstline/internal/clean"
	"firstline/internal/config"
	"firstline/internal/wording"
	"firstline/sources"
)

// askServers asks for the servers of a kind, and tries each.
func (r *Run) askServers(ctx context.Context, kind sources.Kind) error {
	noun := wording.Sentence(string(kind))
	list := r.added(kind)
	present, before := r.present(kind), map[int]Server{}
	for _, s := range *list {
		before[s.Element] = s
	}
	*list = nil
	one, example := "a "+noun, "http://prometheus.example.com:9090"
	if kind == sources.Alertmanager {
		one, example = "an "+noun, "http://alertmanager.example.com:9093"
	}
	for n := 0; ; n++ {
		q, text, name := Question{Title: "Another " + noun, Empty: "no more"}, "", ""
		switch {
		case n < len(present):
			q, text, name = Question{Title: "The address of " + present[n].Name, Empty: "leave it as it is"}, present[n].URL, present[n].Name
		case n == 0:
			q = Question{Title: "The address of " + one, Help: "Such as " + example + ".", Empty: "skip"}
			if all := r.Present.Prometheus; kind == sources.Prometheus && len(all) > 0 {
				text = all[0].URL // of the environment
			} else if all := r.Present.Alertmanager; kind == sources.Alertmanager && len(all) > 0 {
				text = all[0].URL
			}
		}
		if s, answered := before[n]; answered {
			text, name = s.URL, s.Name
		}
		more, err := r.askServer(ctx, kind, q, Server{Name: name, URL: text, Element: n, HTTP: before[n].HTTP, SameAs: before[n].SameAs})
		if err != nil {
			return err
		}
		if !more && n >= len(present) {
			return nil
		}
	}
}

// askServer asks for the address of one server, the one with an index in the file or a
// further one. before is how it was answered before. more: it was given.
func (r *Run) askServer(ctx context.Context, kind sources.Kind, q Question, before Server) (more bool, err error) {
	text := before.URL
	list, present := r.added(kind), r.present(kind)
	for {
		url, err := r.line(ctx, q, text, checkValue(string(kind), "url", true))
		if err != nil || url == "" {
			return false, err
		}
		size := len(*list)
		if before.Element < len(present) {
			*list = append(*list, Server{Name: before.Name, URL: url, Element: before.Element})
		} else if added, err := r.Add(kind, url, before.Name); err != nil {
			r.remark(Wrong, wording.Sentence(err.Error()))
			continue
		} else if !added {
			r.remark(Plain, "It is there already.")
			return true, nil
		}
		s := &(*list)[size]
		if sameServer(before.URL, s.URL) {
			s.HTTP, s.SameAs = before.HTTP, before.SameAs
		}
		if s.SameAs == "" {
			if err := r.askCredentials(ctx, kind, s); err != nil {
				return false, err
			}
		}
		use, again, err := r.askUntilItAnswers(ctx, kind, s)
		if err != nil || use {
			return true, err
		}
		*list = (*list)[:size]
		if !again {
			return true, nil
		}
		text = url
	}
}

// What to do about a server that does not answer.
const (
	otherAddress = "Another address"
	withPassword = "Give a user, and the file with the password"
	withToken    = "Give the file with a token (Bearer)"
	useIt        = "Use it all the same"
	leaveOut     = "Leave it out"
)

// askUntilItAnswers tries a server, with credentials where it wants some. again: it is
// to have another address.
func (r *Run) askUntilItAnswers(ctx context.Context, kind sources.Kind, s *Server) (use, again bool, err error) {
	for {
		r.remark(Plain, "Asking "+clean.Line(s.URL)+" …")
		if r.say(r.TryServer(ctx, kind, *s)) {
			return true, false, nil
		}
		choice, err := r.askWhatNow(ctx, s)
		if err != nil {
			return false, false, err
		}
		if choice == useIt || choice == leaveOut || choice == otherAddress {
			return choice == useIt, choice == otherAddress, nil
		}
	}
}

// askWhatNow asks what to do about a server that does not answer, and for the credentials
// that it is to get.
func (r *Run) askWhatNow(ctx context.Context, s *Server) (choice string, err error) {
	q, options := Question{Title: "What now?"}, []string{otherAddress, useIt, leaveOut}
	if r.unauthorized {
		q.Help = "More options of http can be written into the file afterwards."
		options = []string{withPassword, withToken, otherAddress, useIt, leaveOut}
	}
	for {
		at, err := r.Person.Choose(ctx, q, options, 0)
		if err != nil {
			return "", err
		}
		choice := options[at]
		if choice != withPassword && choice != withToken {
			return choice, nil
		}
		http, err := r.askHTTP(ctx, choice == withPassword)
		if err != nil {
			return "", err
		}
		if http != nil {
			s.HTTP = http
			return choice, nil
		}
	}
}

// askHTTP asks for credentials, a user with a password or a token; nil: back.
func (r *Run) askHTTP(ctx context.Context, password bool) (map[string]any, error) {
	user := ""
	if password {
		var err error
		if user, err = r.line(ctx, Question{Title: "The user", Empty: back}, "", anything); err != nil || user == "" {
			return nil, err
		}
	}
	file, err := r.line(ctx, Question{Title: "The file with it", Help: "Only you may read it (chmod 600). A relative path begins beside the configuration.", Empty: back}, "", anything)
	switch {
	case err != nil || file == "":
		return nil, err
	case password:
		return map[string]any{"basic_auth": map[string]any{"username": user, "password_file": file}}, nil
	}
	return map[string]any{"authorization": map[string]any{"credentials_file": file}}, nil
}

func anything(string) error { return nil }

func (r *Run) saysServers(kind sources.Kind) string {
	c, err := r.planned(nil)
	if err != nil {
		return skipped
	}
	all := c.Prometheus
	if kind == sources.Alertmanager {
		all = c.Alertmanager
	}
	var urls []string
	for _, s := range all {
		urls = append(urls, s.URL)
	}
	return cmp.Or(few(urls), skipped)
}

// sameServer reports whether two addresses have the same scheme, host and port, to which
// credentials belong.
func sameServer(one, other string) bool {
	a, wrong := url.Parse(strings.TrimSpace(one))
	b, alsoWrong := url.Parse(strings.TrimSpace(other))
	if wrong != nil || alsoWrong != nil || a.Hostname() == "" {
		return false
	}
	return strings.EqualFold(a.Scheme, b.Scheme) && strings.EqualFold(a.Hostname(), b.Hostname()) && portOf(a) == portOf(b)
}

func portOf(u *url.URL) string {
	if port := u.Port(); port != "" {
		return port
	}
	if strings.EqualFold(u.Scheme, "http") {
		return "80"
	}
	return "443"
}

// movesCredentials reports whether the answer gives a server of the file another scheme,
// host or port than its credentials there are for.
func movesCredentials(present []config.Server, s Server) bool {
	return s.HTTP == nil && s.Element < len(present) && present[s.Element].HasCredentials() && !sameServer(present[s.Element].URL, s.URL)
}

// leaveCredentials marks the servers that must not get the credentials of another address.
func (r *Run) leaveCredentials(a Answers) Answers {
	for kind, list := range map[sources.Kind]*[]Server{sources.Prometheus: &a.Prometheus, sources.Alertmanager: &a.Alertmanager} {
		present := r.present(kind)
		*list = slices.Clone(*list)
		for i := range *list {
			s := &(*list)[i]
			if s.withoutCredentials = !sameServer(s.SameAs, s.URL) && movesCredentials(present, *s); s.withoutCredentials {
				s.http = present[s.Element].WithoutCredentials()
			}
		}
	}
	return a
}

// checkCredentials returns an error if a server of the configuration with the answers
// would get the credentials of another address all the same.
func (r *Run) checkCredentials(c config.Config) error {
	a := r.leaveCredentials(r.Answers)
	for _, kind := range []struct {
		answers []Server
		made    []config.Server
	}{{a.Prometheus, c.Prometheus}, {a.Alertmanager, c.Alertmanager}} {
		for _, s := range kind.answers {
			if s.withoutCredentials && s.Element < len(kind.made) && kind.made[s.Element].HasCredentials() {
				return fmt.Errorf("the file has credentials of %s for another address than %s: change both there", clean.Line(s.Name), clean.Line(s.URL))
			}
		}
	}
	return nil
}

// askCredentials asks whether a server gets the credentials that the file has for another
// address.
func (r *Run) askCredentials(ctx context.Context, kind sources.Kind, s *Server) error {
	present := r.present(kind)
	if !movesCredentials(present, *s) {
		return nil
	}
	at, err := r.Person.Choose(ctx, Question{
		Title: "May " + clean.Line(s.URL) + " get the credentials of " + s.Name + "?",
		Help:  "The file has them in http, for " + clean.Line(present[s.Element].URL) + ".",
	}, []string{"No: ask it without them, and leave them out of http", "Yes: it is the same server at another address"}, 0)
	if err == nil && at == 1 {
		s.SameAs = s.URL
	}
	return err
}

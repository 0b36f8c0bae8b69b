package firstrun

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"firstline/internal/clean"
	"firstline/internal/config"
	"firstline/internal/tomledit"
	"firstline/internal/wording"
	"firstline/sources"
)

// TryToken looks for the token of the answers, and asks PagerDuty.
func (r *Run) TryToken(ctx context.Context) Findings {
	r.account, r.asked = nil, false
	c, err := r.planned(r.Lookup)
	if err != nil {
		return Findings{{Wrong, wording.Sentence(err.Error())}}
	}
	p := c.Account()
	token := ""
	if t := r.Answers.Token; t != nil {
		token = t.Secret
	}
	if token == "" {
		if token, err = r.Tries.Token(ctx, p); err != nil {
			return Findings{{Wrong, wording.Sentence(sources.Sentence(err))}}
		}
	}
	r.asked = true
	account, err := r.Tries.Account(ctx, p, token, p.Email)
	if err != nil {
		return Findings{{Wrong, wording.Sentence(sources.Sentence(err))}}
	}
	r.account = &account
	var found Findings
	counts := fmt.Sprintf("%s, %s", atLeast(len(account.Data.Services), "service", account.Data.Extents.Services), atLeast(len(account.Data.Policies), "escalation policy", account.Data.Extents.Policies))
	if me := account.Me; me != nil {
		found = append(found, Finding{Fine, fmt.Sprintf("%s accepts the token: you are %s (%s); %s.", account.Host, clean.Line(me.Name), clean.Line(me.Email), counts)})
	} else {
		found = append(found, Finding{Fine, fmt.Sprintf("%s accepts the token; %s.", account.Host, counts)})
	}
	if name, is := r.oneOfSeveral(); is {
		found = append(found, Finding{Plain, fmt.Sprintf("Only the account %s was asked: `firstline check` asks all.", name)})
	}
	if t := r.Answers.Token; t != nil && t.From != Environment && r.Lookup != nil {
		if set, _ := r.Lookup(config.TokenVariable); set != "" {
			found = append(found, Finding{Mind, config.TokenVariable + " is set here, and comes before this token."})
		}
	}
	for _, sentence := range account.Missing {
		found = append(found, Finding{Mind, wording.Sentence(clean.Line(sentence))})
	}
	return found
}

// oneOfSeveral is the account that is asked where the file has others, which are not.
func (r *Run) oneOfSeveral() (name string, is bool) {
	return clean.Line(r.Present.Account().Name), len(r.Present.PagerDuty) > 1
}

// atLeast counts what a list has, and says where there may be more.
func atLeast(n int, noun string, e sources.Extent) string {
	if e.Whole() {
		return wording.Count(n, noun)
	}
	return "at least " + wording.Count(n, noun)
}

// server is the configuration of a server of the answers.
func (r *Run) server(kind sources.Kind, s Server) (config.Server, error) {
	c, err := r.planned(nil)
	if err != nil {
		return config.Server{}, err
	}
	if kind == sources.Alertmanager {
		return c.Alertmanager[s.Element], nil
	}
	return c.Prometheus[s.Element], nil
}

// present are the servers of the file.
func (r *Run) present(kind sources.Kind) []config.Server {
	c, err := config.Parse(r.Present.WantedPath, []byte(r.Document), nil)
	switch {
	case err != nil: // it is valid with the environment only
		return nil
	case kind == sources.Alertmanager:
		return c.Alertmanager
	}
	return c.Prometheus
}

// TryServer asks a server.
func (r *Run) TryServer(ctx context.Context, kind sources.Kind, s Server) Findings {
	r.unauthorized = false
	made, err := r.server(kind, s)
	if err != nil {
		return Findings{{Wrong, wording.Sentence(err.Error())}}
	}
	delete(r.read, s.Name)
	data, err := r.Tries.Server(ctx, kind, made)
	r.unauthorized = sources.ReasonOf(err) == sources.Unauthorized
	if err != nil {
		return Findings{{Wrong, wording.Sentence(clean.Line(sources.Sentence(err)))}}
	}
	if r.read == nil {
		r.read = map[string]sources.Data{}
	}
	r.read[s.Name] = data
	if kind == sources.Alertmanager {
		return Findings{{Fine, fmt.Sprintf("%s answers: %s, %s.", s.Name, atLeast(len(data.Alerts), "alert", data.Extents.Alerts), atLeast(len(data.Silences), "silence", data.Extents.Silences))}}
	}
	found := Findings{{Fine, fmt.Sprintf("%s answers: %s, %s.", s.Name, atLeast(len(data.Alerts), "alert", data.Extents.Alerts), atLeast(len(data.Rules), "alerting rule", data.Extents.Rules))}}
	objectives, err := r.Tries.SLOs(ctx, made)
	if err != nil {
		return append(found, Finding{Mind, "Which SLOs it records is not known: " + clean.Line(sources.Sentence(err)) + "."})
	}
	if len(objectives) > 0 {
		var names []string
		for _, o := range objectives {
			names = append(names, fmt.Sprintf("%s (%s)", clean.Line(o.Name), o.Origin))
		}
		found = append(found, Finding{Fine, fmt.Sprintf("It records %s, which need no configuration: %s.", wording.Count(len(objectives), "SLO"), few(names))})
	}
	return found
}

// few joins some names.
func few(names []string) string {
	const most = 5
	if len(names) > most {
		return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", len(names)-most)
	}
	return strings.Join(names, ", ")
}

// TryEmail says whether PagerDuty has a user with the email of the answers.
func (r *Run) TryEmail() Findings {
	email := r.Answers.Email
	if r.account == nil || email == "" || r.Present.Account().Email != r.Present.Me.Email { // the account has its own
		return nil
	}
	if a := r.account; a.Person && a.Me != nil && !strings.EqualFold(a.Me.Email, email) {
		return Findings{{Mind, fmt.Sprintf("The token is that of %s, but your email is to be %s.", clean.Line(a.Me.Email), clean.Line(email))}}
	}
	d := r.account.Data
	has := slices.ContainsFunc(d.Users, func(u sources.User) bool { return strings.EqualFold(u.Email, email) })
	if me := r.account.Me; has || me != nil && strings.EqualFold(me.Email, email) || !d.Extents.Users.Whole() {
		return nil
	}
	where := "PagerDuty"
	if name, is := r.oneOfSeveral(); is {
		where = "The account " + name
	}
	return Findings{{Mind, fmt.Sprintf("%s has no user with the email %s, or this token may not see it.", where, clean.Line(email))}}
}

// TryAll tries all answers, for answers that nobody was asked for.
func (r *Run) TryAll(ctx context.Context) Findings {
	var found Findings
	if r.Answers.Token != nil || len(r.Present.PagerDuty) > 0 {
		found = append(found, r.TryToken(ctx)...)
	}
	found = append(found, r.TryEmail()...)
	for _, s := range r.Answers.Prometheus {
		found = append(found, r.TryServer(ctx, sources.Prometheus, s)...)
	}
	for _, s := range r.Answers.Alertmanager {
		found = append(found, r.TryServer(ctx, sources.Alertmanager, s)...)
	}
	if r.Answers.Policy != "" {
		found = append(found, r.TryPolicy(r.Answers.Policy)...)
		found = append(found, r.TryFirstLineName()...)
	}
	if len(r.Answers.Directories) > 0 {
		found = append(found, r.TryDirectories()...)
	}
	return found
}

// Add adds a server with an address as it was typed, unless it is there already. The
// error says what is wrong with it.
func (r *Run) Add(kind sources.Kind, url, name string) (added bool, err error) {
	list := r.added(kind)
	url = strings.TrimRight(strings.TrimSpace(url), "/")
	if slices.ContainsFunc(r.present(kind), func(s config.Server) bool { return s.URL == url }) || slices.ContainsFunc(*list, func(s Server) bool { return s.URL == url }) {
		return false, nil
	}
	s := Server{Name: name, URL: url, Element: tomledit.Count(r.Document, string(kind))}
	for _, before := range *list {
		s.Element = max(s.Element, before.Element+1)
	}
	if s.Name == "" {
		s.Name = r.freeName(kind, s.URL)
	}
	*list = append(*list, s)
	if _, err := r.server(kind, s); err != nil {
		*list = (*list)[:len(*list)-1]
		return false, err
	}
	return true, nil
}

func (r *Run) added(kind sources.Kind) *[]Server {
	if kind == sources.Alertmanager {
		return &r.Answers.Alertmanager
	}
	return &r.Answers.Prometheus
}

// sourceNames are the names that sources have.
func (r *Run) sourceNames() []string {
	names := []string{"pagerduty"}
	for _, kind := range []sources.Kind{sources.Prometheus, sources.Alertmanager} {
		for _, s := range r.present(kind) {
			names = append(names, s.Name)
		}
		for _, s := range *r.added(kind) {
			names = append(names, s.Name)
		}
	}
	return names
}

// freeName is a name for a server that no other has.
func (r *Run) freeName(kind sources.Kind, url string) string {
	_, host, _ := strings.Cut(url, "://")
	host, _, _ = strings.Cut(host, ".")
	host = strings.TrimRight(strings.TrimFunc(host, func(c rune) bool { return strings.ContainsRune(":/ ", c) }), "0123456789")
	taken := r.sourceNames()
	free := func(name string) bool {
		return name != "" && name == clean.Line(name) && !strings.ContainsAny(name, ":/@") && !slices.ContainsFunc(taken, func(t string) bool { return strings.EqualFold(t, name) })
	}
	if free(string(kind)) {
		return string(kind)
	}
	if strings.HasPrefix(host, string(kind)) && free(host) {
		return host
	}
	for n := 2; ; n++ {
		if name := fmt.Sprintf("%s-%d", kind, n); free(name) {
			return name
		}
	}
}

package fetch

import (
	"cmp"
	"net/url"
	"path"
	"slices"
	"strings"
)

// rawForm returns the URL of the raw file for the page of a file, a directory or a
// wiki on a code host. A directory is its README.md. It returns any other URL unchanged.
//
//   - github.com: raw.githubusercontent.com, which takes a token for private
//     repositories
//   - GitHub Enterprise: /raw/ on the same host
//   - GitLab: /-/raw/, or with a token the files API, since the raw page takes
//     none (docs.gitlab.com, Repository files API)
//   - Gitea and Forgejo: /raw/branch/, /raw/tag/ and /raw/commit/
//   - Bitbucket: /raw/ in the cloud and on a server
func rawForm(page *url.URL, hasToken func(host string) bool) *url.URL {
	host := strings.ToLower(page.Hostname())
	raw := *page
	raw.RawQuery, raw.RawPath = "", ""
	if project, rest, ok := strings.Cut(page.Path, "/-/"); ok {
		return gitLabForm(page, &raw, project, rest, hasToken(host))
	}
	parts := strings.Split(strings.Trim(page.Path, "/"), "/")
	for _, form := range []func(host string, raw *url.URL, parts []string) bool{gitHubForm, giteaForm, bitbucketForm} {
		if form(host, &raw, parts) {
			return &raw
		}
	}
	if isBitbucketServer(parts) {
		raw.Path = "/" + strings.Join(parts[:4], "/") + "/raw/" + file(parts[5:])
		if at := page.Query().Get("at"); at != "" {
			raw.RawQuery = url.Values{"at": {at}}.Encode()
		}
		return &raw
	}
	return page
}

// file is the path of a file, or that of the README.md of a directory.
func file(parts []string) string {
	name := strings.Join(parts, "/")
	if path.Ext(name) == "" {
		return path.Join(name, "README.md")
	}
	return name
}

// gitLabForm reads what is behind /-/ of a project.
func gitLabForm(page, raw *url.URL, project, rest string, hasToken bool) *url.URL {
	parts := strings.Split(strings.Trim(rest, "/"), "/")
	if len(parts) < 2 {
		return page
	}
	kind, ref, name := parts[0], parts[1], strings.Join(parts[2:], "/")
	switch {
	case kind == "tree":
		name = file(parts[2:])
	case kind != "blob" && kind != "edit" && kind != "blame", name == "":
		return page
	}
	if !hasToken {
		raw.Path = project + "/-/raw/" + ref + "/" + name
		return raw
	}
	api := "/api/v4/projects/" + url.PathEscape(strings.TrimPrefix(project, "/")) +
		"/repository/files/" + url.PathEscape(name) + "/raw"
	unescaped, err := url.PathUnescape(api)
	if err != nil {
		return page
	}
	raw.Path, raw.RawPath = unescaped, api
	raw.RawQuery = url.Values{"ref": {ref}}.Encode()
	return raw
}

// gitHubForm reads owner/repository/blob/ref/path, and the wikis of github.com.
func gitHubForm(host string, raw *url.URL, parts []string) bool {
	gitHub := host == "github.com" || host == "www.github.com"
	switch {
	case gitHub && len(parts) >= 3 && len(parts) <= 4 && parts[2] == "wiki":
		name := "Home"
		if len(parts) == 4 {
			name = parts[3]
		}
		raw.Host = "raw.githubusercontent.com"
		raw.Path = "/wiki/" + parts[0] + "/" + parts[1] + "/" + name
		if path.Ext(name) != ".md" {
			raw.Path += ".md"
		}
		return true
	case len(parts) < 4 || !slices.Contains([]string{"blob", "tree", "edit", "blame"}, parts[2]):
		return false
	case parts[2] != "tree" && len(parts) < 5:
		return false
	}
	name := strings.Join(parts[4:], "/")
	if parts[2] == "tree" {
		name = file(parts[4:])
	}
	if gitHub {
		raw.Host = "raw.githubusercontent.com"
		raw.Path = "/" + strings.Join([]string{parts[0], parts[1], parts[3], name}, "/")
		return true
	}
	raw.Path = "/" + strings.Join([]string{parts[0], parts[1], "raw", parts[3], name}, "/")
	return true
}

// giteaForm reads owner/repository/src/branch/ref/path.
func giteaForm(_ string, raw *url.URL, parts []string) bool {
	if len(parts) < 5 || parts[2] != "src" && parts[2] != "_edit" {
		return false
	}
	if parts[2] == "_edit" {
		parts = slices.Insert(slices.Clone(parts), 3, "branch")
	}
	if !slices.Contains([]string{"branch", "tag", "commit"}, parts[3]) {
		return false
	}
	raw.Path = "/" + strings.Join([]string{parts[0], parts[1], "raw", parts[3], parts[4], file(parts[5:])}, "/")
	return true
}

// bitbucketForm reads workspace/repository/src/ref/path of bitbucket.org.
func bitbucketForm(host string, raw *url.URL, parts []string) bool {
	if host != "bitbucket.org" || len(parts) < 4 || parts[2] != "src" {
		return false
	}
	raw.Path = "/" + strings.Join([]string{parts[0], parts[1], "raw", parts[3], file(parts[4:])}, "/")
	return true
}

// isBitbucketServer reports whether it is projects/KEY/repos/NAME/browse/path.
func isBitbucketServer(parts []string) bool {
	return len(parts) >= 6 && (parts[0] == "projects" || parts[0] == "users") && parts[2] == "repos" && parts[4] == "browse" &&
		cmp.Or(parts[1], parts[3]) != ""
}

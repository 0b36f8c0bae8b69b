package fetch

import (
	"net/url"
	"strings"
)

// rawForm returns the URL of the raw file for the page of a file on a code
// host. It returns any other URL unchanged.
//
//   - github.com: raw.githubusercontent.com, which takes a token for private
//     repositories
//   - GitHub Enterprise: /raw/ on the same host
//   - GitLab: /-/raw/, or with a token the files API, since the raw page takes
//     none (docs.gitlab.com, Repository files API)
func rawForm(page *url.URL, hasToken func(host string) bool) *url.URL {
	raw := *page
	raw.RawQuery = ""
	raw.RawPath = ""
	host := strings.ToLower(page.Hostname())

	if project, rest, ok := strings.Cut(page.Path, "/-/blob/"); ok {
		ref, file, ok := strings.Cut(rest, "/")
		if !ok {
			return page
		}
		if !hasToken(host) {
			raw.Path = project + "/-/raw/" + rest
			return &raw
		}
		api := "/api/v4/projects/" + url.PathEscape(strings.TrimPrefix(project, "/")) +
			"/repository/files/" + url.PathEscape(file) + "/raw"
		path, err := url.PathUnescape(api)
		if err != nil {
			return page
		}
		raw.Path, raw.RawPath = path, api
		raw.RawQuery = url.Values{"ref": {ref}}.Encode()
		return &raw
	}

	parts := strings.SplitN(strings.TrimPrefix(page.Path, "/"), "/", 4)
	if len(parts) < 4 || parts[2] != "blob" {
		return page
	}
	owner, repo, rest := parts[0], parts[1], parts[3]
	if host == "github.com" || host == "www.github.com" {
		raw.Host = "raw.githubusercontent.com"
		raw.Path = "/" + owner + "/" + repo + "/" + rest
		return &raw
	}
	raw.Path = "/" + owner + "/" + repo + "/raw/" + rest
	return &raw
}

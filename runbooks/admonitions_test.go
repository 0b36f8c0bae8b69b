package runbooks

import (
	"strings"
	"testing"
)

func TestAdmonitions(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"!!! note\n    a\n    b\n\n    c\n\nd", "> [!NOTE]\n> a\n> b\n>\n> c\n>\nd"},
		{"!!! warning \"Read this\"\n    a", "> [!WARNING] Read this\n> a"},
		{"???+ tip inline \"x\"\n    a", "> [!TIP] x\n> a"},
		{"- a\n\n    !!! note\n        b\n\n- c", "- a\n\n    > [!NOTE]\n    > b\n    >\n- c"},
		{":::note\na\n:::\nb", "> [!NOTE]\n> a\n\nb"},
		{":::danger Take care\n- a\n\n:::\n", "> [!DANGER] Take care\n> - a\n>\n\n"},
		{":::tip[x y]\na\n:::", "> [!TIP] x y\n> a\n"},
		{"{{< hint info >}}\na\n{{< /hint >}}", "> [!INFO]\n> a\n"},
		{"{{% notice warning %}}\na\n{{% /notice %}}", "> [!WARNING]\n> a\n"},
		{"{{< alert title=\"x y\" >}}\na\n{{< /alert >}}", "> [!NOTE] x y\n> a\n"},
		{"{{< callout type=\"error\" >}}\na\n{{< /callout >}}", "> [!ERROR]\n> a\n"},
		{"=== \"curl\"\n\n    ```\n    a\n    ```\n\nb", "**curl**\n\n```\na\n```\n\nb"},
		{"!!! note\n    ```\n    !!! a\n    ```\n", "> [!NOTE]\n> ```\n> !!! a\n> ```\n>"},
		// None.
		{"```\n!!! note\n    a\n```", "```\n!!! note\n    a\n```"},
		{"It works!!! note\n", "It works!!! note\n"},
		{"::: \na", "::: \na"},
		{"===\nTitle", "===\nTitle"},
		{"{{< details >}}\na", "{{< details >}}\na"},
	} {
		if got := resolveAdmonitions(c.in); got != c.want {
			t.Errorf("%q:\n got %q\nwant %q", c.in, got, c.want)
		}
	}
}

func TestAdmonitionsAreDrawn(t *testing.T) {
	for _, body := range []string{"!!! warning \"Take care\"\n    Never reset it.\n", ":::warning Take care\nNever reset it.\n:::\n", "{{< hint warning >}}\n**Take care**\n\nNever reset it.\n{{< /hint >}}\n", "> [!WARNING]\n> Take care. Never reset it.\n"} {
		r, err := Render(mustParse(t, "a.md", body), Style{Width: 60, NoColor: true})
		if text := strings.Join(r.Lines, "\n"); err != nil || !strings.Contains(text, "│ WARNING") || !strings.Contains(text, "Take care") || !strings.Contains(text, "│ Never reset it.") && !strings.Contains(text, "Take care. Never") {
			t.Errorf("%q is drawn as\n%s", body, text)
		}
	}
}

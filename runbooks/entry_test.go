package runbooks

import "testing"

func TestEntry(t *testing.T) {
	many := "# Alerts of the store\n## Alerts\n### DiskFull\n#### Diagnosis\n##### Slow disk\n### PodRestarts\n## Other {#o}\n"
	for _, c := range []struct{ name, body, fragment, alert, want string }{
		{"the alert's name", many, "diskfull", "DiskFull", "DiskFull"},
		{"a section of it", many, "diagnosis", "DiskFull", "DiskFull"},
		{"a section of it, by another name", many, "slow-disk", "Another", "DiskFull"},
		{"another name", many, "o", "StoreBroken", "Other"},
		{"the title", many, "alerts-of-the-store", "DiskFull", ""},
		{"nothing", many, "", "DiskFull", ""},
		{"a page of its own", "# DiskFull\n## Slow disk\n", "slow-disk", "DiskFull", ""},
		{"its mitigation", "# Disk is full\n## Mitigation\n", "mitigation", "DiskFull", ""},
		{"below its mitigation", "# Disk is full\n## Mitigation\n### Slow disk\n", "slow-disk", "DiskFull", ""},
		{"a row", tableOfAlerts, "alert-name-diskfull", "DiskFull", "DiskFull"},
	} {
		rb := mustParse(t, "store.md", c.body)
		var at *Heading
		if h := rb.At(c.fragment); h != nil {
			at = rb.below(h)
		}
		got := ""
		if e := rb.Entry(at, []string{c.alert}); e != nil {
			got = e.Text
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	if own := mustParse(t, "disk-full.md", "# Disk\n## Slow disk\n"); own.Entry(own.At("slow-disk"), []string{"DiskFull"}) != nil {
		t.Error("a file that is named after the alert is cut")
	}
}

func TestBeside(t *testing.T) {
	rb := mustParse(t, "a.md", "# A\n## B\n### C\n#### D\n### E\n## F\n")
	want := []bool{true, true, true, true, false, false}
	for i, got := range rb.Beside(&rb.Headings[2]) {
		if got != want[i] {
			t.Errorf("%s: %t", rb.Headings[i].Text, got)
		}
	}
}

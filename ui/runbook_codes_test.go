package ui

import (
	"io/fs"
	"testing"
	"testing/fstest"

	"firstline/runbooks"
)

// withCodes has a runbook with steps of several blocks of code.
func withCodes(o *Options) {
	const fence = "```"
	text := "# HighErrorRate\n\n## Meaning\n\nIt fails.\n\n## Diagnosis\n\nFind it and delete it:\n" +
		fence + "\nkubectl get pods\n" + fence + "\n" + fence + "\nNAME READY\n" + fence + "\n" + fence + "sh\n# now\nkubectl delete pod x\n" + fence + "\n\n" +
		"Restart it:\n" + fence + "\n# systemctl restart api\n" + fence + "\n\nLook:\n" + fence + "\nsh-4.4# ls\n" + fence + "\n\n- See `ls -l` there\n"
	o.Library = runbooks.Open(runbooks.Options{FS: map[string]fs.FS{"runbooks": fstest.MapFS{"HighErrorRate.md": {Data: []byte(text)}}}})
	o.MayRun, o.Memory = true, newMemory()
	o.Installed = func(program string) bool { return program != "kubectl" }
}

func TestAStepOffersEachOfItsBlocks(t *testing.T) {
	h := readRunbook(t, withCodes)
	h.press("J", "x")
	h.reads("Run", "1  kubectl get pods", "2  kubectl delete pod x …")
	h.press("enter")
	h.dialog("Run this step?", "$ kubectl get pods", "kubectl is not installed.")
	h.press("esc", "x", "enter") // the one that follows is proposed
	h.dialog("Run this step?", "$ kubectl delete pod x")
	h.press("esc", "y", "2")
	if h.clipboard != "NAME READY" {
		t.Errorf("copied %q", h.clipboard)
	}
}

func TestPromptsOfOthersAreReported(t *testing.T) {
	h := readRunbook(t, withCodes)
	h.press("J", "J", "x")
	h.dialog("Run this step?", "$ systemctl restart api", "types this as root")
	h.seesNot("not installed")
	h.press("esc", "J", "x")
	h.status("typed in a container or a program")
	h.press("y")
	if h.clipboard != "ls" {
		t.Errorf("copied %q", h.clipboard)
	}
	h.press("J", "x")
	h.dialog("Run this step?", "$ ls -l")
}

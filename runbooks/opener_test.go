package runbooks

import "testing"

func TestOpensShell(t *testing.T) {
	for script, want := range map[string]string{
		"oc debug node/<node>\nchroot /host\ndf -h":    "oc debug node/<node>",
		"$ kubectl -n x exec -it api-0 -- bash\n$ ls":  "kubectl -n x exec -it api-0 -- bash",
		"ssh node-1\nsystemctl restart kubelet":        "ssh node-1",
		"ssh -i key node-1\nsystemctl restart kubelet": "ssh -i key node-1",
		"sudo -i\nreboot":                         "sudo -i",
		"sudo su postgres\npsql":                  "sudo su postgres",
		"chroot /host\nsystemctl status x":        "chroot /host",
		"psql\nls":                                "psql",
		"oc rsh -n x deploy/y\nceph status\nexit": "oc rsh -n x deploy/y",
		"docker exec -it db mysql\nls":            "docker exec -it db mysql",
		"kubectl debug node/x":                    "", // nothing comes after it
		"kubectl exec x -- ls\nls":                "",
		"ssh node-1 uptime\nls":                   "",
		"oc debug node/x -- chroot /host df\nls":  "",
		"psql -c 'SELECT 1'\nls":                  "",
		"psql < dump.sql\nls":                     "",
		"chroot /host df\nls":                     "",
		"kubectl get pods\nkubectl get nodes":     "",
		"ssh-keygen -R node-1\nls":                "",
		"kubectl run x --rm -it --image=busybox -- sh\nwget example.com": "kubectl run x --rm -it --image=busybox -- sh",
	} {
		if got := (Code{Text: script, Language: "sh"}).OpensShell(); got != want {
			t.Errorf("%q: %q, want %q", script, got, want)
		}
	}
}

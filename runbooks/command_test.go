package runbooks

import (
	"strings"
	"testing"
)

func TestKind(t *testing.T) {
	for _, c := range []struct {
		language, text string
		want           Kind
	}{
		// Commands.
		{"sh", "reboot", KindCommand},
		{"sh", "mytool drain --all", KindCommand},
		{"sh", "mytool drain api", KindCommand}, // the author says so
		{"", "mytool drain --all", KindCommand},
		{"", "kubectl get pod <pod> -n {{ $labels.namespace }}", KindCommand},
		{"", "$ mytool drain api", KindCommand},
		{"console", "$ kubectl get pods\nNAME (it's)\n", KindCommand},
		{"bash", "# Look for the pod\n$ kubectl get pods", KindCommand},
		{"", "[ops@jump ~]$ uptime\n 12:00 up 1 day", KindCommand},
		{"", "ops@jump:~$ uptime", KindCommand},
		{"", "❯ uptime", KindCommand},
		{"", "./restart.sh api", KindCommand},
		{"", "~/bin/drain api", KindCommand},
		{"", "NS=shop", KindCommand},
		{"", "pod=$(kubectl get pod -o name | head -1)", KindCommand},
		{"", "sudo -u postgres psql -c 'SELECT 1'", KindCommand},
		{"", "for p in a b; do kubectl delete pod $p; done", KindCommand},
		{"", "$KUBECTL get pods", KindCommand},
		{"", "$kubectl get pods", KindCommand},
		{"", "find / -size +1G", KindCommand},
		{"", "top", KindCommand},
		{"sh", "#!/usr/bin/env bash\nqueue() {\n  \"$@\" &\n}\nqueue ls", KindCommand},
		{"", "kubectl get pods\n\nNAME   READY   STATUS\napi    0/1     Pending (waits)", KindCommand},
		{"", "cat <<EOF | kubectl apply -f -\nkind: Pod (a)\nEOF", KindCommand},
		// At a root prompt.
		{"console", "# systemctl restart kubelet", KindRoot},
		{"", "[root@db1 ~]# df -h\nFilesystem Size", KindRoot},
		{"", "root@db1:/var/lib# ls", KindRoot},
		{"", "# rpm-ostree status\n# journalctl -b -1", KindRoot},
		// Somewhere else.
		{"", "sh-4.4# chroot /host", KindElsewhere},
		{"bash", "sh-5.1$ ceph -s\ncluster: x", KindElsewhere},
		{"", "/ # ls", KindElsewhere},
		{"", "mysql> SHOW PROCESSLIST;", KindElsewhere},
		{"", "MariaDB [(none)]> SHOW PROCESSLIST;", KindElsewhere},
		{"", "postgres=# SELECT 1;", KindElsewhere},
		{"", ">>> import os", KindElsewhere},
		{"", "127.0.0.1:6379> INFO", KindElsewhere},
		{"", "irb(main):001:0> User.count", KindElsewhere},
		{"", "rs0:PRIMARY> rs.status()", KindElsewhere},
		{"", "(gdb) bt", KindElsewhere},
		{"", `PS C:\Users> Get-Service`, KindElsewhere},
		// None.
		{"yaml", "a: b c", KindOther},
		{"", " \n", KindOther},
		{"", "sum by (pod) (rate(errors{pod=\"a\"}[5m])) > 1", KindOther},
		{"sh", "sum by (pod) (x)", KindOther}, // whatever the author says
		{"console", `up{job="api"} == 0`, KindOther},
		{"", "up == 0", KindOther},
		{"", "kube_pod_info", KindOther},
		{"sh", "kube_pod_info", KindOther},
		{"sh", "node_load1 / 4", KindOther},
		{"", `{app="api"} |= "error"`, KindOther},
		{"", `level=error ts=2024-01-01 msg="it broke"`, KindOther},
		{"sh", "notAfter=Aug  6 13:11:20 2025 GMT", KindOther},
		{"sh", `default_runtime = "crun"`, KindOther},
		{"sh", `"msg"="trying to connect"`, KindOther},
		{"console", "I1126 17:15:38.991090 3069 main.go:243] Executing rebase", KindOther},
		{"console", "received unexpected HTTP status: 500 Internal Server Error", KindOther},
		{"bash", "Warning  FailedScheduling  3m53s  default-scheduler  0/6 nodes", KindOther},
		{"", "apiVersion: v1\nkind: Pod", KindOther},
		{"bash", "spec:\n  replicas: 2", KindOther},
		{"", "{\n  \"a\": 1\n}", KindOther},
		{"bash", "[\n  {\n  \"a\": 1\n}\n]", KindOther},
		{"", "SELECT * FROM users;", KindOther},
		{"", "select * from users;", KindOther},
		{"sh", "SELECT pid FROM pg_stat_activity;", KindOther},
		{"", "NAME   READY\napi    0/1", KindOther},
		{"", "- alertname = PodNotReady\n- pod = x", KindOther},
		{"", "# Look at the dashboard", KindOther},
		{"sh", "# TODO: which command?", KindOther},
		{"sh", "# find out what the users with the highest counts do", KindOther},
		{"", "make sure to be outside of the directory", KindOther},
		{"", "API / Overview", KindOther},
		{"", "max_connections = 100\nshared_buffers = 1GB", KindOther},
		{"", "location / {\n  return 200;\n}", KindOther},
		{"", "127.0.0.1 localhost", KindOther},
		{"", "*/5 * * * * /usr/bin/clean", KindOther},
		{"", "> a quoted line", KindOther},
		{"", "$ 5.00 a month", KindOther},
		{"sh", "$dev cd /app\n$dev bundle install", KindOther},
		{"sh", "#!/usr/bin/env python3\nimport os", KindOther},
		// Nobody can say which lines are output.
		{"", "kubectl get pods\nNAME (0/1)\nkubectl get nodes\nNAME (0/1)", KindOther},
	} {
		if got := (Code{Text: c.text, Language: c.language}).Kind(); got != c.want {
			t.Errorf("%q of %q: %d, want %d", c.text, c.language, got, c.want)
		}
	}
}

func TestInlineCommand(t *testing.T) {
	for text, want := range map[string]bool{
		"kubectl get pods": true, "systemctl restart api": true, "prod": false, "reboot": false,
		"sum by (pod) (x)": false, "shop prod": false, "API / Overview": false, "mytool --all": false, "Active: running": false,
	} {
		if got := (Code{Text: text, Inline: true}).Command(); got != want {
			t.Errorf("%q: %t, want %t", text, got, want)
		}
	}
}

func TestScriptIsWhatWasTyped(t *testing.T) {
	for _, c := range []struct{ language, text, want string }{
		{"sh", "kubectl get pods", "kubectl get pods"},
		{"console", "$ kubectl get pods\nNAME READY\nfoo 1/1\n$ date\n", "kubectl get pods\ndate"},
		{"", "$ kubectl get \\\n>   pods\nNAME", "kubectl get \\\n  pods"},
		{"sh", "echo a\n$ b", "echo a\n$ b"},
		{"sh", "$kubectl get pods\nNAME\n$ls", "kubectl get pods"},
		{"sh", "# a comment\nls", "# a comment\nls"},
		{"sh", "# a comment\n$ ls\nfile", "ls"},
		{"go", "$ x", "$ x"},
		{"", "# systemctl stop a\n# systemctl start a", "systemctl stop a\nsystemctl start a"},
		{"", "mysql> SHOW TABLES;\nempty", "SHOW TABLES;"},
		{"", "$ cat <<E | kubectl apply -f -\nkind: Pod\nE\ncreated", "cat <<E | kubectl apply -f -\nkind: Pod\nE"},
		{"", "$ kubectl patch -p '{\n \"a\": 1\n}'\npatched", "kubectl patch -p '{\n \"a\": 1\n}'"},
		{"", "$ kubectl logs x |\ngrep err\nerr", "kubectl logs x |\ngrep err"},
		{"", "$ echo it's\nit\n$ date", "echo it's\ndate"}, // an open quote is not the output's
		{"sh", "kubectl get pods\n\nNAME   READY\na      0/1 (b)", "kubectl get pods"},
		{"sh", "kubectl edit cm x\n...\naddress: 0.0.0.0\n...", "kubectl edit cm x"},
	} {
		if got := (Code{Text: c.text, Language: c.language}).Script(); got != c.want {
			t.Errorf("%q of %s is %q, want %q", c.text, c.language, got, c.want)
		}
	}
}

// A text of many prompts, or of long commands over many lines, is read in moments.
func TestHostileSessions(t *testing.T) {
	for _, line := range []string{"# ls -l\n", "ls -l\n(\n", "$ '\n", "$ a \\\n", "# ls '\n", "mysql> (\n", "ls $(\n", "$ cat <<E\n"} {
		for _, n := range []int{100, mostJudged - 1, 100_000} {
			(Code{Text: strings.Repeat(line, n)}).Kind()
		}
	}
}

func FuzzKind(f *testing.F) {
	f.Add("", "$ ls\n> a")
	f.Add("sh", "# ls\nls <<E\nE")
	f.Add("console", "mysql> a\n\\")
	f.Fuzz(func(t *testing.T, language, text string) {
		c := Code{Language: language, Text: text}
		script := c.Script()
		for line := range strings.Lines(script) {
			if !strings.Contains(text, strings.TrimSuffix(line, "\n")) {
				t.Errorf("%q has the line %q, which is not in %q", script, line, text)
			}
		}
	})
}

func TestPrograms(t *testing.T) {
	for script, want := range map[string]string{
		"kubectl get pods | jq . | sort":                    "kubectl jq sort",
		"sudo systemctl restart api":                        "sudo systemctl",
		"NS=$(oc project -q); cd /tmp && ./x.sh":            "oc",
		"f() { curl x; }; f; echo a; export A=1":            "curl",
		"$ ssh host 'reboot now'":                           "ssh",
		"if true; then helm list; fi":                       "helm",
		"kubectl exec x -- sh -c 'ps aux'":                  "kubectl",
		"<tool> get pods":                                   "",
		"kubectl get pods\n\nNAME READY\nawk-0 0/1 (waits)": "kubectl",
	} {
		if got := strings.Join((Code{Text: script}).Programs(), " "); got != want {
			t.Errorf("%q: %q, want %q", script, got, want)
		}
	}
}

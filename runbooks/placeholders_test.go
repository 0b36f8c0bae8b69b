package runbooks

import (
	"slices"
	"strings"
	"testing"
)

// Lines as people write them in runbooks, and the placeholders in them.
func TestPlaceholders(t *testing.T) {
	for _, c := range []struct{ code, want string }{
		// In angle brackets.
		{"kubectl -n <namespace> get pods", "<namespace>"},
		{"kubectl -n <namespace> logs <pod-name> -c <container>", "<namespace> <pod-name> <container>"},
		{"oc get vmi <vmi_name> -o yaml", "<vmi_name>"},
		{"oc debug node/<node-name> -- chroot /host crictl ps", "<node-name>"},
		{"kubectl exec -it <etcd-pod>-0 -- etcdctl member list", "<etcd-pod>"},
		{"kubectl get pod <Pod Name>", "<Pod Name>"},
		{"kubectl logs <virt-handler-pod> | grep '<vm>'", "<virt-handler-pod> <vm>"},
		{"curl -s http://<node-ip>:9100/metrics", "<node-ip>"},
		{"curl \"https://<registry-url>/v2/\"", "<registry-url>"},
		{"NODE='<value of instance label from alert>'", "<value of instance label from alert>"},
		{"export NAMESPACE=<resource_namespace>", "<resource_namespace>"},
		{"ssh <user>@<host>", "<user> <host>"},
		{"psql --host [rds-hostname] --password [database name]", "[rds-hostname] [database name]"},
		{"tr [a-z] [0-9]; [ -f x ] && [ a-b ]; rbd children [--namespace x]; rake 'a[b_c]' a[old_slug]", ""},
		{"kubectl get pods > <file>", "<file>"},
		{"kubectl get secret <name> > secret.txt", "<name>"},
		{"kubectl cp <namespace>/<pod>:/tmp/dump ./dump", "<namespace> <pod>"},
		{"kubectl drain <node> --ignore-daemonsets && kubectl uncordon <node>", "<node> <node>"},
		{"kubectl scale deploy/<deployment> --replicas=<replicas>", "<deployment> <replicas>"},
		{"cat <<EOF | kubectl apply -f -\nname: <pvc-name>\nEOF", "<pvc-name>"},
		{"for p in $(kubectl get pods -n <namespace> -o name); do kubectl logs $p; done", "<namespace>"},
		{"$ kubectl get pod <pod>\nNAME   IP\nfoo    <none>\n", "<pod>"},
		// Not in angle brackets.
		{"sort <in >out", ""},
		{"sort <in>out", ""},
		{"mysql shop <dump.sql", ""},
		{"mysql shop < dump.sql > result.txt", ""},
		{"wc -l <access.log >/dev/null 2>&1", ""},
		{"cmd <input 2>errors", ""},
		{"psql <query.sql>/dev/null", ""},
		{"diff <(kubectl get a) <(kubectl get b)", ""},
		{"while read -r p; do kubectl delete pod $p; done <pods.txt", ""},
		{"cat <<EOF >values.yaml\na: b\nEOF", ""},
		{"cat <<<word>out", ""},
		{"grep -P '(?<year>[0-9]+)' log", ""},
		{"grep '\\<error\\>' log", ""},
		{"[ \"$a\" \\< \"$b\" ] && echo smaller > out", ""},
		{"[[ $a <b && c> d ]]", ""},
		{"git commit --author 'Ann <ann@example.com>'", ""},
		{"curl -d '<query>up</query>' http://x", ""},
		{"kubectl get svc | grep '<none>'", ""},
		{"kubectl get hpa | grep '<unknown>'", ""},
		{"echo 'a<br>b'", ""},
		// In braces.
		{"kubectl logs {pod} -n {namespace}", "{pod} {namespace}"},
		{"curl https://example.com/api/{service-name}/health", "{service-name}"},
		{"ceph osd out {osd_id}", "{osd_id}"},
		{"echo ${POD} ${namespace}", ""},
		{"cp file{,.bak}", ""},
		{"echo {a,b} {1..3}", ""},
		{"find . -name '*.log' -exec rm {} \\;", ""},
		{"kubectl get pods -o jsonpath='{range .items[*]}{.metadata.name}{end}'", ""},
		{"kubectl get pods | awk '{print}'", ""},
		{"docker ps --format '{{.ID}}'", ""},
		{"kubectl get cm -o go-template='{{range $k := .data}}{{$k}}{{end}}'", ""},
		{"curl -s -o /dev/null -w '%{http_code}' http://x", ""},
		{"git diff HEAD@{upstream}", ""},
		{"curl -d '{\"pod\": 1}' http://x", ""},
		{"echo '{a}'", ""},
		{"ls | xargs -I{name} cp {name} /tmp", ""},
		{"f() { echo x; }; f", ""},
		// In capitals.
		{"kubectl logs POD_NAME -n NAMESPACE", "POD_NAME NAMESPACE"},
		{"kubectl describe pod/PODNAME", "PODNAME"},
		{"oc adm drain NODE_NAME", "NODE_NAME"},
		{"helm rollback RELEASE 3", "RELEASE"},
		{"ssh NODE uptime", "NODE"},
		{"kubectl get pod MYPOD -o yaml", "MYPOD"},
		{"kubectl cp NAMESPACE/POD:/tmp/x x", "NAMESPACE POD"},
		{"POD=a; kubectl logs POD", ""},
		{"kubectl set env deploy/x NAMESPACE=prod", ""},
		{"kubectl get pods -o custom-columns=NAME:.metadata.name", ""},
		{"kubectl get pods | grep NAME", ""},
		{"printenv NAMESPACE HOSTNAME", ""},
		{"docker run -e NAMESPACE image", ""},
		{"kubectl exec web-0 -- printenv NAMESPACE", ""},
		{"kill -HUP 1", ""},
		{"psql -c 'SELECT NAME FROM SERVICE'", ""},
		{"curl -X DELETE http://x/y", ""},
		{"export NAMESPACE=prod", ""},
		{"journalctl -u kubelet _HOSTNAME=x", ""},
		{"lsblk -o NAME", ""},
		// Words that say so.
		{"curl -H 'Authorization: Bearer YOUR_TOKEN' http://x", "YOUR_TOKEN"},
		{"kubectl -n YOUR-NAMESPACE get pods", "YOUR-NAMESPACE"},
		{"kubectl -n CHANGEME get pods", "CHANGEME"},
		{"export POD=TODO", "TODO"},
		{"POD='...' kubectl logs x", "..."},
		{"export POD=\"REPLACE_ME\"", "REPLACE_ME"},
		{"grep TODO main.go", ""},
		{"echo $YOUR_TOKEN ${YOUR_POD}", ""},
		{"YOUR_POD=a; echo", ""},
	} {
		var got []string
		for _, p := range FillCommand(c.code).Missing {
			got = append(got, p.Text)
		}
		if all := strings.Join(got, " "); all != c.want {
			t.Errorf("%s: %q, want %q", c.code, all, c.want)
		}
	}
}

// A placeholder takes the value of the label that it names, and is quoted as a variable
// is.
func TestPlaceholdersAreFilled(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"kubectl -n <namespace> logs <pod-name>", "kubectl -n prod logs checkout-7f9"},
		{"kubectl logs {pod} PODNAME", "kubectl logs checkout-7f9 checkout-7f9"},
		{"kubectl logs POD_NAME", "kubectl logs checkout-7f9"},
		{"kubectl logs <your pod>", "kubectl logs checkout-7f9"},
		{"kubectl logs <name of the pod>", "kubectl logs checkout-7f9"},
		{"kubectl logs <podname>", "kubectl logs checkout-7f9"},
		{"kubectl logs [pod-name]", "kubectl logs checkout-7f9"},
		{"kubectl get <evil>", "kubectl get '$(reboot)'"},
		{"kubectl get \"<evil>\" '<space>'", "kubectl get \"\"'$(reboot)'\"\" '''two words'''"},
		{"<evil> --version", "<evil> --version"},
		{"export POD=TODO; kubectl logs $POD", "export POD=checkout-7f9; kubectl logs checkout-7f9"},
		{"export POD='CHANGEME'", "export POD='checkout-7f9'"},
		{"POD=$(kubectl get pod); kubectl logs <pod>", "POD=$(kubectl get pod); kubectl logs <pod>"},
		{"kubectl get <name>", "kubectl get <name>"},
	} {
		got := FillCommand(c.in, byLabel(labels))
		if got.Text != c.want {
			t.Errorf("%s: %q, want %q", c.in, got.Text, c.want)
		}
		if c.in == c.want && len(got.Missing) == 0 {
			t.Errorf("%s: nothing is missing", c.in)
		}
	}
	body := "Replace `<pod>` in `kubectl logs <pod>`.\n\n```html\n<pod>\n```\n\n```promql\nup{pod=\"<pod>\"}\n```\n\n```go\nvar x Map<pod>\n```\n"
	want := "Replace `<pod>` in `kubectl logs checkout-7f9`.\n\n```html\n<pod>\n```\n\n```promql\nup{pod=\"checkout-7f9\"}\n```\n\n```go\nvar x Map<pod>\n```\n"
	if got := Fill(body, byLabel(labels)); got.Text != want || len(got.Missing) > 0 {
		t.Errorf("%+v", got)
	}
}

// The values in a reference fill variables, before the labels.
func TestTheReferenceFills(t *testing.T) {
	for _, c := range []struct{ url, heading string }{
		{"https://example.com/checkout/errors.md?POD=api-0&ref=main", ""},
		{"https://example.com/checkout/errors.md#fix?POD=api-0", "Fix"},
		{"https://example.com/checkout/errors.md?POD=api-0#fix", "Fix"},
		{"checkout/errors.md?POD=api-0#fix", "Fix"},
	} {
		rb := mustParse(t, "checkout/errors.md", "# Errors\n\n## Fix\n\n`kubectl logs $POD -n $NAMESPACE -c $C2`\n")
		m, ok := newIndex([]*Runbook{rb}, nil).find(Query{References: refs(c.url)})
		if !ok || (m.Heading == nil) != (c.heading == "") || m.Heading != nil && m.Heading.Text != c.heading {
			t.Fatalf("%s: %v %+v", c.url, ok, m)
		}
		filled, f := rb.FilledWith(m.ValuesOf(labels, map[string]string{"c2": "x"})...)
		if !strings.Contains(filled.Body, "kubectl logs api-0 -n prod -c x") {
			t.Errorf("%s: %s", c.url, filled.Body)
		}
		var from []string
		for _, r := range f.Replaced {
			from = append(from, string(r.From))
		}
		if got := strings.Join(from, " "); got != "reference label configuration" {
			t.Errorf("%s: from %s", c.url, got)
		}
	}
	m, err := fromWeb(Fetched{URL: "https://example.com/a", Markdown: "# A\n\n## Fix\n"}, address{url: "https://example.com/a#fix?POD=x%00-y", by: ByReference}, nil)
	if err != nil || m.Heading == nil || m.Values["POD"] != "x-y" {
		t.Errorf("%+v, %v", m, err)
	}
}

// What an earlier step set is never replaced: the shell has it. It is proposed for a
// placeholder that may mean it.
func TestTheSessionsValueWins(t *testing.T) {
	labels := Values{FromLabel, map[string]string{"namespace": "label", "pod": "api-0"}}
	session := Values{FromSession, map[string]string{"NAMESPACE": "step", "CLUSTER": "eu"}}
	for _, c := range []struct{ code, want, missing string }{
		{"kubectl -n $NAMESPACE logs $POD", "kubectl -n $NAMESPACE logs api-0", ""},
		{"kubectl -n \"${NAMESPACE}\" get pods", "kubectl -n \"${NAMESPACE}\" get pods", ""},
		{"kubectl -n $namespace get pods", "kubectl -n label get pods", ""}, // another variable for a shell
		{"kubectl -n {{ $labels.namespace }} get pods", "kubectl -n label get pods", ""},
		{"kubectl -n <namespace> get pods", "kubectl -n <namespace> get pods", "step"},
		{"kubectl --context <cluster> get pods", "kubectl --context <cluster> get pods", "eu"},
	} {
		f := FillCommand(c.code, session, labels)
		if f.Text != c.want || slices.Contains(f.Unknown, "NAMESPACE") {
			t.Errorf("%s becomes %s, unknown %q", c.code, f.Text, f.Unknown)
		}
		missing := Code{Text: f.Text, Language: "sh"}.Missing(session, labels)
		if c.missing == "" && len(missing) > 0 || c.missing != "" && (len(missing) != 1 || missing[0].Proposal != c.missing) {
			t.Errorf("%s misses %+v, want the proposal %q", c.code, missing, c.missing)
		}
	}
}

package triage

import (
	"hash/maphash"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/prometheus/common/model"
)

// canonical writes labels as Alertmanager writes them: {a="b", c="d"}, sorted
// by name. It is what group keys and group ids are made of.
func canonical(labels map[string]string) string {
	var onStack [512]byte
	return string(appendCanonical(onStack[:0], labels))
}

func appendCanonical(b []byte, labels map[string]string) []byte {
	var onStack [24]string
	names := onStack[:0]
	for name := range labels {
		names = append(names, name)
	}
	slices.Sort(names)
	b = append(b, '{')
	for i, name := range names {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = append(b, name...)
		b = append(b, '=')
		b = appendQuoted(b, labels[name])
	}
	return append(b, '}')
}

// appendQuoted is strconv.AppendQuote, quicker for plain text.
func appendQuoted(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return strconv.AppendQuote(b, s)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}

// compareLabels orders label sets by the first name, in the alphabet, at which
// they differ; a label that is not there counts as "".
func compareLabels(a, b map[string]string) int {
	first, order := "", 0
	look := func(name, x, y string) {
		if x != y && (order == 0 || name < first) {
			first, order = name, strings.Compare(x, y)
		}
	}
	for name, x := range a {
		look(name, x, b[name])
	}
	for name, y := range b {
		if _, both := a[name]; !both {
			look(name, "", y)
		}
	}
	return order
}

// hashSeed differs from run to run: hashes find equal label sets and are never
// shown, stored or sorted by. Nobody can choose labels that collide, and of
// 10,000 alerts some two do by chance once in 10^11 joins, so that equal hashes
// are taken for equal sets.
var hashSeed = maphash.MakeSeed()

// hashPair is the share of one label in the hash of a set. Shares are added, so
// the hash of a set needs no sorting and a label can be added to it later.
func hashPair(name, value string) uint64 { return withValue(hashName(name), value) }

func hashName(name string) uint64 { return maphash.String(hashSeed, name) }

// withValue is hashPair of a name's hash.
func withValue(name uint64, value string) uint64 {
	h := name*0x9e3779b97f4a7c15 ^ maphash.String(hashSeed, value)
	h ^= h >> 32
	h *= 0xd6e8feb86659fd93
	return h ^ h>>32
}

// setHash is the hash of a label set, and that of the names in it.
type setHash struct{ set, names uint64 }

func (h *setHash) add(name, value string) {
	n := hashName(name)
	h.set += withValue(n, value)
	h.names += n
}

// comparer compares label sets without the labels that differ between replicas.
type comparer struct{ ignored []string }

// ignores is asked for every label of every alert; a map would be slower.
func (c comparer) ignores(name string) bool {
	for _, n := range c.ignored {
		if n == name {
			return true
		}
	}
	return false
}

// hash is over labels completed by external ones. An empty value is the same as
// none, as in Prometheus.
func (c comparer) hash(labels, external map[string]string) uint64 {
	h, _ := c.hashes(labels, external)
	return h.set
}

// hashes is hash, and one of the names of those labels. breaks reports whether
// any value has a line break, also one of a label that is not compared.
func (c comparer) hashes(labels, external map[string]string) (h setHash, breaks bool) {
	for name, value := range labels {
		breaks = breaks || strings.IndexByte(value, '\n') >= 0
		if value != "" && !c.ignores(name) {
			h.add(name, value)
		}
	}
	for name, value := range external {
		breaks = breaks || strings.IndexByte(value, '\n') >= 0
		if value != "" && labels[name] == "" && !c.ignores(name) {
			h.add(name, value)
		}
	}
	return h, breaks
}

// within reports whether every label of part is also in whole.
func (c comparer) within(part, whole map[string]string) bool {
	for name, value := range part {
		if value != "" && !c.ignores(name) && whole[name] != value {
			return false
		}
	}
	return true
}

// contradicts reports whether whole has another value for an external label
// that the alert does not set itself.
func (c comparer) contradicts(external, labels, whole map[string]string) bool {
	for name, value := range external {
		if value == "" || labels[name] != "" || c.ignores(name) {
			continue
		}
		if other := whole[name]; other != "" && other != value {
			return true
		}
	}
	return false
}

// complete returns an alert's labels with the external labels that Prometheus
// adds when it sends the alert. It omits those that differ between replicas, as
// a well configured Alertmanager does.
func (c comparer) complete(labels, external map[string]string) map[string]string {
	missing := 0
	for name, value := range external {
		if value != "" && labels[name] == "" && !c.ignores(name) {
			missing++
		}
	}
	if missing == 0 {
		return labels
	}
	if len(labels) == 0 {
		labels = map[string]string{} // so that a clone can be written
	}
	whole := maps.Clone(labels) // which is quicker than label by label
	for name, value := range labels {
		if value == "" {
			delete(whole, name)
		}
	}
	for name, value := range external {
		if value != "" && whole[name] == "" && !c.ignores(name) {
			whole[name] = value
		}
	}
	return whole
}

// completes reports whether whole has the content that complete returns for
// these labels where it adds some, without making it.
func (c comparer) completes(whole, labels, external map[string]string) bool {
	own, added := 0, 0
	for name, value := range labels {
		if value == "" {
			continue
		}
		if whole[name] != value {
			return false
		}
		own++
	}
	for name, value := range external {
		if value == "" || labels[name] != "" || c.ignores(name) {
			continue
		}
		if whole[name] != value {
			return false
		}
		added++
	}
	return added > 0 && own+added == len(whole)
}

// firstSet is the value of the first label of the chain that is set.
func firstSet(labels map[string]string, chain []string) string {
	for _, name := range chain {
		if value := labels[name]; value != "" {
			return value
		}
	}
	return ""
}

// Common are the pairs that every item of a list has with the same value; never
// nil.
func Common[T any](list []T, of func(*T) map[string]string) map[string]string {
	common := map[string]string{}
	if len(list) == 0 {
		return common
	}
	maps.Copy(common, of(&list[0]))
	for i := range list[1:] {
		pairs := of(&list[i+1])
		maps.DeleteFunc(common, func(name, value string) bool {
			other, has := pairs[name]
			return !has || other != value
		})
	}
	return common
}

// fingerprintOf is Alertmanager's hash of a label set.
func fingerprintOf(labels map[string]string) string {
	set := make(model.LabelSet, len(labels))
	for name, value := range labels {
		if value != "" {
			set[model.LabelName(name)] = model.LabelValue(value)
		}
	}
	return set.Fingerprint().String()
}

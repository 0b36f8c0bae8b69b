// Package labelset compares, hashes and writes the labels of alerts.
package labelset

import (
	"hash/maphash"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/prometheus/common/model"
)

// Canonical writes labels as Alertmanager writes them: {a="b", c="d"}, sorted
// by name. It is what group keys and group ids are made of.
func Canonical(labels map[string]string) string {
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

// Compare orders label sets by the first name, in the alphabet, at which
// they differ; a label that is not there counts as "".
func Compare(a, b map[string]string) int {
	first, order := "", 0
	compare := func(name, x, y string) {
		if x != y && (order == 0 || name < first) {
			first, order = name, strings.Compare(x, y)
		}
	}
	for name, x := range a {
		compare(name, x, b[name])
	}
	for name, y := range b {
		if _, both := a[name]; !both {
			compare(name, "", y)
		}
	}
	return order
}

// hashSeed differs from run to run: hashes find equal label sets and are never
// shown, stored or sorted by. Nobody can choose labels that collide, and of
// 10,000 alerts some two do by chance once in 10^11 joins, so that equal hashes
// are taken for equal sets.
var hashSeed = maphash.MakeSeed()

// HashPair is the share of one label in the hash of a set. Shares are added, so
// the hash of a set needs no sorting and a label can be added to it later.
func HashPair(name, value string) uint64 { return HashValue(HashName(name), value) }

// HashName is the hash of a label's name.
func HashName(name string) uint64 { return maphash.String(hashSeed, name) }

// HashValue is HashPair of a name's hash.
func HashValue(name uint64, value string) uint64 {
	h := name*0x9e3779b97f4a7c15 ^ maphash.String(hashSeed, value)
	h ^= h >> 32
	h *= 0xd6e8feb86659fd93
	return h ^ h>>32
}

// Hash is the hash of a label set.
type Hash struct {
	// Set is the hash of the labels that are compared, Names that of their names.
	// Others is the hash of the labels of the alert itself that are not compared.
	Set, Names, Others uint64
}

func (h *Hash) add(name, value string) {
	n := HashName(name)
	h.Set += HashValue(n, value)
	h.Names += n
}

// Comparer compares label sets without the labels that differ between replicas.
type Comparer struct{ Ignored []string }

// Ignores reports whether labels of that name are not compared. It is called for
// every label of every alert; a map would be slower.
func (c Comparer) Ignores(name string) bool {
	for _, n := range c.Ignored {
		if n == name {
			return true
		}
	}
	return false
}

// Hash is the hash of labels completed by external ones. An empty value is the same
// as none, as in Prometheus.
func (c Comparer) Hash(labels, external map[string]string) uint64 {
	h, _ := c.Hashes(labels, external)
	return h.Set
}

// Hashes is Hash with the other hashes. If Set and Others of labels are equal, so are
// the results of Complete that add labels. breaks reports whether any value has a line
// break, also one of a label that is not compared.
func (c Comparer) Hashes(labels, external map[string]string) (h Hash, breaks bool) {
	for name, value := range labels {
		breaks = breaks || strings.IndexByte(value, '\n') >= 0
		switch {
		case value == "":
		case c.Ignores(name):
			h.Others += HashPair(name, value)
		default:
			h.add(name, value)
		}
	}
	for name, value := range external {
		breaks = breaks || strings.IndexByte(value, '\n') >= 0
		if value != "" && labels[name] == "" && !c.Ignores(name) {
			h.add(name, value)
		}
	}
	return h, breaks
}

// Within reports whether every label of part is also in whole.
func (c Comparer) Within(part, whole map[string]string) bool {
	for name, value := range part {
		if value != "" && !c.Ignores(name) && whole[name] != value {
			return false
		}
	}
	return true
}

// Contradicts reports whether whole has another value for an external label
// that the alert does not set itself.
func (c Comparer) Contradicts(external, labels, whole map[string]string) bool {
	for name, value := range external {
		if value == "" || labels[name] != "" || c.Ignores(name) {
			continue
		}
		if other := whole[name]; other != "" && other != value {
			return true
		}
	}
	return false
}

// Complete returns an alert's labels with the external labels that Prometheus
// adds when it sends the alert. It omits those that differ between replicas, as
// a well configured Alertmanager does.
func (c Comparer) Complete(labels, external map[string]string) map[string]string {
	if !c.Adds(labels, external) {
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
		if value != "" && whole[name] == "" && !c.Ignores(name) {
			whole[name] = value
		}
	}
	return whole
}

// Adds reports whether Complete adds some of the external labels.
func (c Comparer) Adds(labels, external map[string]string) bool {
	for name, value := range external {
		if value != "" && labels[name] == "" && !c.Ignores(name) {
			return true
		}
	}
	return false
}

// FirstSet is the value of the first label of the chain that is set.
func FirstSet(labels map[string]string, chain []string) string {
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

// Fingerprint is Alertmanager's hash of a label set.
func Fingerprint(labels map[string]string) string {
	set := make(model.LabelSet, len(labels))
	for name, value := range labels {
		if value != "" {
			set[model.LabelName(name)] = model.LabelValue(value)
		}
	}
	return set.Fingerprint().String()
}

package prometheus

import (
	"fmt"
	"maps"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/relabel"
	"go.yaml.in/yaml/v3"
)

// configuration is the part of a Prometheus's configuration that decides how
// its alerts reach Alertmanagers.
type configuration struct {
	external map[string]string
	// all are applied to each alert, after the external labels are added.
	all []*relabel.Config
	// each are applied after all, for one Alertmanager each. There is one for
	// each different relabelling.
	each [][]*relabel.Config
}

// readConfiguration parses a configuration. It may contain megabytes of scrape
// configurations, so only the relevant parts are parsed if they can be found.
func readConfiguration(text string) (configuration, error) {
	if part, ok := parts(text, "global:", "alerting:"); ok {
		if c, err := parseConfiguration(part); err == nil {
			return c, nil
		}
	}
	return parseConfiguration(text)
}

// parts returns the lines of these keys in block style, as Prometheus writes
// them. It fails if the first key is missing.
func parts(text string, keys ...string) (string, bool) {
	var found strings.Builder
	for i, key := range keys {
		part, ok := part(text, key)
		if !ok && i == 0 {
			return "", false
		}
		found.WriteString(part)
		if part != "" && !strings.HasSuffix(part, "\n") {
			found.WriteByte('\n')
		}
	}
	return found.String(), true
}

func part(text, key string) (string, bool) {
	from := 0
	if !strings.HasPrefix(text, key) {
		if from = strings.Index(text, "\n"+key) + 1; from == 0 {
			return "", false
		}
	}
	for to := from; ; {
		end := strings.IndexByte(text[to:], '\n')
		if end < 0 {
			return text[from:], true
		}
		to += end + 1
		if to < len(text) && !strings.ContainsRune(" #\n\r-", rune(text[to])) {
			return text[from:to], true
		}
	}
}

func parseConfiguration(text string) (configuration, error) {
	var written struct {
		Global struct {
			ExternalLabels map[string]string `yaml:"external_labels"`
		} `yaml:"global"`
		Alerting struct {
			Relabel       []*relabel.Config `yaml:"alert_relabel_configs"`
			Alertmanagers []struct {
				Relabel []*relabel.Config `yaml:"alert_relabel_configs"`
			} `yaml:"alertmanagers"`
		} `yaml:"alerting"`
	}
	if err := yaml.Unmarshal([]byte(text), &written); err != nil {
		return configuration{}, fmt.Errorf("reading Prometheus's configuration: %w", err)
	}
	c := configuration{external: written.Global.ExternalLabels, all: written.Alerting.Relabel}
	plain := len(written.Alerting.Alertmanagers) == 0
	for _, a := range written.Alerting.Alertmanagers {
		if len(a.Relabel) > 0 {
			c.each = append(c.each, a.Relabel)
		} else {
			plain = true
		}
	}
	if plain && len(c.each) > 0 {
		c.each = append([][]*relabel.Config{nil}, c.each...)
	}
	for _, configs := range append([][]*relabel.Config{c.all}, c.each...) {
		for _, one := range configs {
			if one == nil {
				return configuration{}, fmt.Errorf("reading Prometheus's configuration: an entry of alert_relabel_configs is empty")
			}
			if err := one.Validate(model.UTF8Validation); err != nil {
				return configuration{}, fmt.Errorf("reading Prometheus's configuration: %w", err)
			}
		}
	}
	return c, nil
}

// relabels reports whether alerts are changed in other ways than by the
// external labels.
func (c *configuration) relabels() bool { return len(c.all) > 0 || len(c.each) > 0 }

// sent returns the label sets under which Alertmanagers receive an alert, or
// none when all of them drop it. It does what Prometheus's notifier does.
func (c *configuration) sent(own map[string]string) []map[string]string {
	b := labels.NewBuilder(labels.FromMap(own))
	for name, value := range c.external {
		if b.Get(name) == "" {
			b.Set(name, value)
		}
	}
	if !relabel.ProcessBuilder(b, c.all...) {
		return nil
	}
	common := b.Labels()
	if len(c.each) == 0 {
		return []map[string]string{common.Map()}
	}
	var sets []map[string]string
	for _, configs := range c.each {
		b := labels.NewBuilder(common)
		if !relabel.ProcessBuilder(b, configs...) {
			continue
		}
		set := b.Labels().Map()
		valid := false
		for _, other := range sets {
			valid = valid || maps.Equal(other, set)
		}
		if !valid {
			sets = append(sets, set)
		}
	}
	return sets
}

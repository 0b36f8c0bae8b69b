package runbooks

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"

	"firstline/internal/clean"
)

// ruleFile is a Prometheus rule file, a PrometheusRule object of Kubernetes, or
// a list of such objects.
type ruleFile struct {
	Groups []ruleGroup `yaml:"groups"`
	Spec   struct {
		Groups []ruleGroup `yaml:"groups"`
	} `yaml:"spec"`
	Items []ruleFile `yaml:"items"`
}

type ruleGroup struct {
	Labels map[string]string `yaml:"labels"`
	Rules  []struct {
		Alert       string            `yaml:"alert"`
		Expr        string            `yaml:"expr"`
		Labels      map[string]string `yaml:"labels"`
		Annotations map[string]string `yaml:"annotations"`
	} `yaml:"rules"`
}

// ParseRules reads the alerting rules of a Prometheus rule file, or of
// PrometheusRule objects, in one or more YAML documents. It skips recording
// rules.
func ParseRules(data []byte) ([]AlertRule, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var rules []AlertRule
	for {
		var f ruleFile
		err := decoder.Decode(&f)
		if errors.Is(err, io.EOF) {
			return rules, nil
		}
		if err != nil {
			return nil, fmt.Errorf("reading the rules: %s", clean.Line(strings.TrimPrefix(err.Error(), "yaml: ")))
		}
		rules = f.appendTo(rules)
	}
}

func (f ruleFile) appendTo(rules []AlertRule) []AlertRule {
	for _, groups := range [][]ruleGroup{f.Groups, f.Spec.Groups} {
		for _, g := range groups {
			for _, r := range g.Rules {
				if r.Alert == "" {
					continue
				}
				labels := map[string]string{}
				for _, from := range []map[string]string{g.Labels, r.Labels} {
					for name, value := range from {
						labels[name] = value
					}
				}
				rules = append(rules, AlertRule{Name: r.Alert, Labels: labels, Annotations: r.Annotations, Expression: r.Expr})
			}
		}
	}
	for _, item := range f.Items {
		rules = item.appendTo(rules)
	}
	return rules
}

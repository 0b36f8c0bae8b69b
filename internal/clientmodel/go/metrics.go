// Package io_prometheus_client replaces the package of that name, the form in which
// metrics are exposed, by the types that prometheus/common/model names. firstline
// exposes no metrics. The package registers its messages with protobuf when a
// program starts, so that most of protobuf is linked: 1.5 of 27 MB.
package io_prometheus_client

// MetricFamily is the metrics of one name.
type MetricFamily struct {
	Name, Help, Unit *string
	Type             *MetricType
	Metric           []*Metric
}

// GetName returns the name, or "" without one.
func (m *MetricFamily) GetName() string { return valueOf(m.Name) }

// MetricType is what a metric measures.
type MetricType int32

// Metric is one metric.
type Metric struct {
	Label       []*LabelPair
	Gauge       *Gauge
	Counter     *Counter
	Summary     *Summary
	Untyped     *Untyped
	Histogram   *Histogram
	TimestampMs *int64
}

// The values of a metric, which nothing here reads.
type (
	Gauge     struct{}
	Counter   struct{}
	Summary   struct{}
	Untyped   struct{}
	Histogram struct{}
)

// LabelPair is a label.
type LabelPair struct{ Name, Value *string }

// GetName returns the name, or "" without one.
func (l *LabelPair) GetName() string { return valueOf(l.Name) }

// GetValue returns the value, or "" without one.
func (l *LabelPair) GetValue() string { return valueOf(l.Value) }

func valueOf(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}

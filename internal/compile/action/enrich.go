package action

import (
	"maps"
	"slices"
	"strings"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/document"
)

func init() {
	register(Kind{
		Name: "k8s_attributes",
		Doc:  "adds what Kubernetes knows of the sender's pod; takes the configuration of the Collector's processor",
		Examples: `- k8s_attributes
- k8s_attributes: { extract: { metadata: [k8s.pod.name, k8s.node.name] } }`,
		Spec:   func() any { return new(map[string]any) },
		Config: true,
		Compile: func(spec any, s Site) (Output, document.Diagnostics) {
			return k8sAttributes(*spec.(*map[string]any), s)
		},
	})
	register(Kind{
		Name:     "processor",
		Doc:      "runs any processor of the build, by its type and configuration",
		Examples: `- processor: { redaction: { allow_all_keys: true, blocked_values: ["4[0-9]{12}"] } }`,
		Spec:     func() any { return new(map[string]any) },
		Config:   true,
		Compile:  func(spec any, s Site) (Output, document.Diagnostics) { return processor(*spec.(*map[string]any), s) },
	})
	register(Kind{
		Name:     "span_metrics",
		Doc:      "counts and times spans, and delivers the metrics; the spans go on",
		Examples: `- span_metrics: { destinations: [metrics], dimensions: [http.route] }`,
		Spec:     func() any { return new(spanMetricsSpec) },
		Compile:  func(spec any, s Site) (Output, document.Diagnostics) { return spec.(*spanMetricsSpec).compile(s) },
	})
}

func k8sAttributes(config map[string]any, s Site) (Output, document.Diagnostics) {
	return Output{Processor: &Component{Type: "k8s_attributes", Config: config, Written: []document.Place{s.spec("k8s_attributes")}}}, nil
}

// processorSignals are the signals of processors that do not process all of them.
var processorSignals = map[string][]string{
	"tail_sampling": {document.Traces}, "groupbytrace": {document.Traces}, "span": {document.Traces},
	"probabilistic_sampler": {document.Traces, document.Logs}, "log_dedup": {document.Logs}, "logdedup": {document.Logs},
	"metricstransform": {document.Metrics}, "cumulativetodelta": {document.Metrics}, "deltatocumulative": {document.Metrics},
	"attributes": threeSignals, "redaction": threeSignals, "resourcedetection": threeSignals,
}

var threeSignals = []string{document.Traces, document.Metrics, document.Logs}

func processor(spec map[string]any, s Site) (Output, document.Diagnostics) {
	if len(spec) != 1 {
		return Output{}, fail(s.Place, "write one like `- processor: { redaction: { allow_all_keys: true } }`", "must name one processor, not %d", len(spec))
	}
	kind := slices.Collect(maps.Keys(spec))[0]
	config, ok := spec[kind].(map[string]any)
	switch {
	case spec[kind] != nil && !ok:
		return Output{}, fail(s.Place, "", "%s: must be a mapping", kind)
	case kind == "batch":
		return Output{}, fail(s.Place, "remove it: the queues of destinations batch", "the batch processor acknowledges data that it can still lose")
	case strings.Contains(kind, "/"):
		return Output{}, fail(s.Place, "write the type alone", "%q: the compiler names the processor", kind)
	}
	signals := processorSignals[kind]
	if signals != nil && !slices.ContainsFunc(signals, func(signal string) bool { return slices.Contains(s.Signals, signal) }) {
		return Output{}, fail(s.Place, "remove the action", "%s processes %s, which do not come here", kind, strings.Join(signals, " and "))
	}
	return Output{Processor: &Component{Type: kind, Config: config, Written: []document.Place{s.spec("processor").Below(kind)}}, Signals: signals}, nil
}

type spanMetricsSpec struct {
	Destinations []document.Reference `doc:"names of destinations of the metrics" required:"true" yaml:"destinations"`
	Dimensions   []string             `doc:"attributes that metrics are divided by, beside service, span name, kind and status" yaml:"dimensions"`
	Buckets      []string             `doc:"bounds of the duration's histogram; default: exponential buckets" yaml:"buckets"`
}

func (a *spanMetricsSpec) compile(s Site) (Output, document.Diagnostics) {
	if !slices.Contains(s.Signals, document.Traces) {
		return Output{}, fail(s.Place, "remove the action, or let the stream take traces", "there are no traces here to make metrics of")
	}
	config := map[string]any{"histogram": map[string]any{"exponential": map[string]any{}}}
	if len(a.Buckets) > 0 {
		config["histogram"] = map[string]any{"explicit": map[string]any{"buckets": a.Buckets}}
	}
	var dimensions []any
	for _, name := range slices.Sorted(slices.Values(a.Dimensions)) {
		dimensions = append(dimensions, map[string]any{"name": name})
	}
	if len(dimensions) > 0 {
		config["dimensions"] = dimensions
	}
	return Output{Branch: &Branch{Connector: Component{Type: "span_metrics", Config: maps.Clone(config)}, Destinations: a.Destinations}}, nil
}

package action

import (
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/document"
)

func init() {
	register(Kind{
		Name:     "transform",
		Doc:      "changes data by statements of the OpenTelemetry Transformation Language",
		Examples: `- transform: { logs: ['set(log.severity_text, "ERROR") where log.severity_number >= SEVERITY_NUMBER_ERROR'] }`,
		Spec:     func() any { return new(transformSpec) },
		Compile:  func(spec any, s Site) (Output, document.Diagnostics) { return spec.(*transformSpec).compile(s) },
	})
	register(Kind{
		Name:     "filter",
		Doc:      "drops what matches conditions of the OpenTelemetry Transformation Language",
		Examples: `- filter: { traces: ['span.attributes["http.route"] == "/healthz"'] }`,
		Spec:     func() any { return new(filterSpec) },
		Compile:  func(spec any, s Site) (Output, document.Diagnostics) { return spec.(*filterSpec).compile(s) },
	})
}

type transformSpec struct {
	Traces  []string `doc:"statements, with paths such as span.attributes" yaml:"traces"`
	Metrics []string `doc:"statements, with paths such as datapoint.attributes" yaml:"metrics"`
	Logs    []string `doc:"statements, with paths such as log.body" yaml:"logs"`

	Profiles []string `doc:"statements, with paths such as profile.attributes" yaml:"profiles"`
}

func (a *transformSpec) compile(s Site) (Output, document.Diagnostics) {
	texts := map[string][]string{document.Traces: a.Traces, document.Metrics: a.Metrics, document.Logs: a.Logs, document.Profiles: a.Profiles}
	found := unused(texts, s)
	if len(signalsOf(texts, s)) == 0 {
		return Output{}, nothing(found, s, "statements")
	}
	return transformOutput(texts, s), found
}

// statementKeys are the keys of the transform processor.
var statementKeys = map[string]string{
	document.Traces: "trace_statements", document.Metrics: "metric_statements", document.Logs: "log_statements", document.Profiles: "profile_statements",
}

func transformOutput(texts map[string][]string, s Site) Output {
	config := perSignal(texts, s, func(signal string) string { return statementKeys[signal] })
	config["error_mode"] = "ignore" // A statement that fails is logged, and costs no data.
	return Output{Processor: &Component{Type: "transform", Config: config}, Signals: signalsOf(texts, s)}
}

type filterSpec struct {
	Traces  []string `doc:"spans that match one of these are dropped; paths such as span.attributes" yaml:"traces"`
	Metrics []string `doc:"data points that match one of these are dropped; paths such as datapoint.attributes and metric.name" yaml:"metrics"`
	Logs    []string `doc:"log records that match one of these are dropped; paths such as log.severity_number" yaml:"logs"`

	Profiles []string `doc:"profiles that match one of these are dropped; paths such as profile.attributes" yaml:"profiles"`
}

// conditionKeys are the keys of the filter processor.
var conditionKeys = map[string]string{
	document.Traces: "trace_conditions", document.Metrics: "metric_conditions", document.Logs: "log_conditions", document.Profiles: "profile_conditions",
}

func (a *filterSpec) compile(s Site) (Output, document.Diagnostics) {
	texts := map[string][]string{document.Traces: a.Traces, document.Metrics: a.Metrics, document.Logs: a.Logs, document.Profiles: a.Profiles}
	found := unused(texts, s)
	signals := signalsOf(texts, s)
	if len(signals) == 0 {
		return Output{}, nothing(found, s, "conditions")
	}
	config := perSignal(texts, s, func(signal string) string { return conditionKeys[signal] })
	config["error_mode"] = "ignore" // A condition that fails does not hold.
	return Output{Processor: &Component{Type: "filter", Config: config}, Signals: signals}, found
}

// nothing reports an action without texts, unless it is known that they are for
// other signals.
func nothing(found document.Diagnostics, s Site, what string) document.Diagnostics {
	if len(found) > 0 {
		return found
	}
	return fail(s.Place, "write `traces:`, `metrics:` or `logs:` below it", "the action has no %s", what)
}

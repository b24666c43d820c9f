package interop

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// The queries are about one stream, and two of them about one trace.
const (
	askedStream = "checkout"
	askedTrace  = "0868dedfbf6931c1a3402eda21ac0635"
)

// answer is a row: values by the names of its columns. A value that is null in SQL is nil.
type answer = map[string]any

// answers computes what the queries of docs/queries are to answer, by their file names: from the payloads as they
// were received, without a column, a file or SQL.
var answers = map[string]func([]payload) []answer{
	"01-trace-by-id":          traceByID,
	"02-p99-by-service":       p99ByService,
	"03-error-routes":         errorRoutes,
	"04-error-rate":           errorRate,
	"05-slow-statements":      slowStatements,
	"06-logs-of-a-trace":      logsOfATrace,
	"07-log-volume":           logVolume,
	"08-gauge-over-time":      gaugeOverTime,
	"09-counter-rate":         counterRate,
	"10-histogram-quantile":   histogramQuantile,
	"11-exceptions":           exceptions,
	"12-attribute-in-the-map": attributeInTheMap,
	"13-where-time-goes":      whereTimeGoes,
}

// span is a span of the stream with its resource.
type span struct {
	ptrace.Span
	service string
}

func (s span) at() time.Time { return micros(s.StartTimestamp()) }

func (s span) duration() int64 { return int64(s.EndTimestamp() - s.StartTimestamp()) }

func (s span) failed() bool { return s.Status().Code() == ptrace.StatusCodeError }

func (s span) attribute(key string) any { return attribute(s.Attributes(), key) }

// exception returns an attribute of the span's first exception.
func (s span) exception(key string) any {
	for _, e := range s.Events().All() {
		if e.Name() == "exception" {
			return attribute(e.Attributes(), key)
		}
	}
	return nil
}

// spansOf returns the spans of the stream that are wanted.
func spansOf(payloads []payload, wanted func(span) bool) []span {
	var all []span
	for _, p := range payloads {
		for _, resource := range p.traces.ResourceSpans().All() {
			for _, scope := range resource.ScopeSpans().All() {
				for _, s := range scope.Spans().All() {
					s := span{Span: s, service: serviceOf(resource.Resource())}
					if p.stream == askedStream && wanted(s) {
						all = append(all, s)
					}
				}
			}
		}
	}
	return all
}

func traceByID(payloads []payload) []answer {
	var rows []answer
	for _, s := range spansOf(payloads, func(s span) bool { return s.TraceID().String() == askedTrace }) {
		rows = append(rows, answer{
			"time": s.at(), "service_name": s.service, "name": s.Name(), "kind": strings.ToUpper(s.Kind().String()),
			"span_id": s.SpanID().String(), "parent_span_id": orNull(s.ParentSpanID().String()),
			"duration_ms": float64(s.duration()) / 1e6, "status_code": strings.ToUpper(s.Status().Code().String()),
		})
	}
	return ordered(rows, 0, "time", "span_id")
}

func p99ByService(payloads []payload) []answer {
	from := time.Date(2026, 11, 22, 5, 55, 0, 0, time.UTC)
	spans := spansOf(payloads, func(s span) bool { return !s.at().Before(from) && s.at().Before(from.Add(10*time.Minute)) })
	var rows []answer
	for service, spans := range grouped(spans, func(s span) string { return s.service }) {
		rows = append(rows, answer{
			"service_name": service, "spans": len(spans),
			"p50_ms": quantile(spans, 0.5) / 1e6, "p99_ms": quantile(spans, 0.99) / 1e6,
		})
	}
	return ordered(rows, 0, "-p99_ms", "service_name")
}

// quantile returns a quantile of durations, between the two next to it in proportion.
func quantile(spans []span, q float64) float64 {
	durations := make([]float64, len(spans))
	for i, s := range spans {
		durations[i] = float64(s.duration())
	}
	slices.Sort(durations)
	below, part := math.Modf(q * float64(len(durations)-1))
	lo := durations[int(below)]
	hi := durations[min(int(below)+1, len(durations)-1)]
	return lo + part*(hi-lo)
}

func errorRoutes(payloads []payload) []answer {
	type key struct{ service, route, code, exception any }
	failed := spansOf(payloads, func(s span) bool { return s.failed() && s.attribute("http.route") != nil })
	groups := grouped(failed, func(s span) key {
		return key{s.service, s.attribute("http.route"), s.attribute("http.response.status_code"), s.exception("exception.type")}
	})
	var rows []answer
	for k, spans := range groups {
		rows = append(rows, answer{
			"service_name": k.service, "http_route": k.route, "http_response_status_code": k.code, "exception_type": k.exception,
			"errors": len(spans),
		})
	}
	return ordered(rows, 20, "-errors", "service_name", "http_route", "http_response_status_code", "exception_type")
}

func errorRate(payloads []payload) []answer {
	requests := spansOf(payloads, func(s span) bool { return s.Kind() == ptrace.SpanKindServer })
	var rows []answer
	for minute, spans := range grouped(requests, func(s span) time.Time { return s.at().Truncate(time.Minute) }) {
		failed := 0
		for _, s := range spans {
			if s.failed() {
				failed++
			}
		}
		rows = append(rows, answer{
			"minute": minute, "requests": len(spans), "errors": failed, "error_rate": float64(failed) / float64(len(spans)),
		})
	}
	return ordered(rows, 0, "minute")
}

func slowStatements(payloads []payload) []answer {
	type key struct{ service, namespace, statement any }
	calls := spansOf(payloads, func(s span) bool { return s.attribute("db.query.text") != nil })
	groups := grouped(calls, func(s span) key {
		return key{s.service, s.attribute("db.namespace"), s.attribute("db.query.text")}
	})
	var rows []answer
	for k, spans := range groups {
		total, longest := int64(0), int64(0)
		for _, s := range spans {
			total, longest = total+s.duration(), max(longest, s.duration())
		}
		rows = append(rows, answer{
			"service_name": k.service, "db_namespace": k.namespace, "db_query_text": k.statement,
			"calls": len(spans), "total_ms": float64(total) / 1e6, "max_ms": float64(longest) / 1e6,
		})
	}
	return ordered(rows, 10, "-total_ms", "service_name", "db_namespace", "db_query_text")
}

func exceptions(payloads []payload) []answer {
	type key struct{ service, exception any }
	thrown := spansOf(payloads, func(s span) bool { return s.exception("exception.type") != nil })
	var rows []answer
	for k, spans := range grouped(thrown, func(s span) key { return key{s.service, s.exception("exception.type")} }) {
		first, last, example := spans[0].at(), spans[0].at(), ""
		for _, s := range spans {
			if s.at().Before(first) {
				first = s.at()
			}
			if s.at().After(last) {
				last = s.at()
			}
			if text, ok := s.exception("exception.message").(string); ok {
				example = max(example, text)
			}
		}
		rows = append(rows, answer{
			"service_name": k.service, "exception_type": k.exception, "spans": len(spans),
			"first_seen": first, "last_seen": last, "example": example,
		})
	}
	return ordered(rows, 0, "-spans", "service_name", "exception_type")
}

func attributeInTheMap(payloads []payload) []answer {
	messages := spansOf(payloads, func(s span) bool { return s.attribute("messaging.system") == "kafka" })
	var rows []answer
	groups := grouped(messages, func(s span) any { return s.attribute("messaging.destination.partition.id") })
	for partition, spans := range groups {
		rows = append(rows, answer{"topic_partition": partition, "messages": len(spans)})
	}
	return ordered(rows, 0, "-messages", "topic_partition")
}

// attribute returns a string or integer, or nil.
func attribute(m pcommon.Map, key string) any {
	if v, ok := m.Get(key); ok {
		return v.AsRaw()
	}
	return nil
}

func serviceOf(r pcommon.Resource) string {
	name, _ := attribute(r.Attributes(), "service.name").(string)
	return cmp.Or(name, "unknown_service")
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func micros(t pcommon.Timestamp) time.Time { return t.AsTime().Truncate(time.Microsecond) }

func grouped[K comparable, V any](values []V, key func(V) K) map[K][]V {
	groups := map[K][]V{}
	for _, v := range values {
		groups[key(v)] = append(groups[key(v)], v)
	}
	return groups
}

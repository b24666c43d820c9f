package columnar

import (
	"fmt"
	"slices"
	"testing"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// nanos puts a time together again.
func (r row) nanos(name string) int64 { return 1000*r.i64(name) + int64(r.i32(name+"_nanos")) }

func showOrigin(r pcommon.Resource, resourceURL string, s pcommon.InstrumentationScope, scopeURL string) string {
	return fmt.Sprintln("resource", showMap(r.Attributes()), r.DroppedAttributesCount(), resourceURL) +
		fmt.Sprintln("scope", s.Name(), s.Version(), showMap(s.Attributes()), s.DroppedAttributesCount(), scopeURL)
}

func (r row) showOrigin(t testing.TB, columns []column) string {
	return fmt.Sprintln("resource", r.shownMap(t, "resource_attributes", columns, scopeResource),
		uint32(r.i32("resource_dropped_attributes_count")), r.str("resource_schema_url")) +
		fmt.Sprintln("scope", r.str("scope_name"), r.str("scope_version"), r.shownMap(t, "scope_attributes", columns, scopeNone),
			uint32(r.i32("scope_dropped_attributes_count")), r.str("scope_schema_url"))
}

// showTraces shows every span with all that belongs to it, in a fixed order.
func showTraces(td ptrace.Traces) []string {
	var all []string
	for _, rs := range td.ResourceSpans().All() {
		for _, ss := range rs.ScopeSpans().All() {
			origin := showOrigin(rs.Resource(), rs.SchemaUrl(), ss.Scope(), ss.SchemaUrl())
			for _, s := range ss.Spans().All() {
				out := origin + fmt.Sprintln("span", s.TraceID(), s.SpanID(), s.ParentSpanID(), s.Name(), s.TraceState().AsRaw(), s.Flags(),
					int64(s.StartTimestamp()), int64(s.EndTimestamp()), kindName(s.Kind()), statusName(s.Status().Code()),
					s.Status().Message(), showMap(s.Attributes()),
					s.DroppedAttributesCount(), s.DroppedEventsCount(), s.DroppedLinksCount())
				for _, e := range s.Events().All() {
					out += fmt.Sprintln("event", int64(e.Timestamp()), e.Name(), showMap(e.Attributes()), e.DroppedAttributesCount())
				}
				for _, l := range s.Links().All() {
					out += fmt.Sprintln("link", l.TraceID(), l.SpanID(), l.TraceState().AsRaw(), l.Flags(),
						showMap(l.Attributes()), l.DroppedAttributesCount())
				}
				all = append(all, out)
			}
		}
	}
	slices.Sort(all)
	return all
}

func showTraceRows(t testing.TB, rows []row) []string {
	var all []string
	for _, r := range rows {
		start := r.nanos("time")
		out := r.showOrigin(t, traces().columns) + fmt.Sprintln("span", r.str("trace_id"), r.str("span_id"), r.str("parent_span_id"),
			r.str("name"), r.str("trace_state"), uint32(r.i32("flags")), start, start+r.i64("duration_ns"), r.str("kind"), r.str("status_code"),
			r.str("status_message"), r.shownMap(t, "attributes", traces().columns, scopeItem),
			uint32(r.i32("dropped_attributes_count")), uint32(r.i32("dropped_events_count")), uint32(r.i32("dropped_links_count")))
		for _, item := range r["events"].([]any) {
			e := item.(row)
			out += fmt.Sprintln("event", e.nanos("time"), e.str("name"), e.shownMap(t, "attributes", nil, scopeNone),
				uint32(e.i32("dropped_attributes_count")))
		}
		for _, item := range r["links"].([]any) {
			l := item.(row)
			out += fmt.Sprintln("link", l.str("trace_id"), l.str("span_id"), l.str("trace_state"), uint32(l.i32("flags")),
				l.shownMap(t, "attributes", nil, scopeNone), uint32(l.i32("dropped_attributes_count")))
		}
		all = append(all, out)
	}
	slices.Sort(all)
	return all
}

func showLogs(ld plog.Logs) []string {
	var all []string
	for _, rl := range ld.ResourceLogs().All() {
		for _, sl := range rl.ScopeLogs().All() {
			origin := showOrigin(rl.Resource(), rl.SchemaUrl(), sl.Scope(), sl.SchemaUrl())
			for _, r := range sl.LogRecords().All() {
				all = append(all, origin+fmt.Sprintln("log", int64(r.Timestamp()), int64(r.ObservedTimestamp()), int32(r.SeverityNumber()),
					r.SeverityText(), show(r.Body()), r.EventName(), r.TraceID(), r.SpanID(), uint32(r.Flags()),
					showMap(r.Attributes()), r.DroppedAttributesCount()))
			}
		}
	}
	slices.Sort(all)
	return all
}

func showLogRows(t testing.TB, rows []row) []string {
	var all []string
	for _, r := range rows {
		at := r.nanos("time")
		if r["time_is_observed"].(bool) {
			at = 0
		}
		all = append(all, r.showOrigin(t, logs().columns)+fmt.Sprintln("log", at, r.nanos("observed_time"), r.i32("severity_number"),
			r.str("severity_text"), shown(t, r.str("body"), r.str("body_type")[0]), r.str("event_name"), r.str("trace_id"), r.str("span_id"),
			uint32(r.i32("flags")), r.shownMap(t, "attributes", logs().columns, scopeItem), uint32(r.i32("dropped_attributes_count"))))
	}
	slices.Sort(all)
	return all
}

func showMetrics(md pmetric.Metrics) []string {
	var all []string
	for _, rm := range md.ResourceMetrics().All() {
		for _, sm := range rm.ScopeMetrics().All() {
			origin := showOrigin(rm.Resource(), rm.SchemaUrl(), sm.Scope(), sm.SchemaUrl())
			for _, m := range sm.Metrics().All() {
				header := origin + fmt.Sprintln("metric", m.Name(), typeName(m.Type()), m.Unit(), m.Description(), showMap(m.Metadata()))
				for _, p := range showPoints(m) {
					all = append(all, header+p)
				}
			}
		}
	}
	slices.Sort(all)
	return all
}

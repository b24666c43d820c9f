package spool

import (
	"fmt"
	"iter"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnar"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnread"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/ledger"
)

// number is the attribute that numbers the items of the tests.
const number = "test.number"

// kind is how the tests make payloads D of a signal, and read them back.
type kind[D any] struct {
	signal    string
	table     func(columnar.Options) (*columnar.Table[D], error)
	marshal   func(D) ([]byte, error)
	unmarshal func([]byte) (D, error)
	// generate returns n items of a resource, the first at the time given and
	// each other a millisecond after the one before.
	generate func(resource func(pcommon.Resource), n int, at time.Time) D
	visit    func(D, ledger.Visit)
	read     func(*columnread.File, columnread.Options) iter.Seq2[D, error]
}

var (
	tracesKind = kind[ptrace.Traces]{
		"traces", columnar.NewTraces, (&ptrace.ProtoMarshaler{}).MarshalTraces, (&ptrace.ProtoUnmarshaler{}).UnmarshalTraces,
		generateSpans, ledger.Spans, (*columnread.File).Traces,
	}
	logsKind = kind[plog.Logs]{
		"logs", columnar.NewLogs, (&plog.ProtoMarshaler{}).MarshalLogs, (&plog.ProtoUnmarshaler{}).UnmarshalLogs,
		generateRecords, ledger.LogRecords, (*columnread.File).Logs,
	}
	metricsKind = kind[pmetric.Metrics]{
		"metrics", columnar.NewMetrics, (&pmetric.ProtoMarshaler{}).MarshalMetrics, (&pmetric.ProtoUnmarshaler{}).UnmarshalMetrics,
		generatePoints, ledger.DataPoints, (*columnread.File).Metrics,
	}
)

// payload is for row groups of so many rows.
func (k kind[D]) payload(groupRows int) (Payload[D], error) {
	table, err := k.table(columnar.Options{GroupRows: groupRows})
	return Payload[D]{Table: table, Marshal: k.marshal, Unmarshal: k.unmarshal}, err
}

// items returns a payload of items that start at the time given, numbered from
// first on.
func (k kind[D]) items(first, n int, at time.Time) D {
	d := k.generate(func(r pcommon.Resource) {
		r.Attributes().PutStr("service.name", fmt.Sprint("service-", first%7))
	}, n, at)
	next := int64(first)
	k.visit(d, func(_, item pcommon.Map) {
		item.PutInt(number, next)
		next++
	})
	return d
}

// numbers returns the numbers of the file's items.
func (k kind[D]) numbers(f *columnread.File) ([]int, error) {
	var all []int
	for d, err := range k.read(f, columnread.Options{}) {
		if err != nil {
			return nil, err
		}
		k.visit(d, func(_, item pcommon.Map) {
			n, _ := item.Get(number)
			all = append(all, int(n.Int()))
		})
	}
	return all, nil
}

// spans returns a payload of spans.
func spans(first, n int, at time.Time) ptrace.Traces { return tracesKind.items(first, n, at) }

func generateSpans(resource func(pcommon.Resource), n int, at time.Time) ptrace.Traces {
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	resource(rs.Resource())
	list := rs.ScopeSpans().AppendEmpty().Spans()
	for i := range n {
		s := list.AppendEmpty()
		s.SetName("pay")
		s.SetSpanID(pcommon.SpanID{1, byte(i >> 16), byte(i >> 8), byte(i)})
		s.SetStartTimestamp(after(at, i))
	}
	return td
}

func generateRecords(resource func(pcommon.Resource), n int, at time.Time) plog.Logs {
	ld := plog.NewLogs()
	rl := ld.ResourceLogs().AppendEmpty()
	resource(rl.Resource())
	list := rl.ScopeLogs().AppendEmpty().LogRecords()
	for i := range n {
		r := list.AppendEmpty()
		r.Body().SetStr("paid")
		r.SetTimestamp(after(at, i))
	}
	return ld
}

// generatePoints returns points of all kinds in turn.
func generatePoints(resource func(pcommon.Resource), n int, at time.Time) pmetric.Metrics {
	md := pmetric.NewMetrics()
	rm := md.ResourceMetrics().AppendEmpty()
	resource(rm.Resource())
	list := rm.ScopeMetrics().AppendEmpty().Metrics()
	for i := range n {
		m := list.AppendEmpty()
		m.SetName("payments")
		var point interface{ SetTimestamp(pcommon.Timestamp) }
		switch i % 5 {
		case 0:
			point = m.SetEmptyGauge().DataPoints().AppendEmpty()
		case 1:
			point = m.SetEmptySum().DataPoints().AppendEmpty()
		case 2:
			point = m.SetEmptyHistogram().DataPoints().AppendEmpty()
		case 3:
			point = m.SetEmptyExponentialHistogram().DataPoints().AppendEmpty()
		case 4:
			point = m.SetEmptySummary().DataPoints().AppendEmpty()
		}
		point.SetTimestamp(after(at, i))
	}
	return md
}

// after is so many milliseconds after at.
func after(at time.Time, milliseconds int) pcommon.Timestamp {
	return pcommon.NewTimestampFromTime(at.Add(time.Duration(milliseconds) * time.Millisecond))
}

package columnar

import (
	"bytes"
	"cmp"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// TestHours holds that rows are split by UTC hour of event time, in order, and what odd times mean.
func TestHours(t *testing.T) {
	five := time.Date(2026, 11, 22, 5, 0, 0, 0, time.UTC)
	times := []time.Time{
		five.Add(time.Hour), five.Add(time.Hour - 1), five, time.Unix(0, 0), five.Add(30 * time.Minute), time.Unix(0, -1),
	}
	td, md := ptrace.NewTraces(), pmetric.NewMetrics()
	spans := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans()
	points := md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics().AppendEmpty().SetEmptyGauge().DataPoints()
	for _, at := range times {
		spans.AppendEmpty().SetStartTimestamp(pcommon.NewTimestampFromTime(at))
		points.AppendEmpty().SetTimestamp(pcommon.NewTimestampFromTime(at))
	}
	want := []File{
		{Hour: time.Unix(-3600, 0).UTC(), First: time.Unix(0, -1).UTC(), Last: time.Unix(0, -1).UTC(), Rows: 1},
		{Hour: time.Unix(0, 0).UTC(), First: time.Unix(0, 0).UTC(), Last: time.Unix(0, 0).UTC(), Rows: 1},
		{Hour: five, First: five, Last: five.Add(time.Hour - 1), Rows: 3},
		{Hour: five.Add(time.Hour), First: five.Add(time.Hour), Last: five.Add(time.Hour), Rows: 1},
	}
	for _, encode := range []func() ([]File, error){
		func() ([]File, error) { return Traces(td) },
		func() ([]File, error) { return Metrics(md) },
	} {
		files, err := encode()
		require.NoError(t, err)
		for i := range files {
			require.Len(t, readFile(t, files[i].Data), files[i].Rows)
			files[i].Data = nil
		}
		require.Equal(t, want, files)
	}
}

func TestLogTime(t *testing.T) {
	hour := time.Date(2026, 11, 22, 5, 0, 0, 0, time.UTC)
	for name, tt := range map[string]struct {
		time, observed pcommon.Timestamp
		hour           time.Time
	}{
		"timestamp first": {pcommon.NewTimestampFromTime(hour), 1, hour},
		"observed second": {0, pcommon.NewTimestampFromTime(hour), hour},
		"neither":         {0, 0, time.Unix(0, 0).UTC()},
	} {
		ld := plog.NewLogs()
		r := ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
		r.SetTimestamp(tt.time)
		r.SetObservedTimestamp(tt.observed)
		files, err := Logs(ld)
		require.NoError(t, err, name)
		require.Len(t, files, 1, name)
		require.Equal(t, tt.hour, files[0].Hour, name)
	}
}

// oneSpan encodes a payload of one span and returns its row.
func oneSpan(t *testing.T, fill func(r pcommon.Resource, s ptrace.Span)) row {
	t.Helper()
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	fill(rs.Resource(), rs.ScopeSpans().AppendEmpty().Spans().AppendEmpty())
	files, err := Traces(td)
	require.NoError(t, err)
	rows := readRows(t, files)
	require.Len(t, rows, 1)
	return rows[0]
}

// TestPromotion holds when an attribute moves into its column and when it stays in the map.
func TestPromotion(t *testing.T) {
	r := oneSpan(t, func(res pcommon.Resource, s ptrace.Span) {
		res.Attributes().PutStr("service.name", "cart")
		res.Attributes().PutInt("host.name", 7)
		m := s.Attributes()
		m.PutStr("http.route", "/x")
		m.PutInt("http.request.method", 1)
		m.PutInt("http.response.status_code", 200)
		m.PutStr("server.port", "8080")
		m.PutInt("rpc.grpc.status_code", 1<<40)
		m.PutStr("url.path", "\xff")
		m.PutStr("k8s.pod.name", "of the resource only")
	})
	require.Equal(t, "cart", r["service_name"])
	require.Equal(t, "/x", r["http_route"])
	require.Equal(t, int32(200), r["http_response_status_code"])
	for _, absent := range []string{"host_name", "http_request_method", "server_port", "rpc_grpc_status_code", "url_path", "k8s_pod_name"} {
		require.Nil(t, r[absent], absent)
	}
	require.Equal(t, []entry{{"host.name", "7"}}, r["resource_attributes"])
	require.Equal(t, "i", r["resource_attributes_types"])
	require.Equal(t, []entry{
		{"http.request.method", "1"},
		{"server.port", "8080"},
		{"rpc.grpc.status_code", "1099511627776"},
		{"url.path", "/w=="},
		{"k8s.pod.name", "of the resource only"},
	}, r["attributes"])
	require.Equal(t, "isixs", r["attributes_types"])
}

// TestUnknownService holds that a resource without a name and one that really has that name can be told apart.
func TestUnknownService(t *testing.T) {
	absent := oneSpan(t, func(pcommon.Resource, ptrace.Span) {})
	require.Equal(t, unknownService, absent["service_name"])
	require.Empty(t, absent["resource_attributes"])
	named := oneSpan(t, func(r pcommon.Resource, _ ptrace.Span) { r.Attributes().PutStr(serviceName, unknownService) })
	require.Equal(t, unknownService, named["service_name"])
	require.Equal(t, []entry{{serviceName, unknownService}}, named["resource_attributes"])
}

// TestDuplicateKeys holds that the first of two attributes with a key takes the column, and none is lost. pdata
// makes no such maps, but takes them from senders.
func TestDuplicateKeys(t *testing.T) {
	td := ptrace.NewTraces()
	m := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty().Attributes()
	m.PutStr("http.route", "/1")
	m.PutStr("http.rout2", "/2")
	m.PutStr("other.key1", "a")
	m.PutInt("other.key2", 1)
	data, err := (&ptrace.ProtoMarshaler{}).MarshalTraces(td)
	require.NoError(t, err)
	data = bytes.ReplaceAll(bytes.ReplaceAll(data, []byte("http.rout2"), []byte("http.route")), []byte("other.key2"), []byte("other.key1"))
	td, err = (&ptrace.ProtoUnmarshaler{}).UnmarshalTraces(data)
	require.NoError(t, err)
	files, err := Traces(td)
	require.NoError(t, err)
	r := readRows(t, files)[0]
	require.Equal(t, "/1", r["http_route"])
	require.Equal(t, []entry{{"http.route", "/2"}, {"other.key1", "a"}, {"other.key1", "1"}}, r["attributes"])
	require.Equal(t, "ssi", r["attributes_types"])
}

// TestInvalidText holds that text in scalar columns becomes UTF-8: engines refuse files that are not.
func TestInvalidText(t *testing.T) {
	r := oneSpan(t, func(_ pcommon.Resource, s ptrace.Span) {
		s.SetName("a\xffb")
		s.Attributes().PutStr("k\xff", "v")
		s.Events().AppendEmpty().SetName("\xfe")
	})
	require.Equal(t, "a\uFFFDb", r["name"])
	require.Equal(t, []entry{{"k\uFFFD", "v"}}, r["attributes"])
	require.Equal(t, "\uFFFD", r["events"].([]any)[0].(row)["name"])
}

// TestHashes holds that the order of attributes does not change a hash, and that their values and types do.
func TestHashes(t *testing.T) {
	hash := func(fill func(m pcommon.Map)) any {
		return oneSpan(t, func(r pcommon.Resource, _ ptrace.Span) { fill(r.Attributes()) })["resource_hash"]
	}
	ab := hash(func(m pcommon.Map) { m.PutStr("a", "1"); m.PutStr("b", "2") })
	require.Equal(t, ab, hash(func(m pcommon.Map) { m.PutStr("b", "2"); m.PutStr("a", "1") }))
	require.NotEqual(t, ab, hash(func(m pcommon.Map) { m.PutStr("a", "2"); m.PutStr("b", "1") }))
	require.NotEqual(t, ab, hash(func(m pcommon.Map) { m.PutInt("a", 1); m.PutStr("b", "2") }))
}

// TestRowsAreSorted holds the order that the footer promises.
func TestRowsAreSorted(t *testing.T) {
	spans, err := Traces(newCorpus().traces(2000))
	require.NoError(t, err)
	requireSorted(t, readRows(t, spans), "service_name", "name")
	ld := newCorpus().logs(2000)
	ld.ResourceLogs().At(0).ScopeLogs().At(0).Scope().SetName("") // Null comes last.
	records, err := Logs(ld)
	require.NoError(t, err)
	requireSorted(t, readRows(t, records), "service_name", "scope_name")
}

// requireSorted holds that rows are sorted by two columns of text, then resource and time.
func requireSorted(t *testing.T, rows []row, texts ...string) {
	t.Helper()
	for i := 1; i < len(rows); i++ {
		a, b := rows[i-1], rows[i]
		order := 0
		for _, name := range texts {
			order = cmp.Or(order, cmp.Compare(a.lastIfNull(name), b.lastIfNull(name)))
		}
		order = cmp.Or(order, cmp.Compare(a.i64("resource_hash"), b.i64("resource_hash")))
		require.LessOrEqual(t, cmp.Or(order, cmp.Compare(a.i64("time"), b.i64("time"))), 0, "row %d", i)
	}
}

// lastIfNull returns the text of a column, or one behind all others.
func (r row) lastIfNull(name string) string {
	if r[name] == nil {
		return "\U0010FFFF"
	}
	return r.str(name)
}

// TestRowGroups holds that a large payload is cut into row groups, and that the Bloom filter, the sort order
// and the metadata are where engines look for them.
func TestRowGroups(t *testing.T) {
	td := ptrace.NewTraces()
	spans := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans()
	const rows = DefaultGroupRows + 10
	spans.EnsureCapacity(rows)
	for i := range rows {
		s := spans.AppendEmpty()
		s.SetTraceID(pcommon.TraceID{1, byte(i >> 16), byte(i >> 8), byte(i)})
		s.SetStartTimestamp(pcommon.Timestamp(i))
	}
	files, err := Traces(td)
	require.NoError(t, err)
	require.Len(t, files, 1)
	require.Equal(t, rows, files[0].Rows)
	pf, err := file.NewParquetReader(bytes.NewReader(files[0].Data))
	require.NoError(t, err)
	require.Equal(t, int64(rows), pf.NumRows())
	require.Equal(t, 2, pf.NumRowGroups())
	require.Equal(t, int64(DefaultGroupRows), pf.MetaData().RowGroup(0).NumRows())
	require.Equal(t, SchemaVersion, *pf.MetaData().KeyValueMetadata().FindValue("otel.schema_version"))

	chunk, err := pf.MetaData().RowGroup(0).ColumnChunk(pf.MetaData().Schema.ColumnIndexByName("trace_id"))
	require.NoError(t, err)
	set, err := chunk.StatsSet()
	require.NoError(t, err)
	require.True(t, set, "DuckDB ignores the Bloom filter of a chunk without statistics")

	first := pf.MetaData().Schema.ColumnIndexByName("service_name")
	require.Equal(t, int32(first), pf.MetaData().RowGroup(0).SortingColumns()[0].ColumnIdx)
	reader, err := pf.GetBloomFilterReader().RowGroup(0)
	require.NoError(t, err)
	filter, err := reader.GetColumnBloomFilter(pf.MetaData().Schema.ColumnIndexByName("trace_id"))
	require.NoError(t, err)
	require.True(t, filter.CheckHash(filter.Hasher().Sum64([]byte("01000005"+strings.Repeat("0", 24)))))
	require.False(t, filter.CheckHash(filter.Hasher().Sum64([]byte("ff000005"+strings.Repeat("0", 24)))))
}

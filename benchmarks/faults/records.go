package main

import (
	"encoding/binary"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// numberKey is the attribute that holds the number of a record.
const numberKey = "number"

// part is the records of one stream in a request: a resource of its own.
type part struct {
	stream   string
	start, n int
}

// describe writes the resource's attributes, by which routers tell streams.
func (p part) describe(resource pcommon.Resource) {
	resource.Attributes().PutStr("service.name", p.stream)
}

// number writes the attributes of the i-th record.
func (p part) number(record pcommon.Map, i int) {
	record.PutInt(numberKey, int64(p.start+i))
	record.PutStr("http.route", "/cart/items")
}

// addSpans adds a span for each record.
func addSpans(td ptrace.Traces, p part) {
	rs := td.ResourceSpans().AppendEmpty()
	p.describe(rs.Resource())
	spans := rs.ScopeSpans().AppendEmpty().Spans()
	spans.EnsureCapacity(p.n)
	for i := range p.n {
		var id [8]byte
		binary.BigEndian.PutUint64(id[:], uint64(p.start+i+1)) // All zeros would not be valid.
		span := spans.AppendEmpty()
		span.SetTraceID(pcommon.TraceID(append(id[:], id[:]...)))
		span.SetSpanID(id)
		span.SetName("GET /cart/items")
		p.number(span.Attributes(), i)
	}
}

// addDataPoints adds a gauge with a data point for each record.
func addDataPoints(md pmetric.Metrics, p part) {
	rm := md.ResourceMetrics().AppendEmpty()
	p.describe(rm.Resource())
	gauge := rm.ScopeMetrics().AppendEmpty().Metrics().AppendEmpty()
	gauge.SetName("cart.items")
	points := gauge.SetEmptyGauge().DataPoints()
	points.EnsureCapacity(p.n)
	for i := range p.n {
		point := points.AppendEmpty()
		point.SetIntValue(int64(i))
		p.number(point.Attributes(), i)
	}
}

// addLogRecords adds a log record for each record.
func addLogRecords(ld plog.Logs, p part) {
	rl := ld.ResourceLogs().AppendEmpty()
	p.describe(rl.Resource())
	records := rl.ScopeLogs().AppendEmpty().LogRecords()
	records.EnsureCapacity(p.n)
	for i := range p.n {
		record := records.AppendEmpty()
		record.Body().SetStr("GET /cart/items 200")
		p.number(record.Attributes(), i)
	}
}

// addProfiles adds a profile for each record. Profiles have one sample each,
// because samples are what collectors count.
func addProfiles(pd pprofile.Profiles, p part) {
	rp := pd.ResourceProfiles().AppendEmpty()
	p.describe(rp.Resource())
	profiles := rp.ScopeProfiles().AppendEmpty().Profiles()
	profiles.EnsureCapacity(p.n)
	for i := range p.n {
		attributes := pcommon.NewMap()
		p.number(attributes, i)
		profile := profiles.AppendEmpty()
		profile.Samples().AppendEmpty().Values().Append(1)
		for key, value := range attributes.All() {
			profile.AttributeIndices().Append(attribute(pd.Dictionary(), key, value))
		}
	}
}

// attribute returns the index of a key and value in a dictionary, which it adds
// if they are not there.
func attribute(d pprofile.ProfilesDictionary, key string, value pcommon.Value) int32 {
	if d.StringTable().Len() == 0 { // The first entry of each table stands for none.
		d.StringTable().Append("")
		d.AttributeTable().AppendEmpty()
		d.StackTable().AppendEmpty()
	}
	entry := pprofile.NewKeyValueAndUnit()
	value.CopyTo(entry.Value())
	entry.SetKeyStrindex(must(pprofile.SetString(d.StringTable(), key)))
	return must(pprofile.SetAttribute(d.AttributeTable(), entry))
}

// must is for what fails with a request of 50 records only if the program is
// wrong.
func must[V any](v V, err error) V {
	if err != nil {
		panic(err)
	}
	return v
}

package columnar

import (
	"encoding/base64"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pprofile"
)

// profileFiller fills the columns of profileColumns.
type profileFiller struct {
	*origin

	time, duration, period, value *numberColumn[int64]
	timeNanos, droppedAttrs       *numberColumn[int32]
	profileID, traceID            *textColumn
	sampleType, sampleUnit        *textColumn
	periodType, periodUnit        *textColumn
	payloadFormat, payload        *textColumn
	spanID                        *idColumn
	attrs, profileAttrs           measuredColumns
	values                        *listColumn[int64]
	timestamps                    *shape
	timestamp                     *numberColumn[int64]
	timestampNanos                *numberColumn[int32]
	stack                         stackColumns

	tables   profileTables // of the payload
	profiles pprofile.ProfilesSlice
	samples  pprofile.SampleSlice // of the current profile
	header   profileHeader
}

// profileHeader is what the samples of a profile share, as codes and values of the columns.
type profileHeader struct {
	us, duration, period   int64
	nanos, dropped         int32
	id                     int32
	sampleType, sampleUnit int32
	periodType, periodUnit int32
	payloadFormat, payload int32
	attrs                  measuredRange
}

func newProfileFiller(g *group, columns []column) filler[pprofile.Profiles] {
	return &profileFiller{
		origin:         bindOrigin(g, columns),
		time:           bind[*numberColumn[int64]](g, "time"),
		timeNanos:      bind[*numberColumn[int32]](g, "time_nanos"),
		duration:       bind[*numberColumn[int64]](g, "duration_ns"),
		profileID:      bind[*textColumn](g, "profile_id"),
		sampleType:     bind[*textColumn](g, "sample_type"),
		sampleUnit:     bind[*textColumn](g, "sample_unit"),
		value:          bind[*numberColumn[int64]](g, "value"),
		traceID:        bind[*textColumn](g, "trace_id"),
		spanID:         bind[*idColumn](g, "span_id"),
		attrs:          bindMeasured(g, "attributes", columns, scopeItem),
		values:         bindList[int64](g, "sample_values"),
		timestamps:     bind[*shape](g, "timestamps"),
		timestamp:      bind[*numberColumn[int64]](g, "timestamps.time"),
		timestampNanos: bind[*numberColumn[int32]](g, "timestamps.time_nanos"),
		stack:          bindStack(g, columns),
		periodType:     bind[*textColumn](g, "period_type"),
		periodUnit:     bind[*textColumn](g, "period_unit"),
		period:         bind[*numberColumn[int64]](g, "period"),
		profileAttrs:   bindMeasured(g, "profile_attributes", columns, scopeNone),
		payloadFormat:  bind[*textColumn](g, "original_payload_format"),
		payload:        bind[*textColumn](g, "original_payload"),
		droppedAttrs:   bind[*numberColumn[int32]](g, "dropped_attributes_count"),
	}
}

func (f *profileFiller) leave() {
	f.at = place{}
	f.tables, f.profiles, f.samples = profileTables{}, pprofile.ProfilesSlice{}, pprofile.SampleSlice{}
	f.stack.leave()
}

func (f *profileFiller) reset() {
	f.leave()
	f.origin.reset()
	f.attrs.reset()
	f.profileAttrs.reset()
	f.stack.reset()
}

// profileRows appends a Row for each row of pd, in payload order.
func profileRows(pd pprofile.Profiles, dst []Row) []Row {
	for r, rp := range pd.ResourceProfiles().All() {
		for s, sp := range rp.ScopeProfiles().All() {
			for i, p := range sp.Profiles().All() {
				for k := range p.Samples().Len() {
					dst = append(dst, newRow(p.Time(), r, s, i, k))
				}
			}
		}
	}
	return dst
}

func (f *profileFiller) add(pd pprofile.Profiles, r Row, i int) {
	if !f.at.valid {
		f.tables = newProfileTables(pd.Dictionary())
	}
	step := f.at.move(r)
	if step >= stepScope {
		rp := pd.ResourceProfiles().At(int(r.resource))
		sp := rp.ScopeProfiles().At(int(r.scope))
		f.enter(step, rp.Resource(), rp.SchemaUrl(), sp.Scope(), sp.SchemaUrl())
		f.profiles = sp.Profiles()
	}
	if step >= stepItem {
		f.setProfile(f.profiles.At(int(r.item)))
	}
	f.put()
	f.putHeader(i)
	f.sample(i, f.samples.At(int(r.point)))
}

// setProfile makes p the profile of the rows that follow.
func (f *profileFiller) setProfile(p pprofile.Profile) {
	t := &f.tables
	f.samples = p.Samples()
	attributes := p.AttributeIndices()
	us, nanos := micros(p.Time())
	f.header = profileHeader{
		us: us, nanos: nanos,
		duration:      int64(p.DurationNano()), // Bits are kept.
		id:            f.profileID.traceIDCode(pcommon.TraceID(p.ProfileID())),
		sampleType:    f.sampleType.code(t.text(p.SampleType().TypeStrindex())),
		sampleUnit:    f.sampleUnit.codeNonEmpty(t.text(p.SampleType().UnitStrindex())),
		periodType:    f.periodType.codeNonEmpty(t.text(p.PeriodType().TypeStrindex())),
		periodUnit:    f.periodUnit.codeNonEmpty(t.text(p.PeriodType().UnitStrindex())),
		period:        p.Period(),
		attrs:         f.profileAttrs.addIndices(t, attributes, maxSharedAttributes, target{}),
		payloadFormat: f.payloadFormat.codeNonEmpty(p.OriginalPayloadFormat()),
		payload:       f.payload.codeNonEmpty(base64.StdEncoding.EncodeToString(p.OriginalPayload().AsRaw())),
		dropped:       int32(p.DroppedAttributesCount()) + int32(max(0, attributes.Len()-maxSharedAttributes)), // Bits are kept.
	}
}

func (f *profileFiller) putHeader(i int) {
	h := &f.header
	f.time.put(i, h.us)
	f.timeNanos.put(i, h.nanos)
	f.duration.put(i, h.duration)
	putCode(f.profileID, i, h.id)
	f.sampleType.put(i, h.sampleType)
	putCode(f.sampleUnit, i, h.sampleUnit)
	putCode(f.periodType, i, h.periodType)
	putCode(f.periodUnit, i, h.periodUnit)
	f.period.put(i, h.period)
	f.profileAttrs.put(i, h.attrs)
	putCode(f.payloadFormat, i, h.payloadFormat)
	putCode(f.payload, i, h.payload)
	putNonZero(f.droppedAttrs, i, h.dropped)
}

func (f *profileFiller) sample(i int, s pprofile.Sample) {
	f.attrs.put(i, f.attrs.addIndices(&f.tables, s.AttributeIndices(), s.AttributeIndices().Len(), target{row: i}))
	f.addValues(i, s)
	if l, ok := entryOf(f.tables.links, s.LinkIndex()); ok {
		spanID := l.SpanID()
		f.traceID.put(i, f.traceID.traceIDCode(l.TraceID()))
		f.spanID.put(i, spanID[:])
	}
	f.stack.put(i, &f.tables, s.StackIndex())
}

func (f *profileFiller) addValues(i int, s pprofile.Sample) {
	total := int64(0)
	lo := f.values.begin()
	for _, v := range s.Values().All() {
		f.values.add(v)
		total += v
	}
	f.values.end(i, lo)
	if s.Values().Len() == 0 {
		total = int64(s.TimestampsUnixNano().Len())
	}
	f.value.put(i, total)
	lo = f.timestamps.entries
	for _, t := range s.TimestampsUnixNano().All() {
		us, nanos := micros(pcommon.Timestamp(t))
		at := int(f.timestamps.entries)
		f.timestamp.put(at, us)
		f.timestampNanos.put(at, nanos)
		f.timestamps.entries++ // Bounded by the payload.
	}
	f.timestamps.put(i, lo, f.timestamps.entries)
}

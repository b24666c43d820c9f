package otlprandom

import (
	"encoding/binary"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pprofile"
)

// tableSize is the number of entries of each table of a dictionary, but that of strings. There are few, so that much
// refers to the same entry.
const tableSize = 12

// Profiles returns up to some hundred samples. Their dictionary starts with the empty entries that OTLP asks for,
// and holds entries twice and ones that nothing refers to.
func Profiles(seed uint64) pprofile.Profiles {
	g := newGenerator(seed)
	pd := pprofile.NewProfiles()
	g.dictionary(pd.Dictionary())
	for range g.IntN(4) {
		rp := pd.ResourceProfiles().AppendEmpty()
		rp.SetSchemaUrl(g.anyText())
		g.resource(rp.Resource())
		for range g.IntN(3) {
			sp := rp.ScopeProfiles().AppendEmpty()
			sp.SetSchemaUrl(g.anyText())
			g.scope(sp.Scope())
			for range g.IntN(4) {
				g.profile(pd.Dictionary(), sp.Profiles().AppendEmpty())
			}
		}
	}
	return pd
}

// index returns an index into a table of n entries, often that of the empty one.
func (g generator) index(n int) int32 {
	if g.IntN(6) == 0 {
		return 0
	}
	return int32(g.IntN(n))
}

// indices appends up to most indices into a table.
func (g generator) indices(to pcommon.Int32Slice, most int) {
	for range g.IntN(most + 1) {
		to.Append(g.index(tableSize))
	}
}

func (g generator) dictionary(d pprofile.ProfilesDictionary) {
	d.StringTable().Append("")
	for _, k := range known {
		d.StringTable().Append(k.key)
	}
	for range 2 * tableSize {
		d.StringTable().Append(g.anyText())
	}
	texts := d.StringTable().Len()
	d.AttributeTable().AppendEmpty()
	d.FunctionTable().AppendEmpty()
	d.MappingTable().AppendEmpty()
	d.LocationTable().AppendEmpty()
	d.LinkTable().AppendEmpty()
	d.StackTable().AppendEmpty()
	for range tableSize - 1 {
		g.attribute(d.AttributeTable().AppendEmpty(), texts)
		f := d.FunctionTable().AppendEmpty()
		f.SetNameStrindex(g.index(texts))
		f.SetSystemNameStrindex(g.index(texts))
		f.SetFilenameStrindex(g.index(texts))
		f.SetStartLine(g.integer())
		m := d.MappingTable().AppendEmpty()
		m.SetMemoryStart(g.count())
		m.SetMemoryLimit(g.count())
		m.SetFileOffset(g.count())
		m.SetFilenameStrindex(g.index(texts))
		g.indices(m.AttributeIndices(), 2)
		g.location(d.LocationTable().AppendEmpty())
		l := d.LinkTable().AppendEmpty()
		l.SetTraceID(g.traceID())
		l.SetSpanID(g.spanID())
		g.indices(d.StackTable().AppendEmpty().LocationIndices(), 8)
	}
}

// attribute sets an attribute of a known key, with a value of the right type, or of any.
func (g generator) attribute(a pprofile.KeyValueAndUnit, texts int) {
	if g.flip() {
		at := g.IntN(len(known))
		a.SetKeyStrindex(int32(1 + at)) // As dictionary lists them.
		known[at].set(g, a.Value())
	} else {
		a.SetKeyStrindex(g.index(texts))
		g.value(a.Value(), 0)
	}
	if g.IntN(4) == 0 {
		a.SetUnitStrindex(g.index(texts))
	}
}

func (g generator) location(l pprofile.Location) {
	l.SetMappingIndex(g.index(tableSize))
	l.SetAddress(g.count())
	g.indices(l.AttributeIndices(), 2)
	for range g.IntN(4) {
		line := l.Lines().AppendEmpty()
		line.SetFunctionIndex(g.index(tableSize))
		line.SetLine(g.integer())
		if g.flip() {
			line.SetColumn(g.integer())
		}
	}
}

func (g generator) profile(d pprofile.ProfilesDictionary, p pprofile.Profile) {
	texts := d.StringTable().Len()
	if g.IntN(4) > 0 {
		var id pprofile.ProfileID
		binary.BigEndian.PutUint64(id[4:], g.Uint64N(50))
		p.SetProfileID(id)
	}
	p.SetTime(g.time())
	p.SetDurationNano(g.count())
	p.SampleType().SetTypeStrindex(g.index(texts))
	p.SampleType().SetUnitStrindex(g.index(texts))
	p.PeriodType().SetTypeStrindex(g.index(texts))
	p.PeriodType().SetUnitStrindex(g.index(texts))
	p.SetPeriod(g.integer())
	p.SetDroppedAttributesCount(g.small())
	g.indices(p.AttributeIndices(), 4)
	if g.IntN(4) == 0 {
		p.SetOriginalPayloadFormat(g.anyText())
		p.OriginalPayload().FromRaw([]byte(g.anyText()))
	}
	for range g.IntN(8) {
		s := p.Samples().AppendEmpty()
		s.SetStackIndex(g.index(tableSize))
		s.SetLinkIndex(g.index(tableSize))
		g.indices(s.AttributeIndices(), 6)
		for range g.IntN(4) {
			s.Values().Append(g.integer())
		}
		for range g.IntN(4) {
			s.TimestampsUnixNano().Append(uint64(g.time()))
		}
	}
}

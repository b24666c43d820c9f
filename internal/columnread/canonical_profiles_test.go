package columnread

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pprofile"
)

// sampleRows shows each sample with all that it refers to, in order of its content. What is referred to and is not
// there counts as empty, or not at all in a list.
func sampleRows(_ testing.TB, pd pprofile.Profiles) []row {
	var rows []row
	c := canonicalDictionary{pd.Dictionary()}
	for _, rp := range pd.ResourceProfiles().All() {
		for _, sp := range rp.ScopeProfiles().All() {
			ld := plog.NewLogs()
			r := ld.ResourceLogs().AppendEmpty()
			r.SetSchemaUrl(clean(rp.SchemaUrl()))
			setResource(rp.Resource(), r.Resource())
			s := r.ScopeLogs().AppendEmpty()
			s.SetSchemaUrl(clean(sp.SchemaUrl()))
			setScope(sp.Scope(), s.Scope())
			origin := show(ld)
			for _, p := range sp.Profiles().All() {
				profile := c.profile(p)
				for _, s := range p.Samples().All() {
					text := origin + profile + c.sample(s)
					rows = append(rows, row{text, text})
				}
			}
		}
	}
	sortRows(rows)
	return rows
}

// show is a payload as text that tells all values apart: bytes that are not UTF-8 must not be replaced.
func show(ld plog.Logs) string {
	proto, err := (&plog.ProtoMarshaler{}).MarshalLogs(ld)
	if err != nil {
		panic(err)
	}
	return fmt.Sprintf("%q\n", proto)
}

// canonicalDictionary resolves what a payload's profiles refer to.
type canonicalDictionary struct{ pprofile.ProfilesDictionary }

func find[E any, S interface {
	Len() int
	At(int) E
}](table S, i int32, none E) E {
	if i < 0 || int(i) >= table.Len() {
		return none
	}
	return table.At(int(i))
}

func (c canonicalDictionary) text(i int32) string { return clean(find(c.StringTable(), i, "")) }

// attributes shows a set of attributes, sorted by key if promotion may have changed their order.
func (c canonicalDictionary) attributes(indices pcommon.Int32Slice, sorted bool) string {
	type attribute struct{ key, text string }
	var all []attribute
	for _, i := range indices.All() {
		if i < 0 || int(i) >= c.AttributeTable().Len() {
			continue
		}
		a := c.AttributeTable().At(int(i))
		ld := plog.NewLogs()
		setNestedValue(a.Value(), ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty().Body())
		key := c.text(a.KeyStrindex())
		all = append(all, attribute{key, fmt.Sprintf("%q unit %q: %s", key, c.text(a.UnitStrindex()), show(ld))})
	}
	if sorted {
		slices.SortStableFunc(all, func(a, b attribute) int { return strings.Compare(a.key, b.key) })
	}
	return fmt.Sprintln(all)
}

func (c canonicalDictionary) profile(p pprofile.Profile) string {
	return fmt.Sprintf("profile %s at %d for %d, %q %q every %d %q %q, dropped %d, from %q %q\n",
		p.ProfileID(), p.Time(), p.DurationNano(), c.text(p.SampleType().TypeStrindex()), c.text(p.SampleType().UnitStrindex()),
		p.Period(), c.text(p.PeriodType().TypeStrindex()), c.text(p.PeriodType().UnitStrindex()), p.DroppedAttributesCount(),
		clean(p.OriginalPayloadFormat()), p.OriginalPayload().AsRaw()) + c.attributes(p.AttributeIndices(), false)
}

func (c canonicalDictionary) sample(s pprofile.Sample) string {
	link := find(c.LinkTable(), s.LinkIndex(), pprofile.NewLink())
	text := fmt.Sprintln("sample", s.Values().AsRaw(), s.TimestampsUnixNano().AsRaw(), link.TraceID(), link.SpanID()) +
		c.attributes(s.AttributeIndices(), true)
	for _, i := range find(c.StackTable(), s.StackIndex(), pprofile.NewStack()).LocationIndices().All() {
		if i >= 0 && int(i) < c.LocationTable().Len() {
			text += c.location(c.LocationTable().At(int(i)))
		}
	}
	return text
}

func (c canonicalDictionary) location(l pprofile.Location) string {
	m := find(c.MappingTable(), l.MappingIndex(), pprofile.NewMapping())
	text := fmt.Sprintf("location %x in %q %x-%x at %x\n", l.Address(), c.text(m.FilenameStrindex()), m.MemoryStart(), m.MemoryLimit(), m.FileOffset()) +
		c.attributes(l.AttributeIndices(), false) + c.attributes(m.AttributeIndices(), false)
	for _, line := range l.Lines().All() {
		f := find(c.FunctionTable(), line.FunctionIndex(), pprofile.NewFunction())
		text += fmt.Sprintf("line %d:%d of %q %q in %q:%d\n", line.Line(), line.Column(), c.text(f.NameStrindex()),
			c.text(f.SystemNameStrindex()), c.text(f.FilenameStrindex()), f.StartLine())
	}
	return text
}

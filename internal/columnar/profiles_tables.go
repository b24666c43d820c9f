package columnar

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pprofile"
)

// maxSharedAttributes bounds the attributes of a profile that are kept. An attribute costs its sender a byte, and
// us a multiple of that in each of the profile's samples.
const maxSharedAttributes = 1024

// profileTables is a payload's dictionary. Senders fill it, so no index is trusted: what refers to an entry that
// is not there refers to nothing.
type profileTables struct {
	strings    pcommon.StringSlice
	attributes pprofile.KeyValueAndUnitSlice
	stacks     pprofile.StackSlice
	locations  pprofile.LocationSlice
	functions  pprofile.FunctionSlice
	mappings   pprofile.MappingSlice
	links      pprofile.LinkSlice
}

func newProfileTables(d pprofile.ProfilesDictionary) profileTables {
	return profileTables{
		strings:    d.StringTable(),
		attributes: d.AttributeTable(),
		stacks:     d.StackTable(),
		locations:  d.LocationTable(),
		functions:  d.FunctionTable(),
		mappings:   d.MappingTable(),
		links:      d.LinkTable(),
	}
}

// entryOf returns the entry at i, and whether there is one. Without one the zero value must not be used.
func entryOf[E any, S interface {
	Len() int
	At(i int) E
}](table S, i int32) (E, bool) {
	if i < 0 || int(i) >= table.Len() {
		var none E
		return none, false
	}
	return table.At(int(i)), true
}

// text returns the string at i, or "".
func (t *profileTables) text(i int32) string {
	s, _ := entryOf(t.strings, i)
	return s
}

// measuredColumns are the columns of attributes that may have units.
type measuredColumns struct {
	*attributeColumns
	units *mapColumn
}

// measuredRange is a set of attributes as the columns hold it.
type measuredRange struct {
	attributeRange
	unitsLo, unitsHi int32
}

func bindMeasured(g *group, path string, columns []column, s scope) measuredColumns {
	return measuredColumns{bindAttributes(g, path, columns, s), bind[*mapColumn](g, path+"_units")}
}

// addIndices adds the attributes that up to most of the indices refer to; see attributeColumns.add.
func (c *measuredColumns) addIndices(t *profileTables, indices pcommon.Int32Slice, most int, to target) measuredRange {
	most = min(most, indices.Len())
	lo, measured := c.begin(), false
	for k := range most {
		if a, ok := entryOf(t.attributes, indices.At(k)); ok {
			measured = measured || t.text(a.UnitStrindex()) != ""
			c.entry(t.text(a.KeyStrindex()), a.Value(), &to)
		}
	}
	r := measuredRange{attributeRange: c.finish(lo)}
	if measured {
		r.unitsLo = c.units.shape.entries
		c.addUnits(t, indices, most)
		r.unitsHi = c.units.shape.entries
	}
	return r
}

// addUnits lists the unit of each attribute, not only of those that have one: a key may be there twice.
func (c *measuredColumns) addUnits(t *profileTables, indices pcommon.Int32Slice, most int) {
	for k := range most {
		if a, ok := entryOf(t.attributes, indices.At(k)); ok {
			at := int(c.units.shape.entries)
			c.units.keys.putText(at, t.text(a.KeyStrindex()))
			c.units.values.putText(at, t.text(a.UnitStrindex()))
			c.units.shape.entries++
		}
	}
}

// put gives entry i of the columns' parent the attributes in r.
func (c *measuredColumns) put(i int, r measuredRange) {
	c.attributeColumns.put(i, r.attributeRange)
	if r.unitsLo < r.unitsHi {
		c.units.shape.put(i, r.unitsLo, r.unitsHi)
	}
}

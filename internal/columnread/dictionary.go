package columnread

import (
	"encoding/binary"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pprofile"
)

// dictionary builds the tables of a payload of profiles. Nothing is in a table twice, and the first entry of each
// is the empty one, which stands for "not set".
type dictionary struct {
	tables  pprofile.ProfilesDictionary
	texts   map[string]int32
	entries map[string]int32 // of the other tables, by table and content
	key     []byte
}

// The tables, as the keys of dictionary.entries begin.
const (
	tableAttributes = 'a'
	tableFunctions  = 'f'
	tableLinks      = 'k'
	tableLocations  = 'l'
	tableMappings   = 'm'
	tableStacks     = 's'
)

func newDictionary(tables pprofile.ProfilesDictionary) *dictionary {
	d := &dictionary{tables: tables, texts: map[string]int32{}, entries: map[string]int32{}}
	d.text("")
	d.attribute("", pcommon.NewValueEmpty(), "")
	d.function(function{})
	d.mapping(mapping{})
	d.location(location{})
	d.link(pcommon.TraceID{}, pcommon.SpanID{})
	d.stack(nil)
	return d
}

// function, mapping and location are entries of their tables before they have an index. What they refer to is in
// the dictionary already.
type (
	function struct {
		name, system, file string
		startLine          int64
	}
	mapping struct {
		start, limit, offset int64 // bits of unsigned numbers
		file                 string
		attributes           []int32
	}
	location struct {
		mapping    int32
		address    int64 // bits of an unsigned number
		lines      []line
		attributes []int32
	}
	line struct {
		function     int32
		line, column int64
	}
)

// text returns the index of s.
func (d *dictionary) text(s string) int32 {
	i, ok := d.texts[s]
	if !ok {
		i = int32(d.tables.StringTable().Len()) // Bounded by maxEntries, as all tables are.
		d.tables.StringTable().Append(s)
		d.texts[s] = i
	}
	return i
}

// begin starts the key of an entry.
func (d *dictionary) begin(table byte) []byte { return append(d.key[:0], table) }

// find returns the index of the entry with the given key, which is the next one if the entry is new.
func (d *dictionary) find(key []byte, next int) (index int32, known bool) {
	d.key = key
	if i, ok := d.entries[string(key)]; ok {
		return i, true
	}
	d.entries[string(key)] = int32(next) // See text.
	return int32(next), false            // See text.
}

func (d *dictionary) attribute(key string, v pcommon.Value, unit string) int32 {
	id := appendText(appendText(d.begin(tableAttributes), key), unit)
	i, known := d.find(appendValueID(id, v), d.tables.AttributeTable().Len())
	if !known {
		a := d.tables.AttributeTable().AppendEmpty()
		a.SetKeyStrindex(d.text(key))
		a.SetUnitStrindex(d.text(unit))
		v.CopyTo(a.Value())
	}
	return i
}

func (d *dictionary) function(f function) int32 {
	id := appendText(appendText(appendText(d.begin(tableFunctions), f.name), f.system), f.file)
	i, known := d.find(appendNumber(id, f.startLine), d.tables.FunctionTable().Len())
	if !known {
		to := d.tables.FunctionTable().AppendEmpty()
		to.SetNameStrindex(d.text(f.name))
		to.SetSystemNameStrindex(d.text(f.system))
		to.SetFilenameStrindex(d.text(f.file))
		to.SetStartLine(f.startLine)
	}
	return i
}

func (d *dictionary) mapping(m mapping) int32 {
	id := appendNumber(appendNumber(appendNumber(d.begin(tableMappings), m.start), m.limit), m.offset)
	i, known := d.find(appendIndices(appendText(id, m.file), m.attributes), d.tables.MappingTable().Len())
	if !known {
		to := d.tables.MappingTable().AppendEmpty()
		to.SetMemoryStart(uint64(m.start)) // Bits were kept.
		to.SetMemoryLimit(uint64(m.limit)) // Bits were kept.
		to.SetFileOffset(uint64(m.offset)) // Bits were kept.
		to.SetFilenameStrindex(d.text(m.file))
		to.AttributeIndices().FromRaw(m.attributes)
	}
	return i
}

func (d *dictionary) location(l location) int32 {
	id := appendIndices(appendNumber(appendNumber(d.begin(tableLocations), l.mapping), l.address), l.attributes)
	for _, line := range l.lines {
		id = appendNumber(appendNumber(appendNumber(id, line.function), line.line), line.column)
	}
	i, known := d.find(id, d.tables.LocationTable().Len())
	if !known {
		to := d.tables.LocationTable().AppendEmpty()
		to.SetMappingIndex(l.mapping)
		to.SetAddress(uint64(l.address)) // Bits were kept.
		to.AttributeIndices().FromRaw(l.attributes)
		to.Lines().EnsureCapacity(len(l.lines))
		for _, line := range l.lines {
			of := to.Lines().AppendEmpty()
			of.SetFunctionIndex(line.function)
			of.SetLine(line.line)
			of.SetColumn(line.column)
		}
	}
	return i
}

func (d *dictionary) link(trace pcommon.TraceID, span pcommon.SpanID) int32 {
	id := append(append(d.begin(tableLinks), trace[:]...), span[:]...)
	i, known := d.find(id, d.tables.LinkTable().Len())
	if !known {
		l := d.tables.LinkTable().AppendEmpty()
		l.SetTraceID(trace)
		l.SetSpanID(span)
	}
	return i
}

func (d *dictionary) stack(locations []int32) int32 {
	i, known := d.find(appendIndices(d.begin(tableStacks), locations), d.tables.StackTable().Len())
	if !known {
		d.tables.StackTable().AppendEmpty().LocationIndices().FromRaw(locations)
	}
	return i
}

func appendIndices(buf []byte, indices []int32) []byte {
	buf = binary.AppendUvarint(buf, uint64(len(indices)))
	for _, i := range indices {
		buf = appendNumber(buf, i)
	}
	return buf
}

// appendValueID appends what tells v from all other values.
func appendValueID(buf []byte, v pcommon.Value) []byte {
	buf = append(buf, byte(v.Type()))
	switch v.Type() {
	case pcommon.ValueTypeStr:
		return appendText(buf, v.Str())
	case pcommon.ValueTypeInt:
		return appendNumber(buf, v.Int())
	case pcommon.ValueTypeDouble:
		return appendDouble(buf, v.Double())
	case pcommon.ValueTypeBool:
		return appendBool(buf, v.Bool())
	case pcommon.ValueTypeBytes:
		return appendText(buf, string(v.Bytes().AsRaw()))
	case pcommon.ValueTypeSlice:
		buf = binary.AppendUvarint(buf, uint64(v.Slice().Len()))
		for _, item := range v.Slice().All() {
			buf = appendValueID(buf, item)
		}
	case pcommon.ValueTypeMap:
		buf = binary.AppendUvarint(buf, uint64(v.Map().Len()))
		for key, item := range v.Map().All() {
			buf = appendValueID(appendText(buf, key), item)
		}
	default:
	}
	return buf
}

package shop

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pprofile"
)

// dictionary fills the tables that all profiles of a payload share. Entry 0 of
// each table is the zero value, which stands for "not set". The maps make a
// lookup cheap; pprofile's own Set functions search the whole table.
type dictionary struct {
	tables    pprofile.ProfilesDictionary
	strings   map[string]int32
	functions map[frame]int32
	locations map[placed]int32
	mappings  map[string]int32
	labels    map[label]int32
}

// placed is a frame in one binary, label an attribute with a text.
type (
	placed struct {
		frame
		mapping int32
	}
	label struct{ key, value string }
)

func newDictionary(tables pprofile.ProfilesDictionary) *dictionary {
	tables.StringTable().Append("")
	tables.FunctionTable().AppendEmpty()
	tables.LocationTable().AppendEmpty()
	tables.MappingTable().AppendEmpty()
	tables.LinkTable().AppendEmpty()
	tables.StackTable().AppendEmpty()
	tables.AttributeTable().AppendEmpty()
	return &dictionary{
		tables:    tables,
		strings:   map[string]int32{"": 0},
		functions: map[frame]int32{},
		locations: map[placed]int32{},
		mappings:  map[string]int32{},
		labels:    map[label]int32{},
	}
}

func (t *dictionary) text(s string) int32 {
	i, ok := t.strings[s]
	if !ok {
		i = int32(t.tables.StringTable().Len())
		t.tables.StringTable().Append(s)
		t.strings[s] = i
	}
	return i
}

func (t *dictionary) valueType(v pprofile.ValueType, name, unit string) {
	v.SetTypeStrindex(t.text(name))
	v.SetUnitStrindex(t.text(unit))
}

func (t *dictionary) function(f frame) int32 {
	f.line = 0 // All lines of a function share its entry.
	i, ok := t.functions[f]
	if !ok {
		i = int32(t.tables.FunctionTable().Len())
		fn := t.tables.FunctionTable().AppendEmpty()
		fn.SetNameStrindex(t.text(f.function))
		fn.SetSystemNameStrindex(t.text(f.function))
		fn.SetFilenameStrindex(t.text(f.file))
		t.functions[f] = i
	}
	return i
}

func (t *dictionary) mapping(file string) int32 {
	i, ok := t.mappings[file]
	if !ok {
		i = int32(t.tables.MappingTable().Len())
		m := t.tables.MappingTable().AppendEmpty()
		m.SetMemoryStart(0x400000)
		m.SetMemoryLimit(0x1400000)
		m.SetFilenameStrindex(t.text(file))
		t.mappings[file] = i
	}
	return i
}

func (t *dictionary) location(f frame, mapping int32) int32 {
	key := placed{f, mapping}
	i, ok := t.locations[key]
	if !ok {
		i = int32(t.tables.LocationTable().Len())
		l := t.tables.LocationTable().AppendEmpty()
		l.SetMappingIndex(mapping)
		l.SetAddress(0x400000 + uint64(i)*0x40)
		line := l.Lines().AppendEmpty()
		line.SetFunctionIndex(t.function(f))
		line.SetLine(int64(f.line))
		t.locations[key] = i
	}
	return i
}

// stack adds a stack of frames, innermost first.
func (t *dictionary) stack(frames []frame, mapping int32) int32 {
	i := int32(t.tables.StackTable().Len())
	indices := t.tables.StackTable().AppendEmpty().LocationIndices()
	indices.EnsureCapacity(len(frames))
	for _, f := range frames {
		indices.Append(t.location(f, mapping))
	}
	return i
}

func (t *dictionary) link(trace pcommon.TraceID, span pcommon.SpanID) int32 {
	i := int32(t.tables.LinkTable().Len())
	l := t.tables.LinkTable().AppendEmpty()
	l.SetTraceID(trace)
	l.SetSpanID(span)
	return i
}

// label returns the attribute that says that key is value.
func (t *dictionary) label(key, value string) int32 {
	l := label{key, value}
	i, ok := t.labels[l]
	if !ok {
		v, at := t.attribute(key)
		v.SetStr(value)
		i, t.labels[l] = at, at
	}
	return i
}

// number adds the attribute that says that key is value.
func (t *dictionary) number(key string, value int64) int32 {
	v, i := t.attribute(key)
	v.SetInt(value)
	return i
}

// attribute adds an entry to the attribute table and returns its value, to be
// set, and its index.
func (t *dictionary) attribute(key string) (pcommon.Value, int32) {
	i := int32(t.tables.AttributeTable().Len())
	a := t.tables.AttributeTable().AppendEmpty()
	a.SetKeyStrindex(t.text(key))
	return a.Value(), i
}

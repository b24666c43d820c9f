package columnar

import (
	"strconv"

	"github.com/zeebo/xxh3"
	"go.opentelemetry.io/collector/pdata/pprofile"
)

// maxStack bounds the frames of a stack that are kept, together with the attributes of their locations and
// mappings. A sample refers to a stack of any length with a byte or two, and each row holds all of it.
const maxStack = 16 << 10

// stackColumns are the columns of a sample's frames. A stack of the payload's dictionary is added once; all samples
// that have it share its frames.
type stackColumns struct {
	shape                      *shape
	function, system, file     *textColumn
	startLine, line, column    *numberColumn[int64]
	address                    *numberColumn[int64]
	inlined                    *numberColumn[bool]
	attrs, mappingAttrs        measuredColumns
	mappingFile                *textColumn
	mappingStart, mappingLimit *numberColumn[int64]
	mappingOffset              *numberColumn[int64]
	within                     [4]*shape // that frames are the parents of
	hash                       *numberColumn[int64]
	leaf                       *textColumn
	dropped                    *numberColumn[int32]
	known                      map[int32]stackRange // of the payload, by index in its table
	buf                        []byte               // what the hash is of
}

// stackRange is a stack as the columns hold it.
type stackRange struct {
	lo, hi  int32
	within  [4]int // slots of the shapes within
	hash    int64
	leaf    int32 // code of the first frame's function
	dropped int32
}

func bindStack(g *group, columns []column) stackColumns {
	c := stackColumns{
		shape:         bind[*shape](g, "stack"),
		function:      bind[*textColumn](g, "stack.function_name"),
		system:        bind[*textColumn](g, "stack.system_name"),
		file:          bind[*textColumn](g, "stack.file_name"),
		startLine:     bind[*numberColumn[int64]](g, "stack.start_line"),
		line:          bind[*numberColumn[int64]](g, "stack.line"),
		column:        bind[*numberColumn[int64]](g, "stack.column_number"),
		address:       bind[*numberColumn[int64]](g, "stack.address"),
		inlined:       bind[*numberColumn[bool]](g, "stack.inlined"),
		attrs:         bindMeasured(g, "stack.attributes", columns, scopeNone),
		mappingFile:   bind[*textColumn](g, "stack.mapping_file_name"),
		mappingStart:  bind[*numberColumn[int64]](g, "stack.mapping_start"),
		mappingLimit:  bind[*numberColumn[int64]](g, "stack.mapping_limit"),
		mappingOffset: bind[*numberColumn[int64]](g, "stack.mapping_offset"),
		mappingAttrs:  bindMeasured(g, "stack.mapping_attributes", columns, scopeNone),
		hash:          bind[*numberColumn[int64]](g, "stack_hash"),
		leaf:          bind[*textColumn](g, "function_name"),
		dropped:       bind[*numberColumn[int32]](g, "dropped_frames_count"),
		known:         map[int32]stackRange{},
	}
	c.within = [4]*shape{
		c.attrs.entries.shape, c.attrs.units.shape, c.mappingAttrs.entries.shape, c.mappingAttrs.units.shape,
	}
	return c
}

// leave forgets the payload's stacks.
func (c *stackColumns) leave() { clear(c.known) }

func (c *stackColumns) reset() {
	c.leave()
	c.attrs.reset()
	c.mappingAttrs.reset()
	c.buf = recycle(c.buf)
}

// put gives row i the stack at index.
func (c *stackColumns) put(i int, t *profileTables, index int32) {
	r, ok := c.known[index]
	if !ok {
		r = c.add(t, index)
		c.known[index] = r
	}
	if r.lo < r.hi {
		c.shape.put(i, r.lo, r.hi)
		c.hash.put(i, r.hash)
		putCode(c.leaf, i, r.leaf)
	}
	for k, s := range c.within {
		s.slots += r.within[k]
	}
	putNonZero(c.dropped, i, r.dropped)
}

// add adds the frames of the stack at index, as far as they are not too many.
func (c *stackColumns) add(t *profileTables, index int32) stackRange {
	r := stackRange{lo: c.shape.entries, leaf: -1}
	stack, ok := entryOf(t.stacks, index)
	if !ok {
		r.hi = r.lo
		return r
	}
	for k, s := range c.within {
		r.within[k] = s.slots
	}
	c.buf = c.buf[:0]
	room := maxStack
	for _, i := range stack.LocationIndices().All() {
		l, ok := entryOf(t.locations, i)
		if !ok {
			continue
		}
		if room -= weight(t, l); room < 0 || r.dropped > 0 {
			r.dropped += int32(max(1, l.Lines().Len())) // Bounded by the payload.
			continue
		}
		c.addLocation(t, l)
	}
	r.hi = c.shape.entries
	if r.lo < r.hi {
		r.leaf = c.leafCode(int(r.lo))
	}
	r.hash = int64(xxh3.Hash(c.buf)) // A hash has no sign.
	for k, s := range c.within {     // The rows that refer to the stack are counted, not the stack.
		r.within[k], s.slots = s.slots-r.within[k], r.within[k]
	}
	return r
}

// leafCode returns the code of frame's function in the column of the first frames' functions, -1 if it has none.
func (c *stackColumns) leafCode(frame int) int32 {
	if frame >= c.function.codes.len() {
		return -1
	}
	code := c.function.codes.at(frame)
	if code < 0 {
		return -1
	}
	return c.leaf.dict.code(c.function.dict.at(int32(code))) // It was one.
}

// weight returns how many entries the frames of a location take.
func weight(t *profileTables, l pprofile.Location) int {
	attributes := l.AttributeIndices().Len()
	if m, ok := entryOf(t.mappings, l.MappingIndex()); ok {
		attributes += m.AttributeIndices().Len()
	}
	return max(1, l.Lines().Len()) * (1 + attributes)
}

// addLocation adds the frames of a location, which share all but function and line.
func (c *stackColumns) addLocation(t *profileTables, l pprofile.Location) {
	attrs := c.attrs.addIndices(t, l.AttributeIndices(), maxStack, target{})
	mapping, mapped := entryOf(t.mappings, l.MappingIndex())
	var mappingAttrs measuredRange
	mappingFile := ""
	if mapped {
		mappingAttrs = c.mappingAttrs.addIndices(t, mapping.AttributeIndices(), maxStack, target{})
		mappingFile = t.text(mapping.FilenameStrindex())
	}
	lines := l.Lines().Len()
	for k := range max(1, lines) {
		at := int(c.shape.entries)
		c.shape.entries++
		c.inlined.put(at, k < lines-1)
		c.address.put(at, int64(l.Address())) // Bits are kept.
		c.attrs.put(at, attrs)
		if mapped {
			c.mappingFile.putNonEmpty(at, mappingFile)
			c.mappingStart.put(at, int64(mapping.MemoryStart())) // Bits are kept.
			c.mappingLimit.put(at, int64(mapping.MemoryLimit())) // Bits are kept.
			c.mappingOffset.put(at, int64(mapping.FileOffset())) // Bits are kept.
			c.mappingAttrs.put(at, mappingAttrs)
		}
		function, file, position := "", mappingFile, int64(l.Address()) // Bits are kept.
		if k < lines {
			line := l.Lines().At(k)
			if name, of := c.putLine(at, t, line); name != "" {
				function, file, position = name, of, line.Line()
			}
		}
		c.hashFrame(function, file, position)
	}
}

// hashFrame adds a frame to what the hash is of. Where the function is known the address says no more, and differs
// from process to process.
func (c *stackColumns) hashFrame(function, file string, position int64) {
	c.buf = append(append(append(append(c.buf, function...), 0), file...), 0)
	c.buf = append(strconv.AppendInt(c.buf, position, 10), 0)
}

// putLine sets frame at from a line, and returns its function's name and file.
func (c *stackColumns) putLine(at int, t *profileTables, l pprofile.Line) (name, file string) {
	c.line.put(at, l.Line())
	c.column.put(at, l.Column())
	f, ok := entryOf(t.functions, l.FunctionIndex())
	if !ok {
		return "", ""
	}
	name, file = t.text(f.NameStrindex()), t.text(f.FilenameStrindex())
	c.function.putNonEmpty(at, name)
	c.system.putNonEmpty(at, t.text(f.SystemNameStrindex()))
	c.file.putNonEmpty(at, file)
	c.startLine.put(at, f.StartLine())
	return name, file
}

package columnread

// stackColumns are the columns of samples' frames.
type stackColumns struct {
	function, system, file      *textLeaf
	startLine, line, column     *leaf[int64, int64]
	inlined                     *leaf[bool, bool]
	address                     *leaf[int64, int64]
	attrs, mappingAttrs         *measured
	mappingFile                 *textLeaf
	mappingStart, limit, offset *leaf[int64, int64]

	indices []int32 // of the current row's locations
}

func bindStack(t *table) stackColumns {
	const stack = "stack" + inList + "."
	return stackColumns{
		function:     bindTextIn(t, stack+"function_name", 1),
		system:       bindTextIn(t, stack+"system_name", 1),
		file:         bindTextIn(t, stack+"file_name", 1),
		startLine:    bindNumberIn[int64](t, stack+"start_line", 1),
		line:         bindNumberIn[int64](t, stack+"line", 1),
		column:       bindNumberIn[int64](t, stack+"column_number", 1),
		inlined:      bindNumberIn[bool](t, stack+"inlined", 1),
		address:      bindNumberIn[int64](t, stack+"address", 1),
		attrs:        bindMeasured(t, stack+"attributes", 1, nil),
		mappingFile:  bindTextIn(t, stack+"mapping_file_name", 1),
		mappingStart: bindNumberIn[int64](t, stack+"mapping_start", 1),
		limit:        bindNumberIn[int64](t, stack+"mapping_limit", 1),
		offset:       bindNumberIn[int64](t, stack+"mapping_offset", 1),
		mappingAttrs: bindMeasured(t, stack+"mapping_attributes", 1, nil),
	}
}

// start begins a payload.
func (c *stackColumns) start() {
	c.attrs.start()
	c.mappingAttrs.start()
}

// locations returns where in the dictionary the locations of row i's stack are. They are good until the next call.
func (c *stackColumns) locations(i int, d *dictionary) ([]int32, error) {
	c.indices = c.indices[:0]
	lo, hi := c.function.outer(i)
	var lines []line
	for k := lo; k < hi; k++ {
		if c.line.has(k) {
			lines = append(lines, line{c.functionAt(k, d), c.line.entries[k], c.column.entries[k]})
		}
		if c.inlined.entries[k] && k+1 < hi {
			continue // The next frame has the same location.
		}
		l, err := c.locationAt(k, d)
		if err != nil {
			return nil, err
		}
		l.lines = lines
		c.indices = append(c.indices, d.location(l))
		lines = lines[:0]
	}
	return c.indices, nil
}

func (c *stackColumns) functionAt(k int, d *dictionary) int32 {
	return d.function(function{
		name: c.function.entries[k], system: c.system.entries[k], file: c.file.entries[k], startLine: c.startLine.entries[k],
	})
}

// locationAt returns the location of frame k, without its lines.
func (c *stackColumns) locationAt(k int, d *dictionary) (location, error) {
	attributes, err := c.attrs.indices(k, d)
	if err != nil {
		return location{}, err
	}
	mappingAttributes, err := c.mappingAttrs.indices(k, d)
	if err != nil {
		return location{}, err
	}
	return location{
		mapping: d.mapping(mapping{
			start: c.mappingStart.entries[k], limit: c.limit.entries[k], offset: c.offset.entries[k],
			file: c.mappingFile.entries[k], attributes: mappingAttributes,
		}),
		address:    c.address.entries[k],
		attributes: attributes,
	}, nil
}

package columnar

import "go.opentelemetry.io/collector/pdata/pcommon"

// promotedColumn is a column that takes the values of one attribute, if they are of its type.
type promotedColumn struct {
	key    string
	absent string // of a column that is never null: stands for no value; as a value it stays in the map too

	kind     kind // says which one of these is there
	text     *textColumn
	last     int32 // code of the text before, -1 if there is none
	int32s   *numberColumn[int32]
	int64s   *numberColumn[int64]
	doubles  *numberColumn[float64]
	bools    *numberColumn[bool]
	declined int // the map whose first value it could not hold, counted from 1
}

// promotedValue is a value in the form of its column.
type promotedValue struct {
	ok     bool
	truth  bool
	code   int32 // of a text, in the column's dictionary
	number int64
	double float64
}

func bindPromoted(g *group, c *column) promotedColumn {
	p := promotedColumn{key: c.key, kind: c.kind, last: -1}
	switch c.kind {
	case kindInt32:
		p.int32s = bind[*numberColumn[int32]](g, c.name)
	case kindInt64:
		p.int64s = bind[*numberColumn[int64]](g, c.name)
	case kindDouble:
		p.doubles = bind[*numberColumn[float64]](g, c.name)
	case kindBool:
		p.bools = bind[*numberColumn[bool]](g, c.name)
	default:
		p.text = bind[*textColumn](g, c.name)
	}
	if !c.optional {
		p.absent = unknownService
	}
	return p
}

// value returns v in the form of the column; it is not ok when the column cannot hold v: v is of another type,
// too large, or not UTF-8.
func (p *promotedColumn) value(v pcommon.Value) promotedValue {
	var out promotedValue
	switch t := v.Type(); {
	case p.kind == kindText && t == pcommon.ValueTypeStr:
		out.code, out.ok = p.textCode(v.Str())
	case p.kind == kindInt32 && t == pcommon.ValueTypeInt:
		out.number = v.Int()
		out.ok = out.number == int64(int32(out.number)) // The point of the comparison.
	case p.kind == kindInt64 && t == pcommon.ValueTypeInt:
		out.number, out.ok = v.Int(), true
	case p.kind == kindDouble && t == pcommon.ValueTypeDouble:
		out.double, out.ok = v.Double(), true
	case p.kind == kindBool && t == pcommon.ValueTypeBool:
		out.truth, out.ok = v.Bool(), true
	}
	return out
}

// textCode returns the code of s, and whether s is valid UTF-8. Values tend to come again, so the last one is tried
// before hashing.
func (p *promotedColumn) textCode(s string) (int32, bool) {
	if p.text.dict.is(p.last, s) {
		return p.last, true
	}
	code, ok := p.text.dict.codeUTF8(s)
	if ok {
		p.last = code
	}
	return code, ok
}

// len returns the number of rows that were set or skipped so far.
func (p *promotedColumn) len() int {
	switch p.kind {
	case kindInt32:
		return p.int32s.values.len()
	case kindInt64:
		return p.int64s.values.len()
	case kindDouble:
		return p.doubles.values.len()
	case kindBool:
		return p.bools.values.len()
	default:
		return p.text.codes.len()
	}
}

// put sets row i to a value that is ok.
func (p *promotedColumn) put(i int, v promotedValue) {
	switch p.kind {
	case kindInt32:
		p.int32s.put(i, int32(v.number)) // Checked by value.
	case kindInt64:
		p.int64s.put(i, v.number)
	case kindDouble:
		p.doubles.put(i, v.double)
	case kindBool:
		p.bools.put(i, v.truth)
	default:
		p.text.put(i, v.code)
	}
}

// keep sets an empty value to v and answers whether the column stands for v then: it can hold v, and v is not what
// stands for no value.
func (p *promotedColumn) keep(to *promotedValue, v pcommon.Value) bool {
	if to.ok {
		return false
	}
	*to = p.value(v)
	return to.ok && (p.absent == "" || v.Str() != p.absent)
}

// take sets row i from v and answers whether it did: the column can hold v, and v is the row's first.
func (p *promotedColumn) take(i int, v pcommon.Value) bool {
	if p.kind == kindText {
		return v.Type() == pcommon.ValueTypeStr && p.takeText(i, v.Str())
	}
	if p.len() > i {
		return false
	}
	value := p.value(v)
	if value.ok {
		p.put(i, value)
	}
	return value.ok
}

// takeText is take for most columns.
func (p *promotedColumn) takeText(i int, s string) bool {
	if p.text.codes.len() > i {
		return false
	}
	code, ok := p.textCode(s)
	if ok {
		p.text.put(i, code)
	}
	return ok
}

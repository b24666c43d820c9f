package parquet

// Levels say which slots of a column chunk have a value. A slot is a row, or an entry of a list, or the one slot
// of a list without entries. The zero value of Def and Rep stands for levels that are all the same.
type Levels struct {
	// Slots is the number of slots, Values that of slots with a value.
	Slots, Values int
	// Def holds the definition levels. It is nil when all slots have a value, or, in a column that is Optional and
	// in no list, none has.
	Def []uint8
	// Rep holds the repetition levels. It is nil in a column that is in no list.
	Rep []uint8
	// Again says that all of this is as in the column before, as for the values of a map after its keys.
	Again bool
}

// encodedLevels are the levels of a column's first page.
type encodedLevels struct {
	buf   []byte
	slots int
}

// levels appends the levels of slots [from, to) to dst. Those of the first page are kept for the column after.
func (e *Encoder) levels(dst []byte, l *Levels, c *leaf, from, to int) []byte {
	first := &e.first
	if from > 0 {
		return l.append(dst, c, from, to)
	}
	if !l.Again || to != first.slots {
		first.buf, first.slots = l.append(first.buf[:0], c, from, to), to
	}
	return append(dst, first.buf...)
}

// append appends the levels of slots [from, to).
func (l *Levels) append(dst []byte, c *leaf, from, to int) []byte {
	if c.maxRep > 0 {
		dst = appendLevels(dst, l.Rep[from:to], c.maxRep)
	}
	switch {
	case c.maxDef == 0:
	case l.Def != nil:
		dst = appendLevels(dst, l.Def[from:to], c.maxDef)
	case l.Values == 0:
		dst = appendSameLevels(dst, c.maxDef-1, to-from, c.maxDef)
	default:
		dst = appendSameLevels(dst, c.maxDef, to-from, c.maxDef)
	}
	return dst
}

// end returns where a page ends that starts at slot from, which value lo belongs to, and should hold the values
// before hi: at the end of a row, after at least one.
func (l *Levels) end(c *leaf, from, lo, hi int) (slot, value int) {
	if hi >= l.Values {
		return l.Slots, l.Values
	}
	if l.Def == nil && l.Rep == nil {
		return from + hi - lo, hi
	}
	for slot, value = from, lo; slot < l.Slots; slot++ {
		if value >= hi && (l.Rep == nil || l.Rep[slot] == 0) {
			return slot, value
		}
		if l.Def == nil || l.Def[slot] == c.maxDef {
			value++
		}
	}
	return slot, value
}

// rows returns the number of rows in slots [from, to).
func (l *Levels) rows(from, to int) int {
	if l.Rep == nil {
		return to - from
	}
	n := 0
	for _, r := range l.Rep[from:to] {
		if r == 0 {
			n++
		}
	}
	return n
}

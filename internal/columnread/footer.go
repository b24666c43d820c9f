package columnread

import "encoding/binary"

// The Parquet library believes the number of children that a footer's schema claims and allocates for them
// before it looks at any. This file walks the footer, in Thrift's compact encoding, to refuse claims that
// cannot be true; the library then does the real work.

const (
	// maxSchemaNodes bounds the nodes of a schema. Ours has some 150, and user promotions add at most 100.
	maxSchemaNodes = 4096
	// maxFooterDepth bounds nesting; a footer has 6 levels.
	maxFooterDepth = 32

	fieldSchema   = 2 // FileMetaData.schema
	fieldChildren = 5 // SchemaElement.num_children
)

// Types of Thrift's compact encoding.
const (
	compactStop   = 0
	compactTrue   = 1
	compactFalse  = 2
	compactByte   = 3
	compactI16    = 4
	compactI64    = 6
	compactDouble = 7
	compactBinary = 8
	compactList   = 9
	compactSet    = 10
	compactMap    = 11
	compactStruct = 12
)

// compact walks bytes in Thrift's compact encoding. After a mistake it stays at the end, and bad is set.
type compact struct {
	buf []byte
	bad bool
}

// checkFooter answers with an error if the schema in a footer claims more nodes than it has.
func checkFooter(footer []byte) error {
	c := &compact{buf: footer}
	c.fields(0, func(id int16, kind byte) bool {
		if id != fieldSchema || kind != compactList {
			return false
		}
		size, element := c.list()
		if size > maxSchemaNodes || element != compactStruct {
			c.fail()
		}
		for range size {
			c.schemaNode(size)
			if c.bad {
				break
			}
		}
		return true
	})
	if c.bad {
		return damagedf("the footer makes no sense")
	}
	return nil
}

// schemaNode walks one node of a schema of size nodes.
func (c *compact) schemaNode(size int) {
	c.fields(1, func(id int16, kind byte) bool {
		if id != fieldChildren || kind < compactI16 || kind > compactI64 {
			return false
		}
		u := c.varint()
		if n := int64(u>>1) ^ -int64(u&1); n < 0 || n >= int64(size) { // Zigzag.
			c.fail()
		}
		return true
	})
}

func (c *compact) fail() { c.buf, c.bad = nil, true }

func (c *compact) byte() byte {
	if len(c.buf) == 0 {
		c.fail()
		return compactStop
	}
	b := c.buf[0]
	c.buf = c.buf[1:]
	return b
}

func (c *compact) varint() uint64 {
	v, n := binary.Uvarint(c.buf)
	if n <= 0 {
		c.fail()
		return 0
	}
	c.buf = c.buf[n:]
	return v
}

func (c *compact) discard(n uint64) {
	if n > uint64(len(c.buf)) {
		c.fail()
		return
	}
	c.buf = c.buf[n:]
}

// list reads the head of a list. Every element takes a byte at least.
func (c *compact) list() (size int, element byte) {
	head := c.byte()
	n := uint64(head >> 4)
	if n == 15 {
		n = c.varint()
	}
	if n > uint64(len(c.buf)) {
		c.fail()
		return 0, head & 15
	}
	return int(n), head & 15
}

// fields walks a struct. Fields that take answers false for are skipped.
func (c *compact) fields(depth int, take func(id int16, kind byte) bool) {
	id := int16(0)
	for {
		head := c.byte()
		kind := head & 15
		if c.bad || kind == compactStop {
			return
		}
		if delta := int16(head >> 4); delta != 0 {
			id += delta
		} else {
			u := c.varint()
			id = int16(u>>1) ^ -int16(u&1) // Zigzag.
		}
		if !take(id, kind) {
			c.skip(depth+1, kind, false)
		}
	}
}

// skip walks over a value. Booleans take a byte as elements only; as fields they are all in the head.
func (c *compact) skip(depth int, kind byte, element bool) {
	switch {
	case depth > maxFooterDepth:
		c.fail()
	case kind == compactTrue || kind == compactFalse:
		if element {
			c.byte()
		}
	case kind == compactByte:
		c.byte()
	case kind >= compactI16 && kind <= compactI64:
		c.varint()
	case kind == compactDouble:
		c.discard(8)
	case kind == compactBinary:
		c.discard(c.varint())
	case kind == compactList || kind == compactSet:
		c.skipList(depth)
	case kind == compactMap:
		c.skipMap(depth)
	case kind == compactStruct:
		c.fields(depth, func(int16, byte) bool { return false })
	default:
		c.fail()
	}
}

func (c *compact) skipList(depth int) {
	size, of := c.list()
	for i := 0; i < size && !c.bad; i++ {
		c.skip(depth+1, of, true)
	}
}

func (c *compact) skipMap(depth int) {
	size := c.varint()
	if size == 0 {
		return
	}
	kinds := c.byte()
	for i := uint64(0); i < size && !c.bad; i++ {
		c.skip(depth+1, kinds>>4, true)
		c.skip(depth+1, kinds&15, true)
	}
}

package parquet

import "encoding/binary"

// Types of Thrift's compact protocol.
const (
	typeTrue   = 1
	typeFalse  = 2
	typeI16    = 4
	typeI32    = 5
	typeI64    = 6
	typeBinary = 8
	typeList   = 9
	typeStruct = 12
)

// thrift encodes structs in Thrift's compact protocol. Fields of a struct must be written in order of their ids.
type thrift struct {
	buf   []byte
	last  int16   // id of the field before, in the current struct
	outer []int16 // the same for the enclosing structs
}

func (t *thrift) reset() {
	t.buf, t.last, t.outer = t.buf[:0], 0, t.outer[:0]
}

// field writes the header of a field.
func (t *thrift) field(id int16, kind byte) {
	if delta := id - t.last; delta > 0 && delta <= 15 {
		t.buf = append(t.buf, byte(delta)<<4|kind)
	} else {
		t.buf = append(t.buf, kind)
		t.buf = binary.AppendVarint(t.buf, int64(id))
	}
	t.last = id
}

// varint writes a number as element of a list, or after its field's header.
func (t *thrift) varint(v int64) { t.buf = binary.AppendVarint(t.buf, v) }

func (t *thrift) i32(id int16, v int32) {
	t.field(id, typeI32)
	t.buf = binary.AppendVarint(t.buf, int64(v))
}

func (t *thrift) i64(id int16, v int64) {
	t.field(id, typeI64)
	t.buf = binary.AppendVarint(t.buf, v)
}

func (t *thrift) boolean(id int16, v bool) {
	if v {
		t.field(id, typeTrue)
	} else {
		t.field(id, typeFalse)
	}
}

func (t *thrift) text(id int16, s string) {
	t.field(id, typeBinary)
	t.element(s)
}

func (t *thrift) bytes(id int16, b []byte) {
	t.field(id, typeBinary)
	t.buf = binary.AppendUvarint(t.buf, uint64(len(b)))
	t.buf = append(t.buf, b...)
}

// element writes a text as element of a list.
func (t *thrift) element(s string) {
	t.buf = binary.AppendUvarint(t.buf, uint64(len(s)))
	t.buf = append(t.buf, s...)
}

// list writes the header of a list; the elements follow.
func (t *thrift) list(kind byte, n int) {
	if n < 15 {
		t.buf = append(t.buf, byte(n)<<4|kind)
		return
	}
	t.buf = append(t.buf, 0xf0|kind)
	t.buf = binary.AppendUvarint(t.buf, uint64(n))
}

// begin starts a struct as field of the current one; end finishes it.
func (t *thrift) begin(id int16) {
	t.field(id, typeStruct)
	t.beginElement()
}

// beginElement starts a struct as element of a list, or one that stands alone.
func (t *thrift) beginElement() {
	t.outer = append(t.outer, t.last)
	t.last = 0
}

func (t *thrift) end() {
	t.buf = append(t.buf, 0)
	t.last = t.outer[len(t.outer)-1]
	t.outer = t.outer[:len(t.outer)-1]
}

// empty writes a struct without fields, which is how unions name a choice.
func (t *thrift) empty(id int16) {
	t.begin(id)
	t.end()
}

package columnar

import (
	"encoding/binary"
	"math/bits"
)

// blockLen is the number of numbers that are packed together, a power of two.
const blockLen = 1 << 10

// packed is a sequence of numbers in little memory: most columns of a group repeat a few small codes. Numbers wait in
// full width until they are a block, which then keeps how far they lie above its least, in as many bytes as the widest
// needs. It is used through appends; a number that is in a block does not change.
type packed struct {
	mem    *slabs
	blocks []block
	tail   []int64 // fewer than blockLen
	bytes  int     // of the blocks
}

// block holds blockLen numbers. Equal ones take no memory.
type block struct {
	least int64
	above []byte // 0, 1, 2, 4 or 8 bytes of each
}

// len returns how many numbers there are.
func (p *packed) len() int { return len(p.blocks)*blockLen + len(p.tail) }

// held returns the bytes of memory behind the numbers.
func (p *packed) held() int { return p.bytes + 8*cap(p.tail) }

// push appends v.
func (p *packed) push(v int64) {
	n := len(p.tail)
	if n == cap(p.tail) {
		p.tail = p.mem.int64s.grow(p.tail, 1)
	}
	p.tail = p.tail[:n+1]
	p.tail[n] = v
	if n+1 == blockLen {
		p.seal()
	}
}

// fill appends v until there are n numbers.
func (p *packed) fill(n int, v int64) {
	if p.len() < n {
		p.fillMore(n, v)
	}
}

func (p *packed) fillMore(n int, v int64) {
	for more := n - p.len(); more > 0; more = n - p.len() {
		if len(p.tail) == 0 && more >= blockLen {
			p.blocks = append(p.blocks, block{least: v})
			continue
		}
		more = min(more, blockLen-len(p.tail))
		p.tail = p.mem.int64s.grow(p.tail, more)
		for range more {
			p.tail = append(p.tail, v)
		}
		if len(p.tail) == blockLen {
			p.seal()
		}
	}
}

// seal makes a block of the tail.
func (p *packed) seal() {
	least, most := p.tail[0], p.tail[0]
	for _, v := range p.tail {
		least, most = min(least, v), max(most, v)
	}
	b := block{least: least}
	switch n := bits.Len64(uint64(most - least)); { // Differences wrap around, and back when they are added.
	case n == 0:
	case n <= 8:
		b.above = p.mem.bytes.grow(nil, blockLen)
		for _, v := range p.tail {
			b.above = append(b.above, byte(v-least)) // Fits, as below.
		}
	case n <= 16:
		b.above = p.mem.bytes.grow(nil, 2*blockLen)
		for _, v := range p.tail {
			b.above = binary.LittleEndian.AppendUint16(b.above, uint16(v-least))
		}
	case n <= 32:
		b.above = p.mem.bytes.grow(nil, 4*blockLen)
		for _, v := range p.tail {
			b.above = binary.LittleEndian.AppendUint32(b.above, uint32(v-least))
		}
	default:
		b.above = p.mem.bytes.grow(nil, 8*blockLen)
		for _, v := range p.tail {
			b.above = binary.LittleEndian.AppendUint64(b.above, uint64(v-least))
		}
	}
	p.bytes += len(b.above)
	p.blocks = append(p.blocks, b)
	p.tail = p.tail[:0]
}

// same tells whether all numbers are the same, and which one it is.
func (p *packed) same() (v int64, ok bool) {
	switch {
	case len(p.blocks) > 0:
		v = p.blocks[0].least
	case len(p.tail) > 0:
		v = p.tail[0]
	}
	for i := range p.blocks {
		if b := &p.blocks[i]; b.least != v || b.above != nil {
			return 0, false
		}
	}
	for _, t := range p.tail {
		if t != v {
			return 0, false
		}
	}
	return v, true
}

// at returns number i.
func (p *packed) at(i int) int64 {
	if i >= len(p.blocks)*blockLen {
		return p.tail[i-len(p.blocks)*blockLen]
	}
	b, k := &p.blocks[i/blockLen], i%blockLen
	switch len(b.above) / blockLen {
	case 0:
		return b.least
	case 1:
		return b.least + int64(b.above[k])
	case 2:
		return b.least + int64(binary.LittleEndian.Uint16(b.above[2*k:]))
	case 4:
		return b.least + int64(binary.LittleEndian.Uint32(b.above[4*k:]))
	default:
		return b.least + int64(binary.LittleEndian.Uint64(b.above[8*k:])) // See seal.
	}
}

// reset forgets all numbers and gives the memory back.
func (p *packed) reset() {
	for i := range p.blocks {
		p.mem.bytes.release(p.blocks[i].above)
	}
	clear(p.blocks)
	p.mem.int64s.release(p.tail)
	*p = packed{mem: p.mem, blocks: recycle(p.blocks)}
}

// unpack returns the numbers of p in the memory of dst. They fit into T.
func unpack[T uint8 | int32 | int64](dst []T, p *packed) []T {
	dst = room(dst, p.len())
	for i := range p.blocks {
		dst = appendBlock(dst, &p.blocks[i])
	}
	for _, v := range p.tail {
		dst = append(dst, T(v)) // The caller's promise.
	}
	return dst
}

// appendBlock appends the numbers of b, which fit into T.
func appendBlock[T uint8 | int32 | int64](dst []T, b *block) []T {
	n := len(dst)
	dst = dst[:n+blockLen]
	out := dst[n:]
	least, above := T(b.least), b.above // The caller's promise; what is added wraps around as in int64.
	switch len(above) / blockLen {
	case 0:
		for k := range out {
			out[k] = least
		}
	case 1:
		for k := range out {
			out[k] = least + T(above[k])
		}
	case 2:
		for k := range out {
			out[k] = least + T(binary.LittleEndian.Uint16(above[2*k:]))
		}
	case 4:
		for k := range out {
			out[k] = least + T(binary.LittleEndian.Uint32(above[4*k:]))
		}
	default:
		for k := range out {
			out[k] = least + T(binary.LittleEndian.Uint64(above[8*k:]))
		}
	}
	return dst
}

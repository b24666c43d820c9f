package parquet

import (
	"encoding/binary"
	"math"
	"math/bits"
	"slices"

	"github.com/cespare/xxhash/v2"
)

const (
	// bloomFPP is the share of absent values that a Bloom filter lets through.
	bloomFPP = 0.01
	// bloomBlock is the size of a block: eight words of 32 bits.
	bloomBlock = 32
	maxBloom   = 1 << 20
)

// bloomSalts choose one bit in each word of a block; the format names them.
var bloomSalts = [8]uint32{
	0x47b6137b, 0x44974d91, 0x8824ad5b, 0xa2b7289d, 0x705495c7, 0x2df1424b, 0x9efc4947, 0x5c6bfb31,
}

// bloom is a split block Bloom filter.
type bloom struct {
	bits []byte
}

// reset makes the filter one for n distinct values, empty.
func (b *bloom) reset(n int) {
	needed := -float64(n) / math.Log(1-math.Pow(bloomFPP, 1.0/8))
	size := bloomBlock
	if needed > bloomBlock {
		size = min(1<<bits.Len(uint(math.Ceil(needed))-1), maxBloom) // Readers demand a power of two.
	}
	b.bits = slices.Grow(b.bits[:0], size)[:size]
	clear(b.bits)
}

// add adds a value.
func (b *bloom) add(value []byte) {
	h := xxhash.Sum64(value)
	blocks := uint64(len(b.bits) / bloomBlock)
	block := b.bits[(h>>32)*blocks>>32*bloomBlock:][:bloomBlock]
	for i, salt := range bloomSalts {
		bit := uint32(h) * salt >> 27 // The low half of the hash.
		word := block[4*i:]
		binary.LittleEndian.PutUint32(word, binary.LittleEndian.Uint32(word)|1<<bit)
	}
}

// header appends the filter's header.
func (b *bloom) header(t *thrift) {
	t.beginElement()
	t.i32(1, int32(len(b.bits))) // At most maxBloom.
	for id := int16(2); id <= 4; id++ {
		t.begin(id) // Split blocks, XXH64, uncompressed: the first choice each.
		t.empty(1)
		t.end()
	}
	t.end()
}

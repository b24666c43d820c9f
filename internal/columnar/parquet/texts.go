package parquet

import (
	"bytes"
	"encoding/binary"
)

const (
	// maxDictionaryBytes is the size above which a dictionary page of texts must save much.
	maxDictionaryBytes = 1 << 20
	// maxSpelling is how much larger texts in full may be than with a dictionary: a long text in many rows could
	// be anything.
	maxSpelling = 4
	// trialTexts are looked at to choose the encoding of texts in full.
	trialTexts = 1 << 13
	// minDense is the number of texts in full that are worth the 5 MB of compressing densely.
	minDense = 1 << 10
)

// choice is the result of a trial.
type choice uint8

const (
	untried choice = iota
	accepted
	rejected
)

// Dictionary holds distinct texts one after the other: text i is Data[Offsets[i]:Offsets[i+1]]. Offsets has one
// entry more than there are texts, or none if there are no texts.
type Dictionary struct {
	Data    []byte
	Offsets []int32
}

// Len returns the number of texts.
func (d *Dictionary) Len() int { return max(0, len(d.Offsets)-1) }

// At returns text i.
func (d *Dictionary) At(i int32) []byte { return d.Data[d.Offsets[i]:d.Offsets[i+1]:d.Offsets[i+1]] }

// Text writes the next column, which is one of ByteArray. Codes are those of the slots that have a value, and
// every text of the dictionary is one of them.
func (g *Group) Text(lv Levels, codes []int32, d Dictionary) {
	g.bloom(d)
	switch {
	case d.pays(codes):
		g.write(lv, &coded{codes, d, g.enc.chooseWidth(codes, indexWidth(d.Len()))})
	case len(codes) >= minDense:
		g.enc.densely(func() { g.write(lv, &spelled{codes, d}) })
	default:
		g.write(lv, &spelled{codes, d})
	}
}

// pays tells whether the texts that codes stand for should be written with the dictionary. One of mostly distinct
// texts costs more than it saves.
func (d *Dictionary) pays(codes []int32) bool {
	if len(codes) == 0 {
		return false
	}
	n := d.Len()
	size := len(d.Data) + 4*n
	if 2*n <= len(codes) && size <= maxDictionaryBytes {
		return true
	}
	inFull, most := 0, maxSpelling*(size+4*len(codes))
	for _, code := range codes {
		inFull += 4 + int(d.Offsets[code+1]-d.Offsets[code])
	}
	return inFull > most
}

// Strings writes the next column, which is one of ByteArray, without a dictionary: the values are the texts of all,
// in order.
func (g *Group) Strings(lv Levels, all Dictionary) {
	g.bloom(all)
	v := &listed{all: all, enc: g.enc}
	v.lengths = g.lengthsPay(v)
	g.write(lv, v)
}

// bloom makes the Bloom filter of the next column, if it has one.
func (g *Group) bloom(d Dictionary) {
	column := len(g.chunks)
	if !g.file.layout.leaves[column].node.Bloom || d.Len() == 0 {
		return
	}
	b := g.enc.nextBloom(d.Len())
	for i := range d.Len() {
		b.add(d.At(int32(i))) // Bounded by the offsets.
	}
	g.blooms = append(g.blooms, column)
}

// coded are texts behind a dictionary.
type coded struct {
	codes []int32
	dict  Dictionary
	width int // bits of an index
}

// spelled are texts in full, chosen by codes.
type spelled struct {
	codes []int32
	dict  Dictionary
}

// listed are texts in full, in order, with their lengths in front of each or of all of them.
type listed struct {
	all     Dictionary
	enc     *Encoder
	lengths bool // in front of all
}

func (v *coded) encoding() encoding { return encodingDictionary }

func (v *coded) dictionary(dst []byte) ([]byte, int) {
	return (&listed{all: v.dict}).append(dst, 0, v.dict.Len()), v.dict.Len()
}

func (v *coded) until(lo, budget int) int { return lo + budget*8/v.width }

func (v *coded) append(dst []byte, lo, hi int) []byte {
	return appendHybrid(append(dst, byte(v.width)), v.codes[lo:hi], v.width)
}

func (v *coded) bounds(room []byte, lo, hi int) (least, most, grown []byte) {
	if hi-lo == len(v.codes) {
		return (&listed{all: v.dict}).bounds(room, 0, v.dict.Len())
	}
	return (&spelled{codes: v.codes, dict: v.dict}).bounds(room, lo, hi)
}

func (v *spelled) encoding() encoding { return encodingPlain }

func (v *spelled) dictionary(dst []byte) ([]byte, int) { return dst, 0 }

func (v *spelled) until(lo, budget int) int {
	for ; lo < len(v.codes); lo++ {
		if budget -= 4 + len(v.dict.At(v.codes[lo])); budget < 0 {
			break
		}
	}
	return lo
}

func (v *spelled) append(dst []byte, lo, hi int) []byte {
	for _, code := range v.codes[lo:hi] {
		dst = appendText(dst, v.dict.At(code))
	}
	return dst
}

func (v *spelled) bounds(room []byte, lo, hi int) (least, most, grown []byte) {
	last := v.codes[lo]
	least = v.dict.At(last)
	most = least
	for _, code := range v.codes[lo:hi] {
		if code != last {
			last = code
			least, most = widen(least, most, v.dict.At(code))
		}
	}
	return least, most, room
}

func (v *listed) encoding() encoding {
	if v.lengths {
		return encodingLengths
	}
	return encodingPlain
}

// lengthsPay tells whether the next column should have its lengths in front of all texts. Groups of a file resemble
// each other, so that the first large one decides for those that follow.
func (g *Group) lengthsPay(v *listed) bool {
	c := &g.file.choices[len(g.chunks)]
	switch {
	case *c != untried:
		return *c == accepted
	case !v.lengthsPay():
		if v.all.Len() >= trialTexts {
			*c = rejected
		}
		return false
	default:
		if v.all.Len() >= trialTexts {
			*c = accepted
		}
		return true
	}
}

// lengthsPay tries both encodings on texts from the middle. Lengths between the texts are in the way of entropy
// coding, but help zstd to find texts that come again.
func (v *listed) lengthsPay() bool {
	n := min(v.all.Len(), trialTexts)
	lo := (v.all.Len() - n) / 2
	v.lengths = false
	size := v.enc.trialOf(v, lo, lo+n)
	v.lengths = true
	return v.enc.trialOf(v, lo, lo+n) < size
}

func (v *listed) dictionary(dst []byte) ([]byte, int) { return dst, 0 }

func (v *listed) until(lo, budget int) int {
	for ; lo < v.all.Len(); lo++ {
		if budget -= 4 + int(v.all.Offsets[lo+1]-v.all.Offsets[lo]); budget < 0 {
			break
		}
	}
	return lo
}

func (v *listed) append(dst []byte, lo, hi int) []byte {
	if !v.lengths {
		for i := lo; i < hi; i++ {
			dst = appendText(dst, v.all.At(int32(i))) // Bounded by the offsets.
		}
		return dst
	}
	lengths := v.enc.lengths[:0]
	for i := lo; i < hi; i++ {
		lengths = append(lengths, int64(v.all.Offsets[i+1]-v.all.Offsets[i]))
	}
	v.enc.lengths = lengths
	dst = appendDelta(dst, lengths)
	if lo < hi {
		dst = append(dst, v.all.Data[v.all.Offsets[lo]:v.all.Offsets[hi]]...)
	}
	return dst
}

func (v *listed) bounds(room []byte, lo, hi int) (least, most, grown []byte) {
	least = v.all.At(int32(lo)) // Bounded by the offsets.
	most = least
	for i := lo + 1; i < hi; i++ {
		least, most = widen(least, most, v.all.At(int32(i))) // As above.
	}
	return least, most, room
}

func appendText(dst, s []byte) []byte {
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(s))) // Offsets have 32 bits.
	return append(dst, s...)
}

// widen returns the bounds of a text and of what the given ones bound.
func widen(least, most, s []byte) (newLeast, newMost []byte) {
	switch {
	case bytes.Compare(s, least) < 0:
		return s, most
	case bytes.Compare(s, most) > 0:
		return least, s
	default:
		return least, most
	}
}

package columnar

import (
	"math"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// numberCodes remembers the codes of some numbers among the texts of a map: small ones come again all the time, and
// need not be made text and found again. Of two numbers with the same place the later one stays.
type numberCodes struct {
	places *[1 << 8]numberCode // nil until there is a number
}

// numberCode is the code of a number's text. The zero value is that of no number.
type numberCode struct {
	bits   uint64
	code   int32
	letter byte // 0 for none
}

// at returns the place of a number, which may hold another one.
func (n *numberCodes) at(bits uint64, letter byte) *numberCode {
	if n.places == nil {
		n.places = new([1 << 8]numberCode)
	}
	return &n.places[(bits^uint64(letter))*0x9e3779b97f4a7c15>>56]
}

// reset forgets all numbers.
func (n *numberCodes) reset() {
	if n.places != nil {
		clear(n.places[:])
	}
}

// numberOf returns the bits and the letter of an integer, a double or a boolean, and 0 as the letter of anything else.
func numberOf(v pcommon.Value) (bits uint64, letter byte) {
	switch v.Type() {
	case pcommon.ValueTypeInt:
		return uint64(v.Int()), letterInt // Bits are kept.
	case pcommon.ValueTypeDouble:
		return math.Float64bits(v.Double()), letterDouble
	case pcommon.ValueTypeBool:
		if v.Bool() {
			return 1, letterBool
		}
		return 0, letterBool
	default:
		return 0, 0
	}
}

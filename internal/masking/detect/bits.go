package detect

import "math/bits"

// lowest returns the first detector of a set, which is not empty.
func lowest(s Set) ID { return ID(bits.TrailingZeros64(uint64(s))) }

// All calls f for each detector of the set, in order.
func (s Set) All(f func(ID) bool) {
	for ; s != 0; s &= s - 1 {
		if !f(lowest(s)) {
			return
		}
	}
}

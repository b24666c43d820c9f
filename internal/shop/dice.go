package shop

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// dice is a random source with the distributions that telemetry needs.
type dice struct {
	*rand.Rand
}

func newDice(seed, purpose uint64) dice {
	return dice{rand.New(rand.NewPCG(seed, purpose))}
}

// chance reports true with probability p.
func (d dice) chance(p float64) bool {
	return d.Float64() < p
}

// between returns a number in [low, high].
func (d dice) between(low, high int) int {
	return low + d.IntN(high-low+1)
}

// latency returns a log-normal duration: half of them are shorter than median,
// a few are many times longer, as with real services.
func (d dice) latency(median time.Duration) time.Duration {
	const sigma = 0.6
	return time.Duration(float64(median) * math.Exp(sigma*d.NormFloat64()))
}

// within returns a duration in [0, limit).
func (d dice) within(limit time.Duration) time.Duration {
	return time.Duration(d.Float64() * float64(limit))
}

func (d dice) traceID() pcommon.TraceID {
	var id pcommon.TraceID
	binary.BigEndian.PutUint64(id[:8], d.Uint64())
	binary.BigEndian.PutUint64(id[8:], d.Uint64()|1) // All zeros would be no ID.
	return id
}

func (d dice) spanID() pcommon.SpanID {
	var id pcommon.SpanID
	binary.BigEndian.PutUint64(id[:], d.Uint64()|1)
	return id
}

func (d dice) uuid() string {
	high, low := d.Uint64(), d.Uint64()
	return fmt.Sprintf("%08x-%04x-4%03x-%04x-%012x",
		high>>32, high>>16&0xffff, high&0xfff, low>>48&0x3fff|0x8000, low&0xffffffffffff)
}

// suffix returns n letters as Kubernetes appends them to generated names.
func (d dice) suffix(n int) string {
	const alphabet = "bcdfghjklmnpqrstvwxz2456789"
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[d.IntN(len(alphabet))]
	}
	return string(b)
}

// pick returns one element of list, which must not be empty.
func pick[T any](d dice, list []T) T {
	return list[d.IntN(len(list))]
}

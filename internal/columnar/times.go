package columnar

import (
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// hour returns the number of the hour that the nanosecond ns lies in, negative before 1970.
func hour(ns int64) int64 { return floorDiv(ns, int64(time.Hour)) }

// micros splits a time into whole microseconds and the 0 to 999 nanoseconds beyond.
func micros(t pcommon.Timestamp) (int64, int32) {
	ns := int64(t) // Times beyond 2262 are negative ones, see Row.
	us := floorDiv(ns, 1000)
	return us, int32(ns - 1000*us) // 0 to 999.
}

// floorDiv is a/b rounded down.
func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

package masking

import (
	"math"
	"strconv"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/masking/detect"
)

// leastNumber is the least number that built-in detectors match: seven digits.
const leastNumber = 1_000_000

// mostDouble bounds the doubles that are read as integers.
const mostDouble = math.MaxInt64 / 2

// maxKeptDigits is how many digits of a number Partial leaves at most: with more
// of them, what is left could be somebody's again.
const maxKeptDigits = 6

// integer returns what is left of a number. Its type stays: what is masked
// becomes 0, but Partial leaves the last digits of what a detector finds. (Of
// what a rule is about it leaves none: nothing tells the digits that were left
// from a number that is as short, which would have to go.)
func (w *worker) integer(n int64, f Field, v *verdict) (int64, bool) {
	if v.rule != nil {
		return 0, w.ruled(f, v.rule) && n != 0
	}
	want := v.want
	if n < leastNumber {
		if want = want.Custom(); want == 0 {
			return n, false
		}
	}
	w.digits = strconv.AppendInt(w.digits[:0], n, 10)
	left, found := w.number(n, want, f, v)
	if !found {
		return n, false
	}
	return left, left != n
}

// double masks whole numbers like integers. What other numbers hold only custom
// detectors know, and it becomes 0.
func (w *worker) double(value pcommon.Value, f Field, v *verdict) {
	d := value.Double()
	if v.rule != nil {
		if w.ruled(f, v.rule) && d != 0 {
			value.SetDouble(0)
		}
		return
	}
	if d < leastNumber && v.want.Custom() == 0 {
		return
	}
	if d == math.Trunc(d) && math.Abs(d) <= mostDouble {
		if out, changed := w.integer(int64(d), f, v); changed {
			value.SetDouble(float64(out))
		}
		return
	}
	want := v.want.Custom()
	if want == 0 || math.IsNaN(d) || math.IsInf(d, 0) {
		return
	}
	w.digits = strconv.AppendFloat(w.digits[:0], d, 'f', -1, 64)
	if _, found := w.number(0, want, f, v); found {
		value.SetDouble(0)
	}
}

// number looks for what is to be masked in the number that w.digits holds in
// decimal, and returns whether there is something and what is left of n, which is
// 0 if the number is not whole. A number is masked as a whole, so of several
// findings none may keep a part.
func (w *worker) number(n int64, want detect.Set, f Field, v *verdict) (left int64, found bool) {
	text := view(w.digits)
	possible := w.policy.scanner.Screen(text, want, v.hints)
	if possible == 0 {
		return n, false
	}
	defer func() {
		if recover() != nil {
			w.fail(Panicked)
			left, found = 0, true
		}
	}()
	w.policy.scanner.Find(&w.pass, text, possible, v.hints)
	if len(w.pass.Findings) == 0 || !w.replace(text, f, true) {
		return n, false
	}
	if w.kept > 1 {
		return 0, true
	}
	return w.lastDigits(n, w.policy.actions[w.pass.Findings[0].Detector], v), true
}

// lastDigits returns what an action leaves of a number: nothing unless that is
// at most half of its digits, and nothing that would be found again.
func (w *worker) lastDigits(n int64, a Action, v *verdict) int64 {
	if a.Kind != Partial || a.KeepLast <= 0 || a.KeepLast > maxKeptDigits || 2*a.KeepLast > len(w.digits) || n < 0 {
		return 0
	}
	left := n % int64(math.Pow10(a.KeepLast))
	again := v.want.Custom() &^ w.policy.tags
	if again == 0 {
		return left
	}
	w.digits = strconv.AppendInt(w.digits[:0], left, 10)
	if w.policy.finds(view(w.digits), again, v.hints) {
		return 0
	}
	return left
}

package masking

import (
	"math/bits"
	"strings"
	"unicode/utf8"
	"unsafe"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/masking/detect"
)

// worker is what one goroutine needs to mask a payload. It is used again for
// the next one.
type worker struct {
	policy *Policy
	tally  *Tally // nil while keys are judged
	pass   detect.Pass
	hasher *hasher
	buf    []byte // a text being built
	digits []byte // a number or bytes being looked at as text
	kept   int    // findings that the last replacements were for
	bytes  int    // scanned since the last flush

	// What the last value asks for beside its replacement.
	dropAttribute, dropRecord bool
	// removed are the places of entries to remove from the maps and lists that
	// are being walked, innermost last.
	removed []int
	// recent is what is known of the last attributes at these places: payloads
	// tend to have the same keys in the same order, and often the same values.
	recent  [fields][recentKeys]recentKey
	visited fieldSet // that have recent values
	// recentValues are hashes of values that held nothing.
	recentValues [recentValues]uint32
	// plain is the verdict for texts that are no attribute's value.
	plain *verdict
	// secrets are what key rules have replaced in a profile.
	secrets map[string]string
}

// recentKeys is a power of two.
const recentKeys = 32

// recentKey is a key's verdict, and the last of its values in the payload that
// holds nothing.
type recentKey struct {
	verdict *verdict
	clean   string
}

func newWorker(p *Policy, t *Tally) *worker {
	return &worker{policy: p, tally: t, plain: newPlainVerdict(p.want &^ detect.Of(detect.SQLLiteral))}
}

// flush adds what was counted on the way to the tally, and lets go of the
// payload's memory.
func (w *worker) flush() {
	for visited := w.visited; visited != 0; visited &= visited - 1 {
		recent := &w.recent[bits.TrailingZeros32(uint32(visited))]
		for i := range recent {
			recent[i].clean = ""
		}
	}
	w.visited = 0
	w.tally.bytes.Add(int64(w.bytes))
	w.bytes = 0
	for id, n := range w.pass.Rejected[:len(w.policy.names)-1] {
		if n > 0 {
			w.tally.rejected[id].Add(int64(n))
			w.pass.Rejected[id] = 0
		}
	}
}

func (w *worker) fail(f Failure) {
	if w.tally != nil {
		w.tally.failures[f].Add(1)
	}
}

func (w *worker) count(id detect.ID, k Kind, f Field) {
	if w.tally != nil {
		w.tally.match(id, k, f)
	}
}

// text returns s without what is to be masked, and whether that differs.
func (w *worker) text(s string, f Field, v *verdict) (string, bool) {
	if v.rule != nil {
		return w.whole(s, f, v.rule)
	}
	if len(s) > w.policy.maxBytes {
		return w.long(s, f, v)
	}
	w.bytes += len(s)
	possible := w.policy.scanner.Screen(s, v.want, v.hints)
	if possible == 0 {
		return s, false
	}
	if len(s) < leastClean || len(s) > mostClean {
		return w.scan(s, f, v, possible)
	}
	h := w.policy.valueHash(s, v)
	if w.policy.clean.has(s, h, v) {
		return s, false
	}
	out, changed := w.scan(s, f, v, possible)
	if !changed && len(w.pass.Findings) == 0 {
		w.learn(s, h, v)
	}
	return out, changed
}

// maxRounds is how often a text is masked until nothing is found. Replacing a
// finding can bring a new one about, at its edges.
const maxRounds = 5

// plainText is text for what is no attribute's value.
func (w *worker) plainText(s string, f Field) (string, bool) {
	if s == "" || !w.policy.fields.has(f) {
		return s, false
	}
	if v := w.plain; v.isPlain && len(s) <= w.policy.maxBytes && detect.Clean(s, v.want) && (!v.wantsMore || detect.CleanMore(s, v.want)) {
		w.bytes += len(s)
		return s, false
	}
	out, changed := w.text(s, f, w.plain)
	w.dropAttribute = false
	return out, changed
}

// scan masks what the detectors find, until they find nothing more: that makes
// masking twice the same as masking once.
func (w *worker) scan(s string, f Field, v *verdict, possible detect.Set) (out string, changed bool) {
	defer func() {
		if recover() != nil {
			w.fail(Panicked)
			out, changed = errorText, true
		}
	}()
	text := s
	for round := range maxRounds {
		if round == 0 {
			w.policy.scanner.Find(&w.pass, text, possible, v.hints)
		} else { // what is rejected again does not count again
			rejected := w.pass.Rejected
			w.policy.scanner.Find(&w.pass, text, possible, v.hints)
			w.pass.Rejected = rejected
		}
		if len(w.pass.Findings) == 0 || !w.replace(text, f, round == 0) {
			return text, round > 0
		}
		text = string(w.buf)
		if possible = w.policy.scanner.Screen(text, v.want, v.hints); possible == 0 {
			return text, true
		}
	}
	w.fail(Unsettled)
	return errorText, true
}

// replace writes text to w.buf with the findings of w.pass replaced. It returns
// false if nothing changes.
func (w *worker) replace(text string, f Field, first bool) bool {
	p := w.policy
	kept := w.pass.Findings[:0]
	for _, found := range w.pass.Findings {
		switch id := found.Detector; {
		case p.allow.allows(text[found.Start:found.End], id):
		case p.tags.Has(id):
			if first {
				w.count(id, Tag, f)
			}
		default:
			w.dropAttribute = w.dropAttribute || p.actions[id].Kind == DropAttribute
			w.dropRecord = w.dropRecord || p.actions[id].Kind == DropRecord
			kept = append(kept, found)
		}
	}
	w.kept = len(kept)
	merged, several := detect.Merge(kept)
	w.buf = w.buf[:0]
	changed := false
	end := 0
	for i, m := range merged {
		w.buf = append(w.buf, text[end:m.Start]...)
		start := len(w.buf)
		found := text[m.Start:m.End]
		w.buf = w.appendReplacement(w.buf, found, m.Detector, several>>min(i, 63)&1 != 0)
		if string(w.buf[start:]) != found {
			changed = true
			w.count(m.Detector, p.actions[m.Detector].Kind, f)
		}
		end = m.End
	}
	w.buf = append(w.buf, text[end:]...)
	return changed
}

// whole returns what a rule leaves of a value.
func (w *worker) whole(s string, f Field, a *Action) (string, bool) {
	id := w.policy.keyRuleID()
	if a.Kind == Tag {
		w.count(id, Tag, f)
		return s, false
	}
	w.dropAttribute = w.dropAttribute || a.Kind == DropAttribute
	w.dropRecord = w.dropRecord || a.Kind == DropRecord
	if s == "" || w.policy.isReplacement(s) {
		return s, false
	}
	w.buf = w.buf[:0]
	switch a.Kind {
	case Hash:
		w.buf = w.appendHash(w.buf, s, id, false)
	case Partial:
		w.buf = appendPartial(w.buf, s, *a, false)
	default:
		w.buf = append(w.buf, w.policy.texts[id]...)
	}
	if string(w.buf) == s {
		return s, false
	}
	w.count(id, a.Kind, f)
	out := string(w.buf)
	if w.secrets != nil {
		w.secrets[strings.Clone(s)] = out
	}
	return out, true
}

// margin is how far behind the cut a long value is scanned, so that the cut
// does not hide what it goes through.
const margin = 4096

// long masks a value that is longer than is scanned.
func (w *worker) long(s string, f Field, v *verdict) (string, bool) {
	if v.idle() {
		return s, false
	}
	w.fail(TooLong)
	switch w.policy.oversize {
	case Replace:
		return tooLongText, true
	case Scan:
		w.bytes += len(s)
		if possible := w.policy.scanner.Screen(s, v.want, v.hints); possible != 0 {
			return w.scan(s, f, v, possible)
		}
		return s, false
	}
	limit := w.policy.maxBytes
	cut := s[:min(len(s), limit+margin)]
	w.bytes += len(cut)
	if possible := w.policy.scanner.Screen(cut, v.want, v.hints); possible != 0 {
		cut, _ = w.scan(cut, f, v, possible)
	}
	return truncated(cut, limit), true
}

// truncated returns at most limit bytes of s, without half a character at the
// end.
func truncated(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}

// view returns b as a string, valid until b changes.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

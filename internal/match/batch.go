package match

import (
	"hash/maphash"
	"slices"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// Batch is what the resources of a payload are matched with together. It finds
// what the Table finds for each of them.
//
// A Batch is used again and again, by one goroutine at a time: of the payload it
// keeps nothing, of the table a few patterns and sets until it is used again. The
// zero value is empty.
type Batch struct {
	values   []string
	hashes   []uint64
	patterns []*pattern // of all keys for the first resource, then for the second, and so on
	sets     []*Set
}

// BatchSize is how many resources should be matched at once: what a Batch notes
// of them stays in the processor's cache.
const BatchSize = 128

// minBatch is the number of resources below which a Batch is not worth its cost.
const minBatch = 16

// Alike reports whether the n resources of data have the same values, as far as
// the table looks at them, and so the same streams. It is much faster than to
// match them, and may fail to notice.
func Alike[D any](b *Batch, t *Table, data D, n int, resource func(d D, i int) pcommon.Resource) bool {
	if n < minBatch || t.outcomes != nil { // Conditions may look at anything.
		return false
	}
	defer b.forget()
	first := resource(data, 0).Attributes()
	for _, k := range t.keys {
		v, ok := textOf(first, k)
		if !ok {
			return false
		}
		b.values = append(b.values, v)
	}
	for i := 1; i < n; i++ {
		attrs := resource(data, i).Attributes()
		for j, k := range t.keys {
			if v, ok := textOf(attrs, k); !ok || v != b.values[j] {
				return false
			}
		}
	}
	return true
}

// textOf returns the string that attrs has for the key, "" if it is not there.
// It fails for what could be mistaken for that: values that are empty or no
// strings.
func textOf(attrs pcommon.Map, k *key) (s string, ok bool) {
	v, present := attrs.Get(k.name)
	if !present {
		return "", true
	}
	s = v.Str()
	return s, s != ""
}

// Sets returns the streams of the resources of data from the i-th up to but
// without the n-th, in their order, as MatchResource of the table does. The slice
// is the Batch's.
//
// A lookup waits for memory several times: each step is taken for all resources
// before the next one, so that many of them wait at once.
func Sets[D any](b *Batch, t *Table, data D, i, n int, resource func(d D, i int) pcommon.Resource) []*Set {
	b.sets = b.sets[:0]
	keys := len(t.keys)
	if n-i < minBatch || keys == 0 || keys > maxKeys {
		for ; i < n; i++ {
			b.sets = append(b.sets, t.MatchResource(resource(data, i)))
		}
		return b.sets
	}
	b.patterns = slices.Grow(b.patterns[:0], (n-i)*keys)[:(n-i)*keys]
	for j, k := range t.keys {
		find(b, k, b.patterns[j:], keys, data, i, n, resource)
	}
	for p := b.patterns; i < n; i, p = i+1, p[keys:] {
		d := t.decided(p[:keys])
		if d.residual != nil {
			d.set = t.settle(d.residual, resource(data, i))
		}
		b.sets = append(b.sets, d.set)
	}
	return b.sets
}

// find sets every step-th pattern to that of a resource's value for the key.
func find[D any](b *Batch, k *key, patterns []*pattern, step int, data D, i, n int, resource func(d D, i int) pcommon.Resource) {
	defer b.forget()
	for at := 0; i < n; i, at = i+1, at+step {
		v, ok := resource(data, i).Attributes().Get(k.name)
		if !ok {
			patterns[at] = k.absent
			b.values = append(b.values, "")
			continue
		}
		patterns[at] = nil
		b.values = append(b.values, text(v))
	}
	for _, v := range b.values {
		b.hashes = append(b.hashes, maphash.String(seed, v))
	}
	for j, v := range b.values {
		if p := &patterns[j*step]; *p == nil {
			*p = k.lookup(v, b.hashes[j])
		}
	}
}

// forget drops the values, which would keep the payload alive.
func (b *Batch) forget() {
	clear(b.values)
	b.values, b.hashes = b.values[:0], b.hashes[:0]
}

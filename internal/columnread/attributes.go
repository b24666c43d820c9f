package columnread

import (
	"encoding/binary"
	"math"

	"github.com/apache/arrow-go/v18/parquet"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/xpdata"
)

type textLeaf = leaf[parquet.ByteArray, string]

// attributes are the columns of a set of attributes: the map, the types beside it, and the promoted columns
// whose values go back to the front of it.
type attributes struct {
	keys, values, types *textLeaf
	promoted            []promotedColumn
	builder             xpdata.MapBuilder
}

// bindAttributes binds the map at path, which lies in so many lists.
func bindAttributes(t *table, path string, lists int, promoted []Promoted) *attributes {
	a := &attributes{
		keys:   bindTextIn(t, path+inMap+".key", lists+1),
		values: bindTextIn(t, path+inMap+".value", lists+1),
		types:  bindTextIn(t, path+"_types", lists),
	}
	for _, p := range promoted {
		a.promoted = append(a.promoted, bindPromoted(t, p))
	}
	return a
}

// fill sets m, which is empty, to the attributes of row or entry i: those of promoted columns, then those of
// the map. A key may appear twice, as it may in OTLP.
func (a *attributes) fill(i int, m pcommon.Map) error {
	lo, hi := a.keys.inner(i)
	letters := a.types.entries[i]
	if len(letters) != hi-lo {
		return damagedf("column %s has %d types for %d entries", a.types.descr.Path(), len(letters), hi-lo)
	}
	taken := 0
	for k := range a.promoted {
		if a.promoted[k].has(i) {
			taken++
		}
	}
	if taken+hi-lo == 0 {
		return nil
	}
	a.builder.EnsureCapacity(taken + hi - lo)
	for k := range a.promoted {
		if p := &a.promoted[k]; p.has(i) {
			p.put(i, a.builder.AppendEmpty(p.key))
		}
	}
	for k := lo; k < hi; k++ {
		v := a.builder.AppendEmpty(a.keys.entries[k])
		if err := setValue(v, letters[k-lo], a.values.entries[k]); err != nil {
			return err
		}
	}
	a.builder.UnsafeIntoMap(m)
	return nil
}

// appendID appends to buf what tells the attributes of one row from those of another.
func (a *attributes) appendID(i int, buf []byte) []byte {
	for k := range a.promoted {
		p := &a.promoted[k]
		if has := p.has(i); has {
			buf = p.id(i, append(buf, 1))
		} else {
			buf = append(buf, 0)
		}
	}
	lo, hi := a.keys.inner(i)
	buf = appendText(buf, a.types.entries[i])
	for k := lo; k < hi; k++ {
		buf = appendText(appendText(buf, a.keys.entries[k]), a.values.entries[k])
	}
	return buf
}

// appendText appends s so that no two sequences of texts look the same.
func appendText(buf []byte, s string) []byte {
	return append(binary.AppendUvarint(buf, uint64(len(s))), s...)
}

func appendNumber[T int32 | int64](buf []byte, n T) []byte { return binary.AppendVarint(buf, int64(n)) }

func appendDouble(buf []byte, f float64) []byte {
	return binary.LittleEndian.AppendUint64(buf, math.Float64bits(f))
}

func appendBool(buf []byte, b bool) []byte {
	if b {
		return append(buf, 1)
	}
	return append(buf, 0)
}

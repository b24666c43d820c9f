package masking

import (
	"slices"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/masking/detect"
)

// attributes masks the values of a map, and its keys where that is asked for.
func (w *worker) attributes(m pcommon.Map, f Field) {
	if w.policy.fields.has(f) {
		w.entries(m, f, nil, 0)
	}
}

// entries masks the values of a map that is in depth others. If inherited is
// not nil it holds for all of them, whatever their keys.
//
// Most values are texts that hold nothing, under the keys of the map before. The
// loop is about those and leaves all others to entry, so that few variables are
// alive in it. A verdict that is plain knows no custom detector, so that it leaves
// small numbers alone.
func (w *worker) entries(m pcommon.Map, f Field, inherited *verdict, depth int) {
	w.visited |= 1 << f
	outer := len(w.removed)
	at := entries{m: m, field: f, inherited: inherited, depth: depth}
	recent := &w.recent[f]
	scanned := 0
	i := uint(0)
	for key, value := range m.All() {
		last := &recent[i%recentKeys]
		v := last.verdict
		if v == nil || v.key != key {
			v = w.policy.verdict(key)
			*last = recentKey{verdict: v}
		}
		i++
		if v.isPlain && inherited == nil {
			s := value.Str()
			if s != "" {
				if s == last.clean {
					scanned += len(s)
					continue
				}
				if len(s) <= w.policy.maxBytes && detect.Clean(s, v.want) && (!v.wantsMore || detect.CleanMore(s, v.want)) {
					last.clean = s
					scanned += len(s)
					continue
				}
			} else if value.Type() == pcommon.ValueTypeInt && value.Int() < leastNumber {
				continue
			}
		}
		w.entry(&at, v, value, i-1)
	}
	w.bytes += scanned
	w.remove(m, outer)
	if at.renamed {
		w.rename(m)
	}
}

// remove takes from m the entries that are to be removed, behind those of the
// outer maps and lists.
func (w *worker) remove(m pcommon.Map, outer int) {
	if len(w.removed) == outer {
		return
	}
	i, removed := -1, w.removed[outer:]
	m.RemoveIf(func(string, pcommon.Value) bool {
		i++
		return slices.Contains(removed, i)
	})
	w.removed = w.removed[:outer]
}

// entries are those of one map.
type entries struct {
	m         pcommon.Map
	field     Field
	inherited *verdict
	depth     int
	renamed   bool // one of the keys is to be masked
}

// entry masks the i-th of some entries.
func (w *worker) entry(at *entries, v *verdict, value pcommon.Value, i uint) {
	at.renamed = at.renamed || v.renamed
	if at.inherited != nil {
		v = at.inherited
	}
	if v.idle() {
		return
	}
	if v.quoted != nil {
		v = withDialect(v, at.m)
	}
	w.value(value, at.field, v, at.depth)
	if w.dropAttribute {
		w.dropAttribute = false
		w.removed = append(w.removed, int(i))
	}
}

// rename gives entries their masked keys. Of entries whose keys become equal
// only the first stays.
func (w *worker) rename(m pcommon.Map) {
	out := pcommon.NewMap()
	out.EnsureCapacity(m.Len())
	for key, value := range m.All() {
		name := w.policy.verdict(key).name
		if name != key {
			w.count(w.policy.keyRuleID(), Mask, AttributeKeys)
			if _, taken := out.Get(name); taken {
				continue
			}
		}
		value.MoveTo(out.PutEmpty(name))
	}
	out.MoveTo(m)
}

// value masks a value that is in depth maps and lists.
func (w *worker) value(value pcommon.Value, f Field, v *verdict, depth int) {
	if v.rule != nil && v.rule.Kind == DropAttribute {
		w.remember(value, 0)
		w.ruled(f, v.rule)
		return
	}
	switch value.Type() {
	case pcommon.ValueTypeStr:
		if out, changed := w.text(value.Str(), f, v); changed {
			value.SetStr(out)
		}
	case pcommon.ValueTypeInt:
		if out, changed := w.integer(value.Int(), f, v); changed {
			value.SetInt(out)
		}
	case pcommon.ValueTypeDouble:
		w.double(value, f, v)
	case pcommon.ValueTypeBool:
		w.boolean(value, f, v)
	case pcommon.ValueTypeBytes:
		w.byteSlice(value, f, v)
	case pcommon.ValueTypeMap, pcommon.ValueTypeSlice:
		w.nested(value, f, v, depth+1)
	}
}

// nested masks a map or a list. One that is too deep is replaced.
func (w *worker) nested(value pcommon.Value, f Field, v *verdict, depth int) {
	if depth > w.policy.maxDepth {
		w.fail(TooDeep)
		value.SetStr(tooDeepText)
		return
	}
	if value.Type() == pcommon.ValueTypeMap {
		inherited := v
		if v.rule == nil {
			inherited = nil
		}
		w.entries(value.Map(), f, inherited, depth)
		return
	}
	outer := len(w.removed)
	list := value.Slice()
	for i := range list.Len() {
		w.value(list.At(i), f, v, depth)
		if w.dropAttribute && v.rule == nil {
			w.dropAttribute = false
			w.removed = append(w.removed, i)
		}
	}
	if len(w.removed) > outer {
		i, removed := -1, w.removed[outer:]
		list.RemoveIf(func(pcommon.Value) bool {
			i++
			return slices.Contains(removed, i)
		})
		w.removed = w.removed[:outer]
	}
}

// ruled counts a value that a rule is about and that is no text. It returns
// false if the value stays as it is.
func (w *worker) ruled(f Field, a *Action) bool {
	w.count(w.policy.keyRuleID(), a.Kind, f)
	w.dropAttribute = w.dropAttribute || a.Kind == DropAttribute
	w.dropRecord = w.dropRecord || a.Kind == DropRecord
	return a.Kind != Tag
}

// boolean masks a value that tells little, but a rule is a rule.
func (w *worker) boolean(value pcommon.Value, f Field, v *verdict) {
	if v.rule != nil && w.ruled(f, v.rule) && value.Bool() {
		value.SetBool(false)
	}
}

// byteSlice masks bytes as text. What is left of them gets memory of its own:
// pdata's copies of a payload, such as another stream's, share their bytes.
func (w *worker) byteSlice(value pcommon.Value, f Field, v *verdict) {
	b := value.Bytes()
	w.digits = w.digits[:0]
	for i := range b.Len() {
		w.digits = append(w.digits, b.At(i))
	}
	if out, changed := w.text(view(w.digits), f, v); changed {
		value.SetEmptyBytes().FromRaw([]byte(out))
	}
}

// withDialect returns the verdict with what the database is known to be.
func withDialect(v *verdict, m pcommon.Map) *verdict {
	system, ok := m.Get("db.system.name")
	if !ok {
		system, ok = m.Get("db.system")
	}
	if !ok {
		return v.quoted
	}
	switch system.Str() {
	case "redis", "valkey", "memcached", "keydb":
		return v.arguments
	case "postgresql", "oracle.db", "oracle", "microsoft.sql_server", "mssql", "ibm.db2", "db2", "cockroachdb", "clickhouse", "snowflake",
		"aws.redshift", "redshift", "cassandra", "h2database", "h2", "hsqldb", "derby", "sqlite", "trino", "vertica", "teradata", "firebirdsql":
		return v
	}
	return v.quoted
}

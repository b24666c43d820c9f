package columnread

import (
	"encoding/json"
	"strings"

	"github.com/apache/arrow-go/v18/parquet"
	"go.opentelemetry.io/collector/pdata/pcommon"
)

// unknownService stands in service_name, the one promoted column that is never null, for resources that do
// not say. A resource that says just that has it in its map as well.
const unknownService = "unknown_service"

// parsePromoted reads the footer's list of promoted attributes.
func parsePromoted(text string) (resource, item []Promoted, err error) {
	if text == "" {
		return nil, nil, nil
	}
	var list struct{ Resource, Item []string }
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		return nil, nil, damagedf("the list of promoted attributes: %w", err)
	}
	return withColumns(list.Resource), withColumns(list.Item), nil
}

func withColumns(keys []string) []Promoted {
	promoted := make([]Promoted, len(keys))
	for i, key := range keys {
		promoted[i] = Promoted{Key: key, Column: columnName(key)}
	}
	return promoted
}

// columnName returns the name of the column of an attribute: letters in lower case, "_" for all but letters
// and digits. The schema defines it; all versions use the same rule.
func columnName(key string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		case r >= 'A' && r <= 'Z':
			return r - 'A' + 'a'
		default:
			return '_'
		}
	}, key)
}

// promotedColumn is the column of a promoted attribute.
type promotedColumn struct {
	key string
	has func(i int) bool               // whether row i has the attribute in the column
	put func(i int, v pcommon.Value)   // sets v from row i, which has it
	id  func(i int, buf []byte) []byte // appends what tells the values of rows apart, for rows that have it
}

// bindPromoted binds the column of an attribute by the type that it has in the file.
func bindPromoted(t *table, p Promoted) promotedColumn {
	id := t.leafIndex(p.Column)
	if id < 0 {
		return promotedColumn{}
	}
	switch t.schema.Column(id).PhysicalType() {
	case parquet.Types.Int32:
		l := bindNumber[int32](t, p.Column)
		return promotedOf(p.Key, l, func(v pcommon.Value, n int32) { v.SetInt(int64(n)) }, appendNumber)
	case parquet.Types.Int64:
		l := bindNumber[int64](t, p.Column)
		return promotedOf(p.Key, l, pcommon.Value.SetInt, appendNumber)
	case parquet.Types.Double:
		l := bindNumber[float64](t, p.Column)
		return promotedOf(p.Key, l, pcommon.Value.SetDouble, appendDouble)
	case parquet.Types.Boolean:
		l := bindNumber[bool](t, p.Column)
		return promotedOf(p.Key, l, pcommon.Value.SetBool, appendBool)
	default:
		l := bindText(t, p.Column)
		c := promotedOf(p.Key, l, pcommon.Value.SetStr, appendText)
		if !l.optional() {
			c.has = func(i int) bool { return l.entries[i] != unknownService }
		}
		return c
	}
}

func promotedOf[P, V any](key string, l *leaf[P, V], set func(pcommon.Value, V), id func([]byte, V) []byte) promotedColumn {
	return promotedColumn{
		key: key,
		has: l.has,
		put: func(i int, v pcommon.Value) { set(v, l.entries[i]) },
		id:  func(i int, buf []byte) []byte { return id(buf, l.entries[i]) },
	}
}

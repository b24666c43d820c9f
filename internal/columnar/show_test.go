package columnar

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
)

// The tests compare payloads and files through one text form, in which two values look the same only if they
// are. show makes it from pdata; shown makes it from what a reader finds in a file.

func show(v pcommon.Value) string {
	switch v.Type() {
	case pcommon.ValueTypeStr:
		return strconv.Quote(v.Str())
	case pcommon.ValueTypeInt:
		return fmt.Sprint("int ", v.Int())
	case pcommon.ValueTypeDouble:
		return showDouble(v.Double())
	case pcommon.ValueTypeBool:
		return fmt.Sprint(v.Bool())
	case pcommon.ValueTypeBytes:
		return fmt.Sprintf("bytes %x", v.Bytes().AsRaw())
	case pcommon.ValueTypeSlice:
		var items []string
		for _, item := range v.Slice().All() {
			items = append(items, show(item))
		}
		return fmt.Sprint(items)
	case pcommon.ValueTypeMap:
		var items []string
		for key, item := range v.Map().All() {
			items = append(items, strconv.Quote(key)+"="+show(item))
		}
		return fmt.Sprintf("{%s}", strings.Join(items, " "))
	default:
		return "empty"
	}
}

func showDouble(f float64) string {
	if math.IsNaN(f) {
		return "double NaN"
	}
	return fmt.Sprintf("double %x", math.Float64bits(f))
}

// showMap shows attributes, whatever their order.
func showMap(m pcommon.Map) string {
	var items []string
	for key, v := range m.All() {
		items = append(items, strconv.Quote(key)+"="+show(v))
	}
	slices.Sort(items)
	return fmt.Sprint(items)
}

// shown shows the value that a text stands for.
func shown(t testing.TB, text string, letter byte) string {
	t.Helper()
	switch letter {
	case letterString:
		return strconv.Quote(text)
	case letterInt:
		_, err := strconv.ParseInt(text, 10, 64)
		require.NoError(t, err)
		return "int " + text
	case letterDouble:
		f, err := strconv.ParseFloat(text, 64)
		require.NoError(t, err)
		return showDouble(f)
	case letterBool:
		return text
	case letterBytes:
		return fmt.Sprintf("bytes %x", unbase64(t, text))
	case letterRawString:
		return strconv.Quote(string(unbase64(t, text)))
	case letterEmpty:
		require.Empty(t, text)
		return "empty"
	case letterSlice, letterMap:
		d := json.NewDecoder(strings.NewReader(text))
		d.UseNumber()
		return shownJSON(t, d)
	case letterTypedSlice, letterTypedMap:
		var v typedValue
		require.NoError(t, json.Unmarshal([]byte(text), &v), text)
		return v.show(t)
	default:
		require.Failf(t, "unknown letter", "%q", letter)
		return ""
	}
}

func unbase64(t testing.TB, s string) []byte {
	t.Helper()
	raw, err := base64.StdEncoding.DecodeString(s)
	require.NoError(t, err)
	return raw
}

// shownJSON shows the next value of d. It reads tokens, because an object may have a key twice.
func shownJSON(t testing.TB, d *json.Decoder) string {
	t.Helper()
	token, err := d.Token()
	require.NoError(t, err)
	switch token := token.(type) {
	case string:
		return strconv.Quote(token)
	case bool:
		return fmt.Sprint(token)
	case json.Number:
		if strings.ContainsAny(token.String(), ".e") {
			return shown(t, token.String(), letterDouble)
		}
		return shown(t, token.String(), letterInt)
	case json.Delim:
		var items []string
		for d.More() {
			prefix := ""
			if token == '{' {
				key, err := d.Token()
				require.NoError(t, err)
				prefix = strconv.Quote(key.(string)) + "="
			}
			items = append(items, prefix+shownJSON(t, d))
		}
		_, err = d.Token()
		require.NoError(t, err)
		if token == '[' {
			return fmt.Sprint(items)
		}
		return fmt.Sprintf("{%s}", strings.Join(items, " "))
	default:
		return "empty"
	}
}

// typedValue is an AnyValue in OTLP's JSON, with this package's two additions.
type typedValue struct {
	StringValue, RawStringValue, IntValue, BytesValue *string
	DoubleValue                                       any
	BoolValue                                         *bool
	ArrayValue                                        *struct{ Values []typedValue }
	KvlistValue                                       *struct {
		Values []struct {
			Key, RawKey string
			Value       typedValue
		}
	}
}

func (v *typedValue) show(t testing.TB) string {
	t.Helper()
	switch {
	case v.StringValue != nil:
		return strconv.Quote(*v.StringValue)
	case v.RawStringValue != nil:
		return strconv.Quote(string(unbase64(t, *v.RawStringValue)))
	case v.IntValue != nil:
		return "int " + *v.IntValue
	case v.DoubleValue != nil:
		f, err := strconv.ParseFloat(fmt.Sprint(v.DoubleValue), 64)
		require.NoError(t, err)
		return showDouble(f)
	case v.BoolValue != nil:
		return fmt.Sprint(*v.BoolValue)
	case v.BytesValue != nil:
		return fmt.Sprintf("bytes %x", unbase64(t, *v.BytesValue))
	case v.ArrayValue != nil:
		var items []string
		for i := range v.ArrayValue.Values {
			items = append(items, v.ArrayValue.Values[i].show(t))
		}
		return fmt.Sprint(items)
	case v.KvlistValue != nil:
		var items []string
		for i := range v.KvlistValue.Values {
			kv := &v.KvlistValue.Values[i]
			items = append(items, strconv.Quote(kv.Key+string(unbase64(t, kv.RawKey)))+"="+kv.Value.show(t))
		}
		return fmt.Sprintf("{%s}", strings.Join(items, " "))
	default:
		return "empty"
	}
}

// shownMap shows the attributes that a row has in a map and in the columns promoted from it.
func (r row) shownMap(t testing.TB, name string, columns []column, s scope) string {
	t.Helper()
	letters, entries := r[name+"_types"].(string), r[name].([]entry)
	require.Len(t, entries, len(letters))
	var items []string
	for i, e := range entries {
		items = append(items, strconv.Quote(e.key)+"="+shown(t, e.value, letters[i]))
	}
	for i := range columns {
		c := &columns[i]
		if c.scope != s || s == scopeNone || r[c.name] == nil {
			continue
		}
		if c.key == serviceName && r[c.name] == unknownService {
			continue // Stands for no value, and a real one is in the map too.
		}
		letter := byte(letterString)
		if c.kind == kindInt32 {
			letter = letterInt
		}
		items = append(items, strconv.Quote(c.key)+"="+shown(t, fmt.Sprint(r[c.name]), letter))
	}
	slices.Sort(items)
	return fmt.Sprint(items)
}

// requireSame fails with the first row that differs.
func requireSame(t testing.TB, want, got []string) {
	t.Helper()
	for i := range min(len(want), len(got)) {
		require.Equal(t, want[i], got[i])
	}
	require.Len(t, got, len(want))
}

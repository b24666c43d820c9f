package columnar

import (
	"encoding/base64"
	"math"
	"strconv"
	"unicode/utf8"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// The letters of attributes_types and body_type: how the text of a value is to be read.
const (
	letterString     = 's' // as it is
	letterInt        = 'i' // decimal
	letterDouble     = 'd' // shortest decimal that parses back, NaN, +Inf or -Inf
	letterBool       = 'b' // true or false
	letterBytes      = 'y' // base64
	letterSlice      = 'a' // JSON array
	letterMap        = 'm' // JSON object, keys in order, duplicates kept
	letterEmpty      = 'e' // no value, empty text
	letterRawString  = 'x' // base64 of a string that is not UTF-8
	letterTypedSlice = 'A' // array in the JSON encoding of OTLP, for what plain JSON cannot hold
	letterTypedMap   = 'M' // the same for an object
)

// appendValue appends the text of v to buf and returns its letter. Plain JSON is used where it says
// everything, because that is what people query: integers have neither point nor exponent, doubles have one.
func appendValue(buf []byte, v pcommon.Value) ([]byte, byte) {
	switch v.Type() {
	case pcommon.ValueTypeStr:
		s := v.Str()
		if !utf8.ValidString(s) {
			return base64.StdEncoding.AppendEncode(buf, []byte(s)), letterRawString
		}
		return append(buf, s...), letterString
	case pcommon.ValueTypeInt:
		return strconv.AppendInt(buf, v.Int(), 10), letterInt
	case pcommon.ValueTypeDouble:
		return strconv.AppendFloat(buf, v.Double(), 'g', -1, 64), letterDouble
	case pcommon.ValueTypeBool:
		return strconv.AppendBool(buf, v.Bool()), letterBool
	case pcommon.ValueTypeBytes:
		return base64.StdEncoding.AppendEncode(buf, v.Bytes().AsRaw()), letterBytes
	case pcommon.ValueTypeSlice:
		return appendNested(buf, v, letterSlice, letterTypedSlice)
	case pcommon.ValueTypeMap:
		return appendNested(buf, v, letterMap, letterTypedMap)
	default:
		return buf, letterEmpty
	}
}

func appendNested(buf []byte, v pcommon.Value, plain, typed byte) ([]byte, byte) {
	start := len(buf)
	if out, ok := appendJSON(buf, v); ok {
		return out, plain
	}
	return appendTyped(buf[:start], v), typed
}

// appendJSON appends v as plain JSON; it answers false when JSON would lose something.
func appendJSON(buf []byte, v pcommon.Value) ([]byte, bool) {
	switch v.Type() {
	case pcommon.ValueTypeStr:
		return appendQuoted(buf, v.Str()), utf8.ValidString(v.Str())
	case pcommon.ValueTypeInt:
		return strconv.AppendInt(buf, v.Int(), 10), true
	case pcommon.ValueTypeDouble:
		return appendJSONDouble(buf, v.Double())
	case pcommon.ValueTypeBool:
		return strconv.AppendBool(buf, v.Bool()), true
	case pcommon.ValueTypeBytes:
		return buf, false
	case pcommon.ValueTypeSlice:
		buf = append(buf, '[')
		for i, item := range v.Slice().All() {
			if i > 0 {
				buf = append(buf, ',')
			}
			var ok bool
			if buf, ok = appendJSON(buf, item); !ok {
				return buf, false
			}
		}
		return append(buf, ']'), true
	case pcommon.ValueTypeMap:
		return appendJSONMap(buf, v.Map())
	default:
		return append(buf, "null"...), true
	}
}

func appendJSONMap(buf []byte, m pcommon.Map) ([]byte, bool) {
	buf = append(buf, '{')
	first := true
	for key, item := range m.All() {
		if !utf8.ValidString(key) {
			return buf, false
		}
		if !first {
			buf = append(buf, ',')
		}
		first = false
		buf = append(appendQuoted(buf, key), ':')
		var ok bool
		if buf, ok = appendJSON(buf, item); !ok {
			return buf, false
		}
	}
	return append(buf, '}'), true
}

// appendJSONDouble appends f so that it cannot be taken for an integer.
func appendJSONDouble(buf []byte, f float64) ([]byte, bool) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return buf, false
	}
	start := len(buf)
	buf = strconv.AppendFloat(buf, f, 'g', -1, 64)
	for _, b := range buf[start:] {
		if b == '.' || b == 'e' {
			return buf, true
		}
	}
	return append(buf, '.', '0'), true
}

// appendTyped appends v as an OTLP AnyValue in JSON. Strings and keys that are not UTF-8 appear under
// rawStringValue and rawKey in base64, two names that OTLP does not use.
func appendTyped(buf []byte, v pcommon.Value) []byte {
	switch v.Type() {
	case pcommon.ValueTypeStr:
		if !utf8.ValidString(v.Str()) {
			return appendBase64(append(buf, `{"rawStringValue":`...), []byte(v.Str()), '}')
		}
		return append(appendQuoted(append(buf, `{"stringValue":`...), v.Str()), '}')
	case pcommon.ValueTypeInt:
		return append(strconv.AppendInt(append(buf, `{"intValue":"`...), v.Int(), 10), `"}`...)
	case pcommon.ValueTypeDouble:
		return append(appendTypedDouble(append(buf, `{"doubleValue":`...), v.Double()), '}')
	case pcommon.ValueTypeBool:
		return append(strconv.AppendBool(append(buf, `{"boolValue":`...), v.Bool()), '}')
	case pcommon.ValueTypeBytes:
		return appendBase64(append(buf, `{"bytesValue":`...), v.Bytes().AsRaw(), '}')
	case pcommon.ValueTypeSlice:
		buf = append(buf, `{"arrayValue":{"values":[`...)
		for i, item := range v.Slice().All() {
			if i > 0 {
				buf = append(buf, ',')
			}
			buf = appendTyped(buf, item)
		}
		return append(buf, "]}}"...)
	case pcommon.ValueTypeMap:
		return appendTypedMap(buf, v.Map())
	default:
		return append(buf, "{}"...)
	}
}

func appendTypedMap(buf []byte, m pcommon.Map) []byte {
	buf = append(buf, `{"kvlistValue":{"values":[`...)
	first := true
	for key, item := range m.All() {
		if !first {
			buf = append(buf, ',')
		}
		first = false
		if utf8.ValidString(key) {
			buf = append(appendQuoted(append(buf, `{"key":`...), key), `,"value":`...)
		} else {
			buf = append(appendBase64(append(buf, `{"rawKey":`...), []byte(key), ','), `"value":`...)
		}
		buf = append(appendTyped(buf, item), '}')
	}
	return append(buf, "]}}"...)
}

func appendTypedDouble(buf []byte, f float64) []byte {
	switch {
	case math.IsNaN(f):
		return append(buf, `"NaN"`...)
	case math.IsInf(f, 1):
		return append(buf, `"Infinity"`...)
	case math.IsInf(f, -1):
		return append(buf, `"-Infinity"`...)
	default:
		return strconv.AppendFloat(buf, f, 'g', -1, 64)
	}
}

func appendBase64(buf, raw []byte, end byte) []byte {
	return append(base64.StdEncoding.AppendEncode(append(buf, '"'), raw), '"', end)
}

// appendQuoted appends s as a JSON string. Only what JSON demands is escaped.
func appendQuoted(buf []byte, s string) []byte {
	const digits = "0123456789abcdef"
	buf = append(buf, '"')
	for i := range len(s) {
		switch b := s[i]; {
		case b == '"' || b == '\\':
			buf = append(buf, '\\', b)
		case b < ' ':
			buf = append(buf, '\\', 'u', '0', '0', digits[b>>4], digits[b&15])
		default:
			buf = append(buf, b)
		}
	}
	return append(buf, '"')
}

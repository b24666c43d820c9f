package columnread

import (
	"encoding/base64"
	"strconv"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// The letters of the columns of types: how the text of a value is to be read.
const (
	letterString     = 's'
	letterInt        = 'i'
	letterDouble     = 'd'
	letterBool       = 'b'
	letterBytes      = 'y'
	letterSlice      = 'a'
	letterMap        = 'm'
	letterEmpty      = 'e'
	letterRawString  = 'x'
	letterTypedSlice = 'A'
	letterTypedMap   = 'M'
)

// setValue sets v, which is empty, from its text and letter.
func setValue(v pcommon.Value, letter byte, text string) error {
	var err error
	switch letter {
	case letterString:
		v.SetStr(text)
	case letterInt:
		var n int64
		n, err = strconv.ParseInt(text, 10, 64)
		v.SetInt(n)
	case letterDouble:
		var f float64
		f, err = strconv.ParseFloat(text, 64)
		v.SetDouble(f)
	case letterBool:
		v.SetBool(text == "true")
		if text != "true" && text != "false" {
			err = strconv.ErrSyntax
		}
	case letterBytes:
		var raw []byte
		raw, err = base64.StdEncoding.DecodeString(text)
		v.SetEmptyBytes().FromRaw(raw)
	case letterRawString:
		var raw []byte
		raw, err = base64.StdEncoding.DecodeString(text)
		v.SetStr(string(raw))
	case letterSlice, letterMap:
		err = parseNested(v, text, (*parser).plain)
	case letterTypedSlice, letterTypedMap:
		err = parseNested(v, text, (*parser).typed)
	case letterEmpty:
	default:
		return damagedf("a value of type %q", letter)
	}
	if err != nil {
		return damagedf("a value of type %q: %w", letter, err)
	}
	return nil
}

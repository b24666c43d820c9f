package columnread

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/xpdata"
)

// maxDepth bounds the nesting of arrays and maps in a value: Go's stack is large, not endless.
const maxDepth = 10_000

var (
	errDepth = fmt.Errorf("arrays and maps nested more than %d deep", maxDepth)
	errShape = errors.New("the text is not that of a value")
)

// parser reads the text of an array or a map token by token, because a map may hold a key twice and keeps
// the order of its keys.
type parser struct {
	*json.Decoder
	depth int
}

// parseNested sets v from text by one of the two ways in which nested values are written.
func parseNested(v pcommon.Value, text string, parse func(*parser, pcommon.Value) error) error {
	p := &parser{Decoder: json.NewDecoder(strings.NewReader(text))}
	p.UseNumber()
	if err := parse(p, v); err != nil {
		return err
	}
	if _, err := p.Token(); !errors.Is(err, io.EOF) {
		return errShape
	}
	return nil
}

// token reads the next token, which must be of type T.
func token[T any](p *parser) (T, error) {
	t, err := p.Token()
	if err != nil {
		var zero T
		return zero, err
	}
	v, ok := t.(T)
	if !ok {
		return v, errShape
	}
	return v, nil
}

// expect reads the next tokens, which must be delimiters or strings known in advance.
func (p *parser) expect(want ...json.Token) error {
	for _, w := range want {
		got, err := p.Token()
		if err != nil {
			return err
		}
		if got != w {
			return errShape
		}
	}
	return nil
}

// plain sets v from plain JSON: numbers with a point or an exponent are doubles, null is an empty value.
func (p *parser) plain(v pcommon.Value) error {
	t, err := p.Token()
	if err != nil {
		return err
	}
	switch t := t.(type) {
	case string:
		v.SetStr(t)
	case bool:
		v.SetBool(t)
	case json.Number:
		return setNumber(v, t.String())
	case json.Delim:
		p.depth++
		defer func() { p.depth-- }()
		switch {
		case p.depth > maxDepth:
			return errDepth
		case t == '[':
			return p.items(v.SetEmptySlice(), p.plain)
		case t == '{':
			return p.plainMap(v.SetEmptyMap())
		}
		return errShape
	case nil:
	}
	return nil
}

func setNumber(v pcommon.Value, text string) error {
	if strings.ContainsAny(text, ".eE") {
		f, err := strconv.ParseFloat(text, 64)
		v.SetDouble(f)
		return err
	}
	n, err := strconv.ParseInt(text, 10, 64)
	v.SetInt(n)
	return err
}

// items reads the rest of an array.
func (p *parser) items(s pcommon.Slice, parse func(pcommon.Value) error) error {
	for p.More() {
		if err := parse(s.AppendEmpty()); err != nil {
			return err
		}
	}
	return p.expect(json.Delim(']'))
}

func (p *parser) plainMap(m pcommon.Map) error {
	var b xpdata.MapBuilder // A Map would not take a key twice.
	for p.More() {
		key, err := token[string](p)
		if err != nil {
			return err
		}
		if err := p.plain(b.AppendEmpty(key)); err != nil {
			return err
		}
	}
	b.UnsafeIntoMap(m)
	return p.expect(json.Delim('}'))
}

// typed sets v from an AnyValue as OTLP writes it in JSON, with two names that OTLP does not use: rawKey and
// rawStringValue hold text that is not UTF-8 in base64.
func (p *parser) typed(v pcommon.Value) error {
	if err := p.expect(json.Delim('{')); err != nil {
		return err
	}
	if p.More() {
		name, err := token[string](p)
		if err != nil {
			return err
		}
		if err := p.typedAs(name, v); err != nil {
			return err
		}
	}
	return p.expect(json.Delim('}'))
}

func (p *parser) typedAs(name string, v pcommon.Value) error {
	switch name {
	case "arrayValue", "kvlistValue":
		return p.typedNested(name, v)
	case "boolValue":
		b, err := token[bool](p)
		v.SetBool(b)
		return err
	case "doubleValue":
		f, err := p.double()
		v.SetDouble(f)
		return err
	}
	text, err := token[string](p)
	if err != nil {
		return err
	}
	switch name {
	case "stringValue":
		v.SetStr(text)
	case "rawStringValue":
		return setValue(v, letterRawString, text)
	case "intValue":
		return setValue(v, letterInt, text)
	case "bytesValue":
		return setValue(v, letterBytes, text)
	default:
		return errShape
	}
	return nil
}

// double reads a number, or a string for what JSON has no number.
func (p *parser) double() (float64, error) {
	t, err := p.Token()
	if err != nil {
		return 0, err
	}
	switch t := t.(type) {
	case json.Number:
		return t.Float64()
	case string:
		switch t {
		case "NaN":
			return math.NaN(), nil
		case "Infinity":
			return math.Inf(1), nil
		case "-Infinity":
			return math.Inf(-1), nil
		}
	}
	return 0, errShape
}

// typedNested reads the object that holds the values of an array or a map.
func (p *parser) typedNested(name string, v pcommon.Value) error {
	if p.depth++; p.depth > maxDepth {
		return errDepth
	}
	defer func() { p.depth-- }()
	if err := p.expect(json.Delim('{'), "values", json.Delim('[')); err != nil {
		return err
	}
	var err error
	if name == "arrayValue" {
		err = p.items(v.SetEmptySlice(), p.typed)
	} else {
		err = p.typedMap(v.SetEmptyMap())
	}
	if err != nil {
		return err
	}
	return p.expect(json.Delim('}'))
}

func (p *parser) typedMap(m pcommon.Map) error {
	var b xpdata.MapBuilder // A Map would not take a key twice.
	for p.More() {
		if err := p.typedEntry(&b); err != nil {
			return err
		}
	}
	b.UnsafeIntoMap(m)
	return p.expect(json.Delim(']'))
}

func (p *parser) typedEntry(b *xpdata.MapBuilder) error {
	if err := p.expect(json.Delim('{')); err != nil {
		return err
	}
	name, err := token[string](p)
	if err != nil {
		return err
	}
	key, err := token[string](p)
	if err != nil {
		return err
	}
	if name == "rawKey" {
		raw, err := base64.StdEncoding.DecodeString(key)
		if err != nil {
			return err
		}
		key = string(raw)
	} else if name != "key" {
		return errShape
	}
	if err := p.expect("value"); err != nil {
		return err
	}
	if err := p.typed(b.AppendEmpty(key)); err != nil {
		return err
	}
	return p.expect(json.Delim('}'))
}

// Package textfields finds the fields of OTLP that hold text or bytes, by
// reflection over the protobuf structs inside of pdata. It is for tests: a field
// that is new upstream shows up by itself.
package textfields

import (
	"reflect"
	"strings"
	"unsafe"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// Field is a field of type string or []byte in a payload.
type Field struct {
	// Place is the name of its message and its own, as in Span.Name.
	Place string
	value reflect.Value
}

// Text returns what the field holds.
func (f Field) Text() string {
	if f.value.Kind() == reflect.String {
		return f.value.String()
	}
	return string(f.value.Bytes())
}

// Set sets what the field holds.
func (f Field) Set(text string) {
	if f.value.Kind() == reflect.String {
		f.value.SetString(text)
	} else {
		f.value.SetBytes([]byte(text))
	}
}

// IsBytes reports whether the field holds bytes.
func (f Field) IsBytes() bool { return f.value.Kind() != reflect.String }

// Visit calls f for each text field of a payload, which is a pointer to one of
// ptrace.Traces, plog.Logs, pmetric.Metrics and pprofile.Profiles.
func Visit(payload any, f func(Field)) { walk(message(payload), "", 0, 0, f) }

// Grow gives each list of a payload that is empty an element, or one for each
// type that it may have, if it is in less than depth lists and messages, and each
// optional message a value. The payload is a pointer, as for Visit.
func Grow(payload any, depth int) { walk(message(payload), "", 0, depth, func(Field) {}) }

// message returns the protobuf struct inside of a payload, which pdata hides,
// or of another value of pdata.
func message(pdata any) reflect.Value {
	v := reflect.ValueOf(pdata).Elem().Field(0)
	return reflect.NewAt(v.Type().Elem(), unsafe.Pointer(v.Pointer())).Elem()
}

func walk(v reflect.Value, place string, depth, deepest int, f func(Field)) {
	switch v.Kind() {
	case reflect.String:
		f(Field{place, v})
	case reflect.Slice:
		walkList(v, place, depth, deepest, f)
	case reflect.Pointer:
		if v.IsNil() && deepest > 0 { // pdata expects the messages in lists
			v.Set(reflect.New(v.Type().Elem()))
		}
		if !v.IsNil() {
			walk(v.Elem(), place, depth+1, deepest, f)
		}
	case reflect.Interface:
		if !v.IsNil() {
			walk(v.Elem(), place, depth+1, deepest, f)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			name := v.Type().Name() + "." + v.Type().Field(i).Name
			// Decoding empties the deprecated lists.
			if v.Type().Field(i).IsExported() && !strings.Contains(name, ".DeprecatedScope") {
				walk(v.Field(i), name, depth+1, deepest, f)
			}
		}
	}
}

func walkList(v reflect.Value, place string, depth, deepest int, f func(Field)) {
	if v.Type().Elem().Kind() == reflect.Uint8 {
		f(Field{place, v})
		return
	}
	if v.Len() == 0 && depth < deepest {
		growList(v)
	}
	for i := range v.Len() {
		walk(v.Index(i), place, depth+1, deepest, f)
	}
}

// alternatives are the types that the fields of interface type can have, by the
// struct that they are in. Protobuf calls that a oneof, and reflection cannot
// list them: they are taken from values that pdata makes.
var alternatives = func() map[string][]reflect.Type {
	all := make(map[string][]reflect.Type)
	add := func(pdata any, field string) {
		m := message(pdata)
		owner := m.Type().Name()
		all[owner] = append(all[owner], m.FieldByName(field).Elem().Type())
	}
	for _, fill := range []func(pcommon.Value){
		func(v pcommon.Value) { v.SetStr("") }, func(v pcommon.Value) { v.SetInt(0) }, func(v pcommon.Value) { v.SetBool(true) },
		func(v pcommon.Value) { v.SetDouble(0) }, func(v pcommon.Value) { v.SetEmptyBytes() }, func(v pcommon.Value) { v.SetEmptySlice() },
		func(v pcommon.Value) { v.SetEmptyMap() },
	} {
		v := pcommon.NewValueEmpty()
		fill(v)
		add(&v, "Value")
	}
	for _, fill := range []func(pmetric.Metric){
		func(m pmetric.Metric) { m.SetEmptyGauge() }, func(m pmetric.Metric) { m.SetEmptySum() }, func(m pmetric.Metric) { m.SetEmptyHistogram() },
		func(m pmetric.Metric) { m.SetEmptyExponentialHistogram() }, func(m pmetric.Metric) { m.SetEmptySummary() },
	} {
		m := pmetric.NewMetric()
		fill(m)
		add(&m, "Data")
	}
	p, e := pmetric.NewNumberDataPoint(), pmetric.NewExemplar()
	p.SetIntValue(1)
	add(&p, "Value")
	e.SetIntValue(1)
	add(&e, "Value")
	return all
}()

// growList gives a list one element, or as many as there are alternatives for
// what its elements hold.
func growList(v reflect.Value) {
	elem := v.Type().Elem()
	for elem.Kind() == reflect.Pointer {
		elem = elem.Elem()
	}
	kinds := alternatives[elem.Name()]
	field := map[string]string{"AnyValue": "Value", "Metric": "Data"}[elem.Name()]
	if elem.Name() == "KeyValue" || elem.Name() == "KeyValueAndUnit" || elem.Name() == "LogRecord" {
		kinds = alternatives["AnyValue"]
	}
	v.Set(reflect.MakeSlice(v.Type(), max(1, len(kinds)), max(1, len(kinds))))
	for i, kind := range kinds {
		e := v.Index(i)
		if e.Kind() == reflect.Pointer {
			e.Set(reflect.New(elem))
			e = e.Elem()
		}
		target := e
		switch elem.Name() {
		case "KeyValue", "KeyValueAndUnit":
			target = e.FieldByName("Value").FieldByName("Value")
		case "LogRecord":
			target = e.FieldByName("Body").FieldByName("Value")
		case "NumberDataPoint", "Exemplar":
			target = e.FieldByName("Value")
		default:
			target = e.FieldByName(field)
		}
		target.Set(reflect.New(kind.Elem()))
	}
}

// Alternatives returns what the oneof of a message can be, by its methods: those
// of its alternatives are called Get and their name. pdata is a pointer to a value
// of pdata.
func Alternatives(pdata any) []string {
	t := message(pdata).Addr().Type()
	var names []string
	for method := range t.Methods() {
		if name, ok := strings.CutPrefix(method.Name, "Get"); ok {
			names = append(names, name)
		}
	}
	return names
}

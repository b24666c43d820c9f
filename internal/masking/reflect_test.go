package masking

import (
	"reflect"
	"strings"
	"unsafe"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// message returns the protobuf struct inside of a payload, which pdata hides,
// or of another value of pdata.
func message(pdata any) reflect.Value {
	v := reflect.ValueOf(pdata).Elem().Field(0)
	return reflect.NewAt(v.Type().Elem(), unsafe.Pointer(v.Pointer())).Elem()
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

// visitTexts calls f for each field of type string or bytes of a message, and of
// those in it, with the name of its struct and its own. If grow is true, lists
// get an element for each alternative, and pointers a value, first.
func visitTexts(v reflect.Value, grow bool, f func(place string, v reflect.Value)) {
	walkTexts(v, "", grow, 0, f)
}

func walkTexts(v reflect.Value, place string, grow bool, depth int, f func(string, reflect.Value)) {
	const deepest = 24
	switch v.Kind() {
	case reflect.String:
		f(place, v)
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			f(place, v)
			return
		}
		if grow && v.Len() == 0 && depth < deepest {
			growList(v)
		}
		for i := range v.Len() {
			walkTexts(v.Index(i), place, grow, depth+1, f)
		}
	case reflect.Pointer:
		if v.IsNil() && grow {
			v.Set(reflect.New(v.Type().Elem()))
		}
		if !v.IsNil() {
			walkTexts(v.Elem(), place, grow, depth+1, f)
		}
	case reflect.Interface:
		if !v.IsNil() {
			walkTexts(v.Elem(), place, grow, depth+1, f)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			name := v.Type().Name() + "." + v.Type().Field(i).Name
			// Decoding empties the deprecated lists.
			if v.Type().Field(i).IsExported() && !strings.Contains(name, ".DeprecatedScope") {
				walkTexts(v.Field(i), name, grow, depth+1, f)
			}
		}
	}
}

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

// getters returns what the oneof of a message can be, by its methods: those of
// its alternatives are called Get and their name.
func getters(pdata any) []string {
	t := message(pdata).Addr().Type()
	var names []string
	for method := range t.Methods() {
		if name, ok := strings.CutPrefix(method.Name, "Get"); ok {
			names = append(names, name)
		}
	}
	return names
}

package otlprandom

import (
	"math"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/xpdata"
)

// known are keys that code tends to treat in its own way, with values of the type that they should have.
var known = []struct {
	key string
	set func(g generator, v pcommon.Value)
}{
	{"service.name", setText},
	{"service.namespace", setText},
	{"k8s.pod.name", setText},
	{"host.name", setText},
	{"http.request.method", setText},
	{"http.route", setText},
	{"error.type", setText},
	{"exception.type", setText},
	{"db.system", setText},
	{"http.response.status_code", setInteger},
	{"server.port", setInteger},
	{"rpc.grpc.status_code", setInteger},
	{"app.Tenant-\u00e9", setText},
	{"app.items", setInteger},
	{"app.amount", func(g generator, v pcommon.Value) { v.SetDouble(g.double()) }},
	{"app.paid", func(g generator, v pcommon.Value) { v.SetBool(g.flip()) }},
}

func setText(g generator, v pcommon.Value) { v.SetStr(g.anyText()) }

// setInteger sets numbers that fit into 32 bits more often than not.
func setInteger(g generator, v pcommon.Value) {
	if g.IntN(4) == 0 {
		v.SetInt(g.integer())
		return
	}
	v.SetInt(int64(int32(g.small()))) // Any 32 bits.
}

// attributes fills m with known keys, of either right or wrong type, and others. A key may appear twice.
func (g generator) attributes(m pcommon.Map) {
	var b xpdata.MapBuilder // A Map would not take a key twice.
	last := ""
	for range g.IntN(7) {
		key := g.anyText()
		switch k := known[g.IntN(len(known))]; g.IntN(8) {
		case 0, 1, 2:
			k.set(g, b.AppendEmpty(k.key))
			last = k.key
			continue
		case 3:
			key = k.key
		case 4:
			key = last
		}
		last = key
		g.value(b.AppendEmpty(key), 0)
	}
	b.UnsafeIntoMap(m)
}

// value sets v to a value of any type, nested up to four deep.
func (g generator) value(v pcommon.Value, depth int) {
	kinds := 8
	if depth > 3 {
		kinds = 6
	}
	switch g.IntN(kinds) {
	case 0:
		v.SetStr(g.anyText())
	case 1:
		v.SetInt(g.integer())
		if g.IntN(8) == 0 {
			v.SetInt(math.MinInt64)
		}
	case 2:
		v.SetDouble(g.double())
	case 3:
		v.SetBool(g.flip())
	case 4:
		v.SetEmptyBytes().FromRaw([]byte(g.anyText()))
	case 5: // Stays empty.
	case 6:
		s := v.SetEmptySlice()
		for range g.IntN(4) {
			g.value(s.AppendEmpty(), depth+1)
		}
	default:
		var b xpdata.MapBuilder
		for range g.IntN(4) {
			g.value(b.AppendEmpty(g.anyText()), depth+1)
		}
		b.UnsafeIntoMap(v.SetEmptyMap())
	}
}

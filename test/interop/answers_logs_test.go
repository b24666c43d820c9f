package interop

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
)

// record is a log record of the stream with its resource.
type record struct {
	plog.LogRecord
	service string
}

func recordsOf(payloads []payload) []record {
	var all []record
	for _, p := range payloads {
		for _, resource := range p.logs.ResourceLogs().All() {
			for _, scope := range resource.ScopeLogs().All() {
				for _, r := range scope.LogRecords().All() {
					if p.stream == askedStream {
						all = append(all, record{r, serviceOf(resource.Resource())})
					}
				}
			}
		}
	}
	return all
}

func logsOfATrace(payloads []payload) []answer {
	var rows []answer
	for _, r := range recordsOf(payloads) {
		if r.TraceID().String() == askedTrace {
			rows = append(rows, answer{
				"time": micros(r.Timestamp()), "service_name": r.service, "severity_text": orNull(r.SeverityText()), "body": text(r.Body()),
			})
		}
	}
	return ordered(rows, 0, "time", "body")
}

func logVolume(payloads []payload) []answer {
	type key struct{ service, severity any }
	var rows []answer
	for k, records := range grouped(recordsOf(payloads), func(r record) key { return key{r.service, orNull(r.SeverityText())} }) {
		characters := 0
		for _, r := range records {
			characters += len([]rune(text(r.Body())))
		}
		rows = append(rows, answer{
			"service_name": k.service, "severity_text": k.severity, "records": len(records), "characters": characters,
		})
	}
	return ordered(rows, 20, "-characters", "service_name", "severity_text")
}

// text writes a value as the column body has it: a string as it is, a map as JSON in the order of its keys.
func text(v pcommon.Value) string {
	switch v.Type() {
	case pcommon.ValueTypeStr:
		return v.Str()
	case pcommon.ValueTypeMap:
		var parts []string
		for key, value := range v.Map().All() {
			parts = append(parts, quoted(key)+":"+member(value))
		}
		return "{" + strings.Join(parts, ",") + "}"
	default:
		return v.AsString()
	}
}

// member writes a value within JSON.
func member(v pcommon.Value) string {
	if v.Type() == pcommon.ValueTypeStr {
		return quoted(v.Str())
	}
	if v.Type() == pcommon.ValueTypeDouble && v.Double() == math.Trunc(v.Double()) {
		return strconv.FormatFloat(v.Double(), 'f', 1, 64)
	}
	return text(v)
}

func quoted(s string) string {
	var out strings.Builder
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(s); err != nil {
		panic(err) // Strings can be encoded.
	}
	return strings.TrimSpace(out.String())
}

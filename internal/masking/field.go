package masking

import "strings"

// Field is a place in telemetry that holds text.
type Field uint8

// The fields. One name stands for the same place in all signals that have it.
const (
	ResourceAttributes Field = iota
	ScopeName                // and its version
	ScopeAttributes
	SchemaURL // and what entity references hold
	SpanName
	SpanAttributes
	EventName // of span events and log records
	EventAttributes
	LinkAttributes
	StatusMessage
	TraceState
	LogBody
	LogAttributes
	SeverityText
	DatapointAttributes
	ExemplarAttributes
	MetricName // and its description and unit
	MetricMetadata
	ProfileAttributes
	ProfileStrings
	ProfilePayload
	AttributeKeys
	fields // their number
)

var fieldNames = [fields]string{
	"resource_attributes", "scope_name", "scope_attributes", "schema_url", "span_name", "span_attributes", "event_name",
	"event_attributes", "link_attributes", "status_message", "trace_state", "log_body", "log_attributes", "severity_text",
	"datapoint_attributes", "exemplar_attributes", "metric_name", "metric_metadata", "profile_attributes", "profile_strings",
	"profile_payload", "attribute_keys",
}

// String returns the field's name in configurations and metrics.
func (f Field) String() string { return fieldNames[f] }

// FieldByName returns the field of this name. It returns false if there is
// none.
func FieldByName(name string) (Field, bool) {
	for f, n := range fieldNames {
		if strings.EqualFold(n, name) {
			return Field(f), true
		}
	}
	return 0, false
}

// FieldNames returns the names of all fields.
func FieldNames() []string { return fieldNames[:] }

// fieldSet is a set of fields, as bits.
type fieldSet uint32

func (s fieldSet) has(f Field) bool { return s&(1<<f) != 0 }

// defaultFields are all but those that users have to ask for: names of metrics
// and keys are identities, which other systems refer to.
const defaultFields = fieldSet(1<<fields-1) &^ (1<<MetricName | 1<<AttributeKeys)

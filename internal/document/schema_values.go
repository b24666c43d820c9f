package document

import "reflect"

func (*Duration) schema(*schemas, reflect.StructTag) object {
	return object{"type": "string", "pattern": `^([0-9]+(\.[0-9]+)?(ns|us|ms|s|m|h))+$`, "examples": []any{"250ms", "30s", "5m"}}
}

func (*Map[T]) schema(s *schemas, _ reflect.StructTag) object {
	value := s.of(reflect.TypeFor[T](), "")
	return object{"type": "object", "additionalProperties": object{"anyOf": []any{value, object{"type": "null"}}}}
}

func (*Section) schema(*schemas, reflect.StructTag) object { return object{"type": "object"} }

func (*Attributes) schema(*schemas, reflect.StructTag) object { return object{"type": "object"} }

func (*Reference) schema(*schemas, reflect.StructTag) object { return object{"type": "string"} }

func (*Endpoint) schema(*schemas, reflect.StructTag) object { return object{"type": "string"} }

func (*Selector) schema(*schemas, reflect.StructTag) object {
	return object{"$ref": "#/$defs/selector"}
}

func (*Action) schema(*schemas, reflect.StructTag) object { return object{"$ref": "#/$defs/action"} }

func (*Destination) schema(*schemas, reflect.StructTag) object {
	return object{"$ref": "#/$defs/destination"}
}

func (*Scoped[T]) schema(s *schemas, _ reflect.StructTag) object {
	value := s.of(reflect.TypeFor[T](), "")
	scopes := object{"resource": value, "items": value}
	return object{"anyOf": []any{
		object{"type": "object", "properties": scopes, "additionalProperties": false},
		value,
	}}
}

// The exporters that editors offer; any other type of the build will do.
var exporterDocs = map[string]string{
	"parquet":                 "Parquet files in a directory or an S3 bucket",
	"otlp_grpc":               "OTLP over gRPC",
	"otlp_http":               "OTLP over HTTP",
	"kafka":                   "Kafka topics",
	"load_balancing":          "one of several OTLP endpoints, by trace or by other keys",
	"prometheus_remote_write": "metrics to Prometheus, Mimir and others",
	"file":                    "a file of OTLP in JSON",
	"debug":                   "the collector's log",
}

func (s *schemas) destination() object {
	properties := object{
		"signals": object{"description": destinationDocs["signals"], "anyOf": []any{
			object{"type": "array", "items": signalSchema()}, signalSchema(),
		}},
		"queue": object{"description": destinationDocs["queue"], "enum": []any{Disk, Memory, None}},
	}
	for name, doc := range exporterDocs {
		properties[name] = object{"description": doc, "type": []any{"object", "null"}}
	}
	return object{
		"type": "object", "properties": properties,
		"additionalProperties": object{"type": []any{"object", "null"}},
	}
}

// destinationDocs are the keys of a destination beside the exporter's type.
var destinationDocs = map[string]string{
	"signals": "what the destination takes; default: all that the exporter takes",
	"queue":   "where data waits for the destination: disk, memory, or none for an exporter that has no queue; default: the settings'",
}

func signalSchema() object {
	return object{"enum": []any{Traces, Metrics, Logs, Profiles}}
}

func selectorSchema() object {
	return object{
		"type": "object", "minProperties": 1,
		"description":          "resource attributes and what their values must be; all must hold",
		"properties":           object{"condition": object{"type": "string", "description": "an OTTL condition over the resource"}},
		"additionalProperties": object{"$ref": "#/$defs/predicate"},
	}
}

// predicateSchema describes what package match parses.
func predicateSchema() object {
	self := object{"$ref": "#/$defs/predicate"}
	some := object{"type": "array", "minItems": 1, "items": self}
	operators := map[string]object{
		"glob": {"type": "string", "minLength": 1}, "regex": {"type": "string", "minLength": 1}, "exists": {"type": "boolean"},
		"not": self, "any": some, "all": some,
	}
	properties := object{}
	for name, o := range operators {
		properties[name] = o
	}
	return object{"anyOf": []any{
		object{"type": []any{"string", "number", "boolean"}},
		some,
		object{"type": "object", "properties": properties, "additionalProperties": false, "minProperties": 1, "maxProperties": 1},
	}}
}

package api

import (
	"net/http"

	"github.com/otelcol-datastreams/otelcol-datastreams/extension/datastreamsextension/internal/schema"
)

// Form describes the configuration of an exporter to somebody who has never
// written one.
type Form struct {
	Type   string  `json:"type"`
	Title  string  `json:"title"`
	Fields []Field `json:"fields"`
	// Example is the configuration to start from where there are no fields.
	Example string `json:"example"`
	// Schema describes all keys, and Essential are the paths of those that people
	// come for. What is required is not known.
	Schema    *schema.Node `json:"schema"`
	Essential []string     `json:"essential"`
}

// Field is one key of a configuration.
type Field struct {
	// Path leads to the value, with dots.
	Path     string `json:"path"`
	Label    string `json:"label"`
	Hint     string `json:"hint"`
	Kind     string `json:"kind"` // text, bool or secret
	Required bool   `json:"required"`
	Default  string `json:"default"`
}

var insecure = Field{Path: "tls.insecure", Label: "Without TLS", Hint: "for a destination in the same network", Kind: "bool"}

// forms are the exporters that have a form; others are written as YAML.
var forms = []Form{
	{Type: "parquet", Title: "Parquet files", Fields: []Field{
		{Path: "url", Label: "Place", Hint: "a directory as file:/path, or s3://bucket/prefix?region=eu-west-1; empty for the data directory", Kind: "text"},
	}},
	{Type: "otlp_grpc", Title: "OTLP over gRPC", Fields: []Field{
		{Path: "endpoint", Label: "Host and port", Hint: "tempo:4317", Kind: "text", Required: true},
		insecure,
		{Path: "headers.authorization", Label: "Authorization", Hint: "${env:VENDOR_TOKEN}", Kind: "secret"},
	}},
	{Type: "otlp_http", Title: "OTLP over HTTP", Fields: []Field{
		{Path: "endpoint", Label: "URL", Hint: "https://otlp.example.com", Kind: "text", Required: true},
		{Path: "headers.authorization", Label: "Authorization", Hint: "${env:VENDOR_TOKEN}", Kind: "secret"},
	}},
	{Type: "kafka", Title: "Kafka", Fields: []Field{
		{Path: "brokers", Label: "Broker", Hint: "kafka:9092", Kind: "text", Required: true},
	}},
	{Type: "prometheus_remote_write", Title: "Prometheus remote write", Fields: []Field{
		{Path: "endpoint", Label: "URL", Hint: "http://mimir:9009/api/v1/push", Kind: "text", Required: true},
	}},
	{Type: "debug", Title: "The collector's log", Example: "verbosity: basic\n"},
	{Type: "nop", Title: "Nowhere"},
}

// essential are the keys of exporters that are known to matter.
var essential = map[string][]string{
	"parquet":                 {"url"},
	"otlp_grpc":               {"endpoint", "tls.insecure", "headers"},
	"otlp_http":               {"endpoint", "headers"},
	"kafka":                   {"brokers", "auth.sasl.username", "auth.sasl.password", "auth.sasl.mechanism"},
	"prometheus_remote_write": {"endpoint", "headers"},
	"load_balancing":          {"routing_key", "resolver.dns.hostname", "resolver.static.hostnames"},
	"file":                    {"path", "format"},
	"debug":                   {"verbosity"},
}

// components answers with the exporters of this build.
func (s *Server) components(w http.ResponseWriter, _ *http.Request) error {
	return answer(w, http.StatusOK, s.forms())
}

// describe makes the forms of this build's exporters: first those that have one
// made by hand.
func (s *Server) describe() []Form {
	has := make(map[string]bool)
	for _, name := range s.build.Exporters {
		has[name] = true
	}
	all := []Form{}
	for _, f := range forms {
		if len(has) > 0 && !has[f.Type] {
			continue
		}
		all = append(all, s.complete(f))
		delete(has, f.Type)
	}
	for _, name := range s.build.Exporters {
		if has[name] {
			all = append(all, s.complete(Form{Type: name, Title: name}))
		}
	}
	return all
}

// complete adds what is known of all exporters to a form.
func (s *Server) complete(f Form) Form {
	if f.Fields == nil {
		f.Fields = []Field{}
	}
	f.Essential = orEmpty(essential[f.Type])
	if s.build.Describe != nil {
		f.Schema = s.build.Describe(f.Type)
	}
	return f
}

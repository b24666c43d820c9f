package api

import "net/http"

// Form describes the configuration of an exporter to somebody who has never
// written one.
type Form struct {
	Type   string  `json:"type"`
	Title  string  `json:"title"`
	Fields []Field `json:"fields"`
	// Example is the configuration to start from where there are no fields.
	Example string `json:"example"`
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

// components answers with the exporters of this build.
func (s *Server) components(w http.ResponseWriter, _ *http.Request) error {
	has := make(map[string]bool)
	for _, name := range s.build.Components {
		has[name] = true
	}
	all := []Form{}
	for _, f := range forms {
		if len(has) > 0 && !has[f.Type] {
			continue
		}
		if f.Fields == nil {
			f.Fields = []Field{}
		}
		all = append(all, f)
		delete(has, f.Type)
	}
	for _, name := range s.build.Components {
		if has[name] {
			all = append(all, Form{Type: name, Title: name, Fields: []Field{}})
		}
	}
	return answer(w, http.StatusOK, all)
}

package schema_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/configopaque"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/exporter/otlphttpexporter"

	"github.com/otelcol-datastreams/otelcol-datastreams/extension/datastreamsextension/internal/schema"
)

type shared struct {
	Endpoint string `mapstructure:"endpoint"`
}

type retry struct {
	Active bool          `mapstructure:"active"`
	Wait   time.Duration `mapstructure:"wait"`
}

type target struct {
	Host string              `mapstructure:"host"`
	Key  configopaque.String `mapstructure:"key"`
}

type config struct {
	Shared   shared                         `mapstructure:",squash"`
	Password configopaque.String            `mapstructure:"password"`
	Headers  configopaque.MapList           `mapstructure:"headers,omitempty"`
	Retry    configoptional.Optional[retry] `mapstructure:"retry"`
	Off      configoptional.Optional[retry] `mapstructure:"off"`
	Auth     *component.ID                  `mapstructure:"auth"`
	Storage  component.ID                   `mapstructure:"storage"`
	Targets  []target                       `mapstructure:"targets"`
	Labels   map[string]int                 `mapstructure:"labels"`
	Ratio    float64                        `mapstructure:"ratio"`
	Size     uint32
	Any      any            `mapstructure:"any"`
	Call     func()         `mapstructure:"call"`
	Skipped  string         `mapstructure:"-"`
	Rest     map[string]any `mapstructure:",remain"`
	hidden   int
}

func TestOf(t *testing.T) {
	c := &config{
		Shared: shared{"localhost:1"}, Password: "hunter2", Ratio: 0.5, Size: 7, hidden: 1,
		Retry:   configoptional.Some(retry{Wait: time.Minute}),
		Off:     configoptional.Default(retry{Active: true, Wait: time.Second}),
		Storage: component.MustNewIDWithName("file_storage", "x"),
	}
	text, err := json.Marshal(schema.Of(c, 4))
	require.NoError(t, err)
	require.NotContains(t, string(text), "hunter2")
	require.JSONEq(t, `{"type":"object","additionalProperties":{},"properties":{
		"endpoint":{"type":"string","default":"localhost:1"},
		"password":{"type":"string","format":"secret"},
		"headers":{"type":"object","additionalProperties":{"type":"string","format":"secret"}},
		"retry":{"type":"object","properties":{"active":{"type":"boolean","default":false},"wait":{"type":"string","format":"duration","default":"1m0s"}}},
		"off":{"type":"object","properties":{"active":{"type":"boolean","default":true},"wait":{"type":"string","format":"duration","default":"1s"}}},
		"auth":{"type":"string"},
		"storage":{"type":"string","default":"file_storage/x"},
		"targets":{"type":"array","items":{"type":"object","properties":{"host":{"type":"string"},"key":{"type":"string","format":"secret"}}}},
		"labels":{"type":"object","additionalProperties":{"type":"integer"}},
		"ratio":{"type":"number","default":0.5},
		"size":{"type":"integer","default":7},
		"any":{},"call":{}
	}}`, string(text))
	require.False(t, c.Off.HasValue(), "what is described is not changed")

	flat := schema.Of(c, 1)
	require.Nil(t, flat.Properties["retry"].Properties, "it ends at the depth that was asked for")
}

func TestAt(t *testing.T) {
	n := schema.Of(&config{}, 4)
	for _, path := range [][]string{{"password"}, {"headers", "x-key"}, {"targets", "0", "key"}} {
		require.Equal(t, schema.Secret, n.At(path...).Format, path)
	}
	require.Empty(t, n.At("targets", "0", "host").Format)
	require.Nil(t, n.At("endpoint", "deeper", "still"))
	require.Same(t, n, n.At())
}

// The exporters of the Collector are described, too.
func TestExporter(t *testing.T) {
	n := schema.Of(otlphttpexporter.NewFactory().CreateDefaultConfig(), 4)
	require.Equal(t, &schema.Node{Type: "string"}, n.At("endpoint"))
	require.Equal(t, &schema.Node{Type: "string", Format: schema.Duration, Default: "30s"}, n.At("timeout"))
	require.Equal(t, schema.Secret, n.At("headers", "authorization").Format)
	require.Equal(t, "boolean", n.At("tls", "insecure").Type)
	require.Equal(t, "integer", n.At("sending_queue", "queue_size").Type)
	require.Equal(t, "integer", n.At("sending_queue", "batch", "min_size").Type)
}

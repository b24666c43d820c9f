package datastreamsconverter

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap"
	"go.uber.org/zap"
)

func TestConvert(t *testing.T) {
	router := func(id string, pipelines map[string]any) map[string]any {
		return map[string]any{"connectors": map[string]any{id: map[string]any{"match": "all"}}, "service": map[string]any{"pipelines": pipelines}}
	}
	from := func(receivers ...any) map[string]any {
		return map[string]any{"receivers": receivers, "exporters": []any{"parquet", "debug"}}
	}
	ends := []any{"parquet", "debug"}
	tests := []struct {
		name string
		in   map[string]any
		id   string
		want any
	}{
		{
			"by signal and name, with their exporters",
			router("datastreamrouter", map[string]any{
				"traces/in": from("otlp"), "traces/b": from("datastreamrouter"), "traces/a": from("datastreamrouter", "otlp"),
				"logs/a": from("datastreamrouter"), "profiles": from("datastreamrouter"),
			}),
			"datastreamrouter",
			map[string]any{"traces": map[string]any{"a": ends, "b": ends}, "logs": map[string]any{"a": ends}, "profiles": map[string]any{"": ends}},
		},
		{
			"each router gets its own",
			router("datastreamrouter/two", map[string]any{"traces/a": from("datastreamrouter"), "traces/b": from("datastreamrouter/two")}),
			"datastreamrouter/two",
			map[string]any{"traces": map[string]any{"b": ends}},
		},
		{
			"what is behind connectors, and what is made of it",
			map[string]any{
				"connectors": map[string]any{"datastreamrouter": map[string]any{"match": "all"}, "forward": nil, "span_metrics": nil},
				"service": map[string]any{"pipelines": map[string]any{
					"traces/a":  map[string]any{"receivers": []any{"datastreamrouter"}, "exporters": []any{"span_metrics", "forward", "debug"}},
					"traces/_a": map[string]any{"receivers": []any{"forward"}, "exporters": []any{"parquet", "debug", "forward"}},
					"metrics/a": map[string]any{"receivers": []any{"span_metrics"}, "exporters": []any{"debug"}},
				}},
			},
			"datastreamrouter",
			map[string]any{"traces": map[string]any{"a": []any{"metrics:debug", "parquet", "debug"}}},
		},
		{
			"what is behind a fan-out is of the same signal",
			map[string]any{
				"connectors": map[string]any{"datastreamrouter": map[string]any{"match": "all"}, "datastreamfanout/a": map[string]any{"stream": "a"}},
				"service": map[string]any{"pipelines": map[string]any{
					"traces/a":    map[string]any{"receivers": []any{"datastreamrouter"}, "exporters": []any{"datastreamfanout/a"}},
					"traces/_a/b": map[string]any{"receivers": []any{"datastreamfanout/a"}, "exporters": []any{"debug"}},
					"traces/_a/c": map[string]any{"receivers": []any{"datastreamfanout/a"}, "exporters": []any{"parquet"}},
					"logs/a":      map[string]any{"receivers": []any{"datastreamrouter"}, "exporters": []any{"nop"}},
					"logs/_a/b":   map[string]any{"receivers": []any{"datastreamfanout/a"}, "exporters": []any{"otlp_grpc"}},
				}},
			},
			"datastreamrouter",
			map[string]any{"traces": map[string]any{"a": []any{"debug", "parquet"}}, "logs": map[string]any{"a": []any{"nop"}}},
		},
		{"other connectors are left alone", router("forward", map[string]any{"traces/a": from("forward")}), "forward", nil},
		{"malformed pipelines are left alone", router("datastreamrouter", map[string]any{"traces/a": "x", "logs/b": from(7)}), "datastreamrouter", map[string]any{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			conf := confmap.NewFromStringMap(tt.in)
			require.NoError(t, NewFactory().Create(confmap.ConverterSettings{}).Convert(t.Context(), conf))
			require.Equal(t, tt.want, conf.Get("connectors::"+tt.id+"::pipelines"))
			require.Equal(t, "all", conf.Get("connectors::"+tt.id+"::match"))
		})
	}
}

func TestConvertNothing(t *testing.T) {
	conf := confmap.New()
	require.NoError(t, converter{zap.NewNop()}.Convert(t.Context(), conf))
	require.Empty(t, conf.AllKeys())
}

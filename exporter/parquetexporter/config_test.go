package parquetexporter

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/confmaptest"
	"go.opentelemetry.io/collector/exporter/exporterhelper"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/streamname"
)

// cases returns the top-level entries of a file below testdata.
func cases(t *testing.T, file string) map[string]*confmap.Conf {
	all, err := confmaptest.LoadConf(filepath.Join("testdata", file))
	require.NoError(t, err)
	subs := make(map[string]*confmap.Conf)
	for name := range all.ToStringMap() {
		subs[name], err = all.Sub(name)
		require.NoError(t, err)
	}
	return subs
}

// load does what the Collector does with a configuration.
func load(conf *confmap.Conf) (*Config, error) {
	cfg := createDefaultConfig().(*Config)
	if err := conf.Unmarshal(cfg); err != nil {
		return nil, err
	}
	return cfg, confmap.Validate(cfg)
}

func TestGoodConfigs(t *testing.T) {
	storage := component.MustNewID("file_storage")
	want := map[string]struct {
		change func(*Config)
		location
	}{
		"minimal":     {func(c *Config) { c.URL = "file:///var/lib/otelcol/parquet" }, location{dir: "/var/lib/otelcol/parquet"}},
		"relative":    {func(c *Config) { c.URL = "file:data/par%20quet" }, location{dir: "data/par quet"}},
		"s3_defaults": {func(c *Config) { c.URL = "s3://acme-telemetry" }, location{bucket: "acme-telemetry"}},
		"s3": {
			func(c *Config) {
				c.URL = "s3://acme-telemetry/otel/prod/"
				c.Stream = "unrouted"
				c.S3 = configoptional.Some(S3Config{Region: "eu-west-1", Endpoint: "http://127.0.0.1:7070", PathStyle: true})
				c.Timeout = time.Minute
				c.Retry.MaxElapsedTime = time.Hour
				c.Queue.Get().StorageID = &storage
				c.Queue.Get().QueueSize = 1 << 30
				c.Queue.Get().Batch.Get().FlushTimeout = time.Minute
			},
			location{bucket: "acme-telemetry", prefix: "otel/prod"},
		},
		"no_queue": {
			func(c *Config) {
				c.URL = "file:///data"
				c.Timeout = 0
				c.Queue = configoptional.None[exporterhelper.QueueBatchConfig]()
			},
			location{dir: "/data"},
		},
		"no_batch": {
			func(c *Config) {
				c.URL = "file:///data"
				c.Queue.Get().Batch = configoptional.None[exporterhelper.BatchConfig]()
			},
			location{dir: "/data"},
		},
	}
	good := cases(t, "good.yaml")
	require.Len(t, good, len(want))
	for name, conf := range good {
		t.Run(name, func(t *testing.T) {
			got, err := load(conf)
			require.NoError(t, err)
			require.Contains(t, want, name)
			cfg := createDefaultConfig().(*Config)
			want[name].change(cfg)
			require.Equal(t, cfg, got)
			loc, err := parseLocation(got.URL)
			require.NoError(t, err)
			require.Equal(t, want[name].location, loc)
		})
	}
}

func TestBadConfigs(t *testing.T) {
	for name, conf := range cases(t, "bad.yaml") {
		t.Run(name, func(t *testing.T) {
			var want struct {
				Config map[string]any `mapstructure:"config"`
				Errors []string       `mapstructure:"errors"`
			}
			require.NoError(t, conf.Unmarshal(&want))
			_, err := load(confmap.NewFromStringMap(want.Config))
			require.Error(t, err)
			require.Equal(t, want.Errors, strings.Split(err.Error(), "\n"))
			require.NotContains(t, err.Error(), "geheim")
		})
	}
}

// Guarantees that nothing is dropped by default because time passes.
func TestDefaultsKeepData(t *testing.T) {
	cfg := createDefaultConfig().(*Config)
	require.True(t, cfg.Retry.Enabled)
	require.Zero(t, cfg.Retry.MaxElapsedTime)
	require.Equal(t, exporterhelper.RequestSizerTypeBytes, cfg.Queue.Get().Sizer)
}

func TestPartitionedQueue(t *testing.T) {
	for _, tt := range []struct{ given, want []string }{
		{nil, []string{streamname.MetadataKey}},
		{[]string{"tenant"}, []string{"tenant", streamname.MetadataKey}},
		{[]string{"DataStream", "tenant"}, []string{"DataStream", "tenant"}},
	} {
		cfg := createDefaultConfig().(*Config)
		cfg.Queue.Get().Batch.Get().Partition.MetadataKeys = slices.Clip(slices.Clone(tt.given))
		got := partitionedQueue(cfg.Queue)
		require.Equal(t, tt.want, got.Get().Batch.Get().Partition.MetadataKeys)
		require.NoError(t, confmap.Validate(got.Get()))
		require.Equal(t, tt.given, cfg.Queue.Get().Batch.Get().Partition.MetadataKeys, "the configuration is shared")
	}

	none := configoptional.None[exporterhelper.QueueBatchConfig]()
	require.Equal(t, none, partitionedQueue(none))
	unbatched := configoptional.Some(exporterhelper.NewDefaultQueueConfig())
	require.Equal(t, unbatched, partitionedQueue(unbatched))
}

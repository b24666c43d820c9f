package parquetexporter

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/confmaptest"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnar"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/objectstore"
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

func prefix(t *testing.T, template string) objectstore.Prefix {
	p, err := objectstore.ParsePrefix(template, placeholders)
	require.NoError(t, err)
	return p
}

func TestGoodConfigs(t *testing.T) {
	want := map[string]struct {
		change func(*Config)
		location
	}{
		"minimal":  {func(c *Config) { c.URL = "file:///var/lib/otelcol/parquet" }, location{scheme: schemeFile, dir: "/var/lib/otelcol/parquet"}},
		"relative": {func(c *Config) { c.URL = "file:data/par%20quet" }, location{scheme: schemeFile, dir: "data/par quet"}},
		"s3_minimal": {
			func(c *Config) { c.URL, c.Spool.Directory = "s3://acme-telemetry", "/var/lib/otelcol/parquet" },
			location{scheme: schemeS3, bucket: "acme-telemetry", prefix: prefix(t, "")},
		},
		"s3_memory": {
			func(c *Config) { c.URL, c.Durability = "s3://acme-telemetry", durabilityMemory },
			location{scheme: schemeS3, bucket: "acme-telemetry", prefix: prefix(t, "")},
		},
		"gcs": {
			func(c *Config) {
				c.URL, c.Spool.Directory = "gs://acme-telemetry/otel", "/spool"
				c.GCS = configoptional.Some(GCSConfig{
					Endpoint: "https://storage.example.com", UserProject: "acme-billing", StorageClass: "NEARLINE",
					KMSKeyName: "projects/acme/locations/eu/keyRings/r/cryptoKeys/k",
				})
			},
			location{scheme: schemeGCS, bucket: "acme-telemetry", root: "otel"},
		},
		"azblob": {
			func(c *Config) {
				c.URL, c.Spool.Directory = "azblob://telemetry", "/spool"
				c.AzBlob = configoptional.Some(AzBlobConfig{Account: "acme", Endpoint: "https://acme.blob.example.com", AccessTier: "Cool"})
			},
			location{scheme: schemeAzBlob, bucket: "telemetry", prefix: prefix(t, "")},
		},
		"templates": {
			func(c *Config) {
				c.URL, c.Durability = "s3://acme-telemetry/lake/{signal}/team={stream}", durabilityMemory
			},
			location{scheme: schemeS3, bucket: "acme-telemetry", root: "lake", prefix: prefix(t, "{signal}/team={stream}")},
		},
		"everything": {everything, location{scheme: schemeS3, bucket: "acme-telemetry", root: "otel/prod"}},
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

// everything sets every key to what is not its default.
func everything(c *Config) {
	c.URL, c.Stream, c.Durability = "s3://acme-telemetry/otel/prod/", "unrouted", durabilityMemory
	c.S3 = configoptional.Some(S3Config{
		Region: "eu-west-1", Endpoint: "https://s3.example.com:9000", PathStyle: true, CAFile: "/etc/ssl/ours.pem",
		RoleARN: "arn:aws:iam::123456789012:role/writer", ExternalID: "geheim", RoleSessionName: "collector-1",
		RequestPayer: true, StorageClass: "STANDARD_IA", ServerSideEncryption: "aws:kms", KMSKeyID: "alias/telemetry",
		ACL: "bucket-owner-full-control", Checksum: "required", PartSizeMiB: 16, PartConcurrency: 5,
	})
	c.Spool = SpoolConfig{Directory: "/spool", MaxLogMiB: 64, MaxSizeMiB: 2048, MaxAge: 72 * time.Hour}
	c.Roll = RollConfig{MaxAge: time.Minute, MaxSizeMiB: 64, MaxRows: 1000, RowGroupRows: 500}
	c.MaxPast, c.MaxFuture = 24*time.Hour, time.Minute
	c.MaxOpenFiles, c.MemoryLimitMiB, c.CompressionLevel = 10, 100, 3
	c.Promote = PromoteConfig{
		Resource:   []PromotionConfig{{Key: "team"}},
		Spans:      []PromotionConfig{{Key: "tenant.id", Type: "int64"}},
		LogRecords: []PromotionConfig{{Key: "sampled", Type: "bool"}},
		DataPoints: []PromotionConfig{{Key: "ratio", Type: "double"}},
		Samples:    []PromotionConfig{{Key: "off.cpu", Type: "bool"}},
	}
	c.Uploads, c.Timeout = 4, time.Minute
}

// Guarantees that each wrong configuration is told of whole, with paths and
// remedies, and that no secret is among it.
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

// Guarantees that the number of columns is bounded, for each signal by itself.
func TestPromotionsAreBounded(t *testing.T) {
	list := func(prefix string) []PromotionConfig {
		var all []PromotionConfig
		for i := range columnar.MaxPromotions / 2 {
			all = append(all, PromotionConfig{Key: prefix + strconv.Itoa(i)})
		}
		return all
	}
	cfg := createDefaultConfig().(*Config)
	cfg.URL = "file:///data"
	cfg.Promote = PromoteConfig{Resource: list("a"), Spans: list("b"), LogRecords: list("c"), DataPoints: list("d")}
	require.NoError(t, cfg.Validate())
	cfg.Promote.LogRecords = append(cfg.Promote.LogRecords, PromotionConfig{Key: "one.more"})
	require.EqualError(t, cfg.Validate(), "promote: log_records: there are more than 100 attributes, with those of resources: promote fewer")
}

// Guarantees that a configuration can be printed, and its secret cannot.
func TestConfigIsPrintable(t *testing.T) {
	cfg := createDefaultConfig().(*Config)
	everything(cfg)
	conf := confmap.New()
	require.NoError(t, conf.Marshal(cfg))
	require.Equal(t, "[REDACTED]", conf.Get("s3::external_id"))
	require.NoError(t, conf.Merge(confmap.NewFromStringMap(map[string]any{"s3": map[string]any{"external_id": "geheim"}})))
	again, err := load(conf)
	require.NoError(t, err)
	require.Equal(t, cfg, again)
}

// Guarantees that nothing is dropped by default because time passes.
func TestDefaultsKeepData(t *testing.T) {
	cfg := createDefaultConfig().(*Config)
	require.Equal(t, durabilityWAL, cfg.Durability)
	require.Zero(t, cfg.Spool.MaxAge)
}

// Guarantees that the README names every key, and no other.
func TestReadmeNamesEveryKey(t *testing.T) {
	cfg := createDefaultConfig().(*Config)
	cfg.S3, cfg.GCS, cfg.AzBlob = configoptional.Some(S3Config{}), configoptional.Some(GCSConfig{}), configoptional.Some(AzBlobConfig{})
	conf := confmap.New()
	require.NoError(t, conf.Marshal(cfg))
	var want []string
	for _, key := range conf.AllKeys() {
		want = append(want, strings.ReplaceAll(key, "::", "."))
	}
	_, section, _ := strings.Cut(readme(t), "\n## Configuration\n")
	section, _, _ = strings.Cut(section, "\n## ")
	var got []string
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z0-9_.]+)` \\|").FindAllStringSubmatch(section, -1) {
		got = append(got, m[1])
	}
	require.ElementsMatch(t, want, got)
}

// Guarantees that the README's configurations are ones.
func TestReadmeConfigsAreValid(t *testing.T) {
	blocks := strings.Split(readme(t), "```yaml\n")[1:]
	require.NotEmpty(t, blocks)
	for _, block := range blocks {
		block, _, _ = strings.Cut(block, "```")
		retrieved, err := confmap.NewRetrievedFromYAML([]byte(block))
		require.NoError(t, err)
		conf, err := retrieved.AsConf()
		require.NoError(t, err)
		exporters, err := conf.Sub("exporters")
		require.NoError(t, err)
		require.NotEmpty(t, exporters.ToStringMap())
		for name := range exporters.ToStringMap() {
			one, err := exporters.Sub(name)
			require.NoError(t, err)
			_, err = load(one)
			require.NoError(t, err, block)
		}
	}
}

func readme(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("README.md")
	require.NoError(t, err)
	return string(text)
}

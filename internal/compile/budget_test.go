package compile

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/otelcol-datastreams/otelcol-datastreams/exporter/parquetexporter"
)

// What the compiler takes for the exporter's defaults is what they are.
func TestParquetDefaults(t *testing.T) {
	config, ok := parquetexporter.NewFactory().CreateDefaultConfig().(*parquetexporter.Config)
	require.True(t, ok)
	require.Equal(t, int64(parquetLogMiB), config.Spool.MaxLogMiB)
	require.Equal(t, int64(parquetFilesMiB), config.Spool.MaxSizeMiB)
	config.URL, config.Spool.MaxLogMiB = "file:lake", parquetLeastLogMiB
	require.NoError(t, config.Validate())
	config.Spool.MaxLogMiB--
	require.Error(t, config.Validate())
}

// Whatever the volume, no setting grows, what the document gives stays, and a
// third of the volume is kept unless the least of all is more.
func TestBudget(t *testing.T) {
	const text = `version: 1
settings: { queue_mib: %d }
destinations:
  lake: { parquet: {} }
  own: { otlp_grpc: { endpoint: a:1, sending_queue: { queue_size: %d } } }
  tempo: { otlp_grpc: { endpoint: b:1 } }
streams: { default: { destinations: [lake, own, tempo] } }
`
	rapid.Check(t, func(t *rapid.T) {
		mib := rapid.Int64Range(1, 4096).Draw(t, "queue")
		own := rapid.Int64Range(1<<20, 1<<32).Draw(t, "own")
		size := rapid.Int64Range(0, 1<<42).Draw(t, "volume")
		_, r, found := Inputs{VolumeSize: func(string) int64 { return size }}.Parse("d", fmt.Appendf(nil, text, mib, own))
		require.Empty(t, found)
		b := r.Budget
		wanted := 3 * (own + mib*mebibyte + (parquetLogMiB+parquetFilesMiB)*mebibyte)
		least := 3 * (own + min(mib, 16)*mebibyte + (parquetLeastLogMiB+parquetLeastFilesMiB)*mebibyte)
		require.Equal(t, wanted, b.Wanted)
		require.LessOrEqual(t, b.Bound, wanted)
		require.GreaterOrEqual(t, b.Bound, least)
		if size > 0 {
			require.LessOrEqual(t, b.Bound, max(size/3, least))
		}
		require.Equal(t, b.Bound < wanted, b.Note() != "")
		exporters := section(r.Config, "exporters")
		queue := func(id string) int { return section(section(exporters, id), "sending_queue")["queue_size"].(int) }
		require.Equal(t, int(own), queue("otlp_grpc/own"))
		require.LessOrEqual(t, queue("otlp_grpc/tempo"), int(mib)*mebibyte)
	})
}

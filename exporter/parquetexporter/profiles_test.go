package parquetexporter

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/exporter/xexporter"
	"go.opentelemetry.io/collector/pipeline"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnread"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/shop"
	kinds "github.com/otelcol-datastreams/otelcol-datastreams/internal/signal"
)

// Guarantees that samples come back with their values and their stacks, and that
// exporting leaves the payload as it is: others may have it, too.
func TestProfiles(t *testing.T) {
	dir := t.TempDir()
	pd := shop.New(7).Profiles(20, testTime)
	before, err := kinds.Profiles.Marshal(pd)
	require.NoError(t, err)
	service, ok := pd.ResourceProfiles().At(0).Resource().Attributes().Get("service.name")
	require.True(t, ok)

	e, err := NewFactory().(xexporter.Factory).CreateProfiles(t.Context(), settings(), testConfig(t, "file://"+dir))
	require.NoError(t, err)
	require.False(t, e.Capabilities().MutatesData)
	require.NoError(t, e.Start(t.Context(), componenttest.NewNopHost()))
	require.NoError(t, e.ConsumeProfiles(t.Context(), pd))
	require.NoError(t, e.Shutdown(t.Context()))

	after, err := kinds.Profiles.Marshal(pd)
	require.NoError(t, err)
	require.Equal(t, before, after)
	same, ok := pd.ResourceProfiles().At(0).Resource().Attributes().Get("service.name")
	require.True(t, ok, "the payload's keys were replaced by references")
	require.Equal(t, service.Str(), same.Str())

	samples := 0
	for _, data := range objects(t, dir) {
		for got, err := range open(t, data).Profiles(columnread.Options{}) {
			require.NoError(t, err)
			samples += got.SampleCount()
			require.Greater(t, got.Dictionary().FunctionTable().Len(), 5)
			require.Greater(t, got.Dictionary().StackTable().Len(), 5)
		}
	}
	require.Equal(t, pd.SampleCount(), samples)
}

// Guarantees that without the feature gate nobody gets profiles by accident, and
// that the error says what to do. Configurations stay valid.
func TestProfilesNeedTheFeatureGate(t *testing.T) {
	require.NoError(t, allowProfiles(false))
	defer func() { require.NoError(t, allowProfiles(true)) }()
	cfg := testConfig(t, "file://"+t.TempDir())
	require.NoError(t, cfg.Validate())
	_, err := NewFactory().(xexporter.Factory).CreateProfiles(t.Context(), settings(), cfg)
	require.ErrorIs(t, err, pipeline.ErrSignalNotSupported)
	require.ErrorContains(t, err, "--feature-gates=exporter.parquet.profiles")

	cfg.Promote.Samples = []PromotionConfig{{Key: "a"}}
	require.EqualError(t, cfg.Validate(), "promote: samples: profiles are experimental: "+
		"remove the list or run the collector with --feature-gates=exporter.parquet.profiles")
}

// Guarantees that attributes of profiles are checked against the columns of
// theirs, and those of resources against all.
func TestPromotionsOfProfiles(t *testing.T) {
	cfg := testConfig(t, "file://"+t.TempDir())
	cfg.Promote.Resource = []PromotionConfig{{Key: "stack.hash"}}
	cfg.Promote.Samples = []PromotionConfig{{Key: "off.cpu"}, {Key: "thread.name"}}
	require.EqualError(t, cfg.Validate(), `promote: resource::0: attribute "stack.hash": its column "stack_hash" is a column of the schema already`+"\n"+
		`promote: samples::1: attribute "thread.name": its column "thread_name" is a column of the schema already`)
}

package parquetexporter

import (
	"context"
	"iter"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/exporter/xexporter"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pprofile"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnread"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/ledger"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/shop"
)

// sequence is the attribute that numbers the records of a signal.
const sequence = "test.sequence"

// trip is one signal on its way through the exporter and back.
type trip struct {
	signal string
	// send exports a payload of so many records in several requests.
	send func(t *testing.T, cfg *Config, payloads int)
	read func(f *columnread.File, visit ledger.Visit) error
}

func trips() []trip {
	factory := NewFactory()
	s := shop.New(1, shop.WithSequence(sequence))
	return []trip{
		{"traces", func(t *testing.T, cfg *Config, payloads int) {
			e, err := factory.CreateTraces(t.Context(), settings(), cfg)
			require.NoError(t, err)
			run(t, e, payloads, func(ctx context.Context) error { return e.ConsumeTraces(ctx, s.Traces(100, testTime)) })
		}, func(f *columnread.File, v ledger.Visit) error {
			return each(f.Traces(columnread.Options{}), ledger.Spans, v)
		}},
		{"logs", func(t *testing.T, cfg *Config, payloads int) {
			e, err := factory.CreateLogs(t.Context(), settings(), cfg)
			require.NoError(t, err)
			run(t, e, payloads, func(ctx context.Context) error { return e.ConsumeLogs(ctx, s.Logs(100, testTime)) })
		}, func(f *columnread.File, v ledger.Visit) error {
			return each(f.Logs(columnread.Options{}), ledger.LogRecords, v)
		}},
		{"metrics", func(t *testing.T, cfg *Config, payloads int) {
			e, err := factory.CreateMetrics(t.Context(), settings(), cfg)
			require.NoError(t, err)
			run(t, e, payloads, func(ctx context.Context) error { return e.ConsumeMetrics(ctx, s.Metrics(100, testTime)) })
		}, func(f *columnread.File, v ledger.Visit) error {
			return each(f.Metrics(columnread.Options{}), ledger.DataPoints, v)
		}},
		{"profiles", func(t *testing.T, cfg *Config, payloads int) {
			e, err := factory.(xexporter.Factory).CreateProfiles(t.Context(), settings(), cfg)
			require.NoError(t, err)
			run(t, e, payloads, func(ctx context.Context) error { return e.ConsumeProfiles(ctx, s.Profiles(100, testTime)) })
		}, func(f *columnread.File, v ledger.Visit) error {
			return each(f.Profiles(columnread.Options{}), profilesOnce(), v)
		}},
	}
}

// profilesOnce visits a file's profiles. One that is read in two payloads, because its samples are many or in two
// row groups, is visited once.
func profilesOnce() func(pprofile.Profiles, ledger.Visit) {
	seen := make(map[int64]bool)
	return func(pd pprofile.Profiles, v ledger.Visit) {
		err := ledger.Profiles(pd, func(resource, profile pcommon.Map) {
			number, _ := profile.Get(sequence)
			if !seen[number.Int()] {
				seen[number.Int()] = true
				v(resource, profile)
			}
		})
		if err != nil {
			panic(err) // What is read has all that it refers to.
		}
	}
}

func run(t *testing.T, e component.Component, payloads int, consume func(context.Context) error) {
	require.NoError(t, e.Start(t.Context(), componenttest.NewNopHost()))
	for range payloads {
		require.NoError(t, consume(t.Context()))
	}
	require.NoError(t, e.Shutdown(t.Context()))
}

func each[D any](payloads iter.Seq2[D, error], visit func(D, ledger.Visit), v ledger.Visit) error {
	for d, err := range payloads {
		if err != nil {
			return err
		}
		visit(d, v)
	}
	return nil
}

// Guarantees that what a collector takes comes back from the files, once, and
// that attributes which the configuration promotes have columns of their own and
// come back, too.
func TestSignals(t *testing.T) {
	const payloads = 5
	for _, trip := range trips() {
		t.Run(trip.signal, func(t *testing.T) {
			dir := t.TempDir()
			cfg := testConfig(t, "file://"+dir)
			cfg.Roll.RowGroupRows = 150
			promotion := []PromotionConfig{{Key: sequence, Type: "int64"}}
			cfg.Promote = PromoteConfig{Spans: promotion, LogRecords: promotion, DataPoints: promotion, Samples: promotion, Resource: []PromotionConfig{{Key: "os.type"}}}
			trip.send(t, cfg, payloads)

			var numbers []int64
			files := objects(t, dir)
			require.NotEmpty(t, files)
			for _, data := range files {
				f := open(t, data)
				require.Equal(t, trip.signal, f.Info().Signal)
				require.Contains(t, f.Info().Resource, columnread.Promoted{Key: "os.type", Column: "os_type"})
				require.Contains(t, f.Info().Item, columnread.Promoted{Key: sequence, Column: "test_sequence"})
				require.NoError(t, trip.read(f, func(_, record pcommon.Map) {
					number, _ := record.Get(sequence)
					numbers = append(numbers, number.Int())
				}))
			}
			slices.Sort(numbers)
			for i, n := range numbers {
				require.EqualValues(t, i, n)
			}
			require.GreaterOrEqual(t, len(numbers), 100*payloads)
		})
	}
}

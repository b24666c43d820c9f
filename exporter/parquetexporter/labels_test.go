package parquetexporter

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/spool"
)

// allSignals are what exporters of one process may count, in no helpful order.
var allSignals = []string{"traces", "logs", "profiles", "metrics"}

// crowd is an engine with a file of each of so many streams.
type crowd int

func (c crowd) Stats() spool.Stats { return spool.Stats{} }

func (c crowd) Backlog() map[string]spool.Backlog {
	all := make(map[string]spool.Backlog)
	for i := range int(c) {
		all[streamName(i)] = spool.Backlog{Files: 1, Bytes: 10, Oldest: time.Now().Add(-time.Hour)}
	}
	return all
}

func streamName(i int) string { return fmt.Sprintf("stream-%04d", i) }

// newTelemetries returns the telemetry of exporters of all signals, closed when
// the test ends.
func newTelemetries(t *testing.T, tel *componenttest.Telemetry) []*telemetry {
	set := settings()
	set.TelemetrySettings = tel.NewTelemetrySettings()
	var all []*telemetry
	for _, signal := range allSignals {
		m, err := newTelemetry(set.TelemetrySettings, signal)
		require.NoError(t, err)
		t.Cleanup(m.close)
		all = append(all, m)
	}
	return all
}

// crowded lets exporters of all signals count one row, file or byte of each of
// so many streams in each way that there is.
func crowded(t *testing.T, tel *componenttest.Telemetry, streams int) {
	all := newTelemetries(t, tel)
	for i := range streams {
		for _, m := range all {
			f := file(streamName(i))
			m.Sealed(f, time.Second)
			m.Stored(f, time.Second, true)
			for _, reason := range []spool.Reason{spool.Expired, spool.Refused, spool.Unwritable, spool.Unstored, spool.Damaged} {
				m.Lost(f, reason)
			}
			m.Late(streamName(i), 1)
			m.Misplaced(streamName(i), 1, 1)
		}
	}
	for _, m := range all {
		m.synced(time.Second)
		require.NoError(t, m.observe(crowd(streams)))
	}
}

// Guarantees that the SDK never adds up what nobody can tell apart: with its
// default limit, all signals and more streams than there are labels, each series
// keeps all of its attributes, what is beyond is in the label for others by
// signal and cause, and nothing is missing from the sums. The streams with labels
// are the first ones, the same for all signals.
func TestStreamLabelsAreBounded(t *testing.T) {
	const streams = 1100
	tel := componenttest.NewTelemetry()
	t.Cleanup(func() { require.NoError(t, tel.Shutdown(context.WithoutCancel(t.Context()))) })
	crowded(t, tel, streams)
	metrics := collect(t, tel)
	for name, data := range metrics {
		for _, set := range attributesOf(t, data) {
			require.NotEmpty(t, value(set, "signal"), name)
		}
	}
	for name, want := range map[string]struct{ labels, causes int }{
		"rows": {498, 1}, "bytes": {498, 1}, "files": {498, 1}, "already_stored_files": {498, 1}, "late_rows": {498, 1},
		"spool_files": {498, 1}, "spool_size": {498, 1}, "spool_age": {498, 1}, "freshness": {498, 1},
		"seal_duration": {498, 1}, "upload_duration": {498, 1},
		"misplaced_rows": {248, 2}, "lost_rows": {98, 5},
	} {
		sets := attributesOf(t, metrics[name])
		require.Len(t, sets, len(allSignals)*want.causes*(want.labels+1), name)
		require.Less(t, len(sets), sdkSeries, name)
		labels := make(map[string][]string) // by signal and cause
		for _, set := range sets {
			labels[causeOf(set)] = append(labels[causeOf(set)], value(set, "stream"))
		}
		require.Len(t, labels, len(allSignals)*want.causes, name)
		for cause, own := range labels {
			slices.Sort(own)
			require.Len(t, own, want.labels+1)
			require.Equal(t, []string{otherStreams, streamName(0)}, own[:2], "%s of %s", name, cause)
			require.Equal(t, streamName(want.labels-1), own[want.labels], "%s of %s", name, cause)
		}
	}
	for _, name := range []string{"rows", "lost_rows", "misplaced_rows", "late_rows", "spool_files"} {
		for cause, sum := range sums(t, metrics[name]) {
			require.EqualValues(t, streams, sum, "%s of %s", name, cause)
		}
	}
	require.InDelta(t, time.Hour.Seconds(), others(t, metrics["spool_age"]), 60)
}

// Guarantees that exporters share the labels: what one has given a label to has
// it for all, until the last of them is shut down.
func TestLabelsAreShared(t *testing.T) {
	l := newLabels(1)
	l.room = 2
	first, second := l.hold(), l.hold()
	require.Equal(t, "a", first.of("a"))
	require.Equal(t, "b", second.of("b"))
	require.Equal(t, otherStreams, first.of("c"))
	require.Equal(t, "b", first.of("b"))
	second.release()
	require.Equal(t, otherStreams, first.of("c"), "the first one still holds b")
	first.release()
	require.Equal(t, []string{"c", "d", otherStreams}, []string{second.of("c"), second.of("d"), second.of("b")})
}

// Guarantees that the limit which the SDK is given is the one that counts here.
func TestLabelsOfOtherLimits(t *testing.T) {
	for set, want := range map[string][2]int{
		"":      {498, 98},
		"20000": {4998, 998},
		"100":   {23, 3},
		"0":     {498, 98},
		"many":  {498, 98},
	} {
		t.Setenv(sdkSeriesVariable, set)
		require.Equal(t, want, [2]int{newLabels(1).room, newLabels(5).room}, set)
	}
	// The smallest limit leaves one label for all.
	t.Setenv(sdkSeriesVariable, "2")
	require.Equal(t, otherStreams, newLabels(5).hold().of("a"))
}

// file is a file of one row that ended an hour ago.
func file(stream string) spool.File {
	return spool.NewFile(stream, time.Now().Add(-time.Hour), 1, 10)
}

func value(set attribute.Set, key attribute.Key) string {
	v, _ := set.Value(key)
	return v.AsString()
}

// causeOf is what a series has besides its stream.
func causeOf(set attribute.Set) string {
	return strings.Join([]string{value(set, "signal"), value(set, "reason"), value(set, "direction")}, " ")
}

// collect returns what the SDK has of each metric, all of the same moment.
func collect(t *testing.T, tel *componenttest.Telemetry) map[string]metricdata.Aggregation {
	t.Helper()
	var all metricdata.ResourceMetrics
	require.NoError(t, tel.Reader.Collect(t.Context(), &all))
	metrics := make(map[string]metricdata.Aggregation)
	for _, scope := range all.ScopeMetrics {
		for _, m := range scope.Metrics {
			metrics[strings.TrimPrefix(m.Name, "otelcol_exporter_parquet_")] = m.Data
		}
	}
	return metrics
}

// sums adds up a metric over all streams, by cause.
func sums(t *testing.T, data metricdata.Aggregation) map[string]int64 {
	t.Helper()
	var points []metricdata.DataPoint[int64]
	switch d := data.(type) {
	case metricdata.Sum[int64]:
		points = d.DataPoints
	case metricdata.Gauge[int64]:
		points = d.DataPoints
	}
	all := make(map[string]int64)
	for _, p := range points {
		all[causeOf(p.Attributes)] += p.Value
	}
	require.NotEmpty(t, all)
	return all
}

// others returns the largest value of streams without a label.
func others(t *testing.T, data metricdata.Aggregation) float64 {
	t.Helper()
	points := slices.DeleteFunc(slices.Clone(data.(metricdata.Gauge[float64]).DataPoints), func(p metricdata.DataPoint[float64]) bool {
		return value(p.Attributes, "stream") != otherStreams
	})
	require.Len(t, points, len(allSignals))
	return slices.MaxFunc(points, func(a, b metricdata.DataPoint[float64]) int { return cmp.Compare(a.Value, b.Value) }).Value
}

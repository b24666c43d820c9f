package signal

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/testdata"
)

func TestKinds(t *testing.T) {
	t.Run("traces", func(t *testing.T) { testKind(t, Traces, testdata.GenerateTraces(3), ptrace.NewTraces) })
	t.Run("metrics", func(t *testing.T) { testKind(t, Metrics, testdata.GenerateMetrics(3), pmetric.NewMetrics) })
	t.Run("logs", func(t *testing.T) { testKind(t, Logs, testdata.GenerateLogs(3), plog.NewLogs) })
	t.Run("profiles", func(t *testing.T) { testKind(t, Profiles, testdata.GenerateProfiles(3), pprofile.NewProfiles) })
}

// What is moved and what is copied arrives whole, and reading changes nothing.
func testKind[D any, C Consumer](t *testing.T, k Kind[D, C], d D, empty func() D) {
	for k.Len(d) < 3 {
		k.Append(d, 0, d)
	}
	want, err := k.Marshal(d)
	require.NoError(t, err)
	attributes := k.Resource(d, 0).Attributes().AsRaw()
	again, err := k.Marshal(d)
	require.NoError(t, err)
	require.Equal(t, want, again)
	require.Equal(t, attributes, k.Resource(d, 0).Attributes().AsRaw(), "marshaling changed the payload")
	require.Positive(t, k.Items(d))
	require.Positive(t, k.Bytes(d))

	items := k.Items(d)
	copied := k.NewLike(d)
	k.Grow(copied, k.Len(d))
	require.Zero(t, k.Len(copied))
	for i := range k.Len(d) {
		k.Append(d, i, copied)
	}
	equal(t, k, want, copied)
	equal(t, k, want, k.Clone(d))

	resources, halves := k.Len(d), []D{k.NewLike(d), k.NewLike(d)}
	k.Grow(halves[0], 1)
	k.Divide(d, []int32{0, 1, 1}, halves, 1)
	require.Zero(t, k.Len(d))
	require.Equal(t, []int{1, 2}, []int{k.Len(halves[0]), k.Len(halves[1])})
	moved := halves[0]
	k.MoveAll(halves[1], moved)
	require.Zero(t, k.Len(halves[1]))
	require.Equal(t, resources, k.Len(moved))
	require.Equal(t, items, k.Items(moved))
	equal(t, k, want, moved)

	require.False(t, k.IsReadOnly(moved))
	k.MarkReadOnly(moved)
	require.True(t, k.IsReadOnly(moved))
	require.Zero(t, k.Items(empty()))
}

func equal[D any, C Consumer](t *testing.T, k Kind[D, C], want []byte, d D) {
	t.Helper()
	got, err := k.Marshal(d)
	require.NoError(t, err)
	require.Equal(t, want, got)
}

package spool

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnar"
)

// A row is late if its hour had ended when it arrived, to the nanosecond, and if
// it is filed under that hour.
func TestLate(t *testing.T) {
	b := newBench(t)
	b.start()
	defer b.shutdown()
	hour := noon.Add(time.Hour) // ended when noon's did not yet
	for name, tt := range map[string]struct {
		event, arrived time.Time
		want           [3]int // late, past, future
	}{
		"before the end":         {noon, hour.Add(-1), [3]int{}},
		"at the end":             {hour.Add(-1), hour, [3]int{1, 0, 0}},
		"in the next hour":       {hour, hour.Add(time.Minute), [3]int{}},
		"ahead, in bounds":       {hour, hour.Add(-time.Minute), [3]int{}},
		"ahead, out of bounds":   {hour.Add(time.Hour), hour.Add(-time.Minute), [3]int{0, 0, 1}},
		"as late as may be":      {noon, noon.Add(b.options.MaxPast), [3]int{1, 0, 0}},
		"later than it may be":   {noon, noon.Add(b.options.MaxPast + 1), [3]int{0, 1, 0}},
		"as early as may be":     {noon.Add(b.options.MaxFuture), noon, [3]int{}},
		"earlier than it may be": {noon.Add(b.options.MaxFuture + 1), noon, [3]int{0, 0, 1}},
	} {
		r := record{arrived: tt.arrived, past: b.options.MaxPast, future: b.options.MaxFuture, stream: "a"}
		row := columnar.Row{Time: tt.event.UnixNano()}
		b.late, b.past, b.future = 0, 0, 0
		b.tellUntimely(partition{r.stream, r.hours()(row.Time)}, r, []columnar.Row{row})
		require.Equal(t, tt.want, [3]int{b.late, b.past, b.future}, name)
	}
}

// What is recovered was counted when it arrived.
func TestLateAfterCrash(t *testing.T) {
	b := newBench(t)
	b.start()
	require.NoError(t, b.Consume(t.Context(), "a", spans(0, 3, noon)))
	require.NoError(t, b.Consume(t.Context(), "a", spans(3, 2, noon.Add(-1000*time.Hour))))
	b.crash()
	b.start()
	b.shutdown()
	b.requireItems(5)
	require.Equal(t, [3]int{3, 2, 0}, [3]int{b.late, b.past, b.future})
}

// What waits for the store is told by stream, also while it is being stored and
// after a restart.
func TestBacklog(t *testing.T) {
	b := newBench(t)
	store := &fickleStore{Store: b.options.Store, err: errors.New("service unavailable")}
	b.options.Store, b.options.Drain = store, time.Millisecond
	b.start()
	require.Empty(t, b.Backlog())
	for i, stream := range []string{"a", "b", "a"} {
		require.NoError(t, b.Consume(t.Context(), stream, spans(i, 1, noon)))
		b.seal(everything)
	}
	want := map[string]Backlog{
		"a": {Files: 2, Bytes: b.sealed[0].Bytes + b.sealed[2].Bytes, Oldest: b.sealed[0].sealed},
		"b": {Files: 1, Bytes: b.sealed[1].Bytes, Oldest: b.sealed[1].sealed},
	}
	require.Equal(t, want, b.Backlog())
	b.shutdown()
	b.start()
	require.Len(t, b.Backlog(), 2)
	for stream, got := range b.Backlog() {
		require.WithinDuration(t, want[stream].Oldest, got.Oldest, time.Minute)
		got.Oldest = want[stream].Oldest // The clock of the file system is another one.
		require.Equal(t, want[stream], got)
	}
	store.fail(nil)
	require.Eventually(t, func() bool { return len(b.Backlog()) == 0 }, 30*time.Second, 10*time.Millisecond)
	b.shutdown()
	b.requireItems(3)
}

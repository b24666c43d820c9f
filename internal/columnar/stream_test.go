package columnar

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"strconv"
	"sync"
	"testing"

	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// table returns a table made with o, which is valid.
func table[D any](t testing.TB, make func(Options) (*Table[D], error), o Options) *Table[D] {
	t.Helper()
	made, err := make(o)
	require.NoError(t, err)
	return made
}

// written returns the file of all rows of the payloads. Cuts are how many rows go into each call of Append, in
// turns; 0 stands for all of a payload.
func written[D any](t testing.TB, table *Table[D], payloads []D, cuts ...int) ([]byte, Info) {
	t.Helper()
	var out bytes.Buffer
	w := table.NewWriter(&out)
	turn := 0
	for _, d := range payloads {
		rows := table.Rows(d, nil)
		for len(rows) > 0 {
			n := len(rows)
			if len(cuts) > 0 && cuts[turn%len(cuts)] > 0 {
				n = min(n, cuts[turn%len(cuts)])
			}
			turn++
			require.NoError(t, w.Append(d, rows[:n]))
			rows = rows[n:]
		}
	}
	info, err := w.Close()
	require.NoError(t, err)
	require.EqualValues(t, out.Len(), info.Bytes)
	require.Equal(t, info.Bytes, w.Written())
	require.Zero(t, w.Held())
	return out.Bytes(), info
}

// randomPayloads are payloads of all signals full of odd values.
func randomPayloads(n int) (tds []ptrace.Traces, lds []plog.Logs, mds []pmetric.Metrics) {
	for seed := range uint64(n) {
		tds = append(tds, newRandom(seed).traces())
		lds = append(lds, newRandom(seed).logs())
		mds = append(mds, newRandom(seed).metrics())
	}
	return tds, lds, mds
}

// TestHowRowsComeInDoesNotMatter holds that a file depends on the sequence of rows, not on how it was cut into
// calls of Append, even where groups are cut by bytes: a replay from a log need not repeat the calls.
func TestHowRowsComeInDoesNotMatter(t *testing.T) {
	tds, lds, mds := randomPayloads(12)
	for _, o := range []Options{{}, {GroupRows: 17}, {GroupBytes: 30_000}} {
		sameHoweverCut(t, table(t, NewTraces, o), tds)
		sameHoweverCut(t, table(t, NewLogs, o), lds)
		sameHoweverCut(t, table(t, NewMetrics, o), mds)
	}
}

func sameHoweverCut[D any](t *testing.T, table *Table[D], payloads []D) {
	t.Helper()
	want, info := written(t, table, payloads)
	for _, cuts := range [][]int{{1}, {3, 0, 1}, {64}, {7, 100}} {
		got, gotInfo := written(t, table, payloads, cuts...)
		require.Equal(t, info, gotInfo)
		require.True(t, bytes.Equal(want, got), "%s with %+v, cut by %v", table.Name(), table.options, cuts)
	}
}

// TestStreamIsKept holds that nothing is lost between payloads and at the edges of row groups.
func TestStreamIsKept(t *testing.T) {
	tds, lds, mds := randomPayloads(20)
	for _, o := range []Options{{}, {GroupRows: 1}, {GroupRows: 40, Level: 3}, {GroupBytes: 20_000}} {
		data, info := written(t, table(t, NewTraces, o), tds)
		require.ElementsMatch(t, showAll(tds, showTraces), showTraceRows(t, readFile(t, data)))
		require.Len(t, readFile(t, data), info.Rows)
		data, _ = written(t, table(t, NewLogs, o), lds)
		require.ElementsMatch(t, showAll(lds, showLogs), showLogRows(t, readFile(t, data)))
		data, _ = written(t, table(t, NewMetrics, o), mds)
		require.ElementsMatch(t, showAll(mds, showMetrics), showMetricRows(t, readFile(t, data)))
	}
}

func showAll[D any](payloads []D, show func(D) []string) []string {
	var all []string
	for _, d := range payloads {
		all = append(all, show(d)...)
	}
	return all
}

// TestGroupsAreBounded holds both bounds of a row group, and what a Writer says about its memory meanwhile.
func TestGroupsAreBounded(t *testing.T) {
	td := ptrace.NewTraces()
	spans := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans()
	for i := range 1000 {
		spans.AppendEmpty().Attributes().PutStr("text", strconv.Itoa(i)+string(make([]byte, 1000)))
	}
	for name, tt := range map[string]struct {
		options Options
		most    int64
	}{
		"rows":  {Options{GroupRows: 300}, 300},
		"bytes": {Options{GroupBytes: 150_000}, 128}, // Some 1.4 KB each, looked at every 64 rows.
	} {
		tb := table(t, NewTraces, tt.options)
		var out bytes.Buffer
		w := tb.NewWriter(&out)
		require.Zero(t, w.Held(), name)
		for _, r := range tb.Rows(td, nil) {
			require.NoError(t, w.Append(td, []Row{r}), name)
			require.LessOrEqual(t, w.Held(), 2_000_000, name)
			if w.Rows()%int(tt.most) == 0 {
				require.Zero(t, w.Held(), name)
			} else {
				require.Positive(t, w.Held(), name)
			}
			require.EqualValues(t, out.Len(), w.Written(), name)
		}
		_, err := w.Close()
		require.NoError(t, err, name)
		f, err := file.NewParquetReader(bytes.NewReader(out.Bytes()))
		require.NoError(t, err, name)
		for g := range f.NumRowGroups() - 1 {
			require.Equal(t, tt.most, f.MetaData().RowGroup(g).NumRows(), name)
		}
	}
}

// TestLongSharedTextStaysSmall holds that a long text which many rows share is written once, though it is too
// long for what a dictionary usually holds: else a sender's few megabytes would become gigabytes.
func TestLongSharedTextStaysSmall(t *testing.T) {
	const long = 2 << 20
	random := make([]byte, long)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range random {
		random[i] = 'a' + byte(r.IntN(26))
	}
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	rs.Resource().Attributes().PutStr("long", string(random))
	spans := rs.ScopeSpans().AppendEmpty().Spans()
	for range 5000 {
		spans.AppendEmpty()
	}
	data, _ := written(t, table(t, NewTraces, Options{}), []ptrace.Traces{td})
	require.Less(t, len(data), long)
}

// TestMemoryIsClean holds that what a discarded or broken file leaves in the table's memory does not show in the
// next one.
func TestMemoryIsClean(t *testing.T) {
	tds, _, mds := randomPayloads(8)
	cleanAfter(t, NewTraces, tds[:4], tds[4:])
	cleanAfter(t, NewMetrics, mds[:4], mds[4:])
}

func cleanAfter[D any](t *testing.T, make func(Options) (*Table[D], error), a, b []D) {
	t.Helper()
	o := Options{GroupRows: 50}
	want, _ := written(t, table(t, make, o), b)
	used := table(t, make, o)
	for range 5 {
		w := used.NewWriter(io.Discard)
		for _, d := range a {
			require.NoError(t, w.Append(d, used.Rows(d, nil)))
		}
		w.Discard()
		require.Zero(t, w.Held())
		require.Error(t, w.Append(a[0], used.Rows(a[0], nil)))
		broken := used.NewWriter(&failing{left: 100})
		for _, d := range a {
			if broken.Append(d, used.Rows(d, nil)) != nil {
				break
			}
		}
		_, err := broken.Close()
		require.ErrorIs(t, err, errFull)
		got, _ := written(t, used, b)
		require.True(t, bytes.Equal(want, got))
	}
}

// failing takes so many bytes and no more.
type failing struct{ left int }

var errFull = errors.New("no space left")

func (f *failing) Write(p []byte) (int, error) {
	n := min(f.left, len(p))
	f.left -= n
	if n < len(p) {
		return n, errFull
	}
	return n, nil
}

// TestEveryByteMayFail holds that an io.Writer that fails at any byte gives its error, from then on and whatever
// is called. The step meets all bytes of the small parts of a file in one place or another.
func TestEveryByteMayFail(t *testing.T) {
	tds, _, _ := randomPayloads(2)
	tb := table(t, NewTraces, Options{GroupRows: 40})
	whole, _ := written(t, tb, tds)
	for size := 0; size < len(whole); size += 53 {
		w := tb.NewWriter(&failing{left: size})
		var err error
		for _, d := range tds {
			if e := w.Append(d, tb.Rows(d, nil)); err == nil {
				err = e
			} else {
				require.ErrorIs(t, e, errFull)
			}
		}
		if _, e := w.Close(); err == nil {
			err = e
		}
		require.ErrorIs(t, err, errFull, "at byte %d", size)
		require.EqualValues(t, size, w.Written())
		require.Zero(t, w.Held())
		_, err = w.Close()
		require.Error(t, err)
	}
}

// TestWritersRunBesideEachOther is for the race detector: writers of one table share its memory.
func TestWritersRunBesideEachOther(t *testing.T) {
	tds, _, _ := randomPayloads(10)
	tb := table(t, NewTraces, Options{GroupRows: 30})
	want, _ := written(t, tb, tds)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 3 {
				var out bytes.Buffer
				w := tb.NewWriter(&out)
				for _, d := range tds {
					if err := w.Append(d, tb.Rows(d, nil)); err != nil {
						t.Error(err)
					}
				}
				if _, err := w.Close(); err != nil || !bytes.Equal(want, out.Bytes()) {
					t.Error("another file", err)
				}
			}
		})
	}
	all.Wait()
}

// TestEmptyFile holds that a file without rows can be read.
func TestEmptyFile(t *testing.T) {
	data, info := written(t, table(t, NewLogs, Options{}), []plog.Logs{plog.NewLogs()})
	require.Zero(t, info.Rows)
	require.Empty(t, readFile(t, data))
}

// TestFooterKnowsTimes holds what the footer says about the rows, which come in any order.
func TestFooterKnowsTimes(t *testing.T) {
	td := ptrace.NewTraces()
	spans := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans()
	for _, i := range rand.Perm(100) {
		spans.AppendEmpty().SetStartTimestamp(pcommon.Timestamp(5000 + i))
	}
	data, info := written(t, table(t, NewTraces, Options{GroupRows: 10}), []ptrace.Traces{td})
	require.EqualValues(t, 5000, info.First.UnixNano())
	require.EqualValues(t, 5099, info.Last.UnixNano())
	f, err := file.NewParquetReader(bytes.NewReader(data))
	require.NoError(t, err)
	for key, want := range map[string]string{"otel.time_min": "5000", "otel.time_max": "5099", "otel.rows": "100"} {
		require.Equal(t, want, *f.MetaData().KeyValueMetadata().FindValue(key))
	}
}

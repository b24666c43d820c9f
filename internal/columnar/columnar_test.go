package columnar

import (
	"fmt"
	"hash/maphash"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// TestNothingIsLost holds that what comes out of the files is what went in, for payloads full of odd values:
// every field of every row, attributes with their types, whatever was promoted.
func TestNothingIsLost(t *testing.T) {
	for seed := range uint64(40) {
		t.Run(fmt.Sprint("seed=", seed), func(t *testing.T) {
			td := newRandom(seed).traces()
			files, err := Traces(td)
			require.NoError(t, err)
			requireSame(t, showTraces(td), showTraceRows(t, readRows(t, files)))

			ld := newRandom(seed).logs()
			files, err = Logs(ld)
			require.NoError(t, err)
			requireSame(t, showLogs(ld), showLogRows(t, readRows(t, files)))

			md := newRandom(seed).metrics()
			files, err = Metrics(md)
			require.NoError(t, err)
			requireSame(t, showMetrics(md), showMetricRows(t, readRows(t, files)))
		})
	}
}

// TestCorpusIsKept is TestNothingIsLost with enough rows that every column chooses as it does in production.
func TestCorpusIsKept(t *testing.T) {
	td := newCorpus().traces(5000)
	files, err := Traces(td)
	require.NoError(t, err)
	requireSame(t, showTraces(td), showTraceRows(t, readRows(t, files)))
	ld := newCorpus().logs(5000)
	files, err = Logs(ld)
	require.NoError(t, err)
	requireSame(t, showLogs(ld), showLogRows(t, readRows(t, files)))
	md := newCorpus().metrics(5000)
	files, err = Metrics(md)
	require.NoError(t, err)
	requireSame(t, showMetrics(md), showMetricRows(t, readRows(t, files)))
}

// TestSamePayloadSameBytes holds that bytes depend on the payload alone: not on what an encoder did before,
// not on who else is encoding. Object names are made from the content.
func TestSamePayloadSameBytes(t *testing.T) {
	encode := func(seed uint64) []File {
		r := newRandom(seed)
		var all []File
		for _, f := range []func() ([]File, error){
			func() ([]File, error) { return Traces(r.traces()) },
			func() ([]File, error) { return Logs(r.logs()) },
			func() ([]File, error) { return Metrics(r.metrics()) },
			func() ([]File, error) { return Traces(newCorpus().traces(200 + int(seed))) },
		} {
			files, err := f()
			require.NoError(t, err)
			all = append(all, files...)
		}
		return all
	}
	const seeds = 5
	var want [seeds][]File
	for seed := range want {
		want[seed] = encode(uint64(seed))
	}
	var group sync.WaitGroup
	for worker := range 4 {
		group.Go(func() {
			for i := range seeds {
				seed := (i*(worker+1) + worker) % seeds
				if !slices.EqualFunc(want[seed], encode(uint64(seed)), equalFiles) {
					t.Errorf("worker %d: seed %d gave other files", worker, seed)
				}
			}
		})
	}
	group.Wait()
}

// TestOtherProcessSameBytes holds that the seed of the hash tables, which differs from process to process, does
// not reach the files.
func TestOtherProcessSameBytes(t *testing.T) {
	td := newCorpus().traces(500)
	want, err := Traces(td)
	require.NoError(t, err)
	dictSeed = maphash.MakeSeed()
	got, err := Traces(td)
	require.NoError(t, err)
	require.Equal(t, want, got)
}

func equalFiles(a, b File) bool {
	return a.Hour.Equal(b.Hour) && a.First.Equal(b.First) && a.Last.Equal(b.Last) && a.Rows == b.Rows &&
		slices.Equal(a.Data, b.Data)
}

// TestInputIsOnlyRead holds that a payload may be shared with others, who see it unchanged.
func TestInputIsOnlyRead(t *testing.T) {
	td, ld, md := newRandom(3).traces(), newRandom(3).logs(), newRandom(3).metrics()
	tdCopy, ldCopy, mdCopy := ptrace.NewTraces(), plog.NewLogs(), pmetric.NewMetrics()
	td.CopyTo(tdCopy)
	ld.CopyTo(ldCopy)
	md.CopyTo(mdCopy)
	td.MarkReadOnly() // pdata panics on a write from here on.
	ld.MarkReadOnly()
	md.MarkReadOnly()
	_, err := Traces(td)
	require.NoError(t, err)
	_, err = Logs(ld)
	require.NoError(t, err)
	_, err = Metrics(md)
	require.NoError(t, err)
	requireSame(t, showTraces(tdCopy), showTraces(td))
	requireSame(t, showLogs(ldCopy), showLogs(ld))
	requireSame(t, showMetrics(mdCopy), showMetrics(md))
}

func TestEmptyPayload(t *testing.T) {
	td, ld, md := ptrace.NewTraces(), plog.NewLogs(), pmetric.NewMetrics()
	td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty()
	ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty()
	md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics().AppendEmpty().SetName("untyped")
	for name, encode := range map[string]func() ([]File, error){
		"traces":  func() ([]File, error) { return Traces(td) },
		"logs":    func() ([]File, error) { return Logs(ld) },
		"metrics": func() ([]File, error) { return Metrics(md) },
	} {
		files, err := encode()
		require.NoError(t, err, name)
		require.Nil(t, files, name)
	}
}

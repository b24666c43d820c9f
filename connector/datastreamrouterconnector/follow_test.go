package datastreamrouterconnector

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
)

// followingBench is the two routers of a connector whose log records follow
// their traces. The stream "logsonly" takes logs of service a and no traces.
func followingBench(t *testing.T, cfg *Config) (*tracesBench, *bench[plog.Logs, consumer.Logs]) {
	cfg.Traces.Logs = logsFollow
	cfg.Streams = append(cfg.Streams, StreamConfig{Name: "logsonly", Select: services("a"), WhenRefused: refusalRetry, RetryFor: time.Minute})
	traces := holdingBench(t, cfg, "logsonly")
	pipes := []*pipe[plog.Logs]{{name: "x"}, {name: "rest"}, {name: "logsonly"}}
	logs := newBench(t, logsSubject, cfg, pipes...)
	require.NoError(t, logs.member.start(t.Context(), componenttest.NewNopHost()))
	return traces, logs
}

// records builds log records of the trace, one per word, which starts with the
// service. Number 0 is no trace.
func records(number byte, words string) plog.Logs {
	ld := plog.NewLogs()
	for word := range strings.FieldsSeq(words) {
		rl := ld.ResourceLogs().AppendEmpty()
		rl.Resource().Attributes().PutStr("service.name", word[:1])
		record := rl.ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
		record.Body().SetStr(word)
		if number > 0 {
			record.SetTraceID(pcommon.TraceID{0: 1, 15: number})
		}
	}
	return ld
}

// Log records go where their trace goes, whether they come before it or after;
// they are dropped where it is dropped. Streams without traces, and records
// without one, go their own way.
func TestLogsFollowTheirTrace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := tracesConfig(integrityRoot)
		cfg.Streams[0].Keep = []KeepRule{{Name: "errors", Errors: true}}
		traces, logs := followingBench(t, cfg)
		mixed := records(1, "a1 c1")
		records(0, "a0 z0").ResourceLogs().MoveAndAppendTo(mixed.ResourceLogs())
		logs.send(mixed)
		logs.got("x", "a0")
		logs.got("rest", "z0")
		logs.got("logsonly", "a0")
		logs.send(records(2, "a2 z2"))
		logs.send(records(3, "c3")) // Its trace goes to y, which has no pipeline for logs.
		logs.send(records(9, "a9 z9"))
		traces.send(trace(1, "ar ae"))
		traces.send(trace(2, "ar a"))
		traces.send(trace(3, "cr"))
		time.Sleep(5 * time.Second)
		logs.send(records(1, "z1"))
		synctest.Wait()
		require.Equal(t, []string{"a0", "a1", "c1", "z1"}, logs.sorted("x"))
		logs.got("rest", "z0")
		require.Equal(t, []string{"a0", "a1", "a2"}, logs.sorted("logsonly"))
		settleTraces() // Trace 9 never comes.
		require.Equal(t, map[string]int64{
			"x/delivered": 5, "x/sampled": 2, "rest/delivered": 2, "logsonly/delivered": 4, "y/no_pipeline": 1,
		}, logs.counts())
		require.Zero(t, traces.gauge("unaccounted_items", ""))
		require.Zero(t, logs.gauge("unaccounted_items", ""))
	})
}

// Without whole traces a record follows its resource's streams, but for those
// that have dropped the trace.
func TestLogsFollowSplitTraces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := tracesConfig(integritySplit)
		cfg.Streams[0].Keep = []KeepRule{{Name: "errors", Errors: true}}
		traces, logs := followingBench(t, cfg)
		logs.send(records(1, "a1 z1"))
		logs.send(records(2, "a2 z2 q2"))
		traces.send(trace(1, "ar z a"))
		traces.send(trace(2, "ae z"))
		settleTraces()
		logs.got("x", "a2")
		require.Equal(t, []string{"q2", "z1", "z2"}, logs.sorted("rest"))
		require.Equal(t, map[string]int64{"x/delivered": 1, "x/sampled": 1, "rest/delivered": 3, "logsonly/delivered": 2}, logs.counts())
	})
}

// The first of the two routers to shut down delivers what is held, of both.
func TestShutdownOfFollowers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		traces, logs := followingBench(t, tracesConfig(integrityAny))
		traces.send(trace(1, "ar"))
		logs.send(records(1, "z1"))
		require.NoError(t, logs.shutdown(t.Context()))
		require.NoError(t, traces.shutdown(t.Context()))
		traces.got("x", "ar")
		logs.got("x", "z1")
	})
}

// Without a traces router there is nothing to follow.
func TestLogsWithoutTracesRouter(t *testing.T) {
	cfg := tracesConfig(integrityAny)
	cfg.Traces.Logs = logsFollow
	b := newBench(t, logsSubject, cfg, &pipe[plog.Logs]{name: "x"})
	require.NoError(t, b.member.start(t.Context(), componenttest.NewNopHost()))
	b.send(records(1, "a1"))
	b.got("x", "a1")
	require.NoError(t, b.shutdown(t.Context()))
}

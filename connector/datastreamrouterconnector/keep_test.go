package datastreamrouterconnector

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/sampling"
)

// settleTraces lets everything that is held be decided.
func settleTraces() {
	time.Sleep(defaultHold + defaultQuiet)
	synctest.Wait()
}

// ruled counts decisions, as "stream/rule/decision".
func (b *bench[D, C]) ruled() map[string]int64 {
	counts := make(map[string]int64)
	m, err := b.telemetry.GetMetric("otelcol_connector_datastreamrouter_kept_traces")
	require.NoError(b.t, err)
	for _, p := range m.Data.(metricdata.Sum[int64]).DataPoints {
		var parts []string
		for _, key := range []string{"stream", "rule", "decision"} {
			v, _ := p.Attributes.Value(attribute.Key(key))
			parts = append(parts, v.AsString())
		}
		counts[strings.Join(parts, "/")] = p.Value
	}
	return counts
}

// Each rule decides over the traces it is about, for its stream only; what no
// rule is about is dropped.
func TestKeepRules(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := tracesConfig(integrityAny)
		cfg.Streams[0].Keep = []KeepRule{
			{Name: "probes", Sources: services("b"), Never: true},
			{Name: "errors", Errors: true},
			{Name: "slow", SlowerThan: time.Second},
			{Name: "large", MinSpans: 4},
			{Name: "vip", Attributes: map[string]any{"tier": []any{"gold", "silver"}}},
			{Name: "odd", Condition: `attributes["n"] != nil and attributes["n"] > 40 and name == "a"`},
		}
		b := holdingBench(t, cfg)
		send := func(number byte, words string, change func(ptrace.Span)) {
			td := trace(number, words)
			if change != nil {
				rss := td.ResourceSpans()
				change(rss.At(rss.Len() - 1).ScopeSpans().At(0).Spans().At(0))
			}
			b.send(td)
		}
		send(1, "ar b e", nil)
		send(2, "ar ae", nil)
		send(3, "ar a", func(s ptrace.Span) { s.SetEndTimestamp(s.EndTimestamp() + pcommon.Timestamp(time.Second+1)) })
		send(4, "ar a a a", nil)
		send(5, "ar a", func(s ptrace.Span) { s.Attributes().PutStr("tier", "silver") })
		send(6, "ar a", func(s ptrace.Span) { s.Attributes().PutInt("n", 42) })
		send(7, "ar ac", func(s ptrace.Span) { s.Attributes().PutInt("n", 40) })
		send(8, "cr a", nil)
		settleTraces()
		require.Equal(t, map[string]int64{
			"x/probes/dropped": 1, "x/errors/kept": 1, "x/slow/kept": 1, "x/large/kept": 1,
			"x/vip/kept": 1, "x/odd/kept": 1, "x/_none/dropped": 2,
		}, b.ruled())
		require.Len(t, b.pipes["x"].items, 2+2+4+2+2)
		require.Equal(t, map[string]int64{
			"x/delivered": 12, "x/sampled": 3 + 2 + 2, "y/delivered": 2, "rest/delivered": 3,
		}, b.counts())
		require.Zero(t, b.gauge("unaccounted_items", ""))
	})
}

// randomTrace has a random ID and up to eight spans over the services a to d
// and z, the first of them a root.
func randomTrace(r *rand.Rand) ptrace.Traces {
	words := []string{string("abcdz"[r.IntN(5)]) + "r"}
	for range r.IntN(8) {
		words = append(words, string("abcdz"[r.IntN(5)]))
	}
	td := trace(0, strings.Join(words, " "))
	var id pcommon.TraceID
	for i := range id {
		id[i] = byte(r.Uint32())
	}
	for i, rs := range td.ResourceSpans().All() {
		span := rs.ScopeSpans().At(0).Spans().At(0)
		span.SetTraceID(id)
		span.SetName(fmt.Sprintf("%x/%d", id[:], i))
	}
	return td
}

// Streams that keep traces by percentage get whole traces, each span once; a
// lower percentage is a part of a higher one; and each span says what it has
// passed, which never contradicts its trace.
func TestPercentages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		percents := []float64{10, 25, 50, 100}
		cfg := &Config{Match: matchAll, Traces: NewDefaultTracesConfig()}
		cfg.Traces.Integrity = integrityAny
		for i := range percents {
			cfg.Streams = append(cfg.Streams, StreamConfig{
				Name: fmt.Sprint("s", i), Select: services("a", "b", "c", "d", "z"),
				Keep: []KeepRule{{Name: "share", Percent: &percents[i]}},
			})
		}
		b := holdingBench(t, cfg)
		r := rand.New(rand.NewPCG(5, 5))
		sent := make(map[string][]string)
		var pieces []ptrace.Traces
		for range 2000 {
			td := randomTrace(r)
			for i := range td.ResourceSpans().Len() {
				piece := ptrace.NewTraces()
				td.ResourceSpans().At(i).CopyTo(piece.ResourceSpans().AppendEmpty())
				pieces = append(pieces, piece)
				name := b.read(piece)[0]
				sent[name[:32]] = append(sent[name[:32]], name)
			}
		}
		r.Shuffle(len(pieces), func(i, j int) { pieces[i], pieces[j] = pieces[j], pieces[i] })
		for _, piece := range pieces {
			b.send(piece)
		}
		settleTraces()
		var before map[string][]string
		for i, percent := range percents {
			got := make(map[string][]string)
			for _, call := range b.pipes[fmt.Sprint("s", i)].calls {
				for _, name := range b.read(call) {
					got[name[:32]] = append(got[name[:32]], name)
				}
				requireStamped(t, call, percent)
			}
			require.InDelta(t, percent/100*2000, len(got), 100)
			for id, names := range got {
				slices.Sort(names)
				slices.Sort(sent[id])
				require.Equal(t, sent[id], names)
			}
			for id := range before {
				require.Contains(t, got, id)
			}
			before = got
		}
	})
}

func requireStamped(t *testing.T, td ptrace.Traces, percent float64) {
	for _, rs := range td.ResourceSpans().All() {
		span := rs.ScopeSpans().At(0).Spans().At(0)
		state := sampling.ParseState(span.TraceState().AsRaw())
		require.Equal(t, percent < 100, state.HasThreshold)
		require.True(t, state.Threshold.Keeps(sampling.RandomnessOf(span.TraceID())))
		require.InDelta(t, percent/100, state.Threshold.Probability(), 1e-4)
	}
}

// A target rate is met from the first second on, whatever comes.
func TestSpansPerSecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := &Config{Match: matchAll, Traces: NewDefaultTracesConfig(), Streams: []StreamConfig{
			{Name: "x", Default: true, Keep: []KeepRule{{Name: "rate", SpansPerSecond: new(100.0)}}},
		}}
		b := holdingBench(t, cfg)
		r := rand.New(rand.NewPCG(6, 6))
		for second := range 60 {
			for range 200 + 800*(second/20%2) { // Five times as many in between.
				b.send(randomTrace(r))
				time.Sleep(time.Microsecond)
			}
			time.Sleep(time.Second)
			synctest.Wait()
		}
		settleTraces()
		require.InEpsilon(t, 6000, len(b.pipes["x"].items), 0.05)
	})
}

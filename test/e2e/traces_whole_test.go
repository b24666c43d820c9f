package e2e

import (
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/shop"
)

// teams are the two streams of these tests, with their services. Requests that
// check out go through both, and through others that are in neither.
var teams = map[string][]string{
	"checkout": {"cart", "checkout-api", "checkout-worker"},
	"payments": {"payment", "fraud", "ledger"},
}

// tracing is a collector that runs by a document, with a lake of Parquet files.
type tracing struct {
	t   *testing.T
	env map[string]string
	dir string
	*process

	sent map[string]*sentTrace // by ID
}

// sentTrace is what was acknowledged of a trace.
type sentTrace struct {
	spans  int
	failed bool
	teams  map[string]bool
}

// newTracing starts a collector. Traces are the settings of that name, actions
// those of both teams.
func newTracing(t *testing.T, traces, actions string) *tracing {
	t.Helper()
	b := &tracing{t: t, env: freePorts(t, "HTTP", "HEALTH", "METRICS"), dir: t.TempDir(), sent: make(map[string]*sentTrace)}
	b.write(traces, actions)
	b.run()
	return b
}

func (b *tracing) document() string { return filepath.Join(b.dir, "datastreams.yaml") }

// write puts the document in place as a whole.
func (b *tracing) write(traces, actions string) {
	b.t.Helper()
	text := strings.NewReplacer(
		"DATA", filepath.Join(b.dir, "data"), "LAKE", b.lake(), "METRICS", b.env["METRICS"], "HEALTH", b.env["HEALTH"], "HTTP", b.env["HTTP"],
		"TRACES", traces, "ACTIONS", actions,
		"CHECKOUT", strings.Join(teams["checkout"], ", "), "PAYMENTS", strings.Join(teams["payments"], ", "),
	).Replace(`version: 1
settings: { data_dir: "DATA", metrics_endpoint: "METRICS", health_endpoint: "HEALTH", traces: TRACES }
receivers: { otlp: { protocols: { http: { endpoint: "HTTP" } } } }
destinations: { lake: { parquet: { url: "file:LAKE", roll: { max_age: 500ms } } } }
streams:
  checkout: { sources: [{ service.name: [CHECKOUT] }], actions: ACTIONS, destinations: [lake] }
  payments: { sources: [{ service.name: [PAYMENTS] }], actions: ACTIONS, destinations: [lake] }
  default: { destinations: [lake] }
`)
	require.NoError(b.t, os.WriteFile(b.document()+".new", []byte(text), 0o600))
	require.NoError(b.t, os.Rename(b.document()+".new", b.document()))
}

func (b *tracing) run() {
	b.t.Helper()
	b.process = collector(b.t, "datastreams:"+b.document(), b.env, "--config", "yaml:extensions::datastreams: { poll_interval: 50ms, settle_time: 50ms }")
}

func (b *tracing) lake() string { return filepath.Join(b.dir, "lake") }

// send sends spans of the shop, each resource in a request of its own, in any
// order, and returns how many there were.
func (b *tracing) send(seed uint64, spans int) int {
	b.t.Helper()
	r := rand.New(rand.NewPCG(seed, 1))
	var pieces []ptrace.Traces
	for _, rs := range shop.New(seed).Traces(spans, time.Now()).ResourceSpans().All() {
		piece := ptrace.NewTraces()
		rs.CopyTo(piece.ResourceSpans().AppendEmpty())
		pieces = append(pieces, piece)
	}
	r.Shuffle(len(pieces), func(i, j int) { pieces[i], pieces[j] = pieces[j], pieces[i] })
	for _, piece := range pieces {
		p := payload{path: "/v1/traces", request: ptraceotlp.NewExportRequestFromTraces(piece)}
		eventually(b.t, time.Minute, func() error { return p.post(b.t.Context(), b.env["HTTP"]) })
		b.enter(piece)
	}
	return spans
}

// enter notes what was acknowledged.
func (b *tracing) enter(td ptrace.Traces) {
	for _, rs := range td.ResourceSpans().All() {
		service, _ := rs.Resource().Attributes().Get("service.name")
		for _, ss := range rs.ScopeSpans().All() {
			for _, span := range ss.Spans().All() {
				id := span.TraceID().String()
				s := b.sent[id]
				if s == nil {
					s = &sentTrace{teams: make(map[string]bool)}
					b.sent[id] = s
				}
				s.spans++
				s.failed = s.failed || span.Status().Code() == ptrace.StatusCodeError
				for team, services := range teams {
					s.teams[team] = s.teams[team] || slices.Contains(services, service.Str())
				}
			}
		}
	}
}

// sql runs a query with the tables lake, the spans in Parquet, and sent, a row
// for each trace of the team, and returns its one row.
func (b *tracing) sql(team, query string) map[string]any {
	b.t.Helper()
	file, err := os.CreateTemp(b.t.TempDir(), "*.csv")
	require.NoError(b.t, err)
	defer file.Close()
	w := csv.NewWriter(file)
	require.NoError(b.t, w.Write([]string{"trace_id", "spans", "failed"}))
	for id, s := range b.sent {
		if team == "" || s.teams[team] {
			require.NoError(b.t, w.Write([]string{id, strconv.Itoa(s.spans), strconv.FormatBool(s.failed)}))
		}
	}
	w.Flush()
	require.NoError(b.t, w.Error())
	where := ""
	if team != "" {
		where = " WHERE stream = '" + team + "'"
	}
	return duckdb(b.t, fmt.Sprintf(`WITH lake AS (SELECT * FROM read_parquet('%s/traces/v1/**/*.parquet', hive_partitioning=true)%s),
		sent AS (SELECT * FROM read_csv('%s', header = true, types = {'trace_id': 'VARCHAR', 'spans': 'BIGINT', 'failed': 'BOOLEAN'})),
		kept AS (SELECT trace_id, count(*) AS spans, count(DISTINCT span_id) AS ids, max(trace_state) AS state FROM lake GROUP BY trace_id)
		%s`, b.lake(), where, file.Name(), query))[0][0]
}

// What of a stream shows that traces were divided: spans whose parent was sent,
// and is in another stream only; and traces that are not as they were sent.
const brokenTraces = `SELECT count(*) AS spans,
	count(*) FILTER (parent_span_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM lake p WHERE p.trace_id = l.trace_id AND p.span_id = l.parent_span_id)) AS orphans,
	(SELECT count(*) FROM kept) AS traces,
	(SELECT count(*) FROM sent) AS sent,
	(SELECT count(*) FROM kept JOIN sent USING (trace_id) WHERE kept.spans <> sent.spans OR kept.ids <> sent.spans) AS partial
	FROM lake l`

// Two teams each get every trace that one of their services is part of. With
// `any` each of them is complete, whatever the order in which the spans come, and
// no span lacks its parent. With `split` the same query finds that they do.
func TestTeamsGetWholeTraces(t *testing.T) {
	for integrity, whole := range map[string]bool{"any": true, "split": false} {
		t.Run(integrity, func(t *testing.T) {
			b := newTracing(t, fmt.Sprintf("{ integrity: %s, quiet: 2s, hold: 60s }", integrity), "[]")
			b.send(1, 6000)
			if whole {
				b.wantHeld(0) // Decided because they are complete, and not because of the end.
			}
			b.stop()
			for team := range teams {
				row := b.sql(team, brokenTraces)
				t.Logf("%s, %s: %v", integrity, team, row)
				require.Equal(t, row["sent"], row["traces"], "every trace of the team, and no other")
				require.Greater(t, row["traces"], 50.0)
				if whole {
					require.Zero(t, row["orphans"])
					require.Zero(t, row["partial"])
				} else {
					require.NotZero(t, row["orphans"], "or the check would find nothing")
					require.NotZero(t, row["partial"])
				}
			}
		})
	}
}

// A stream's rules decide over whole traces: all with an error, and a fifth of
// the rest, which says so in its tracestate, so that what it stands for can be
// counted. What one team does not keep, the other may.
func TestTeamsKeepByRules(t *testing.T) {
	b := newTracing(t, "{ integrity: any, quiet: 2s, hold: 60s }", "[{ keep: [{ name: errors, errors: true }, { name: rest, percent: 20 }] }]")
	b.send(2, 40_000)
	b.wantHeld(0)
	b.stop()
	for team := range teams {
		row := b.sql(team, `, rest AS (SELECT regexp_extract(state, '(?:^|[,;])ot=(?:[^,]*;)?th:([0-9a-f]+)', 1) AS th FROM kept JOIN sent USING (trace_id) WHERE NOT failed)
			SELECT (SELECT count(*) FROM sent WHERE failed) AS failed,
				(SELECT count(*) FROM sent JOIN kept USING (trace_id) WHERE failed) AS failed_kept,
				(SELECT count(*) FROM sent WHERE NOT failed) AS rest,
				(SELECT count(*) FROM rest) AS rest_kept,
				(SELECT count(*) FROM rest WHERE th = '') AS rest_unmarked,
				(SELECT sum(1 / (1 - ('0x' || rpad(th, 14, '0'))::BIGINT / 72057594037927936)) FROM rest WHERE th <> '') AS rest_counted,
				(SELECT count(*) FROM kept JOIN sent USING (trace_id) WHERE kept.spans <> sent.spans) AS partial`)
		t.Logf("%s: %v", team, row)
		require.NotZero(t, row["failed"])
		require.Equal(t, row["failed"], row["failed_kept"])
		require.Zero(t, row["rest_unmarked"])
		require.Zero(t, row["partial"])
		rest := row["rest"].(float64)
		require.Greater(t, rest, 500.0)
		// By the IDs of the traces, which are the same each time.
		require.InDelta(t, 0.2, row["rest_kept"].(float64)/rest, 0.06)
		require.InDelta(t, 5*row["rest_kept"].(float64), row["rest_counted"], 0.01*rest)
	}
}

package e2e

import (
	"bufio"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var heldItems = regexp.MustCompile(`^otelcol_connector_datastreamrouter_held_trace_items(?:\{.*\})? ([0-9.e+]+)$`)

// held returns how many spans the router holds.
func (b *tracing) held() (int, error) {
	answer, err := http.Get("http://" + b.env["METRICS"] + "/metrics")
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
		if m := heldItems.FindStringSubmatch(lines.Text()); m != nil {
			n, err := strconv.ParseFloat(m[1], 64)
			return int(n), err
		}
	}
	return 0, fmt.Errorf("no such metric")
}

// wantHeld waits until the router holds so many spans.
func (b *tracing) wantHeld(want int) {
	b.t.Helper()
	eventually(b.t, time.Minute, func() error {
		got, err := b.held()
		if err == nil && got != want {
			err = fmt.Errorf("%d spans are held, want %d", got, want)
		}
		return err
	})
}

// undecided is settings by which no trace is complete before a test has ended.
const undecided = "{ integrity: any, quiet: 20m, hold: 30m }"

// rows counts what the lake has of a stream, and what of it is there twice.
const rows = `SELECT count(*) AS spans, count(*) - count(DISTINCT (trace_id, span_id)) AS doubled FROM lake`

// What is held at a reload and at SIGTERM is decided early and delivered: of the
// spans that were acknowledged every one is in Parquet, once in each stream that
// its trace belongs to.
func TestHeldTracesAtReloadAndSIGTERM(t *testing.T) {
	b := newTracing(t, undecided, "[]")
	first := b.send(3, 3000)
	b.wantHeld(first)
	b.write(undecided, "[{ set: { reloaded: true } }]") // Other pipelines: a reload.
	b.wantHeld(0)
	second := b.send(4, 3000)
	b.wantHeld(second)
	b.stop()
	for team := range teams {
		row := b.sql(team, brokenTraces)
		t.Logf("%s: %v", team, row)
		require.Equal(t, row["sent"], row["traces"])
		require.Zero(t, row["orphans"])
		require.Zero(t, row["partial"], "no trace was under way in either moment")
	}
	row := b.sql("default", rows)
	require.Zero(t, row["doubled"])
	missing := b.sql("", "SELECT count(*) AS n FROM sent ANTI JOIN lake USING (trace_id)")
	require.Zero(t, missing["n"])
}

// A collector that is killed loses the spans that it holds, and no others: what
// was decided before is stored, and stays.
func TestKilledWithHeldTraces(t *testing.T) {
	b := newTracing(t, "{ integrity: any, quiet: 1s, hold: 5s }", "[]")
	decided := b.send(5, 3000)
	before := b.sent
	b.wantHeld(0)
	b.stop()

	b.write(undecided, "[]")
	b.run()
	b.sent = make(map[string]*sentTrace)
	held := b.send(6, 2000)
	b.wantHeld(held)
	b.kill()
	b.run()
	b.stop()

	lost := b.sql("", "SELECT count(*) AS n FROM sent ANTI JOIN lake USING (trace_id)")
	t.Logf("%v of %d held traces were lost, and none of %d others", lost["n"], len(b.sent), len(before))
	require.InDelta(t, len(b.sent), lost["n"], 0, "all that was held is lost: the bound is not too large")
	b.sent = before
	require.NotZero(t, decided)
	lost = b.sql("", "SELECT count(*) AS n FROM sent ANTI JOIN lake USING (trace_id)")
	require.Zero(t, lost["n"])
}

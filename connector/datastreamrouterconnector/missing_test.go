package datastreamrouterconnector

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/signal"
)

func TestMissing(t *testing.T) {
	t.Run("traces", func(t *testing.T) { checkMissing(t, tracesSubject) })
	t.Run("metrics", func(t *testing.T) { checkMissing(t, metricsSubject) })
	t.Run("logs", func(t *testing.T) { checkMissing(t, logsSubject) })
	t.Run("profiles", func(t *testing.T) { checkMissing(t, profilesSubject) })
}

// Items that get lost between the payload and the streams' accounts show: the
// gauge is not 0 by construction.
func checkMissing[D any, C signal.Consumer](t *testing.T, s subject[D, C]) {
	b := newBench(t, s, shop(), &pipe[D]{name: "x"}, &pipe[D]{name: "y"}, &pipe[D]{name: "default"})
	r := b.member.(*router[D, C])
	b.send(s.payload("a2 b1 c1 z3"))
	require.Zero(t, b.gauge("unaccounted_items", ""))

	gen, d := r.generation.Load(), s.payload("a2 c1")
	turn := r.turn()
	r.group(gen, turn, d)
	items := r.kind.Items(d)
	r.divide(turn, d)
	r.admit(gen, turn, turn.grouping.verdicts[0], turn.payloads[0])
	r.missed(items - turn.items()) // The second group was left out,
	require.Equal(t, int64(1), b.gauge("unaccounted_items", ""))
	turn.places = nil // and the first one forgotten.
	r.plan(gen, turn)
	require.Equal(t, int64(3), b.gauge("unaccounted_items", ""))
}

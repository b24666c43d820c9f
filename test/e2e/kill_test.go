package e2e

import (
	"context"
	"encoding/csv"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/shop"
)

// load sends numbered payloads from several connections, again and again, and
// remembers which of them were acknowledged. None is sent twice.
type load struct {
	t       *testing.T
	address string
	workers sync.WaitGroup

	mu          sync.Mutex
	sent, acked map[string][]int64 // by signal
}

// start sends payloads of one signal until ctx is done. One request at a time
// goes out on each connection.
func (l *load) start(ctx context.Context, f flow, connections int) {
	var mu sync.Mutex
	source := shop.New(1, shop.WithSequence(sequence))
	generate := func() (payload, []int64) {
		mu.Lock()
		defer mu.Unlock()
		// Two hours get data, around the full hour.
		at := time.Now().UTC().Truncate(time.Hour).Add(time.Duration(rand.N(2)) * -time.Minute)
		p := f.generate(source, 1+rand.N(200), at)
		var numbers []int64
		require.NoError(l.t, p.visit(func(_, record pcommon.Map) {
			number, _ := record.Get(sequence)
			numbers = append(numbers, number.Int())
		}))
		return p, numbers
	}
	for range connections {
		l.workers.Go(func() {
			for ctx.Err() == nil {
				p, numbers := generate()
				err := p.post(context.WithoutCancel(ctx), l.address)
				l.enter(f.signal, numbers, err == nil)
				time.Sleep(10 * time.Millisecond)
			}
		})
	}
}

func (l *load) enter(signal string, numbers []int64, acked bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sent[signal] = append(l.sent[signal], numbers...)
	if acked {
		l.acked[signal] = append(l.acked[signal], numbers...)
	}
}

// total returns how many records were acknowledged.
func (l *load) total() (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, numbers := range l.acked {
		n += len(numbers)
	}
	return n
}

// A collector that is killed at any moment, while it starts, takes data, writes,
// uploads or recovers, has everything that it acknowledged in exactly one object
// in the end, and what it did not acknowledge in one or none.
func TestKilledAgainAndAgain(t *testing.T) {
	const kills = 25
	store := newGateway(t).storage()
	env := freePorts(t, "HTTP", "HEALTH")
	env["PARQUET_URL"], env["SPOOL"] = store.url, filepath.Join(t.TempDir(), "spool")
	maps.Copy(env, store.env)

	l := &load{t: t, address: env["HTTP"], sent: make(map[string][]int64), acked: make(map[string][]int64)}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	for _, f := range flows[:3] { // Profiles have no files.
		l.start(ctx, f, 2)
	}
	served := 0
	for range kills {
		before := l.total()
		p := launch(t, "testdata/kill.yaml", env, store.args...)
		time.Sleep(100*time.Millisecond + rand.N(1500*time.Millisecond))
		p.kill()
		if l.total() > before {
			served++
		}
	}
	cancel()
	l.workers.Wait()
	require.Greater(t, served, kills/4, "most processes were killed before they took anything")

	p := collector(t, "testdata/kill.yaml", env, store.args...)
	p.stop() // Seals and stores what is left.
	for _, f := range flows[:3] {
		l.requireExactlyOnce(f.signal, store.root)
	}
	t.Logf("%d of %d processes took data; %d records acknowledged", served, kills, l.total())
}

// requireExactlyOnce compares the lake with the books, in SQL.
func (l *load) requireExactlyOnce(signal, root string) {
	l.t.Helper()
	sent, acked := writeNumbers(l.t, l.sent[signal]), writeNumbers(l.t, l.acked[signal])
	row := duckdb(l.t, fmt.Sprintf(`
		WITH lake AS (SELECT attributes['%s']::BIGINT AS n FROM read_parquet('%s/%s/v1/**/*.parquet')),
			sent AS (SELECT n::BIGINT AS n FROM read_csv('%s', header = true)),
			acked AS (SELECT n::BIGINT AS n FROM read_csv('%s', header = true))
		SELECT (SELECT count(*) - count(DISTINCT n) FROM lake) AS doubled,
			(SELECT count(*) FROM acked ANTI JOIN lake USING (n)) AS lost,
			(SELECT count(*) FROM lake ANTI JOIN sent USING (n)) AS invented,
			(SELECT count(*) FROM lake) AS stored, (SELECT count(*) FROM acked) AS acked`,
		sequence, root, signal, sent, acked))[0][0]
	l.t.Logf("%s: %v", signal, row)
	require.Zero(l.t, row["doubled"], "%s are stored twice", signal)
	require.Zero(l.t, row["lost"], "%s were acknowledged and are not stored", signal)
	require.Zero(l.t, row["invented"], "%s are stored that nobody sent", signal)
	require.NotZero(l.t, row["acked"])
}

// writeNumbers writes numbers into a file that SQL can read.
func writeNumbers(t *testing.T, numbers []int64) string {
	t.Helper()
	file, err := os.CreateTemp(t.TempDir(), "*.csv")
	require.NoError(t, err)
	defer file.Close()
	w := csv.NewWriter(file)
	require.NoError(t, w.Write([]string{"n"}))
	for _, n := range numbers {
		require.NoError(t, w.Write([]string{strconv.FormatInt(n, 10)}))
	}
	w.Flush()
	require.NoError(t, w.Error())
	return file.Name()
}

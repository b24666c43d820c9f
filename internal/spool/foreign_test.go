package spool

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// tool returns the path of a program that the Makefile installs, or nothing.
func tool(t *testing.T, name string) string {
	t.Helper()
	programs, err := filepath.Glob("../../.tools/" + name + "-*")
	require.NoError(t, err)
	if len(programs) == 0 {
		return ""
	}
	return programs[len(programs)-1]
}

// gateway is versitygw, an S3 server that we did not write.
type gateway struct {
	url string // nothing if it is not installed
	dir string // of its buckets
}

// newGateway starts a gateway with a bucket, which runs until the test ends.
func newGateway(t *testing.T) gateway {
	program := tool(t, "versitygw")
	if program == "" {
		return gateway{}
	}
	g := gateway{dir: t.TempDir()}
	require.NoError(t, os.Mkdir(filepath.Join(g.dir, bucket), 0o700))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := l.Addr().String()
	require.NoError(t, l.Close())
	g.url = "http://" + address

	var log bytes.Buffer
	cmd := exec.Command(program, "--port", address, "posix", g.dir)
	cmd.Env = append(os.Environ(), "ROOT_ACCESS_KEY="+os.Getenv("AWS_ACCESS_KEY_ID"), "ROOT_SECRET_KEY="+os.Getenv("AWS_SECRET_ACCESS_KEY"))
	cmd.Stdout, cmd.Stderr = &log, &log
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			t.Log(log.String())
		}
	})
	require.Eventually(t, func() bool {
		conn, err := net.Dial("tcp", address)
		return err == nil && conn.Close() == nil
	}, 30*time.Second, 20*time.Millisecond)
	return g
}

// require skips the test if there is no gateway.
func (g gateway) require(t *testing.T) {
	t.Helper()
	if g.url == "" {
		t.Skip("versitygw is not installed: run `make path-versitygw`")
	}
}

// found is what a reader finds in the store.
type found struct {
	Stored  int // items
	Doubled int // of these, there more than once
	Missing int // that should be there
	Torn    int // numbered payloads of which other items are there
}

// inSQL asks DuckDB, a reader that we did not write, for the items in the store,
// and for those of the given that are missing. It is false without DuckDB.
func (b *bench[D]) inSQL(items []int) (found, bool) {
	b.t.Helper()
	program := tool(b.t, "duckdb")
	if program == "" {
		b.t.Log("Read by nobody but ourselves: DuckDB is not installed, run `make path-duckdb`.")
		return found{}, false
	}
	list := filepath.Join(b.t.TempDir(), "items.csv")
	var csv strings.Builder
	for _, n := range items {
		fmt.Fprintln(&csv, n)
	}
	require.NoError(b.t, os.WriteFile(list, []byte("n\n"+csv.String()), 0o600))
	cmd := exec.Command(program, fmt.Sprintf(`
		WITH lake AS (SELECT attributes['%s']::BIGINT AS n FROM read_parquet('%s/%s/v1/**/*.parquet')),
			items AS (SELECT n FROM read_csv('%s', header = true, columns = {'n': 'BIGINT'})),
			torn AS (SELECT payload FROM (SELECT n // 4 AS payload, count(*) AS rows FROM lake GROUP BY payload) WHERE rows <> 1 + payload %% 4)
		SELECT (SELECT count(*) FROM lake) AS stored,
			(SELECT count(*) - count(DISTINCT n) FROM lake) AS doubled,
			(SELECT count(*) FROM items ANTI JOIN lake USING (n)) AS missing,
			(SELECT count(*) FROM torn) AS torn`,
		number, b.lake, b.kind.signal, list))
	out, err := cmd.CombinedOutput()
	require.NoError(b.t, err, "%s", out)
	var rows []found
	require.NoError(b.t, json.Unmarshal(out, &rows))
	require.Len(b.t, rows, 1)
	return rows[0], true
}

// requireNumberedBySQL asserts of acknowledged payloads what requireNumbered
// does, in SQL.
func (b *bench[D]) requireNumberedBySQL(acked map[int]bool) {
	b.t.Helper()
	var items []int
	for n := range acked {
		for i := range 1 + n%4 {
			items = append(items, 4*n+i)
		}
	}
	if got, ok := b.inSQL(items); ok {
		require.GreaterOrEqual(b.t, got.Stored, len(items))
		require.Equal(b.t, found{Stored: got.Stored}, got)
	}
}

// requireItemsBySQL asserts that exactly these items are in the store, each
// once, in SQL.
func (b *bench[D]) requireItemsBySQL(items map[int]bool) {
	b.t.Helper()
	var list []int
	for n := range items {
		list = append(list, n)
	}
	if got, ok := b.inSQL(list); ok {
		require.Equal(b.t, found{Stored: len(items), Torn: got.Torn}, got)
	}
}

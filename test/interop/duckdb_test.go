package interop

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnar"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/shop"
)

var update = flag.Bool("update", false, "rewrite the answers in testdata")

const queries = "../../docs/queries"

// duckdb runs statements of a lake's views and then others, and returns the rows of the others as JSON. It fails
// as DuckDB does.
func duckdb(t *testing.T, l lake, statements ...string) ([]string, error) {
	t.Helper()
	views, err := os.ReadFile(filepath.Join(l.root, "_meta", columnar.PathVersion, "duckdb.sql"))
	require.NoError(t, err)
	out, err := exec.Command("make", "--no-print-directory", "-s", "-C", "../..", "path-duckdb").Output()
	require.NoError(t, err)
	words := strings.Fields(string(out))
	cmd := exec.Command(words[len(words)-1], append([]string{"SET TimeZone = 'UTC'", string(views)}, statements...)...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("%w: %s", err, stderr.String())
	}
	return strings.Split(strings.TrimSpace(stdout.String()), "\n")[2:], nil
}

// Every row that was written is there, with the types that the statements declare.
func TestDuckDBCounts(t *testing.T) {
	l := shopLake(t, t.TempDir())
	for signal, rows := range l.rows {
		got, err := duckdb(t, l, "SELECT count(*) AS n, count(DISTINCT stream) AS streams, typeof(any_value(dt)) AS dt, "+
			"typeof(any_value(shop_ratio)) AS ratio FROM "+signal)
		require.NoError(t, err)
		require.JSONEq(t, fmt.Sprintf(`[{"n": %d, "streams": 2, "dt": "DATE", "ratio": "DOUBLE"}]`, rows), got[0], signal)
	}
}

// The documented queries give the answers that the payloads give without Parquet and SQL, none of them empty. They
// are kept in testdata. `make interop` shows that other engines give the same answers.
func TestDuckDBQueries(t *testing.T) {
	l, payloads := shopLake(t, t.TempDir()), shopPayloads()
	names, err := filepath.Glob(filepath.Join(queries, "[0-9][0-9]-*.sql"))
	require.NoError(t, err)
	ran := 0
	for _, name := range names {
		query, ok := strings.CutSuffix(filepath.Base(name), ".sql")
		if !ok || strings.Contains(query, ".") {
			continue // for another engine
		}
		ran++
		t.Run(query, func(t *testing.T) {
			text, err := os.ReadFile(name)
			require.NoError(t, err)
			got, err := duckdb(t, l, string(text))
			require.NoError(t, err)
			var rows []answer
			require.NoError(t, json.Unmarshal([]byte(got[0]), &rows))
			require.NotEmpty(t, rows)
			require.Contains(t, answers, query)
			require.Equal(t, lines(t, answers[query](payloads)), lines(t, rows))
			golden(t, filepath.Join("testdata", query+".json"), lines(t, rows))
		})
	}
	require.Len(t, answers, ran)
}

// lines writes one row per line. Doubles may differ in the last digits: DuckDB adds them up in parallel.
func lines(t *testing.T, rows []answer) string {
	t.Helper()
	var out bytes.Buffer
	for _, row := range rows {
		row = maps.Clone(row)
		for column, v := range row {
			if f, ok := v.(float64); ok {
				row[column] = json.Number(fmt.Sprintf("%.9g", f))
			}
		}
		line, err := json.Marshal(row)
		require.NoError(t, err)
		out.Write(append(line, '\n'))
	}
	return out.String()
}

// golden compares text with that of a file.
func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), got)
}

// A filter on stream, dt or hour rules files out before they are opened: one that cannot be read does not matter.
func TestDuckDBPrunes(t *testing.T) {
	l := shopLake(t, t.TempDir())
	for _, dir := range []string{"stream=a/dt=2026-11-22/hour=05", "stream=checkout/dt=2026-11-21/hour=05", "stream=checkout/dt=2026-11-22/hour=04"} {
		path := filepath.Join(l.root, "logs", columnar.PathVersion, dir, "broken.parquet")
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o750))
		require.NoError(t, os.WriteFile(path, []byte("this is no Parquet file"), 0o600))
	}
	const query = "SELECT count(*) > 0 AS found FROM logs WHERE stream = 'checkout' AND dt = '2026-11-22' AND hour >= '05'"
	got, err := duckdb(t, l, query)
	require.NoError(t, err)
	require.JSONEq(t, `[{"found": true}]`, got[0])

	_, err = duckdb(t, l, "SELECT count(body) FROM logs")
	require.ErrorContains(t, err, "broken.parquet")
}

// Files from before an attribute was promoted can be read together with newer ones.
func TestDuckDBReadsOlderFiles(t *testing.T) {
	w := newWriter(t, t.TempDir())
	older, err := columnar.NewLogs(columnar.Options{})
	require.NoError(t, err)
	traces, newer, metrics, _ := tables(t)
	s := shop.New(1)
	add(w, traces, "default", s.Traces(1, shopBegins)) // No view without files.
	add(w, metrics, "default", s.Metrics(1, shopBegins))
	add(w, older, "default", s.Logs(10, shopBegins))
	add(w, newer, "default", s.Logs(10, shopBegins))
	w.statements()
	got, err := duckdb(t, w.lake, "SELECT count(*) AS n, count(shop_number) AS promoted FROM logs")
	require.NoError(t, err)
	require.JSONEq(t, fmt.Sprintf(`[{"n": %d, "promoted": 0}]`, w.lake.rows["logs"]), got[0])
}

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnar"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/lakeddl"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/lakeddl/footer"
)

const (
	lakeFiles   = 10
	queryRounds = 5
)

// answer is how long a query took, in milliseconds: with our files, with the same rows in maps written by DuckDB, and
// with maps as arrow-go writes them when spans arrive.
type answer struct {
	name                string
	ours, maps, arrived float64
}

// query is a question in terms of a table, and of how an attribute is written.
type query struct {
	name  string
	table string // with our files
	text  func(table string, attribute func(key string) string) string
}

// measureQueries writes a lake and asks DuckDB.
func measureQueries(duckdb string, spans int) ([]answer, error) {
	root, err := os.MkdirTemp("", "parquet-bench-*")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(root)
	c, err := traceCorpus(spans)
	if err != nil {
		return nil, err
	}
	files, err := writeLake(root, c)
	if err != nil {
		return nil, err
	}
	arrived := filepath.Join(root, "arrived")
	if err := writeArrived(arrived, c); err != nil {
		return nil, err
	}
	statements, err := views(root)
	if err != nil {
		return nil, err
	}
	copied := filepath.Join(root, "maps")
	if err := os.Mkdir(copied, 0o750); err != nil {
		return nil, err
	}
	for i, file := range files {
		statements = append(statements, copyToMaps(file, filepath.Join(copied, fmt.Sprintf("%02d.parquet", i))))
	}
	statements = append(statements,
		fmt.Sprintf("CREATE VIEW maps AS SELECT * FROM read_parquet('%s/*.parquet')", copied),
		fmt.Sprintf("CREATE VIEW arrived AS SELECT * FROM read_parquet('%s/*.parquet')", arrived),
		fmt.Sprintf("CREATE VIEW files AS SELECT * FROM read_parquet('%s', hive_partitioning = true)",
			filepath.Join(root, "traces", columnar.PathVersion, "*", "*", "*", "*.parquet")))
	setup := len(statements)
	id := "SELECT max(trace_id) AS v FROM read_parquet('" + files[lakeFiles/2] + "')"
	found, err := ask(duckdb, []string{id})
	if err != nil {
		return nil, err
	}
	queries := benchQueries(found[0][0]["v"].(string))
	const clock = "SELECT epoch_us(get_current_timestamp()) AS v"
	for range queryRounds + 1 { // The first round warms up.
		for _, q := range queries {
			statements = append(statements, clock, q.text(q.table, inColumn), clock, q.text("maps", inMap),
				clock, q.text("arrived", inMap), clock)
		}
	}
	results, err := ask(duckdb, statements)
	if err != nil {
		return nil, err
	}
	return evaluate(queries, results[setup:])
}

// perFile cuts the payloads of the corpus into those of each file.
func perFile(c corpus[ptrace.Traces]) iter.Seq[[][]byte] {
	return slices.Chunk(c.payloads, (len(c.payloads)+lakeFiles-1)/lakeFiles)
}

// writeLake writes files as the exporter does, one after the other in time.
func writeLake(root string, c corpus[ptrace.Traces]) ([]string, error) {
	table, err := columnar.NewTraces(columnar.Options{})
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(root, "traces", columnar.PathVersion, "stream=shop", begins.Format("dt=2006-01-02/hour=15"))
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, err
	}
	var files []string
	for payloads := range perFile(c) {
		path := filepath.Join(dir, fmt.Sprintf("%02d.parquet", len(files)))
		var out bytes.Buffer
		w := table.NewWriter(&out)
		for _, data := range payloads {
			td, err := c.unmarshal(data)
			if err != nil {
				return nil, err
			}
			if err := w.Append(td, table.Rows(td, nil)); err != nil {
				return nil, err
			}
		}
		if _, err := w.Close(); err != nil {
			return nil, err
		}
		if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
			return nil, err
		}
		files = append(files, path)
	}
	return files, nil
}

// views returns the statements that the exporter puts beside the data.
func views(root string) ([]string, error) {
	tables, err := footer.Standard(columnar.Options{})
	if err != nil {
		return nil, err
	}
	document, err := lakeddl.Document("duckdb", lakeddl.Options{URL: "file://" + root}, tables[:1])
	return []string{"SET TimeZone = 'UTC'", string(document)}, err
}

func inColumn(key string) string { return strings.ReplaceAll(key, ".", "_") }

func inMap(key string) string { return "attributes['" + key + "']" }

func benchQueries(traceID string) []query {
	first := begins.Add(time.Minute)
	byID := func(table string, _ func(string) string) string {
		return fmt.Sprintf("SELECT time, service_name, name, duration_ns, status_code FROM %s WHERE trace_id = '%s'", table, traceID)
	}
	return []query{
		{"trace by id, five columns", "files", byID},
		{"p99 by service over 10 minutes", "files", func(table string, _ func(string) string) string {
			return fmt.Sprintf("SELECT service_name, quantile_cont(duration_ns, 0.99) / 1e6 AS p99, count(*) AS n FROM %s "+
				"WHERE time >= '%s' AND time < '%s' GROUP BY 1 ORDER BY 1", table, first.Format(time.RFC3339), first.Add(10*time.Minute).Format(time.RFC3339))
		}},
		{"top error routes", "files", func(table string, attribute func(string) string) string {
			return fmt.Sprintf("SELECT %s AS route, count(*) AS n FROM %s WHERE status_code = 'ERROR' AND %[1]s IS NOT NULL "+
				"GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 20", attribute("http.route"), table)
		}},
		{"5xx by route", "files", func(table string, attribute func(string) string) string {
			return fmt.Sprintf("SELECT %s AS route, count(*) AS n FROM %s WHERE %s::INTEGER >= 500 GROUP BY 1 ORDER BY 2 DESC, 1",
				attribute("http.route"), table, attribute("http.response.status_code"))
		}},
		{"trace by id, through the generated view", "traces", byID},
	}
}

// ask runs statements and returns the rows of each.
func ask(duckdb string, statements []string) ([][]map[string]any, error) {
	cmd := exec.Command(duckdb, statements...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("duckdb: %w", err)
	}
	var all [][]map[string]any
	for line := range bytes.Lines(out) {
		var rows []map[string]any
		if err := json.Unmarshal(line, &rows); err != nil {
			return nil, err
		}
		all = append(all, rows)
	}
	return all, nil
}

// evaluate takes the medians of the rounds. An answer must be the same in both layouts, and not empty.
func evaluate(queries []query, results [][]map[string]any) ([]answer, error) {
	const each = 7 // clock, ours, clock, maps, clock, arrived, clock
	answers := make([]answer, len(queries))
	for i, q := range queries {
		var ours, maps, arrived []float64
		for round := 1; round <= queryRounds; round++ {
			r := results[(round*len(queries)+i)*each:]
			if want := sorted(r[1]); len(want) == 0 || !slices.Equal(want, sorted(r[3])) || !slices.Equal(want, sorted(r[5])) {
				return nil, fmt.Errorf("%s: the layouts differ: %v, %v, %v", q.name, r[1], r[3], r[5])
			}
			at := func(k int) float64 { return r[k][0]["v"].(float64) / 1000 }
			ours = append(ours, at(2)-at(0))
			maps = append(maps, at(4)-at(2))
			arrived = append(arrived, at(6)-at(4))
		}
		answers[i] = answer{q.name, median(ours), median(maps), median(arrived)}
	}
	return answers, nil
}

func sorted(rows []map[string]any) []string {
	all := make([]string, len(rows))
	for i, row := range rows {
		all[i] = fmt.Sprint(row)
	}
	slices.Sort(all)
	return all
}

func median(v []float64) float64 {
	slices.Sort(v)
	return v[len(v)/2]
}

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnar"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/lakeddl"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/lakeddl/footer"
)

const (
	lakeFiles   = 10
	queryRounds = 5
)

// answer is how long a query took, in milliseconds, with our files and with those that have all in maps.
type answer struct {
	name       string
	ours, maps float64
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
	files, err := writeLake(root, spans)
	if err != nil {
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
	statements = append(statements, fmt.Sprintf("CREATE VIEW maps AS SELECT * FROM read_parquet('%s/*.parquet')", copied))
	statements = append(statements, fmt.Sprintf("CREATE VIEW files AS SELECT * FROM read_parquet('%s', hive_partitioning = true)",
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
			statements = append(statements, clock, q.text(q.table, inColumn), clock, q.text("maps", inMap), clock)
		}
	}
	results, err := ask(duckdb, statements)
	if err != nil {
		return nil, err
	}
	return evaluate(queries, results[setup:])
}

// writeLake writes files as the exporter does, one after the other in time.
func writeLake(root string, spans int) ([]string, error) {
	table, err := columnar.NewTraces(columnar.Options{})
	if err != nil {
		return nil, err
	}
	c, err := traceCorpus(spans)
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(root, "traces", columnar.PathVersion, "stream=shop", begins.Format("dt=2006-01-02/hour=15"))
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, err
	}
	var files []string
	per := (len(c.payloads) + lakeFiles - 1) / lakeFiles
	for payloads := range slices.Chunk(c.payloads, per) {
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

// copyToMaps writes a file again as others lay it out: only service_name is a column, all other attributes are in
// maps. Rows keep their order.
func copyToMaps(from, to string) string {
	s, err := newSchema()
	if err != nil {
		panic(err) // It has been made before.
	}
	merged := func(name string, promoted map[string]int) string {
		var entries []string
		for key, i := range promoted {
			if column := s.columns[i].Name; column != "service_name" {
				entries = append(entries, fmt.Sprintf("{'k': '%s', 'v': %s::VARCHAR}", key, column))
			}
		}
		slices.Sort(entries)
		return fmt.Sprintf("map_concat(%s, map_from_entries(list_filter([%s], lambda e: e.v IS NOT NULL))) AS %s", name, strings.Join(entries, ", "), name)
	}
	var excluded []string
	for _, promoted := range []map[string]int{s.resource, s.item} {
		for _, i := range promoted {
			if column := s.columns[i].Name; column != "service_name" {
				excluded = append(excluded, column)
			}
		}
	}
	slices.Sort(excluded)
	return fmt.Sprintf("COPY (SELECT * EXCLUDE (%s) REPLACE (%s, %s) FROM read_parquet('%s', hive_partitioning = false)) "+
		"TO '%s' (FORMAT parquet, COMPRESSION zstd, WRITE_BLOOM_FILTER false, ROW_GROUP_SIZE %d)",
		strings.Join(excluded, ", "), merged("attributes", s.item), merged("resource_attributes", s.resource), from, to, rowsPerGroup)
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
	const each = 5 // clock, ours, clock, maps, clock
	answers := make([]answer, len(queries))
	for i, q := range queries {
		var ours, maps []float64
		for round := 1; round <= queryRounds; round++ {
			r := results[(round*len(queries)+i)*each:]
			if len(r[1]) == 0 || fmt.Sprint(sorted(r[1])) != fmt.Sprint(sorted(r[3])) {
				return nil, fmt.Errorf("%s: the layouts differ: %v, %v", q.name, r[1], r[3])
			}
			at := func(k int) float64 { return r[k][0]["v"].(float64) / 1000 }
			ours = append(ours, at(2)-at(0))
			maps = append(maps, at(4)-at(2))
		}
		answers[i] = answer{q.name, median(ours), median(maps)}
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

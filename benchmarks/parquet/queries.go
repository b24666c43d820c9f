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
	queryRounds = 9
)

// layout is one way to lay the same spans out in files.
type layout int

const (
	laidOurs    layout = iota // as the exporter writes them
	laidMaps                  // in maps, our order, written by arrow-go
	laidByDuck                // in maps, our order, written by DuckDB
	laidArrived               // in maps, in order of arrival, written by arrow-go as it is set up by default
	layouts                   // their number
)

// tables are the names of the layouts in queries, but for ours.
var tables = [layouts]string{laidMaps: "maps", laidByDuck: "duckdb_maps", laidArrived: "arrived"}

// answer is how long a query took, in milliseconds, by layout.
type answer struct {
	name string
	ms   [layouts]float64
}

// ratio returns how many times as long as with our files it took with another layout.
func (a *answer) ratio(l layout) float64 { return a.ms[l] / a.ms[laidOurs] }

// next returns the fastest of the other layouts.
func (a *answer) next() layout {
	least := laidMaps
	for l := laidMaps; l < layouts; l++ {
		if a.ms[l] < a.ms[least] {
			least = l
		}
	}
	return least
}

// query is a question in terms of a table, and of how an attribute is written.
type query struct {
	name  string
	table string // with our files
	text  func(table string, attribute func(key string) string) string
	// forgetful has DuckDB read the footers again, as the first query of a session does.
	forgetful bool
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
	if err := writeArrived(filepath.Join(root, tables[laidArrived]), c); err != nil {
		return nil, err
	}
	if err := writeMaps(duckdb, root, files); err != nil {
		return nil, err
	}
	setup, err := views(root)
	if err != nil {
		return nil, err
	}
	id, err := ask(duckdb, []string{"SELECT max(trace_id) AS v FROM read_parquet('" + files[lakeFiles/2] + "')"})
	if err != nil {
		return nil, err
	}
	queries := benchQueries(id[0][0]["v"].(string))
	statements := slices.Clone(setup)
	for range queryRounds + 1 { // The first round warms up.
		for i := range queries {
			statements = append(statements, queries[i].statements()...)
		}
	}
	results, err := ask(duckdb, statements)
	if err != nil {
		return nil, err
	}
	return evaluate(queries, results[len(setup):])
}

// statements asks q of all layouts, in turns with the clock.
func (q *query) statements() []string {
	const clock = "SELECT epoch_us(get_current_timestamp()) AS v"
	all := []string{fmt.Sprintf("SET parquet_metadata_cache = %t", !q.forgetful)}
	for l := range layouts {
		text := q.text(tables[l], inMap)
		if l == laidOurs {
			text = q.text(q.table, inColumn)
		}
		all = append(all, clock, text)
	}
	return append(all, clock)
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

// views returns the statements that the exporter puts beside the data, and those for the other layouts.
func views(root string) ([]string, error) {
	standard, err := footer.Standard(columnar.Options{})
	if err != nil {
		return nil, err
	}
	document, err := lakeddl.Document("duckdb", lakeddl.Options{URL: "file://" + root}, standard[:1])
	if err != nil {
		return nil, err
	}
	statements := []string{
		"SET TimeZone = 'UTC'", string(document),
		fmt.Sprintf("CREATE VIEW files AS SELECT * FROM read_parquet('%s', hive_partitioning = true)",
			filepath.Join(root, "traces", columnar.PathVersion, "*", "*", "*", "*.parquet")),
	}
	for l := laidMaps; l < layouts; l++ {
		statements = append(statements, fmt.Sprintf("CREATE VIEW %s AS SELECT * FROM read_parquet('%s/*.parquet')", tables[l], filepath.Join(root, tables[l])))
	}
	return statements, nil
}

func inColumn(key string) string { return strings.ReplaceAll(key, ".", "_") }

func inMap(key string) string { return "attributes['" + key + "']" }

func benchQueries(traceID string) []query {
	first := begins.Add(time.Minute)
	byID := func(table string, _ func(string) string) string {
		return fmt.Sprintf("SELECT time, service_name, name, duration_ns, status_code FROM %s WHERE trace_id = '%s'", table, traceID)
	}
	return []query{
		{name: "trace by id, five columns", table: "files", text: byID},
		{name: "p99 by service over 10 minutes", table: "files", text: func(table string, _ func(string) string) string {
			return fmt.Sprintf("SELECT service_name, quantile_cont(duration_ns, 0.99) / 1e6 AS p99, count(*) AS n FROM %s "+
				"WHERE time >= '%s' AND time < '%s' GROUP BY 1 ORDER BY 1", table, first.Format(time.RFC3339), first.Add(10*time.Minute).Format(time.RFC3339))
		}},
		{name: "top error routes", table: "files", text: func(table string, attribute func(string) string) string {
			return fmt.Sprintf("SELECT %s AS route, count(*) AS n FROM %s WHERE status_code = 'ERROR' AND %[1]s IS NOT NULL "+
				"GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 20", attribute("http.route"), table)
		}},
		{name: "5xx by route", table: "files", text: func(table string, attribute func(string) string) string {
			return fmt.Sprintf("SELECT %s AS route, count(*) AS n FROM %s WHERE %s::INTEGER >= 500 GROUP BY 1 ORDER BY 2 DESC, 1",
				attribute("http.route"), table, attribute("http.response.status_code"))
		}},
		{name: "trace by id, through the generated view", table: "traces", text: byID},
		{name: "trace by id, footers read again", table: "files", text: byID, forgetful: true},
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

// evaluate takes the medians of the rounds. An answer must be the same in all layouts, and not empty.
func evaluate(queries []query, results [][]map[string]any) ([]answer, error) {
	const each = 1 + 2*int(layouts) + 1 // setting, clock and answer of each layout, clock
	answers := make([]answer, len(queries))
	for i, q := range queries {
		var ms [layouts][]float64
		for round := 1; round <= queryRounds; round++ {
			r := results[(round*len(queries)+i)*each+1:]
			want := sorted(r[1])
			for l := range layouts {
				before, got, after := r[2*l], r[2*l+1], r[2*l+2]
				if len(want) == 0 || !slices.Equal(want, sorted(got)) {
					return nil, fmt.Errorf("%s: layout %d differs from ours: %v, %v", q.name, l, got, r[1])
				}
				ms[l] = append(ms[l], (after[0]["v"].(float64)-before[0]["v"].(float64))/1000)
			}
		}
		answers[i].name = q.name
		for l := range layouts {
			answers[i].ms[l] = median(ms[l])
		}
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

// Command parquet compares the files of the parquet exporter with what others write: size, speed and memory of
// writing, and how long DuckDB takes to answer. It prints Markdown tables, and needs Linux for its CPU clock.
// docs/parquet.md holds the last results.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

type options struct {
	spans, lakeSpans int
	duckdb, update   string
}

func main() {
	var o options
	flag.IntVar(&o.spans, "spans", 200_000, "spans, log records and data points to write in each format")
	flag.IntVar(&o.lakeSpans, "lake-spans", 2_000_000, "spans to query, in ten files")
	flag.StringVar(&o.duckdb, "duckdb", "", "`program` that runs SQL: tools/duckdb; without it there are no queries")
	flag.StringVar(&o.update, "update", "", "Markdown `file` whose tables are replaced by the new ones, with the plot beside it")
	flag.Parse()
	if err := run(o); err != nil {
		fmt.Fprintln(os.Stderr, "parquet:", err)
		os.Exit(1)
	}
}

// run measures everything, prints the tables and keeps them if asked to.
func run(o options) error {
	// One core for what is measured here. DuckDB has a process of its own, and all cores.
	runtime.GOMAXPROCS(1)
	written, err := measureWriting(o.spans)
	if err != nil {
		return err
	}
	sections := map[string]string{
		"parquet-machine": machine(),
		"parquet-writing": writingTable(written),
		"parquet-bars":    writingBars(written),
	}
	if o.duckdb != "" {
		answers, err := measureQueries(o.duckdb, o.lakeSpans)
		if err != nil {
			return err
		}
		sections["parquet-queries"] = queriesTable(answers)
		sections["parquet-bars"] += queryBars(answers)
	}
	sections["parquet-bars"] = barsHead + sections["parquet-bars"]
	for _, name := range []string{"parquet-machine", "parquet-bars", "parquet-writing", "parquet-queries"} {
		fmt.Fprintf(os.Stdout, "### %s\n\n%s\n", name, sections[name])
	}
	if o.update == "" {
		return nil
	}
	if err := os.WriteFile(filepath.Join(filepath.Dir(o.update), "parquet.svg"), plot(written), 0o644); err != nil {
		return err
	}
	return updateFile(o.update, sections)
}

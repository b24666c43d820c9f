// Command duckdb runs SQL statements, one per argument, and prints the rows of
// each as one JSON array of objects on a line. The end-to-end tests read
// Parquet files with it: DuckDB is a reader that this project did not write.
package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"os"

	_ "github.com/duckdb/duckdb-go/v2" // registers the driver
)

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "duckdb:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, statements []string) error {
	db, err := sql.Open("duckdb", "")
	if err != nil {
		return err
	}
	defer db.Close()
	out := json.NewEncoder(os.Stdout)
	for _, statement := range statements {
		rows, err := query(ctx, db, statement)
		if err != nil {
			return err
		}
		if err := out.Encode(rows); err != nil {
			return err
		}
	}
	return nil
}

func query(ctx context.Context, db *sql.DB, statement string) ([]map[string]any, error) {
	rows, err := db.QueryContext(ctx, statement)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	all := []map[string]any{}
	for rows.Next() {
		values := make([]any, len(columns))
		for i := range values {
			values[i] = new(any)
		}
		if err := rows.Scan(values...); err != nil {
			return nil, err
		}
		row := make(map[string]any, len(columns))
		for i, column := range columns {
			row[column] = *values[i].(*any)
		}
		all = append(all, row)
	}
	return all, rows.Err()
}

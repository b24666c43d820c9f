// Package interop shows that engines which this project did not write read its Parquet files: every column of
// every signal, through the generated statements, and the queries of docs/queries.
//
// What runs with DuckDB from Go is part of `make test`. The rest needs Python packages: `make interop` installs
// them, and then compares DuckDB, pyarrow, polars, ClickHouse and Spark with each other. CI takes those of them
// that it can install. `make interop-trino` downloads Trino and compares it with pyarrow and DuckDB.
package interop

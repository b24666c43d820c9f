// Package e2e holds the end-to-end tests: the built collector as a process,
// OTLP over gRPC and HTTP, a real S3 server, a second collector as OTLP
// destination, and Parquet read back by DuckDB. Each record carries a number,
// and every number has to be accounted for.
package e2e

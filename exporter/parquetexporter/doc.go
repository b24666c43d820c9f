// Package parquetexporter writes traces, logs and metrics as Parquet files
// into a directory or an S3 bucket, in a Hive layout by signal, stream, date
// and hour.
//
// A request that leaves the sending queue becomes one file per hour of its
// events. The name of a file comes from its content alone, so that a request
// that is retried overwrites what an earlier try has written.
package parquetexporter

//go:generate go tool -modfile=../../tools/go.mod mdatagen metadata.yaml

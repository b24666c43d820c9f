// Package parquetexporter writes traces, logs and metrics as Parquet files
// into a directory or an S3 bucket, in a Hive layout by signal, stream, date
// and hour.
//
// It is the configuration, the metrics and the life cycle around internal/spool,
// which gathers rows into files of a useful size: data is acknowledged once a
// write-ahead log on the disk has it, and ends up in exactly one file. There is
// no queue in front of it, and no retry but the spool's own.
package parquetexporter

//go:generate go tool -modfile=../../tools/go.mod mdatagen metadata.yaml

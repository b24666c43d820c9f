package main

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnar"
)

func TestParquetDDL(t *testing.T) {
	out := runOK(t, "parquet", "ddl", "--engine", "duckdb", "--url", "s3://lake/otel")
	for _, want := range []string{"VIEW traces ", "VIEW logs ", "VIEW metrics ", "'s3://lake/otel/logs/v1/stream=*/"} {
		require.Contains(t, out, want)
	}
	out = runOK(t, "parquet", "ddl", "--engine", "athena", "--url", "s3://lake", "--signal", "logs", "--streams", "a,b", "--since", "2026-01-01")
	require.NotContains(t, out, "EXISTS traces ")
	require.Contains(t, out, "'projection.stream.values' = 'a,b'")
	require.Contains(t, out, "'2026-01-01,NOW+1DAYS'")
}

// The columns are those of the file, if there is one.
func TestParquetDDLOfFile(t *testing.T) {
	name := parquetFile(t, func(o columnar.Options) (*columnar.Table[plog.Logs], error) {
		o.Promote = []columnar.Promotion{{Key: "team", Scope: columnar.Resource, Type: columnar.String}}
		return columnar.NewLogs(o)
	}, someLogs(0, 1))
	out := runOK(t, "parquet", "ddl", "--engine", "spark", "--url", "file:data", name)
	require.Contains(t, out, "`team` STRING")
	require.NotContains(t, out, "VIEW traces ")
}

func TestParquetDDLRefuses(t *testing.T) {
	logs := parquetFile(t, columnar.NewLogs, someLogs(0, 1))
	for _, test := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"--engine", "oracle", "--url", "s3://b"}, exitUsage, `engine "oracle" is none of`},
		{[]string{"--engine", "duckdb"}, exitUsage, "url:"},
		{[]string{"--engine", "duckdb", "--url", "s3://b", "--signal", "profile"}, exitUsage, `no table of "profile"`},
		{[]string{"--engine", "duckdb", "--url", "s3://b", logs, logs}, exitUsage, "another file of logs"},
		{[]string{"--engine", "duckdb", "--url", "s3://b", "--signal", "traces", logs}, exitUsage, `no table of "traces"`},
		{[]string{"--engine", "duckdb", "--url", "s3://b", "no-such-file"}, exitFailed, "no-such-file"},
		{[]string{"--engine", "duckdb", "--url", "s3://b", file(t, []byte("no Parquet, but long enough"))}, exitFailed, "file.parquet"},
	} {
		var stdout, stderr bytes.Buffer
		require.Equal(t, test.code, run(append([]string{"parquet", "ddl"}, test.args...), &stdout, &stderr), stderr.String())
		require.Contains(t, stderr.String(), test.want)
		require.Empty(t, stdout.String())
	}
}

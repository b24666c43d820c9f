package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"

	"github.com/spf13/cobra"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnar"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnread"
)

const parquetLong = `Look into the Parquet files that the collector's parquet exporter writes. Files are
read from local disk; fetch those of an object store first.`

const catLong = `Write the telemetry in Parquet files to standard output as OTLP in JSON: one line
for at most 8192 rows, as the file exporter writes them, so that the collector's
OTLP JSON receivers take them back.

All of OTLP comes back but the order of rows and of promoted attributes, which
the file does not keep; docs/parquet-schema.md says what else it does not keep.
JSON has no strings but UTF-8: other bytes in attribute values and log bodies,
which the files do keep, are replaced.`

const catExample = `  datastreams parquet cat data/parquet/logs/v1/dt=2026-11-22/hour=05/*.parquet
  datastreams parquet cat --rows 1 spans.parquet | jq .`

const schemaLong = `Show what a Parquet file says about itself: signal, version of the schema, rows,
time range and promoted attributes, and how many bytes each column takes.`

func newParquet() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "parquet",
		Short: "Look into the collector's Parquet files",
		Long:  parquetLong,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usageError{fmt.Errorf("there is no command %q; see %s --help", args[0], cmd.CommandPath())}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newParquetCat(), newParquetDDL(), newParquetSchema())
	return cmd
}

func newParquetCat() *cobra.Command {
	var rows int64
	cmd := &cobra.Command{
		Use:     "cat FILE...",
		Short:   "Write the telemetry in Parquet files as lines of OTLP JSON",
		Long:    catLong,
		Example: catExample,
		Args:    someFiles,
	}
	cmd.Flags().Int64Var(&rows, "rows", 0, "write at most so many rows; 0: all")
	cmd.RunE = func(cmd *cobra.Command, files []string) error {
		if rows < 0 {
			return usageError{fmt.Errorf("rows: %d is negative", rows)}
		}
		c := &cat{out: bufio.NewWriter(cmd.OutOrStdout()), notes: cmd.ErrOrStderr(), stopped: cmd.Context().Err, left: rows}
		var err error
		for i := 0; i < len(files) && err == nil && !c.full; i++ {
			err = withFile(files[i], c.file)
		}
		return errors.Join(err, c.out.Flush())
	}
	return cmd
}

// someFiles asks for names of files.
func someFiles(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return usageError{fmt.Errorf("%s needs the name of a file; see %[1]s --help", cmd.CommandPath())}
	}
	return nil
}

// withFile opens a Parquet file for use. Errors name it.
func withFile(name string, use func(name string, f *columnread.File) error) error {
	if err := useFile(name, use); err != nil {
		if _, named := errors.AsType[*os.PathError](err); named {
			return err
		}
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

func useFile(name string, use func(name string, f *columnread.File) error) error {
	source, err := os.Open(name)
	if err != nil {
		return err
	}
	defer source.Close()
	stat, err := source.Stat()
	if err != nil {
		return err
	}
	if !stat.Mode().IsRegular() {
		return errors.New("not a file; name the Parquet files themselves")
	}
	f, err := columnread.Open(source, stat.Size())
	if err != nil {
		return err
	}
	return use(name, f)
}

// cat writes files as lines of JSON until there are enough rows.
type cat struct {
	out     *bufio.Writer
	notes   io.Writer
	stopped func() error
	left    int64 // rows to go; 0 is no limit
	full    bool
}

func (c *cat) file(name string, f *columnread.File) error {
	info := f.Info()
	if info.Newer {
		fmt.Fprintf(c.notes, "datastreams: %s: its schema is %s, this program knows %s: what newer columns hold is left out\n",
			name, info.SchemaVersion, columnar.SchemaVersion)
	}
	switch info.Signal {
	case "traces":
		return lines(c, f.Traces, ptrace.Traces.SpanCount, (&ptrace.JSONMarshaler{}).MarshalTraces)
	case "logs":
		return lines(c, f.Logs, plog.Logs.LogRecordCount, (&plog.JSONMarshaler{}).MarshalLogs)
	case "profiles":
		// Nobody else has these profiles, so that the marshaler may rewrite them.
		return lines(c, f.Profiles, pprofile.Profiles.SampleCount, (&pprofile.JSONMarshaler{}).MarshalProfiles)
	default:
		return lines(c, f.Metrics, pmetric.Metrics.DataPointCount, (&pmetric.JSONMarshaler{}).MarshalMetrics)
	}
}

// lines writes a line per payload.
func lines[D any](c *cat, read func(columnread.Options) iter.Seq2[D, error], count func(D) int, encode func(D) ([]byte, error)) error {
	rows := int64(0)
	for d, err := range read(columnread.Options{Limit: c.left}) {
		if err == nil {
			err = c.stopped()
		}
		if err != nil {
			return err
		}
		line, err := encode(d)
		if err != nil {
			return err
		}
		// The marshalers copy the bytes of strings as they are, but JSON is UTF-8.
		line = append(bytes.ToValidUTF8(line, []byte("\uFFFD")), '\n')
		if _, err := c.out.Write(line); err != nil {
			return err
		}
		rows += int64(count(d))
	}
	if c.left > 0 {
		c.left -= rows
		c.full = c.left == 0
	}
	return nil
}

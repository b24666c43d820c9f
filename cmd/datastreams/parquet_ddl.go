package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnar"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/lakeddl"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/lakeddl/footer"
)

const ddlLong = `Write the SQL statements that make the files of the collector's parquet exporter a
table or view per signal. The exporter puts the same statements beside the data,
in _meta/v1.

The columns are those of the schema. If the exporter promotes attributes, name a
file of each signal: then the columns are those of the files.`

const ddlExample = `  datastreams parquet ddl --engine duckdb --url file:data/parquet > views.sql; duckdb -init views.sql
  datastreams parquet ddl --engine athena --url s3://acme-telemetry/otel --streams checkout,default
  datastreams parquet ddl --engine clickhouse --url s3://lake --endpoint http://127.0.0.1:7070 spans.parquet`

func newParquetDDL() *cobra.Command {
	var engine, signal string
	var o lakeddl.Options
	cmd := &cobra.Command{
		Use:     "ddl --engine ENGINE --url URL [FILE...]",
		Short:   "Write the SQL that makes the files tables of a query engine",
		Long:    ddlLong,
		Example: ddlExample,
	}
	flags := cmd.Flags()
	flags.StringVar(&engine, "engine", "", strings.Join(lakeddl.Engines(), ", "))
	flags.StringVar(&o.URL, "url", "", "the exporter's url: s3://bucket/prefix, gs://bucket/prefix, azblob://container/prefix or file:directory")
	flags.StringVar(&o.Account, "account", "", "storage account of an azblob URL, for Spark and Trino")
	flags.StringVar(&signal, "signal", "", "traces, logs, metrics or profiles; default: the first three, or those of the files")
	flags.StringVar(&o.Endpoint, "endpoint", "", "URL of an S3-compatible store, for ClickHouse; default: AWS")
	flags.StringSliceVar(&o.Streams, "streams", nil, "all streams, so that Athena and Trino can query several at once")
	flags.StringVar(&o.Since, "since", lakeddl.DefaultSince, "first day that Athena and Trino look for")
	cmd.RunE = func(cmd *cobra.Command, files []string) error {
		tables, err := ddlTables(files, signal)
		if err != nil {
			return err
		}
		if signal != "" {
			of := func(t lakeddl.Table) bool { return t.Signal == signal }
			if !slices.ContainsFunc(tables, of) {
				return usageError{fmt.Errorf("signal: there is no table of %q", signal)}
			}
			tables = slices.DeleteFunc(tables, func(t lakeddl.Table) bool { return !of(t) })
		}
		document, err := lakeddl.Document(engine, o, tables)
		if err != nil {
			return usageError{err}
		}
		_, err = cmd.OutOrStdout().Write(document)
		return err
	}
	return cmd
}

// ddlTables returns the tables of the files, each signal once, or the standard ones.
func ddlTables(files []string, signal string) ([]lakeddl.Table, error) {
	switch {
	case len(files) == 0 && signal == "profiles":
		profiles, err := footer.Profiles(columnar.Options{})
		return []lakeddl.Table{profiles}, err
	case len(files) == 0:
		return footer.Standard(columnar.Options{})
	}
	var tables []lakeddl.Table
	for _, name := range files {
		t, err := ddlTable(name)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(tables, func(other lakeddl.Table) bool { return other.Signal == t.Signal }) {
			return nil, usageError{fmt.Errorf("%s: there is another file of %s; name one of each signal", name, t.Signal)}
		}
		tables = append(tables, t)
	}
	return tables, nil
}

func ddlTable(name string) (lakeddl.Table, error) {
	f, err := os.Open(name)
	if err != nil {
		return lakeddl.Table{}, err
	}
	defer f.Close()
	t, err := footer.Read(f)
	if _, named := errors.AsType[*os.PathError](err); err != nil && !named {
		err = fmt.Errorf("%s: %w", name, err)
	}
	return t, err
}

package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnread"
)

func newParquetSchema() *cobra.Command {
	return &cobra.Command{
		Use:     "schema FILE",
		Short:   "Show what a Parquet file says about itself",
		Long:    schemaLong,
		Example: "  datastreams parquet schema spans.parquet",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usageError{fmt.Errorf("%s takes one file, but got %d; see %[1]s --help", cmd.CommandPath(), len(args))}
			}
			return someFiles(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return withFile(args[0], func(_ string, f *columnread.File) error {
				return writeSchema(cmd.OutOrStdout(), f.Info())
			})
		},
	}
}

// writeSchema writes what a footer says: first the file, then its columns, those that take most bytes first.
func writeSchema(w io.Writer, info columnread.Info) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, line := range [][2]string{
		{"signal", info.Signal},
		{"schema version", info.SchemaVersion},
		{"semantic conventions", info.Semconv},
		{"written by", info.Writer},
		{"rows", fmt.Sprintf("%d in %d row groups", info.Rows, info.RowGroups)},
		{"first event", moment(info.First)},
		{"last event", moment(info.Last)},
		{"sorted by", strings.Join(info.Sort, ", ")},
		{"promoted of resource", keysOf(info.Resource)},
		{"promoted of " + itemOf[info.Signal], keysOf(info.Item)},
	} {
		fmt.Fprintf(table, "%s\t%s\n", line[0], line[1])
	}
	if err := table.Flush(); err != nil {
		return err
	}
	return writeColumns(w, info)
}

// itemOf is what a row of a signal is.
var itemOf = map[string]string{"traces": "span", "logs": "log record", "metrics": "data point"}

func moment(t time.Time) string {
	if t.IsZero() {
		return "unknown"
	}
	return t.Format(time.RFC3339Nano)
}

func keysOf(promoted []columnread.Promoted) string {
	keys := make([]string, len(promoted))
	for i, p := range promoted {
		keys[i] = p.Key
	}
	return strings.Join(keys, ", ")
}

func writeColumns(w io.Writer, info columnread.Info) error {
	total := columnread.Column{Path: "total"}
	columns := slices.Clone(info.Columns)
	for _, c := range columns {
		total.Compressed += c.Compressed
		total.Uncompressed += c.Uncompressed
	}
	slices.SortStableFunc(columns, func(a, b columnread.Column) int { return cmp.Compare(b.Compressed, a.Compressed) })
	if _, err := fmt.Fprintln(w); err != nil {
		return err
	}
	table := tabwriter.NewWriter(w, 8, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(table, "bytes\tshare\tper row\tuncompressed\ttype\t  column\n") // The last cell is not aligned.
	for _, c := range append(columns, total) {
		share, each := 0.0, 0.0
		if total.Compressed > 0 {
			share = 100 * float64(c.Compressed) / float64(total.Compressed)
		}
		if info.Rows > 0 {
			each = float64(c.Compressed) / float64(info.Rows)
		}
		fmt.Fprintf(table, "%d\t%.1f%%\t%.2f\t%d\t%s\t  %s\n", c.Compressed, share, each, c.Uncompressed, strings.ToLower(c.Type), c.Path)
	}
	return table.Flush()
}

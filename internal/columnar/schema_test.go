package columnar

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/schema"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnar/parquet"
)

var update = flag.Bool("update", false, "rewrite golden files and docs/parquet-schema.md")

// golden compares got with the file at path, or writes it with -update.
func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), got, "the schema is a promise to readers of old files: columns may be added "+
		"(and SchemaVersion's minor part raised), never changed; then run the test with -update")
}

// tables are the tables of columns by signal.
var tables = []struct {
	name    string
	columns []column
	sort    []string
}{
	{"traces", traces().columns, traces().sort},
	{"logs", logs().columns, logs().sort},
	{"metrics", metrics().columns, metrics().sort},
	{"profiles", profiles().columns, profiles().sort},
}

// TestSchemaIsKept fails when a column changes, in the table or in the Parquet schema made from it.
func TestSchemaIsKept(t *testing.T) {
	for _, table := range tables {
		t.Run(table.name, func(t *testing.T) {
			var out bytes.Buffer
			fmt.Fprintf(&out, "version %s, path %s, sort %s\n\n", SchemaVersion, PathVersion, strings.Join(table.sort, ", "))
			for i := range table.columns {
				writeColumn(&out, &table.columns[i], "")
			}
			out.WriteString("\n")
			schema.PrintSchema(writtenSchema(t, table.columns), &out, 2)
			golden(t, filepath.Join("testdata", "schema", table.name+".golden"), out.String())
		})
	}
}

// writtenSchema returns the schema of a file with the given columns as another implementation reads it.
func writtenSchema(t *testing.T, columns []column) *schema.GroupNode {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, parquet.NewFile(&out, parquet.NewLayout(nodes(columns), nil, createdBy)).Close(nil))
	f, err := file.NewParquetReader(bytes.NewReader(out.Bytes()))
	require.NoError(t, err)
	return f.MetaData().Schema.Root()
}

func writeColumn(out *bytes.Buffer, c *column, indent string) {
	fmt.Fprintf(out, "%s%s %s null=%t encoding=%q stats=%t bloom=%t: %s\n",
		indent, c.name, sqlType(c), c.optional, encodingText(c), c.stats, c.bloom, c.source)
	for i := range c.fields {
		writeColumn(out, &c.fields[i], indent+"  ")
	}
}

// TestNamesAreSafe holds what Hive, Glue and Athena ask of names, and that none is there twice.
func TestNamesAreSafe(t *testing.T) {
	for _, table := range tables {
		seen := map[string]bool{}
		for _, c := range table.columns {
			require.Regexp(t, `^[a-z][a-z0-9_]*$`, c.name)
			require.False(t, seen[c.name], "%s has %s twice", table.name, c.name)
			seen[c.name] = true
		}
		for _, name := range table.sort {
			require.True(t, seen[name], "%s sorts by %s", table.name, name)
		}
	}
}

// TestDocumentation holds that docs/parquet-schema.md says what the tables say.
func TestDocumentation(t *testing.T) {
	var out bytes.Buffer
	intro, err := os.ReadFile(filepath.Join("testdata", "schema", "intro.md"))
	require.NoError(t, err)
	out.Write(intro)
	for _, table := range tables {
		fmt.Fprintf(&out, "\n## %s\n\nSorted within each row group by %s.\n\n", table.name, strings.Join(table.sort, ", "))
		out.WriteString("| column | type | null | encoding | filled from |\n| --- | --- | --- | --- | --- |\n")
		for i := range table.columns {
			c := &table.columns[i]
			null, extra := "", ""
			if c.optional {
				null = "yes"
			}
			if c.bloom {
				extra = ", Bloom filter"
			}
			fmt.Fprintf(&out, "| `%s` | %s | %s | %s%s | %s |\n", c.name, sqlType(c), null, encodingText(c), extra, sourceText(c))
		}
	}
	golden(t, filepath.Join("..", "..", "docs", "parquet-schema.md"), out.String())
}

// encodingText says how the values of a column may be laid out; the smallest is chosen in each row group.
func encodingText(c *column) string {
	switch c.kind {
	case kindList, kindMap:
		return ""
	case kindBool:
		return "plain"
	case kindSpanID:
		return "plain or lengths"
	case kindInt64, kindTimestamp:
		return "delta, dictionary or plain"
	case kindTraceID:
		if c.plain {
			return "plain or lengths"
		}
		return "dictionary or plain"
	default:
		return "dictionary or plain"
	}
}

func sourceText(c *column) string {
	if c.kind != kindList || len(c.fields) == 1 {
		return c.source
	}
	var fields []string
	for _, f := range c.fields {
		fields = append(fields, f.name)
	}
	return c.source + ": " + strings.Join(fields, ", ")
}

// sqlType names the type of a column as DuckDB does.
func sqlType(c *column) string {
	switch c.kind {
	case kindInt32:
		return "INTEGER"
	case kindInt64:
		return "BIGINT"
	case kindDouble:
		return "DOUBLE"
	case kindBool:
		return "BOOLEAN"
	case kindTimestamp:
		return "TIMESTAMP WITH TIME ZONE"
	case kindMap:
		return "MAP(VARCHAR, VARCHAR)"
	case kindList:
		if len(c.fields) == 1 {
			return sqlType(&c.fields[0]) + "[]"
		}
		return "STRUCT[]"
	default:
		return "VARCHAR"
	}
}

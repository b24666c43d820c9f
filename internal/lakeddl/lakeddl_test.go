package lakeddl_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnar"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnar/parquet"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/lakeddl"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/lakeddl/footer"
)

var update = flag.Bool("update", false, "rewrite docs/ddl")

func standard(t *testing.T) []lakeddl.Table {
	t.Helper()
	tables, err := footer.Standard(columnar.Options{})
	require.NoError(t, err)
	return tables
}

// TestGolden holds docs/ddl, which shows the statements of every engine for every signal. Those of profiles are
// by themselves, because most lakes have none.
func TestGolden(t *testing.T) {
	golden(t, "", standard(t))
	profiles, err := footer.Profiles(columnar.Options{})
	require.NoError(t, err)
	golden(t, "profiles-", []lakeddl.Table{profiles})
}

func golden(t *testing.T, prefix string, tables []lakeddl.Table) {
	t.Helper()
	documents, err := lakeddl.Documents(lakeddl.Options{URL: "s3://acme-telemetry/otel"}, tables)
	require.NoError(t, err)
	require.Len(t, documents, len(lakeddl.Engines()))
	for name, got := range documents {
		path := filepath.Join("..", "..", "docs", "ddl", prefix+name)
		if *update {
			require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
			require.NoError(t, os.WriteFile(path, got, 0o644))
		}
		want, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, string(want), string(got), "%s is stale: run the test with -update", path)
	}
}

// Every engine is told of every column, those that users promoted included, in the order of the file.
func TestEveryColumn(t *testing.T) {
	promoted := columnar.Options{Promote: []columnar.Promotion{
		{Key: "Team-Name", Scope: columnar.Resource, Type: columnar.String},
		{Key: "amount", Scope: columnar.Item, Type: columnar.Double},
	}}
	tables, err := footer.Standard(promoted)
	require.NoError(t, err)
	profiles, err := footer.Profiles(promoted)
	require.NoError(t, err)
	tables = append(tables, profiles)
	for _, engine := range lakeddl.Engines() {
		for _, table := range tables {
			document, err := lakeddl.Document(engine, lakeddl.Options{URL: "s3://b"}, []lakeddl.Table{table})
			require.NoError(t, err)
			rest := string(document)
			require.Contains(t, rest, " "+table.Signal+" ")
			for _, c := range table.Columns {
				found := false
				for _, quoted := range []string{`  "` + c.Name + `" `, "  `" + c.Name + "` ", "  '" + c.Name + "': "} {
					if i := strings.Index(rest, quoted); i >= 0 {
						rest, found = rest[i:], true
					}
				}
				require.True(t, found, "%s of %s lacks %s", table.Signal, engine, c.Name)
			}
			require.Contains(t, string(document), "team_name")
			require.Contains(t, string(document), "amount")
		}
	}
}

// oneTable is as small as a table gets.
var oneTable = []lakeddl.Table{{Signal: "logs", Columns: []parquet.Node{
	{Name: "body", Type: parquet.ByteArray, Logical: parquet.String, Repetition: parquet.Optional},
}}}

// Places are spelled as each engine wants them.
func TestPlaces(t *testing.T) {
	for _, test := range []struct {
		engine string
		o      lakeddl.Options
		want   []string
	}{
		{"duckdb", lakeddl.Options{URL: "s3://b"}, []string{"read_parquet('s3://b/logs/v1/stream=*/dt=*/hour=*/*.parquet'"}},
		{"duckdb", lakeddl.Options{URL: "file:data/parquet/"}, []string{"'data/parquet/logs/v1/stream=*/"}},
		{"duckdb", lakeddl.Options{URL: "file:///data%20lake"}, []string{"'/data lake/logs/v1/stream=*/"}},
		{"duckdb", lakeddl.Options{URL: "s3://b/{signal}/x={stream}"}, []string{"'s3://b/logs/x=*/logs/v1/stream=*/"}},
		{"clickhouse", lakeddl.Options{URL: "s3://b/p"}, []string{"FROM s3('s3://b/p/logs/v1/", "`body` Nullable(String)"}},
		{"clickhouse", lakeddl.Options{URL: "s3://b/p", Endpoint: "http://127.0.0.1:7070/"}, []string{"FROM s3('http://127.0.0.1:7070/b/p/logs/v1/"}},
		{"clickhouse", lakeddl.Options{URL: "file:///data"}, []string{"FROM file('/data/logs/v1/"}},
		{"spark", lakeddl.Options{URL: "s3://b/p"}, []string{"path 's3a://b/p/logs/v1'"}},
		{"spark", lakeddl.Options{URL: "file:///data"}, []string{"path '/data/logs/v1'"}},
		{"athena", lakeddl.Options{URL: "s3://b/p"}, []string{
			"LOCATION 's3://b/p/logs/v1/'", "'projection.stream.type' = 'injected'", "'projection.dt.range' = '2025-01-01,NOW+1DAYS'",
			"'storage.location.template' = 's3://b/p/logs/v1/stream=${stream}/dt=${dt}/hour=${hour}/'",
		}},
		{"athena", lakeddl.Options{URL: "s3://b/p/{signal}/team={stream}", Streams: []string{"a", "b"}, Since: "2026-02-03"}, []string{
			"LOCATION 's3://b/p/logs/'", "'projection.stream.type' = 'enum'", "'projection.stream.values' = 'a,b'", "'2026-02-03,NOW+1DAYS'",
			"'s3://b/p/logs/team=${stream}/logs/v1/stream=${stream}/dt=${dt}/hour=${hour}/'",
		}},
		{"athena", lakeddl.Options{URL: "s3://b/{stream}"}, []string{"LOCATION 's3://b/'"}},
		{"duckdb", lakeddl.Options{URL: "gs://b/p"}, []string{"read_parquet('gs://b/p/logs/v1/stream=*/dt=*/hour=*/*.parquet'"}},
		{"duckdb", lakeddl.Options{URL: "azblob://c/p"}, []string{"read_parquet('az://c/p/logs/v1/"}},
		{"clickhouse", lakeddl.Options{URL: "gs://b/p"}, []string{"FROM gcs('https://storage.googleapis.com/b/p/logs/v1/"}},
		{"spark", lakeddl.Options{URL: "gs://b"}, []string{"path 'gs://b/logs/v1'"}},
		{"spark", lakeddl.Options{URL: "azblob://c/p", Account: "acme"}, []string{"path 'abfss://c@acme.dfs.core.windows.net/p/logs/v1'"}},
		{"trino", lakeddl.Options{URL: "gs://b/{stream}"}, []string{"external_location = 'gs://b/'"}},
		{"trino", lakeddl.Options{URL: "azblob://c/p", Account: "acme"}, []string{
			"external_location = 'abfss://c@acme.dfs.core.windows.net/p/logs/v1/'",
		}},
		{"trino", lakeddl.Options{URL: "s3://b/p", Streams: []string{"a", "b"}}, []string{
			"external_location = 's3://b/p/logs/v1/'", "partition_projection_values = ARRAY['a', 'b']",
			"partition_projection_location_template = 's3://b/p/logs/v1/stream=${stream}/dt=${dt}/hour=${hour}/'",
		}},
	} {
		t.Run(test.engine+" "+test.o.URL, func(t *testing.T) {
			document, err := lakeddl.Document(test.engine, test.o, oneTable)
			require.NoError(t, err)
			for _, want := range test.want {
				require.Contains(t, string(document), want)
			}
		})
	}
}

// A directory has documents for the engines that can read it.
func TestDocumentsOfDirectory(t *testing.T) {
	documents, err := lakeddl.Documents(lakeddl.Options{URL: "file:data"}, oneTable)
	require.NoError(t, err)
	require.Len(t, documents, 3)
	for _, name := range []string{"clickhouse.sql", "duckdb.sql", "spark.sql"} {
		require.Contains(t, documents, name)
	}
}

// Nothing is escaped, so what would have to be is refused.
func TestRefused(t *testing.T) {
	for _, test := range []struct {
		engine string
		o      lakeddl.Options
		want   string
	}{
		{"duckdb", lakeddl.Options{}, `url: "" has no known scheme`},
		{"duckdb", lakeddl.Options{URL: "gcs://b"}, `url: "gcs://b" has no known scheme`},
		{"duckdb", lakeddl.Options{URL: "s3://key:secret@b/p"}, "url: is not that of a bucket"},
		{"duckdb", lakeddl.Options{URL: "s3://b?region=x"}, "url: is not that of a bucket"},
		{"duckdb", lakeddl.Options{URL: "s3:///p"}, "names no bucket"},
		{"duckdb", lakeddl.Options{URL: "s3://b/it's"}, "holds one of the characters"},
		{"duckdb", lakeddl.Options{URL: "s3://b/x*"}, "holds one of the characters"},
		{"duckdb", lakeddl.Options{URL: "s3://b/{team}"}, "unknown placeholder {team}"},
		{"duckdb", lakeddl.Options{URL: "file:///"}, "names no directory"},
		{"duckdb", lakeddl.Options{URL: "file:///a[1]"}, "holds one of the characters"},
		{"duckdb", lakeddl.Options{URL: "file:///a%27b"}, "holds one of the characters"},
		{"duckdb", lakeddl.Options{URL: "file:///a%0Ab"}, "holds one of the characters"},
		{"clickhouse", lakeddl.Options{URL: "s3://b", Endpoint: "http://key:secret@h"}, "endpoint: is not"},
		{"clickhouse", lakeddl.Options{URL: "s3://b", Endpoint: "s3.example.com"}, "endpoint: is not"},
		{"athena", lakeddl.Options{URL: "s3://b", Streams: []string{"a,b"}}, `stream "a,b" cannot be listed`},
		{"athena", lakeddl.Options{URL: "s3://b", Since: "yesterday"}, `since: "yesterday" is not a day`},
		{"athena", lakeddl.Options{URL: "file:data"}, "athena reads no directory"},
		{"trino", lakeddl.Options{URL: "file:data"}, "trino reads no directory"},
		{"athena", lakeddl.Options{URL: "gs://b"}, "athena reads no gs URL"},
		{"clickhouse", lakeddl.Options{URL: "azblob://c"}, "clickhouse reads no azblob URL"},
		{"spark", lakeddl.Options{URL: "azblob://c"}, "spark needs the name of the storage account"},
		{"trino", lakeddl.Options{URL: "azblob://c", Account: "a/b"}, `account: "a/b" is not the name of a storage account`},
		{"spark", lakeddl.Options{URL: "s3://b/{stream}"}, "spark reads one directory per signal"},
		{"oracle", lakeddl.Options{URL: "s3://b"}, `engine "oracle" is none of athena, clickhouse, duckdb, spark, trino`},
	} {
		_, err := lakeddl.Document(test.engine, test.o, oneTable)
		require.ErrorContains(t, err, test.want)
		require.NotContains(t, err.Error(), "secret")
	}
	_, err := lakeddl.Documents(lakeddl.Options{URL: "gcs://b", Since: "x"}, oneTable)
	require.ErrorContains(t, err, "url:")
	require.ErrorContains(t, err, "since:")
}

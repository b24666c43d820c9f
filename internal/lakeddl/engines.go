package lakeddl

import (
	"bytes"
	"fmt"
	"strings"
)

var duckdbTypes = dialect{
	quote: `"`, text: "VARCHAR", int32s: "INTEGER", int64s: "BIGINT", double: "DOUBLE", truth: "BOOLEAN",
	time: "TIMESTAMP WITH TIME ZONE",
	maps: "MAP(VARCHAR, VARCHAR)", list: wrap("", "[]"), row: wrapAll("STRUCT(", ")"), field: "%s %s",
}

var duckdbPlaces = places{schemeS3: "s3://{bucket}", schemeGCS: "gs://{bucket}", schemeAzBlob: "az://{bucket}"}

var duckdb = engine{
	name:   "duckdb",
	places: duckdbPlaces,
	intro: `DuckDB views. Run it once there are files of every signal: a view of no files is an error. For S3:
  INSTALL httpfs; LOAD httpfs; CREATE SECRET (TYPE s3, PROVIDER credential_chain);
For Google Cloud Storage (TYPE gcs, KEY_ID ..., SECRET ...), for Azure (TYPE azure, PROVIDER credential_chain, ACCOUNT_NAME ...).
The columns are spelled out, and stream, dt and hour are taken from the name, so that no file is opened that the filters on those
rule out. union_by_name would open all of them for every query.
The setting is of this session: a session keeps the footers that it has read, so that only the first query of a file pays for it.
`,
	setup: "\nSET parquet_metadata_cache = true;\n",
	write: func(out *bytes.Buffer, l *lake, t Table) {
		fmt.Fprintf(out, "CREATE OR REPLACE VIEW %s AS SELECT * EXCLUDE (filename),\n", t.Signal)
		out.WriteString("  url_decode(regexp_extract(filename, '/stream=([^/]*)/dt=[^/]*/hour=[^/]*/[^/]*$', 1)) AS stream,\n" +
			"  regexp_extract(filename, '/dt=([^/]*)/hour=[^/]*/[^/]*$', 1)::DATE AS dt,\n" +
			"  regexp_extract(filename, '/hour=([^/]*)/[^/]*$', 1) AS hour\n")
		fmt.Fprintf(out, "FROM read_parquet('%s', filename = true, schema = MAP {\n", l.files(duckdbPlaces, t.Signal))
		for i := range t.Columns {
			c := &t.Columns[i]
			comma := ","
			if i == len(t.Columns)-1 {
				comma = ""
			}
			fmt.Fprintf(out, "  '%s': {name: '%s', type: '%s', default_value: NULL}%s\n", c.Name, c.Name, duckdbTypes.typeOf(c), comma)
		}
		out.WriteString("});\n")
	},
}

var clickhouseTypes = dialect{
	quote: "`", text: "String", int32s: "Int32", int64s: "Int64", double: "Float64", truth: "Bool",
	time: "DateTime64(6, ''UTC'')", // within a string
	maps: "Map(String, String)", list: wrap("Array(", ")"), row: wrapAll("Tuple(", ")"), field: "%s %s",
	nullable: wrap("Nullable(", ")"),
}

var clickhousePlaces = places{schemeS3: "s3://{bucket}", schemeGCS: "https://storage.googleapis.com/{bucket}"}

var clickhouse = engine{
	name:   "clickhouse",
	places: clickhousePlaces,
	intro: `ClickHouse views. Filters on stream, dt and hour skip files by their path. A list that is null in the file is empty here:
ClickHouse has no null lists.
`,
	write: func(out *bytes.Buffer, l *lake, t Table) {
		p, function := clickhousePlaces, "s3"
		switch {
		case l.scheme == schemeDir:
			function = "file"
		case l.scheme == schemeGCS:
			function = "gcs"
		case l.endpoint != "":
			p = places{schemeS3: l.endpoint + "/{bucket}"}
		}
		fmt.Fprintf(out, "CREATE OR REPLACE VIEW %s AS SELECT * FROM %s('%s', 'Parquet', '\n",
			t.Signal, function, l.files(p, t.Signal))
		clickhouseTypes.columns(out, t.Columns, ",")
		out.WriteString("  `stream` String,\n  `dt` Date,\n  `hour` String\n')\nSETTINGS use_hive_partitioning = 1;\n")
	},
}

var sparkTypes = dialect{
	quote: "`", text: "STRING", int32s: "INT", int64s: "BIGINT", double: "DOUBLE", truth: "BOOLEAN", time: "TIMESTAMP",
	maps: "MAP<STRING, STRING>", list: wrap("ARRAY<", ">"), row: wrapAll("STRUCT<", ">"), field: "%s: %s",
}

// abfss is how engines of the Hadoop family name a container.
const abfss = "abfss://{bucket}@{account}.dfs.core.windows.net"

var sparkPlaces = places{schemeS3: "s3a://{bucket}", schemeGCS: "gs://{bucket}", schemeAzBlob: abfss}

var spark = engine{
	name:   "spark",
	places: sparkPlaces,
	refuses: func(l *lake) string {
		if strings.Contains(l.prefix, "{stream}") {
			return "reads one directory per signal, so the prefix must not hold {stream}"
		}
		return ""
	},
	intro: `Spark views of one session. They need no catalog and see new files; filters on stream, dt and hour skip directories.
Buckets are named s3a://, as open source Hadoop has it; on EMR write s3://. SET spark.sql.session.timeZone = UTC to see times in UTC.
`,
	write: func(out *bytes.Buffer, l *lake, t Table) {
		fmt.Fprintf(out, "CREATE OR REPLACE TEMPORARY VIEW %s (\n", t.Signal)
		sparkTypes.columns(out, t.Columns, ",")
		out.WriteString("  `stream` STRING,\n  `dt` DATE,\n  `hour` STRING\n) USING parquet OPTIONS (\n")
		fmt.Fprintf(out, "  path '%s'\n);\n", l.root(sparkPlaces, t.Signal, ""))
	},
}

// directories refuses what is no bucket.
func directories(l *lake) string {
	if l.scheme == schemeDir {
		return "reads no directory: use \"s3://bucket/prefix\""
	}
	return ""
}

var athenaTypes = dialect{
	quote: "`", text: "string", int32s: "int", int64s: "bigint", double: "double", truth: "boolean", time: "timestamp",
	maps: "map<string,string>", list: wrap("array<", ">"),
	row: func(fields []string) string { return "struct<" + strings.Join(fields, ",") + ">" }, field: "%s:%s",
}

var athenaPlaces = places{schemeS3: "s3://{bucket}"}

var athena = engine{
	name: "athena", places: athenaPlaces, refuses: directories,
	intro: `Athena tables with partition projection: there are no partitions to add, ever. Run each statement by itself.
A stream that was not listed here is "injected": each query must say stream = '...'.
Days before the first one of projection.dt.range are not seen.
`,
	write: func(out *bytes.Buffer, l *lake, t Table) {
		fmt.Fprintf(out, "CREATE EXTERNAL TABLE IF NOT EXISTS %s (\n", t.Signal)
		athenaTypes.columns(out, t.Columns, "")
		out.WriteString(")\nPARTITIONED BY (`stream` string, `dt` string, `hour` string)\nSTORED AS PARQUET\n")
		fmt.Fprintf(out, "LOCATION '%s'\nTBLPROPERTIES (\n", l.location(athenaPlaces, t.Signal))
		for _, property := range projection(l) {
			fmt.Fprintf(out, "  'projection.%s' = '%s',\n", property[0], property[1])
		}
		fmt.Fprintf(out, "  'storage.location.template' = '%s'\n);\n", l.template(athenaPlaces, t.Signal))
	},
}

// projection lists the properties of Athena's partition projection.
func projection(l *lake) [][2]string {
	all := [][2]string{{"enabled", "true"}, {"stream.type", "injected"}}
	if len(l.streams) > 0 {
		all[1][1] = "enum"
		all = append(all, [2]string{"stream.values", strings.Join(l.streams, ",")})
	}
	return append(all, [][2]string{
		{"dt.type", "date"},
		{"dt.format", "yyyy-MM-dd"},
		{"dt.range", l.since + ",NOW+1DAYS"}, // Clocks may be ahead of ours.
		{"dt.interval", "1"},
		{"dt.interval.unit", "DAYS"},
		{"hour.type", "integer"},
		{"hour.range", "0,23"},
		{"hour.digits", "2"},
	}...)
}

var trinoTypes = dialect{
	quote: `"`, text: "varchar", int32s: "integer", int64s: "bigint", double: "double", truth: "boolean", time: "timestamp(6)",
	maps: "map(varchar, varchar)", list: wrap("array(", ")"), row: wrapAll("row(", ")"), field: "%s %s",
}

var trinoPlaces = places{schemeS3: "s3://{bucket}", schemeGCS: "gs://{bucket}", schemeAzBlob: abfss}

var trino = engine{
	name: "trino", places: trinoPlaces, refuses: directories,
	intro: `Trino tables of the Hive connector with partition projection: there are no partitions to add, ever. The catalog needs
  hive.timestamp-precision=MICROSECONDS
A stream that was not listed here is "injected": each query must say stream = '...'.
Days before the first one of the range of dt are not seen.
`,
	write: func(out *bytes.Buffer, l *lake, t Table) {
		fmt.Fprintf(out, "CREATE TABLE IF NOT EXISTS %s (\n", t.Signal)
		trinoTypes.columns(out, t.Columns, ",")
		stream := "partition_projection_type = 'injected'"
		if len(l.streams) > 0 {
			stream = "partition_projection_type = 'enum', partition_projection_values = ARRAY['" + strings.Join(l.streams, "', '") + "']"
		}
		fmt.Fprintf(out, "  \"stream\" varchar WITH (%s),\n", stream)
		fmt.Fprintf(out, "  \"dt\" varchar WITH (partition_projection_type = 'date', partition_projection_format = 'yyyy-MM-dd',\n"+
			"    partition_projection_range = ARRAY['%s', 'NOW+1DAYS'], partition_projection_interval = 1, partition_projection_interval_unit = 'days'),\n", l.since)
		out.WriteString("  \"hour\" varchar WITH (partition_projection_type = 'integer', partition_projection_range = ARRAY['0', '23'],\n" +
			"    partition_projection_digits = 2)\n) WITH (\n  format = 'PARQUET',\n")
		fmt.Fprintf(out, "  external_location = '%s',\n  partitioned_by = ARRAY['stream', 'dt', 'hour'],\n", l.location(trinoPlaces, t.Signal))
		fmt.Fprintf(out, "  partition_projection_enabled = true,\n  partition_projection_location_template = '%s'\n);\n", l.template(trinoPlaces, t.Signal))
	},
}

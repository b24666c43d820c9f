// Package lakeddl writes the SQL that makes a lake of Parquet files a set of tables: views for DuckDB,
// ClickHouse and Spark, tables for Athena and Trino.
//
// It knows the layout of the files (<prefix>/<signal>/v1/stream=<s>/dt=<date>/hour=<HH>/*.parquet) and how each
// engine spells types and places. The columns come from the Parquet schema, so promoted attributes are among
// them. It does no I/O, and the same input gives the same bytes.
package lakeddl

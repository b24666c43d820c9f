// Package parquet writes Parquet files column chunk by column chunk, for callers that hold their data in columns
// already.
//
// It knows the format: pages, encodings, levels, statistics, Bloom filters, page index and footer. It knows
// nothing of telemetry, computes no levels and gathers no rows. There is a writer because the general ones
// build dictionaries again that a caller has, and allocate for every page; there is no reader.
//
// What is written: format version 2, data pages of version 1, zstd, the encodings PLAIN, RLE_DICTIONARY,
// DELTA_BINARY_PACKED and DELTA_LENGTH_BYTE_ARRAY, whichever makes a column chunk smallest. DuckDB,
// pyarrow, polars and ClickHouse were seen to read all of them.
//
// A File is written in order, group by group, column by column:
//
//	f := parquet.NewFile(w, layout)
//	g := f.Group(encoder, rows)
//	g.Text(levels, codes, dictionary) // one call per leaf column, in order of the schema
//	...
//	err := g.Close()
//	err = f.Close(keyValues)
//
// Output depends on the calls alone. Nothing is retried: after the first error of the io.Writer all calls return
// that error.
package parquet

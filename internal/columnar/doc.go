// Package columnar turns OTLP telemetry into Parquet files that any SQL engine can query.
//
// It knows the columns of each signal, how they are filled from pdata, and the promise that old files stay
// readable: columns are only ever added (SchemaVersion's minor part), and a change that old readers would
// not survive gets a new PathVersion. It does not know where files are stored or how they are named.
//
// One table per signal (traceColumns, logColumns, metricColumns) is the single source of the schema: the
// Parquet schema, the encodings, the footer's list of promoted attributes and docs/parquet-schema.md all
// come from it.
//
// How a payload becomes files:
//
//  1. index lists the payload's rows with their event times, in payload order.
//  2. Rows are grouped by UTC hour of event time; each hour becomes one file.
//  3. A filler appends each row to the accumulators of a group: one per leaf column, holding dictionary codes
//     or plain values. Nothing is kept per row but numbers; there are no row objects.
//  4. A group is cut at maxGroupRows rows or maxGroupBytes of values, sorted through a permutation, and
//     written column by column.
//
// Output depends on the payload alone: the same payload gives the same bytes in every process, so an object
// name may be made from a hash of the content. The input is only read, so it may be shared and retried.
// Everything here is safe for concurrent use.
//
// What cannot be kept: text outside of attribute values and log bodies (names, keys, states) that is not
// valid UTF-8 has its bad bytes replaced by U+FFFD, because Parquet strings are UTF-8; a NaN loses its payload
// bits; resources, scopes and metrics without any row leave no trace; entity references are dropped.
package columnar

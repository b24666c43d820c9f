// Package columnread turns the Parquet files of internal/columnar back into OTLP.
//
// It knows the file's promise, docs/parquet-schema.md, from the reader's side: where each field of OTLP went
// and how it is put back. It does not know where files are stored or how they are named.
//
// A file tells by its footer which signal it holds, which version of the schema it was written by and which
// attributes were promoted to columns. Files of a newer minor version are read; what is in columns that this
// version does not know is left out, unless they are listed as promoted. Files of a newer major version are
// refused.
//
// What comes out equals what went in but for order and for what the schema says is not kept:
//
//   - Rows come in the file's order, which is sorted within each row group, not that of arrival.
//   - Rows are grouped again into resources, scopes, metrics and profiles by their content, within one payload.
//     Resources and scopes come in the order of their first rows. Two that were equal become one; those
//     without rows left no trace.
//   - Profiles get a new dictionary, in which nothing is twice and nothing unused.
//   - In a resource's, span's, log record's, data point's or sample's attributes, the promoted ones come first, in the
//     order of the footer's list, then those of the map in their order. All other maps keep their order.
//   - Text outside of attribute values and log bodies had bytes that are not UTF-8 replaced by U+FFFD when
//     it was written.
//
// Memory is bounded by the rows of one payload and one page per column. Damaged files give errors that wrap
// ErrDamaged: a panic of the Parquet library on bytes that make no sense is recovered and becomes such an
// error. What is not defended against is a file made to exhaust memory, beyond the limits on pages, schema and
// entries that are checked before they are believed.
package columnread

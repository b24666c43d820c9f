// Package columnar turns OTLP telemetry into Parquet files that any SQL engine can query.
//
// It knows the columns of each signal, how they are filled from pdata, and the promise that old files stay
// readable: columns are only ever added (SchemaVersion's minor part), and a change that old readers would
// not survive gets a new PathVersion. It does not know where files are stored or how they are named; package
// parquet below it knows the format of the bytes.
//
// One table per signal (traceColumns, logColumns, metricColumns, profileColumns) is the single source of the schema: the
// Parquet schema, the footer's list of promoted attributes and docs/parquet-schema.md all come from it.
// Attributes that a user promotes are appended to it.
//
// How payloads become a file:
//
//  1. Table.Rows lists a payload's rows with their event times. The caller decides which rows go to which file.
//  2. Writer.Append hands rows to a filler, which appends them to the accumulators of a group: one per leaf
//     column, holding dictionary codes or plain values. Nothing is kept per row but numbers; there are no row
//     objects. Resource and scope are held once for the rows that share them.
//  3. A group that is full (Options.GroupRows, Options.GroupBytes) is sorted through a permutation and written
//     column by column. Its accumulators go back to the table's pool.
//  4. Writer.Close writes what is left, page index and footer.
//
// A file depends on the table's options and the sequence of rows alone: the same rows give the same bytes in
// every process, however they were cut into payloads and calls, so an object's name may be made from a hash of
// the content and a replay gives the object again. Payloads are only read, so they may be shared and retried.
//
// Memory: columns are packed as they grow, see packed. A full group of 50,000 spans takes some 10 MB, writing it twice
// as much for a moment, both lent from the table. A Writer without waiting rows holds some 10 KB per group written.
//
// What cannot be kept: text outside of attribute values and log bodies (names, keys, states) that is not
// valid UTF-8 has its bad bytes replaced by U+FFFD, because Parquet strings are UTF-8; a NaN loses its payload
// bits; resources, scopes, metrics and profiles without any row leave no trace; entity references are dropped. Of
// profiles, the dictionary is not kept but what it says: its order, duplicates and what nothing refers to are lost,
// as are references to entries that are not there, frames beyond maxStack (counted) and attributes of a profile
// beyond maxSharedAttributes (counted, too).
package columnar

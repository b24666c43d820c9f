// Package spool rolls telemetry into Parquet files of a useful size and puts
// them into an object store, each row in exactly one object.
//
// How a payload becomes part of an object:
//
//  1. Consume appends it to a write-ahead log, and waits until it is durable.
//  2. Its rows go to the open files of their partitions (a stream and an hour
//     of event time, UTC), which collect columns in memory and write full row
//     groups to the disk. Then Consume returns: the payload is acknowledged.
//  3. A file that is old or large enough is sealed: finished, synced and
//     renamed. Its name says which part of the log it holds, so that the rename
//     is the commit: after a crash the log is replayed, and rows that a sealed
//     file of their partition holds are left out.
//  4. Sealed files are put into the store under keys that derive from their
//     names, never over an existing object. A file that is there already was
//     put before the crash, or before the answer got lost.
//  5. A file that is stored leaves an empty mark with its name behind, until
//     the log no longer holds its rows.
//
// Whatever goes wrong with a file before it is sealed (a full disk, say) costs
// nothing: it is written again from the log. So is a sealed file that the disk
// damages, which its checksum tells, as far as the log still has its rows. Without a log (Options.Durable is
// false) the acknowledgement says only that the rows are in memory.
//
// Everything is bounded: the log and the sealed files in bytes, the open files
// in number and memory. At a bound Consume returns an error that is worth a
// retry: nothing is lost, the sender waits.
package spool

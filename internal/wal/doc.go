// Package wal is a durable, bounded log of byte records on the local disk. It
// knows nothing of what the records mean.
//
// # Promises
//
// A record whose Append returned without error is on disk: a crash of the
// process or of the machine at any moment does not lose it. Records are read
// back in the order of their log sequence numbers (LSNs), which start at 1 and
// are never given twice, also not after the log was emptied and opened anew. A
// record whose Append failed may turn up nevertheless after a crash: failing
// means that nothing is promised. What is read back is what was appended:
// records that do not match their checksums are left out and counted.
//
// The log never takes more than Options.MaxBytes, and holds no more of it in
// memory than a buffer, what callers of Append wait for, and one record per
// Replay. When it or its
// disk is full, Append answers ErrFull, and works again once there is space.
//
// The owner calls Release for what it needs no longer. The log does not store
// that mark: segments that are partly needed are replayed whole after a
// restart, so an owner that must not see a record twice stores its own.
//
// # Files
//
// A log is a directory of segments, a lock and a reserve. A segment is named
// for the LSN of its first record, in 20 decimal digits, so that names sort.
// All integers are little-endian; all checksums are CRC-32C (Castagnoli), which
// has an instruction on every server processor, masked as in Snappy's framing
// format: rotated right by 15 bits, plus 0xa282ead8.
//
//	segment := header header record*    the header twice, so that no single
//	                                    fault costs a whole segment
//	header  := "DSWALSEG"               8 bytes
//	           version   uint32         1
//	           salt      uint32         random
//	           first     uint64         LSN of the first record
//	           previous  uint64         LSN of the last record before
//	           crc       uint32         of all above
//	record  := length    uint32         of the payload, at most 64 MiB
//	           lsn       uint64
//	           sum       uint32         checksum of the payload
//	           crc       uint32         of salt and all above
//	           payload   length bytes
//
// The payload has a checksum of its own so that callers of Append compute it
// in parallel, before the LSN is known. The checksum of the record's header
// lets a reader trust the length when only the payload is damaged. The salt
// keeps bytes inside a payload that look like a record, by accident or by
// design, from being taken for one when the reader searches for the next
// record behind a damaged one, and so do the records of another segment.
//
// LSNs inside a segment have no gaps. A segment ends where the next one says:
// with its previous LSN. What a segment holds beyond that was written but never
// acknowledged. So a reader can tell what is missing from what never was: a
// torn write at the end of the last segment leaves no gap, damage does.
//
// A segment gets its name when its header is on disk, and its first record
// after the name is. Segments are deleted oldest first, each deletion being
// made durable before the next. Nothing is ever rewritten in place, recovery
// included: a log that was not closed properly gets a new segment with its next
// append, and the torn end of the old one is passed over.
package wal

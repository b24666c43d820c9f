package wal

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math/bits"
	"strconv"
	"strings"
)

const (
	magic   = "DSWALSEG"
	version = 1

	headerCopySize    = 36
	segmentHeaderSize = 2 * headerCopySize
	recordHeaderSize  = 20

	segmentSuffix = ".wal"
	// newSegment is the name of a segment whose header is not on disk yet.
	newSegment = "new.tmp"
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func checksum(b []byte) uint32 { return mask(crc32.Checksum(b, castagnoli)) }

// mask is applied to a checksum before it is stored: the mask of Snappy's
// framing format. A CRC does not change when a part of the data that ends with
// its own CRC is replaced by another such part, as in a payload that holds
// records of another log. A sum that is not linear does not end such a part.
func mask(crc uint32) uint32 { return bits.RotateLeft32(crc, 17) + 0xa282ead8 }

// segmentHeader is what a segment says of itself.
type segmentHeader struct {
	salt uint32
	// first is the LSN of the segment's first record.
	first uint64
	// previous is the last LSN before it. The two are further apart than one
	// where LSNs were given up, because records that were not acknowledged may
	// carry them.
	previous uint64
}

// append adds the header to b, twice.
func (h segmentHeader) append(b []byte) []byte {
	start := len(b)
	b = append(b, magic...)
	b = binary.LittleEndian.AppendUint32(b, version)
	b = binary.LittleEndian.AppendUint32(b, h.salt)
	b = binary.LittleEndian.AppendUint64(b, h.first)
	b = binary.LittleEndian.AppendUint64(b, h.previous)
	b = binary.LittleEndian.AppendUint32(b, checksum(b[start:]))
	return append(b, b[start:]...)
}

// parseSegmentHeader reads the header of the segment with that first LSN from
// the beginning of the file. The result is false if neither copy is whole.
func parseSegmentHeader(b []byte, first uint64) (segmentHeader, bool, error) {
	for ; len(b) >= headerCopySize; b = b[headerCopySize:] {
		const sum = headerCopySize - 4
		if !bytes.HasPrefix(b, []byte(magic)) || binary.LittleEndian.Uint32(b[sum:]) != checksum(b[:sum]) {
			continue
		}
		if v := binary.LittleEndian.Uint32(b[8:]); v != version {
			return segmentHeader{}, false, fmt.Errorf("%w: segment %s has %d, this program knows %d", ErrVersion, segmentName(first), v, version)
		}
		h := segmentHeader{
			salt:     binary.LittleEndian.Uint32(b[12:]),
			first:    binary.LittleEndian.Uint64(b[16:]),
			previous: binary.LittleEndian.Uint64(b[24:]),
		}
		if h.first == first && h.previous < first {
			return h, true, nil
		}
	}
	return segmentHeader{}, false, nil
}

// recordHeader is what precedes a payload.
type recordHeader struct {
	length uint32
	lsn    uint64
	sum    uint32
}

func (h recordHeader) put(b *[recordHeaderSize]byte, salt uint32) {
	binary.LittleEndian.PutUint32(b[:], h.length)
	binary.LittleEndian.PutUint64(b[4:], h.lsn)
	binary.LittleEndian.PutUint32(b[12:], h.sum)
	binary.LittleEndian.PutUint32(b[16:], headerSum(b[:16], salt))
}

// parseRecordHeader reads a header from the beginning of b. The LSN must be
// within the bounds given: that is checked first, because it costs next to
// nothing and tells nearly always that there is no header here.
func parseRecordHeader(b []byte, salt uint32, lowest, highest uint64) (recordHeader, bool) {
	lsn := binary.LittleEndian.Uint64(b[4:])
	if lsn < lowest || lsn > highest || binary.LittleEndian.Uint32(b[16:]) != headerSum(b[:16], salt) {
		return recordHeader{}, false
	}
	h := recordHeader{length: binary.LittleEndian.Uint32(b), lsn: lsn, sum: binary.LittleEndian.Uint32(b[12:])}
	return h, h.length <= MaxRecordBytes
}

func headerSum(b []byte, salt uint32) uint32 {
	var s [4]byte
	binary.LittleEndian.PutUint32(s[:], salt)
	return mask(crc32.Update(crc32.Checksum(s[:], castagnoli), castagnoli, b))
}

func segmentName(first uint64) string { return fmt.Sprintf("%020d%s", first, segmentSuffix) }

// parseSegmentName returns the first LSN of the segment with that name. The
// result is false for other files.
func parseSegmentName(name string) (first uint64, ok bool) {
	digits, ok := strings.CutSuffix(name, segmentSuffix)
	if !ok || len(digits) != 20 {
		return 0, false
	}
	first, err := strconv.ParseUint(digits, 10, 64)
	return first, err == nil && first > 0 && segmentName(first) == name
}

func randomSalt() uint32 {
	var b [4]byte
	_, _ = rand.Read(b[:]) // It never fails.
	return binary.LittleEndian.Uint32(b[:])
}

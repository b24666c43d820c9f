package wal

import (
	"bufio"
	"errors"
	"io"
)

// scanBuffer is what a scanner reads at a time, at most.
const scanBuffer = 256 << 10

// scanner reads the records of a segment, and passes over what is none.
type scanner struct {
	r       *bufio.Reader
	salt    uint32
	lowest  uint64 // the least LSN that the next record can have
	highest uint64 // the last LSN of the segment
	left    int64  // bytes of the segment that were not looked at
	payload []byte
}

// newScanner reads the size bytes of a segment's records from r: they begin
// behind the segment's header.
func newScanner(r io.Reader, h segmentHeader, last uint64, size int64) *scanner {
	return &scanner{
		r:       bufio.NewReaderSize(io.LimitReader(r, size), int(max(recordHeaderSize, min(size, scanBuffer)))),
		salt:    h.salt,
		lowest:  h.first,
		highest: last,
		left:    size,
	}
}

// next returns the next whole record, which is valid until the next call, or
// io.EOF behind the last one. Other errors are the disk's.
func (s *scanner) next() (lsn uint64, record []byte, err error) {
	for s.left >= recordHeaderSize && s.lowest <= s.highest {
		b, err := s.r.Peek(recordHeaderSize)
		if err != nil {
			return 0, nil, err
		}
		h, ok := parseRecordHeader(b, s.salt, s.lowest, s.highest)
		if !ok || int64(h.length) > s.left-recordHeaderSize {
			if err := s.skip(1); err != nil {
				return 0, nil, err
			}
			continue
		}
		if err := s.skip(recordHeaderSize); err != nil {
			return 0, nil, err
		}
		s.lowest = h.lsn + 1
		if err := s.read(int(h.length)); err != nil {
			return 0, nil, err
		}
		if checksum(s.payload) == h.sum {
			return h.lsn, s.payload, nil
		}
	}
	return 0, nil, io.EOF
}

func (s *scanner) skip(n int) error {
	_, err := s.r.Discard(n)
	s.left -= int64(n)
	return err
}

// read fills payload with the next n bytes. The buffer grows with the records,
// not with what a damaged header claims: n is within the file.
func (s *scanner) read(n int) error {
	if cap(s.payload) < n {
		s.payload = make([]byte, n)
	}
	s.payload = s.payload[:n]
	_, err := io.ReadFull(s.r, s.payload)
	s.left -= int64(n)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = io.EOF // The file is shorter than it was.
	}
	return err
}

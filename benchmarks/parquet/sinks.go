package main

import (
	"bytes"
	"compress/gzip"
	"io"

	"github.com/klauspost/compress/zstd"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnar"
)

// rowsPerGroup is the size of row groups, ours and those of the other Parquet writers.
const rowsPerGroup = columnar.DefaultGroupRows

// oursSink writes one file as the exporter does.
type oursSink[D any] struct {
	table *columnar.Table[D]
	file  *columnar.Writer[D]
	rows  []columnar.Row
}

func (s *oursSink[D]) add(d D) error {
	if s.file == nil {
		s.file = s.table.NewWriter(io.Discard)
	}
	s.rows = s.table.Rows(d, s.rows[:0])
	return s.file.Append(d, s.rows)
}

func (s *oursSink[D]) close() (int64, error) {
	info, err := s.file.Close()
	s.file = nil
	return info.Bytes, err
}

// otlpSink writes one compressed object per payload, as awss3 does.
type otlpSink[D any] struct {
	marshal  func(D) ([]byte, error)
	compress func([]byte) (int, error)
	bytes    int64
}

func (s *otlpSink[D]) add(d D) error {
	data, err := s.marshal(d)
	if err != nil {
		return err
	}
	n, err := s.compress(data)
	s.bytes += int64(n)
	return err
}

func (s *otlpSink[D]) close() (int64, error) {
	n := s.bytes
	s.bytes = 0
	return n, nil
}

// newCompressors returns the gzip of the standard library and zstd at level 3. They return the compressed size.
func newCompressors() (gz, zs func([]byte) (int, error), err error) {
	var out bytes.Buffer
	gzipWriter := gzip.NewWriter(&out)
	encoder, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.EncoderLevelFromZstd(3)))
	var room []byte
	gz = func(data []byte) (int, error) {
		out.Reset()
		gzipWriter.Reset(&out)
		if _, err := gzipWriter.Write(data); err != nil {
			return 0, err
		}
		err := gzipWriter.Close()
		return out.Len(), err
	}
	zs = func(data []byte) (int, error) {
		room = encoder.EncodeAll(data, room[:0])
		return len(room), nil
	}
	return gz, zs, err
}

// counter counts bytes.
type counter struct {
	n    int64
	copy io.Writer // gets them too, if not nil
}

func (c *counter) Write(p []byte) (int, error) {
	c.n += int64(len(p))
	if c.copy != nil {
		return c.copy.Write(p)
	}
	return len(p), nil
}

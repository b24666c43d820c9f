package columnread

import (
	"encoding/binary"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnar"
)

const (
	// magic is what Parquet files begin and end with.
	magic = "PAR1"
	// tailBytes is the end of a file: the footer's length and magic.
	tailBytes = 8
	// maxFooterBytes bounds the footer. Ours take some 10 KB and as much for each row group.
	maxFooterBytes = 64 << 20
	// maxPageBytes bounds a page. Ours hold 1 MiB, or one value that is larger.
	maxPageBytes = 256 << 20
	// streamBytes is how much of a column is read from the file at once.
	streamBytes = 64 << 10
)

// The signals, as footers name them.
const (
	signalTraces   = "traces"
	signalLogs     = "logs"
	signalMetrics  = "metrics"
	signalProfiles = "profiles"
)

// File is an open Parquet file of this distribution. It is not safe for concurrent use; several Files may
// read the same source. It owns no more than memory, so there is nothing to close.
type File struct {
	reader *file.Reader
	source *source
	info   Info
}

// source remembers why reading failed, so that a file is not called damaged when its disk is.
type source struct {
	io.ReaderAt
	err error
}

func (s *source) ReadAt(p []byte, off int64) (int, error) {
	n, err := s.ReaderAt.ReadAt(p, off)
	if err != nil && err != io.EOF && s.err == nil {
		s.err = err
	}
	return n, err
}

// blame returns the error of the source, if there was one, in place of what followed from it.
func (s *source) blame(err error) error {
	if err != nil && s.err != nil {
		err, s.err = s.err, nil
	}
	return err
}

// Open reads the footer of the file in the first size bytes of r, which must stay readable as long as the
// File is used. Its errors wrap ErrNotParquet, ErrTruncated, ErrForeign, ErrNewer or ErrDamaged, or are
// those of r.
func Open(r io.ReaderAt, size int64) (*File, error) {
	if err := checkTail(r, size); err != nil {
		return nil, err
	}
	f := &File{source: &source{ReaderAt: r}}
	err := guard(func() error {
		props := parquet.NewReaderProperties(memory.NewGoAllocator())
		props.BufferedStreamEnabled = true
		props.BufferSize = streamBytes
		props.MaxCompressedPageSize = maxPageBytes
		props.MaxUncompressedPageSize = maxPageBytes
		reader, err := file.NewParquetReader(io.NewSectionReader(f.source, 0, size), file.WithReadProps(props))
		if err != nil {
			return damaged(err)
		}
		f.reader = reader
		f.info, err = newInfo(reader)
		return err
	})
	if err != nil {
		return nil, f.source.blame(err)
	}
	return f, nil
}

// checkTail tells what is not a Parquet file apart from what is half of one.
func checkTail(r io.ReaderAt, size int64) error {
	if size < int64(len(magic)+tailBytes) {
		return fmt.Errorf("%w: it has %d bytes", ErrNotParquet, size)
	}
	var head [len(magic)]byte
	if _, err := r.ReadAt(head[:], 0); err != nil {
		return err
	}
	var tail [tailBytes]byte
	if _, err := r.ReadAt(tail[:], size-tailBytes); err != nil && err != io.EOF {
		return err
	}
	length := int64(binary.LittleEndian.Uint32(tail[:]))
	switch {
	case string(head[:]) != magic:
		return fmt.Errorf("%w: it begins with %q", ErrNotParquet, head[:])
	case string(tail[tailBytes-len(magic):]) != magic:
		return fmt.Errorf("%w: it was cut off, or is still being written", ErrTruncated)
	case length > size-tailBytes-int64(len(magic)) || length > maxFooterBytes:
		return damagedf("a footer of %d bytes", length)
	}
	footer := make([]byte, length)
	if _, err := r.ReadAt(footer, size-tailBytes-length); err != nil {
		return err
	}
	return checkFooter(footer)
}

// Info returns what the footer says. The slices are shared; they must not be changed.
func (f *File) Info() Info { return f.info }

// Info is what a file's footer says.
type Info struct {
	// Signal is traces, logs, metrics or profiles.
	Signal string
	// SchemaVersion is the version of the columns, as in 1.0.
	SchemaVersion string
	// Newer tells that the schema has a newer minor version than this reader: columns that it does not know
	// are not read, unless they are promoted attributes.
	Newer bool
	// Writer names the program that wrote the file.
	Writer string
	// Semconv is the version of the semantic conventions that columns are named after.
	Semconv string
	// Sort lists the columns that each row group is sorted by.
	Sort []string
	// First and Last are the smallest and largest event time, in UTC; the zero time if the footer does not say.
	First, Last time.Time
	// Rows and RowGroups say how many there are.
	Rows, RowGroups int64
	// Resource and Item are the attributes that were moved into columns: those of resources, and those of
	// spans, log records, data points or samples.
	Resource, Item []Promoted
	// Columns describes the leaf columns in schema order.
	Columns []Column
}

// Promoted is an attribute that has a column of its own.
type Promoted struct{ Key, Column string }

// Column is a leaf column of a file.
type Column struct {
	// Path is the column's name, with those of the maps and lists around it.
	Path string
	// Type is the physical type of Parquet.
	Type string
	// Values is the number of values, nulls and empty lists included.
	Values int64
	// Compressed and Uncompressed are the bytes of the pages and their headers.
	Compressed, Uncompressed int64
}

func newInfo(r *file.Reader) (Info, error) {
	kv := r.MetaData().KeyValueMetadata()
	get := func(key string) string {
		if v := kv.FindValue(key); v != nil {
			return *v
		}
		return ""
	}
	if get("otel.schema") != "otel-parquet" {
		return Info{}, fmt.Errorf("%w: it was written by %q", ErrForeign, r.MetaData().GetCreatedBy())
	}
	info := Info{
		Signal:        get("otel.signal"),
		SchemaVersion: get("otel.schema_version"),
		Writer:        r.MetaData().GetCreatedBy(),
		Semconv:       get("otel.semconv"),
		First:         nanoTime(get("otel.time_min")),
		Last:          nanoTime(get("otel.time_max")),
		Rows:          r.NumRows(),
		RowGroups:     int64(r.NumRowGroups()),
	}
	if by := get("otel.sort"); by != "" {
		info.Sort = strings.Split(by, ",")
	}
	var err error
	if info.Newer, err = compareVersion(info.SchemaVersion); err != nil {
		return Info{}, err
	}
	switch info.Signal {
	case signalTraces, signalLogs, signalMetrics, signalProfiles:
	default:
		return Info{}, damagedf("signal %q", info.Signal)
	}
	if info.Resource, info.Item, err = parsePromoted(get("otel.promoted")); err != nil {
		return Info{}, err
	}
	info.Columns, err = describe(r)
	return info, err
}

// compareVersion tells whether a file's minor version is newer than ours; a newer major one is an error.
func compareVersion(version string) (newer bool, err error) {
	theirs, ours := [2]int{}, [2]int{}
	if err := parseVersion(version, &theirs); err != nil {
		return false, err
	}
	if err := parseVersion(columnar.SchemaVersion, &ours); err != nil {
		return false, err
	}
	if theirs[0] > ours[0] {
		return false, fmt.Errorf("%w: its schema is %s, this program reads up to %s", ErrNewer, version, columnar.SchemaVersion)
	}
	return theirs[0] == ours[0] && theirs[1] > ours[1], nil
}

func parseVersion(version string, into *[2]int) error {
	major, minor, _ := strings.Cut(version, ".")
	for i, part := range []string{major, minor} {
		n, err := strconv.ParseUint(part, 10, 16)
		if err != nil {
			return damagedf("schema version %q", version)
		}
		into[i] = int(n)
	}
	return nil
}

func nanoTime(text string) time.Time {
	ns, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.Unix(0, ns).UTC()
}

// describe sums up the column chunks of all row groups.
func describe(r *file.Reader) ([]Column, error) {
	schema := r.MetaData().Schema
	columns := make([]Column, schema.NumColumns())
	for i := range columns {
		c := schema.Column(i)
		columns[i].Path = c.Path()
		columns[i].Type = c.PhysicalType().String()
	}
	for g := range r.NumRowGroups() {
		group := r.MetaData().RowGroup(g)
		for i := range columns {
			chunk, err := group.ColumnChunk(i)
			if err != nil {
				return nil, damaged(err)
			}
			columns[i].Values += chunk.NumValues()
			columns[i].Compressed += chunk.TotalCompressedSize()
			columns[i].Uncompressed += chunk.TotalUncompressedSize()
		}
	}
	return columns, nil
}

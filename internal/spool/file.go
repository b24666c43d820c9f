package spool

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnar"
)

// partition is what the rows of a file have in common.
type partition struct {
	stream string // as an element of a path: objectstore.Element of its name
	hour   int64  // of event time, since 1970
}

// span is a part of the log: the records after from, up to and including to.
type span struct{ from, to uint64 }

func (s span) holds(lsn uint64) bool { return s.from < lsn && lsn <= s.to }

// File is a sealed file: rows of one stream and hour.
type File struct {
	partition
	span
	// writer tells the files of one directory from those of all others.
	writer string

	// First and Last are the smallest and the largest event time of the rows.
	First, Last time.Time
	Rows        int
	// Bytes is the size of the file.
	Bytes int64

	sum    uint32 // CRC-32C of the bytes
	sealed time.Time
	failed time.Time // when the store last did not take it
}

// NewFile returns a File as an Observer is told of it, for the tests of one: rows
// of a stream, the last of which happened at last.
func NewFile(stream string, last time.Time, rows int, bytes int64) File {
	return File{partition: partition{stream, hourOf(last.UnixNano())}, First: last, Last: last, Rows: rows, Bytes: bytes}
}

// Stream returns the stream as it stands in keys.
func (f File) Stream() string { return f.stream }

const (
	sealedSuffix = ".sealed"
	storedSuffix = ".stored" // the mark that is left of a file
	openSuffix   = ".open"
)

// maxStream bounds a stream, in bytes.
const maxStream = 150

// name returns the file's name without suffix. All that is known of a file is
// in its name, so that there is nothing to keep in step with it. With a suffix
// it has at most 255 bytes, as long as the stream has maxStream.
func (f File) name() string {
	base36 := func(n uint64) string { return strconv.FormatUint(n, 36) }
	return strings.Join([]string{
		base36(f.from), base36(f.to), f.writer, strconv.FormatInt(f.hour, 10),
		base36(uint64(f.First.UnixNano())), base36(uint64(f.Last.UnixNano())), // Read back the same way.
		strconv.Itoa(f.Rows), base36(uint64(f.sum)), f.stream,
	}, "~")
}

// parseName reads what name has written.
func parseName(name string) (File, error) {
	parts := strings.SplitN(name, "~", 9)
	if len(parts) != 9 {
		return File{}, fmt.Errorf("%q is no name of a file of the spool", name)
	}
	f := File{partition: partition{stream: parts[8]}, writer: parts[2]}
	var first, last, sum uint64
	var err [7]error
	f.from, err[0] = strconv.ParseUint(parts[0], 36, 64)
	f.to, err[1] = strconv.ParseUint(parts[1], 36, 64)
	f.hour, err[2] = strconv.ParseInt(parts[3], 10, 64)
	first, err[3] = strconv.ParseUint(parts[4], 36, 64)
	last, err[4] = strconv.ParseUint(parts[5], 36, 64)
	f.Rows, err[5] = strconv.Atoi(parts[6])
	sum, err[6] = strconv.ParseUint(parts[7], 36, 32)
	for _, e := range err {
		if e != nil {
			return File{}, fmt.Errorf("%q is no name of a file of the spool: %w", name, e)
		}
	}
	f.First, f.Last = time.Unix(0, int64(first)).UTC(), time.Unix(0, int64(last)).UTC() // As they were written.
	f.sum = uint32(sum)
	return f, nil
}

// firstFormat puts the files of a partition in the order of their first events,
// in characters that need no quoting in a shell, a URL or a glob.
const firstFormat = "20060102T150405.000000000Z"

// key returns the object's key. It depends on the name alone, so that a file is
// stored under the same key however often that takes. Copies beyond the first
// are for keys that somebody else has taken.
func (f File) key(signal string, copies int) string {
	hour := time.Unix(f.hour*3600, 0).UTC()
	again := ""
	if copies > 0 {
		again = "-r" + strconv.Itoa(copies)
	}
	return fmt.Sprintf("%s/%s/stream=%s/dt=%s/hour=%02d/%s-%s-%s%s.parquet",
		signal, columnar.PathVersion, f.stream, hour.Format(time.DateOnly), hour.Hour(),
		f.First.Format(firstFormat), f.writer, strconv.FormatUint(f.to, 36), again)
}

// hourOf returns the number of the hour that the nanosecond ns lies in, negative
// before 1970.
func hourOf(ns int64) int64 {
	const hour = int64(time.Hour)
	h := ns / hour
	if ns%hour < 0 {
		h--
	}
	return h
}

package parquet

import (
	"errors"
	"fmt"
	"io"
)

var magic = []byte("PAR1")

// ErrTooLarge is the error of a page that has more bytes than the format can tell.
var ErrTooLarge = errors.New("parquet: more than 2 GiB in one page")

// File writes one file. It is not safe for concurrent use.
type File struct {
	layout *Layout
	w      io.Writer
	n      int64
	err    error
	groups []groupMeta
	rows   int64

	choices []choice // by leaf column
}

// NewFile returns a File that writes to w, nothing yet.
func NewFile(w io.Writer, l *Layout) *File {
	return &File{layout: l, w: w, choices: make([]choice, len(l.leaves))}
}

// Written returns the number of bytes that w has taken.
func (f *File) Written() int64 { return f.n }

// begin writes what a file starts with, once.
func (f *File) begin() {
	if f.n == 0 {
		f.write(magic)
	}
}

// write writes b and keeps the first error.
func (f *File) write(b []byte) {
	if f.err != nil || len(b) == 0 {
		return
	}
	n, err := f.w.Write(b)
	f.n += int64(n)
	if err == nil && n < len(b) {
		err = io.ErrShortWrite
	}
	if err != nil {
		f.err = fmt.Errorf("write Parquet: %w", err)
	}
}

// Group starts a row group of so many rows, at least one. The columns are written with the memory of e, which is
// the Group's until it is closed.
func (f *File) Group(e *Encoder, rows int) *Group {
	f.begin()
	e.blooms = e.blooms[:0]
	return &Group{file: f, enc: e, rows: rows, start: f.n, chunks: make([]chunkMeta, 0, len(f.layout.leaves))}
}

// Group writes one row group: one call of Int32s, Int64s, Doubles, Bools, Text or Strings per leaf column, in the
// order of the schema.
type Group struct {
	file   *File
	enc    *Encoder
	rows   int
	start  int64
	chunks []chunkMeta
	blooms []int // columns whose filters wait in enc.blooms
}

// Close ends the group.
func (g *Group) Close() error {
	f := g.file
	if len(g.chunks) != len(f.layout.leaves) && f.err == nil {
		f.err = fmt.Errorf("parquet: %d of %d columns were written", len(g.chunks), len(f.layout.leaves))
	}
	if f.err != nil {
		return f.err
	}
	meta := groupMeta{rows: int64(g.rows), start: g.start, end: f.n, ordinal: len(f.groups)}
	g.writeBlooms()
	meta.chunks = g.chunks
	f.groups = append(f.groups, meta)
	f.rows += meta.rows
	return f.err
}

// writeBlooms writes the Bloom filters of the group right after its columns, so that they need not be kept.
func (g *Group) writeBlooms() {
	e := g.enc
	for k, column := range g.blooms {
		e.thrift.reset()
		e.blooms[k].header(&e.thrift)
		c := &g.chunks[column]
		c.bloomAt = g.file.n
		g.file.write(e.thrift.buf)
		g.file.write(e.blooms[k].bits)
		c.bloomSize = g.file.n - c.bloomAt
	}
}

// KeyValue is an entry of a footer's metadata.
type KeyValue struct{ Key, Value string }

// Close writes page index and footer. It does not close the io.Writer.
func (f *File) Close(metadata []KeyValue) error {
	f.begin()
	f.writeIndex()
	var t thrift
	f.footer(&t, metadata)
	size := len(t.buf)
	t.buf = append(t.buf, byte(size), byte(size>>8), byte(size>>16), byte(size>>24))
	f.write(t.buf)
	f.write(magic)
	err := f.err
	f.groups = nil
	if err == nil {
		f.err = errClosed
	}
	return err
}

var errClosed = errors.New("parquet: the file is closed")

// writeIndex writes all column indexes, then all offset indexes: readers fetch them in one piece.
func (f *File) writeIndex() {
	for g := range f.groups {
		for i := range f.groups[g].chunks {
			c := &f.groups[g].chunks[i]
			c.columnIndexAt = f.n
			f.write(c.columnIndex)
		}
	}
	for g := range f.groups {
		for i := range f.groups[g].chunks {
			c := &f.groups[g].chunks[i]
			c.offsetIndexAt = f.n
			f.write(c.offsetIndex)
		}
	}
}

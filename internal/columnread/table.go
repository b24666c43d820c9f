package columnread

import (
	"errors"
	"slices"

	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/schema"
)

// Parts of the paths that maps and lists add to their names.
const (
	inMap  = ".key_value"
	inList = ".list.element"
)

// column is a leaf, whatever its type.
type column interface {
	open(group *file.RowGroupReader, id int) error
	read(rows int) error
	close() error
	nested() ([]nesting, [][]int32)
}

// table reads the bound columns of a file together, batch by batch.
type table struct {
	reader  *file.Reader
	schema  *schema.Schema
	columns []boundColumn
	twins   []twin
	err     error // of binding: a column is missing or of another type
}

type boundColumn struct {
	column
	id int // number of the leaf in the file
}

// twin are two leaves of the same list: they must agree on its entries.
type twin struct {
	a, b  column
	level int
	path  string
}

func newTable(r *file.Reader) *table {
	return &table{reader: r, schema: r.MetaData().Schema}
}

// leafIndex finds a leaf by its path, -1 if there is none, which is an error of the table.
func (t *table) leafIndex(path string) int {
	id := t.schema.ColumnIndexByName(path)
	if id < 0 && t.err == nil {
		t.err = damagedf("there is no column %s", path)
	}
	return id
}

// bind returns the leaf at path. Where that is missing or of another type it returns one that must not be
// read, and the table has an error.
func bind[P, V any](t *table, path string, physical parquet.Type, lists int, convert func(P) V) *leaf[P, V] {
	id := t.leafIndex(path)
	if id < 0 {
		return &leaf[P, V]{descr: t.schema.Column(0)}
	}
	descr := t.schema.Column(id)
	l := newLeaf(descr, convert)
	if descr.PhysicalType() != physical || len(l.lists) != lists {
		if t.err == nil {
			t.err = damagedf("column %s is of type %s in %d lists", path, descr.PhysicalType(), len(l.lists))
		}
		return l
	}
	t.columns = append(t.columns, boundColumn{l, id})
	return l
}

func bindText(t *table, path string) *leaf[parquet.ByteArray, string] {
	return bindTextIn(t, path, 0)
}

// bindTextIn binds a column of text that lies in so many lists and maps.
func bindTextIn(t *table, path string, lists int) *leaf[parquet.ByteArray, string] {
	known := texts{seen: map[string]string{}}
	return bind(t, path, parquet.Types.ByteArray, lists, known.text)
}

func bindNumber[T int32 | int64 | float64 | bool](t *table, path string) *leaf[T, T] {
	return bindNumberIn[T](t, path, 0)
}

// bindNumberIn binds a column of numbers or booleans that lies in so many lists.
func bindNumberIn[T int32 | int64 | float64 | bool](t *table, path string, lists int) *leaf[T, T] {
	var zero T
	physical := parquet.Types.Boolean
	switch any(zero).(type) {
	case int32:
		physical = parquet.Types.Int32
	case int64:
		physical = parquet.Types.Int64
	case float64:
		physical = parquet.Types.Double
	}
	return bind(t, path, physical, lists, func(v T) T { return v })
}

// bound finishes binding: it returns the error of it, and finds the leaves that share a list.
func (t *table) bound() error {
	if t.err != nil {
		return t.err
	}
	first := map[string]column{}
	for _, c := range t.columns {
		lists, _ := c.nested()
		for level, list := range lists {
			if a, ok := first[list.path]; ok {
				t.twins = append(t.twins, twin{a, c, level, list.path})
			} else {
				first[list.path] = c
			}
		}
	}
	return nil
}

// open goes to the start of row group g.
func (t *table) open(g int) error {
	group := t.reader.RowGroup(g)
	for _, c := range t.columns {
		if err := c.open(group, c.id); err != nil {
			return damaged(err)
		}
	}
	return nil
}

// read reads the next rows of the row group into the columns.
func (t *table) read(rows int) error {
	for _, c := range t.columns {
		if err := c.read(rows); err != nil {
			return err
		}
	}
	for _, w := range t.twins {
		_, a := w.a.nested()
		_, b := w.b.nested()
		if !slices.Equal(a[w.level], b[w.level]) {
			return damagedf("the columns in %s do not agree on its entries", w.path)
		}
	}
	return nil
}

// close gives up the row group.
func (t *table) close() error {
	var errs error
	for _, c := range t.columns {
		errs = errors.Join(errs, c.close())
	}
	return errs
}

package parquet

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/stretchr/testify/require"
)

// TestReadBack holds that another implementation reads what was written: values, levels and bounds of all types,
// in several groups, written with one Encoder.
func TestReadBack(t *testing.T) {
	e := NewEncoder(1)
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 3))
		var first, second []*generated
		var nodes []Node
		rows, more := 1+r.IntN(3000), 1+r.IntN(20)
		for i := range 8 {
			c := generate(r, rows)
			first, nodes = append(first, c), append(nodes, c.nodeOf(fmt.Sprint("c", i)))
			again := generate(r, more)
			for again.node.Type != c.node.Type || again.node.Repetition != c.node.Repetition || again.repeated != c.repeated {
				again = generate(r, more)
			}
			second = append(second, again)
		}
		var out bytes.Buffer
		f := NewFile(&out, NewLayout(nodes, nil, "test"))
		for _, columns := range [][]*generated{first, second} {
			n := rows
			if &columns[0] == &second[0] {
				n = more
			}
			g := f.Group(e, n)
			for _, c := range columns {
				c.write(g)
			}
			require.NoError(t, g.Close())
		}
		require.NoError(t, f.Close([]KeyValue{{"k", "v"}}))
		checkFile(t, out.Bytes(), rows+more, first, second)
	}
}

// TestPages holds that long columns are cut into pages at the ends of rows, and what the page index says.
func TestPages(t *testing.T) {
	const rows = 60_000
	r := rand.New(rand.NewPCG(1, 1))
	flat := &generated{node: Node{Type: ByteArray, Bounds: true}, spelled: true, levels: Levels{Slots: rows, Values: rows}}
	sorted := &generated{node: Node{Type: Double, Bounds: true, Repetition: Optional}, maxDef: 1}
	sorted.shape(r, rows, 0.1)
	list := &generated{node: Node{Type: ByteArray, Bounds: true}, spelled: true, repeated: true}
	list.shape(r, rows, 0)
	for i := range rows {
		flat.texts = append(flat.texts, fmt.Sprintf("%050d", r.IntN(rows)*10+i%10))
	}
	for i := range sorted.levels.Values {
		sorted.doubles = append(sorted.doubles, float64(i)*math.Pi)
	}
	for i := range list.levels.Values {
		list.texts = append(list.texts, fmt.Sprintf("%040d", i))
	}
	columns := []*generated{flat, sorted, list}
	var nodes []Node
	for i, c := range columns {
		nodes = append(nodes, c.nodeOf(fmt.Sprint("c", i)))
	}
	var out bytes.Buffer
	f := NewFile(&out, NewLayout(nodes, nil, "test"))
	g := f.Group(NewEncoder(1), rows)
	for _, c := range columns {
		c.write(g)
	}
	require.NoError(t, g.Close())
	require.NoError(t, f.Close([]KeyValue{{"k", "v"}}))

	read, err := file.NewParquetReader(bytes.NewReader(out.Bytes()))
	require.NoError(t, err)
	index, err := read.GetPageIndexReader().RowGroup(0)
	require.NoError(t, err)
	for i, pages := range []int{4, 1, 4} {
		offsets, err := index.GetOffsetIndex(i)
		require.NoError(t, err)
		bounds, err := index.GetColumnIndex(i)
		require.NoError(t, err)
		require.Len(t, offsets.GetPageLocations(), pages)
		if pages == 1 || !columns[i].node.Bounds { // The bounds of a single page are those of the chunk.
			require.Nil(t, bounds)
			continue
		}
		require.Len(t, bounds.GetNullPages(), pages)
		for p, at := range offsets.GetPageLocations() {
			require.Positive(t, at.Offset)
			require.Equal(t, p == 0, at.FirstRowIndex == 0)
		}
	}
	checkFile(t, out.Bytes(), rows, columns)
	pages := 0
	reader, err := read.RowGroup(0).GetColumnPageReader(2)
	require.NoError(t, err)
	for reader.Next() {
		pages++
	}
	require.NoError(t, reader.Err())
	require.Greater(t, pages, 2)
}

// TestBloom holds that readers find every value in the filter and hardly any other.
func TestBloom(t *testing.T) {
	const n = 5000
	var texts []string
	for i := range n {
		texts = append(texts, fmt.Sprintf("%032x", i))
	}
	codes, d := dictionaryOf(texts, true)
	var out bytes.Buffer
	f := NewFile(&out, NewLayout([]Node{{Name: "id", Type: ByteArray, Logical: String, Bloom: true}}, []string{"id"}, "test"))
	e := NewEncoder(1)
	for range 2 {
		g := f.Group(e, n)
		g.Text(Levels{Slots: n, Values: n}, codes, d)
		require.NoError(t, g.Close())
	}
	require.NoError(t, f.Close(nil))
	read, err := file.NewParquetReader(bytes.NewReader(out.Bytes()))
	require.NoError(t, err)
	for i := range 2 {
		group, err := read.GetBloomFilterReader().RowGroup(i)
		require.NoError(t, err)
		filter, err := group.GetColumnBloomFilter(0)
		require.NoError(t, err)
		wrong := 0
		for k := range 2 * n {
			found := filter.CheckHash(filter.Hasher().Sum64([]byte(fmt.Sprintf("%032x", k))))
			if k < n {
				require.True(t, found)
			} else if found {
				wrong++
			}
		}
		require.Less(t, wrong, n/50)
		require.EqualValues(t, 0, read.MetaData().RowGroup(i).SortingColumns()[0].ColumnIdx)
	}
}

// TestBoundsOfDoubles holds what the format asks for: NaN is no bound, and a zero may have either sign.
func TestBoundsOfDoubles(t *testing.T) {
	for _, tt := range []struct {
		values []float64
		lo, hi float64
		none   bool
	}{
		{values: []float64{math.NaN(), 1, math.NaN(), -1}, lo: -1, hi: 1},
		{values: []float64{math.NaN()}, none: true},
		{values: []float64{0, 3}, lo: math.Copysign(0, -1), hi: 3},
		{values: []float64{-3, math.Copysign(0, -1)}, lo: -3, hi: 0},
	} {
		least, most, _ := numberBounds(nil, tt.values)
		if tt.none {
			require.Nil(t, least)
			continue
		}
		require.Equal(t, appendNumber(nil, tt.lo), least)
		require.Equal(t, appendNumber(nil, tt.hi), most)
	}
}

// TestMisuse holds that a group with too few columns is an error, and that an error stays.
func TestMisuse(t *testing.T) {
	layout := NewLayout([]Node{{Name: "a", Type: Boolean}, {Name: "b", Type: Boolean}}, nil, "test")
	var out bytes.Buffer
	f := NewFile(&out, layout)
	g := f.Group(NewEncoder(1), 1)
	g.Bools(Levels{Slots: 1, Values: 1}, []bool{true})
	require.ErrorContains(t, g.Close(), "1 of 2 columns were written")
	require.ErrorContains(t, f.Close(nil), "1 of 2 columns were written")

	full := errors.New("full")
	f = NewFile(writerFunc(func([]byte) (int, error) { return 0, full }), layout)
	require.ErrorIs(t, f.Close(nil), full)
	require.ErrorIs(t, f.Close(nil), full)
	require.Zero(t, f.Written())

	f = NewFile(&out, layout)
	require.NoError(t, f.Close(nil))
	require.Error(t, f.Close(nil))
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

package parquet

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/metadata"
	"github.com/stretchr/testify/require"
)

// generated is one column with the slots and values that it was written with.
type generated struct {
	node     Node
	levels   Levels
	int32s   []int32
	int64s   []int64
	doubles  []float64
	bools    []bool
	texts    []string
	spelled  bool // written by Strings
	maxDef   uint8
	repeated bool
}

// nodeOf returns the node of a column: flat, or the entries of a list.
func (c *generated) nodeOf(name string) Node {
	n := c.node
	if !c.repeated {
		n.Name = name
		return n
	}
	n.Name = "element"
	entry := Node{Name: "list", Repetition: Repeated, Children: []Node{n}}
	return Node{Name: name, Logical: List, Children: []Node{entry}}
}

// generate makes a column of so many rows. The shape of its values is random too: few or many distinct ones, runs or
// none, small or large.
func generate(r *rand.Rand, rows int) *generated {
	kinds := []Type{Boolean, Int32, Int64, Double, ByteArray}
	c := &generated{node: Node{Type: kinds[r.IntN(len(kinds))], Repetition: Repetition(r.IntN(2)), Bounds: true}}
	c.spelled = r.IntN(3) == 0
	c.repeated = r.IntN(3) == 0
	absent := []float64{0, 0.1, 0.9, 1}[r.IntN(4)]
	c.shape(r, rows, absent)
	distinct := 1 + r.IntN([]int{1, 5, 1000, 1 << 30}[r.IntN(4)])
	stay := r.Float64() // the chance that a value comes again
	var last int64
	for range c.levels.Values {
		if r.Float64() > stay {
			last = int64(r.IntN(distinct)) - int64(distinct/2)
			if r.IntN(50) == 0 {
				last = []int64{math.MaxInt64, math.MinInt64, 0}[r.IntN(3)]
			}
		}
		c.add(last)
	}
	return c
}

// shape makes the levels.
func (c *generated) shape(r *rand.Rand, rows int, absent float64) {
	optional := c.node.Repetition == Optional
	c.maxDef = 0
	if optional {
		c.maxDef++
	}
	if c.repeated {
		c.maxDef++
	}
	var def, rep []uint8
	values := 0
	for range rows {
		n := 1
		if c.repeated {
			n = r.IntN(4)
		}
		for k := range max(n, 1) {
			level := c.maxDef
			switch {
			case n == 0:
				level = 0
			case optional && r.Float64() < absent:
				level--
			}
			if level == c.maxDef {
				values++
			}
			def, rep = append(def, level), append(rep, uint8(min(k, 1)))
		}
	}
	c.levels = Levels{Slots: len(def), Values: values}
	if c.repeated {
		c.levels.Def, c.levels.Rep = def, rep
	} else if optional && values > 0 && values < rows {
		c.levels.Def = def
	}
}

func (c *generated) add(v int64) {
	switch c.node.Type {
	case Boolean:
		c.bools = append(c.bools, v%2 == 0)
	case Int32:
		c.int32s = append(c.int32s, int32(v))
	case Int64:
		c.int64s = append(c.int64s, v)
	case Double:
		c.doubles = append(c.doubles, float64(v)/3)
	case ByteArray:
		text := fmt.Sprint("text ", v)
		if v == 0 {
			text = ""
		}
		c.texts = append(c.texts, text)
	}
}

func (c *generated) write(g *Group) {
	switch c.node.Type {
	case Boolean:
		g.Bools(c.levels, c.bools)
	case Int32:
		g.Int32s(c.levels, c.int32s)
	case Int64:
		g.Int64s(c.levels, c.int64s)
	case Double:
		g.Doubles(c.levels, c.doubles)
	case ByteArray:
		if c.spelled {
			_, all := dictionaryOf(c.texts, false)
			g.Strings(c.levels, all)
			return
		}
		codes, dict := dictionaryOf(c.texts, true)
		g.Text(c.levels, codes, dict)
	}
}

// dictionaryOf returns texts as codes of a dictionary, or one after the other.
func dictionaryOf(texts []string, distinct bool) ([]int32, Dictionary) {
	known := map[string]int32{}
	var codes []int32
	d := Dictionary{Data: []byte{}, Offsets: []int32{0}}
	for _, s := range texts {
		code, ok := known[s]
		if !ok || !distinct {
			code = int32(d.Len())
			known[s] = code
			d.Data = append(d.Data, s...)
			d.Offsets = append(d.Offsets, int32(len(d.Data)))
		}
		codes = append(codes, code)
	}
	return codes, d
}

// check reads the column chunk and compares slots, values and bounds.
func (c *generated) check(t *testing.T, chunk file.ColumnChunkReader, meta *metadata.ColumnChunkMetaData) {
	t.Helper()
	def, rep := make([]int16, c.levels.Slots), make([]int16, c.levels.Slots)
	switch r := chunk.(type) {
	case *file.BooleanColumnChunkReader:
		require.Equal(t, c.bools, readAll(t, c, r.ReadBatch, def, rep))
	case *file.Int32ColumnChunkReader:
		require.Equal(t, c.int32s, readAll(t, c, r.ReadBatch, def, rep))
	case *file.Int64ColumnChunkReader:
		require.Equal(t, c.int64s, readAll(t, c, r.ReadBatch, def, rep))
	case *file.Float64ColumnChunkReader:
		require.Equal(t, c.doubles, readAll(t, c, r.ReadBatch, def, rep))
	case *file.ByteArrayColumnChunkReader:
		var texts []string
		for _, b := range readAll(t, c, r.ReadBatch, def, rep) {
			texts = append(texts, string(b))
		}
		require.Equal(t, c.texts, texts)
	default:
		require.Failf(t, "unexpected reader", "%T", r)
	}
	for i := range def {
		want := int16(c.maxDef)
		if c.levels.Def != nil {
			want = int16(c.levels.Def[i])
		} else if c.levels.Values == 0 && c.maxDef > 0 {
			want--
		}
		if c.maxDef > 0 {
			require.Equal(t, want, def[i], "definition level %d", i)
		}
		if c.repeated {
			require.Equal(t, int16(c.levels.Rep[i]), rep[i], "repetition level %d", i)
		}
	}
	stats, err := meta.Statistics()
	require.NoError(t, err)
	require.EqualValues(t, c.levels.Slots-c.levels.Values, stats.NullCount())
	require.Equal(t, c.levels.Values > 0 && c.node.Type != Boolean, stats.HasMinMax())
	switch s := stats.(type) {
	case *metadata.Int32Statistics:
		requireBounds(t, c.int32s, s.Min(), s.Max())
	case *metadata.Int64Statistics:
		requireBounds(t, c.int64s, s.Min(), s.Max())
	case *metadata.Float64Statistics:
		requireBounds(t, c.doubles, s.Min(), s.Max())
	case *metadata.ByteArrayStatistics:
		requireBounds(t, c.texts, string(s.Min()), string(s.Max()))
	}
}

func readAll[T any](
	t *testing.T, c *generated, read func(int64, []T, []int16, []int16) (int64, int, error), def, rep []int16,
) []T {
	t.Helper()
	var all []T
	for slots := 0; slots < c.levels.Slots; {
		room := make([]T, c.levels.Slots-slots)
		n, values, err := read(int64(len(room)), room, def[slots:], rep[slots:])
		require.NoError(t, err)
		require.Positive(t, n)
		slots += int(n)
		all = append(all, room[:values]...)
	}
	return all
}

func requireBounds[T int32 | int64 | float64 | string](t *testing.T, values []T, lo, hi T) {
	t.Helper()
	if len(values) == 0 {
		return
	}
	least, most := values[0], values[0]
	for _, v := range values {
		least, most = min(least, v), max(most, v)
	}
	require.Equal(t, least, lo)
	require.Equal(t, most, hi)
}

func checkFile(t *testing.T, data []byte, rows int, groups ...[]*generated) {
	t.Helper()
	read, err := file.NewParquetReader(bytes.NewReader(data))
	require.NoError(t, err)
	require.EqualValues(t, rows, read.NumRows())
	require.Equal(t, "v", *read.MetaData().KeyValueMetadata().FindValue("k"))
	for i, columns := range groups {
		group := read.RowGroup(i)
		for k, c := range columns {
			chunk, err := group.Column(k)
			require.NoError(t, err)
			meta, err := group.MetaData().ColumnChunk(k)
			require.NoError(t, err)
			c.check(t, chunk, meta)
		}
	}
}

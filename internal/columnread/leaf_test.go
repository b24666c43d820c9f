package columnread

import (
	"testing"

	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/schema"
	"github.com/stretchr/testify/require"
)

// slots are a page as a file may claim it.
type slots struct {
	def, rep []int16
	values   []int32
}

// ReadBatchInPage gives all of the page, and then nothing.
func (s *slots) ReadBatchInPage(_ int64, values []int32, def, rep []int16) (int64, int, error) {
	copy(def, s.def)
	copy(rep, s.rep)
	n, read := len(s.def), copy(values, s.values)
	*s = slots{}
	return int64(n), read, nil
}

// listLeaf is a required list of optional structs with a required list of optional numbers in each: a leaf
// with levels up to 2 and 3.
func listLeaf(page slots) *leaf[int32, int32] {
	number := schema.NewInt32Node("number", parquet.Repetitions.Optional, -1)
	inner := schema.MustGroup(schema.NewGroupNode("inner", parquet.Repetitions.Repeated, schema.FieldList{number}, -1))
	outer := schema.MustGroup(schema.NewGroupNode("outer", parquet.Repetitions.Repeated, schema.FieldList{inner}, -1))
	root := schema.MustGroup(schema.NewGroupNode("schema", parquet.Repetitions.Required, schema.FieldList{outer}, -1))
	l := newLeaf(schema.NewSchema(root).Column(0), func(v int32) int32 { return v })
	l.pages = &page
	return l
}

// Two rows: [[7 null] []] and [].
func wellFormed() slots {
	return slots{def: []int16{3, 2, 1, 0}, rep: []int16{0, 2, 1, 0}, values: []int32{7}}
}

func TestLevels(t *testing.T) {
	l := listLeaf(wellFormed())
	require.Equal(t, []nesting{{"outer", 1}, {"outer.inner", 2}}, l.lists)
	require.NoError(t, l.read(2))
	require.Equal(t, [][]int32{{0, 2, 2}, {0, 2, 2}}, l.ranges)
	require.Equal(t, []int32{7, 0}, l.entries)
	require.True(t, l.has(0))
	require.False(t, l.has(1))
}

func TestLevelsThatMakeNoSense(t *testing.T) {
	for name, tc := range map[string]struct {
		page slots
		text string
	}{
		"too few rows":         {slots{def: []int16{0}, rep: []int16{0}}, "ends after 1 rows of 2"},
		"no page at all":       {slots{}, "ends after 0 rows of 2"},
		"start within a row":   {slots{def: []int16{0, 0}, rep: []int16{1, 0}}, "starts within a row"},
		"levels without value": {slots{def: []int16{3, 3}, rep: []int16{0, 0}, values: []int32{7}}, "lacks values"},
	} {
		err := listLeaf(tc.page).read(2)
		require.ErrorIs(t, err, ErrDamaged, name)
		require.ErrorContains(t, err, tc.text, name)
	}
}

// Columns of one list that disagree on its entries are damaged, not read side by side.
func TestColumnsThatDisagree(t *testing.T) {
	for second, ok := range map[*slots]bool{
		{def: []int16{3, 2, 1, 0}, rep: []int16{0, 2, 1, 0}, values: []int32{8}}:    true,
		{def: []int16{3, 3, 1, 0}, rep: []int16{0, 2, 1, 0}, values: []int32{8, 9}}: true,  // No null.
		{def: []int16{3, 2, 2, 0}, rep: []int16{0, 2, 1, 0}, values: []int32{8}}:    false, // An entry more.
		{def: []int16{3, 1, 1, 0}, rep: []int16{0, 1, 1, 0}, values: []int32{8}}:    false, // A list more.
		{def: []int16{3, 0}, rep: []int16{0, 0}, values: []int32{8}}:                false,
	} {
		table := &table{columns: []boundColumn{{listLeaf(wellFormed()), 0}, {listLeaf(*second), 1}}}
		require.NoError(t, table.bound())
		err := table.read(2)
		if ok {
			require.NoError(t, err)
			continue
		}
		require.ErrorIs(t, err, ErrDamaged)
		require.ErrorContains(t, err, "do not agree on its entries")
	}
}

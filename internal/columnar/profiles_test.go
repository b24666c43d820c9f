package columnar

import (
	"bytes"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pprofile"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/otlprandom"
	kinds "github.com/otelcol-datastreams/otelcol-datastreams/internal/signal"
)

// What is in the files of profiles is held by package columnread, which reads them back.

func randomProfiles(n int) []pprofile.Profiles {
	var pds []pprofile.Profiles
	for seed := range uint64(n) {
		pds = append(pds, otlprandom.Profiles(seed))
	}
	return pds
}

// TestHowSamplesComeInDoesNotMatter is TestHowRowsComeInDoesNotMatter for profiles: rows that share a stack within a
// call of Append count as those that do not.
func TestHowSamplesComeInDoesNotMatter(t *testing.T) {
	pds := randomProfiles(40)
	for _, o := range []Options{{}, {GroupRows: 17}, {GroupBytes: 60_000}} {
		sameHoweverCut(t, table(t, NewProfiles, o), pds)
	}
	cleanAfter(t, NewProfiles, pds[:8], pds[8:])
}

// TestProfilesAreOnlyRead holds that a payload may be shared with others, and that equal ones give equal files.
func TestProfilesAreOnlyRead(t *testing.T) {
	pd := otlprandom.Profiles(4)
	want, err := kinds.Profiles.Marshal(pd)
	require.NoError(t, err)
	pd.MarkReadOnly() // pdata panics on a write from here on.
	files, err := Profiles(pd)
	require.NoError(t, err)
	require.NotEmpty(t, files)
	got, err := kinds.Profiles.Marshal(pd)
	require.NoError(t, err)
	require.Equal(t, want, got)
	again, err := Profiles(kinds.Profiles.Clone(pd))
	require.NoError(t, err)
	require.True(t, slices.EqualFunc(files, again, equalFiles))
}

// TestProfilesWithoutSamples holds that there is no file of nothing.
func TestProfilesWithoutSamples(t *testing.T) {
	pd := pprofile.NewProfiles()
	pd.ResourceProfiles().AppendEmpty().ScopeProfiles().AppendEmpty().Profiles().AppendEmpty()
	files, err := Profiles(pd)
	require.NoError(t, err)
	require.Nil(t, files)
}

// oneSample returns the only row of a file made from a sample of a profile.
func oneSample(t *testing.T, set func(pprofile.ProfilesDictionary, pprofile.Profile, pprofile.Sample)) row {
	t.Helper()
	pd := pprofile.NewProfiles()
	p := pd.ResourceProfiles().AppendEmpty().ScopeProfiles().AppendEmpty().Profiles().AppendEmpty()
	set(pd.Dictionary(), p, p.Samples().AppendEmpty())
	files, err := Profiles(pd)
	require.NoError(t, err)
	rows := readRows(t, files)
	require.Len(t, rows, 1)
	return rows[0]
}

// TestIndicesOutOfBounds holds that a dictionary which lacks what is referred to gives a row, and no panic: anybody may
// have sent it.
func TestIndicesOutOfBounds(t *testing.T) {
	for _, bad := range []int32{-1, 5, math.MaxInt32, math.MinInt32} {
		r := oneSample(t, func(d pprofile.ProfilesDictionary, p pprofile.Profile, s pprofile.Sample) {
			p.SampleType().SetTypeStrindex(bad)
			p.PeriodType().SetUnitStrindex(bad)
			p.AttributeIndices().Append(bad)
			s.AttributeIndices().Append(bad, 0)
			s.SetLinkIndex(bad)
			s.Values().Append(7)
			a := d.AttributeTable().AppendEmpty()
			a.SetKeyStrindex(bad)
			a.SetUnitStrindex(bad)
			d.StackTable().AppendEmpty().LocationIndices().Append(0, bad)
			l := d.LocationTable().AppendEmpty()
			l.SetMappingIndex(bad)
			l.AttributeIndices().Append(bad)
			l.Lines().AppendEmpty().SetFunctionIndex(bad)
		})
		require.Empty(t, r["sample_type"])
		require.Nil(t, r["trace_id"])
		require.EqualValues(t, 7, r["value"])
		require.Equal(t, []entry{{"", ""}}, r["attributes"])
		require.Empty(t, r["attributes_units"])
		require.Empty(t, r["profile_attributes"])
		require.Len(t, r["stack"], 1)
		r = oneSample(t, func(_ pprofile.ProfilesDictionary, _ pprofile.Profile, s pprofile.Sample) { s.SetStackIndex(bad) })
		require.Empty(t, r["stack"])
		require.Nil(t, r["stack_hash"])
		require.Nil(t, r["function_name"])
	}
}

// TestLongStacksAreCut holds that a few bytes of a sender do not become gigabytes of ours, and that what is left out
// is counted.
func TestLongStacksAreCut(t *testing.T) {
	const frames, attributes = 20_000, 3000
	r := oneSample(t, func(d pprofile.ProfilesDictionary, p pprofile.Profile, s pprofile.Sample) {
		d.StringTable().Append("", "leaf")
		d.FunctionTable().AppendEmpty().SetNameStrindex(1)
		d.AttributeTable().AppendEmpty().Value().SetInt(1)
		l := d.LocationTable().AppendEmpty()
		l.Lines().AppendEmpty()
		l.Lines().AppendEmpty()
		l.AttributeIndices().Append(0) // Each frame counts as two.
		d.StackTable().AppendEmpty().LocationIndices().FromRaw(make([]int32, frames/2))
		p.AttributeIndices().FromRaw(make([]int32, attributes))
		p.SetDroppedAttributesCount(10)
		s.AttributeIndices().FromRaw(make([]int32, attributes))
	})
	require.Len(t, r["stack"], maxStack/2)
	require.EqualValues(t, frames-maxStack/2, r["dropped_frames_count"])
	require.Equal(t, "leaf", r["function_name"])
	require.Len(t, r["profile_attributes"], maxSharedAttributes)
	require.EqualValues(t, 10+attributes-maxSharedAttributes, r["dropped_attributes_count"])
	require.Len(t, r["attributes"], attributes)
}

// TestFrames holds what the frames of a stack are, and that its hash knows functions, not addresses.
func TestFrames(t *testing.T) {
	stack := func(address uint64, name string) row {
		return oneSample(t, func(d pprofile.ProfilesDictionary, _ pprofile.Profile, s pprofile.Sample) {
			d.StringTable().Append("", name, "main", "lib.so")
			for i := range int32(3) {
				d.FunctionTable().AppendEmpty().SetNameStrindex(i)
			}
			d.MappingTable().AppendEmpty()
			d.MappingTable().AppendEmpty().SetFilenameStrindex(3)
			inlined := d.LocationTable().AppendEmpty()
			inlined.SetAddress(address)
			for i := range int32(2) {
				line := inlined.Lines().AppendEmpty()
				line.SetFunctionIndex(i + 1)
				line.SetLine(10)
			}
			native := d.LocationTable().AppendEmpty()
			native.SetAddress(77)
			native.SetMappingIndex(1)
			d.StackTable().AppendEmpty().LocationIndices().Append(0, 1)
			s.TimestampsUnixNano().Append(1_000_000_001, 2_000_000_002)
		})
	}
	r := stack(0x1000, "work")
	require.Equal(t, "work", r["function_name"])
	require.EqualValues(t, 2, r["value"], "the number of timestamps")
	frames := r["stack"].([]any)
	require.Len(t, frames, 3)
	for i, want := range []struct {
		function any
		line     any
		inlined  bool
		address  int64
		file     any
	}{{"work", int64(10), true, 0x1000, nil}, {"main", int64(10), false, 0x1000, nil}, {nil, nil, false, 77, "lib.so"}} {
		f := frames[i].(row)
		require.Equal(t, want.function, f["function_name"])
		require.Equal(t, want.line, f["line"])
		require.Equal(t, want.inlined, f["inlined"])
		require.Equal(t, want.address, f["address"])
		require.Equal(t, want.file, f["mapping_file_name"])
	}
	require.Equal(t, r["stack_hash"], stack(0x2000, "work")["stack_hash"])
	require.NotEqual(t, r["stack_hash"], stack(0x1000, "play")["stack_hash"])
}

// TestSharedStacksStaySmall holds that samples share their stack in memory, and that row groups are cut by what they
// take all the same.
func TestSharedStacksStaySmall(t *testing.T) {
	pd := pprofile.NewProfiles()
	d := pd.Dictionary()
	d.LocationTable().AppendEmpty()
	d.StackTable().AppendEmpty().LocationIndices().FromRaw(make([]int32, 1000))
	p := pd.ResourceProfiles().AppendEmpty().ScopeProfiles().AppendEmpty().Profiles().AppendEmpty()
	for range 2000 {
		p.Samples().AppendEmpty()
	}
	tb := table(t, NewProfiles, Options{GroupBytes: 32 << 20})
	var out bytes.Buffer
	w := tb.NewWriter(&out)
	defer w.Discard()
	groups := 0
	for _, r := range tb.Rows(pd, nil) {
		require.NoError(t, w.Append(pd, []Row{r}))
		if w.Held() == 0 {
			groups++
		}
	}
	require.Greater(t, groups, 2)
	shared := tb.NewWriter(&out)
	defer shared.Discard()
	require.NoError(t, shared.Append(pd, tb.Rows(pd, nil)[:100]))
	require.Less(t, shared.Held(), 1<<20)
}

package columnread

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pprofile"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnar"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/otlprandom"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/shop"
)

// Profiles as programs send them come back whole, in payloads with a dictionary each.
func TestProfilesOfAShop(t *testing.T) {
	pd := shop.New(3).Profiles(60, time.Date(2026, 11, 22, 5, 0, 0, 0, time.UTC))
	data := write(t, profileKind, columnar.Options{GroupRows: 1500}, pd)
	out := readAll(t, profileKind, data, 0)
	require.Greater(t, len(out), 1)
	requireSame(t, profileKind, pd, out)
	for _, got := range out {
		require.LessOrEqual(t, got.SampleCount(), maxSamples)
		requireValid(t, got)
	}
}

// What is read has a dictionary as OTLP asks for: empty entries first, nothing twice, nothing missing.
func TestDictionaryIsValid(t *testing.T) {
	for seed := range uint64(40) {
		for _, pd := range readAll(t, profileKind, write(t, profileKind, columnar.Options{}, otlprandom.Profiles(seed)), 0) {
			requireValid(t, pd)
		}
	}
}

func requireValid(t *testing.T, pd pprofile.Profiles) {
	t.Helper()
	d := pd.Dictionary()
	require.Empty(t, d.StringTable().At(0))
	requireTable(t, d.AttributeTable(), pprofile.NewKeyValueAndUnit())
	requireTable(t, d.FunctionTable(), pprofile.NewFunction())
	requireTable(t, d.MappingTable(), pprofile.NewMapping())
	requireTable(t, d.LocationTable(), pprofile.NewLocation())
	requireTable(t, d.LinkTable(), pprofile.NewLink())
	requireTable(t, d.StackTable(), pprofile.NewStack())
	attributes := func(indices pcommon.Int32Slice) {
		for _, i := range indices.All() {
			require.Less(t, int(i), d.AttributeTable().Len())
		}
	}
	for _, l := range d.LocationTable().All() {
		attributes(l.AttributeIndices())
		require.Less(t, int(l.MappingIndex()), d.MappingTable().Len())
		for _, line := range l.Lines().All() {
			require.Less(t, int(line.FunctionIndex()), d.FunctionTable().Len())
		}
	}
	for _, s := range d.StackTable().All() {
		for _, i := range s.LocationIndices().All() {
			require.Less(t, int(i), d.LocationTable().Len())
		}
	}
	profiles := map[string]bool{}
	for _, rp := range pd.ResourceProfiles().All() {
		for _, sp := range rp.ScopeProfiles().All() {
			clear(profiles)
			for _, p := range sp.Profiles().All() {
				text := canonicalDictionary{d}.profile(p)
				require.False(t, profiles[text], "a profile is there twice")
				profiles[text] = true
				attributes(p.AttributeIndices())
				for _, s := range p.Samples().All() {
					attributes(s.AttributeIndices())
					require.Less(t, int(s.StackIndex()), d.StackTable().Len())
					require.Less(t, int(s.LinkIndex()), d.LinkTable().Len())
				}
			}
		}
	}
}

// requireTable holds that a table begins with the empty entry and has nothing twice.
func requireTable[E interface{ Equal(E) bool }](t *testing.T, table interface {
	Len() int
	At(int) E
}, empty E,
) {
	t.Helper()
	require.Positive(t, table.Len())
	require.True(t, table.At(0).Equal(empty))
	for i := range min(table.Len(), 200) {
		for k := range i {
			require.False(t, table.At(i).Equal(table.At(k)), "entries %d and %d are equal", k, i)
		}
	}
}

// The payload that a profile was made from is kept, whatever its bytes.
func TestOriginalPayload(t *testing.T) {
	want := []byte{0xff, 0, 0xfe}
	pd := pprofile.NewProfiles()
	p := pd.ResourceProfiles().AppendEmpty().ScopeProfiles().AppendEmpty().Profiles().AppendEmpty()
	p.OriginalPayload().FromRaw(want)
	p.SetOriginalPayloadFormat("pprof")
	p.Samples().AppendEmpty()
	out := readAll(t, profileKind, write(t, profileKind, columnar.Options{}, pd), 0)
	require.Len(t, out, 1)
	p = out[0].ResourceProfiles().At(0).ScopeProfiles().At(0).Profiles().At(0)
	require.Equal(t, want, p.OriginalPayload().AsRaw())
	require.Equal(t, "pprof", p.OriginalPayloadFormat())
}

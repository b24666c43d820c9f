package sampling

import (
	"strings"
	"testing"

	contrib "github.com/open-telemetry/opentelemetry-collector-contrib/pkg/sampling"
	"github.com/stretchr/testify/require"
)

func TestParseState(t *testing.T) {
	half := Threshold(8 << 52)
	for text, want := range map[string]State{
		"":                       {},
		"vendor=th:8":            {},
		"ot=th:8":                {Threshold: half, HasThreshold: true},
		"a=b,ot=th:8;x:y, c=d":   {Threshold: half, HasThreshold: true},
		" ot=rv:0000000000000a ": {Randomness: 10, HasRandomness: true},
		"ot=th:0;rv:0000000000000a": {
			HasThreshold: true, Randomness: 10, HasRandomness: true,
		},
		"ot=th:;rv:a": {},
		"ot=th":       {},
		"other=1,ot=": {},
	} {
		require.Equal(t, want, ParseState(text), "%q", text)
	}
	require.Zero(t, testing.AllocsPerRun(100, func() { ParseState("a=b,ot=th:8;rv:0000000000000a") }))
}

// A stamp raises the threshold, never lowers it, leaves everything else, and
// takes away what is a contradiction.
func TestStamp(t *testing.T) {
	const high = Randomness(never - 1)
	quarter := Threshold(0xc << 52)
	for _, tt := range []struct {
		before string
		t      Threshold
		r      Randomness
		after  string
	}{
		{"", quarter, high, "ot=th:c"},
		{"", Always, high, "ot=th:0"},
		{"a=1,b=2", quarter, high, "ot=th:c,a=1,b=2"},
		{"a=1,ot=th:8;x:y,b=2", quarter, high, "ot=th:c;x:y,a=1,b=2"},
		{"a=1,ot=th:e,b=2", quarter, high, "a=1,ot=th:e,b=2"},
		{"a=1,ot=th:e;rv:d0000000000000", quarter, 0xd << 52, "ot=rv:d0000000000000,a=1"},
		{"ot=th:e", quarter, 0xd << 52, ""},
		{"ot=rv:f0000000000000", quarter, 0xf << 52, "ot=th:c;rv:f0000000000000"},
	} {
		require.Equal(t, tt.after, Stamp(tt.before, tt.t, tt.r), "%q", tt.before)
	}
	var members []string
	for range maxMembers {
		members = append(members, "k=v")
	}
	got := Stamp(strings.Join(members, ","), quarter, high)
	require.Equal(t, maxMembers, strings.Count(got, "="))
	require.True(t, strings.HasPrefix(got, "ot=th:c,"))
	long := Stamp("ot=x:"+strings.Repeat("y", 300)+";z:1", quarter, high)
	require.Equal(t, "ot=th:c;z:1", long, "a field that is too long goes, others stay")
}

// What contrib's samplers write ours reads, and theirs reads what ours writes.
func FuzzStamp(f *testing.F) {
	f.Add("", uint64(0xc<<52), uint64(never-1))
	f.Add("a=1,ot=th:8;rv:d0000000000000;x:y", uint64(0xc<<52), uint64(0xd<<52))
	f.Fuzz(func(t *testing.T, before string, threshold, randomness uint64) {
		th, r := Threshold(threshold%never), Randomness(randomness%never)
		if _, err := contrib.NewW3CTraceState(before); err != nil || !th.Keeps(r) {
			return
		}
		known := ParseState(before)
		after := Stamp(before, th, r)
		got := ParseState(after)
		if known.HasThreshold && !known.Threshold.Keeps(r) {
			require.False(t, got.HasThreshold)
			return
		}
		require.True(t, got.HasThreshold)
		require.Equal(t, max(th, known.Threshold), got.Threshold)
		require.True(t, got.Threshold.Keeps(r))
		theirs, err := contrib.NewW3CTraceState(after)
		require.NoError(t, err, "%q became %q", before, after)
		require.Equal(t, got.Threshold.String(), theirs.OTelValue().TValue())
	})
}

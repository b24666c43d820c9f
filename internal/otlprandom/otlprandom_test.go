package otlprandom

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// The same seed gives the same payload, other seeds give others.
func TestSeedDecides(t *testing.T) {
	for name, encode := range map[string]func(seed uint64) ([]byte, error){
		"traces":  func(seed uint64) ([]byte, error) { return (&ptrace.ProtoMarshaler{}).MarshalTraces(Traces(seed)) },
		"logs":    func(seed uint64) ([]byte, error) { return (&plog.ProtoMarshaler{}).MarshalLogs(Logs(seed)) },
		"metrics": func(seed uint64) ([]byte, error) { return (&pmetric.ProtoMarshaler{}).MarshalMetrics(Metrics(seed)) },
		"profiles": func(seed uint64) ([]byte, error) {
			return (&pprofile.ProtoMarshaler{}).MarshalProfiles(Profiles(seed))
		},
	} {
		distinct := map[string]bool{}
		for seed := range uint64(50) {
			a, err := encode(seed)
			require.NoError(t, err)
			b, err := encode(seed)
			require.NoError(t, err)
			require.Equal(t, a, b, name)
			distinct[string(a)] = true
		}
		require.Greater(t, len(distinct), 25, name)
	}
}

// What the package promises does appear.
func TestCoversWhatIsRare(t *testing.T) {
	seen := map[string]int{}
	for seed := range uint64(300) {
		for _, rl := range Logs(seed).ResourceLogs().All() {
			if rl.ScopeLogs().Len() == 0 {
				seen["empty resource"]++
			}
			for _, sl := range rl.ScopeLogs().All() {
				for _, r := range sl.LogRecords().All() {
					seen["body "+r.Body().Type().String()]++
					countDuplicates(r.Attributes(), seen)
				}
			}
		}
		for _, rm := range Metrics(seed).ResourceMetrics().All() {
			for _, sm := range rm.ScopeMetrics().All() {
				for _, m := range sm.Metrics().All() {
					seen["metric "+m.Type().String()]++
				}
			}
		}
	}
	for _, want := range []string{
		"empty resource", "duplicate key", "body Empty", "body Str", "body Int", "body Double", "body Bool", "body Map", "body Slice",
		"body Bytes", "metric Empty", "metric Gauge", "metric Sum", "metric Histogram", "metric ExponentialHistogram", "metric Summary",
	} {
		require.Positive(t, seen[want], want)
	}
}

// Profiles hold what is rare about them, and refer to nothing that is not there.
func TestCoversWhatIsRareInProfiles(t *testing.T) {
	seen := map[string]bool{}
	for seed := range uint64(100) {
		pd := Profiles(seed)
		for _, l := range pd.Dictionary().LocationTable().All() {
			seen["location without lines"] = seen["location without lines"] || l.Lines().Len() == 0
			seen["inlined"] = seen["inlined"] || l.Lines().Len() > 1
		}
		for _, a := range pd.Dictionary().AttributeTable().All() {
			seen["unit"] = seen["unit"] || a.UnitStrindex() > 0
		}
		for _, rp := range pd.ResourceProfiles().All() {
			for _, sp := range rp.ScopeProfiles().All() {
				for _, p := range sp.Profiles().All() {
					seen["profile without samples"] = seen["profile without samples"] || p.Samples().Len() == 0
					for _, s := range p.Samples().All() {
						seen["times without values"] = seen["times without values"] || s.Values().Len() == 0 && s.TimestampsUnixNano().Len() > 0
						_, err := pprofile.FromAttributeIndices(pd.Dictionary().AttributeTable(), s, pd.Dictionary())
						require.NoError(t, err)
						require.Less(t, int(s.StackIndex()), pd.Dictionary().StackTable().Len())
						require.Less(t, int(s.LinkIndex()), pd.Dictionary().LinkTable().Len())
					}
				}
			}
		}
	}
	for _, want := range []string{"location without lines", "inlined", "unit", "profile without samples", "times without values"} {
		require.True(t, seen[want], want)
	}
}

func countDuplicates(m pcommon.Map, seen map[string]int) {
	keys := map[string]bool{}
	for key := range m.All() {
		if keys[key] {
			seen["duplicate key"]++
		}
		keys[key] = true
	}
}

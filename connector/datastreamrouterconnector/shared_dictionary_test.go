package datastreamrouterconnector

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pprofile"
)

// Resources of one profile that refer to the same dictionary entries stay
// readable wherever they go: moved to several streams, copied out of a read-only
// payload, and given back to a caller after a refusal.
func TestSharedDictionary(t *testing.T) {
	s := profilesSubject
	payload := func() pprofile.Profiles {
		d := s.payload("a2 b0 c0 z0")
		first := d.ResourceProfiles().At(0).ScopeProfiles().At(0).Profiles().At(0)
		for i := 1; i < d.ResourceProfiles().Len(); i++ {
			first.CopyTo(d.ResourceProfiles().At(i).ScopeProfiles().At(0).Profiles().At(0))
		}
		return d
	}
	shared := []string{"a#0", "a#1"}
	twice := append(shared[:2:2], shared...)

	for name, prepare := range map[string]func(pprofile.Profiles){
		"moved":  func(pprofile.Profiles) {},
		"copied": pprofile.Profiles.MarkReadOnly,
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, s, shop(), pipesNamedOf(s, "x", "y", "default")...)
			d := payload()
			prepare(d)
			b.send(d)
			b.got("x", twice...)
			b.got("y", twice...)
			b.got("default", shared...)
			for _, p := range b.pipes {
				for _, call := range p.calls {
					require.Equal(t, 2, call.Dictionary().StackTable().Len(), "the dictionary is copied as it is")
				}
			}
		})
	}

	t.Run("given back", func(t *testing.T) {
		y := &pipe[pprofile.Profiles]{name: "y", fail: func() error { return errBusy }}
		b := newBench(t, s, shop(), append(pipesNamedOf(s, "x", "default"), y)...)
		d := payload()
		require.ErrorIs(t, b.consume(t.Context(), d), errBusy)
		require.Equal(t, twice, s.read(d))
		b.got("x", twice...)
		b.got("default", shared...)
	})
}

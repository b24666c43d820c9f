package shop

import (
	"encoding/binary"
	"slices"
	"time"

	"go.opentelemetry.io/collector/pdata/pprofile"
)

// What a sampling profiler does: 100 looks per second, sent every ten seconds.
const (
	profileLength = 10 * time.Second
	profilePeriod = 10 * ms
)

// Profiles returns n CPU profiles that end at at, one per pod and payload as
// long as there are pods, with 10 to 60 stacks each. All names are in the
// payload's dictionary. Samples point at spans of traces that Traces has
// returned, where there are any. n < 1 gives an empty payload.
func (s *Shop) Profiles(n int, at time.Time) pprofile.Profiles {
	d := s.profiles.dice
	pd := pprofile.NewProfiles()
	if n < 1 {
		return pd
	}
	t := newDictionary(pd.Dictionary())
	first := d.IntN(len(s.fleet.pods))
	for i := range n {
		p := s.fleet.pods[(first+i)%len(s.fleet.pods)]
		rp := pd.ResourceProfiles().AppendEmpty()
		p.resource.CopyTo(rp.Resource().Attributes())
		rp.SetSchemaUrl(SchemaURL)
		sp := rp.ScopeProfiles().AppendEmpty()
		sp.Scope().SetName("go.opentelemetry.io/ebpf-profiler")
		sp.Scope().SetVersion("0.0.202611")
		s.profile(d, t, p, sp.Profiles().AppendEmpty(), at)
	}
	return pd
}

func (s *Shop) profile(d dice, t *dictionary, p *pod, out pprofile.Profile, at time.Time) {
	var id pprofile.ProfileID
	binary.BigEndian.PutUint64(id[:8], d.Uint64())
	binary.BigEndian.PutUint64(id[8:], d.Uint64()|1)
	out.SetProfileID(id)
	out.SetTime(stamp(at.Add(-profileLength)))
	out.SetDurationNano(uint64(profileLength))
	t.valueType(out.SampleType(), "cpu", "nanoseconds")
	t.valueType(out.PeriodType(), "cpu", "nanoseconds")
	out.SetPeriod(int64(profilePeriod))

	binaryFile := t.mapping("/usr/bin/" + p.service.name)
	for range d.between(10, 60) {
		sample := out.Samples().AppendEmpty()
		sample.SetStackIndex(t.stack(callStack(d, p.service), binaryFile))
		sample.Values().Append(int64(d.between(1, 20)) * int64(profilePeriod))
		sample.AttributeIndices().Append(t.label("thread.name", pick(d, threads)))
		if r := s.recent.any(d); r != nil && d.chance(0.3) {
			sample.SetLinkIndex(t.link(r.id, pick(d, r.spans).id))
		}
	}
	if s.sequenceKey != "" {
		out.AttributeIndices().Append(t.number(s.sequenceKey, s.profiles.next))
	}
	s.profiles.next++
}

// callStack returns a stack of svc, innermost frame first: library code that
// burns CPU, called by the application, called by the runtime.
func callStack(d dice, svc *service) []frame {
	frames := callFrames(d, svc, d.between(1, 6))
	frames = append(frames, frame{function: pick(d, svc.lang.libraryFrames), file: "library", line: d.between(1, 5) * 100})
	slices.Reverse(frames)
	return frames
}

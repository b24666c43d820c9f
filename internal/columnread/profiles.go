package columnread

import (
	"encoding/base64"

	"go.opentelemetry.io/collector/pdata/pprofile"
)

// profileReader makes samples of rows, and a dictionary of what they say.
type profileReader struct {
	groups   grouper[pprofile.ResourceProfiles, pprofile.ScopeProfiles]
	profiles map[string]pprofile.Profile // of the payload, by content of resource, scope and profile
	id       []byte

	time             timeColumns
	duration, period *leaf[int64, int64]
	texts            profileTexts
	profileAttrs     *measured
	dropped          *leaf[int32, int32]
	attrs            *measured
	values           *leaf[int64, int64]
	timestamps       timeColumns
	traceID, spanID  *textLeaf
	stack            stackColumns
}

// profileTexts are the texts that the samples of a profile share.
type profileTexts struct {
	id, sampleType, sampleUnit, periodType, periodUnit, payloadFormat, payload *textLeaf
}

func newProfileReader(t *table, info *Info) payloadReader[pprofile.Profiles] {
	r := &profileReader{
		time:     bindTime(t, "time", 0),
		duration: bindNumber[int64](t, "duration_ns"),
		period:   bindNumber[int64](t, "period"),
		texts: profileTexts{
			id:            bindText(t, "profile_id"),
			sampleType:    bindText(t, "sample_type"),
			sampleUnit:    bindText(t, "sample_unit"),
			periodType:    bindText(t, "period_type"),
			periodUnit:    bindText(t, "period_unit"),
			payloadFormat: bindText(t, "original_payload_format"),
			payload:       bindText(t, "original_payload"),
		},
		profileAttrs: bindMeasured(t, "profile_attributes", 0, nil),
		dropped:      bindNumber[int32](t, "dropped_attributes_count"),
		attrs:        bindMeasured(t, "attributes", 0, info.Item),
		values:       bindNumberIn[int64](t, "sample_values"+inList, 1),
		timestamps:   bindTime(t, "timestamps"+inList+".time", 1),
		traceID:      bindText(t, "trace_id"),
		spanID:       bindText(t, "span_id"),
		stack:        bindStack(t),
	}
	r.groups.originColumns = bindOrigin(t, info.Resource)
	r.groups.addScope = func(rp pprofile.ResourceProfiles) pprofile.ScopeProfiles { return rp.ScopeProfiles().AppendEmpty() }
	return r
}

func (r *profileReader) payload(rows int) (pprofile.Profiles, error) {
	pd := pprofile.NewProfiles()
	d := newDictionary(pd.Dictionary())
	r.groups.start(pd.ResourceProfiles().AppendEmpty)
	r.profiles = map[string]pprofile.Profile{}
	r.profileAttrs.start()
	r.attrs.start()
	r.stack.start()
	for i := range rows {
		p, err := r.profile(i, d)
		if err == nil {
			err = r.sample(i, d, p.Samples().AppendEmpty())
		}
		if err != nil {
			return pprofile.Profiles{}, err
		}
	}
	return pd, nil
}

// profile returns the profile that row i is a sample of.
func (r *profileReader) profile(i int, d *dictionary) (pprofile.Profile, error) {
	scope, scopeID, err := r.groups.at(i)
	if err != nil {
		return pprofile.Profile{}, err
	}
	attributes, err := r.profileAttrs.indices(i, d)
	if err != nil {
		return pprofile.Profile{}, err
	}
	x := &r.texts
	id := appendText(r.id[:0], string(scopeID))
	for _, text := range []*textLeaf{x.id, x.sampleType, x.sampleUnit, x.periodType, x.periodUnit, x.payloadFormat, x.payload} {
		id = appendText(id, text.entries[i])
	}
	for _, n := range []int64{int64(r.time.at(i)), r.duration.entries[i], r.period.entries[i], int64(r.dropped.entries[i])} { // Bits.
		id = appendNumber(id, n)
	}
	r.id = appendIndices(id, attributes)
	if p, ok := r.profiles[string(r.id)]; ok {
		return p, nil
	}
	p := scope.Profiles().AppendEmpty()
	r.profiles[string(r.id)] = p
	p.AttributeIndices().FromRaw(attributes)
	return p, r.setProfile(i, d, p)
}

func (r *profileReader) setProfile(i int, d *dictionary, p pprofile.Profile) error {
	x := &r.texts
	var ids ids
	p.SetProfileID(pprofile.ProfileID(ids.trace(x.id.entries[i])))
	p.SetTime(r.time.at(i))
	p.SetDurationNano(uint64(r.duration.entries[i])) // Bits were kept.
	p.SampleType().SetTypeStrindex(d.text(x.sampleType.entries[i]))
	p.SampleType().SetUnitStrindex(d.text(x.sampleUnit.entries[i]))
	p.PeriodType().SetTypeStrindex(d.text(x.periodType.entries[i]))
	p.PeriodType().SetUnitStrindex(d.text(x.periodUnit.entries[i]))
	p.SetPeriod(r.period.entries[i])
	p.SetDroppedAttributesCount(uint32(r.dropped.entries[i])) // Bits were kept.
	p.SetOriginalPayloadFormat(x.payloadFormat.entries[i])
	if text := x.payload.entries[i]; text != "" {
		raw, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return damagedf("an original payload: %w", err)
		}
		p.OriginalPayload().FromRaw(raw)
	}
	return ids.err
}

func (r *profileReader) sample(i int, d *dictionary, s pprofile.Sample) error {
	attributes, err := r.attrs.indices(i, d)
	if err != nil {
		return err
	}
	s.AttributeIndices().FromRaw(attributes)
	lo, hi := r.values.outer(i)
	s.Values().FromRaw(r.values.entries[lo:hi])
	lo, hi = r.timestamps.micros.outer(i)
	s.TimestampsUnixNano().EnsureCapacity(hi - lo)
	for k := lo; k < hi; k++ {
		s.TimestampsUnixNano().Append(uint64(r.timestamps.at(k)))
	}
	var ids ids
	s.SetLinkIndex(d.link(ids.trace(r.traceID.entries[i]), ids.span(r.spanID.entries[i])))
	if ids.err != nil {
		return ids.err
	}
	locations, err := r.stack.locations(i, d)
	if err != nil {
		return err
	}
	s.SetStackIndex(d.stack(locations))
	return nil
}

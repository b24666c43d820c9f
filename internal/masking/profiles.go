package masking

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pprofile"
)

// profiles masks all texts of pd. Attributes and names refer to the payload's
// dictionary, which may also still hold the texts of attributes of resources:
// so each text of the dictionary is masked, and what a rule replaced by its key
// is replaced there, too. To drop a record is to mask it.
func (w *worker) profiles(pd pprofile.Profiles) {
	w.secrets = make(map[string]string)
	defer func() { w.secrets = nil }()
	eachScope(w, pd.ResourceProfiles(), pprofile.ResourceProfiles.ScopeProfiles, (*worker).profilesOf)
	w.dictionary(pd.Dictionary())
}

func (w *worker) profilesOf(sp pprofile.ScopeProfiles) {
	profiles := sp.Profiles()
	for i := range profiles.Len() {
		w.profile(profiles.At(i))
	}
}

// profile masks what a profile holds itself. The payload that it was made of
// may be compressed, so that nobody can look into it: it is removed.
func (w *worker) profile(p pprofile.Profile) {
	if out, changed := w.plainText(p.OriginalPayloadFormat(), ProfilePayload); changed {
		p.SetOriginalPayloadFormat(out)
	}
	if w.policy.fields.has(ProfilePayload) && p.OriginalPayload().Len() > 0 {
		p.OriginalPayload().FromRaw(nil)
		w.count(w.policy.keyRuleID(), DropAttribute, ProfilePayload)
	}
}

func (w *worker) dictionary(d pprofile.ProfilesDictionary) {
	table := d.StringTable()
	if w.policy.fields.has(ProfileAttributes) {
		attributes := d.AttributeTable()
		for i := range attributes.Len() {
			w.profileAttribute(attributes.At(i), table)
		}
	}
	if w.policy.fields.has(ProfileStrings) {
		for i := range table.Len() {
			text := table.At(i)
			if out, ok := w.secrets[text]; ok {
				table.SetAt(i, out)
			} else if out, changed := w.plainText(text, ProfileStrings); changed {
				table.SetAt(i, out)
			}
		}
	}
}

// profileAttribute masks an entry of the attribute table. Its index has to
// stay, so dropping its value leaves it empty.
func (w *worker) profileAttribute(a pprofile.KeyValueAndUnit, table pcommon.StringSlice) {
	v := w.plain
	if i := int(a.KeyStrindex()); i > 0 && i < table.Len() {
		v = w.policy.verdict(table.At(i))
	}
	if v.idle() {
		return
	}
	if v.quoted != nil {
		v = v.quoted
	}
	w.value(a.Value(), ProfileAttributes, v, 0)
	if w.dropAttribute {
		w.dropAttribute = false
		pcommon.NewValueEmpty().CopyTo(a.Value())
	}
}

// remember notes the texts of a value that a rule removes, to find them in the
// dictionary.
func (w *worker) remember(value pcommon.Value, depth int) {
	if w.secrets == nil || depth > w.policy.maxDepth {
		return
	}
	switch value.Type() {
	case pcommon.ValueTypeStr:
		if s := value.Str(); s != "" {
			w.secrets[s] = w.policy.texts[w.policy.keyRuleID()]
		}
	case pcommon.ValueTypeMap:
		for _, v := range value.Map().All() {
			w.remember(v, depth+1)
		}
	case pcommon.ValueTypeSlice:
		for _, v := range value.Slice().All() {
			w.remember(v, depth+1)
		}
	}
}

package action

import (
	"strings"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/document"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/suggest"
)

const (
	mask = "mask"
	// profile is the key of a mask action that refers to a profile.
	profile = "profile"
)

func init() {
	register(Kind{
		Name: mask,
		Doc:  "takes personal data and secrets out of every field; what it is told is what the masking processor takes",
		Examples: `- mask:
- mask: { detectors: [pii, secrets, ids], actions: { email: { action: hash, keep_domain: true } }, hash_keys: [{ id: k1, secret: "${env:MASKING_KEY}" }] }`,
		Spec:    func() any { return new(maskSpec) },
		Compile: func(spec any, s Site) (Output, document.Diagnostics) { return spec.(*maskSpec).compile(s) },
		Config:  true,
		Text:    func(spec any, s Site) string { return spec.(*maskSpec).text(s) },
	})
}

type maskSpec struct {
	Profile document.Reference `doc:"one of mask_profiles; a key that stands beside it replaces the profile's" yaml:"profile"`
	document.Mask
}

// compile passes on what is written. The processor knows the detectors, and
// checks the rest.
func (a *maskSpec) compile(s Site) (Output, document.Diagnostics) {
	written := []document.Place{s.spec(mask)}
	config := make(map[string]any)
	if name := a.Profile.Name; name != "" {
		from, ok := s.MaskProfiles.Entry(name)
		if !ok {
			return Output{}, noProfile(a.Profile, s)
		}
		written = append(written, from.Place)
		addMask(config, &from.Value)
	}
	addMask(config, &a.Mask)
	return Output{Processor: &Component{Type: "masking", Config: config, Written: written}}, nil
}

// ProfileOf returns the name of the mask profile that an action refers to, or
// nothing.
func ProfileOf(a document.Action) string {
	if a.Kind != mask {
		return ""
	}
	name, _ := Config(a)[profile].(string)
	return name
}

func noProfile(r document.Reference, s Site) document.Diagnostics {
	names := s.MaskProfiles.Names()
	if len(names) == 0 {
		return fail(r.Place, "define it below `mask_profiles:`", "there is no mask profile %q", r.Name)
	}
	return fail(r.Place, "", "there is no mask profile %q%s", r.Name, suggest.Among(r.Name, names))
}

// addMask sets what m says in a configuration of the masking processor.
func addMask(config map[string]any, m *document.Mask) {
	for key, value := range map[string][]string{"detectors": m.Detectors, "except": m.Except, "skip_keys": m.SkipKeys, "deny_keys": m.DenyKeys} {
		if len(value) > 0 {
			config[key] = anys(value)
		}
	}
	for key, value := range map[string][]map[string]any{"key_rules": m.KeyRules, "custom": m.Custom, "hash_keys": m.HashKeys} {
		if len(value) > 0 {
			config[key] = anys(value)
		}
	}
	for key, value := range map[string]map[string]any{"actions": m.Actions, "allow": m.Allow, "text_keys": m.TextKeys, "fields": m.Fields} {
		if len(value) > 0 {
			config[key] = value
		}
	}
	for key, value := range map[string]string{"text": m.Text, "oversize": m.Oversize} {
		if value != "" {
			config[key] = value
		}
	}
	for key, value := range map[string]int{"max_value_bytes": m.MaxValueBytes, "max_depth": m.MaxDepth} {
		if value > 0 {
			config[key] = value
		}
	}
}

// text names the detectors, and where they come from.
func (a *maskSpec) text(s Site) string {
	var m document.Mask
	text := ""
	if from, ok := s.MaskProfiles.Entry(a.Profile.Name); ok {
		m, text = from.Value, "profile "+from.Name+": "
	}
	detectors, except := a.Detectors, a.Except
	if len(detectors) == 0 {
		detectors = m.Detectors
	}
	if len(except) == 0 {
		except = m.Except
	}
	if len(detectors) == 0 {
		detectors = []string{"pii", "secrets"} // As the processor does.
	}
	text += strings.Join(detectors, ", ")
	if len(except) > 0 {
		text += " except " + strings.Join(except, ", ")
	}
	return text
}

func anys[T any](items []T) []any {
	all := make([]any, len(items))
	for i, item := range items {
		all[i] = item
	}
	return all
}

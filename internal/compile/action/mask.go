package action

import (
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/document"
)

func init() {
	register(Kind{
		Name: "mask",
		Doc:  "takes personal data and secrets out of every field; what it is told is what the masking processor takes",
		Examples: `- mask:
- mask: { detectors: [pii, secrets, ids], actions: { email: { action: hash, keep_domain: true } }, hash_keys: [{ id: k1, secret: "${env:MASKING_KEY}" }] }`,
		Spec:    func() any { return new(maskSpec) },
		Compile: func(spec any, _ Site) (Output, document.Diagnostics) { return spec.(*maskSpec).compile(), nil },
	})
}

type maskSpec struct {
	Detectors     []string         `doc:"groups and detectors to look for; default: pii and secrets" yaml:"detectors"`
	Except        []string         `doc:"groups and detectors of these not to look for" yaml:"except"`
	Actions       map[string]any   `doc:"what becomes of findings, by detector, group or custom name" yaml:"actions"`
	Text          string           `doc:"what stands in a finding's place; {detector} is the detector's name" yaml:"text"`
	KeyRules      []map[string]any `doc:"what becomes of attributes by their keys" yaml:"key_rules"`
	SkipKeys      []string         `doc:"keys whose values are left alone" yaml:"skip_keys"`
	DenyKeys      []string         `doc:"keys whose values are masked whatever they hold" yaml:"deny_keys"`
	Allow         map[string]any   `doc:"findings that stay" yaml:"allow"`
	TextKeys      map[string]any   `doc:"fields inside of text whose values are findings" yaml:"text_keys"`
	Custom        []map[string]any `doc:"detectors of your own" yaml:"custom"`
	HashKeys      []map[string]any `doc:"keys of the action hash; write secrets as ${env:NAME} or ${file:path}" yaml:"hash_keys"`
	Fields        map[string]any   `doc:"places of text that are turned on or off" yaml:"fields"`
	MaxValueBytes int              `doc:"length in bytes up to which a value is scanned; default: 65536" min:"1" yaml:"max_value_bytes"`
	Oversize      string           `doc:"what becomes of longer values" enum:"truncate,replace,scan" yaml:"oversize"`
	MaxDepth      int              `doc:"number of maps and lists that a value may be nested in; default: 16" min:"1" yaml:"max_depth"`
}

// compile passes on what is written. The processor knows the detectors, and
// checks the rest.
func (a *maskSpec) compile() Output {
	config := make(map[string]any)
	texts := map[string][]string{"detectors": a.Detectors, "except": a.Except, "skip_keys": a.SkipKeys, "deny_keys": a.DenyKeys}
	for key, value := range texts {
		if len(value) > 0 {
			config[key] = anys(value)
		}
	}
	for key, value := range map[string][]map[string]any{"key_rules": a.KeyRules, "custom": a.Custom, "hash_keys": a.HashKeys} {
		if len(value) > 0 {
			config[key] = anys(value)
		}
	}
	for key, value := range map[string]map[string]any{"actions": a.Actions, "allow": a.Allow, "text_keys": a.TextKeys, "fields": a.Fields} {
		if len(value) > 0 {
			config[key] = value
		}
	}
	for key, value := range map[string]string{"text": a.Text, "oversize": a.Oversize} {
		if value != "" {
			config[key] = value
		}
	}
	for key, value := range map[string]int{"max_value_bytes": a.MaxValueBytes, "max_depth": a.MaxDepth} {
		if value > 0 {
			config[key] = value
		}
	}
	return Output{Processor: &Component{"masking", config}}
}

func anys[T any](items []T) []any {
	all := make([]any, len(items))
	for i, item := range items {
		all[i] = item
	}
	return all
}

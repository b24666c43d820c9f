package document

// Mask is what a mask action is told: the configuration of the masking processor,
// which checks it.
type Mask struct {
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

package maskingprocessor

import (
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/configopaque"
	"go.opentelemetry.io/collector/confmap"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/masking/detect"
)

// Config is the configuration of the processor.
type Config struct {
	// Detectors are what to look for: names of detectors and groups. Default:
	// pii and secrets.
	Detectors []string `mapstructure:"detectors"`
	// Except are detectors and groups of these not to look for.
	Except []string `mapstructure:"except"`
	// Actions say what becomes of findings, by detector, group, or the name of
	// a custom detector. A detector's own action wins over its group's.
	Actions map[string]ActionConfig `mapstructure:"actions"`
	// Text is what the action mask puts in a finding's place. {detector} in it
	// stands for the detector's name. Default: ***{detector}***.
	Text string `mapstructure:"text"`

	// KeyRules say what becomes of attributes by their keys. The first that
	// matches counts, before everything else.
	KeyRules []KeyRuleConfig `mapstructure:"key_rules"`
	// SkipKeys are keys whose values are left alone, in the form of those in
	// KeyRules.
	SkipKeys []string `mapstructure:"skip_keys"`
	// DenyKeys are keys whose values are masked whatever they hold, unless
	// KeyRules or SkipKeys say otherwise. Default: passwords, tokens, cookies and
	// the like, see README.md.
	DenyKeys []string `mapstructure:"deny_keys"`

	// Allow says which findings stay.
	Allow AllowConfig `mapstructure:"allow"`
	// TextKeys name fields inside of text whose values are findings.
	TextKeys TextKeysConfig `mapstructure:"text_keys"`
	// Custom are detectors of the user's own.
	Custom []CustomConfig `mapstructure:"custom"`
	// HashKeys are the keys of the action hash. The first makes the hashes; those
	// that the others have made are left alone.
	HashKeys []HashKeyConfig `mapstructure:"hash_keys"`

	// Fields turns places of text on and off. Default: all but metric_name and
	// attribute_keys are on.
	Fields map[string]bool `mapstructure:"fields"`
	// MaxValueBytes is the length in bytes up to which a value is scanned.
	// Default: 65536.
	MaxValueBytes int `mapstructure:"max_value_bytes"`
	// Oversize says what becomes of longer values. "truncate" (default): they
	// are scanned and cut off there; "replace": a text says that there was one;
	// "scan": they are scanned as a whole.
	Oversize string `mapstructure:"oversize"`
	// MaxDepth is the number of maps and lists that a value may be nested in.
	// What is deeper is replaced. Default: 16.
	MaxDepth int `mapstructure:"max_depth"`

	// problems were found while decoding. Validate reports them together with
	// its own, so that one run shows everything.
	problems []error
}

// ActionConfig says what becomes of a finding.
type ActionConfig struct {
	// Action is mask, partial, truncate_ip, hash, drop_attribute, drop_record or
	// tag.
	Action string `mapstructure:"action"`
	// KeepFirst and KeepLast are the letters and digits that partial leaves.
	KeepFirst int `mapstructure:"keep_first"`
	KeepLast  int `mapstructure:"keep_last"`
	// KeepDomain makes hash and partial leave the domain of email addresses.
	KeepDomain bool `mapstructure:"keep_domain"`
	// IPv4Bits and IPv6Bits are what truncate_ip leaves. Default: 24 and 48.
	IPv4Bits int `mapstructure:"ipv4_bits"`
	IPv6Bits int `mapstructure:"ipv6_bits"`
}

// KeyRuleConfig says what becomes of some attributes' values.
type KeyRuleConfig struct {
	// Keys are keys in any case, with * for any text.
	Keys []string `mapstructure:"keys"`
	// Regex are regular expressions that match keys in lower case.
	Regex []string `mapstructure:"regex"`
	// Rule is the action, with its parameters.
	Rule ActionConfig `mapstructure:",squash"`
}

// AllowConfig says which findings stay. It is about what a detector matched,
// never about the text around it.
type AllowConfig struct {
	// Values are findings that stay, in any case.
	Values []string `mapstructure:"values"`
	// CIDRs are networks whose addresses stay.
	CIDRs []string `mapstructure:"cidrs"`
	// EmailDomains are domains whose addresses stay, with their subdomains.
	EmailDomains []string `mapstructure:"email_domains"`
	// Regex match, as a whole, findings that stay.
	Regex []string `mapstructure:"regex"`
	// PublishedExamples lets well-known examples stay, such as the card
	// 4111111111111111. Default: false.
	PublishedExamples bool `mapstructure:"published_examples"`
}

// TextKeysConfig names fields inside of text, in any case.
type TextKeysConfig struct {
	// JSON are keys whose values json_field finds, SQL columns whose literals
	// sql_field finds. Both default to names of secrets.
	JSON []string `mapstructure:"json"`
	SQL  []string `mapstructure:"sql"`
	// Path are segments of paths; path_segment finds what follows them. Default:
	// none.
	Path []string `mapstructure:"path"`
}

// CustomConfig is a detector of the user's own.
type CustomConfig struct {
	// Name stands in metrics and in masked text. Lower case, digits and _.
	Name string `mapstructure:"name"`
	// Pattern is a regular expression (RE2). The finding is the first group that
	// holds text, and the whole match if none does.
	Pattern string `mapstructure:"pattern"`
	// Luhn wants the digits of a finding to end in a check digit.
	Luhn bool `mapstructure:"luhn"`
	// MinEntropy is what a finding needs in bits per byte. Default: 0.
	MinEntropy float64 `mapstructure:"min_entropy"`
}

// HashKeyConfig is a key of HMAC-SHA-256.
type HashKeyConfig struct {
	// ID stands in each hash.
	ID string `mapstructure:"id"`
	// Secret is at least 32 bytes; write it as ${env:NAME} or ${file:path}.
	Secret configopaque.String `mapstructure:"secret"`
}

const (
	oversizeTruncate = "truncate"
	oversizeReplace  = "replace"
	oversizeScan     = "scan"

	defaultText          = "***{detector}***"
	defaultMaxValueBytes = 64 << 10
	defaultMaxDepth      = 16
	defaultIPv4Bits      = 24
	defaultIPv6Bits      = 48
)

var (
	_ confmap.Unmarshaler           = (*Config)(nil)
	_ interface{ Validate() error } = (*Config)(nil)
)

func createDefaultConfig() component.Config {
	return &Config{
		Detectors: []string{detect.GroupPII, detect.GroupSecrets},
		Text:      defaultText,
		TextKeys:  TextKeysConfig{JSON: detect.SecretNames(), SQL: detect.SecretNames()},
		DenyKeys:  defaultDenyKeys(),

		MaxValueBytes: defaultMaxValueBytes,
		Oversize:      oversizeTruncate,
		MaxDepth:      defaultMaxDepth,
	}
}

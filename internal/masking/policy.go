package masking

import (
	"hash/maphash"
	"slices"
	"strings"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/masking/detect"
)

// Oversize says what becomes of values that are too long to be scanned.
type Oversize uint8

// What to do with long values.
const (
	// Truncate scans as much as is allowed and cuts off the rest.
	Truncate Oversize = iota
	// Replace puts a fixed text in the value's place.
	Replace
	// Scan scans all of it.
	Scan
)

// Options are what a Policy is made of.
type Options struct {
	// Detectors are what to look for. Custom detectors are always looked for.
	Detectors detect.Set
	// Actions are what to do with findings, by detector; custom detectors come
	// behind the built-in ones.
	Actions []Action
	// Custom are detectors of the user's, CustomNames their names.
	Custom      []*detect.Custom
	CustomNames []string
	// Text is what Mask puts in a finding's place; {detector} in it stands for the
	// detector's name.
	Text string
	// Rules are tried in order, before everything else.
	Rules []Rule
	// SkipKeys are patterns of keys whose values are left alone.
	SkipKeys []string
	// DenyKeys are patterns of keys whose values DenyAction replaces, unless
	// SkipKeys match.
	DenyKeys   []string
	DenyAction Action
	Allow      Allow
	// JSONKeys, SQLKeys and PathKeys name fields within text.
	JSONKeys, SQLKeys, PathKeys []string
	// HashKeys are the keys of Hash. The first makes hashes; those of the others
	// are left alone.
	HashKeys []HashKey
	// Fields turns fields on and off.
	Fields map[Field]bool
	// MaxValueBytes is the length up to which values are scanned.
	MaxValueBytes int
	Oversize      Oversize
	// MaxDepth is the number of maps and lists that a value may be in.
	MaxDepth int
}

// compiledRule is a Rule ready for use.
type compiledRule struct {
	keyMatcher
	action Action
}

// Policy is what to look for and what to do with it. It is safe for concurrent
// use; only its caches change.
type Policy struct {
	scanner *detect.Scanner
	want    detect.Set
	names   []string // by detector
	actions []Action // by detector
	texts   []string // by detector: what Mask puts there
	known   map[string]bool
	tags    detect.Set // detectors that only count

	rules        []compiledRule
	skipped      keyMatcher
	denied       keyMatcher
	deniedAction Action
	allow        allowList
	keys         []HashKey
	fields       fieldSet
	maxBytes     int
	oversize     Oversize
	maxDepth     int

	cache verdicts
	clean cleanValues
	seed  maphash.Seed // of clean
}

// KeyRule is the name of what rules for keys find, where detectors have theirs.
const KeyRule = "key_rule"

// Texts that stand in for what could not be looked at.
const (
	errorText   = "***MASK_ERROR***"
	tooDeepText = "***TOO_DEEP***"
	tooLongText = "***TOO_LONG***"
)

// NewPolicy compiles options, which are taken to be valid.
func NewPolicy(o Options) *Policy {
	p := &Policy{
		scanner: detect.NewScanner(detect.Options{JSONKeys: o.JSONKeys, SQLKeys: o.SQLKeys, PathKeys: o.PathKeys, Custom: o.Custom}),
		want:    o.Detectors, names: append(detect.Names(), o.CustomNames...), actions: o.Actions,
		known:   map[string]bool{errorText: true, tooDeepText: true, tooLongText: true},
		skipped: newKeyMatcher(o.SkipKeys, nil), denied: newKeyMatcher(o.DenyKeys, nil), deniedAction: o.DenyAction,
		allow: o.Allow.compile(), keys: o.HashKeys, fields: defaultFields,
		maxBytes: o.MaxValueBytes, oversize: o.Oversize, maxDepth: o.MaxDepth, seed: maphash.MakeSeed(),
	}
	for i := range o.Custom {
		p.want |= detect.Of(detect.CustomID(i))
	}
	p.names = append(p.names, KeyRule)
	for id, name := range p.names {
		text := strings.ReplaceAll(o.Text, "{detector}", name)
		if detect.ID(id) == detect.SQLLiteral {
			text = "?"
		}
		p.texts = append(p.texts, text)
		p.known[text] = true
		if id < len(p.actions) && p.actions[id].Kind == Tag {
			p.tags |= detect.Of(detect.ID(id))
		}
	}
	for _, r := range o.Rules {
		p.rules = append(p.rules, compiledRule{newKeyMatcher(r.Keys, r.Patterns), r.Action})
	}
	for f, on := range o.Fields {
		p.fields &^= 1 << f
		if on {
			p.fields |= 1 << f
		}
	}
	return p
}

// Unstable returns the detector that finds something in its own replacement or
// in that of another, which would be masked again and again. It returns false
// if there is none.
func (p *Policy) Unstable() (string, bool) {
	var pass detect.Pass
	for _, text := range append(slices.Clone(p.texts), errorText, tooDeepText, tooLongText) {
		p.scanner.Find(&pass, text, p.scanner.Screen(text, p.want&^detect.Of(detect.SQLLiteral), 0), 0)
		if len(pass.Findings) > 0 {
			return p.names[pass.Findings[0].Detector], true
		}
	}
	return "", false
}

// finds reports whether one of the detectors finds something in a text.
func (p *Policy) finds(text string, want detect.Set, hints detect.Hints) bool {
	var pass detect.Pass
	p.scanner.Find(&pass, text, p.scanner.Screen(text, want, hints), hints)
	return len(pass.Findings) > 0
}

// isReplacement reports whether text is what a finding was replaced by, and
// nothing else.
func (p *Policy) isReplacement(text string) bool { return p.known[text] || p.isHash(text) }

// keyRuleID is the place of key rules behind the detectors.
func (p *Policy) keyRuleID() detect.ID { return detect.ID(len(p.names) - 1) }

// maskedKey returns the key of an attribute with findings masked.
func (p *Policy) maskedKey(key string) string {
	w := newWorker(p, nil)
	masked, _ := w.text(key, AttributeKeys, &verdict{want: p.want &^ detect.Of(detect.SQLLiteral)})
	return masked
}

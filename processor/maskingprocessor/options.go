package maskingprocessor

import (
	"fmt"
	"maps"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/masking"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/masking/detect"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/suggest"
)

func defaultDenyKeys() []string { return slices.Clone(masking.DeniedKeys) }

// compiler turns a configuration into options and collects what is wrong.
type compiler struct {
	cfg     *Config
	options masking.Options
	errs    []error
	hashes  bool // whether an action needs a key
}

func (c *compiler) problem(format string, args ...any) {
	c.errs = append(c.errs, fmt.Errorf(format, args...))
}

// options compiles the configuration. The options are of use only if there are
// no errors.
func (c *Config) options() (masking.Options, []error) {
	k := &compiler{cfg: c}
	k.options = masking.Options{
		Text: c.Text, SkipKeys: c.SkipKeys, DenyKeys: c.DenyKeys,
		JSONKeys: c.TextKeys.JSON, SQLKeys: c.TextKeys.SQL, PathKeys: c.TextKeys.Path,
		Fields: make(map[masking.Field]bool), MaxValueBytes: c.MaxValueBytes, MaxDepth: c.MaxDepth,
	}
	k.detectors()
	k.custom()
	k.actions()
	k.keyRules()
	k.allow()
	k.hashKeys()
	k.fields()
	k.limits()
	return k.options, k.errs
}

// detectors says what to look for.
func (c *compiler) detectors() {
	for i, name := range c.cfg.Detectors {
		c.options.Detectors |= c.detector(name, fmt.Sprintf("detectors::%d", i))
	}
	for i, name := range c.cfg.Except {
		c.options.Detectors &^= c.detector(name, fmt.Sprintf("except::%d", i))
	}
	if len(c.cfg.TextKeys.Path) > 0 {
		c.options.Detectors |= detect.Of(detect.PathSegment)
	}
}

// detector returns the detectors that a name stands for.
func (c *compiler) detector(name, path string) detect.Set {
	if set, ok := detect.Group(name); ok {
		return set
	}
	if id, ok := detect.ByName(name); ok {
		return detect.Of(id)
	}
	c.problem("%s: %q is neither a detector nor a group%s", path, name, suggest.Among(name, append(detect.Groups(), detect.Names()...)))
	return 0
}

var customName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)

func (c *compiler) custom() {
	if len(c.cfg.Custom) > detect.MaxCustom {
		c.problem("custom: there are %d, and at most %d can be", len(c.cfg.Custom), detect.MaxCustom)
		return
	}
	for i, custom := range c.cfg.Custom {
		path := fmt.Sprintf("custom::%d", i)
		if !customName.MatchString(custom.Name) {
			c.problem("%s::name: %q must be a lower-case letter and up to 39 letters, digits and _", path, custom.Name)
		}
		_, isGroup := detect.Group(custom.Name)
		if _, ok := detect.ByName(custom.Name); ok || isGroup || custom.Name == masking.KeyRule || slices.Contains(c.options.CustomNames, custom.Name) {
			c.problem("%s::name: %q is taken already; choose another name", path, custom.Name)
		}
		d, err := detect.NewCustom(custom.Pattern)
		if err != nil {
			c.problem("%s::pattern: %w", path, err)
			d = &detect.Custom{}
		}
		d.Luhn, d.MinEntropy = custom.Luhn, custom.MinEntropy
		c.options.Custom = append(c.options.Custom, d)
		c.options.CustomNames = append(c.options.CustomNames, custom.Name)
	}
}

// defaultActions are the actions of detectors that do not just mask: they leave
// what support needs to recognize, and what a network is known by.
func defaultActions(names []string) []masking.Action {
	actions := make([]masking.Action, len(names))
	actions[detect.CreditCard] = masking.Action{Kind: masking.Partial, KeepLast: 4}
	actions[detect.IBAN] = masking.Action{Kind: masking.Partial, KeepFirst: 2, KeepLast: 4}
	actions[detect.Phone] = masking.Action{Kind: masking.Partial, KeepLast: 2}
	truncate := masking.Action{Kind: masking.TruncateIP, IPv4Bits: defaultIPv4Bits, IPv6Bits: defaultIPv6Bits}
	actions[detect.IPv4], actions[detect.IPv6] = truncate, truncate
	return actions
}

func (c *compiler) actions() {
	names := append(detect.Names(), c.options.CustomNames...)
	c.options.Actions = defaultActions(names)
	keys := slices.Sorted(maps.Keys(c.cfg.Actions))
	for _, name := range keys { // groups first, for detectors to win over them
		if group, ok := detect.Group(name); ok {
			action := c.action(c.cfg.Actions[name], "actions::"+name)
			for id := range detect.Names() {
				if group.Has(detect.ID(id)) && c.suits(action, detect.ID(id)) == "" {
					c.options.Actions[id] = action
				}
			}
		}
	}
	for _, name := range keys {
		path := "actions::" + name
		if _, ok := detect.Group(name); ok {
			continue
		}
		id := slices.Index(names, name)
		if id < 0 {
			c.problem("%s: %q is neither a detector nor a group%s", path, name, suggest.Among(name, append(detect.Groups(), names...)))
			continue
		}
		action := c.action(c.cfg.Actions[name], path)
		if why := c.suits(action, detect.ID(id)); why != "" {
			c.problem("%s::action: %s", path, why)
		}
		c.options.Actions[id] = action
	}
}

// suits returns why an action cannot be that of a detector, or nothing.
func (c *compiler) suits(a masking.Action, id detect.ID) string {
	switch {
	case a.Kind == masking.TruncateIP && id != detect.IPv4 && id != detect.IPv6:
		return "truncate_ip is for ipv4 and ipv6; use mask or partial"
	case id == detect.SQLLiteral && (a.Kind == masking.Partial || a.Kind == masking.Hash):
		return "literals of SQL are masked as ?, dropped or tagged; their parts are not kept"
	case id == detect.PrivateKey && a.Kind == masking.Partial:
		return "no part of a private key can be kept; use mask or hash"
	}
	return ""
}

// action compiles an action.
func (c *compiler) action(a ActionConfig, path string) masking.Action {
	kind, ok := masking.KindByName(a.Action)
	if !ok {
		c.problem("%s::action: %q is no action%s", path, a.Action, suggest.Among(a.Action, masking.KindNames()))
	}
	if a.KeepFirst < 0 || a.KeepLast < 0 {
		c.problem("%s: keep_first and keep_last must not be negative", path)
	}
	if (a.KeepFirst != 0 || a.KeepLast != 0) && kind != masking.Partial {
		c.problem("%s: keep_first and keep_last belong to the action partial", path)
	}
	if a.KeepDomain && kind != masking.Partial && kind != masking.Hash {
		c.problem("%s: keep_domain belongs to the actions partial and hash", path)
	}
	out := masking.Action{Kind: kind, KeepFirst: a.KeepFirst, KeepLast: a.KeepLast, KeepDomain: a.KeepDomain, IPv4Bits: a.IPv4Bits, IPv6Bits: a.IPv6Bits}
	if kind == masking.TruncateIP {
		c.bits(&out, path)
	}
	c.hashes = c.hashes || kind == masking.Hash
	return out
}

// bits checks what truncate_ip leaves, and fills in the defaults.
func (c *compiler) bits(a *masking.Action, path string) {
	if a.IPv4Bits == 0 {
		a.IPv4Bits = defaultIPv4Bits
	}
	if a.IPv6Bits == 0 {
		a.IPv6Bits = defaultIPv6Bits
	}
	if a.IPv4Bits < 1 || a.IPv4Bits > 31 || a.IPv6Bits < 1 || a.IPv6Bits > 127 {
		c.problem("%s: ipv4_bits must be 1 to 31 and ipv6_bits 1 to 127; to leave addresses alone, remove the detector", path)
	}
}

func (c *compiler) keyRules() {
	for i, r := range c.cfg.KeyRules {
		path := fmt.Sprintf("key_rules::%d", i)
		if len(r.Keys) == 0 && len(r.Regex) == 0 {
			c.problem("%s: no keys; add keys or regex", path)
		}
		action := c.action(r.Rule, path)
		if action.Kind == masking.TruncateIP {
			c.problem("%s::action: truncate_ip is for ipv4 and ipv6; use mask or partial", path)
		}
		c.options.Rules = append(c.options.Rules, masking.Rule{Keys: r.Keys, Patterns: c.patterns(r.Regex, path+"::regex", "%s"), Action: action})
		c.keys(r.Keys, path+"::keys")
	}
	c.keys(c.cfg.SkipKeys, "skip_keys")
	c.keys(c.cfg.DenyKeys, "deny_keys")
}

// keys checks patterns of keys.
func (c *compiler) keys(patterns []string, path string) {
	for i, p := range patterns {
		if strings.Trim(p, "*") == "" {
			c.problem("%s::%d: %q is about every key; name some", path, i, p)
		}
	}
}

// patterns compiles regular expressions, each put into the frame.
func (c *compiler) patterns(expressions []string, path, frame string) []*regexp.Regexp {
	var compiled []*regexp.Regexp
	for i, e := range expressions {
		if _, err := regexp.Compile(e); err != nil {
			c.problem("%s::%d: %w; the syntax is RE2, which has no look-around and no back-references", path, i, err)
			continue
		}
		compiled = append(compiled, regexp.MustCompile(fmt.Sprintf(frame, e)))
	}
	return compiled
}

func (c *compiler) allow() {
	a := c.cfg.Allow
	out := masking.Allow{Values: a.Values, EmailDomains: a.EmailDomains, Examples: a.PublishedExamples}
	for i, cidr := range a.CIDRs {
		prefix, err := netip.ParsePrefix(cidr)
		if err != nil {
			c.problem("allow::cidrs::%d: %q is no network; write it as 10.0.0.0/8", i, cidr)
			continue
		}
		out.Prefixes = append(out.Prefixes, prefix.Masked())
	}
	for i, d := range a.EmailDomains {
		if strings.Trim(d, "@.*") == "" || strings.Contains(d, "*") {
			c.problem("allow::email_domains::%d: %q is no domain; write it as example.com, which includes its subdomains", i, d)
		}
	}
	for i, v := range a.Values {
		if v == "" {
			c.problem("allow::values::%d: the value is empty; remove it", i)
		}
	}
	out.Patterns = c.patterns(a.Regex, "allow::regex", "^(?:%s)$")
	c.options.Allow = out
}

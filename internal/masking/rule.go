package masking

import (
	"regexp"
	"strings"
)

// Rule says what becomes of attributes by their keys, whatever their values.
type Rule struct {
	// Keys are patterns in any case: a key, or one with stars for any text, as in
	// *password* or http.request.header.*.
	Keys []string
	// Patterns match keys, in lower case.
	Patterns []*regexp.Regexp
	Action   Action
}

// keyPattern is a compiled pattern for keys in lower case.
type keyPattern struct {
	parts              []string // between the stars
	openStart, openEnd bool
}

func compileKey(pattern string) keyPattern {
	pattern = strings.ToLower(pattern)
	return keyPattern{
		parts:     strings.FieldsFunc(pattern, func(r rune) bool { return r == '*' }),
		openStart: strings.HasPrefix(pattern, "*"), openEnd: strings.HasSuffix(pattern, "*"),
	}
}

// matches reports whether the pattern matches a key in lower case.
func (k *keyPattern) matches(key string) bool {
	if len(k.parts) == 0 {
		return k.openStart
	}
	parts := k.parts
	if !k.openStart {
		rest, ok := strings.CutPrefix(key, parts[0])
		if !ok {
			return false
		}
		if key, parts = rest, parts[1:]; len(parts) == 0 {
			return k.openEnd || key == ""
		}
	}
	if !k.openEnd {
		last := parts[len(parts)-1]
		rest, ok := strings.CutSuffix(key, last)
		if !ok {
			return false
		}
		key, parts = rest, parts[:len(parts)-1]
	}
	for _, part := range parts {
		i := strings.Index(key, part)
		if i < 0 {
			return false
		}
		key = key[i+len(part):]
	}
	return true
}

// keyMatcher matches keys by any of its patterns.
type keyMatcher struct {
	keys     []keyPattern
	patterns []*regexp.Regexp
}

func newKeyMatcher(keys []string, patterns []*regexp.Regexp) keyMatcher {
	m := keyMatcher{patterns: patterns}
	for _, k := range keys {
		m.keys = append(m.keys, compileKey(k))
	}
	return m
}

// matches reports whether one of the patterns matches a key in lower case.
func (m *keyMatcher) matches(key string) bool {
	for i := range m.keys {
		if m.keys[i].matches(key) {
			return true
		}
	}
	for _, p := range m.patterns {
		if p.MatchString(key) {
			return true
		}
	}
	return false
}

// DeniedKeys are the keys whose values are masked by default, whatever they
// hold.
var DeniedKeys = []string{
	"*password*", "*passwd*", "*passphrase*", "*secret*", "*api_key*", "*apikey*", "*api-key*", "*authorization*", "*cookie*",
	"*private_key*", "*credential*", "token", "*_token", "*.token", "*-token", "*accesstoken", "*authtoken", "*refreshtoken", "*sessiontoken",
	"db.query.parameter.*", "db.operation.parameter.*",
}

// exceptedKeys are keys that DeniedKeys match and that hold names or numbers.
var exceptedKeys = newKeyMatcher([]string{
	"k8s.secret.name", "k8s.secret.uid", "gen_ai.*", "*.secret.name", "*secret_name", "*secret_arn", "*password_reset*", "*_cookie_count",
}, nil)

// Keys that say something about their values.
var (
	phoneKeys   = newKeyMatcher([]string{"*phone*", "*mobile*", "*msisdn*", "*fax*", "tel", "*.tel", "*_tel"}, nil)
	ssnKeys     = newKeyMatcher([]string{"*ssn*", "*social_security*", "*socialsecurity*"}, nil)
	awsKeys     = newKeyMatcher([]string{"*aws*key*", "*access_key*", "*accesskey*"}, nil)
	versionKeys = newKeyMatcher([]string{"*version*", "*user_agent*", "*user-agent*", "*useragent*", "*firmware*", "*oid"}, nil)
	queryKeys   = newKeyMatcher([]string{"db.query.text", "db.statement", "*.db.query.text", "*.db.statement", "sql.query", "sql"}, nil)
)

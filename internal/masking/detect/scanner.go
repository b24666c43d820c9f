package detect

import (
	"cmp"
	"slices"
)

// Finding is a part of a text, from byte Start up to byte End, that a detector
// matches. Where a detector needs context to match, as in `password=x`, that
// is not part of it.
type Finding struct {
	Start, End int
	Detector   ID
}

// Hints say what is known of a text before it is read, from the key that it is
// stored under.
type Hints uint8

const (
	// HintPhone makes national phone numbers match, not only those with a +.
	HintPhone Hints = 1 << iota
	// HintSSN makes US social security numbers match without dashes.
	HintSSN
	// HintSecret makes 40 characters of base64 match as an AWS secret key.
	HintSecret
	// HintKeyValueSQL says that the text is a query in a language of keys and
	// arguments, as of Redis: all but the first word is a literal.
	HintKeyValueSQL
	// HintDoubleQuotedSQL says that double quotes enclose literals in SQL, as in
	// MySQL, and not names.
	HintDoubleQuotedSQL
)

// Options are what a Scanner looks for beside what the detectors know by
// themselves.
type Options struct {
	// JSONKeys, SQLKeys and PathKeys name, in any case, fields whose values are
	// found in text: "key":"value", key='value', /key/value.
	JSONKeys, SQLKeys, PathKeys []string
	// Custom are detectors of the user's, at most MaxCustom. They have the
	// IDs that Custom returns.
	Custom []*Custom
}

// Scanner finds what detectors match. It is safe for concurrent use.
type Scanner struct {
	jsonKeys, sqlKeys, pathKeys foldSet
	custom                      []*Custom
}

// NewScanner returns a scanner.
func NewScanner(o Options) *Scanner {
	return &Scanner{
		jsonKeys: newFoldSet(o.JSONKeys), sqlKeys: newFoldSet(o.SQLKeys), pathKeys: newFoldSet(o.PathKeys),
		custom: o.Custom,
	}
}

// CustomID returns the ID of the i-th custom detector.
func CustomID(i int) ID { return firstCustom + ID(i) }

// Screen returns the detectors of want that could match in s. It may name too
// many, never too few.
func (sc *Scanner) Screen(s string, want Set, hints Hints) Set {
	if want.Custom() != 0 {
		return sc.screenAll(s, want, hints)
	}
	if len(s) < minText {
		return want & setSQLLiteral
	}
	if havePrefilter {
		return screenByMasks(s, want, hints)
	}
	return screenByCounts(s, want, hints)
}

// screenAll is Screen where there are custom detectors.
func (sc *Scanner) screenAll(s string, want Set, hints Hints) Set {
	found := sc.Screen(s, want&^want.Custom(), hints)
	for i, c := range sc.custom {
		if want.Has(CustomID(i)) && c.possible(s) {
			found |= Of(CustomID(i))
		}
	}
	return found
}

// Pass is what one goroutine needs to scan texts. Its memory is used again
// with each of them.
type Pass struct {
	// Findings of the last Find, not ordered; they may overlap.
	Findings []Finding
	// Rejected counts by detector the candidates that validators have turned
	// down, over all texts.
	Rejected [64]int
}

func (p *Pass) add(start, end int, id ID) {
	p.Findings = append(p.Findings, Finding{start, end, id})
}

// Find sets p.Findings to what the detectors of the set, which Screen has
// returned for s, match in s.
func (sc *Scanner) Find(p *Pass, s string, set Set, hints Hints) {
	p.Findings = p.Findings[:0]
	if set.hasAny(setTokens) {
		p.tokens(s, set)
	}
	for rest := set &^ (setTokens | setIPv6 | setMAC) &^ setNational; rest != 0; rest &= rest - 1 {
		sc.find(p, s, lowest(rest), hints)
	}
	if set.hasAny(setNational) {
		p.nationalIDs(s, set)
	}
	if set.hasAny(setIPv6 | setMAC) {
		p.colonAddresses(s, set)
	}
}

func (sc *Scanner) find(p *Pass, s string, id ID, hints Hints) {
	switch id {
	case CreditCard:
		p.cards(s)
	case IBAN:
		p.ibans(s)
	case Email:
		p.emails(s)
	case Phone:
		p.phones(s, hints)
	case USSSN:
		p.ssns(s, hints)
	case IPv4:
		p.ipv4s(s)
	case SQLLiteral:
		p.sqlLiterals(s, hints)
	default:
		if id >= firstCustom {
			sc.custom[id-firstCustom].find(p, s, id)
			return
		}
		sc.findSecrets(p, s, id, hints)
	}
}

// findSecrets is find for the detectors of secrets.
func (sc *Scanner) findSecrets(p *Pass, s string, id ID, hints Hints) {
	switch id {
	case PrivateKey:
		p.privateKeys(s)
	case BearerAuth:
		p.auth(s, "bearer", BearerAuth)
	case BasicAuth:
		p.auth(s, "basic", BasicAuth)
	case AWSSecretKey:
		p.awsSecrets(s, hints)
	case URLUserinfo:
		p.userinfo(s)
	case URLQuerySecret:
		p.assignments(s)
	case JSONField:
		p.jsonFields(s, sc.jsonKeys)
	case SQLField:
		p.sqlFields(s, sc.sqlKeys)
	case PathSegment:
		p.pathSegments(s, sc.pathKeys)
	}
}

// Merge orders findings and joins those that overlap, in place: what any of
// them covers is covered by the result. A finding that holds others takes
// their place; of equal ones the earlier detector counts. If two overlap and
// neither holds the other, the result has the detector of the longer one.
//
// The i-th bit of the second result says that the i-th finding stands for
// findings of several detectors (from the 64th on, all share the last bit).
func Merge(findings []Finding) ([]Finding, uint64) {
	slices.SortFunc(findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(b.End, a.End), cmp.Compare(a.Detector, b.Detector))
	})
	var several uint64
	merged := findings[:0]
	longest := 0 // length of the finding that gave the last merged one its detector
	for _, f := range findings {
		last := len(merged) - 1
		if last < 0 || f.Start >= merged[last].End {
			merged = append(merged, f)
			longest = f.End - f.Start
			continue
		}
		if f.Detector != merged[last].Detector {
			several |= 1 << min(last, 63)
		}
		if f.End > merged[last].End {
			merged[last].End = f.End
			if n := f.End - f.Start; n > longest {
				merged[last].Detector, longest = f.Detector, n
			}
		}
	}
	return merged, several
}

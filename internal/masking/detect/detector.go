package detect

import "slices"

// ID names a detector. Those from firstCustom on are custom ones.
type ID uint8

// The detectors, in order of precedence: of two findings of the same length
// the one of the earlier detector counts.
const (
	PrivateKey ID = iota
	JWT
	BearerAuth
	BasicAuth
	AWSAccessKeyID
	AWSSecretKey
	APIToken
	URLUserinfo
	URLQuerySecret
	JSONField
	SQLField
	PathSegment
	SQLLiteral
	CreditCard
	IBAN
	Email
	Phone
	USSSN
	BRCPF
	DETaxID
	ESDNI
	FRNIR
	INAadhaar
	NLBSN
	PLPESEL
	SEPersonnummer
	UKNHS
	IPv4
	IPv6
	MAC
	firstCustom // and the number of built-in detectors
)

// MaxCustom is the number of custom detectors that a Scanner can have.
const MaxCustom = 64 - int(firstCustom)

// The groups of detectors. National is part of no other: a number with a
// check digit is found by chance in one of ten other numbers.
const (
	GroupPII      = "pii"
	GroupSecrets  = "secrets"
	GroupIDs      = "ids"
	GroupNational = "national_ids"
)

// builtin describes the detectors, by ID.
var builtin = [firstCustom]struct{ name, group string }{
	PrivateKey:     {"private_key", GroupSecrets},
	JWT:            {"jwt", GroupSecrets},
	BearerAuth:     {"bearer_auth", GroupSecrets},
	BasicAuth:      {"basic_auth", GroupSecrets},
	AWSAccessKeyID: {"aws_access_key_id", GroupSecrets},
	AWSSecretKey:   {"aws_secret_key", GroupSecrets},
	APIToken:       {"api_token", GroupSecrets},
	URLUserinfo:    {"url_userinfo", GroupSecrets},
	URLQuerySecret: {"url_query_secret", GroupSecrets},
	JSONField:      {"json_field", GroupSecrets},
	SQLField:       {"sql_field", GroupSecrets},
	PathSegment:    {"path_segment", ""}, // finds nothing without keys of the user's
	SQLLiteral:     {"sql_literal", GroupPII},
	CreditCard:     {"credit_card", GroupPII},
	IBAN:           {"iban", GroupPII},
	Email:          {"email", GroupPII},
	Phone:          {"phone", GroupPII},
	USSSN:          {"us_ssn", GroupPII},
	BRCPF:          {"br_cpf", GroupNational},
	DETaxID:        {"de_tax_id", GroupNational},
	ESDNI:          {"es_dni", GroupNational},
	FRNIR:          {"fr_nir", GroupNational},
	INAadhaar:      {"in_aadhaar", GroupNational},
	NLBSN:          {"nl_bsn", GroupNational},
	PLPESEL:        {"pl_pesel", GroupNational},
	SEPersonnummer: {"se_personnummer", GroupNational},
	UKNHS:          {"uk_nhs", GroupNational},
	IPv4:           {"ipv4", GroupIDs},
	IPv6:           {"ipv6", GroupIDs},
	MAC:            {"mac", GroupIDs},
}

// Set is a set of detectors.
type Set uint64

// Of returns the set of these detectors.
func Of(ids ...ID) Set {
	var s Set
	for _, id := range ids {
		s |= 1 << id
	}
	return s
}

// Has reports whether the set holds the detector.
func (s Set) Has(id ID) bool { return s&(1<<id) != 0 }

// Custom returns the custom detectors of the set.
func (s Set) Custom() Set { return s >> firstCustom << firstCustom }

// hasAny reports whether the set holds one of others.
func (s Set) hasAny(others Set) bool { return s&others != 0 }

// Group returns the detectors of a group. It returns false if there is no
// such group.
func Group(name string) (Set, bool) {
	var s Set
	for id, d := range builtin {
		if d.group == name && name != "" {
			s |= 1 << id
		}
	}
	return s, s != 0
}

// Groups returns the names of the groups.
func Groups() []string { return []string{GroupPII, GroupSecrets, GroupIDs, GroupNational} }

// ByName returns the built-in detector of this name. It returns false if there
// is none.
func ByName(name string) (ID, bool) {
	i := slices.IndexFunc(builtin[:], func(d struct{ name, group string }) bool { return d.name == name })
	return ID(max(i, 0)), i >= 0
}

// Names returns the names of the built-in detectors, by ID.
func Names() []string {
	names := make([]string, len(builtin))
	for i, d := range builtin {
		names[i] = d.name
	}
	return names
}

package detect

import (
	"slices"
	"strings"
)

// userinfo finds passwords in URLs: what stands between the first colon behind
// :// and the last at sign of the authority. A user without a password is a
// finding if it is as long as a token.
func (p *Pass) userinfo(s string) {
	for from := 0; ; {
		i := strings.Index(s[from:], "://")
		if i < 0 {
			return
		}
		start := from + i + len("://")
		from = start
		end := authorityEnd(s, start)
		sign := strings.LastIndexByte(s[start:end], '@')
		if sign < 0 {
			continue
		}
		user := s[start : start+sign]
		from = start + sign
		colon := strings.IndexByte(user, ':')
		if colon < 0 {
			if len(user) >= minRun {
				p.add(start, start+sign, URLUserinfo)
			}
			continue
		}
		if start+colon+1 < start+sign {
			p.add(start+colon+1, start+sign, URLUserinfo)
		}
	}
}

// authorityEnd returns the end of a URL's authority. If it looks as though a
// password with a slash or the like were cut in two, it goes on to the end of
// the word.
func authorityEnd(s string, start int) int {
	end := start
	for end < len(s) && !strings.ContainsRune("/?#", rune(s[end])) && !endsURL(s[end]) {
		end++
	}
	authority := s[start:end]
	if strings.IndexByte(authority, '@') >= 0 {
		return end
	}
	colon := strings.LastIndexByte(authority, ':')
	if colon < 0 || strings.IndexByte(authority, ']') > colon || runEnd(authority, colon+1, digit) == len(authority) {
		return end
	}
	for end < len(s) && !endsURL(s[end]) {
		end++
	}
	return end
}

// endsURL reports whether a byte cannot be part of a URL, as people write them.
func endsURL(b byte) bool {
	switch b {
	case '"', '\'', '<', '>', '`', ',':
		return true
	}
	return b <= ' '
}

var (
	// secretNames are what secrets are called, in URLs and elsewhere.
	secretNames = newFoldSet([]string{
		"password", "passwd", "passphrase", "pwd", "secret", "client_secret", "clientsecret", "client-secret", "access_token", "accesstoken",
		"refresh_token", "refreshtoken", "id_token", "idtoken", "auth_token", "authtoken", "token", "api_key", "apikey", "api-key", "x-api-key",
		"private_key", "secret_key", "secretkey", "access_key", "accesskey", "session_token", "sessiontoken", "client_assertion",
		"x-amz-signature", "x-amz-security-token", "x-goog-signature", "accountkey", "sharedaccesskey", "sharedaccesssignature", "_authtoken",
		"aws_secret_access_key", "secretaccesskey", "connection_string", "encryption_key", "signing_key", "db_password", "webhook_secret",
	})
	// queryNames are what secrets are called in the query of a URL, where the
	// name of a parameter says more than elsewhere.
	queryNames = newFoldSet([]string{
		"key", "sig", "signature", "code", "auth", "authorization", "pass", "sid", "session", "sessionid", "session_id", "jwt", "otp", "pin",
		"x-amz-credential", "x-goog-credential", "credential", "credentials", "assertion", "state_token", "samlresponse",
	})
)

// assignments finds the values of name=value where the name is that of a
// secret: in the query of a URL, in a form, in a connection string, in a log.
func (p *Pass) assignments(s string) {
	for from := 0; ; {
		i := strings.IndexByte(s[from:], '=')
		if i < 0 {
			return
		}
		equals := from + i
		from = equals + 1
		start := runStart(s, equals, 0, alnum|tokenMark)
		if start == equals {
			continue
		}
		name := s[start:equals]
		if dot := strings.LastIndexByte(name, '.'); dot >= 0 {
			name = name[dot+1:]
		}
		end := assignedEnd(s, from)
		if end == from || name == "" {
			continue
		}
		query := byteAt(s, start-1) == '?' || byteAt(s, start-1) == '&'
		switch {
		case secretNames.has(name):
		case query && queryNames.has(name):
			// Status codes and page numbers are no secrets.
			if runEnd(s[:end], from, digit) == end && end-from < 4 {
				p.Rejected[URLQuerySecret]++
				continue
			}
		default:
			continue
		}
		p.addUnquoted(s, from, end, URLQuerySecret)
		from = end
	}
}

// assignedEnd returns the end of the value that starts at i: in quotes, their
// end; otherwise the end of the parameter or word.
func assignedEnd(s string, i int) int {
	if quote := byteAt(s, i); quote == '"' || quote == '\'' {
		if end := quotedEnd(s, i+1, quote); end > 0 {
			return end + 1
		}
		return len(s)
	}
	for i < len(s) && s[i] != '&' && s[i] != ';' && s[i] != '#' && s[i] != ')' && s[i] != '\\' && !endsURL(s[i]) {
		i++
	}
	return i
}

// quotedEnd returns the place of the quote that ends the text at i, or -1. A
// backslash takes the meaning of what follows it.
func quotedEnd(s string, i int, quote byte) int {
	for ; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case quote:
			return i
		}
	}
	return -1
}

// addUnquoted adds a finding without the quotes around it.
func (p *Pass) addUnquoted(s string, start, end int, id ID) {
	if quote := s[start]; quote == '"' || quote == '\'' {
		start++
		if end > start && s[end-1] == quote {
			end--
		}
	}
	if start < end {
		p.add(start, end, id)
	}
}

// SecretNames returns what secrets are called in text: names of parameters,
// fields and columns, in lower case.
func SecretNames() []string {
	var names []string
	for _, n := range secretNames.byLength {
		names = append(names, n...)
	}
	slices.Sort(names)
	return names
}

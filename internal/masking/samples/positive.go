package samples

import (
	b64 "encoding/base64"
	"fmt"
	"hash/crc32"
	"math/big"
	"strings"
)

// Kinds returns the detectors that there are samples for, by name.
func Kinds() []string {
	return []string{
		"private_key", "jwt", "bearer_auth", "basic_auth", "aws_access_key_id", "aws_secret_key", "api_token", "url_userinfo",
		"url_query_secret", "json_field", "sql_field", "sql_literal", "credit_card", "iban", "email", "phone", "us_ssn", "br_cpf", "de_tax_id",
		"es_dni", "fr_nir", "in_aadhaar", "nl_bsn", "pl_pesel", "se_personnummer", "uk_nhs", "ipv4", "ipv6", "mac",
	}
}

// Positive returns a sample of this kind.
func (r Rand) Positive(kind string) Sample {
	if strings.Contains(" br_cpf de_tax_id es_dni fr_nir in_aadhaar nl_bsn pl_pesel se_personnummer uk_nhs ", " "+kind+" ") {
		return r.around(r.nationalID(kind))
	}
	switch kind {
	case "private_key":
		return r.privateKey()
	case "jwt":
		return r.around(r.jwt())
	case "bearer_auth":
		token := r.chars(urlChars, r.between(24, 60))
		return Sample{Secret: token, Text: r.one("Authorization: Bearer ", "bearer ", "auth=[BEARER ") + token}
	case "basic_auth":
		token := b64.StdEncoding.EncodeToString([]byte(r.word() + ":" + r.chars(alnums, 14)))
		return Sample{Secret: token, Text: r.one("authorization: Basic ", "Basic ") + token}
	case "aws_access_key_id":
		return r.around(r.one("AKIA", "ASIA", "ABIA", "ACCA") + r.chars("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16))
	case "aws_secret_key":
		secret := r.chars(alnums+"+/", 40)
		return Sample{Secret: secret, Text: r.one("aws_secret_key=", "AWS_SECRET: ", "SecretAccessKey is ") + secret}
	case "api_token":
		return r.around(r.token())
	case "url_userinfo", "url_query_secret", "json_field", "sql_field", "sql_literal":
		return r.inContext(kind)
	}
	return r.around(r.personal(kind))
}

// personal returns personal data of this kind.
func (r Rand) personal(kind string) string {
	switch kind {
	case "credit_card":
		return r.card()
	case "iban":
		return r.iban()
	case "email":
		return r.word() + r.one(".", "_", "+", "") + r.chars(lowers+digits, 5) + "@" + r.one("mail.", "") + r.word() + r.one(".example", ".test", ".com", ".co.uk")
	case "phone":
		return r.one("+1 ", "+44", "+49 ", "+33-", "+91 ") + r.one(r.chars("123456789", 10), r.chars("123456789", 3)+" "+r.chars(digits, 3)+" "+r.chars(digits, 4))
	case "us_ssn":
		return fmt.Sprintf("%03d-%02d-%04d", r.between(1, 665), r.between(1, 99), r.between(1, 9999))
	case "ipv4":
		return fmt.Sprintf("%d.%d.%d.%d", r.between(1, 223), r.IntN(256), r.IntN(256), r.between(1, 254))
	case "ipv6":
		return fmt.Sprintf("2001:db8:%x::%x:%x", r.between(1, 0xffff), r.IntN(0xffff), r.between(1, 0xffff))
	default: // mac
		return strings.Join([]string{"02", r.chars(hexes, 2), r.chars(hexes, 2), r.chars(hexes, 2), r.chars(hexes, 2), r.chars(hexes, 2)}, r.one(":", "-"))
	}
}

// around returns the secret with text around it, or none.
func (r Rand) around(secret string) Sample {
	before := r.one("", "", "user ", "value=", "\"", "(", "id:", "got ", "x,", "%20", "\\n", "[")
	after := r.one("", "", " failed", "\"", ")", ", next", "]", ".", ";", "\n", "&b=1")
	return Sample{Secret: secret, Text: before + secret + after}
}

func (r Rand) privateKey() Sample {
	label := r.one("RSA ", "EC ", "", "OPENSSH ", "ENCRYPTED ")
	body := r.chars(alnums+"+/", 64)
	text := "-----BEGIN " + label + "PRIVATE KEY-----\n" + body + "\n" + r.chars(alnums+"+/", 40) + "=\n"
	if r.IntN(4) > 0 {
		text += "-----END " + label + "PRIVATE KEY-----"
	}
	return Sample{Secret: body, Text: text}
}

func (r Rand) jwt() string {
	header := b64.RawURLEncoding.EncodeToString([]byte(`{"alg":"` + r.one("HS256", "RS256", "none", "ES384") + `","typ":"JWT"}`))
	payload := b64.RawURLEncoding.EncodeToString([]byte(`{"sub":"` + r.chars(alnums, 12) + `"}`))
	return header + "." + payload + "." + r.chars(urlChars, 43)
}

// token returns a token with its issuer's mark.
func (r Rand) token() string {
	switch r.IntN(6) {
	case 0:
		body := r.chars(alnums, 30)
		return r.one("ghp_", "gho_", "ghs_") + body + base62(crc32.ChecksumIEEE([]byte(body)))
	case 1:
		return "glpat-" + r.chars(urlChars, 19) + r.chars(alnums, 1)
	case 2:
		return r.one("xoxb-", "xoxp-") + r.chars(digits, 12) + "-" + r.chars(digits, 12) + "-" + r.chars(alnums, 24)
	case 3:
		return r.one("sk_live_", "rk_test_") + r.chars(alnums, 24)
	case 4:
		return "AIza" + r.chars(alnums, 35)
	default:
		return r.one("npm_"+r.chars(alnums, 36), "hf_"+r.chars(alnums, 34), "dop_v1_"+r.chars(hexes, 64), "shpat_"+r.chars(hexes, 32), "SG."+r.chars(alnums, 22)+"."+r.chars(alnums, 43))
	}
}

func base62(n uint32) string {
	var b [6]byte
	for i := len(b) - 1; i >= 0; i-- {
		b[i] = alnums[n%62]
		n /= 62
	}
	return string(b[:])
}

// inContext returns a secret that only the text around it gives away.
func (r Rand) inContext(kind string) Sample {
	secret := r.chars(alnums, r.between(9, 20))
	switch kind {
	case "url_userinfo":
		return Sample{Secret: secret, Text: r.one("postgres", "https", "redis", "amqp") + "://" + r.one(r.word(), "") + ":" + secret + "@" + r.word() + ".example:5432/db?x=1"}
	case "url_query_secret":
		return Sample{Secret: secret, Text: r.one("/cb?a=1&", "https://x.example/p?", "retry ", "Server=db;") + r.one("password", "api_key", "access_token", "client_secret", "token") + "=" + secret + r.one("", "&b=2", ";c=3", " end")}
	case "json_field":
		return Sample{Secret: secret, Text: r.one(`{"a":1,"password":"`+secret+`"}`, `{"token": "`+secret+`", "b": 2}`, `"{\"secret\":\"`+secret+`\"}"`, `{'api_key': '`+secret+`'}`)}
	case "sql_field":
		return Sample{Secret: secret, Text: r.one("UPDATE u SET password = '"+secret+"' WHERE id = 7", "WHERE t.secret = '"+secret+"'")}
	default: // sql_literal
		return Sample{Secret: secret, Key: "db.query.text", Text: r.one(
			"SELECT a FROM t WHERE n = '"+secret+"' LIMIT 10", "INSERT INTO t (a, b) VALUES (12, '"+secret+"')", "SELECT $tag$"+secret+"$tag$",
			`db.t.find({"name": "`+secret+`"})`, `{"find": "`+secret+`"}`, "SELECT a FROM t WHERE n = 'it''s "+secret+"'",
			`SELECT 'a\', '`+secret+`', 'b'`, "SELECT 1 -- don't\n, '"+secret+"'",
		)}
	}
}

// luhnDigit returns the digit that makes the number pass the Luhn check.
func luhnDigit(number string) string {
	sum := 0
	for i := range len(number) {
		d := int(number[len(number)-1-i] - '0')
		if i%2 == 0 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return string(digits[(10-sum%10)%10])
}

func (r Rand) card() string {
	prefix, n := "4", 16
	switch r.IntN(5) {
	case 0:
		prefix = fmt.Sprint(r.between(51, 55))
	case 1:
		prefix, n = r.one("34", "37"), 15
	case 2:
		prefix = "6011"
	case 3:
		prefix, n = "4", r.between(0, 1)*3+16
	}
	number := prefix + r.chars(digits, n-len(prefix)-1)
	number += luhnDigit(number)
	if r.IntN(3) > 0 {
		return number
	}
	sep := r.one(" ", "-")
	if n == 15 {
		return number[:4] + sep + number[4:10] + sep + number[10:]
	}
	out := number[:4] + sep + number[4:8] + sep + number[8:12] + sep + number[12:16]
	if n > 16 {
		out += sep + number[16:]
	}
	return out
}

func (r Rand) iban() string {
	country := r.one("DE", "GB", "FR", "NL", "NO", "MT")
	bban := map[string]string{
		"DE": r.chars(digits, 18), "GB": r.chars(uppers, 4) + r.chars(digits, 14), "FR": r.chars(digits, 10) + r.chars(digits+uppers, 11) + r.chars(digits, 2),
		"NL": r.chars(uppers, 4) + r.chars(digits, 10), "NO": r.chars(digits, 11), "MT": r.chars(uppers, 4) + r.chars(digits, 23),
	}[country]
	var numeric strings.Builder
	for _, c := range bban + country + "00" {
		if c >= 'A' {
			fmt.Fprint(&numeric, int(c-'A')+10)
		} else {
			numeric.WriteRune(c)
		}
	}
	n, _ := new(big.Int).SetString(numeric.String(), 10)
	iban := fmt.Sprintf("%s%02d%s", country, 98-new(big.Int).Mod(n, big.NewInt(97)).Int64(), bban)
	if r.IntN(2) == 0 {
		return iban
	}
	var grouped strings.Builder
	for i := 0; i < len(iban); i += 4 {
		if i > 0 {
			grouped.WriteByte(' ')
		}
		grouped.WriteString(iban[i:min(len(iban), i+4)])
	}
	return grouped.String()
}

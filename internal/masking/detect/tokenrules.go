package detect

// tokenRule describes the tokens of one issuer: a prefix that only they have,
// and at least so many bytes behind it.
type tokenRule struct {
	prefix string
	least  int
	body   func(byte) bool
	// check says whether what follows the prefix is right. It may be nil.
	check func(body string) bool
}

func isAlnum(b byte) bool     { return is(b, alnum) }
func isHex(b byte) bool       { return is(b, hexByte) }
func isWordByte(b byte) bool  { return is(b, alnum) || b == '_' }
func isURLBase64(b byte) bool { return is(b, alnum) || b == '_' || b == '-' }
func isTokenByte(b byte) bool { return is(b, tokenByte) }
func isDashed(b byte) bool    { return is(b, alnum) || b == '-' }

// tokenRules are the tokens that carry their issuer's mark. Those of one first
// letter are tried in this order.
var tokenRules = []tokenRule{
	// GitHub
	{"ghp_", 36, isAlnum, nil},
	{"gho_", 36, isAlnum, nil},
	{"ghu_", 36, isAlnum, nil},
	{"ghs_", 36, isAlnum, nil},
	{"ghr_", 36, isAlnum, nil},
	{"github_pat_", 82, isWordByte, nil},
	// GitLab
	{"glpat-", 20, isTokenByte, nil},
	{"gldt-", 20, isURLBase64, nil},
	{"glptt-", 40, isURLBase64, nil},
	{"glrt-", 20, isTokenByte, nil},
	{"glcbt-", 20, isURLBase64, nil},
	{"glft-", 20, isURLBase64, nil},
	{"glsoat-", 20, isURLBase64, nil},
	{"glagent-", 50, isURLBase64, nil},
	{"gloas-", 64, isURLBase64, nil},
	// Slack
	{"xoxb-", 20, isDashed, nil},
	{"xoxp-", 20, isDashed, nil},
	{"xoxa-", 20, isDashed, nil},
	{"xoxr-", 20, isDashed, nil},
	{"xoxs-", 20, isDashed, nil},
	{"xoxe-", 20, isDashed, nil},
	{"xoxe.", 20, isTokenByte, nil},
	{"xapp-", 20, isDashed, nil},
	// Stripe
	{"sk_live_", 16, isAlnum, nil},
	{"sk_test_", 16, isAlnum, nil},
	{"rk_live_", 16, isAlnum, nil},
	{"rk_test_", 16, isAlnum, nil},
	{"whsec_", 24, isWordByte, nil},
	// Google
	{"AIza", 35, isURLBase64, nil},
	{"ya29.", 20, isTokenByte, nil},
	{"GOCSPX-", 28, isURLBase64, nil},
	// Packages and images
	{"npm_", 36, isAlnum, nil},
	{"pypi-AgE", 50, isURLBase64, nil},
	{"rubygems_", 48, isHex, nil},
	{"dckr_pat_", 27, isURLBase64, nil},
	{"dckr_oat_", 27, isURLBase64, nil},
	// Mail and messages
	{"SG.", 60, isTokenByte, nil},
	{"key-", 32, isHex, nil},
	{"xkeysib-", 64, isDashed, nil},
	// Clouds and platforms
	{"dop_v1_", 64, isHex, nil},
	{"doo_v1_", 64, isHex, nil},
	{"dor_v1_", 64, isHex, nil},
	{"shpat_", 32, isHex, nil},
	{"shpca_", 32, isHex, nil},
	{"shppa_", 32, isHex, nil},
	{"shpss_", 32, isHex, nil},
	{"dapi", 32, isHex, nil},
	{"tskey-", 20, isDashed, nil},
	{"pscale_tkn_", 32, isTokenByte, nil},
	{"pscale_pw_", 32, isTokenByte, nil},
	{"sq0atp-", 22, isURLBase64, nil},
	{"sq0csp-", 43, isURLBase64, nil},
	// Models
	{"hf_", 34, isAlnum, nil},
	{"sk-ant-", 32, isURLBase64, nil},
	{"sk-proj-", 32, isURLBase64, nil},
	{"sk-svcacct-", 32, isURLBase64, nil},
	{"sk-", 48, isAlnum, nil},
	// Operations
	{"glsa_", 32, isWordByte, nil},
	{"glc_", 32, isAlnum, nil},
	{"hvs.", 24, isURLBase64, nil},
	{"hvb.", 24, isURLBase64, nil},
	{"hvr.", 24, isURLBase64, nil},
	{"atlasv1.", 60, isURLBase64, nil},
	{"pul-", 40, isHex, nil},
	{"NRAK-", 27, isAlnum, nil},
	{"sntrys_", 64, isURLBase64, nil},
	{"sntryu_", 64, isHex, nil},
	// Work
	{"ATATT3", 60, isURLBase64, nil},
	{"ATCTT3", 60, isURLBase64, nil},
	{"lin_api_", 40, isAlnum, nil},
	{"ntn_", 40, isAlnum, nil},
	{"figd_", 40, isURLBase64, nil},
	{"PMAK-", 59, isDashed, nil},
	{"AGE-SECRET-KEY-1", 58, isAlnum, nil},
}

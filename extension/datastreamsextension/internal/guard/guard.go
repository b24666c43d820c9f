// Package guard keeps a page on loopback from being used by other pages: a
// browser that is tricked into asking it, under another name or from another
// site, gets no answer.
package guard

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// policy lets the page use its own files and its own API, and nothing else.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"base-uri 'self'; form-action 'none'; frame-ancestors 'none'"

// New wraps a handler. hosts are the names that it answers to, beside those of
// loopback; "*" stands for all.
func New(next http.Handler, hosts []string) http.Handler {
	return allow(headers(http.NewCrossOriginProtection().Handler(next)), hosts)
}

// allow refuses requests for other hosts: a name that somebody else has made
// point to loopback would let his page read the answers.
func allow(next http.Handler, hosts []string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !allowed(r.Host, hosts) {
			http.Error(w, "this host is not served here; name it in `hosts` of the datastreams extension", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func allowed(host string, hosts []string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	return Loopback(host) || slices.ContainsFunc(hosts, func(h string) bool { return h == "*" || strings.EqualFold(h, host) })
}

// Loopback reports whether a host is this machine's own, and nobody else's.
func Loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

func headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		next.ServeHTTP(w, r)
	})
}

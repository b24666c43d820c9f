package session

import (
	"context"
	"net/http"
	"strings"

	"go.opentelemetry.io/collector/extension/extensionauth"
)

// Cookie is the name of the cookie.
const Cookie = "datastreams_session"

// Gate lets requests in that an auth extension accepts. It is safe for
// concurrent use; its fields must not change.
type Gate struct {
	// Auth is the extension, or nil: then everybody is let in.
	Auth extensionauth.Server
	// Parameters are those of a request's query that Auth sees as headers.
	Parameters []string
	Table      *Table
	// Path is what the cookie is for, and Secure that it is for TLS only. It is, too,
	// where the browser says that it speaks TLS, be it to a proxy.
	Path   string
	Secure bool
}

type authenticated struct{}

// Authenticated reports whether the request with this context was let in by the
// extension, or there is none.
func Authenticated(ctx context.Context) bool { return ctx.Value(authenticated{}) != nil }

// Guard returns a handler that lets in who may, and others where open says so;
// all others get refuse, with the extension's error or a *TooManyError.
func (g *Gate) Guard(next http.Handler, open func(*http.Request) bool, refuse func(http.ResponseWriter, *http.Request, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, err := g.let(r)
		switch {
		case err == nil:
			next.ServeHTTP(w, r.WithContext(ctx)) //nolint:contextcheck // It is made of the request's own.
		case open(r):
			next.ServeHTTP(w, r)
		default:
			refuse(w, r, err)
		}
	})
}

// let asks the extension about a request. The context is the one to go on with.
func (g *Gate) let(r *http.Request) (context.Context, error) {
	if g.Auth == nil {
		return context.WithValue(r.Context(), authenticated{}, true), nil
	}
	headers, guess := r.Header.Clone(), r.Header.Get("Authorization") != ""
	if !guess {
		// The ids of sessions cannot be guessed; nor is a page to blame that goes on
		// asking after its token was withdrawn.
		if c, err := r.Cookie(Cookie); err == nil {
			if authorization, ok := g.Table.authorization(c.Value); ok {
				headers.Set("Authorization", authorization)
			}
		}
	}
	query := r.URL.Query()
	for _, name := range g.Parameters {
		if values, ok := query[name]; ok {
			headers[name], guess = values, true
		}
	}
	ctx, err := g.authenticate(r, headers, guess)
	if err != nil {
		return r.Context(), err
	}
	return context.WithValue(ctx, authenticated{}, true), nil
}

// authenticate asks the extension about headers. A guess is one that clients
// make up: of those that are not accepted there may be so many only.
func (g *Gate) authenticate(r *http.Request, headers http.Header, guess bool) (context.Context, error) {
	if !guess {
		return g.Auth.Authenticate(r.Context(), headers)
	}
	accepted, err := g.Table.attempts.begin(r)
	if err != nil {
		return r.Context(), err
	}
	ctx, err := g.Auth.Authenticate(r.Context(), headers)
	if err == nil {
		accepted()
	}
	return ctx, err
}

// Required reports whether there is anything to log in to.
func (g *Gate) Required() bool { return g.Auth != nil }

// Open logs a client in by an Authorization header and gives it the cookie. The
// error is the extension's, or a *TooManyError.
func (g *Gate) Open(w http.ResponseWriter, r *http.Request, authorization string) error {
	if g.Auth == nil {
		return nil
	}
	headers := r.Header.Clone()
	headers.Set("Authorization", authorization)
	if _, err := g.authenticate(r, headers, true); err != nil {
		return err
	}
	g.end(r)
	http.SetCookie(w, g.cookie(r, g.Table.open(authorization), 0))
	return nil
}

// Close logs a client out.
func (g *Gate) Close(w http.ResponseWriter, r *http.Request) {
	g.end(r)
	http.SetCookie(w, g.cookie(r, "", -1))
}

// end ends the session that a request comes with.
func (g *Gate) end(r *http.Request) {
	if c, err := r.Cookie(Cookie); err == nil && g.Table != nil {
		g.Table.drop(c.Value)
	}
}

func (g *Gate) cookie(r *http.Request, id string, age int) *http.Cookie {
	secure := g.Secure || r.TLS != nil || strings.HasPrefix(r.Header.Get("Origin"), "https://")
	return &http.Cookie{
		Name: Cookie, Value: id, Path: g.Path, MaxAge: age,
		HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: secure,
	}
}

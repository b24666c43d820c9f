package api

import (
	"encoding/base64"
	"errors"
	"math"
	"net/http"
	"strconv"
	"strings"

	"github.com/otelcol-datastreams/otelcol-datastreams/extension/datastreamsextension/internal/session"
)

// OpenToAll reports whether a request is answered to people who are not logged in:
// the page and its files, which hold no data, and what it takes to log in.
func OpenToAll(r *http.Request) bool {
	path := r.URL.Path
	return path == Prefix+"/session" || path != Prefix && !strings.HasPrefix(path, Prefix+"/")
}

// Refuse answers those who are not let in. The challenge is none that browsers
// have a form of their own for: the page has one.
func Refuse(w http.ResponseWriter, _ *http.Request, err error) {
	if p := tooMany(w, err); p != nil {
		write(w, p)
		return
	}
	w.Header().Set("WWW-Authenticate", `Bearer realm="datastreams"`)
	write(w, problem(http.StatusUnauthorized, "Log in first", "POST a token, or user and password, to "+Prefix+"/session, or send an Authorization header"))
}

// tooMany returns the problem of those who have to wait, or nil.
func tooMany(w http.ResponseWriter, err error) *Problem {
	e, ok := errors.AsType[*session.TooManyError](err)
	if !ok {
		return nil
	}
	w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(e.Wait.Seconds()))))
	return problem(http.StatusTooManyRequests, "Wait a little", e.Error())
}

// Session tells a page where it is and what it may do.
type Session struct {
	Mode          Mode   `json:"mode"`
	Version       string `json:"version"`
	BasePath      string `json:"base_path"`
	Auth          string `json:"auth"` // none or required
	Authenticated bool   `json:"authenticated"`
	// Path is that of the document, for those who are logged in, and Document
	// whether there is one.
	Path     string `json:"path,omitempty"`
	Document bool   `json:"document"`
}

func (s *Server) session(w http.ResponseWriter, r *http.Request) error {
	v := Session{Mode: s.backend.Mode(), Version: s.build.Version, BasePath: s.build.BasePath, Auth: "none", Authenticated: true}
	if s.build.Door != nil && s.build.Door.Required() {
		v.Auth, v.Authenticated = "required", session.Authenticated(r.Context())
	}
	if d, err := s.backend.Document(); err == nil {
		v.Document = true
		if v.Authenticated {
			v.Path = d.Path
		}
	}
	return answer(w, http.StatusOK, v)
}

// Login is who somebody says to be: by a token, or by a name and a password.
type Login struct {
	Token    string `json:"token"`
	User     string `json:"user"`
	Password string `json:"password"`
}

func (s *Server) login(w http.ResponseWriter, r *http.Request) error {
	var l Login
	r.Body = http.MaxBytesReader(w, r.Body, maxLogin)
	if err := body(w, r, &l); err != nil {
		return err
	}
	authorization := "Bearer " + l.Token
	switch {
	case (l.Token == "") == (l.User == ""):
		return problem(http.StatusBadRequest, "The request cannot be read", "name a token, or a user and a password")
	case l.User != "":
		authorization = "Basic " + base64.StdEncoding.EncodeToString([]byte(l.User+":"+l.Password))
	}
	if s.build.Door != nil {
		if err := s.build.Door.Open(w, r, authorization); err != nil {
			if p := tooMany(w, err); p != nil {
				return p
			}
			return problem(http.StatusUnauthorized, "That is not accepted", "check what you have entered; the collector's auth extension decides")
		}
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *Server) logout(w http.ResponseWriter, r *http.Request) error {
	if s.build.Door != nil {
		s.build.Door.Close(w, r)
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

package objectstore

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
	"github.com/stretchr/testify/require"
)

// fault answers a request in place of the server behind it, which it may ask.
type fault func(w http.ResponseWriter, r *http.Request, server http.Handler)

// faulty is a server that applies one fault to each of the first requests that
// match, and lets all others pass.
type faulty struct {
	server http.Handler
	match  string // A prefix of the operation.
	name   func(*http.Request) string

	mu     sync.Mutex
	faults []fault
	seen   []string // The operations, in order.
}

func (f *faulty) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	op := f.name(r)
	f.mu.Lock()
	f.seen = append(f.seen, op)
	var next fault
	if len(f.faults) > 0 && strings.HasPrefix(op, f.match) {
		next, f.faults = f.faults[0], f.faults[1:]
	}
	f.mu.Unlock()
	if next == nil {
		f.server.ServeHTTP(w, r)
		return
	}
	next(w, r, f.server)
}

func (f *faulty) operations() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.seen
}

// operation names what r asks for.
func operation(r *http.Request) string {
	q := r.URL.Query()
	switch {
	case r.Method == http.MethodPost && q.Has("uploads"):
		return "Create"
	case r.Method == http.MethodPost:
		return "Complete"
	case r.Method == http.MethodPut && q.Has("partNumber"):
		return "Part"
	case r.Method == http.MethodDelete:
		return "Abort"
	}
	return r.Method
}

// says answers with an S3 error.
func says(status int, code string) fault {
	return func(w http.ResponseWriter, r *http.Request, _ http.Handler) { reply(status, code)(w, r) }
}

// loses lets the server do what it was asked to and drops its answer.
func loses(_ http.ResponseWriter, r *http.Request, server http.Handler) {
	server.ServeHTTP(httptest.NewRecorder(), r)
	panic(http.ErrAbortHandler)
}

// resets takes half of the body and hangs up.
func resets(_ http.ResponseWriter, r *http.Request, _ http.Handler) {
	_, _ = io.CopyN(io.Discard, r.Body, r.ContentLength/2)
	panic(http.ErrAbortHandler)
}

// hangs never answers.
func hangs(_ http.ResponseWriter, r *http.Request, _ http.Handler) {
	_, _ = io.Copy(io.Discard, r.Body)
	<-r.Context().Done()
}

func newFaulty(t *testing.T, match string, faults ...fault) (*faulty, place) {
	backend := s3mem.New()
	require.NoError(t, backend.CreateBucket("bucket"))
	f := &faulty{server: gofakes3.New(backend).Server(), name: operation, match: match, faults: faults}
	s := openS3(t, S3Options{Bucket: "bucket", Prefix: testPrefix, Endpoint: serve(t, f), PathStyle: true, PartConcurrency: 1})
	s.maxSingle, s.opts.PartSize, s.maxBackoff = 100, 100, 10*time.Millisecond
	return f, clientPlace(s)
}

// times returns a fault again and again.
func times(n int, f fault) []fault { return slices.Repeat([]fault{f}, n) }

// attempt returns the context of a call that is to fail with an error of the
// class given. Only what is to hang has a deadline, which is long enough for a
// slow machine to get there.
func attempt(t *testing.T, class error) (context.Context, context.CancelFunc) {
	if errors.Is(class, context.DeadlineExceeded) {
		return context.WithTimeout(t.Context(), time.Second)
	}
	return context.WithCancel(t.Context())
}

// Guarantees that whatever happens to one attempt, the next one stores the
// object or learns that it is stored, and nothing is left behind.
func TestFaults(t *testing.T) {
	tests := []struct {
		name    string
		size    int
		match   string
		faults  []fault
		failed  int   // How many calls fail before one succeeds.
		class   error // Of the last failure.
		existed bool
	}{
		{"lost answer", 10, "PUT", times(1, loses), 1, nil, true},
		{"lost answers", 10, "PUT", times(2, loses), 2, nil, true},
		{"lost answer and broken look", 10, "", []fault{loses, nil, says(503, "")}, 2, nil, true},
		{"half a body", 50, "PUT", times(1, resets), 1, nil, false},
		{"timeout", 10, "PUT", times(1, hangs), 1, context.DeadlineExceeded, false},
		{"timeout of the look", 10, "", []fault{loses, nil, hangs}, 2, context.DeadlineExceeded, true},
		{"internal error", 10, "PUT", times(2, says(500, "InternalError")), 2, nil, false},
		{"gateway error", 10, "PUT", times(1, says(502, "")), 1, nil, false},
		{"slow down", 10, "PUT", times(3, says(503, "SlowDown")), 3, nil, false},
		{"expired", 10, "PUT", times(1, says(400, "ExpiredToken")), 1, nil, false},
		{"conflict with another request", 10, "PUT", times(1, says(409, "ConditionalRequestConflict")), 1, nil, false},
		{"no bucket", 10, "PUT", times(1, says(404, "NoSuchBucket")), 1, ErrUnavailable, false},
		{"denied", 10, "PUT", times(1, says(403, "AccessDenied")), 1, ErrUnavailable, false},
		{"look denied", 10, "", []fault{loses, nil, says(403, "")}, 2, ErrUnavailable, true},
		{"removed before the look", 10, "PUT", times(1, says(412, "PreconditionFailed")), 1, nil, false},
		{"no conditions", 10, "PUT", times(1, says(501, "NotImplemented")), 1, nil, false},

		{"parts: look denied", 250, "HEAD", times(1, says(403, "")), 0, nil, false},
		{"parts: create slows down", 250, "Create", times(1, says(503, "SlowDown")), 0, nil, false},
		{"parts: create denied", 250, "Create", times(1, says(403, "AccessDenied")), 1, ErrUnavailable, false},
		{"parts: one slows down", 250, "Part", times(2, says(503, "SlowDown")), 0, nil, false},
		{"parts: one is reset", 250, "Part", times(1, resets), 0, nil, false},
		{"parts: one answer is lost", 250, "Part", times(1, loses), 0, nil, false},
		{"parts: one fails too often", 250, "Part", times(3, says(500, "InternalError")), 1, nil, false},
		{"parts: swept away", 250, "Part", times(1, says(404, "NoSuchUpload")), 1, nil, false},
		{"parts: timeout", 250, "Part", times(1, hangs), 1, context.DeadlineExceeded, false},
		{"parts: expired", 250, "Part", times(1, says(400, "ExpiredToken")), 1, nil, false},
		{"parts: completion slows down", 250, "Complete", times(1, says(503, "SlowDown")), 0, nil, false},
		{"parts: answer to completion lost", 250, "Complete", times(1, loses), 0, nil, true},
		{"parts: completion finds it taken", 250, "Complete", []fault{takes}, 0, nil, true},
		{"parts: completion conflicts", 250, "Complete", times(1, says(409, "ConditionalRequestConflict")), 1, nil, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f, p := newFaulty(t, tt.match, tt.faults...)
			data := strings.Repeat("d", tt.size)
			var err error
			for range tt.failed {
				ctx, cancel := attempt(t, tt.class)
				_, err = p.store.PutIfAbsent(ctx, object("a/b", data))
				cancel()
				require.Error(t, err)
				require.False(t, isFinal(err), err)
			}
			if tt.class != nil {
				require.ErrorIs(t, err, tt.class)
			} else {
				require.NotErrorIs(t, err, ErrUnavailable)
			}
			existed, err := p.store.PutIfAbsent(t.Context(), object("a/b", data))
			require.NoError(t, err, f.operations())
			require.Equal(t, tt.existed, existed, f.operations())
			require.Equal(t, []string{"a/b"}, p.keys(t))
			require.Equal(t, data, string(p.read(t, "a/b")))
			require.Empty(t, openUploads(t, p.store.(*S3)), f.operations())
		})
	}
}

// takes completes the upload and says that the key was taken, as if another
// writer of the same bytes had been faster.
func takes(w http.ResponseWriter, r *http.Request, server http.Handler) {
	server.ServeHTTP(httptest.NewRecorder(), r)
	reply(412, "PreconditionFailed")(w, r)
}

// openUploads returns the keys of multipart uploads that were not ended.
func openUploads(t *testing.T, s *S3) []string {
	list, err := s.client.ListMultipartUploads(t.Context(), &s3.ListMultipartUploadsInput{Bucket: &s.opts.Bucket})
	if isGone(err) { // So says gofakes3 of a bucket that never had one.
		return nil
	}
	require.NoError(t, err)
	var keys []string
	for _, u := range list.Uploads {
		keys = append(keys, *u.Key)
	}
	return keys
}

// Guarantees that a file that was stored is not sent again in parts to learn
// that.
func TestLargeReplaySendsNothing(t *testing.T) {
	f, p := newFaulty(t, "")
	for range 2 {
		_, err := p.store.PutIfAbsent(t.Context(), object("a", strings.Repeat("d", 250)))
		require.NoError(t, err)
	}
	require.Equal(t, []string{"HEAD", "Create", "Part", "Part", "Part", "Complete", "HEAD"}, f.operations())
}

// Guarantees that an object without our metadata is told by its bytes: some
// stores drop metadata, and copies of buckets do.
func TestLookWithoutMetadata(t *testing.T) {
	f, p := newFaulty(t, http.MethodGet, says(503, "SlowDown"), says(403, "AccessDenied"), loses)
	s := p.store.(*S3)
	key := testPrefix + "/a"
	_, err := s.client.PutObject(t.Context(), &s3.PutObjectInput{Bucket: &s.opts.Bucket, Key: &key, Body: strings.NewReader("data")})
	require.NoError(t, err)

	_, err = s.PutIfAbsent(t.Context(), object("a", "data"))
	require.ErrorContains(t, err, "SlowDown")
	require.False(t, isFinal(err))
	_, err = s.PutIfAbsent(t.Context(), object("a", "data"))
	require.ErrorIs(t, err, ErrUnavailable)
	existed, err := s.PutIfAbsent(t.Context(), object("a", "data"))
	require.NoError(t, err, f.operations())
	require.True(t, existed)
	_, err = s.PutIfAbsent(t.Context(), object("a", "atad"))
	require.ErrorIs(t, err, ErrConflict)
}

// Guarantees that the caller's end of time does not keep an upload from being
// aborted.
func TestAbortOutlivesContext(t *testing.T) {
	f, p := newFaulty(t, "Part", hangs)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	_, err := p.store.PutIfAbsent(ctx, object("a", strings.Repeat("d", 250)))
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.Equal(t, "Abort", f.operations()[len(f.operations())-1])
	require.Empty(t, openUploads(t, p.store.(*S3)))
}

// Guarantees an answer for stores that ignore or deny If-None-Match: they are
// found out, and looked into before each object.
func TestProbeWithoutConditions(t *testing.T) {
	ignores := func(w http.ResponseWriter, r *http.Request, server http.Handler) {
		r.Header.Del("If-None-Match")
		server.ServeHTTP(w, r)
	}
	denies := says(501, "NotImplemented")
	for name, faults := range map[string][]fault{"ignored": {ignores, ignores}, "denied": {denies}, "denied late": {ignores, denies}} {
		t.Run(name, func(t *testing.T) {
			f, p := newFaulty(t, "PUT", faults...)
			warning, err := p.store.Probe(t.Context())
			require.NoError(t, err)
			require.Equal(t, noConditionsWarning, warning)

			probed := len(f.operations())
			for i := range 2 {
				existed, err := p.store.PutIfAbsent(t.Context(), object("a", "data"))
				require.NoError(t, err)
				require.Equal(t, i > 0, existed)
			}
			_, err = p.store.PutIfAbsent(t.Context(), object("a", "atad"))
			require.ErrorIs(t, err, ErrConflict)
			require.Equal(t, []string{"HEAD", "PUT", "HEAD", "HEAD"}, f.operations()[probed:])
		})
	}
}

func TestProbeFails(t *testing.T) {
	_, p := newFaulty(t, "PUT", says(403, "AccessDenied"))
	_, err := p.store.Probe(t.Context())
	require.ErrorIs(t, err, ErrUnavailable)
	require.ErrorContains(t, err, "probe for conditional writes")
}

package objectstore

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// useKey gives Azure's client a key, so that no test asks for other credentials.
func useKey(t *testing.T) {
	t.Setenv("AZURE_STORAGE_ACCOUNT", "account")
	t.Setenv("AZURE_STORAGE_KEY", "a2V5")
	t.Setenv("AZURE_STORAGE_SAS_TOKEN", "")
}

func openGCS(t *testing.T, url string) *Blobs {
	s, err := OpenGCS(GCSOptions{Bucket: "bucket", Prefix: testPrefix, Endpoint: url})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	s.maxSingle = minPartSize
	return s
}

func openAzure(t *testing.T, endpoint, container string) *Blobs {
	s, err := OpenAzure(AzureOptions{Container: container, Prefix: testPrefix, Endpoint: endpoint})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	s.maxSingle = minPartSize
	s.service.(*azure).maxSingle, s.service.(*azure).block = minPartSize, minPartSize
	return s
}

// fakePlace looks into a fake.
func fakePlace(s *Blobs, f *fakeBlobs) place {
	return place{
		store: s,
		read: func(_ *testing.T, key string) []byte {
			b, _ := f.get(testPrefix + "/" + key)
			return b.data
		},
		keys: func(t *testing.T) []string {
			var keys []string
			for _, key := range f.keys() {
				key, ok := strings.CutPrefix(key, testPrefix+"/")
				require.True(t, ok, "%q is outside the prefix", key)
				keys = append(keys, key)
			}
			return keys
		},
	}
}

func newGCSPlace(t *testing.T) place {
	f := newFakeBlobs()
	return fakePlace(openGCS(t, serve(t, fakeGCS{f})), f)
}

func newAzurePlace(t *testing.T) place {
	useKey(t)
	f := newFakeBlobs()
	return fakePlace(openAzure(t, serve(t, fakeAzure{f})+"/account", "container"), f)
}

// services are the fakes that faults are put before.
var services = map[string]struct {
	reply func(status int, code string) http.HandlerFunc
	open  func(t *testing.T, url string) *Blobs
	serve func(f *fakeBlobs) http.Handler
	// put is the method of an upload and look that of a look.
	put, look string
	// noBucket, denied, expired and slow are the service's own words.
	noBucket, denied, expired, slow answer
}{
	"gcs": {
		gcsReply, openGCS, func(f *fakeBlobs) http.Handler { return fakeGCS{f} }, "POST", "GET",
		answer{404, "notFound"},
		answer{403, "forbidden"},
		answer{401, "authError"},
		answer{429, "rateLimitExceeded"},
	},
	"azure": {
		azureReply, func(t *testing.T, url string) *Blobs { return openAzure(t, url+"/account", "container") },
		func(f *fakeBlobs) http.Handler { return fakeAzure{f} }, "PUT", "HEAD",
		answer{404, "ContainerNotFound"},
		answer{403, "AuthorizationFailure"},
		answer{403, "AuthenticationFailed"},
		answer{503, "ServerBusy"},
	},
}

type answer struct {
	status int
	code   string
}

// Guarantees that whatever happens to one attempt, the next one stores the
// object or learns that it is stored.
func TestBlobFaults(t *testing.T) {
	useKey(t)
	for name, service := range services {
		says := func(a answer) fault {
			return func(w http.ResponseWriter, r *http.Request, _ http.Handler) { service.reply(a.status, a.code)(w, r) }
		}
		tests := []struct {
			name    string
			match   string
			faults  []fault
			failed  int   // How many calls fail before one succeeds.
			class   error // Of the last failure.
			existed bool
		}{
			{"lost answer", service.put, times(1, loses), 1, nil, true},
			{"lost answers", service.put, times(2, loses), 2, nil, true},
			{"lost answer and broken look", "", []fault{loses, nil, says(answer{503, ""})}, 2, nil, true},
			{"half a body", service.put, times(1, resets), 1, nil, false},
			{"timeout", service.put, times(1, hangs), 1, context.DeadlineExceeded, false},
			{"timeout of the look", "", []fault{loses, nil, hangs}, 2, context.DeadlineExceeded, true},
			{"internal error", service.put, times(2, says(answer{500, ""})), 2, nil, false},
			{"gateway error", service.put, times(1, says(answer{502, ""})), 1, nil, false},
			{"slow down", service.put, times(3, says(service.slow)), 3, nil, false},
			{"expired credentials", service.put, times(1, says(service.expired)), 1, ErrUnavailable, false},
			{"no bucket", service.put, times(1, says(service.noBucket)), 1, ErrUnavailable, false},
			{"denied", service.put, times(1, says(service.denied)), 1, ErrUnavailable, false},
			{"look denied", "", []fault{loses, nil, says(answer{403, ""})}, 2, ErrUnavailable, true},
			{"removed before the look", service.put, times(1, says(answer{412, ""})), 1, nil, false},
		}
		for _, tt := range tests {
			t.Run(name+"/"+tt.name, func(t *testing.T) {
				fake := newFakeBlobs()
				f := &faulty{server: service.serve(fake), name: method, match: tt.match, faults: tt.faults}
				p := fakePlace(service.open(t, serve(t, f)), fake)
				data := strings.Repeat("d", 50)
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
			})
		}
	}
}

func method(r *http.Request) string { return r.Method }

// Guarantees that a request for a block is tried again by itself, and that an
// answer to the last one may get lost.
func TestAzureBlocks(t *testing.T) {
	useKey(t)
	for name, tt := range map[string]struct {
		match   string
		fault   fault
		existed bool
	}{
		"a block slows down":       {"block", func(w http.ResponseWriter, r *http.Request, _ http.Handler) { azureReply(503, "ServerBusy")(w, r) }, false},
		"a block is reset":         {"block", resets, false},
		"the commit's answer lost": {"blocklist", loses, true},
	} {
		t.Run(name, func(t *testing.T) {
			fake := newFakeBlobs()
			comp := func(r *http.Request) string { return r.URL.Query().Get("comp") }
			f := &faulty{server: fakeAzure{fake}, name: comp, match: tt.match, faults: times(1, tt.fault)}
			s := openAzure(t, serve(t, f)+"/account", "container")
			s.maxSingle, s.service.(*azure).maxSingle, s.service.(*azure).block = 100, 100, 100
			data := strings.Repeat("0123456789", 25)
			existed, err := s.PutIfAbsent(t.Context(), object("a/b", data))
			require.NoError(t, err)
			require.Equal(t, tt.existed, existed)
			got, ok := fake.get(testPrefix + "/a/b")
			require.True(t, ok)
			require.Equal(t, data, string(got.data))
		})
	}
}

// Guarantees that an object above the limit of a single request is looked for
// before it is sent: after a crash that saves sending it.
func TestBlobReplaySendsNothing(t *testing.T) {
	useKey(t)
	for name, service := range services {
		t.Run(name, func(t *testing.T) {
			f := &faulty{server: service.serve(newFakeBlobs()), name: method, match: "none"}
			s := service.open(t, serve(t, f))
			s.maxSingle = 100
			for range 2 {
				_, err := s.PutIfAbsent(t.Context(), object("a/b", strings.Repeat("d", 101)))
				require.NoError(t, err)
			}
			require.Equal(t, []string{service.look, service.put, service.look}, f.operations())
		})
	}
}

// Guarantees that an object which lost its metadata is told by its bytes.
func TestBlobWithoutMetadata(t *testing.T) {
	useKey(t)
	for name, service := range services {
		t.Run(name, func(t *testing.T) {
			fake := newFakeBlobs()
			s := service.open(t, serve(t, service.serve(fake)))
			require.True(t, fake.put(testPrefix+"/a/b", fakeBlob{data: []byte("data")}, true))
			existed, err := s.PutIfAbsent(t.Context(), object("a/b", "data"))
			require.NoError(t, err)
			require.True(t, existed)
			_, err = s.PutIfAbsent(t.Context(), object("a/b", "atad"))
			require.ErrorIs(t, err, ErrConflict)
		})
	}
}

// Guarantees the classes of errors, with what the service said and a remedy.
func TestBlobErrorClasses(t *testing.T) {
	useKey(t)
	tests := []struct {
		service string
		answer
		class  error
		remedy string
	}{
		{"gcs", answer{413, ""}, ErrUnstorable, ""},
		{"gcs", answer{404, "notFound"}, ErrUnavailable, remedyBucket},
		{"gcs", answer{403, "rateLimitExceeded"}, nil, ""},
		{"gcs", answer{403, "forbidden"}, ErrUnavailable, remedyAccess},
		{"gcs", answer{308, ""}, ErrUnavailable, remedyEndpoint},
		{"gcs", answer{400, "invalid"}, nil, ""},
		{"gcs", answer{507, ""}, ErrUnavailable, remedySpace},
		{"azure", answer{413, "RequestBodyTooLarge"}, ErrUnstorable, ""},
		{"azure", answer{400, "MetadataTooLarge"}, ErrUnstorable, ""},
		{"azure", answer{404, "ContainerNotFound"}, ErrUnavailable, remedyContainer},
		{"azure", answer{409, "ContainerBeingDeleted"}, nil, ""},
		{"azure", answer{409, "AccountIsDisabled"}, ErrUnavailable, remedyAccess},
		{"azure", answer{403, "AuthorizationPermissionMismatch"}, ErrUnavailable, remedyAccess},
		{"azure", answer{400, "InvalidBlobTier"}, ErrUnavailable, remedyTier},
		{"azure", answer{503, "ServerBusy"}, nil, ""},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.service, tt.status, tt.code), func(t *testing.T) {
			service := services[tt.service]
			s := service.open(t, serve(t, service.reply(tt.status, tt.code)))
			for _, err := range []error{s.Put(t.Context(), "key", []byte("data")), s.Check(t.Context())} {
				require.Error(t, err)
				require.Equal(t, errors.Is(tt.class, ErrUnstorable), errors.Is(err, ErrUnstorable), err)
				require.Equal(t, errors.Is(tt.class, ErrUnavailable), errors.Is(err, ErrUnavailable), err)
				require.ErrorContains(t, err, tt.remedy)
				require.ErrorContains(t, err, tt.code, "what the store said must not get lost")
			}
		})
	}
}

// Guarantees that a probe shows whether there is a permission to store.
func TestBlobProbe(t *testing.T) {
	useKey(t)
	for name, service := range services {
		t.Run(name, func(t *testing.T) {
			fake := newFakeBlobs()
			s := service.open(t, serve(t, service.serve(fake)))
			for range 2 {
				warning, err := s.Probe(t.Context())
				require.NoError(t, err)
				require.Empty(t, warning)
			}
			require.Equal(t, []string{testPrefix + "/" + probeKey}, fake.keys())
			s = service.open(t, serve(t, service.reply(403, "no")))
			_, err := s.Probe(t.Context())
			require.ErrorIs(t, err, ErrUnavailable)
		})
	}
}

// Guarantees that putting the same once more takes no permission to replace
// objects.
func TestBlobPutKeepsEqual(t *testing.T) {
	useKey(t)
	for name, service := range services {
		t.Run(name, func(t *testing.T) {
			f := &faulty{server: service.serve(newFakeBlobs()), name: method, match: "none"}
			s := service.open(t, serve(t, f))
			for range 2 {
				require.NoError(t, s.Put(t.Context(), "a", []byte("data")))
			}
			require.Equal(t, []string{service.put, service.put, service.look}, f.operations())
		})
	}
}

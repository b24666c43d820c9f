package objectstore

import (
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/require"
)

func TestSweep(t *testing.T) {
	_, p := newFaulty(t, "")
	testSweep(t, p.store.(*S3))
}

// testSweep begins uploads inside and outside of the prefix, and sweeps.
func testSweep(t *testing.T, s *S3) {
	for _, key := range []string{testPrefix + "/lake/1", testPrefix + "/lake/2", testPrefix + "/lakeside/3", "other/4"} {
		_, err := s.client.CreateMultipartUpload(t.Context(), &s3.CreateMultipartUploadInput{Bucket: &s.opts.Bucket, Key: &key})
		require.NoError(t, err)
	}
	removed, err := s.Sweep(t.Context(), "lake", time.Hour)
	require.NoError(t, err)
	require.Zero(t, removed, "all uploads are young")

	// Servers tell the time in whole seconds.
	removed, err = s.Sweep(t.Context(), "lake", -time.Minute)
	require.NoError(t, err)
	require.Equal(t, 2, removed)
	require.ElementsMatch(t, []string{testPrefix + "/lakeside/3", "other/4"}, openUploads(t, s))

	removed, err = s.Sweep(t.Context(), "", -time.Minute)
	require.NoError(t, err)
	require.Equal(t, 1, removed)
	require.Equal(t, []string{"other/4"}, openUploads(t, s))
}

func TestSweepRefuses(t *testing.T) {
	_, p := newFaulty(t, "")
	s := p.store.(*S3)
	_, err := s.Sweep(t.Context(), "../other", 0)
	require.ErrorContains(t, err, "plain path")
	s.opts.Prefix = ""
	_, err = s.Sweep(t.Context(), "", 0)
	require.ErrorIs(t, err, ErrNoPrefix)
}

func TestSweepFaults(t *testing.T) {
	tests := []struct {
		name    string
		match   string
		fault   fault
		removed int
		class   error
	}{
		{"denied", http.MethodGet, says(403, "AccessDenied"), 0, ErrUnavailable},
		{"not implemented", http.MethodGet, says(501, "NotImplemented"), 0, nil},
		{"upload is gone", "Abort", says(404, "NoSuchUpload"), 1, nil},
		{"abort denied", "Abort", says(403, "AccessDenied"), 0, ErrUnavailable},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, p := newFaulty(t, tt.match, tt.fault)
			s := p.store.(*S3)
			for _, key := range []string{testPrefix + "/1", testPrefix + "/2"} {
				_, err := s.client.CreateMultipartUpload(t.Context(), &s3.CreateMultipartUploadInput{Bucket: &s.opts.Bucket, Key: &key})
				require.NoError(t, err)
			}
			removed, err := s.Sweep(t.Context(), "", -time.Minute)
			require.ErrorIs(t, err, tt.class)
			require.Equal(t, tt.removed, removed)
		})
	}
}

// Guarantees that a server which never ends its list does not hold us up.
func TestSweepIsBounded(t *testing.T) {
	pages := 0
	s := openS3(t, S3Options{Bucket: "bucket", Prefix: "p", PathStyle: true, Endpoint: serve(t, http.HandlerFunc(
		func(w http.ResponseWriter, _ *http.Request) {
			pages++
			_, _ = w.Write([]byte("<ListMultipartUploadsResult><IsTruncated>true</IsTruncated></ListMultipartUploadsResult>"))
		},
	))})
	_, err := s.Sweep(t.Context(), "", 0)
	require.NoError(t, err)
	require.Equal(t, maxSweepPages, pages)
}

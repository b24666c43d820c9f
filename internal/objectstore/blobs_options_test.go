package objectstore

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Guarantees that no error shows a shared access signature, which is part of
// Azure's URLs.
func TestAzureErrorsHideSignature(t *testing.T) {
	t.Setenv("AZURE_STORAGE_KEY", "")
	t.Setenv("AZURE_STORAGE_SAS_TOKEN", "?sv=2024&sig=secret")
	for _, handler := range []http.Handler{azureReply(403, "AuthenticationFailed"), http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		panic(http.ErrAbortHandler)
	})} {
		s := openAzure(t, serve(t, handler)+"/account", "container")
		err := s.Put(t.Context(), "a", []byte("x"))
		require.Error(t, err)
		require.NotContains(t, err.Error(), "secret")
	}
	t.Setenv("AZURE_STORAGE_KEY", "sec ret")
	_, err := OpenAzure(AzureOptions{Container: "c", Account: "a"})
	require.EqualError(t, err, "AZURE_STORAGE_KEY is not the key of an account")
}

func TestBlobOptions(t *testing.T) {
	require.NoError(t, GCSOptions{
		Bucket: "b", Prefix: "a/b", Endpoint: "https://x", UserProject: "p", StorageClass: "NEARLINE",
		KMSKeyName: "projects/p/locations/l/keyRings/r/cryptoKeys/k",
	}.Validate())
	require.EqualError(t, GCSOptions{Prefix: "../x", Endpoint: "x", StorageClass: "NEARLIN", KMSKeyName: "k"}.Validate(), strings.Join([]string{
		`bucket: "" is not the name of a bucket`,
		`prefix: "../x" is not a path without empty, '.' or '..' elements`,
		`endpoint: must be a URL such as https://storage.googleapis.com, without credentials and query`,
		`storage_class: unknown value "NEARLIN"; did you mean "NEARLINE"?`,
		`kms_key_name: "k" is not of the form projects/P/locations/L/keyRings/R/cryptoKeys/K`,
	}, "\n"))
	require.NoError(t, AzureOptions{Container: "c", Prefix: "a/b", Account: "acme", AccessTier: "Cool"}.Validate())
	require.EqualError(t, AzureOptions{Prefix: "x/", Account: "a.b", Endpoint: "x", AccessTier: "Archive"}.Validate(), strings.Join([]string{
		`container: "" is not the name of a container`,
		`prefix: "x/" is not a path without empty, '.' or '..' elements`,
		`account: "a.b" is not the name of a storage account`,
		`endpoint: must be a URL such as https://acme.blob.core.windows.net, without credentials and query`,
		`access_tier: unknown value "Archive"; use one of Hot, Cool, Cold`,
	}, "\n"))
	t.Setenv("AZURE_STORAGE_ACCOUNT", "")
	_, err := OpenAzure(AzureOptions{Container: "c"})
	require.ErrorIs(t, err, ErrNoAccount)
}

// Guarantees that credentials do not go to a server without TLS, and that a
// request without any says what is missing.
func TestGCSCredentials(t *testing.T) {
	s, err := OpenGCS(GCSOptions{Bucket: "b", Endpoint: "http://127.0.0.1:1"})
	require.NoError(t, err)
	require.Nil(t, s.service.(*gcs).authorize)
	require.NoError(t, s.Close())

	t.Setenv("GOOGLE_APPLICATION_CREDENTIALS", t.TempDir()+"/none.json")
	s, err = OpenGCS(GCSOptions{Bucket: "b"})
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	err = s.Check(ctx)
	require.ErrorIs(t, err, ErrUnavailable)
	require.ErrorContains(t, err, "GOOGLE_APPLICATION_CREDENTIALS")
	require.NoError(t, s.Close())
}

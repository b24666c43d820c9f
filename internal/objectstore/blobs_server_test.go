package objectstore

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// startServer runs a program until the test ends, as soon as it listens at an
// address of this host that it is given by port. Without the program the test is
// skipped.
func startServer(t *testing.T, pattern string, args func(port string) []string) (address string) {
	programs, err := filepath.Glob(filepath.Join("../../.tools", pattern))
	require.NoError(t, err)
	if len(programs) == 0 {
		t.Skipf("%s is not installed: run `make test-stores`", pattern)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address = l.Addr().String()
	_, port, err := net.SplitHostPort(address)
	require.NoError(t, err)
	require.NoError(t, l.Close())

	var log bytes.Buffer
	cmd := exec.Command(programs[0], args(port)...)
	cmd.Env, cmd.Dir = os.Environ(), t.TempDir()
	if cmd.Path, err = filepath.Abs(programs[0]); err != nil {
		t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = &log, &log
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			t.Log(log.String())
		}
	})
	require.Eventually(t, func() bool {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			return false
		}
		return conn.Close() == nil
	}, 60*time.Second, 20*time.Millisecond)
	return address
}

// newGCSServer starts fake-gcs-server, which we did not write. Each place is a
// bucket of it.
func newGCSServer(t *testing.T) func(t *testing.T) place {
	address := startServer(t, "fake-gcs-server-*", func(port string) []string {
		return []string{"-backend", "memory", "-scheme", "http", "-host", "127.0.0.1", "-port", port, "-public-host", "127.0.0.1:" + port, "-log-level", "error"}
	})
	endpoint := "http://" + address
	var buckets atomic.Int32
	return func(t *testing.T) place {
		bucket := fmt.Sprintf("bucket-%d", buckets.Add(1))
		answer, err := http.Post(endpoint+"/storage/v1/b", "application/json", strings.NewReader(`{"name": "`+bucket+`"}`))
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		require.Equal(t, http.StatusOK, answer.StatusCode)
		s, err := OpenGCS(GCSOptions{Bucket: bucket, Prefix: testPrefix, Endpoint: endpoint})
		require.NoError(t, err)
		t.Cleanup(func() {
			require.NoError(t, s.Close())
			http.DefaultClient.CloseIdleConnections()
		})
		s.maxSingle = minPartSize
		return place{store: s, read: readBlob(s), keys: func(t *testing.T) []string {
			answer, err := http.Get(endpoint + "/storage/v1/b/" + bucket + "/o")
			require.NoError(t, err)
			defer answer.Body.Close()
			var list struct {
				Items []gcsObject `json:"items"`
			}
			require.NoError(t, json.NewDecoder(answer.Body).Decode(&list))
			var keys []string
			for _, o := range list.Items {
				key, ok := strings.CutPrefix(o.Name, testPrefix+"/")
				require.True(t, ok, "%q is outside the prefix", o.Name)
				keys = append(keys, key)
			}
			return keys
		}}
	}
}

// azuriteKey is the key that Azurite's documentation gives to its one account.
const azuriteKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="

// newAzurite starts Azurite, Microsoft's own emulator. Each place is a container
// of it.
func newAzurite(t *testing.T) func(t *testing.T) place {
	t.Setenv("AZURE_STORAGE_ACCOUNT", "devstoreaccount1")
	t.Setenv("AZURE_STORAGE_KEY", azuriteKey)
	address := startServer(t, "azurite-*/node_modules/.bin/azurite-blob", func(port string) []string {
		return []string{"--blobHost", "127.0.0.1", "--blobPort", port, "--inMemoryPersistence", "--skipApiVersionCheck", "--silent"}
	})
	var containers atomic.Int32
	return func(t *testing.T) place {
		s := openAzure(t, "http://"+address+"/devstoreaccount1", fmt.Sprintf("container-%d", containers.Add(1)))
		client := s.service.(*azure).client
		_, err := client.Create(t.Context(), nil)
		require.NoError(t, err)
		return place{store: s, read: readBlob(s), keys: func(t *testing.T) []string {
			var keys []string
			for pager := client.NewListBlobsFlatPager(nil); pager.More(); {
				page, err := pager.NextPage(t.Context())
				require.NoError(t, err)
				for _, item := range page.Segment.BlobItems {
					key, ok := strings.CutPrefix(*item.Name, testPrefix+"/")
					require.True(t, ok, "%q is outside the prefix", *item.Name)
					keys = append(keys, key)
				}
			}
			return keys
		}}
	}
}

// readBlob reads with the store's own client.
func readBlob(s *Blobs) func(t *testing.T, key string) []byte {
	return func(t *testing.T, key string) []byte {
		body, err := s.service.open(t.Context(), s.key(key))
		require.NoError(t, err)
		defer body.Close()
		data, err := io.ReadAll(body)
		require.NoError(t, err)
		return data
	}
}

// Guarantees that whatever a key holds goes through the URLs of a service whole.
func TestBlobKeys(t *testing.T) {
	keys := []string{"a b", "ü/é", "%2F", "a+b&c=d?e#f", "stream=%2E%2E/x"}
	for name, start := range map[string]func(*testing.T) func(*testing.T) place{"gcs": newGCSServer, "azure": newAzurite} {
		t.Run(name, func(t *testing.T) {
			p := start(t)(t)
			for _, key := range keys {
				_, err := p.store.PutIfAbsent(t.Context(), object(key, url.QueryEscape(key)))
				require.NoError(t, err)
			}
			require.ElementsMatch(t, keys, p.keys(t))
			for _, key := range keys {
				require.Equal(t, url.QueryEscape(key), string(p.read(t, key)))
			}
		})
	}
}

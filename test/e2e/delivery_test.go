package e2e

import (
	"fmt"
	"maps"
	"net"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// profilesGate lets the Collector have profiles pipelines.
const profilesGate = "--feature-gates=service.profilesSupport"

// site is a collector under test with what it delivers to.
type site struct {
	*sender
	t      *testing.T
	env    map[string]string
	args   []string
	router *process
	root   string // where the Parquet files are, as a directory
	out    string // where the second collector writes
}

// storage says where the Parquet files go.
type storage struct {
	url  string
	args []string // of the collector
	root string
	env  map[string]string
}

// newSite starts a collector with a second one as its OTLP destination.
func newSite(t *testing.T, store storage) *site {
	t.Helper()
	dir := t.TempDir()
	second := freePorts(t, "SECOND_GRPC", "SECOND_HTTP", "HEALTH")
	second["OUT"] = filepath.Join(dir, "second")
	require.NoError(t, os.Mkdir(second["OUT"], 0o700))
	collector(t, "testdata/second.yaml", second, profilesGate)

	env := freePorts(t, "GRPC", "HTTP", "HEALTH", "METRICS")
	_, env["METRICS_PORT"], _ = net.SplitHostPort(env["METRICS"])
	env["SECOND_GRPC"], env["SECOND_HTTP"] = second["SECOND_GRPC"], second["SECOND_HTTP"]
	env["QUEUE"], env["SPOOL"] = filepath.Join(dir, "queue"), filepath.Join(dir, "spool")
	env["PARQUET_URL"] = store.url
	maps.Copy(env, store.env)
	s := &site{t: t, env: env, args: store.args, root: store.root, out: second["OUT"]}
	s.startRouter()
	s.sender = newSender(t, env["GRPC"], env["HTTP"])
	return s
}

func (s *site) startRouter() {
	s.t.Helper()
	s.router = collector(s.t, "testdata/router.yaml", s.env, append(s.args, profilesGate)...)
}

// wantParquet waits until the streams' Parquet files hold what was sent, each
// record once.
func (s *site) wantParquet(streams ...string) {
	s.t.Helper()
	for _, signal := range []string{"traces", "metrics", "logs"} {
		for _, stream := range streams {
			want := s.sent[signal][stream]
			require.NotEmpty(s.t, want)
			eventually(s.t, time.Minute, func() error {
				if matches, _ := filepath.Glob(filepath.Join(s.root, signal, "v1", "stream="+stream, "*", "*", "*.parquet")); len(matches) == 0 {
					return fmt.Errorf("no %s of %s", signal, stream)
				}
				if err := equalNumbers(slices.Sorted(slices.Values(want)), storedNumbers(s.t, s.root, signal, stream)); err != nil {
					return fmt.Errorf("%s of %s: %w", signal, stream, err)
				}
				return nil
			})
		}
	}
}

// wantSecond waits until the second collector has what was sent to a stream.
func (s *site) wantSecond(stream, protocol string) {
	s.t.Helper()
	for _, f := range flows {
		want := slices.Sorted(slices.Values(s.sent[f.signal][stream]))
		require.NotEmpty(s.t, want)
		eventually(s.t, time.Minute, func() error {
			file := filepath.Join(s.out, f.signal+"_"+protocol+".json")
			if err := equalNumbers(want, writtenNumbers(s.t, f, file)); err != nil {
				return fmt.Errorf("%s of %s: %w", f.signal, stream, err)
			}
			return nil
		})
	}
}

// wantAccounts compares the router's own metric with the book.
func (s *site) wantAccounts() {
	s.t.Helper()
	want := make(map[string]int64)
	for _, signal := range []string{"traces", "metrics", "logs"} {
		for stream, numbers := range s.sent[signal] {
			outcome := "delivered"
			if stream == "" {
				outcome = "unmatched"
			}
			want[signal+"/"+stream+"/"+outcome] = int64(len(numbers))
		}
	}
	got := routerCounts(s.t, s.env["METRICS"])
	for _, key := range sortedKeys(got) {
		if _, ok := want[key]; !ok && key[:8] == "profiles" {
			// Profiles are counted in samples; the book knows their number only.
			require.Positive(s.t, got[key])
			delete(got, key)
		}
	}
	require.Equal(s.t, want, got)
}

func directory(t *testing.T) storage {
	t.Helper()
	root := filepath.Join(t.TempDir(), "parquet")
	return storage{url: "file://" + root, root: root}
}

// Every record that was sent is at each destination of each of its streams,
// once, or counted as unmatched: over gRPC and HTTP, for all signals, with
// Parquet on disk and an OTLP destination.
func TestDeliveryToDirectory(t *testing.T) {
	s := newSite(t, directory(t))
	s.sendAll(30)
	s.wantParquet("storefront", "backoffice")
	s.wantSecond("trial", "grpc")
	s.wantSecond("backoffice", "http")
	s.wantAccounts()
	s.router.stop()
}

// The same with Parquet on a real S3 server.
func TestDeliveryToS3(t *testing.T) {
	gateway := newGateway(t)
	s := newSite(t, gateway.storage())
	s.sendAll(30)
	s.wantParquet("storefront", "backoffice")
	s.wantAccounts()
	s.router.stop()
}

// While the S3 server is away, data is accepted and waits on disk; it survives
// a restart of the collector, and nothing is lost or stored twice once the
// server is back. The stream with another destination notices nothing.
func TestS3Outage(t *testing.T) {
	gateway := newGateway(t)
	s := newSite(t, gateway.storage())
	s.sendAll(10)
	s.wantParquet("storefront", "backoffice")

	gateway.kill()
	s.sendAll(20)
	s.wantSecond("trial", "grpc")
	s.router.stop()
	s.startRouter()
	s.sendAll(10)
	s.wantSecond("trial", "grpc")
	s.wantSecond("backoffice", "http")

	gateway.start()
	s.wantParquet("storefront", "backoffice")
}

// A collector starts and serves its other streams while the S3 server cannot be
// reached at all.
func TestS3DeadAtStart(t *testing.T) {
	gateway := newGateway(t)
	gateway.kill()
	s := newSite(t, gateway.storage())
	s.sendAll(10)
	s.wantSecond("trial", "grpc")
	gateway.start()
	s.wantParquet("storefront", "backoffice")
}

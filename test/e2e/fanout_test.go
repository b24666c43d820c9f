package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// halfDown is a document with a stream that has two destinations: files, and one
// that is down for longer than its queue lasts.
const halfDown = `version: 1
settings: { data_dir: "DATA", queue: memory, metrics_endpoint: "METRICS", health_endpoint: "HEALTH" }
receivers:
  otlp: { protocols: { grpc: { endpoint: "GRPC" }, http: { endpoint: "HTTP" } } }
destinations:
  vendor:
    otlp_grpc:
      endpoint: "VENDOR"
      tls: { insecure: true }
      sending_queue: { sizer: requests, queue_size: 2, num_consumers: 1 }
      retry_on_failure: { initial_interval: 50ms, max_interval: 200ms }
  lake: { parquet: { roll: { max_age: 500ms } } }
  spare: { nop: {} }
streams:
  storefront:
    sources: [{ service.namespace: [shop, payments] }]
    actions: [{ set: { stream: storefront } }]
    destinations: [vendor, lake]
  default: { destinations: [spare] }
`

// Guarantees that a destination which is down costs the other destinations of
// its stream nothing: they get every record once, at once; and that it gets every
// record once when it is back.
func TestOneDestinationDown(t *testing.T) {
	dir := t.TempDir()
	env := freePorts(t, "GRPC", "HTTP", "HEALTH", "METRICS")
	vendor := newSink(t)
	vendor.down()
	text := strings.NewReplacer(
		"DATA", filepath.Join(dir, "data"), "VENDOR", vendor.address, "METRICS", env["METRICS"], "HEALTH", env["HEALTH"],
		"GRPC", env["GRPC"], "HTTP", env["HTTP"],
	).Replace(halfDown)
	document := filepath.Join(dir, "datastreams.yaml")
	require.NoError(t, os.WriteFile(document, []byte(text), 0o600))
	p := collector(t, "datastreams:"+document, env)

	s := newSender(t, env["GRPC"], env["HTTP"])
	signals := []string{"traces", "logs"}
	for range 15 {
		for _, f := range flows {
			if slices.Contains(signals, f.signal) {
				s.send(f)
			}
		}
		s.at = s.at.Add(time.Second)
	}
	root := filepath.Join(dir, "data", "parquet")
	stored := func() error {
		for _, signal := range signals {
			if matches, _ := filepath.Glob(filepath.Join(root, signal, "v1", "stream=storefront", "*", "*", "*.parquet")); len(matches) == 0 {
				return fmt.Errorf("no %s", signal)
			}
			if err := equalNumbers(slices.Sorted(slices.Values(s.sent[signal]["storefront"])), storedNumbers(t, root, signal, "storefront")); err != nil {
				return fmt.Errorf("%s: %w", signal, err)
			}
		}
		return nil
	}
	eventually(t, time.Minute, stored)
	time.Sleep(2 * time.Second) // While what is held is offered again and again.
	vendor.up()
	eventually(t, 2*time.Minute, func() error {
		for _, signal := range signals {
			for _, number := range s.sent[signal]["storefront"] {
				if got := vendor.streams(signal, number); !slices.Equal(got, []string{"storefront"}) {
					return fmt.Errorf("the vendor got %s %d by %q", signal, number, got)
				}
			}
		}
		return nil
	})
	p.stop() // Everything is in files now.
	require.NoError(t, stored())
	require.NotContains(t, p.log.String(), "Dropped what")
}

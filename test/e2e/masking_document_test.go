package e2e

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/masking/samples"
)

// A stream of the document that masks stands between two of the same source that
// do not. A secret in every text field of every signal leaves by the two, equal
// to the byte, and not by the one.
func TestDocumentMasksOneStream(t *testing.T) {
	env, dir := freePorts(t, "HTTP", "HEALTH", "METRICS"), t.TempDir()
	document := filepath.Join(dir, "datastreams.yaml")
	require.NoError(t, os.WriteFile(document, []byte(strings.NewReplacer(
		"DIR", dir, "HTTP", env["HTTP"], "METRICS", env["METRICS"], "HEALTH", env["HEALTH"],
		"SIGNALS", "[traces, metrics, logs, profiles]",
	).Replace(`version: 1
settings: { data_dir: "DIR/data", metrics_endpoint: "METRICS", health_endpoint: "HEALTH" }
receivers:
  otlp: { protocols: { http: { endpoint: "HTTP" } } }
destinations:
  before: { file: { path: "DIR/before.json" } }
  masked: { file: { path: "DIR/masked.json" } }
  behind: { file: { path: "DIR/behind.json" } }
streams:
  before: { sources: [{ service.name: shop }], signals: SIGNALS, destinations: [before] }
  masked:
    sources: [{ service.name: shop }]
    signals: SIGNALS
    actions: [{ mask: { detectors: [pii], fields: { metric_name: true } } }]
    destinations: [masked]
  behind: { sources: [{ service.name: shop }], signals: SIGNALS, destinations: [behind] }
`)), 0o600))
	p := collector(t, "datastreams:"+document, env, profilesGate)

	const secret, mask = "jane.roe@mail.example", "***email***"
	all := everySignal()
	for _, g := range all {
		g.plant(samples.Sample{Secret: secret, Text: secret}, false)
		g.resource().Attributes().PutStr("service.name", "shop")
		post(t, env["HTTP"]+g.path, g.request())
	}
	got := make(map[string][]string) // lines, in order
	eventually(t, 60*time.Second, func() error {
		for _, stream := range []string{"before", "masked", "behind"} {
			data, err := os.ReadFile(filepath.Join(dir, stream+".json"))
			if err != nil {
				return err
			}
			if n := bytes.Count(data, []byte("\n")); n != len(all) {
				return fmt.Errorf("%s: %d lines", stream, n)
			}
			got[stream] = slices.Sorted(strings.Lines(string(data)))
		}
		return nil
	})
	p.stop()

	require.Equal(t, got["before"], got["behind"])
	for stream, lines := range got {
		there, gone := secret, mask
		if stream == "masked" {
			there, gone = mask, secret
		}
		for _, line := range lines {
			require.Contains(t, line, there, stream)
			require.NotContains(t, line, gone, stream)
			require.NotContains(t, line, base64.StdEncoding.EncodeToString([]byte(gone)), stream)
		}
		require.Contains(t, strings.Join(lines, ""), base64.StdEncoding.EncodeToString([]byte(there)), "bytes, too")
	}
}

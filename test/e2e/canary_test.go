package e2e

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pmetric/pmetricotlp"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/pprofile/pprofileotlp"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/masking/samples"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/masking/textfields"
)

// grown is a payload with a value in each field of its signal's protobuf.
type grown struct {
	payload  any    // a pointer, as textfields takes it
	path     string // of OTLP over HTTP
	resource func() pcommon.Resource
	request  func() interface{ MarshalProto() ([]byte, error) }
}

// everySignal returns a grown payload of each signal.
func everySignal() []grown {
	const depth = 16 // maps and lists in each other
	td, md, ld, pd := ptrace.NewTraces(), pmetric.NewMetrics(), plog.NewLogs(), pprofile.NewProfiles()
	type request = interface{ MarshalProto() ([]byte, error) }
	all := []grown{
		{&td, "/v1/traces", func() pcommon.Resource { return td.ResourceSpans().At(0).Resource() }, func() request { return ptraceotlp.NewExportRequestFromTraces(td) }},
		{&md, "/v1/metrics", func() pcommon.Resource { return md.ResourceMetrics().At(0).Resource() }, func() request { return pmetricotlp.NewExportRequestFromMetrics(md) }},
		{&ld, "/v1/logs", func() pcommon.Resource { return ld.ResourceLogs().At(0).Resource() }, func() request { return plogotlp.NewExportRequestFromLogs(ld) }},
		{&pd, "/v1development/profiles", func() pcommon.Resource { return pd.ResourceProfiles().At(0).Resource() }, func() request { return pprofileotlp.NewExportRequestFromProfiles(pd) }},
	}
	for _, g := range all {
		textfields.Grow(g.payload, depth)
	}
	return all
}

// plant puts the secret into each text field, or into each key of an attribute.
// What is not planted gets a name of its own, so that no attribute is dropped for
// having another one's key. A secret that is one under its key only is planted
// there.
func (g grown) plant(s samples.Sample, inKeys bool) {
	n := 0
	textfields.Visit(g.payload, func(f textfields.Field) {
		n++
		if isKey := f.Place == "KeyValue.Key"; isKey == inKeys && s.Key == "" {
			f.Set(s.Text)
		} else {
			f.Set(fmt.Sprintf("field%d", n))
		}
	})
	if s.Key != "" {
		g.resource().Attributes().PutStr(s.Key, s.Text)
	}
}

// longestLine is what can be searched for in JSON, too.
func longestLine(text string) string {
	longest := ""
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); len(line) > len(longest) {
			longest = line
		}
	}
	return longest
}

// spellings returns what a secret looks like in a file: as it is, and in base64,
// which JSON has bytes in, behind as many bytes as change it.
func spellings(secret string) [][]byte {
	all := [][]byte{[]byte(secret)}
	for before := range 3 {
		padded := strings.Repeat("x", before) + secret
		encoded := base64.StdEncoding.EncodeToString([]byte(padded[:len(padded)/3*3]))
		all = append(all, []byte(encoded[min(4, 4*before):]))
	}
	return all
}

// A secret of each kind in every text field that the protobuf of each signal has,
// found by reflection, through the built binary: none is left in Parquet, in a
// file, in what an OTLP destination gets, in a queue on the disk, in the log and in
// the metrics. That they are not empty is told by texts which are no secrets.
func TestNoSecretLeaves(t *testing.T) {
	env := freePorts(t, "OTLP", "HEALTH", "METRICS")
	_, port, err := net.SplitHostPort(env["METRICS"])
	require.NoError(t, err)
	dir, received := t.TempDir(), newReceived(t)
	env["METRICS_PORT"], env["DIR"], env["DESTINATION"] = port, dir, received.URL
	p := collector(t, "testdata/canary.yaml", env, profilesGate+",exporter.parquet.profiles")

	var secrets []string
	for i, kind := range samples.Kinds() {
		rand := samples.New(uint64(i)) // Few kinds.
		for _, inKeys := range []bool{false, true} {
			for _, g := range everySignal() {
				s := rand.Positive(kind)
				g.plant(s, inKeys)
				secret := longestLine(s.Secret)
				body := post(t, env["OTLP"]+g.path, g.request())
				require.Contains(t, string(body), secret, "the search would find it")
				secrets = append(secrets, secret)
			}
		}
	}
	marks := make(map[string][]mark)
	for _, g := range everySignal() {
		marks[g.path] = g.mark()
		post(t, env["OTLP"]+g.path, g.request())
	}
	answer, err := http.Get("http://" + env["METRICS"] + "/metrics")
	require.NoError(t, err)
	metrics, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Contains(t, string(metrics), "otelcol_processor_masking")
	p.stop()

	outputs := readOutputs(t, dir)
	outputs["OTLP"] = received.bytes()
	requireMarks(t, outputs, p.log.String(), marks)
	outputs["metrics"], outputs["log"] = metrics, []byte(p.log.String())
	for name, data := range outputs {
		for _, secret := range secrets {
			for _, spelling := range spellings(secret) {
				if i := bytes.Index(data, spelling); i >= 0 {
					t.Errorf("%s holds the secret %q: %q", name, secret, data[max(0, i-100):min(len(data), i+100)])
				}
			}
		}
	}
}

// readOutputs returns what is in each file or directory of a directory, by name; of
// Parquet files, which are compressed, what they hold.
func readOutputs(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	outputs := make(map[string][]byte)
	require.NoError(t, filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if strings.HasSuffix(path, ".parquet") {
			data, err = exec.Command(binary(t, "datastreams"), "parquet", "cat", path).Output()
		}
		name, _, _ := strings.Cut(strings.TrimPrefix(path, dir+string(filepath.Separator)), string(filepath.Separator))
		outputs[name] = append(outputs[name], data...)
		return err
	}))
	return outputs
}

// post sends a request and returns its body.
func post(t *testing.T, url string, request interface{ MarshalProto() ([]byte, error) }) []byte {
	t.Helper()
	body, err := request.MarshalProto()
	require.NoError(t, err)
	answer, err := http.Post("http://"+url, "application/x-protobuf", bytes.NewReader(body))
	require.NoError(t, err)
	reply, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Equal(t, http.StatusOK, answer.StatusCode, "%s: %s", url, reply)
	return body
}

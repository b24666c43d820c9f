package e2e

import (
	"bytes"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pmetric/pmetricotlp"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/masking/samples"
)

// canary puts a fresh secret wherever it is asked for a text.
type canary struct {
	rand    samples.Rand
	kind    string
	secrets []string
}

func (c *canary) sample() samples.Sample {
	s := c.rand.Positive(c.kind)
	c.secrets = append(c.secrets, longestLine(s.Secret))
	return s
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

func (c *canary) text() string { return c.sample().Text }

// fill puts secrets into attributes of every type that can hold one. A detector
// that looks at some keys only gets one of them.
func (c *canary) fill(m pcommon.Map) {
	s := c.sample()
	key := s.Key
	if key == "" {
		key = "note"
	}
	m.PutStr(key, s.Text)
	if s.Key != "" {
		return
	}
	m.PutEmptyBytes("bytes").FromRaw([]byte(c.text()))
	m.PutEmptySlice("list").AppendEmpty().SetStr(c.text())
	m.PutEmptyMap("map").PutEmptySlice("deep").AppendEmpty().SetEmptyMap().PutStr("text", c.text())
}

func (c *canary) origin(r pcommon.Resource, s pcommon.InstrumentationScope) {
	c.fill(r.Attributes())
	c.fill(s.Attributes())
	if c.anywhere() {
		s.SetName(c.text())
	}
}

// anywhere tells whether the detector looks at texts without a key.
func (c *canary) anywhere() bool { return c.rand.Positive(c.kind).Key == "" }

func (c *canary) spans(td ptrace.Traces) {
	rs := td.ResourceSpans().AppendEmpty()
	ss := rs.ScopeSpans().AppendEmpty()
	c.origin(rs.Resource(), ss.Scope())
	s := ss.Spans().AppendEmpty()
	s.SetStartTimestamp(pcommon.NewTimestampFromTime(time.Now()))
	c.fill(s.Attributes())
	event, link := s.Events().AppendEmpty(), s.Links().AppendEmpty()
	c.fill(event.Attributes())
	c.fill(link.Attributes())
	if c.anywhere() {
		s.SetName(c.text())
		s.Status().SetMessage(c.text())
		event.SetName(c.text())
	}
}

func (c *canary) records(ld plog.Logs) {
	rl := ld.ResourceLogs().AppendEmpty()
	sl := rl.ScopeLogs().AppendEmpty()
	c.origin(rl.Resource(), sl.Scope())
	for _, set := range []func(pcommon.Value){
		func(v pcommon.Value) { v.SetStr(c.text()) },
		func(v pcommon.Value) { v.SetEmptyBytes().FromRaw([]byte(c.text())) },
		func(v pcommon.Value) { c.fill(v.SetEmptyMap()) },
		func(v pcommon.Value) { v.SetEmptySlice().AppendEmpty().SetStr(c.text()) },
	} {
		r := sl.LogRecords().AppendEmpty()
		r.SetTimestamp(pcommon.NewTimestampFromTime(time.Now()))
		c.fill(r.Attributes())
		if c.anywhere() {
			set(r.Body())
		}
	}
}

func (c *canary) points(md pmetric.Metrics) {
	rm := md.ResourceMetrics().AppendEmpty()
	sm := rm.ScopeMetrics().AppendEmpty()
	c.origin(rm.Resource(), sm.Scope())
	m := sm.Metrics().AppendEmpty()
	m.SetName("requests")
	p := m.SetEmptyGauge().DataPoints().AppendEmpty()
	p.SetTimestamp(pcommon.NewTimestampFromTime(time.Now()))
	c.fill(p.Attributes())
	c.fill(p.Exemplars().AppendEmpty().FilteredAttributes())
}

// A secret of each kind in every field, through the built binary: none is left in
// Parquet, in a file, in a queue on the disk, in the spool, in the log and in the
// metrics.
func TestNoSecretLeaves(t *testing.T) {
	env := freePorts(t, "OTLP", "HEALTH", "METRICS")
	_, port, err := net.SplitHostPort(env["METRICS"])
	require.NoError(t, err)
	dir := t.TempDir()
	env["METRICS_PORT"], env["DIR"] = port, dir
	p := collector(t, "testdata/canary.yaml", env)

	var secrets []string
	var sent bytes.Buffer
	for i, kind := range samples.Kinds() {
		c := &canary{rand: samples.New(uint64(i)), kind: kind} // Few kinds.
		td, ld, md := ptrace.NewTraces(), plog.NewLogs(), pmetric.NewMetrics()
		c.spans(td)
		c.records(ld)
		c.points(md)
		post(t, &sent, env["OTLP"]+"/v1/traces", ptraceotlp.NewExportRequestFromTraces(td))
		post(t, &sent, env["OTLP"]+"/v1/logs", plogotlp.NewExportRequestFromLogs(ld))
		post(t, &sent, env["OTLP"]+"/v1/metrics", pmetricotlp.NewExportRequestFromMetrics(md))
		secrets = append(secrets, c.secrets...)
	}
	require.Greater(t, len(secrets), 20*len(samples.Kinds()))
	for _, secret := range secrets {
		require.Contains(t, sent.String(), secret, "the search would find it")
	}
	answer, err := http.Get("http://" + env["METRICS"] + "/metrics")
	require.NoError(t, err)
	metrics, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Contains(t, string(metrics), "otelcol_processor_masking")
	p.stop()

	outputs := map[string][]byte{"metrics": metrics, "log": []byte(p.log.String())}
	require.NoError(t, filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if strings.HasSuffix(path, ".parquet") { // Compressed.
			data, err = exec.Command(binary(t, "datastreams"), "parquet", "cat", path).Output()
		}
		outputs[path] = data
		return err
	}))
	require.Greater(t, len(outputs), 6, "Parquet, file and queue")
	for name, data := range outputs {
		for _, secret := range secrets {
			if bytes.Contains(data, []byte(secret)) {
				t.Errorf("%s holds the secret %q", name, secret)
			}
		}
	}
}

// post sends a request, and notes what was sent.
func post(t *testing.T, sent *bytes.Buffer, url string, request interface{ MarshalProto() ([]byte, error) }) {
	t.Helper()
	body, err := request.MarshalProto()
	require.NoError(t, err)
	sent.Write(body)
	answer, err := http.Post("http://"+url, "application/x-protobuf", bytes.NewReader(body))
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Equal(t, http.StatusOK, answer.StatusCode)
}

package e2e

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Every example passes `validate`, and so does every YAML block of the
// documentation that is a whole configuration.
func TestExamplesAreValid(t *testing.T) {
	files, err := filepath.Glob("../../examples/*.yaml")
	require.NoError(t, err)
	tiers, err := filepath.Glob("../../examples/*/*.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	require.NotEmpty(t, tiers)
	for _, file := range append(files, tiers...) {
		t.Run(filepath.Base(file), func(t *testing.T) { validate(t, file) })
	}
	for name, text := range documentedConfigs(t) {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "config.yaml")
			require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
			validate(t, file)
		})
	}
}

func validate(t *testing.T, file string) {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	if strings.Contains("\n"+string(text), "\nversion: 1\n") {
		file = "datastreams:" + file
	}
	cmd := exec.Command(binary(t, "otelcol-datastreams"), "validate", "--config", file)
	cmd.Env = append(os.Environ(), "DATASTREAMS_DATA="+t.TempDir())
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
}

// documentedConfigs returns the fenced YAML blocks with a service section in
// all Markdown files, by file and number.
func documentedConfigs(t *testing.T) map[string]string {
	t.Helper()
	configs := make(map[string]string)
	for _, pattern := range []string{"../../*.md", "../../docs/*.md", "../../*/*/README.md"} {
		files, err := filepath.Glob(pattern)
		require.NoError(t, err)
		for _, file := range files {
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			for i, block := range strings.Split(string(text), "```yaml\n")[1:] {
				block, _, _ = strings.Cut(block, "```")
				if strings.Contains(block, "\nservice:") {
					configs[fmt.Sprintf("%s#%d", strings.TrimPrefix(file, "../../"), i)] = block
				}
			}
		}
	}
	require.NotEmpty(t, configs)
	return configs
}

// A wrong configuration is reported whole: every problem with its path and
// what to do.
func TestValidateReportsEverything(t *testing.T) {
	out, err := exec.Command(binary(t, "otelcol-datastreams"), "validate", "--config", "testdata/wrong.yaml").CombinedOutput()
	require.Error(t, err)
	want, err := os.ReadFile("testdata/wrong.err")
	require.NoError(t, err)
	for line := range strings.Lines(string(want)) {
		require.Contains(t, string(out), strings.TrimSpace(line))
	}
}

// What `make run` starts takes what `make demo` sends.
func TestDefaultExample(t *testing.T) {
	env := freePorts(t, "GRPC", "HTTP", "HEALTH", "METRICS")
	env["DATASTREAMS_DATA"] = t.TempDir()
	_, port, _ := net.SplitHostPort(env["METRICS"])
	p := collector(t, "../../examples/default.yaml", env,
		"--config", "yaml:receivers::otlp::protocols::grpc::endpoint: "+env["GRPC"],
		"--config", "yaml:receivers::otlp::protocols::http::endpoint: "+env["HTTP"],
		"--config", "yaml:extensions::health_check::endpoint: "+env["HEALTH"],
		"--config", fmt.Sprintf("yaml:service::telemetry::metrics::readers: [{ pull: { exporter: { prometheus: { host: 127.0.0.1, port: %s } } } }]", port),
		"--config", "yaml:exporters::parquet::roll::max_age: 500ms",
	)
	for _, protocol := range []string{"grpc", "http"} {
		out, err := exec.Command(binary(t, "datastreams"), "demo", "--endpoint", env[strings.ToUpper(protocol)], "--protocol", protocol,
			"--rate", "4000", "--total", "2000", "--profiles=false", "-o", "json").Output()
		require.NoError(t, err)
		var summary struct {
			Signals map[string]struct {
				Sent int `json:"sent"`
			} `json:"signals"`
		}
		require.NoError(t, json.Unmarshal(out, &summary))
		for _, signal := range []string{"traces", "metrics", "logs"} {
			require.Equal(t, 2000, summary.Signals[signal].Sent)
		}
	}
	root := filepath.Join(env["DATASTREAMS_DATA"], "parquet")
	for _, signal := range []string{"traces", "metrics", "logs"} {
		wantRows(t, root, signal, 4000-dropped(routerCounts(t, env["METRICS"]), signal))
	}
	// The first query of the README.
	rows := duckdb(t, fmt.Sprintf(`SELECT stream, service_name, count(*) AS spans, round(quantile_cont(duration_ns, 0.99) / 1e6, 1) AS p99_ms
		FROM read_parquet('%s/traces/v1/**/*.parquet', hive_partitioning=true) GROUP BY ALL ORDER BY spans DESC LIMIT 5`, root))[0]
	require.Len(t, rows, 5)
	p.stop()
}

// dropped returns how many items of a signal no stream took.
func dropped(counts map[string]int64, signal string) int64 {
	var n int64
	for key, items := range counts {
		if strings.HasPrefix(key, signal+"/") && !strings.HasSuffix(key, "/delivered") {
			n += items
		}
	}
	return n
}

func wantRows(t *testing.T, root, signal string, want int64) {
	t.Helper()
	pattern := fmt.Sprintf("%s/%s/v1/**/*.parquet", root, signal)
	eventually(t, time.Minute, func() error {
		if files, _ := filepath.Glob(fmt.Sprintf("%s/%s/v1/*/*/*/*.parquet", root, signal)); len(files) == 0 {
			return fmt.Errorf("no files of %s", signal)
		}
		if got := duckdb(t, "SELECT count(*) AS n FROM read_parquet('"+pattern+"')")[0][0]["n"]; got != float64(want) {
			return fmt.Errorf("%v rows of %s, want %d", got, signal, want)
		}
		return nil
	})
}

// The host example turns what really happens on this machine into two streams.
func TestHostExample(t *testing.T) {
	env := freePorts(t, "HEALTH", "METRICS")
	_, env["METRICS_PORT"], _ = net.SplitHostPort(env["METRICS"])
	env["DATASTREAMS_DATA"] = t.TempDir()
	logs := t.TempDir()
	env["HOST_LOGS"] = logs + "/*.log"
	require.NoError(t, os.WriteFile(logs+"/real.log", []byte("first line\nsecond line\nthird line\n"), 0o600))
	p := collector(t, "../../examples/host.yaml", env,
		"--config", "yaml:exporters::parquet::roll::max_age: 500ms",
		"--config", "yaml:receivers::host_metrics::collection_interval: 1s",
	)
	root := filepath.Join(env["DATASTREAMS_DATA"], "host")
	wantRows(t, root, "logs", 3)
	eventually(t, time.Minute, func() error {
		if files, _ := filepath.Glob(root + "/metrics/v1/stream=metrics/*/*/*.parquet"); len(files) == 0 {
			return fmt.Errorf("no metrics")
		}
		return nil
	})
	rows := duckdb(t, fmt.Sprintf("SELECT DISTINCT metric_name FROM read_parquet('%s/metrics/v1/**/*.parquet') WHERE metric_name LIKE 'system.cpu%%'", root))[0]
	require.NotEmpty(t, rows)
	p.stop()
}

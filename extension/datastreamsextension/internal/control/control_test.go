package control_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"go.uber.org/zap"

	"github.com/otelcol-datastreams/otelcol-datastreams/extension/datastreamsextension/internal/api"
	"github.com/otelcol-datastreams/otelcol-datastreams/extension/datastreamsextension/internal/control"
	"github.com/otelcol-datastreams/otelcol-datastreams/extension/datastreamsextension/internal/feed"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/live"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/revision"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/sources"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const shop = `version: 1
settings: { metrics_endpoint: "127.0.0.1:1" }
destinations: { lake: { parquet: {} } }
streams: { default: { destinations: [lake] } }
`

func opened(t *testing.T, mode api.Mode) (c *control.Control, path string) {
	path = filepath.Join(t.TempDir(), "datastreams.yaml")
	require.NoError(t, os.WriteFile(path, []byte(shop), 0o640))
	d, err := live.Open(path)
	require.NoError(t, err)
	t.Cleanup(d.Release)
	_, err = d.Serve(zap.NewNop())
	require.NoError(t, err)
	c = control.New(control.Collector{
		Document: d, Sources: sources.New(), Mode: mode, Interval: 5 * time.Millisecond,
		Check: func(context.Context, *live.Revision) error { return nil },
	})
	t.Cleanup(c.Close)
	return c, path
}

func TestWrite(t *testing.T) {
	c, path := opened(t, api.Edit)
	require.Equal(t, api.Edit, c.Mode())
	d, err := c.Document()
	require.NoError(t, err)
	require.Equal(t, shop, string(d.Data))
	require.Equal(t, d.SHA256, d.Applied.SHA256)

	require.NoError(t, c.Write(d.SHA256, []byte("version: 1\n")))
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, "version: 1\n", string(text))
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o640), info.Mode().Perm(), "the file keeps its mode")
	require.ErrorIs(t, c.Write(d.SHA256, []byte("x")), api.ErrStale)
	left, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	require.Len(t, left, 1, "nothing is left beside it")
}

// A link stays a link: what it points to is replaced.
func TestWriteThroughALink(t *testing.T) {
	c, path := opened(t, api.Edit)
	target := filepath.Join(t.TempDir(), "real.yaml")
	require.NoError(t, os.Rename(path, target))
	require.NoError(t, os.Symlink(target, path))
	require.NoError(t, c.Write(revision.Hash([]byte(shop)), []byte("version: 1\n")))
	info, err := os.Lstat(path)
	require.NoError(t, err)
	require.NotZero(t, info.Mode()&os.ModeSymlink)
	text, err := os.ReadFile(target)
	require.NoError(t, err)
	require.Equal(t, "version: 1\n", string(text))
}

func TestModeOfAFileThatCannotBeWritten(t *testing.T) {
	c, path := opened(t, api.Edit)
	require.NoError(t, os.Remove(path))
	require.Equal(t, api.Propose, c.Mode())
	only, _ := opened(t, api.ReadOnly)
	require.Equal(t, api.ReadOnly, only.Mode())
}

func TestWithoutADocument(t *testing.T) {
	c := control.New(control.Collector{Sources: sources.New(), Mode: api.Edit, Interval: time.Hour})
	defer c.Close()
	_, err := c.Document()
	require.ErrorIs(t, err, api.ErrNoDocument)
	require.ErrorIs(t, c.Write("", nil), api.ErrNoDocument)
	_, err = c.Journal()
	require.ErrorIs(t, err, api.ErrNoDocument)
	require.Equal(t, api.Propose, c.Mode())
	require.Equal(t, "none", next(t, c, func(feed.Snapshot) bool { return true }).Document.State)
}

// What people see of the document while its file changes.
func TestStates(t *testing.T) {
	c, path := opened(t, api.Edit)
	s := next(t, c, func(feed.Snapshot) bool { return true })
	require.Equal(t, "applied", s.Document.State)
	require.Empty(t, s.Streams)
	require.Contains(t, s.Problem, "cannot be read", "nobody serves metrics here")
	require.NoError(t, os.WriteFile(path, []byte(shop+"# more\n"), 0o600))
	s = next(t, c, func(s feed.Snapshot) bool { return s.Document.State != "applied" })
	require.Equal(t, "pending", s.Document.State)
	require.Equal(t, revision.Hash([]byte(shop+"# more\n")), s.Document.SHA256)
	require.Equal(t, revision.Hash([]byte(shop)), s.Document.Applied)
}

// next listens until a snapshot is as it is wanted.
func next(t *testing.T, c *control.Control, wanted func(feed.Snapshot) bool) feed.Snapshot {
	t.Helper()
	snapshots, leave, err := c.Listen()
	require.NoError(t, err)
	defer leave()
	for deadline := time.After(10 * time.Second); ; {
		select {
		case text := <-snapshots:
			var s feed.Snapshot
			require.NoError(t, json.Unmarshal(text, &s))
			if wanted(s) {
				return s
			}
		case <-deadline:
			t.Fatal("no such snapshot")
		}
	}
}

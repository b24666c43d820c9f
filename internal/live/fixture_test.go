package live

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pipeline"
	"go.uber.org/zap"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/compile"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/membership"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/revision"
)

// file is a document on the disk, with the service of a cart and a percentage.
type file struct {
	t    *testing.T
	path string
	dir  string
}

func newFile(t *testing.T) *file {
	dir := t.TempDir()
	f := &file{t: t, dir: dir, path: filepath.Join(dir, "datastreams.yaml")}
	f.write("cart", 10)
	return f
}

func (f *file) text(service string, percent int) string {
	return fmt.Sprintf(`version: 1
settings: { data_dir: %q }
destinations: { lake: { debug: {} } }
streams:
  checkout: { sources: [{ service.name: %s }], actions: [{ sample: { percent: %d } }], destinations: [lake] }
  default: { destinations: [lake] }
`, f.dir, service, percent)
}

func (f *file) write(service string, percent int) { f.put(f.text(service, percent)) }

func (f *file) put(text string) {
	require.NoError(f.t, os.WriteFile(f.path+".new", []byte(text), 0o600))
	require.NoError(f.t, os.Rename(f.path+".new", f.path))
}

func (f *file) journal() []revision.Revision {
	j, err := revision.Open(filepath.Join(f.dir, "revisions"))
	require.NoError(f.t, err)
	return j.List()
}

// states are the entries of the journal, each as "kind state".
func (f *file) states() (all []string) {
	for _, r := range f.journal() {
		all = append(all, r.Kind+" "+string(r.State))
	}
	return all
}

// router remembers what it was given.
type router struct {
	signal  pipeline.Signal
	applied []string
	refuse  error
}

func (*router) ID() component.ID                { return component.MustNewID(compile.Router) }
func (r *router) Signal() pipeline.Signal       { return r.signal }
func (*router) Explain(pcommon.Resource) string { return "" }
func (r *router) Apply(conf *confmap.Conf) error {
	if r.refuse != nil {
		return r.refuse
	}
	stream := conf.Get("streams").([]any)[0].(map[string]any)
	r.applied = append(r.applied, fmt.Sprint(stream["select"].([]any)[0].(map[string]any)["service.name"]))
	return nil
}

// collector is a service that a document runs in, without a Collector.
type collector struct {
	*Document
	t       *testing.T
	runner  *runner
	traces  *router
	logs    *router
	check   error
	checked int
	reloads atomic.Int64
}

// run starts a process with the file: it is served, and the service comes up.
func run(t *testing.T, f *file) *collector {
	t.Helper()
	d, err := Open(f.path)
	require.NoError(t, err)
	t.Cleanup(d.Release)
	_, err = d.Serve(zap.NewNop())
	require.NoError(t, err)
	c := &collector{Document: d, t: t, traces: &router{signal: pipeline.SignalTraces}, logs: &router{signal: pipeline.SignalLogs}}
	c.up()
	return c
}

// up is what happens when a service starts by the current revision.
func (c *collector) up() {
	c.Watch(func() { c.reloads.Add(1) })
	c.Begin(zap.NewNop())
	c.Ready(zap.NewNop())
	current, _ := c.Current()
	c.runner = &runner{Service: c.service(), d: c.Document, seen: current.SHA256, pace: Pace{time.Millisecond, time.Millisecond}}
}

func (c *collector) service() Service {
	return Service{
		Logger:  zap.NewNop(),
		Routers: func() []membership.Router { return []membership.Router{c.logs, c.traces} },
		Resolve: func(_ context.Context, r *Revision) (*confmap.Conf, error) {
			return confmap.NewFromStringMap(r.Compiled.Config), nil
		},
		Check: func(context.Context, *Revision) error {
			c.checked++
			return c.check
		},
	}
}

// look is one turn of Run. It reports whether the collector has to reload.
func (c *collector) look() bool {
	data, changed := c.runner.look(c.t.Context())
	return changed && c.runner.handle(c.t.Context(), data)
}

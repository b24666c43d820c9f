package control

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componentstatus"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pipeline"
	"go.uber.org/zap"

	"github.com/otelcol-datastreams/otelcol-datastreams/extension/datastreamsextension/internal/api"
	"github.com/otelcol-datastreams/otelcol-datastreams/extension/datastreamsextension/internal/feed"
	"github.com/otelcol-datastreams/otelcol-datastreams/extension/datastreamsextension/internal/health"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/live"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/membership"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/sources"
)

func TestHealthOf(t *testing.T) {
	ok, dropped := componentstatus.StatusOK, health.Failure{Dropped: true}
	for name, c := range map[string]struct {
		state health.State
		now   *feed.Destination
		fresh bool
		want  api.Health
	}{
		"does not run":                   {health.State{}, nil, true, api.HealthUnknown},
		"runs":                           {health.State{Status: ok}, nil, false, api.HealthOK},
		"idle":                           {health.State{Status: ok}, &feed.Destination{Health: "idle"}, false, api.HealthOK},
		"an old error":                   {health.State{Status: ok, Failure: dropped}, &feed.Destination{Sent: 1}, false, api.HealthOK},
		"a full queue":                   {health.State{Status: ok}, &feed.Destination{Sent: 1, Health: "slow"}, false, api.HealthDegraded},
		"an error, and it delivers":      {health.State{Status: ok}, &feed.Destination{Sent: 1}, true, api.HealthDegraded},
		"an error, and it does not":      {health.State{Status: ok}, &feed.Destination{}, true, api.HealthFailed},
		"it fails":                       {health.State{Status: ok}, &feed.Destination{Failed: 1}, false, api.HealthFailed},
		"an error, and nobody looks":     {health.State{Status: ok}, nil, true, api.HealthDegraded},
		"it drops, and nobody looks":     {health.State{Status: ok, Failure: dropped}, nil, true, api.HealthFailed},
		"it says so":                     {health.State{Status: componentstatus.StatusPermanentError}, &feed.Destination{Sent: 1}, false, api.HealthFailed},
		"it says that it may come round": {health.State{Status: componentstatus.StatusRecoverableError}, nil, false, api.HealthDegraded},
	} {
		require.Equal(t, c.want, healthOf(c.state, c.now, c.fresh), name)
	}
}

// router is one that has looked at traces, or not.
type router struct {
	splits    *membership.Splits
	predicted map[string]any // by what it was asked
}

func (*router) ID() component.ID                { return component.MustNewID("datastreamrouter") }
func (*router) Signal() pipeline.Signal         { return pipeline.SignalTraces }
func (*router) Apply(*confmap.Conf) error       { return nil }
func (*router) Explain(pcommon.Resource) string { return "" }

func (r *router) Splits() (membership.Splits, bool) {
	if r.splits == nil {
		return membership.Splits{}, false
	}
	return *r.splits, true
}

func (r *router) PredictSplits(conf *confmap.Conf) (membership.Splits, error) {
	r.predicted = conf.ToStringMap()
	return membership.Splits{Share: 0.5}, nil
}

// running is the control of a collector with a destination whose password is
// written out.
func running(t *testing.T, r membership.Router) (*Control, *health.Watch) {
	path := filepath.Join(t.TempDir(), "datastreams.yaml")
	require.NoError(t, os.WriteFile(path, []byte(`version: 1
destinations:
  vendor: { otlp_http: { endpoint: "http://a", headers: { key: hunter2 } } }
  spare: { debug: {} }
streams: { default: { destinations: [vendor] } }
`), 0o600))
	d, err := live.Open(path)
	require.NoError(t, err)
	t.Cleanup(d.Release)
	_, err = d.Serve(zap.NewNop())
	require.NoError(t, err)
	w := health.New()
	c := New(Collector{
		Document: d, Sources: sources.New(), Mode: api.Edit, Interval: time.Hour, Health: w,
		Routers: func() []membership.Router { return []membership.Router{r} },
		Resolve: func(_ context.Context, r *live.Revision) (*confmap.Conf, error) {
			return confmap.NewFromStringMap(r.Compiled.Config), nil
		},
	})
	t.Cleanup(c.Close)
	return c, w
}

func TestConditions(t *testing.T) {
	c, w := running(t, &router{})
	require.Equal(t, map[string]api.Condition{"vendor": {Health: api.HealthUnknown}, "spare": {Health: api.HealthUnknown}}, c.Conditions())
	id := componentstatus.NewInstanceID(component.MustNewIDWithName("otlp_http", "vendor"), component.KindExporter)
	w.Status(id, componentstatus.NewPermanentErrorEvent(errors.New("401 for key hunter2 at http://me:pw@a")))
	vendor := c.Conditions()["vendor"]
	require.Equal(t, api.HealthFailed, vendor.Health)
	require.Equal(t, "401 for key *** at http://me:***@a", vendor.LastError.Message)
}

func TestSplits(t *testing.T) {
	r := &router{}
	c, _ := running(t, r)
	current, _ := c.collector.Document.Current()
	_, ok := c.Splits()
	require.False(t, ok)
	_, err := c.Predict(t.Context(), current)
	require.ErrorIs(t, err, membership.ErrNoSample)
	require.Nil(t, c.share())

	r.splits = &membership.Splits{Share: 0.25}
	s, ok := c.Splits()
	require.True(t, ok)
	require.InDelta(t, 0.25, s.Share, 0)
	s, err = c.Predict(t.Context(), current)
	require.NoError(t, err)
	require.InDelta(t, 0.5, s.Share, 0)
	require.Contains(t, r.predicted, "streams", "the router is asked in the form of its own configuration")
	require.Nil(t, c.share(), "a snapshot is told at most once in a while")
	c.sharedAt = time.Time{}
	require.Equal(t, &feed.SplitShare{Share: 0.25}, c.share())
}

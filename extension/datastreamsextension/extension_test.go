package datastreamsextension

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/connector/forwardconnector"
	"go.opentelemetry.io/collector/exporter/debugexporter"
	"go.opentelemetry.io/collector/extension/extensioncapabilities"
	"go.opentelemetry.io/collector/extension/extensiontest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pipeline"
	"go.opentelemetry.io/collector/processor/memorylimiterprocessor"
	"go.opentelemetry.io/collector/receiver/otlpreceiver"
	"go.uber.org/zap"

	"github.com/open-telemetry/opentelemetry-collector-contrib/extension/healthcheckextension"

	"github.com/otelcol-datastreams/otelcol-datastreams/connector/datastreamrouterconnector"
	"github.com/otelcol-datastreams/otelcol-datastreams/extension/datastreamsextension/internal/metadata"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/live"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/revision"
)

// host is a Collector with a few components.
type host struct{ component.Host }

func (host) GetFactory(kind component.Kind, componentType component.Type) component.Factory {
	for k, factories := range map[component.Kind][]component.Factory{
		component.KindReceiver:  {otlpreceiver.NewFactory()},
		component.KindProcessor: {memorylimiterprocessor.NewFactory()},
		component.KindExporter:  {debugexporter.NewFactory()},
		component.KindConnector: {datastreamrouterconnector.NewFactory(), forwardconnector.NewFactory()},
		component.KindExtension: {NewFactory(), healthcheckextension.NewFactory()},
	} {
		for _, f := range factories {
			if k == kind && f.Type() == componentType {
				return f
			}
		}
	}
	return nil
}

const text = `version: 1
settings: { data_dir: DIR }
destinations:
  lake: { debug: {} }
streams:
  checkout: { sources: [{ service.name: cart }], destinations: [lake] }
`

// service is a document that was served, and the extension of its service.
type service struct {
	*driver
	t    *testing.T
	path string
	text string
}

// start serves a document and starts the extension. others stand beside the
// document.
func start(t *testing.T, others map[string]any) *service {
	t.Helper()
	dir := t.TempDir()
	s := &service{t: t, path: filepath.Join(dir, "datastreams.yaml"), text: strings.Replace(text, "DIR", dir, 1)}
	require.NoError(t, os.WriteFile(s.path, []byte(s.text), 0o600))
	document, err := live.Open(s.path)
	require.NoError(t, err)
	t.Cleanup(document.Release)
	served, err := document.Serve(zap.NewNop())
	require.NoError(t, err)

	cfg := createDefaultConfig().(*Config)
	cfg.Document, cfg.PollInterval, cfg.SettleTime = s.path, 5*time.Millisecond, time.Millisecond
	s.driver = newDriver(extensiontest.NewNopSettings(metadata.Type), cfg)
	require.NoError(t, s.Start(t.Context(), host{componenttest.NewNopHost()}))
	whole, err := s.checker.parse(served)
	require.NoError(t, err)
	require.NoError(t, whole.Merge(confmap.NewFromStringMap(others)))
	require.NoError(t, s.NotifyConfigSnapshot(t.Context(), extensioncapabilities.NewConfigSnapshot(whole, whole)))
	t.Cleanup(func() { require.NoError(t, s.Shutdown(context.Background())) })
	return s
}

// edited is a candidate: the document with some text replaced.
func (s *service) edited(from, to string) *live.Revision {
	s.t.Helper()
	require.Contains(s.t, s.text, from)
	r, err := live.Parse(s.path, []byte(strings.Replace(s.text, from, to, 1)))
	require.NoError(s.t, err)
	return r
}

// The check finds what the Collector would end of.
func TestCheck(t *testing.T) {
	s := start(t, nil)
	t.Setenv("LEVEL", "loud")
	tests := []struct{ name, from, to, message string }{
		{"fine", "cart", "payment", ""},
		{"unknown type", "debug: {}", "carbon: {}", `exporters::carbon/lake: this collector has no exporter of the type "carbon"`},
		{"unknown key", "debug: {}", "debug: { tint: red }", "invalid keys: tint"},
		{"by reference", "debug: {}", `debug: { verbosity: "${env:LEVEL}" }`, `unknown metrics level "loud"`},
		{"missing component", "version: 1", "version: 1\ncollector: { service: { extensions: [pprof] } }", "pprof"},
		{"graph", "version: 1", "version: 1\ncollector: { connectors: { forward: {} }, service: { pipelines: { traces/x: { receivers: [forward], exporters: [forward] } } } }", "cycle"},
		{"telemetry", "version: 1", "version: 1\ncollector: { service: { telemetry: { logs: { level: shout } } } }", "shout"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := s.checker.check(t.Context(), s.edited(tt.from, tt.to))
			if tt.message == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, tt.message)
		})
	}
}

// What other sources set is part of what is checked and swapped, as far as they
// replace what the document says; what the document changes itself is not held
// back by what the sources said before.
func TestOtherSources(t *testing.T) {
	s := start(t, map[string]any{
		"exporters": map[string]any{"debug/lake": map[string]any{"verbosity": "detailed"}, "debug/mine": map[string]any{"verbosity": "basic"}},
		"receivers": map[string]any{"otlp": map[string]any{"protocols": map[string]any{"grpc": map[string]any{"endpoint": redacted}}}},
	})
	conf, err := s.checker.resolve(t.Context(), s.edited("debug: {}", "debug: { sampling_initial: 7 }"))
	require.NoError(t, err)
	require.Equal(t, "detailed", conf.Get("exporters::debug/lake::verbosity"))
	require.Equal(t, 7, conf.Get("exporters::debug/lake::sampling_initial"))
	require.Equal(t, "basic", conf.Get("exporters::debug/mine::verbosity"))
	require.Equal(t, "127.0.0.1:4317", conf.Get("receivers::otlp::protocols::grpc::endpoint"), "a secret that is hidden replaces nothing")
	require.Equal(t, []any{"debug/lake"}, conf.Get("connectors::datastreamrouter::pipelines::logs::checkout"))
}

type router struct{ applied chan *confmap.Conf }

func (router) ID() component.ID                { return component.MustNewID("datastreamrouter") }
func (router) Signal() pipeline.Signal         { return pipeline.SignalLogs }
func (router) Explain(pcommon.Resource) string { return "" }
func (r router) Apply(conf *confmap.Conf) error {
	r.applied <- conf
	return nil
}

// From Ready to NotReady, routers that have registered follow the file.
func TestWatching(t *testing.T) {
	s := start(t, nil)
	r := router{make(chan *confmap.Conf, 10)}
	unregister := s.Register(r)
	require.NoError(t, s.Ready())
	require.NoError(t, os.WriteFile(s.path, s.edited("cart", "payment").Data, 0o600))
	conf := <-r.applied
	require.Contains(t, conf.Get("streams").([]any)[0].(map[string]any)["select"], map[string]any{"service.name": "payment"})
	unregister()
	require.Empty(t, s.all())
	require.NoError(t, s.NotReady())
	require.NoError(t, os.WriteFile(s.path, s.edited("cart", "ledger").Data, 0o600))
	time.Sleep(30 * time.Millisecond)
	_, number := s.document.Current()
	require.Equal(t, 2, number, "nothing is applied while the service stops")
}

// The start is noted before any extension starts: if another one fails, the next
// process knows that it did.
func TestStartIsNotedFirst(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "datastreams.yaml")
	require.NoError(t, os.WriteFile(path, []byte(strings.Replace(text, "DIR", dir, 1)), 0o600))
	document, err := live.Open(path)
	require.NoError(t, err)
	defer document.Release()
	_, err = document.Serve(zap.NewNop())
	require.NoError(t, err)
	cfg := createDefaultConfig().(*Config)
	cfg.Document = path
	_, err = NewFactory().Create(t.Context(), extensiontest.NewNopSettings(metadata.Type), cfg)
	require.NoError(t, err)

	journal, err := revision.Open(filepath.Join(dir, "revisions"))
	require.NoError(t, err)
	latest, ok := journal.Latest()
	require.True(t, ok)
	require.Equal(t, revision.Applying, latest.State)
}

// Without a document the extension drives nothing, and needs nothing of its host.
func TestWithoutDocument(t *testing.T) {
	d := newDriver(extensiontest.NewNopSettings(metadata.Type), createDefaultConfig().(*Config))
	require.NoError(t, d.Start(t.Context(), componenttest.NewNopHost()))
	require.NoError(t, d.NotifyConfigSnapshot(t.Context(), extensioncapabilities.NewConfigSnapshot(nil, nil)))
	require.NoError(t, d.Ready())
	require.NoError(t, d.Shutdown(t.Context()))
}

// A document that nobody serves is a mistake.
func TestDocumentByHand(t *testing.T) {
	cfg := createDefaultConfig().(*Config)
	cfg.Document = filepath.Join(t.TempDir(), "datastreams.yaml")
	d := newDriver(extensiontest.NewNopSettings(metadata.Type), cfg)
	require.ErrorContains(t, d.Start(t.Context(), host{componenttest.NewNopHost()}), "--config datastreams:FILE")
	require.NoError(t, d.Shutdown(t.Context()))
}

func TestConfigReportsEverything(t *testing.T) {
	err := (&Config{SettleTime: -1}).Validate()
	require.ErrorContains(t, err, "poll_interval")
	require.ErrorContains(t, err, "settle_time")
	require.NoError(t, createDefaultConfig().(*Config).Validate())
}

package datastreamsextension

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componentstatus"
	"go.opentelemetry.io/collector/extension"
	"go.opentelemetry.io/collector/extension/extensioncapabilities"
	"go.uber.org/zap"

	"github.com/otelcol-datastreams/otelcol-datastreams/extension/datastreamsextension/internal/api"
	"github.com/otelcol-datastreams/otelcol-datastreams/extension/datastreamsextension/internal/control"
	"github.com/otelcol-datastreams/otelcol-datastreams/extension/datastreamsextension/internal/guard"
	"github.com/otelcol-datastreams/otelcol-datastreams/extension/datastreamsextension/internal/session"
	"github.com/otelcol-datastreams/otelcol-datastreams/extension/datastreamsextension/internal/web"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/logtap"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/membership"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/sources"
)

// attended is a driver with a page and an API for people. They are served from
// when the pipelines are up until they begin to stop: in between nothing that
// people do takes time from those who wait for a reload.
type attended struct {
	*driver
	memory  *memory
	control *control.Control

	server    *http.Server // nil if there is none
	listener  net.Listener
	answering inFlight
	serving   sync.WaitGroup
	unlisten  func() // to the log
}

var (
	_ extension.Extension                   = (*attended)(nil)
	_ extensioncapabilities.PipelineWatcher = (*attended)(nil)
	_ membership.Observatory                = (*attended)(nil)
	_ componentstatus.Watcher               = (*attended)(nil)
)

func newAttended(d *driver) *attended {
	return &attended{driver: d, memory: memoryOf(d.config.Document), unlisten: func() {}}
}

// Sources implements membership.Observatory.
func (a *attended) Sources() *sources.Table { return a.memory.sources }

// ComponentStatusChanged implements componentstatus.Watcher.
func (a *attended) ComponentStatusChanged(source *componentstatus.InstanceID, event *componentstatus.Event) {
	a.memory.health.Status(source, event)
}

// Start implements component.Component. That the page cannot be served keeps no
// data from flowing: it is logged, and a status of the component.
func (a *attended) Start(ctx context.Context, host component.Host) error {
	if err := a.driver.Start(ctx, host); err != nil || !a.config.HTTP.HasValue() {
		return err
	}
	a.unlisten = logtap.Listen(a.memory.health.Line)
	if err := a.listen(ctx, host); err != nil {
		if errors.Is(err, errMisconfigured) {
			return errors.Join(err, a.Shutdown(ctx))
		}
		a.settings.Logger.Error("The page and the API are not served; data flows all the same.",
			zap.String("endpoint", a.config.HTTP.Get().Server.NetAddr.Endpoint), zap.Error(err))
		componentstatus.ReportStatus(host, componentstatus.NewRecoverableErrorEvent(err))
	}
	return nil
}

// errMisconfigured marks what does not go away by itself.
var errMisconfigured = errors.New("http")

// listen makes everything that can fail, so that Ready need only begin.
func (a *attended) listen(ctx context.Context, host component.Host) error {
	page, err := web.New()
	if err != nil {
		return err
	}
	settings := a.config.HTTP.Get()
	if page, err = page.Below(settings.BasePath); err != nil {
		return err
	}
	gate, err := a.gate(ctx, host)
	if err != nil {
		return fmt.Errorf("%w: %w", errMisconfigured, err)
	}
	plain := settings.Server
	plain.Auth = noAuth // It is the gate's.
	components := describerOf(host)
	a.control = a.controlOf(components)
	build := api.Build{
		Version: a.settings.BuildInfo.Version, BasePath: settings.BasePath, Door: gate,
		Exporters: components.exporters(), Describe: components.form, Rules: components.rules(),
	}
	mux := http.NewServeMux()
	mux.Handle(api.Prefix+"/", api.New(a.control, a.control, build))
	mux.Handle("/", page)
	handler := guard.New(gate.Guard(mux, api.OpenToAll, api.Refuse), a.config.Hosts)
	a.server, err = plain.ToServer(ctx, host.GetExtensions(), a.settings.TelemetrySettings, a.answering.count(below(settings.BasePath, handler)))
	if err != nil {
		a.stop()
		return fmt.Errorf("%w: %w", errMisconfigured, err)
	}
	if a.listener, err = plain.ToListener(ctx); err != nil {
		a.stop()
		return err
	}
	return nil
}

func (a *attended) controlOf(components *describer) *control.Control {
	c := control.Collector{
		Document: a.document, Sources: a.memory.sources, Health: a.memory.health, Mode: a.config.Mode, Interval: time.Second,
		Routers: a.all, Rules: components.rules(),
	}
	if a.checker != nil {
		c.Check, c.Resolve = a.checker.check, a.checker.resolve
	}
	return control.New(c)
}

// gate returns what lets people in.
func (a *attended) gate(ctx context.Context, host component.Host) (*session.Gate, error) {
	settings := a.config.HTTP.Get()
	g := &session.Gate{Table: a.memory.sessions, Path: settings.BasePath + "/", Secure: settings.Server.TLS.HasValue()}
	if !settings.Server.Auth.HasValue() {
		return g, nil
	}
	auth := settings.Server.Auth.Get()
	g.Parameters = auth.RequestParameters
	var err error
	g.Auth, err = auth.GetServerAuthenticator(ctx, host.GetExtensions())
	return g, err
}

// Ready implements extensioncapabilities.PipelineWatcher.
func (a *attended) Ready() error {
	if err := a.driver.Ready(); err != nil || a.listener == nil {
		return err
	}
	a.serving.Go(func() { a.serve(a.listener) })
	a.settings.Logger.Info("Serving the page and the API.",
		zap.String("url", "http://"+a.listener.Addr().String()+a.config.HTTP.Get().BasePath))
	return nil
}

func (a *attended) serve(listener net.Listener) {
	if err := a.server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		a.settings.Logger.Error("The page and the API are served no more.", zap.Error(err))
	}
}

// NotReady implements extensioncapabilities.PipelineWatcher.
func (a *attended) NotReady() error {
	a.stop()
	return a.driver.NotReady()
}

// stop ends the server, and all that is done for those who look. Streams of
// events end at once; other answers may take the grace that there is.
func (a *attended) stop() {
	if a.control != nil {
		a.control.Close()
	}
	if a.server != nil {
		a.answering.wait(serverGrace)
		_ = a.server.Close() // The errors of closed listeners help nobody.
	}
	if a.listener != nil {
		_ = a.listener.Close() // It was closed already, if it was served.
	}
	a.serving.Wait()
	a.server, a.listener = nil, nil
}

// Shutdown implements component.Component.
func (a *attended) Shutdown(ctx context.Context) error {
	a.stop()
	a.unlisten()
	return a.driver.Shutdown(ctx)
}

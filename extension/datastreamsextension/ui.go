package datastreamsextension

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componentstatus"
	"go.opentelemetry.io/collector/config/confighttp"
	"go.opentelemetry.io/collector/extension"
	"go.opentelemetry.io/collector/service/hostcapabilities"
	"go.uber.org/zap"

	"github.com/otelcol-datastreams/otelcol-datastreams/extension/datastreamsextension/internal/api"
	"github.com/otelcol-datastreams/otelcol-datastreams/extension/datastreamsextension/internal/control"
	"github.com/otelcol-datastreams/otelcol-datastreams/extension/datastreamsextension/internal/guard"
	"github.com/otelcol-datastreams/otelcol-datastreams/extension/datastreamsextension/internal/web"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/live"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/membership"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/sources"
)

// attended is a driver with a page and an API for people.
type attended struct {
	*driver
	table   *sources.Table
	server  *http.Server
	control *control.Control
	serving sync.WaitGroup
}

var (
	_ extension.Extension    = (*attended)(nil)
	_ membership.Observatory = (*attended)(nil)
)

func newAttended(d *driver) *attended { return &attended{driver: d, table: tableOf(d.config.Document)} }

// tables are those of the documents that this process runs by. They outlive the
// extension, so that a reload does not forget the sources, and are few: there is
// one for each document.
var tables = struct {
	sync.Mutex
	of map[string]*sources.Table
}{of: make(map[string]*sources.Table)}

func tableOf(document string) *sources.Table {
	tables.Lock()
	defer tables.Unlock()
	t := tables.of[document]
	if t == nil {
		t = sources.New()
		tables.of[document] = t
	}
	return t
}

// Sources implements membership.Observatory.
func (a *attended) Sources() *sources.Table { return a.table }

// Start implements component.Component. That the page cannot be served keeps no
// data from flowing: it is logged, and a status of the component.
func (a *attended) Start(ctx context.Context, host component.Host) error {
	if err := a.driver.Start(ctx, host); err != nil || !a.config.HTTP.HasValue() {
		return err
	}
	if err := a.serve(ctx, host); err != nil {
		if errors.Is(err, errMisconfigured) {
			return errors.Join(err, a.driver.Shutdown(ctx))
		}
		a.settings.Logger.Error("The page and the API are not served; data flows all the same.",
			zap.String("endpoint", a.config.HTTP.Get().NetAddr.Endpoint), zap.Error(err))
		componentstatus.ReportStatus(host, componentstatus.NewRecoverableErrorEvent(err))
	}
	return nil
}

// errMisconfigured marks what does not go away by itself.
var errMisconfigured = errors.New("http")

func (a *attended) serve(ctx context.Context, host component.Host) error {
	page, err := web.New()
	if err != nil {
		return err
	}
	a.control = control.New(control.Collector{
		Document: a.document, Sources: a.table, Mode: a.config.Mode, Interval: time.Second,
		Check: func(ctx context.Context, r *live.Revision) error { return a.checker.check(ctx, r) },
	})
	build := api.Build{Version: a.settings.BuildInfo.Version, Components: exportersOf(host)}
	mux := http.NewServeMux()
	mux.Handle(api.Prefix+"/", api.New(a.control, a.control, build))
	mux.Handle("/", page)
	settings := *a.config.HTTP.Get()
	a.server, err = settings.ToServer(ctx, host.GetExtensions(), a.settings.TelemetrySettings,
		guard.New(mux, a.config.Hosts), confighttp.WithErrorHandler(refuse))
	if err != nil {
		a.control.Close()
		return fmt.Errorf("%w: %w", errMisconfigured, err)
	}
	listener, err := settings.ToListener(ctx)
	if err != nil {
		a.server = nil
		a.control.Close()
		return err
	}
	// An open stream of events would keep Shutdown waiting for ever.
	a.server.RegisterOnShutdown(a.control.Close)
	a.serving.Go(func() { a.listen(listener) })
	a.settings.Logger.Info("Serving the page and the API.", zap.String("url", "http://"+listener.Addr().String()))
	return nil
}

func (a *attended) listen(listener net.Listener) {
	if err := a.server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		a.settings.Logger.Error("The page and the API are served no more.", zap.Error(err))
	}
}

// refuse answers to those who are not let in. Browsers ask for a password only
// if they are told to.
func refuse(w http.ResponseWriter, _ *http.Request, message string, status int) {
	if status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Basic realm="datastreams"`)
	}
	http.Error(w, message, status)
}

// exportersOf returns the types of the exporters of this build.
func exportersOf(host component.Host) []string {
	modules, ok := host.(hostcapabilities.ModuleInfo)
	if !ok {
		return nil
	}
	var names []string
	for _, t := range slices.Collect(maps.Keys(modules.GetModuleInfos().Exporter)) {
		names = append(names, t.String())
	}
	slices.SortFunc(names, strings.Compare)
	return names
}

// serverGrace bounds how long answers that are under way may take at the end.
const serverGrace = time.Second

// Shutdown implements component.Component.
func (a *attended) Shutdown(ctx context.Context) error {
	var err error
	if a.server != nil {
		grace, cancel := context.WithTimeout(ctx, serverGrace)
		defer cancel()
		if a.server.Shutdown(grace) != nil {
			err = a.server.Close()
		}
		a.control.Close()
		a.serving.Wait()
		a.server = nil
	}
	return errors.Join(err, a.driver.Shutdown(ctx))
}

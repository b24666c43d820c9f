package datastreamsextension

import (
	"context"
	"errors"
	"sync"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/extension"
	"go.opentelemetry.io/collector/extension/extensioncapabilities"
	"go.uber.org/zap"

	"github.com/otelcol-datastreams/otelcol-datastreams/extension/datastreamsextension/internal/metadata"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/live"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/membership"
)

// driver is the extension of one service. The Collector calls its methods one
// after the other; routers register from their own.
type driver struct {
	registry
	settings extension.Settings
	config   *Config

	document *live.Document // nil if the service does not run by one
	builder  *metadata.TelemetryBuilder
	checker  *checker

	stop    context.CancelFunc
	running sync.WaitGroup
}

var (
	_ extension.Extension                         = (*driver)(nil)
	_ extensioncapabilities.PipelineWatcher       = (*driver)(nil)
	_ extensioncapabilities.ConfigSnapshotWatcher = (*driver)(nil)
	_ membership.Reloader                         = (*driver)(nil)
)

func newDriver(set extension.Settings, cfg *Config) *driver {
	// Errors are the document's; where in this program they are found helps nobody.
	set.Logger = set.Logger.WithOptions(zap.AddStacktrace(zap.DPanicLevel))
	d := &driver{settings: set, config: cfg, stop: func() {}}
	d.begin()
	return d
}

// begin notes that a service is about to start by the document. That is done
// when the extension is made: all extensions are, before the first one starts,
// and each of them can keep the service from coming up.
func (d *driver) begin() {
	if d.config.Document == "" {
		return
	}
	document, err := live.Open(d.config.Document)
	if err != nil {
		return // Start says so.
	}
	defer document.Release()
	if current, _ := document.Current(); current != nil {
		document.Begin(d.settings.Logger)
	}
}

// Start implements component.Component.
func (d *driver) Start(_ context.Context, host component.Host) error {
	if d.config.Document == "" {
		return nil
	}
	document, err := live.Open(d.config.Document)
	if err != nil {
		return err
	}
	current, _ := document.Current()
	if current == nil {
		document.Release()
		return errors.New("document: the service does not run by it; leave the key out, and start the collector with --config datastreams:FILE")
	}
	d.document = document
	d.checker, err = newChecker(host, d.settings.BuildInfo, document)
	if err != nil {
		return err
	}
	if d.builder, err = publish(d.settings.TelemetrySettings, document); err != nil {
		return err
	}
	return nil
}

// Reloading implements membership.Reloader.
func (d *driver) Reloading() bool { return d.document != nil && d.document.Reloading() }

// NotifyConfigSnapshot implements extensioncapabilities.ConfigSnapshotWatcher.
func (d *driver) NotifyConfigSnapshot(_ context.Context, snapshot extensioncapabilities.ConfigSnapshot) error {
	if d.document != nil {
		d.checker.learn(snapshot.Unexpanded())
	}
	return nil
}

// Ready implements extensioncapabilities.PipelineWatcher: the service is up, and
// changes are welcome.
func (d *driver) Ready() error {
	if d.document == nil {
		return nil
	}
	d.document.Ready(d.settings.Logger)
	_, number := d.document.Current()
	d.settings.Logger.Info("Watching the document.", zap.String("document", d.document.Path()), zap.Int("revision", number))
	var ctx context.Context
	ctx, d.stop = context.WithCancel(context.Background())
	service := live.Service{Logger: d.settings.Logger, Routers: d.all, Resolve: d.checker.resolve, Check: d.checker.check}
	pace := live.Pace{Poll: d.config.PollInterval, Settle: d.config.SettleTime}
	d.running.Go(func() { d.document.Run(ctx, service, pace) })
	return nil
}

// NotReady implements extensioncapabilities.PipelineWatcher. Nothing is swapped
// any more when it returns.
func (d *driver) NotReady() error {
	d.stop()
	d.running.Wait()
	return nil
}

// Shutdown implements component.Component.
func (d *driver) Shutdown(context.Context) error {
	err := d.NotReady()
	if d.builder != nil {
		d.builder.Shutdown()
	}
	if d.document != nil {
		d.document.Release()
		d.document = nil
	}
	return err
}

package parquetexporter

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exporterhelper"
	"go.uber.org/zap"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/membership"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/objectstore"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/spool"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/streamname"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/wal"
)

// parquetExporter writes the payloads D of one signal. The spool does the work;
// the exporter knows where from and where to.
type parquetExporter[D any] struct {
	id        component.ID
	cfg       *Config
	logger    *zap.Logger
	payload   spool.Payload[D]
	items     func(D) int
	telemetry *telemetry

	// Set by start.
	store     objectstore.Store
	engine    *spool.Engine[D]
	temporary string // directory to remove in the end
	reloading func() bool
	// stop ends the upkeep that start leaves running. It is nil unless there is
	// something to shut down.
	stop   context.CancelFunc
	upkeep sync.WaitGroup
}

func newExporter[D any](set exporter.Settings, cfg *Config, s *signal[D]) (*parquetExporter[D], error) {
	table, err := s.newTable(cfg)
	if err != nil {
		return nil, err
	}
	t, err := newTelemetry(set.TelemetrySettings, table.Name())
	if err != nil {
		return nil, err
	}
	return &parquetExporter[D]{
		id: set.ID, cfg: cfg, logger: set.Logger, telemetry: t, items: s.items,
		payload: spool.Payload[D]{Table: table, Marshal: s.marshal, Unmarshal: s.unmarshal},
	}, nil
}

func (e *parquetExporter[D]) options() []exporterhelper.Option {
	return []exporterhelper.Option{
		exporterhelper.WithStart(e.start),
		exporterhelper.WithShutdown(e.shutdown),
		exporterhelper.WithCapabilities(consumer.Capabilities{MutatesData: false}),
		// The log on the disk decides how long it takes to take data.
		exporterhelper.WithTimeout(exporterhelper.TimeoutConfig{Timeout: 0}),
	}
}

// start opens the store and the spool. A directory that takes no files is a
// mistake and fails; a bucket may come back, so its state is looked up in the
// background and only logged.
func (e *parquetExporter[D]) start(ctx context.Context, host component.Host) (err error) {
	e.reloading = membership.Reloading(host)
	loc, err := parseLocation(e.cfg.URL)
	if err != nil {
		return err
	}
	if e.store, err = openStore(ctx, e.cfg, loc); err != nil {
		return err
	}
	o := e.spoolOptions(loc)
	if o.Directory, err = e.directory(loc); err != nil {
		return errors.Join(err, e.release())
	}
	o.Temporary = e.temporary != ""
	if e.engine, err = spool.Open(ctx, o, e.payload); err != nil {
		e.telemetry.close() // What was recovered may have been told to it.
		return errors.Join(err, e.release())
	}
	ctx, e.stop = context.WithCancel(context.WithoutCancel(ctx))
	d, known := destinationOf(e.id)
	wait := time.Duration(0)
	if known {
		wait = settling
	}
	e.upkeep.Go(func() { e.keepUp(ctx, loc, d, wait) })
	return e.telemetry.observe(e.engine)
}

// A shutdown waits so long for the destination. The exporters of a collector,
// one for each signal, shut down one after the other, and supervisors usually
// kill what takes longer than 30 s. What is not stored by then waits on the disk;
// it is lost if it was not to last.
const (
	durableGrace = 5 * time.Second
	memoryGrace  = 9 * time.Second
)

func (e *parquetExporter[D]) spoolOptions(loc location) spool.Options {
	c, log := e.cfg, wal.DefaultOptions()
	log.MaxBytes = c.Spool.MaxLogMiB * mebibyte
	log.SegmentBytes = min(log.SegmentBytes, log.MaxBytes/8)
	log.Synced = e.telemetry.synced
	grace := durableGrace
	if c.Durability != durabilityWAL {
		log.ReserveBytes, grace = 0, memoryGrace
	}
	return spool.Options{
		Durable:        c.Durability == durabilityWAL,
		Log:            log,
		Roll:           spool.Roll{MaxAge: c.Roll.MaxAge, MaxBytes: c.Roll.MaxSizeMiB * mebibyte, MaxRows: c.Roll.MaxRows},
		MaxPast:        c.MaxPast,
		MaxFuture:      c.MaxFuture,
		MaxOpenFiles:   c.MaxOpenFiles,
		MaxOpenBytes:   int64(c.MemoryLimitMiB) * mebibyte,
		MaxSealedBytes: c.Spool.MaxSizeMiB * mebibyte,
		MaxSealedAge:   c.Spool.MaxAge,
		Uploads:        c.Uploads,
		Timeout:        c.Timeout,
		Drain:          grace,
		Store:          e.store,
		Prefix:         loc.prefix,
		Observer:       e.telemetry,
		Logger:         e.logger,
	}
}

// directory returns the spool's directory: one for each exporter and signal.
func (e *parquetExporter[D]) directory(loc location) (string, error) {
	dir := e.cfg.Spool.Directory
	switch {
	case dir != "":
	case loc.dir != "":
		dir = filepath.Join(loc.dir, ".spool")
	default: // Validate has seen that nothing has to last.
		var err error
		if e.temporary, err = os.MkdirTemp("", "otelcol-parquet-*"); err != nil {
			return "", err
		}
		dir = e.temporary
	}
	return filepath.Join(dir, objectstore.Element(strings.ReplaceAll(e.id.String(), "/", "_")), e.payload.Table.Name()), nil
}

// shutdown may come without start, or twice.
func (e *parquetExporter[D]) shutdown(ctx context.Context) error {
	if e.stop == nil {
		return nil
	}
	e.stop()
	e.stop = nil
	e.upkeep.Wait()
	if e.cfg.Durability == durabilityWAL && e.reloading() {
		e.engine.Hurry() // Senders are refused meanwhile, and the next service goes on.
	}
	err := e.engine.Shutdown(ctx)
	e.telemetry.close()
	return errors.Join(err, e.release())
}

// release gives back what start has opened beside the engine.
func (e *parquetExporter[D]) release() error {
	err := e.store.Close()
	if e.temporary != "" {
		err = errors.Join(err, os.RemoveAll(e.temporary))
	}
	return err
}

// consume takes data for the stream that the context names. It returns when the
// data is durable.
func (e *parquetExporter[D]) consume(ctx context.Context, data D) error {
	if e.items(data) == 0 {
		return nil // The log would never be rid of what no file holds.
	}
	stream := streamname.FromContext(ctx)
	if stream == "" {
		stream = e.cfg.Stream
	}
	err := e.engine.Consume(ctx, objectstore.Element(stream), data)
	if errors.Is(err, spool.ErrTooLarge) {
		return consumererror.NewPermanent(err)
	}
	return err
}

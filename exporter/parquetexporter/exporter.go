package parquetexporter

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exporterhelper"
	"go.opentelemetry.io/collector/pipeline"
	"go.uber.org/zap"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnar"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/objectstore"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/streamname"
)

// parquetExporter writes the payloads D of one signal. Queue, batches and
// retries are the export helper's, which calls consume from several goroutines.
type parquetExporter[D any] struct {
	cfg    *Config
	logger *zap.Logger
	signal string
	// encode must be deterministic: the names of files come from their bytes.
	encode   func(D) ([]columnar.File, error)
	counters *counters

	store objectstore.Store // Set by start.
	// stop ends the check that start leaves running.
	stop     context.CancelFunc
	checking sync.WaitGroup
}

func newExporter[D any](
	set exporter.Settings,
	cfg component.Config,
	signal pipeline.Signal,
	encode func(D) ([]columnar.File, error),
) (*parquetExporter[D], error) {
	counters, err := newCounters(set.TelemetrySettings, signal.String())
	if err != nil {
		return nil, err
	}
	return &parquetExporter[D]{
		cfg:      cfg.(*Config),
		logger:   set.Logger,
		signal:   signal.String(),
		encode:   encode,
		counters: counters,
	}, nil
}

func (e *parquetExporter[D]) options() []exporterhelper.Option {
	return []exporterhelper.Option{
		exporterhelper.WithStart(e.start),
		exporterhelper.WithShutdown(e.shutdown),
		exporterhelper.WithCapabilities(consumer.Capabilities{MutatesData: false}),
		// The helper's timeout is for a whole request. One with many hours would
		// never get done in it, and be tried for ever: put has a timeout per file.
		exporterhelper.WithTimeout(exporterhelper.TimeoutConfig{Timeout: 0}),
		exporterhelper.WithRetry(e.cfg.Retry),
		exporterhelper.WithQueue(partitionedQueue(e.cfg.Queue)),
	}
}

// start opens the store. A directory that takes no files is a mistake and
// fails; a bucket may come back, so its state is looked up in the background
// and only logged.
func (e *parquetExporter[D]) start(ctx context.Context, _ component.Host) error {
	store, err := openStore(ctx, e.cfg)
	if err != nil {
		return err
	}
	e.store = store

	checkCtx, stop := context.WithCancel(context.WithoutCancel(ctx))
	e.stop = stop
	e.checking.Go(func() {
		checkCtx, cancel := e.withTimeout(checkCtx)
		defer cancel()
		if err := store.Check(checkCtx); err != nil && !errors.Is(err, context.Canceled) {
			e.logger.Warn("The destination does not answer as it should. Data waits in the sending queue until it can be written.",
				zap.String("url", e.cfg.URL), zap.Error(err))
		}
	})
	return nil
}

func openStore(ctx context.Context, cfg *Config) (objectstore.Store, error) {
	loc, err := parseLocation(cfg.URL)
	if err != nil {
		return nil, err
	}
	if loc.dir != "" {
		// Not returned at once: a nil *Dir in a Store is not nil.
		dir, err := objectstore.OpenDir(loc.dir)
		if err != nil {
			return nil, fmt.Errorf("url %q: %w", cfg.URL, err)
		}
		return dir, nil
	}
	opts := objectstore.S3Options{Bucket: loc.bucket, Prefix: loc.prefix}
	if s3 := cfg.S3.Get(); s3 != nil {
		opts.Region, opts.Endpoint, opts.PathStyle = s3.Region, s3.Endpoint, s3.PathStyle
	}
	bucket, err := objectstore.OpenS3(ctx, opts)
	switch {
	case errors.Is(err, objectstore.ErrNoRegion):
		return nil, fmt.Errorf("url %q: %w: set s3.region or AWS_REGION", cfg.URL, err)
	case err != nil:
		return nil, fmt.Errorf("url %q: %w", cfg.URL, err)
	}
	return bucket, nil
}

// shutdown may come without start, or twice.
func (e *parquetExporter[D]) shutdown(context.Context) error {
	if e.store == nil {
		return nil
	}
	e.stop()
	e.checking.Wait()
	err := e.store.Close()
	e.store = nil
	return err
}

// consume writes data as files of the stream that the context names.
//
// It stops at the first error that a retry may mend and returns it: the retry
// overwrites the files that are there already. It goes on after a file that
// the store will never take, and returns a permanent error in the end. The two
// are never joined, because the Collector would take the sum for permanent.
func (e *parquetExporter[D]) consume(ctx context.Context, data D) error {
	files, err := e.encode(data)
	if err != nil {
		return consumererror.NewPermanent(fmt.Errorf("encode %s: %w", e.signal, err))
	}
	stream := streamname.FromContext(ctx)
	if stream == "" {
		stream = e.cfg.Stream
	}
	var written totals
	var unstorable error
	for _, file := range files {
		err := e.put(ctx, objectKey(e.signal, stream, file), file.Data)
		switch {
		case err == nil:
			written.add(file)
		case errors.Is(err, objectstore.ErrUnstorable):
			unstorable = errors.Join(unstorable, err)
		default:
			return err
		}
	}
	e.counters.count(ctx, stream, written)
	if unstorable != nil {
		return consumererror.NewPermanent(unstorable)
	}
	return nil
}

func (e *parquetExporter[D]) put(ctx context.Context, key string, data []byte) error {
	ctx, cancel := e.withTimeout(ctx)
	defer cancel()
	if err := e.store.Put(ctx, key, data); err != nil {
		return fmt.Errorf("write %s: %w", key, err)
	}
	return nil
}

func (e *parquetExporter[D]) withTimeout(ctx context.Context) (context.Context, context.CancelFunc) {
	if e.cfg.Timeout <= 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, e.cfg.Timeout)
}

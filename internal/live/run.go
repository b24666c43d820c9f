package live

import (
	"context"
	"os"
	"time"

	"go.opentelemetry.io/collector/confmap"
	"go.uber.org/zap"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/membership"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/revision"
)

// Service is what the running service lends to Run.
type Service struct {
	Logger *zap.Logger
	// Routers returns the routers that have started, always in the same order.
	Routers func() []membership.Router
	// Resolve returns the whole configuration that the collector would have with
	// a candidate: references resolved, converters run, everything else that the
	// collector was given merged. Check has the Collector itself validate that and
	// build the graph, without starting anything.
	Resolve func(ctx context.Context, candidate *Revision) (*confmap.Conf, error)
	Check   func(ctx context.Context, candidate *Revision) error
}

// Pace is how the file is looked at.
type Pace struct {
	// Poll is the time between two looks.
	Poll time.Duration
	// Settle is how long a changed file has to stay the same before it is read.
	Settle time.Duration
}

// patience bounds how long Run waits for a file that keeps changing, in turns of
// Pace.Settle.
const patience = 20

// runner is one Run.
type runner struct {
	Service
	d    *Document
	pace Pace
	seen string // hash of the content that was dealt with last
	gone bool   // the file could not be read when last looked at
}

// Run looks at the file and applies what changes, until ctx is done. The service
// must be up. One Run at a time.
func (d *Document) Run(ctx context.Context, s Service, pace Pace) {
	r := &runner{Service: s, d: d, pace: pace}
	current, _ := d.Current()
	r.seen = current.SHA256
	for r.sleep(ctx, pace.Poll) {
		data, changed := r.look(ctx)
		if !changed {
			continue
		}
		if reloading := r.handle(ctx, data); reloading && !r.outlive(ctx) {
			return
		}
	}
}

// sleep reports whether there is still something to do afterwards.
func (r *runner) sleep(ctx context.Context, span time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(span):
		return true
	}
}

// look returns the content of the file, if that is one to deal with: another
// than the last, and the same for a while.
func (r *runner) look(ctx context.Context) (data []byte, changed bool) {
	data, ok := r.read()
	if !ok || revision.Hash(data) == r.seen || r.d.isHeld(revision.Hash(data)) {
		return nil, false
	}
	for range patience {
		if !r.sleep(ctx, r.pace.Settle) {
			return nil, false
		}
		again, ok := r.read()
		if !ok {
			return nil, false
		}
		if string(again) == string(data) {
			break
		}
		data = again
	}
	hash := revision.Hash(data)
	changed = hash != r.seen
	r.seen = hash
	return data, changed
}

// read reads the file. That it is gone for a moment is usual, and said once.
func (r *runner) read() ([]byte, bool) {
	data, err := os.ReadFile(r.d.path)
	if err != nil && !r.gone {
		r.Logger.Warn("The document cannot be read; the collector goes on with the last one.", zap.Error(err))
	}
	r.gone = err != nil
	return data, err == nil
}

func (d *Document) isHeld(hash string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.held == hash
}

// outlive waits for the end that a reload brings to this service. If the new
// revision was served and the service is still there, the Collector has reloaded
// a part of itself: the revision is applied, and Run goes on.
func (r *runner) outlive(ctx context.Context) bool {
	r.d.mu.Lock()
	served := r.d.served
	r.d.mu.Unlock()
	select {
	case <-ctx.Done():
		return false
	case <-served:
	}
	if !r.sleep(ctx, partialReload) {
		return false
	}
	r.d.Ready(r.Logger)
	return true
}

// partialReload is how long a service lives on after a new configuration was
// served, until that is taken for a sign that it was reloaded in part.
const partialReload = 10 * time.Second

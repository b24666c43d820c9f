package live

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"go.opentelemetry.io/collector/confmap"
	"go.uber.org/zap"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/change"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/compile"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/membership"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/revision"
)

// handle deals with one proposal. It reports whether the collector was asked to
// reload.
func (r *runner) handle(ctx context.Context, data []byte) (reloading bool) {
	current, number := r.d.Current()
	if revision.Hash(data) == current.SHA256 {
		r.Logger.Info("The document is again the one that the collector runs by.", zap.Int("revision", number))
		return false
	}
	next, err := Parse(r.d.path, data)
	if err != nil {
		r.reject(KindUnknown, err)
		return false
	}
	c := change.Classify(current.Compiled, next.Compiled)
	next.report(r.Logger)
	switch c.Kind {
	case change.None:
		r.applied(next, c)
		return false
	case change.Membership:
		r.Logger.Info("The document changed: the routers swap their tables, no pipeline is touched.", zap.Strings("changes", c.Summary))
		if err = r.swap(ctx, current, next); err == nil {
			r.applied(next, c)
			return false
		}
		if !errors.Is(err, errNeedsReload) {
			r.reject(c.Kind, err)
			return false
		}
		r.Logger.Warn("The routers cannot swap their tables; the collector reloads.", zap.Error(err))
		c.Kind = change.Graph
	}
	return r.reload(ctx, next, c)
}

// errNeedsReload says that a router refused what is valid.
var errNeedsReload = errors.New("needs a reload")

// swap gives all routers the tables of next. If one refuses, the ones before it
// get back those of current.
func (r *runner) swap(ctx context.Context, current, next *Revision) error {
	conf, err := r.router(ctx, next)
	if err != nil {
		return err
	}
	// The configuration may have other routers, which the document knows nothing of.
	routers := slices.DeleteFunc(r.Routers(), func(m membership.Router) bool { return m.ID().String() != next.Compiled.Router })
	for i, router := range routers {
		err := router.Apply(conf)
		if err == nil {
			continue
		}
		back, backErr := r.router(ctx, current)
		for _, done := range routers[:i] {
			if backErr == nil {
				backErr = done.Apply(back)
			}
		}
		return errors.Join(fmt.Errorf("%s: %w: %w", router.Signal(), errNeedsReload, err), backErr)
	}
	return nil
}

// router returns the router's resolved configuration of a revision.
func (r *runner) router(ctx context.Context, of *Revision) (*confmap.Conf, error) {
	whole, err := r.Resolve(ctx, of)
	if err != nil {
		return nil, err
	}
	return whole.Sub("connectors" + confmap.KeyDelimiter + of.Compiled.Router)
}

// applied notes a revision that took no reload.
func (r *runner) applied(next *Revision, c change.Change) {
	entry := r.d.record(r.Logger, next.Compiled.Journal, next, revision.Revision{Kind: string(c.Kind), Summary: c.Summary, State: revision.Applied})
	r.d.use(next, entry.Number)
	r.d.count(c.Kind, Applied)
	r.Logger.Info("Applied a revision of the document.",
		zap.Int("revision", entry.Number), zap.String("kind", string(c.Kind)), zap.Strings("changes", c.Summary))
}

// reload checks a candidate as a whole, notes it, and has the collector reload.
func (r *runner) reload(ctx context.Context, next *Revision, c change.Change) bool {
	if err := r.Check(ctx, next); err != nil {
		if ctx.Err() == nil {
			r.reject(c.Kind, locate(err, next.Compiled))
		}
		return false
	}
	current, _ := r.d.Current()
	if current.Compiled.Journal != next.Compiled.Journal {
		// Whoever starts with the new document looks for the old one there.
		r.d.record(r.Logger, next.Compiled.Journal, current, revision.Revision{Kind: kindStart, State: revision.Applied})
	}
	entry := r.d.record(r.Logger, next.Compiled.Journal, next, revision.Revision{Kind: string(c.Kind), Summary: c.Summary, State: revision.Applying})
	r.Logger.Info("The document changed: the collector reloads its pipelines.",
		zap.Int("revision", entry.Number), zap.Strings("changes", c.Summary))
	r.d.use(next, entry.Number)
	r.d.began(time.Now())
	if !r.d.reload() {
		r.Logger.Warn("The collector does not listen for changes; the revision is applied when it starts again.")
		return false
	}
	return true
}

// reject notes a proposal that is not used.
func (r *runner) reject(kind change.Kind, err error) {
	r.d.count(kind, Rejected)
	_, number := r.d.Current()
	r.Logger.Error("The document changed and is not used; the collector goes on with the revision it runs by.",
		zap.Int("revision", number), zap.String("document", r.d.path), zap.Error(err))
}

// locate puts the place in the document before an error of the Collector, if
// one of the components it names comes from there.
func locate(err error, compiled compile.Result) error {
	place, ok := compiled.Locate(err.Error())
	if !ok {
		return err
	}
	return fmt.Errorf("%s: %s: %w", place.Position, place.Path, err)
}

package live

import (
	"errors"
	"time"

	"go.uber.org/zap"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/change"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/revision"
)

// kindStart is the kind of a revision that the collector started with.
const kindStart = "start"

// Begin notes that a service starts by the current revision. A journal that
// cannot be written keeps nobody from running, only from going back.
func (d *Document) Begin(logger *zap.Logger) {
	current, _ := d.Current()
	j, ok := open(logger, current)
	if !ok {
		return
	}
	latest, some := j.Latest()
	if some && latest.State == revision.Applying {
		if latest.SHA256 == current.SHA256 {
			d.numbered(latest.Number)
			return
		}
		warn(logger, j.Settle(latest.Number, revision.Failed, errors.New("the collector did not start with it")))
	}
	if last, ok := j.LastApplied(); ok && last.SHA256 == current.SHA256 {
		d.numbered(last.Number)
		return
	}
	entry := d.record(logger, current.Compiled.Journal, current, revision.Revision{Kind: kindStart, State: revision.Applying})
	d.numbered(entry.Number)
}

// Ready notes that the service is up with the current revision.
func (d *Document) Ready(logger *zap.Logger) {
	current, _ := d.Current()
	d.mu.Lock()
	began := d.beganAt
	d.beganAt = time.Time{}
	d.mu.Unlock()
	if !began.IsZero() {
		d.count(change.Graph, Applied)
	}
	j, ok := open(logger, current)
	if !ok {
		return
	}
	latest, some := j.Latest()
	if !some || latest.State != revision.Applying || latest.SHA256 != current.SHA256 {
		return
	}
	if err := j.Settle(latest.Number, revision.Applied, nil); err != nil {
		warn(logger, err)
		return
	}
	fields := []zap.Field{zap.Int("revision", latest.Number), zap.String("kind", latest.Kind)}
	if !began.IsZero() {
		fields = append(fields, zap.Strings("changes", latest.Summary), zap.Duration("reload", time.Since(began)))
	}
	logger.Info("Applied a revision of the document.", fields...)
}

// withdraw notes that a reload was asked for and never begun: the process ends
// in order, and the next one has no reason to mistrust the document.
func (d *Document) withdraw() {
	d.mu.Lock()
	defer d.mu.Unlock()
	select {
	case <-d.served:
		return
	default:
	}
	if d.beganAt.IsZero() || d.number == 0 {
		return
	}
	if j, err := revision.Open(d.current.Compiled.Journal); err == nil {
		_ = j.Settle(d.number, revision.Interrupted, nil) // Without it the next process is more careful than it has to be.
	}
}

func (d *Document) numbered(number int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.number = number
}

func (d *Document) began(at time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.beganAt = at
}

// record adds a revision to the journal in dir. The entry has no number if that
// fails.
func (d *Document) record(logger *zap.Logger, dir string, r *Revision, entry revision.Revision) revision.Revision {
	j, err := revision.Open(dir)
	if err == nil {
		entry, err = j.Record(r.Data, entry)
	}
	warn(logger, err)
	return entry
}

func open(logger *zap.Logger, r *Revision) (*revision.Journal, bool) {
	j, err := revision.Open(r.Compiled.Journal)
	warn(logger, err)
	return j, err == nil
}

func warn(logger *zap.Logger, err error) {
	if err != nil {
		logger.Warn("The journal of revisions is not kept; there may be nothing to go back to.", zap.Error(err))
	}
}

package live

import (
	"fmt"
	"os"

	"go.uber.org/zap"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/revision"
)

// Serve returns the revision that the collector has to run by: the current one
// or, when the process starts, that of the file. If the journal says that the
// last start with this file failed, it is the one applied before, until the file
// changes. Without a current revision a file that cannot be used is an error,
// with its diagnostics.
func (d *Document) Serve(logger *zap.Logger) (*Revision, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.current == nil {
		r, err := d.fromFile(logger)
		if err != nil {
			return nil, err
		}
		d.current = r
	}
	select {
	case <-d.served:
	default:
		close(d.served)
	}
	return d.current, nil
}

func (d *Document) fromFile(logger *zap.Logger) (*Revision, error) {
	data, err := os.ReadFile(d.path)
	if err != nil {
		return nil, fmt.Errorf("read the document: %w", err)
	}
	r, err := Parse(d.path, data)
	if err != nil {
		return nil, err
	}
	r.report(logger)
	good, number, failed := lastGood(d.path, r, logger)
	if good == nil {
		return r, nil
	}
	d.held = r.SHA256
	logger.Error("THE DOCUMENT IS NOT USED: the collector did not start with it the last time. It runs by the revision "+
		"that was applied before, until the file changes. Mend what kept it from starting, and change the file; a comment is enough.",
		zap.String("document", d.path), zap.Int("failed_revision", failed), zap.Int("revision", number))
	d.number = number
	return good, nil
}

// lastGood returns the revision to go back to, if the last start with r failed
// and there is one.
func lastGood(path string, r *Revision, logger *zap.Logger) (good *Revision, number, failed int) {
	journal, err := revision.Open(r.Compiled.Journal)
	if err != nil {
		logger.Warn("The journal of revisions cannot be read.", zap.Error(err))
		return nil, 0, 0
	}
	latest, ok := journal.Latest()
	if !ok || latest.State != revision.Applying && latest.State != revision.Failed || latest.SHA256 != r.SHA256 {
		return nil, 0, 0
	}
	last, ok := journal.LastApplied()
	if !ok || last.SHA256 == r.SHA256 {
		return nil, 0, 0 // It has run before: what kept it from starting is not the document.
	}
	data, err := journal.Document(last.Number)
	if err == nil {
		good, err = Parse(path, data)
	}
	if err != nil {
		logger.Error("The revision that was applied before cannot be used.", zap.Int("revision", last.Number), zap.Error(err))
		return nil, 0, 0
	}
	return good, last.Number, latest.Number
}

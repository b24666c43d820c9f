package masking

import (
	"sync"

	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// Masker applies a policy to payloads of one signal, in place. It is safe for
// concurrent use on different payloads, none of which may be read-only.
type Masker struct {
	tally   *Tally
	workers sync.Pool
}

// NewMasker returns a masker.
func NewMasker(p *Policy) *Masker {
	m := &Masker{tally: newTally(p)}
	m.workers.New = func() any { return newWorker(p, m.tally) }
	return m
}

// Tally returns what the masker has counted. It goes on counting.
func (m *Masker) Tally() *Tally { return m.tally }

// Traces masks td.
func (m *Masker) Traces(td ptrace.Traces) { mask(m, td, (*worker).traces) }

// Metrics masks md. Metrics that lose all their points stay, empty.
func (m *Masker) Metrics(md pmetric.Metrics) { mask(m, md, (*worker).metrics) }

// Logs masks ld. Scopes that lose all their records stay, empty.
func (m *Masker) Logs(ld plog.Logs) { mask(m, ld, (*worker).logs) }

// Profiles masks pd.
func (m *Masker) Profiles(pd pprofile.Profiles) { mask(m, pd, (*worker).profiles) }

func mask[D any](m *Masker, d D, walk func(*worker, D)) {
	w := m.workers.Get().(*worker)
	walk(w, d)
	w.flush()
	m.workers.Put(w)
}

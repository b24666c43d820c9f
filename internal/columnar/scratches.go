package columnar

import (
	"sync"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnar/parquet"
)

// scratches lends the scratches of a table. One stays in memory as long as rows are waiting, since a garbage collection
// between two row groups would free what the next one allocates again, ten megabytes; an idle table keeps nothing. It
// is safe for concurrent use.
type scratches struct {
	level int // of compression
	pool  sync.Pool

	mu      sync.Mutex
	waiting int      // groups with rows
	kept    *scratch // nil if nothing waits
}

// open says that one more group has rows; close that it is empty again.
func (p *scratches) open() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.waiting++
	if p.kept == nil {
		p.kept, _ = p.pool.Get().(*scratch)
	}
}

func (p *scratches) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.waiting--
	if p.waiting == 0 && p.kept != nil {
		p.pool.Put(p.kept)
		p.kept = nil
	}
}

// take returns a scratch, which is given back.
func (p *scratches) take() *scratch {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s := p.kept; s != nil {
		p.kept = nil
		return s
	}
	if s, ok := p.pool.Get().(*scratch); ok {
		return s
	}
	return &scratch{encoder: parquet.NewEncoder(p.level)}
}

func (p *scratches) give(s *scratch) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.waiting > 0 && p.kept == nil {
		p.kept = s
		return
	}
	p.pool.Put(s)
}

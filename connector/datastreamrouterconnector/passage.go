package datastreamrouterconnector

import (
	"context"
	"time"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/streamname"
)

// passage is the context of one delivery: the caller's, in which the stream is
// named. If it is detached it has the caller's values, but neither its deadline
// nor its end: a caller may leave before its data is delivered.
type passage struct {
	context.Context
	stamp    *streamname.Stamp
	detached bool
}

func (p *passage) Deadline() (time.Time, bool) {
	if p.detached {
		return time.Time{}, false
	}
	return p.Context.Deadline()
}

func (p *passage) Done() <-chan struct{} {
	if p.detached {
		return nil
	}
	return p.Context.Done()
}

func (p *passage) Err() error {
	if p.detached {
		return nil
	}
	return p.Context.Err()
}

func (p *passage) Value(key any) any { return p.stamp.Value(p.Context, key) }

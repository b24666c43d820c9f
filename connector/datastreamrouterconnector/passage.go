package datastreamrouterconnector

import (
	"context"
	"time"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/streamname"
)

// passage is the context of one delivery: the caller's, in which the stream is
// named.
type passage struct {
	context.Context
	stamp *streamname.Stamp
}

func (p *passage) Value(key any) any { return p.stamp.Value(p.Context, key) }

// detached is a passage with the caller's values, but neither its deadline nor
// its end: a caller may leave before its data is delivered.
type detached passage

func (*detached) Deadline() (time.Time, bool) { return time.Time{}, false }
func (*detached) Done() <-chan struct{}       { return nil }
func (*detached) Err() error                  { return nil }
func (d *detached) Value(key any) any         { return (*passage)(d).Value(key) }

// Package logtap lets one part of the process read the Collector's own log while
// it is written. Exporters tell nobody but the log why they cannot deliver, and
// components cannot look into each other's loggers; a sink that the logger
// writes to, beside its others, is the way that zap has for that.
//
// Lines that nobody listens to cost an atomic load.
package logtap

import (
	"net/url"
	"sync"
	"sync/atomic"

	"go.uber.org/zap"
)

const scheme = "datastreams"

// Path is the output path of the sink, for `service::telemetry::logs::output_paths`.
const Path = scheme + ":log"

// Register makes the sink known to zap. It must be called before a logger is
// built with Path; once is enough, and more does no harm. The error is that the
// scheme is taken.
func Register() error { return register() }

var register = sync.OnceValue(func() error {
	return zap.RegisterSink(scheme, func(*url.URL) (zap.Sink, error) { return sink{}, nil })
})

// sink implements zap.Sink for all loggers of the process.
type sink struct{}

// taker is who listens.
type taker struct{ take func(line []byte) }

var current atomic.Pointer[taker]

// Listen has take called with each line that is logged from now on, until stop
// is called or somebody else listens. take may be called concurrently with
// itself, while components log: it must be quick, must not log, and must not keep
// the line.
func Listen(take func(line []byte)) (stop func()) {
	mine := &taker{take}
	current.Store(mine)
	return func() { current.CompareAndSwap(mine, nil) }
}

// Write implements io.Writer.
func (sink) Write(line []byte) (int, error) {
	if t := current.Load(); t != nil {
		t.take(line)
	}
	return len(line), nil
}

// Sync implements zap.Sink.
func (sink) Sync() error { return nil }

// Close implements io.Closer.
func (sink) Close() error { return nil }

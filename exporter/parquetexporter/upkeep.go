package parquetexporter

import (
	"context"
	"errors"
	"reflect"
	"sync"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.uber.org/zap"
)

// settling is how long an exporter that comes up in a running process leaves its
// store alone: senders wait for the start of the others, and a disk that is busy
// syncs slowly.
const settling = time.Second

// destinations are those of this process, by the exporter's ID, with the
// configurations under which they were last found in order. What a reload has
// not changed is not looked up again.
var destinations = struct {
	mu sync.Mutex
	of map[component.ID]*destination
}{of: make(map[component.ID]*destination)}

type destination struct {
	// turn holds an element while one signal looks; the others wait for what it
	// finds.
	turn chan struct{}
	good *Config // Who has the turn may use it.
}

// destinationOf also tells whether it was known before.
func destinationOf(id component.ID) (*destination, bool) {
	destinations.mu.Lock()
	defer destinations.mu.Unlock()
	d, known := destinations.of[id]
	if !known {
		d = &destination{turn: make(chan struct{}, 1)}
		destinations.of[id] = d
	}
	return d, known
}

// keepUp looks after the store: at the start whether it is there and what it can
// do, and once a day for what dead processes have left half-written.
func (e *parquetExporter[D]) keepUp(ctx context.Context, loc location, d *destination, wait time.Duration) {
	select {
	case <-ctx.Done():
		return
	case <-time.After(wait):
	}
	e.checkOnce(ctx, d)
	daily := time.NewTicker(24 * time.Hour)
	defer daily.Stop()
	for {
		e.sweep(ctx, loc)
		select {
		case <-ctx.Done():
			return
		case <-daily.C:
		}
	}
}

// checkOnce checks the store, unless it was found in order before.
func (e *parquetExporter[D]) checkOnce(ctx context.Context, d *destination) {
	select {
	case <-ctx.Done():
		return
	case d.turn <- struct{}{}:
	}
	defer func() { <-d.turn }()
	if reflect.DeepEqual(d.good, e.cfg) {
		return
	}
	d.good = nil
	if e.check(ctx) {
		d.good = e.cfg
	}
}

// check looks whether the store answers, what it can do, and puts the statements
// for query engines there. It is true if there is nothing to tell of.
func (e *parquetExporter[D]) check(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	warning, err := "", e.store.Check(ctx)
	if err == nil {
		warning, err = e.store.Probe(ctx)
	}
	if err == nil {
		err = e.publish(ctx)
	}
	switch {
	case errors.Is(err, context.Canceled):
	case err != nil:
		e.logger.Warn("The destination does not answer as it should. Data waits in the spool until it can be stored.",
			zap.String("url", e.cfg.URL), zap.Error(err))
	case warning != "":
		e.logger.Warn(warning, zap.String("url", e.cfg.URL))
	}
	return err == nil && warning == ""
}

// abandoned is the age at which an upload is taken for one that nobody goes on
// with. No timeout is as long.
const abandoned = 48 * time.Hour

// sweep looks below the signal's own keys, or below all if the signal is not the
// first part of them.
func (e *parquetExporter[D]) sweep(ctx context.Context, loc location) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	prefix := e.payload.Table.Name()
	if len(loc.prefix.Names()) > 0 {
		prefix = ""
	}
	removed, err := e.store.Sweep(ctx, prefix, abandoned)
	if removed > 0 {
		e.logger.Info("Removed what uploads of dead processes have left at the destination.", zap.Int("uploads", removed))
	}
	if err != nil {
		e.logger.Debug("Could not look for what dead processes have left at the destination.", zap.Error(err))
	}
}

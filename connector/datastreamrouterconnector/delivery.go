package datastreamrouterconnector

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"go.opentelemetry.io/collector/consumer/consumererror"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/signal"
)

// delivery is one payload on its way to its streams.
type delivery[D any, C signal.Consumer] struct {
	router *router[D, C]
	groups []*group[D]
}

// handoff is one group for one stream.
type handoff struct{ lane, group int }

// add prepares a group for its streams. Pipelines that only read can share one
// payload: it is marked read-only, and pipelines that mutate clone it by
// themselves.
func (d *delivery[D, C]) add(g *group[D]) {
	d.groups = append(d.groups, g)
	g.left = len(g.set.Streams)
	if g.left == 1 {
		return
	}
	for _, lane := range g.set.Streams {
		if !d.router.lanes[lane].mutates {
			d.router.kind.MarkReadOnly(g.payload)
			return
		}
	}
}

// run hands every group to each of its streams, in stream order. A failure of
// one stream keeps nothing from the others.
func (d *delivery[D, C]) run(ctx context.Context) error {
	var handoffs []handoff
	for g, group := range d.groups {
		for _, lane := range group.set.Streams {
			handoffs = append(handoffs, handoff{lane, g})
		}
	}
	slices.SortStableFunc(handoffs, func(a, b handoff) int { return cmp.Compare(a.lane, b.lane) })
	var failed failures
	for _, h := range handoffs {
		lane, g := &d.router.lanes[h.lane], d.groups[h.group]
		if d.router.hand(ctx, lane, d.payloadFor(lane, g), &failed) {
			g.refused = true
		}
	}
	return failed.err()
}

// payloadFor returns what the next stream of a group gets. Where all of them
// mutate, the last one may have the original, unless it is needed again for a
// stream that refused.
func (d *delivery[D, C]) payloadFor(l *lane[C], g *group[D]) D {
	g.left--
	if (g.left > 0 || g.refused) && l.mutates && !d.router.kind.IsReadOnly(g.payload) {
		return d.router.kind.Clone(g.payload)
	}
	return g.payload
}

// restore gives the refused groups back to the payload they were taken from,
// so that a caller who retries with it finds them.
func (d *delivery[D, C]) restore(data D) {
	kind := &d.router.kind
	for _, g := range d.groups {
		switch {
		case !g.refused:
		case kind.IsReadOnly(g.payload):
			for i := range kind.Len(g.payload) {
				kind.Append(g.payload, i, data)
			}
		default:
			kind.Drain(g.payload, func(int) D { return data })
		}
	}
}

// failures are the errors of a delivery by class. They are never joined across
// classes: a permanent error in a join makes the whole permanent, and the
// sender would drop what it should send again.
type failures struct {
	refused, rejected []error
}

// err returns a retryable error if any stream refused, else a permanent one if
// any rejected. Only the first error of the class stays in the chain, so that
// one gRPC status, not a mixture, decides what the sender is told.
func (f *failures) err() error {
	switch {
	case len(f.refused) > 0:
		return firstOf(f.refused)
	case len(f.rejected) > 0:
		return consumererror.NewPermanent(firstOf(f.rejected))
	default:
		return nil
	}
}

func firstOf(errs []error) error {
	if len(errs) == 1 {
		return errs[0]
	}
	return fmt.Errorf("%w; also: %s", errs[0], errors.Join(errs[1:]...).Error())
}

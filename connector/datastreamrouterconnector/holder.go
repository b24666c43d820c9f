package datastreamrouterconnector

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.uber.org/zap"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/tracehold"
)

type (
	tracesRouter = router[ptrace.Traces, consumer.Traces]
	logsRouter   = router[plog.Logs, consumer.Logs]
)

// holder holds traces until they are decided, for the traces router of a
// connector and, if log records follow their traces, for its logs router. What
// it has taken it owns: senders are told that all is well, and are never told
// anything else.
//
// Decisions are taken one round after the other, so that the targets of streams
// see all that is due at once; deliveries of different rounds may be under way
// together. A round is driven by the clock, or by a sender for whose data there
// is no room.
type holder struct {
	cfg    *TracesConfig
	rules  *keepRules
	store  *tracehold.Store[*ruling]
	traces *tracesRouter
	logs   *logsRouter // nil unless records follow their traces
	// keepers are the streams' rules, by the accounts of their spans.
	keepers map[*account]*keeper
	series  *grants[ruleKey] // of the rules' decisions

	epoch    time.Time // from which times are told
	deciding sync.Mutex
	counts   holderCounts

	begin  sync.Once
	end    sync.Once
	closed atomic.Bool
	stop   chan struct{}
	done   sync.WaitGroup
}

// holderCounts is what the holder reports.
type holderCounts struct {
	taken   atomic.Int64 // items that came in
	decided atomic.Int64 // and that went out again
	causes  [tracehold.Causes]atomic.Int64
	late    [lateOutcomes]atomic.Int64
}

// lateOutcome says what became of late items.
type lateOutcome int

const (
	lateFollowed lateOutcome = iota // they went by the remembered verdict
	lateRouted                      // it may be forgotten, and they went like a trace without a root
	lateDropped
	lateOutcomes
)

// turnInterval is how often traces are decided: a target rate is met within it.
const turnInterval = 200 * time.Millisecond

func newHolder(cfg *Config, rules *keepRules) *holder {
	t := &cfg.Traces
	return &holder{
		cfg: t, rules: rules, epoch: time.Now(), stop: make(chan struct{}),
		store: tracehold.New[*ruling](tracehold.Options{
			Hold: t.Hold, Quiet: t.Quiet, Remember: t.Remember, MaxVerdicts: t.MaxVerdicts,
			MaxBytes: t.MaxBytes, MaxTraceBytes: t.MaxBytes / traceShare,
		}),
	}
}

func (h *holder) now() time.Duration { return time.Since(h.epoch) }

// start begins the rounds, once.
func (h *holder) start() {
	h.begin.Do(func() {
		if h.traces != nil {
			h.done.Go(h.run)
		}
	})
}

func (h *holder) run() {
	ticker := time.NewTicker(turnInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			h.decide(h.store.Due)
		case <-h.stop:
			return
		}
	}
}

// close decides and delivers all that is held. From then on nothing is held any
// longer than it takes. The first of the routers that shuts down calls it while
// the pipelines still run.
func (h *holder) close() {
	h.end.Do(func() {
		h.closed.Store(true)
		close(h.stop)
		h.done.Wait()
		if h.traces != nil {
			h.flush()
		}
	})
}

func (h *holder) flush() {
	h.decide(func(time.Duration) []*tracehold.Trace { return h.store.Flush() })
}

// consumeTraces takes spans. It neither changes td nor refuses it.
func (h *holder) consumeTraces(ctx context.Context, td ptrace.Traces) error {
	b, err := h.store.Cut(td, h.rules.inspect)
	if err != nil {
		h.traces.settings.Logger.Error("Spans that cannot be encoded are routed without their traces.", zap.Error(err))
		return h.traces.route(ctx, td)
	}
	h.take(b)
	return nil
}

// consumeLogs takes the records that carry a trace ID, and routes the others.
func (h *holder) consumeLogs(ctx context.Context, ld plog.Logs) error {
	if h.traces == nil {
		return h.logs.route(ctx, ld) // There are no traces to follow.
	}
	b, err := h.store.CutLogs(ld)
	if err != nil || b.Pieces() == 0 {
		if err == nil {
			h.store.Drop(b)
		}
		return h.logs.route(ctx, ld)
	}
	if b.Items() < ld.LogRecordCount() {
		err = h.logs.route(ctx, withoutTraces(ld))
	}
	h.take(b)
	return err
}

// withoutTraces returns a copy of ld without the records that carry a trace ID.
func withoutTraces(ld plog.Logs) plog.Logs {
	rest := plog.NewLogs()
	ld.CopyTo(rest)
	rest.ResourceLogs().RemoveIf(func(rl plog.ResourceLogs) bool {
		rl.ScopeLogs().RemoveIf(func(sl plog.ScopeLogs) bool {
			sl.LogRecords().RemoveIf(func(r plog.LogRecord) bool { return !r.TraceID().IsEmpty() })
			return sl.LogRecords().Len() == 0
		})
		return rl.ScopeLogs().Len() == 0
	})
	return rest
}

// take makes room for a batch and holds it, or decides at once what must not be
// held.
func (h *holder) take(b *tracehold.Batch) {
	for !h.store.Reserve(b) {
		seen := h.store.Releases()
		if h.decide(func(time.Duration) []*tracehold.Trace { return h.store.Evict(b) }) == 0 {
			h.store.Await(seen) // Others have taken everything, and are about to deliver it.
		}
	}
	h.counts.taken.Add(int64(b.Items()))
	var undecided []*tracehold.Trace
	late := newRound(h)
	h.store.Add(b, h.now(), func(a tracehold.Arrival[*ruling]) {
		if a.Decided {
			late.follow(a.Trace, a.Verdict)
		} else {
			undecided = append(undecided, a.Trace)
		}
	})
	late.deliver()
	if len(undecided) > 0 {
		h.decide(func(time.Duration) []*tracehold.Trace { return undecided })
	}
	if h.closed.Load() {
		h.flush()
	}
}

// decide decides over the traces that choose takes, delivers them and returns
// their number.
func (h *holder) decide(choose func(now time.Duration) []*tracehold.Trace) int {
	h.deciding.Lock()
	now := h.now()
	traces := choose(now)
	if len(traces) == 0 {
		h.deciding.Unlock()
		return 0
	}
	r := newRound(h)
	r.decide(traces, now)
	h.deciding.Unlock()
	r.deliver()
	return len(traces)
}

// unaccounted is how many items have come in that neither are held nor have
// been given to streams: 0 but for those that another goroutine is just moving.
func (h *holder) unaccounted() int64 {
	return h.counts.taken.Load() - h.store.Items() - h.counts.decided.Load()
}

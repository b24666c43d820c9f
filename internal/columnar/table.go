package columnar

import (
	"io"
	"sync"

	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnar/parquet"
)

// Row locates one row in a payload, and says what an owner of files must know about it. It is only good for
// the payload that it was made from.
type Row struct {
	// Time is the event time in nanoseconds since 1970: the start of a span or of a profile, the time of a metric
	// point, the timestamp of a log record or its observed timestamp when that is 0. As everywhere in the Collector, times
	// beyond 2262 are read as negative ones, so before 1970. A row without any time has 0.
	Time int64

	resource, scope, item, point int32 // A metric's rows are its points, a profile's its samples; other signals leave point 0.
}

// Table is the table of one signal: its columns and how its files are written. It is immutable and safe for
// concurrent use. It also owns the memory that its writers use in turns.
type Table[D any] struct {
	signal[D]

	options Options
	layout  *parquet.Layout
	footer  []parquet.KeyValue
	slabs   slabs
	pool    sync.Pool // of *accumulators[D]
	scratch scratches
}

// signal is what the generic driver must know about a signal.
type signal[D any] struct {
	name      string
	columns   []column
	sort      []string // one or two text columns, one or two hashes, then time
	rows      func(d D, dst []Row) []Row
	newFiller func(g *group, columns []column) filler[D]
}

// filler appends rows of a payload to the accumulators of a group.
type filler[D any] interface {
	// add appends the row at r as row i of the group. Rows of a resource should come one after the other.
	add(d D, r Row, i int)
	// leave forgets the payload.
	leave()
	// reset forgets the payload and the group's earlier rows.
	reset()
}

// NewTraces returns the table of spans: one row per span, sorted in each row group by service, name, resource and time.
// The error names every option that is wrong.
func NewTraces(o Options) (*Table[ptrace.Traces], error) {
	return newTable(o, signal[ptrace.Traces]{
		name:      "traces",
		columns:   traceColumns(),
		sort:      []string{"service_name", "name", "resource_hash", "time"},
		rows:      traceRows,
		newFiller: newTraceFiller,
	})
}

// NewLogs returns the table of log records: one row per record, sorted in each row group by service, scope (the
// logger), resource and time; see NewTraces.
func NewLogs(o Options) (*Table[plog.Logs], error) {
	return newTable(o, signal[plog.Logs]{
		name:      "logs",
		columns:   logColumns(),
		sort:      []string{"service_name", "scope_name", "resource_hash", "time"},
		rows:      logRows,
		newFiller: newLogFiller,
	})
}

// NewMetrics returns the table of data points: one row per point of any kind, sorted in each row group by
// metric, service, resource, series and time; see NewTraces.
func NewMetrics(o Options) (*Table[pmetric.Metrics], error) {
	return newTable(o, signal[pmetric.Metrics]{
		name:      "metrics",
		columns:   metricColumns(),
		sort:      []string{"metric_name", "service_name", "resource_hash", "series_hash", "time"},
		rows:      metricRows,
		newFiller: newMetricFiller,
	})
}

// NewProfiles returns the table of samples: one row per sample of a profile, sorted in each row group by service,
// type of sample, resource and time; see NewTraces.
func NewProfiles(o Options) (*Table[pprofile.Profiles], error) {
	return newTable(o, signal[pprofile.Profiles]{
		name:      "profiles",
		columns:   profileColumns(),
		sort:      []string{"service_name", "sample_type", "resource_hash", "time"},
		rows:      profileRows,
		newFiller: newProfileFiller,
	})
}

func newTable[D any](o Options, s signal[D]) (*Table[D], error) {
	o, err := o.complete()
	if err != nil {
		return nil, err
	}
	if s.columns, err = promote(s.columns, o.Promote); err != nil {
		return nil, err
	}
	t := &Table[D]{signal: s, options: o, footer: footer(s.name, s.columns, s.sort)}
	t.layout = parquet.NewLayout(nodes(s.columns), s.sort, createdBy)
	t.scratch.level = o.Level
	return t, nil
}

// Name returns the name of the signal: traces, logs, metrics or profiles.
func (t *Table[D]) Name() string { return t.name }

// Rows appends the rows of d to dst, in payload order. It only reads d.
func (t *Table[D]) Rows(d D, dst []Row) []Row { return t.rows(d, dst) }

// NewWriter returns a writer of one file, which goes to w in order. Nothing is written before a row group is
// full or the Writer is closed. It takes no memory to speak of before the first row.
func (t *Table[D]) NewWriter(w io.Writer) *Writer[D] {
	return &Writer[D]{table: t, file: parquet.NewFile(w, t.layout)}
}

// accumulators are the memory of one row group.
type accumulators[D any] struct {
	group *group
	fill  filler[D]
}

// take returns empty accumulators. They are given back to the pool.
func (t *Table[D]) take() *accumulators[D] {
	t.scratch.open()
	if a, ok := t.pool.Get().(*accumulators[D]); ok {
		return a
	}
	g := newGroup(t.columns, t.options, &t.slabs)
	return &accumulators[D]{group: g, fill: t.newFiller(g, t.columns)}
}

// give empties the accumulators and takes them back.
func (t *Table[D]) give(a *accumulators[D]) {
	a.group.reset()
	a.fill.reset()
	t.pool.Put(a)
	t.scratch.close()
}

package main

import (
	"fmt"
	"runtime"
	"time"

	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"golang.org/x/sys/unix"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnar"
)

// sink writes payloads as one file or as many.
type sink[D any] interface {
	add(d D) error
	// close ends the last file and returns the bytes of all. The sink is as new afterwards.
	close() (int64, error)
}

// written is what a sink has done.
type written struct {
	signal, name  string
	items         int
	bytes, allocs int64 // bytes of the files, and bytes that were allocated
	cpu           time.Duration
	decoded       bool // whether cpu includes decoding OTLP
}

// speed is in items per CPU second, size and garbage in bytes per item.
func (w written) speed() float64   { return float64(w.items) / w.cpu.Seconds() }
func (w written) size() float64    { return float64(w.bytes) / float64(w.items) }
func (w written) garbage() float64 { return float64(w.allocs) / float64(w.items) }

// The names of the contestants that the bars are about.
const (
	ours        = "ours"
	oursLarge   = "ours, row groups of 100,000"
	oursDecoded = "ours, from OTLP bytes"
	cellsOnly   = "reading spans into cells, part of both above"
	arrowPlain  = "arrow-go RecordBuilder"
	parquetGo   = "parquet-go column writers"
	jsonPlain   = "OTLP JSON"
	jsonGzip    = "OTLP JSON + gzip"
	protoZstd   = "OTLP protobuf + zstd-3"
)

// The signals of the tables. There are two mixes of metrics, see shop.Steady and shop.Shop.
const (
	traceSignal  = "traces"
	logSignal    = "logs"
	steadySignal = "metrics, steady"
	busySignal   = "metrics, busy"
)

// measureWriting lets every sink write the corpus.
func measureWriting(items int) ([]written, error) {
	traces, err := traceCorpus(items)
	if err != nil {
		return nil, err
	}
	entrants, err := traceSinks()
	if err != nil {
		return nil, err
	}
	var all []written
	for _, e := range entrants {
		w, err := measure(traces, traceSignal, e.name, e.sink, e.name == oursDecoded)
		if err != nil {
			return nil, err
		}
		all = append(all, w)
	}
	others, err := measureOthers(items)
	return append(all, others...), err
}

// entrant is a sink with its name.
type entrant[D any] struct {
	name string
	sink sink[D]
}

func traceSinks() ([]entrant[ptrace.Traces], error) {
	table, err := columnar.NewTraces(columnar.Options{})
	if err != nil {
		return nil, err
	}
	schema, err := newSchema()
	if err != nil {
		return nil, err
	}
	arrow, err := newArrowSink(schema)
	if err != nil {
		return nil, err
	}
	otlp, err := otlpSinks((&ptrace.JSONMarshaler{}).MarshalTraces, (&ptrace.ProtoMarshaler{}).MarshalTraces)
	return append([]entrant[ptrace.Traces]{
		{ours, &oursSink[ptrace.Traces]{table: table}},
		{oursDecoded, &oursSink[ptrace.Traces]{table: table}},
		{parquetGo, newParquetGoSink(schema)},
		{arrowPlain, arrow},
		{cellsOnly, cellsSink{schema.newRowMaker()}},
	}, otlp...), err
}

// measureOthers measures the other signals: our files and those of OTLP.
func measureOthers(items int) ([]written, error) {
	logTable, err := columnar.NewLogs(columnar.Options{})
	if err != nil {
		return nil, err
	}
	metricTable, err := columnar.NewMetrics(columnar.Options{})
	if err != nil {
		return nil, err
	}
	// A series has few points in a row group, and costs its hash and its resource in each of them.
	largeTable, err := columnar.NewMetrics(columnar.Options{GroupRows: 2 * rowsPerGroup})
	if err != nil {
		return nil, err
	}
	logs, err := logCorpus(items)
	if err != nil {
		return nil, err
	}
	all, err := measureOTLP(logs, logSignal, []entrant[plog.Logs]{{ours, &oursSink[plog.Logs]{table: logTable}}},
		(&plog.JSONMarshaler{}).MarshalLogs, (&plog.ProtoMarshaler{}).MarshalLogs)
	if err != nil {
		return nil, err
	}
	for _, c := range []struct {
		signal string
		corpus func(int) (corpus[pmetric.Metrics], error)
		points int
	}{{steadySignal, steadyCorpus, steadyPoints(items)}, {busySignal, metricCorpus, items}} {
		metrics, err := c.corpus(c.points)
		if err != nil {
			return nil, err
		}
		more, err := measureOTLP(metrics, c.signal, []entrant[pmetric.Metrics]{
			{ours, &oursSink[pmetric.Metrics]{table: metricTable}},
			{oursLarge, &oursSink[pmetric.Metrics]{table: largeTable}},
		},
			(&pmetric.JSONMarshaler{}).MarshalMetrics, (&pmetric.ProtoMarshaler{}).MarshalMetrics)
		if err != nil {
			return nil, err
		}
		all = append(all, more...)
	}
	return all, nil
}

// measureOTLP measures our sinks beside objects of OTLP.
func measureOTLP[D any](c corpus[D], signal string, entrants []entrant[D], toJSON, toProto func(D) ([]byte, error)) ([]written, error) {
	sinks, err := otlpSinks(toJSON, toProto)
	if err != nil {
		return nil, err
	}
	var all []written
	for _, e := range append(entrants, sinks...) {
		w, err := measure(c, signal, e.name, e.sink, false)
		if err != nil {
			return nil, err
		}
		all = append(all, w)
	}
	return all, nil
}

// otlpSinks returns the sinks that write objects of OTLP.
func otlpSinks[D any](toJSON, toProto func(D) ([]byte, error)) ([]entrant[D], error) {
	gzip, zstd, err := newCompressors()
	asItIs := func(data []byte) (int, error) { return len(data), nil }
	return []entrant[D]{
		{jsonPlain, &otlpSink[D]{marshal: toJSON, compress: asItIs}},
		{jsonGzip, &otlpSink[D]{marshal: toJSON, compress: gzip}},
		{protoZstd, &otlpSink[D]{marshal: toProto, compress: zstd}},
	}, err
}

// measure writes the corpus twice: the first time is for pools and caches. What decoding costs is only counted on
// demand; CPU time is that of the process, with the garbage collection that writing causes.
func measure[D any](c corpus[D], signal, name string, s sink[D], decoding bool) (written, error) {
	w := written{signal: signal, name: name, items: c.items, decoded: decoding}
	for range 2 {
		w.cpu, w.allocs = 0, 0
		runtime.GC()
		for _, data := range c.payloads {
			d, err := timed(&w, decoding, func() (D, error) { return c.unmarshal(data) })
			if err != nil {
				return w, err
			}
			if _, err = timed(&w, true, func() (D, error) { return d, s.add(d) }); err != nil {
				return w, fmt.Errorf("%s: %w", name, err)
			}
		}
		if _, err := timed(&w, true, func() (n int64, err error) { w.bytes, err = s.close(); return n, err }); err != nil {
			return w, fmt.Errorf("%s: %w", name, err)
		}
	}
	return w, nil
}

// timed charges what f costs, if it counts.
func timed[T any](w *written, counts bool, f func() (T, error)) (T, error) {
	if !counts {
		return f()
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := cpuTime()
	v, err := f()
	w.cpu += cpuTime() - start
	runtime.ReadMemStats(&after)
	w.allocs += int64(after.TotalAlloc - before.TotalAlloc)
	return v, err
}

// cpuTime returns the CPU time of all threads of the process.
func cpuTime() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &t); err != nil {
		panic(err) // Every Linux has this clock.
	}
	return time.Duration(t.Nano())
}

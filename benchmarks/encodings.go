package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/klauspost/compress/zstd"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnar"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/shop"
)

// itemsPerPayload is what the export helper batches into one request.
const itemsPerPayload = 8192

// measureEncodings encodes the telemetry of the shop in all formats and
// returns a Markdown table.
func measureEncodings(items int) (string, error) {
	s := shop.New(1)
	traces, err := formats[ptrace.Traces]{
		signal: "traces", items: ptrace.Traces.SpanCount, next: s.Traces, columns: columnar.Traces,
		proto: (&ptrace.ProtoMarshaler{}).MarshalTraces, json: (&ptrace.JSONMarshaler{}).MarshalTraces,
	}.measure(items)
	if err != nil {
		return "", err
	}
	logs, err := formats[plog.Logs]{
		signal: "logs", items: plog.Logs.LogRecordCount, next: s.Logs, columns: columnar.Logs,
		proto: (&plog.ProtoMarshaler{}).MarshalLogs, json: (&plog.JSONMarshaler{}).MarshalLogs,
	}.measure(items)
	if err != nil {
		return "", err
	}
	metrics, err := formats[pmetric.Metrics]{
		signal: "metrics", items: pmetric.Metrics.DataPointCount, next: s.Metrics, columns: columnar.Metrics,
		proto: (&pmetric.ProtoMarshaler{}).MarshalMetrics, json: (&pmetric.JSONMarshaler{}).MarshalMetrics,
	}.measure(items)
	if err != nil {
		return "", err
	}
	return encodingsTable(slices.Concat(traces, logs, metrics)), nil
}

// formats are the ways to encode a payload D of one signal.
type formats[D any] struct {
	signal  string
	items   func(D) int
	next    func(n int, at time.Time) D // the shop's next payload of about n items
	columns func(D) ([]columnar.File, error)
	proto   func(D) ([]byte, error)
	json    func(D) ([]byte, error)
}

// encoding is one format with one compression, and what it has done so far.
type encoding[D any] struct {
	encoded
	encode func(D) (size int, err error)
}

// encoded is the outcome of an encoding.
type encoded struct {
	signal, format, compression string

	items, bytes int
	cpu          time.Duration
}

// measure encodes payloads of the shop with all encodings in turns, until
// there were so many items. CPU time is that of the process, so that it
// includes collecting the garbage which encoding makes.
func (f formats[D]) measure(items int) ([]encoded, error) {
	encodings, err := f.encodings()
	if err != nil {
		return nil, err
	}
	at := time.Date(2026, 1, 5, 12, 10, 0, 0, time.UTC)
	for round := -1; encodings[0].items < items; round++ {
		d := f.next(itemsPerPayload, at)
		at = at.Add(10 * time.Second)
		for i := range encodings {
			e := &encodings[i]
			start := cpuTime()
			size, err := e.encode(d)
			if err != nil {
				return nil, fmt.Errorf("%s as %s: %w", f.signal, e.format, err)
			}
			if round < 0 {
				continue // The first payload warms up.
			}
			e.cpu += cpuTime() - start
			e.items += f.items(d)
			e.bytes += size
		}
	}
	results := make([]encoded, len(encodings))
	for i, e := range encodings {
		results[i] = e.encoded
	}
	return results, nil
}

// encodings returns Parquet first, then every other format with every
// compression.
func (f formats[D]) encodings() ([]encoding[D], error) {
	all := []encoding[D]{{
		encoded: encoded{signal: f.signal, format: "Parquet", compression: "zstd, inside"},
		encode: func(d D) (int, error) {
			files, err := f.columns(d)
			size := 0
			for _, file := range files {
				size += len(file.Data)
			}
			return size, err
		},
	}}
	compressors, err := newCompressors()
	if err != nil {
		return nil, err
	}
	for _, format := range []struct {
		name    string
		marshal func(D) ([]byte, error)
	}{{"OTLP protobuf", f.proto}, {"OTLP JSON", f.json}} {
		for _, c := range compressors {
			all = append(all, encoding[D]{
				encoded: encoded{signal: f.signal, format: format.name, compression: c.name},
				encode: func(d D) (int, error) {
					data, err := format.marshal(d)
					if err != nil {
						return 0, err
					}
					return c.size(data)
				},
			})
		}
	}
	return all, nil
}

// compressor returns the compressed size of data.
type compressor struct {
	name string
	size func(data []byte) (int, error)
}

// newCompressors returns what collectors use between each other: the gzip of
// the standard library and klauspost's zstd, both at their default levels.
func newCompressors() ([]compressor, error) {
	var out bytes.Buffer
	gz := gzip.NewWriter(&out)
	zs, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	if err != nil {
		return nil, err
	}
	var room []byte
	return []compressor{
		{"none", func(data []byte) (int, error) { return len(data), nil }},
		{"gzip", func(data []byte) (int, error) {
			out.Reset()
			gz.Reset(&out)
			if _, err := gz.Write(data); err != nil {
				return 0, err
			}
			err := gz.Close()
			return out.Len(), err
		}},
		{"zstd", func(data []byte) (int, error) {
			room = zs.EncodeAll(data, room[:0])
			return len(room), nil
		}},
	}, nil
}

// encodingsTable lists the encodings, each beside Parquet of the same signal.
func encodingsTable(all []encoded) string {
	var b strings.Builder
	b.WriteString("| signal | format | compression | items per CPU second | bytes per item | size / Parquet's | speed / Parquet's |\n")
	b.WriteString("| --- | --- | --- | --: | --: | --: | --: |\n")
	var parquet encoded
	for _, e := range all {
		if e.signal != parquet.signal {
			parquet = e
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s |\n", e.signal, e.format, e.compression,
			thousands(e.speed()), count(e.size()), times(e.size()/parquet.size()), times(e.speed()/parquet.speed()))
	}
	return b.String()
}

// speed is in items per CPU second, size in bytes per item.
func (e encoded) speed() float64 { return float64(e.items) / e.cpu.Seconds() }
func (e encoded) size() float64  { return float64(e.bytes) / float64(e.items) }

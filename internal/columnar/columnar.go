package columnar

import (
	"errors"
	"time"

	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// errTooLarge is wrapped by every error of Traces, Logs and Metrics that has its cause in the payload. Such
// a payload can never be encoded: trying again gives the same error.
var errTooLarge = errors.New("columnar: more than 2 GiB of distinct values in one column")

// File is one finished Parquet file: the rows of one payload whose event time lies in one UTC hour.
//
// Event time is the start of a span, the time of a metric point, and the timestamp of a log record or its
// observed timestamp when that is 0. As everywhere in the Collector, times beyond 2262 are read as negative
// ones, so before 1970. A row without any time belongs to the hour 1970-01-01T00.
type File struct {
	// Hour is the start of the hour, in UTC.
	Hour time.Time
	// First and Last are the smallest and the largest event time of the rows, in UTC.
	First, Last time.Time
	// Rows is the number of rows, at least 1.
	Rows int
	// Data is the file. It is the caller's: this package keeps no reference to it.
	Data []byte
}

var (
	traces = &signal[ptrace.Traces]{
		name:      "traces",
		columns:   traceColumns(),
		sort:      []string{"service_name", "name", "time"},
		newFiller: newTraceFiller,
	}
	logs = &signal[plog.Logs]{
		name:      "logs",
		columns:   logColumns(),
		sort:      []string{"service_name", "time"},
		newFiller: newLogFiller,
	}
	metrics = &signal[pmetric.Metrics]{
		name:      "metrics",
		columns:   metricColumns(),
		sort:      []string{"metric_name", "service_name", "time"},
		newFiller: newMetricFiller,
	}
)

// Traces encodes one row per span, sorted in each row group by service, name and time. The files are in
// order of their hours; there is none for a payload without spans. Traces reads td only, and may run
// concurrently with itself. An error means that td can never be encoded.
func Traces(td ptrace.Traces) ([]File, error) { return traces.encode(td) }

// Logs encodes one row per log record, sorted in each row group by service and time; see Traces.
func Logs(ld plog.Logs) ([]File, error) { return logs.encode(ld) }

// Metrics encodes one row per data point of any kind, sorted in each row group by metric, service and time;
// see Traces.
func Metrics(md pmetric.Metrics) ([]File, error) { return metrics.encode(md) }

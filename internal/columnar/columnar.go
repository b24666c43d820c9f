package columnar

import (
	"bytes"
	"cmp"
	"slices"
	"sync"
	"time"

	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// File is one finished Parquet file: the rows of one payload whose event time (Row.Time) lies in one UTC hour.
// A row without any time belongs to the hour 1970-01-01T00.
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

// The tables with standard options.
var (
	traces   = standard(NewTraces)
	logs     = standard(NewLogs)
	metrics  = standard(NewMetrics)
	profiles = standard(NewProfiles)
)

func standard[D any](make func(Options) (*Table[D], error)) func() *Table[D] {
	return sync.OnceValue(func() *Table[D] {
		t, err := make(Options{})
		if err != nil {
			panic(err) // The zero value is valid.
		}
		return t
	})
}

// Traces writes a payload as files with standard options, see NewTraces. The files are in order of their
// hours; there is none for a payload without spans. Traces reads td only, and may run concurrently with
// itself. The same payload gives the same bytes. An error means that td can never be encoded.
func Traces(td ptrace.Traces) ([]File, error) { return traces().files(td) }

// Logs writes a payload as files with standard options, see NewLogs and Traces.
func Logs(ld plog.Logs) ([]File, error) { return logs().files(ld) }

// Metrics writes a payload as files with standard options, see NewMetrics and Traces.
func Metrics(md pmetric.Metrics) ([]File, error) { return metrics().files(md) }

// Profiles writes a payload as files with standard options, see NewProfiles and Traces.
func Profiles(pd pprofile.Profiles) ([]File, error) { return profiles().files(pd) }

// files writes one file per hour.
func (t *Table[D]) files(d D) ([]File, error) {
	rows := t.Rows(d, nil)
	byHour := func(a, b Row) int { return cmp.Compare(hour(a.Time), hour(b.Time)) }
	if !slices.IsSortedFunc(rows, byHour) {
		slices.SortStableFunc(rows, byHour)
	}
	var files []File
	for len(rows) > 0 {
		n := 1
		for n < len(rows) && hour(rows[n].Time) == hour(rows[0].Time) {
			n++
		}
		f, err := t.oneFile(d, rows[:n])
		if err != nil {
			return nil, err
		}
		files = append(files, f)
		rows = rows[n:]
	}
	return files, nil
}

// oneFile writes the given rows, which are all of one hour, as one file.
func (t *Table[D]) oneFile(d D, rows []Row) (File, error) {
	var buf bytes.Buffer
	w := t.NewWriter(&buf)
	defer w.Discard()
	if err := w.Append(d, rows); err != nil {
		return File{}, err
	}
	info, err := w.Close()
	return File{
		Hour:  time.Unix(hour(rows[0].Time)*3600, 0).UTC(),
		First: info.First,
		Last:  info.Last,
		Rows:  info.Rows,
		Data:  buf.Bytes(),
	}, err
}

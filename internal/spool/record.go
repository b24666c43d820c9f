package spool

import (
	"encoding/binary"
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnar"
)

// record is what the log holds of a payload:
//
//	record  := version   byte      1
//	           arrived   uvarint   nanoseconds since 1970
//	           past      uvarint   nanoseconds, Options.MaxPast when it arrived
//	           future    uvarint   nanoseconds, Options.MaxFuture when it arrived
//	           length    uvarint   of stream
//	           stream    bytes     as a value of the partition
//	           payload   bytes     OTLP protobuf, one zstd frame
//
// A row's hour depends on nothing but what the record holds: after a crash the
// row must get the same one, also from a process with other options.
type record struct {
	arrived      time.Time
	past, future time.Duration
	stream       string
	payload      []byte // OTLP protobuf
}

// bounds returns the earliest and the latest event time that a row is filed
// under.
func (r record) bounds() (earliest, latest int64) {
	return r.arrived.Add(-r.past).UnixNano(), r.arrived.Add(r.future).UnixNano()
}

// hours returns the hour that a row belongs to, by its event time.
func (r record) hours() func(ns int64) int64 {
	earliest, latest := r.bounds()
	arrived := hourOf(r.arrived.UnixNano())
	return func(ns int64) int64 {
		if ns < earliest || ns > latest {
			return arrived
		}
		return hourOf(ns)
	}
}

// misplaced counts the rows that are not filed under the hour of their event.
func (r record) misplaced(rows []columnar.Row) (past, future int) {
	earliest, latest := r.bounds()
	for _, row := range rows {
		if row.Time < earliest {
			past++
		} else if row.Time > latest {
			future++
		}
	}
	return past, future
}

const recordVersion = 1

// maxPayload bounds the memory that a record may ask for, in bytes of OTLP. It
// is more than any receiver takes.
const maxPayload = 1 << 30

// recordWindow is how far back repetitions are found, in bytes. Those of OTLP are
// near; each core takes twice as much memory.
const recordWindow = 512 << 10

// codec compresses records. It is safe for concurrent use.
type codec struct {
	enc *zstd.Encoder
	dec *zstd.Decoder
}

func newCodec() (*codec, error) {
	enc, err := zstd.NewWriter(nil,
		zstd.WithEncoderLevel(zstd.SpeedFastest),
		zstd.WithEncoderConcurrency(runtime.GOMAXPROCS(0)),
		zstd.WithWindowSize(recordWindow), zstd.WithLowerEncoderMem(true),
		zstd.WithEncoderCRC(false)) // The log has checksums.
	if err != nil {
		return nil, err
	}
	dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxPayload))
	return &codec{enc, dec}, err
}

// close ends the codec's goroutines.
func (c *codec) close() { c.dec.Close() }

func (c *codec) encode(r record) []byte {
	b := make([]byte, 0, 64+len(r.stream)+len(r.payload)/4)
	b = append(b, recordVersion)
	for _, ns := range []int64{r.arrived.UnixNano(), int64(r.past), int64(r.future)} {
		b = binary.AppendUvarint(b, uint64(ns)) // Read back the same way.
	}
	b = binary.AppendUvarint(b, uint64(len(r.stream)))
	b = append(b, r.stream...)
	return c.enc.EncodeAll(r.payload, b)
}

var (
	errRecord        = errors.New("a record of the log is not one of this program's")
	errRecordVersion = errors.New("the log was written by another version of this program, which has to drain it")
)

func (c *codec) decode(b []byte) (record, error) {
	if len(b) == 0 {
		return record{}, errRecord
	}
	if b[0] != recordVersion {
		return record{}, fmt.Errorf("%w: its records have version %d, not %d", errRecordVersion, b[0], recordVersion)
	}
	b = b[1:]
	var times [3]int64
	for i := range times {
		ns, n := binary.Uvarint(b)
		if n <= 0 {
			return record{}, errRecord
		}
		times[i], b = int64(ns), b[n:] // As it was written.
	}
	length, n := binary.Uvarint(b)
	if n <= 0 || length > uint64(len(b)-n) {
		return record{}, errRecord
	}
	b = b[n:]
	r := record{
		arrived: time.Unix(0, times[0]), past: time.Duration(times[1]), future: time.Duration(times[2]),
		stream: string(b[:length]),
	}
	var err error
	if r.payload, err = c.dec.DecodeAll(b[length:], nil); err != nil {
		return record{}, fmt.Errorf("%w: %w", errRecord, err)
	}
	return r, nil
}

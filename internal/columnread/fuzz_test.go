package columnread

import (
	"bytes"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnar"
)

// FuzzRoundTrip holds OTLP -> Parquet -> OTLP equal for whatever OTLP can be decoded.
func FuzzRoundTrip(f *testing.F) {
	for seed := range uint64(20) {
		seedRoundTrip(f, 0, traceKind, seed)
		seedRoundTrip(f, 1, logKind, seed)
		seedRoundTrip(f, 2, metricKind, seed)
		seedRoundTrip(f, 3, profileKind, seed)
	}
	f.Fuzz(func(t *testing.T, signal byte, otlp []byte) {
		switch signal % 4 {
		case 0:
			fuzzRoundTrip(t, traceKind, otlp)
		case 1:
			fuzzRoundTrip(t, logKind, otlp)
		case 2:
			fuzzRoundTrip(t, metricKind, otlp)
		default:
			fuzzRoundTrip(t, profileKind, otlp)
		}
	})
}

func seedRoundTrip[D any](f *testing.F, signal byte, k kind[D], seed uint64) {
	otlp, err := k.encode(k.random(seed))
	require.NoError(f, err)
	f.Add(signal, otlp)
}

func fuzzRoundTrip[D any](t *testing.T, k kind[D], otlp []byte) {
	in, err := k.decode(otlp)
	if err != nil {
		return
	}
	data := write(t, k, columnar.Options{Promote: promotions, GroupRows: 7}, in)
	requireSame(t, k, in, readAll(t, k, data, 5))
}

// FuzzDamage changes bytes of whole files: reading gives an error or rows, but never panics, and it says of
// every error that the file is to blame.
func FuzzDamage(f *testing.F) {
	files := [][]byte{
		damageable(f, traceKind), damageable(f, logKind), damageable(f, metricKind), damageable(f, profileKind),
	}
	for i, data := range files {
		for at := 4; at < len(data); at += len(data) / 40 {
			f.Add(byte(i), uint32(at), byte(0x80), []byte{})
		}
		f.Add(byte(i), uint32(0), byte(0), data[:100])
	}
	f.Fuzz(func(t *testing.T, which byte, at uint32, flip byte, insert []byte) {
		data := bytes.Clone(files[int(which)%len(files)])
		i := int(at) % len(data)
		data[i] ^= flip
		copy(data[i:], insert)
		readDamaged(t, data)
	})
}

// FuzzBytes reads what may be no file at all.
func FuzzBytes(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte("PAR1\x00\x00\x00\x00PAR1"))
	f.Add(damageable(f, logKind))
	f.Fuzz(readDamaged)
}

func damageable[D any](f *testing.F, k kind[D]) []byte {
	return write(f, k, columnar.Options{Promote: promotions, GroupRows: 20}, k.random(4), k.random(5), k.random(6))
}

// readDamaged reads all of a file.
func readDamaged(t *testing.T, data []byte) {
	file, err := Open(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		requireBlame(t, err)
		return
	}
	drain(t, file, traceKind)
	drain(t, file, logKind)
	drain(t, file, metricKind)
	drain(t, file, profileKind)
}

func drain[D any](t *testing.T, file *File, k kind[D]) {
	for d, err := range k.read(file, Options{Rows: 16}) {
		if err != nil {
			requireBlame(t, err)
			return
		}
		_, err = k.encode(d)
		require.NoError(t, err)
	}
}

func requireBlame(t *testing.T, err error) {
	t.Helper()
	for _, known := range []error{ErrNotParquet, ErrTruncated, ErrForeign, ErrNewer, ErrSignal, ErrDamaged} {
		if errors.Is(err, known) {
			return
		}
	}
	require.NoError(t, err)
}

// Bits flipped all over a file, and ends cut off, give errors or rows.
func TestDamage(t *testing.T) {
	const step = 13
	data := oneLog(t, columnar.Options{})
	for i := 0; i < len(data); i += step {
		damaged := bytes.Clone(data)
		damaged[i] ^= 1 << (i / step % 8)
		readDamaged(t, damaged)
		readDamaged(t, data[:i])
	}
}

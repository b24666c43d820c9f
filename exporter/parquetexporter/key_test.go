package parquetexporter

import (
	"net/url"
	"path"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnar"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/streamname"
)

func TestObjectKey(t *testing.T) {
	first := time.Date(2026, 11, 22, 5, 59, 59, 123456789, time.UTC)
	tests := []struct {
		name, signal, stream string
		file                 columnar.File
		want                 string
	}{
		{
			name: "plain", signal: "traces", stream: "checkout",
			file: columnar.File{Hour: first.Truncate(time.Hour), First: first, Data: []byte("abc")},
			want: "traces/v1/stream=checkout/dt=2026-11-22/hour=05/20261122T055959.123456789Z-ba7816bf8f01cfea414140de5dae2223.parquet",
		},
		{
			name: "other content", signal: "traces", stream: "checkout",
			file: columnar.File{Hour: first.Truncate(time.Hour), First: first, Data: []byte("abd")},
			want: "traces/v1/stream=checkout/dt=2026-11-22/hour=05/20261122T055959.123456789Z-a52d159f262b2c6ddb724a61840befc3.parquet",
		},
		{
			name: "other zone", signal: "logs", stream: "a.b-c_D9",
			file: columnar.File{
				Hour:  first.Truncate(time.Hour).In(time.FixedZone("", 9*3600)),
				First: first.In(time.FixedZone("", -9*3600)), Data: []byte("abc"),
			},
			want: "logs/v1/stream=a.b-c_D9/dt=2026-11-22/hour=05/20261122T055959.123456789Z-ba7816bf8f01cfea414140de5dae2223.parquet",
		},
		{
			name: "no time", signal: "metrics", stream: "..",
			file: columnar.File{Hour: time.Unix(0, 0), First: time.Unix(0, 0)},
			want: "metrics/v1/stream=%2E./dt=1970-01-01/hour=00/19700101T000000.000000000Z-e3b0c44298fc1c149afbf4c8996fb924.parquet",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			require.Equal(t, tt.want, objectKey(tt.signal, tt.stream, tt.file))
		})
	}
}

func TestPartitionValue(t *testing.T) {
	for stream, want := range map[string]string{
		"default":      "default",
		"a.b":          "a.b",
		".hidden":      "%2Ehidden",
		"../../etc":    "%2E.%2F..%2Fetc",
		`a\b`:          "a%5Cb",
		"a b%20":       "a%20b%2520",
		"stream=other": "stream%3Dother",
		"nul\x00\n":    "nul%00%0A",
		"\u00fc":       "%C3%BC",
		"*":            "%2A",
	} {
		require.Equal(t, want, partitionValue(stream))
	}
	long := strings.Repeat("x", 1000)
	require.Regexp(t, `^x{201}-[0-9a-f]{32}$`, partitionValue(long))
	require.NotEqual(t, partitionValue(long), partitionValue(long+"x"))
}

var keyPattern = regexp.MustCompile(`^traces/v1/stream=([A-Za-z0-9_%-][A-Za-z0-9_.%-]*)?/dt=-?[0-9]{4,}-[0-9]{2}-[0-9]{2}/hour=[0-2][0-9]/` +
	`-?[0-9]{8,}T[0-9]{6}\.[0-9]{9}Z-[0-9a-f]{32}\.parquet$`)

// Guarantees that no stream name and no time leads out of the stream's own
// directory, that keys fit the stores, that valid names are readable and that
// two names or two contents never share a key.
func FuzzObjectKey(f *testing.F) {
	f.Add("default", "../x", int64(0), int64(0), []byte("abc"))
	f.Add("a", "a%", int64(1<<62), int64(-1<<63), []byte(nil))
	f.Add(strings.Repeat("y", 300), strings.Repeat("y", 301), int64(1), int64(1e18), []byte("x"))
	f.Fuzz(func(t *testing.T, stream, other string, hour, first int64, data []byte) {
		file := columnar.File{Hour: time.Unix(0, hour), First: time.Unix(0, first), Data: data}
		key := objectKey("traces", stream, file)
		require.Regexp(t, keyPattern, key)
		require.Equal(t, key, path.Clean(key))
		require.Len(t, strings.Split(key, "/"), 6)
		require.Less(t, len(key), 512)
		for element := range strings.SplitSeq(key, "/") {
			require.LessOrEqual(t, len(element), 255)
		}

		require.Equal(t, key, objectKey("traces", stream, file))
		if other != stream {
			require.NotEqual(t, key, objectKey("traces", other, file))
		}
		changed := file
		changed.Data = append(append([]byte(nil), data...), 0)
		require.NotEqual(t, key, objectKey("traces", stream, changed))

		value := strings.TrimPrefix(strings.Split(key, "/")[2], "stream=")
		if streamname.Validate(stream) == nil {
			require.Equal(t, stream, value)
		}
		if len(value) <= maxStreamLength {
			undone, err := url.PathUnescape(value)
			require.NoError(t, err)
			require.Equal(t, stream, undone)
		}
	})
}

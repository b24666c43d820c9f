package load

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestValidate(t *testing.T) {
	require.NoError(t, DefaultConfig().Validate())
	bad := DefaultConfig()
	bad.Protocol = "thrift"
	bad.Endpoint = "localhost"
	bad.Signals = []string{"traces", "spans"}
	bad.Rate = -1
	bad.Duration = -time.Second
	bad.Total = -1
	bad.RetryFor = -time.Second
	require.EqualError(t, bad.Validate(), `protocol: "thrift" is neither "grpc" nor "http"
endpoint: "localhost" must be host:port, for example 127.0.0.1:4317
signals: there is no "spans"; there are traces, logs, metrics, profiles
rate: -1 is negative; 0 means as fast as possible
duration: -1s is negative; 0 means until interrupted
total: -1 is negative; 0 means no limit
retry-for: -1s is negative; 0 means not to retry`)
	none := DefaultConfig()
	none.Signals = nil
	require.EqualError(t, none.Validate(), "signals: all are turned off, so there is nothing to send")
}

func TestEndpoints(t *testing.T) {
	for _, tc := range []struct {
		text, address string
		insecure      bool
	}{
		{"127.0.0.1:4317", "127.0.0.1:4317", true},
		{"[::1]:4317", "[::1]:4317", true},
		{"localhost:4317", "localhost:4317", true},
		{"collector:4317", "collector:4317", false},
		{"http://collector:4318/", "collector:4318", true},
		{"https://localhost:4318", "localhost:4318", false},
		{"http://collector:4318/v1/traces", "", false},
		{"ftp://collector:21", "", false},
		{"http://%", "", false},
		{":4317", "", false},
	} {
		e, err := parseEndpoint(tc.text)
		require.Equal(t, tc.address, e.address, tc.text)
		require.Equal(t, tc.address == "", err != nil, tc.text)
		if err == nil {
			require.Equal(t, tc.insecure, IsInsecure(tc.text), tc.text)
		}
	}
}

package load

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/shop"
)

// Which gRPC codes may be retried is given by the OTLP specification.
func TestRefusalOfRPC(t *testing.T) {
	retryable := map[codes.Code]bool{
		codes.Canceled: true, codes.DeadlineExceeded: true, codes.Aborted: true,
		codes.OutOfRange: true, codes.Unavailable: true, codes.DataLoss: true,
	}
	for code := codes.Canceled; code <= codes.Unauthenticated; code++ {
		r := refusalOfRPC(status.Error(code, "no"))
		require.Equal(t, retryable[code], r.retry, code.String())
		require.Equal(t, code == codes.Unimplemented, r.unsupported, code.String())
		require.EqualError(t, r, code.String()+": no")
	}
	st, err := status.New(codes.ResourceExhausted, "busy").
		WithDetails(&errdetails.RetryInfo{RetryDelay: durationpb.New(3 * time.Second)})
	require.NoError(t, err)
	r := refusalOfRPC(st.Err())
	require.True(t, r.retry)
	require.Equal(t, 3*time.Second, r.after)
}

func TestRefusalOfHTTP(t *testing.T) {
	for _, tc := range []struct {
		code        int
		retryAfter  string
		retry       bool
		after       time.Duration
		unsupported bool
	}{
		{code: 400},
		{code: 401},
		{code: 413},
		{code: 500},
		{code: 404, unsupported: true},
		{code: 429, retryAfter: "7", retry: true, after: 7 * time.Second},
		{code: 502, retry: true},
		{code: 503, retryAfter: "soon", retry: true},
		{code: 504, retryAfter: "-1", retry: true},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", tc.retryAfter)
			http.Error(w, "no", tc.code)
		}))
		c := newWeb(server.Listener.Addr().String(), true)
		_, err := c.post(t.Context(), "/v1/traces", nil)
		r := asRefusal(err)
		require.EqualError(t, r, fmt.Sprintf("HTTP %d %s: no", tc.code, http.StatusText(tc.code)))
		require.Equal(t, tc.retry, r.retry, tc.code)
		require.Equal(t, tc.after, r.after, tc.code)
		require.Equal(t, tc.unsupported, r.unsupported, tc.code)
		require.NoError(t, c.close())
		server.Close()
	}
}

// A collector that is gone for a while is one to retry.
func TestNoAnswerIsRetried(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	_, err := newWeb(server.Listener.Addr().String(), true).post(t.Context(), "/v1/traces", nil)
	require.True(t, asRefusal(err).retry)
	require.False(t, asRefusal(errors.New("not ours")).retry)
}

// What a collector takes and throws away is reported as such.
func TestPartialSuccess(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		answer := ptraceotlp.NewExportResponse()
		answer.PartialSuccess().SetRejectedSpans(4)
		raw, err := answer.MarshalProto()
		if err == nil {
			_, err = w.Write(raw)
		}
		if err != nil {
			panic(err)
		}
	}))
	defer server.Close()
	c := newWeb(server.Listener.Addr().String(), true)
	t.Cleanup(func() { require.NoError(t, c.close()) })
	rejected, err := signals[0].overWeb(c)(shop.New(1), 10, time.Now())(t.Context())
	require.NoError(t, err)
	require.Equal(t, int64(4), rejected)

	cfg := DefaultConfig()
	cfg.Protocol, cfg.Endpoint, cfg.Signals, cfg.Total = HTTP, server.Listener.Addr().String(), []string{"traces"}, 10
	report, err := Run(t.Context(), cfg, t.Output())
	require.ErrorIs(t, err, ErrLost)
	require.Equal(t, SignalReport{Sent: 10, Payloads: 1, Rejected: 4}, report.Signals["traces"])
}

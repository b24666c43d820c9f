package load

import (
	"bytes"
	"context"
	"errors"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"go.opentelemetry.io/collector/consumer/consumererror"

	"github.com/otelcol-datastreams/otelcol-datastreams/cmd/datastreams/internal/otlptest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const sequence = "test.sequence"

var protocols = []string{GRPC, HTTP}

// fast returns a Config for c that does not wait where a user would.
func fast(c *otlptest.Collector, protocol string) Config {
	cfg := DefaultConfig()
	cfg.Protocol = protocol
	cfg.Endpoint = map[string]string{GRPC: c.GRPC, HTTP: c.HTTP}[protocol]
	cfg.Rate = 0
	cfg.SequenceAttribute = sequence
	cfg.RetryInitial, cfg.RetryMax = time.Millisecond, 5*time.Millisecond
	return cfg
}

// Each item of each signal arrives once.
func TestRunSendsTotals(t *testing.T) {
	for _, protocol := range protocols {
		t.Run(protocol, func(t *testing.T) {
			c := otlptest.Start(t, SignalNames()...)
			cfg := fast(c, protocol)
			cfg.Total = 1234
			report, err := Run(t.Context(), cfg, &bytes.Buffer{})
			require.NoError(t, err)
			require.Len(t, report.Signals, 4)
			for name, s := range report.Signals {
				require.Equal(t, otlptest.UpTo(1234), c.Numbers(t, name, sequence), name)
				require.Equal(t, SignalReport{Sent: 1234, Payloads: s.Payloads}, s, name)
			}
		})
	}
}

// What is refused for now is sent again until it is taken, once.
func TestRunRetriesRefusals(t *testing.T) {
	refusals := map[string]error{
		"an error without a class": errors.New("queue is full"),
		"unavailable":              status.Error(codes.Unavailable, "out of memory"),
	}
	for name, refusal := range refusals {
		for _, protocol := range protocols {
			t.Run(name+" over "+protocol, func(t *testing.T) {
				c := otlptest.Start(t, SignalNames()...)
				var asked atomic.Int64
				c.Refuse(func() error {
					if asked.Add(1)%3 != 0 {
						return refusal
					}
					return nil
				})
				cfg := fast(c, protocol)
				cfg.Total = 150
				var said bytes.Buffer
				report, err := Run(t.Context(), cfg, &said)
				require.NoError(t, err)
				refused := int64(0)
				for name, s := range report.Signals {
					require.Equal(t, otlptest.UpTo(150), c.Numbers(t, name, sequence), name)
					refused += s.Refusals
				}
				require.Positive(t, refused)
				require.Contains(t, said.String(), "refused, trying again for 1m0s: ")
				require.Contains(t, said.String(), "taken again after")
			})
		}
	}
}

// What can never be taken, or not in time, is counted and reported.
func TestRunCountsWhatItGivesUp(t *testing.T) {
	for name, tc := range map[string]struct {
		refusal  error
		retryFor time.Duration
		once     bool
	}{
		"permanent":           {refusal: consumererror.NewPermanent(errors.New("bad data")), retryFor: time.Minute, once: true},
		"too large":           {refusal: status.Error(codes.ResourceExhausted, "too large"), retryFor: 20 * time.Millisecond},
		"retryable for long":  {refusal: errors.New("queue is full"), retryFor: 20 * time.Millisecond},
		"retrying turned off": {refusal: errors.New("queue is full"), once: true},
	} {
		for _, protocol := range protocols {
			t.Run(name+" over "+protocol, func(t *testing.T) {
				c := otlptest.Start(t, "traces")
				c.Refuse(func() error { return tc.refusal })
				cfg := fast(c, protocol)
				cfg.Signals, cfg.Total, cfg.RetryFor = []string{"traces"}, 30, tc.retryFor
				var said bytes.Buffer
				report, err := Run(t.Context(), cfg, &said)
				require.ErrorIs(t, err, ErrLost)
				require.ErrorContains(t, err, "30 items were given up")
				require.Contains(t, said.String(), "traces: gave up 30 spans: ")
				s := report.Signals["traces"]
				require.Equal(t, int64(30), s.GivenUp)
				require.Zero(t, s.Sent)
				require.Positive(t, s.Refusals)
				if tc.once {
					require.Equal(t, int64(1), s.Refusals)
				}
				require.Empty(t, c.Numbers(t, "traces", sequence))
			})
		}
	}
}

// A signal without a pipeline is mentioned once and does not stop the others.
func TestRunGoesOnWithoutUnsupportedSignals(t *testing.T) {
	for _, protocol := range protocols {
		t.Run(protocol, func(t *testing.T) {
			c := otlptest.Start(t, "traces", "logs", "metrics")
			cfg := fast(c, protocol)
			cfg.Total = 2500
			var said bytes.Buffer
			report, err := Run(t.Context(), cfg, &said)
			require.NoError(t, err)
			require.Equal(t, SignalReport{Unsupported: true}, report.Signals["profiles"])
			require.Equal(t, 1, strings.Count(said.String(), "profiles: the collector takes none"), said.String())
			require.Contains(t, said.String(), "service.profilesSupport. Going on without.\n")
			for _, name := range []string{"traces", "logs", "metrics"} {
				require.Equal(t, int64(2500), report.Signals[name].Sent)
			}
			cfg.Signals = []string{"profiles"}
			_, err = Run(t.Context(), cfg, &said)
			require.ErrorContains(t, err, "takes none of the signals")
		})
	}
}

func TestRunSaysThatNothingListens(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := listener.Addr().String()
	require.NoError(t, listener.Close())
	for _, protocol := range protocols {
		cfg := DefaultConfig()
		cfg.Endpoint, cfg.Protocol = address, protocol
		report, err := Run(t.Context(), cfg, &bytes.Buffer{})
		require.Nil(t, report)
		require.EqualError(t, err, "nothing listens on "+address+": start the collector there (make run), or name another one with --endpoint")
	}
}

// A load with a duration ends in time and keeps its pace; so does one that is
// interrupted, and neither leaves a payload half sent.
func TestRunKeepsItsPace(t *testing.T) {
	for _, protocol := range protocols {
		t.Run(protocol, func(t *testing.T) {
			c := otlptest.Start(t, "traces")
			cfg := fast(c, protocol)
			cfg.Signals, cfg.Rate, cfg.StatusEvery = []string{"traces"}, 2000, 100*time.Millisecond
			cfg.Duration = 900 * time.Millisecond
			var said bytes.Buffer
			report, err := Run(t.Context(), cfg, &said)
			require.NoError(t, err)
			// 400 spans every 200 ms; late payloads are not made up for beyond the end.
			require.LessOrEqual(t, report.Signals["traces"].Sent, int64(2000))
			require.GreaterOrEqual(t, report.Signals["traces"].Sent, int64(400))
			require.InDelta(t, 1, report.Seconds, 0.3)
			require.Contains(t, said.String(), " refused 0, given up 0\n")

			cfg.Duration = 0
			ctx, interrupt := context.WithCancel(t.Context())
			c.Refuse(func() error { interrupt(); return nil }) // While a payload is under way.
			report, err = Run(ctx, cfg, &said)
			require.NoError(t, err)
			require.Equal(t, int64(400), report.Signals["traces"].Sent)
		})
	}
}

// An interrupt during a retry ends the wait at once and counts the payload.
func TestRunStopsRetryingWhenInterrupted(t *testing.T) {
	c := otlptest.Start(t, "logs")
	ctx, interrupt := context.WithCancel(t.Context())
	c.Refuse(func() error { interrupt(); return errors.New("queue is full") })
	cfg := fast(c, GRPC)
	cfg.Signals, cfg.RetryInitial, cfg.RetryFor = []string{"logs"}, time.Hour, 10*time.Hour
	cfg.Total = 20
	report, err := Run(ctx, cfg, &bytes.Buffer{})
	require.ErrorIs(t, err, ErrLost)
	require.Equal(t, SignalReport{Refusals: 1, GivenUp: 20}, report.Signals["logs"])
}

func TestPayload(t *testing.T) {
	for _, tc := range []struct {
		rate     float64
		size     int
		interval time.Duration
	}{
		{0, 1000, 0},
		{0.5, 1, 2 * time.Second},
		{4, 1, 250 * time.Millisecond},
		{1000, 200, 200 * time.Millisecond},
		{50000, 1000, 20 * time.Millisecond},
	} {
		size, interval := payload(tc.rate, 1000)
		require.Equal(t, tc.size, size, "%v/s", tc.rate)
		require.Equal(t, tc.interval, interval, "%v/s", tc.rate)
	}
}

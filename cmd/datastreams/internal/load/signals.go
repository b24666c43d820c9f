package load

import (
	"context"
	"time"

	"google.golang.org/grpc"

	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"go.opentelemetry.io/collector/pdata/pmetric/pmetricotlp"
	"go.opentelemetry.io/collector/pdata/pprofile/pprofileotlp"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/shop"
)

// signal is what differs between signals.
type signal struct {
	name    string
	items   string  // what is counted
	perSpan float64 // items per span, as in a system that sends all signals
	most    int     // items per payload, well below the 4 MiB that gRPC takes
	overRPC func(*grpc.ClientConn) source
	overWeb func(*web) source
}

// source makes the next payload, of n items that end at at, ready to be sent.
type source func(s *shop.Shop, n int, at time.Time) attempt

// attempt sends a payload once; it can be called again if that failed. It
// returns how many of the items the collector took with its thanks and threw
// away (OTLP's partial success), or a *refusal if it took none.
type attempt func(ctx context.Context) (rejected int64, err error)

// signals in the order in which they are reported.
var signals = []signal{
	newSignal("traces", "spans", 1, 1000, "/v1/traces", wire[ptraceotlp.ExportRequest, ptraceotlp.ExportResponse]{
		request: func(s *shop.Shop, n int, at time.Time) ptraceotlp.ExportRequest {
			return ptraceotlp.NewExportRequestFromTraces(s.Traces(n, at))
		},
		client: func(cc *grpc.ClientConn) exporter[ptraceotlp.ExportRequest, ptraceotlp.ExportResponse] {
			return ptraceotlp.NewGRPCClient(cc)
		},
		answer:   ptraceotlp.NewExportResponse,
		rejected: func(a ptraceotlp.ExportResponse) int64 { return a.PartialSuccess().RejectedSpans() },
	}),
	newSignal("logs", "records", 1, 1000, "/v1/logs", wire[plogotlp.ExportRequest, plogotlp.ExportResponse]{
		request: func(s *shop.Shop, n int, at time.Time) plogotlp.ExportRequest {
			return plogotlp.NewExportRequestFromLogs(s.Logs(n, at))
		},
		client: func(cc *grpc.ClientConn) exporter[plogotlp.ExportRequest, plogotlp.ExportResponse] {
			return plogotlp.NewGRPCClient(cc)
		},
		answer:   plogotlp.NewExportResponse,
		rejected: func(a plogotlp.ExportResponse) int64 { return a.PartialSuccess().RejectedLogRecords() },
	}),
	newSignal("metrics", "points", 0.5, 1000, "/v1/metrics", wire[pmetricotlp.ExportRequest, pmetricotlp.ExportResponse]{
		request: func(s *shop.Shop, n int, at time.Time) pmetricotlp.ExportRequest {
			return pmetricotlp.NewExportRequestFromMetrics(s.Metrics(n, at))
		},
		client: func(cc *grpc.ClientConn) exporter[pmetricotlp.ExportRequest, pmetricotlp.ExportResponse] {
			return pmetricotlp.NewGRPCClient(cc)
		},
		answer:   pmetricotlp.NewExportResponse,
		rejected: func(a pmetricotlp.ExportResponse) int64 { return a.PartialSuccess().RejectedDataPoints() },
	}),
	newSignal("profiles", "profiles", 0.01, 50, "/v1development/profiles", wire[pprofileotlp.ExportRequest, pprofileotlp.ExportResponse]{
		request: func(s *shop.Shop, n int, at time.Time) pprofileotlp.ExportRequest {
			return pprofileotlp.NewExportRequestFromProfiles(s.Profiles(n, at))
		},
		client: func(cc *grpc.ClientConn) exporter[pprofileotlp.ExportRequest, pprofileotlp.ExportResponse] {
			return pprofileotlp.NewGRPCClient(cc)
		},
		answer:   pprofileotlp.NewExportResponse,
		rejected: func(a pprofileotlp.ExportResponse) int64 { return a.PartialSuccess().RejectedProfiles() },
	}),
}

// remedy is what makes a collector that takes no payloads of s take them.
func (s *signal) remedy() string {
	remedy := "give its otlp receiver a " + s.name + " pipeline"
	if s.name == "profiles" {
		remedy += " and start it with --feature-gates=+service.profilesSupport"
	}
	return remedy
}

// SignalNames returns the names that Config.Signals may hold.
func SignalNames() []string {
	names := make([]string, len(signals))
	for i := range signals {
		names[i] = signals[i].name
	}
	return names
}

// exporter is pdata's gRPC client of one signal.
type exporter[Q, A any] interface {
	Export(ctx context.Context, request Q, opts ...grpc.CallOption) (A, error)
}

// wire is one signal's OTLP request Q and answer A.
type wire[Q interface{ MarshalProto() ([]byte, error) }, A interface{ UnmarshalProto([]byte) error }] struct {
	request  func(*shop.Shop, int, time.Time) Q
	client   func(*grpc.ClientConn) exporter[Q, A]
	answer   func() A
	rejected func(A) int64
}

func newSignal[Q interface{ MarshalProto() ([]byte, error) }, A interface{ UnmarshalProto([]byte) error }](
	name, items string, perSpan float64, most int, path string, w wire[Q, A],
) signal {
	return signal{
		name: name, items: items, perSpan: perSpan, most: most,
		overRPC: w.overRPC,
		overWeb: func(c *web) source { return w.overWeb(c, path) },
	}
}

func (w wire[Q, A]) overRPC(cc *grpc.ClientConn) source {
	client := w.client(cc)
	return func(s *shop.Shop, n int, at time.Time) attempt {
		request := w.request(s, n, at)
		return func(ctx context.Context) (int64, error) {
			answer, err := client.Export(ctx, request)
			if err != nil {
				return 0, refusalOfRPC(err)
			}
			return w.rejected(answer), nil
		}
	}
}

func (w wire[Q, A]) overWeb(c *web, path string) source {
	return func(s *shop.Shop, n int, at time.Time) attempt {
		body, err := w.request(s, n, at).MarshalProto()
		return func(ctx context.Context) (int64, error) {
			if err != nil {
				return 0, &refusal{cause: err}
			}
			raw, err := c.post(ctx, path, body)
			if err != nil {
				return 0, err
			}
			answer := w.answer()
			if err := answer.UnmarshalProto(raw); err != nil {
				return 0, &refusal{cause: err}
			}
			return w.rejected(answer), nil
		}
	}
}

package main

import (
	"context"
	"fmt"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pmetric/pmetricotlp"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/pprofile/pprofileotlp"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
	"google.golang.org/grpc"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/ledger"
)

// wire is how the records of one signal travel over OTLP/gRPC. Requests are
// encoded once, however often they are sent; so all signals share the rest.
type wire struct {
	signal  string // As in the names of pipelines.
	record  string // What a record is.
	service string // The gRPC service, whose method is Export.
	failed  string // The metric of the records that an exporter gave up.
	gate    string // The feature gate without which collectors do not take it.

	// oursOnly says that contrib's routing connector does not take the signal.
	oursOnly bool

	encode  func([]part) []byte
	numbers func(payload []byte) ([]int, error)
}

// wires are the signals that can be measured.
var wires = []wire{
	{
		signal: "traces", record: "a span",
		service: "opentelemetry.proto.collector.trace.v1.TraceService", failed: "otelcol_exporter_send_failed_spans",
		encode:  encoder(ptrace.NewTraces, addSpans, ptraceotlp.NewExportRequestFromTraces),
		numbers: numbers((&ptrace.ProtoUnmarshaler{}).UnmarshalTraces, infallible(ledger.Spans)),
	},
	{
		signal: "logs", record: "a log record",
		service: "opentelemetry.proto.collector.logs.v1.LogsService", failed: "otelcol_exporter_send_failed_log_records",
		encode:  encoder(plog.NewLogs, addLogRecords, plogotlp.NewExportRequestFromLogs),
		numbers: numbers((&plog.ProtoUnmarshaler{}).UnmarshalLogs, infallible(ledger.LogRecords)),
	},
	{
		signal: "metrics", record: "a data point",
		service: "opentelemetry.proto.collector.metrics.v1.MetricsService", failed: "otelcol_exporter_send_failed_metric_points",
		encode:  encoder(pmetric.NewMetrics, addDataPoints, pmetricotlp.NewExportRequestFromMetrics),
		numbers: numbers((&pmetric.ProtoUnmarshaler{}).UnmarshalMetrics, infallible(ledger.DataPoints)),
	},
	{
		signal: "profiles", record: "a profile of one sample",
		service: "opentelemetry.proto.collector.profiles.v1development.ProfilesService", failed: "otelcol_exporter_send_failed_profile_samples",
		gate: "service.profilesSupport", oursOnly: true,
		encode:  encoder(pprofile.NewProfiles, addProfiles, pprofileotlp.NewExportRequestFromProfiles),
		numbers: numbers((&pprofile.ProtoUnmarshaler{}).UnmarshalProfiles, ledger.Profiles),
	},
}

// wireOf returns the wire of a signal, or an error that names those there are.
func wireOf(name string) (*wire, error) {
	var names []string
	for i := range wires {
		if wires[i].signal == name {
			return &wires[i], nil
		}
		names = append(names, wires[i].signal)
	}
	return nil, fmt.Errorf("there is no signal %q; there are %s", name, strings.Join(names, ", "))
}

// encoder returns what builds a request, a resource for each part. It is the
// request that is encoded, as exporters do: the marshaler of profiles, but not
// that of their requests, writes attributes in a form that receivers of this
// version do not read (issue 15792 of opentelemetry-collector).
func encoder[D any, R interface{ MarshalProto() ([]byte, error) }](empty func() D, add func(D, part), request func(D) R) func([]part) []byte {
	return func(parts []part) []byte {
		d := empty()
		for _, p := range parts {
			add(d, p)
		}
		return must(request(d).MarshalProto())
	}
}

// numbers returns what reads the numbers of a request's records.
func numbers[D any](unmarshal func([]byte) (D, error), visit func(D, ledger.Visit) error) func([]byte) ([]int, error) {
	return func(payload []byte) ([]int, error) {
		d, err := unmarshal(payload)
		if err != nil {
			return nil, err
		}
		var list []int
		err = visit(d, func(_, record pcommon.Map) {
			if number, ok := record.Get(numberKey); ok {
				list = append(list, int(number.Int()))
			}
		})
		return list, err
	}
}

func infallible[D any](visit func(D, ledger.Visit)) func(D, ledger.Visit) error {
	return func(d D, v ledger.Visit) error {
		visit(d, v)
		return nil
	}
}

// encoded is the codec of requests and answers that are []byte already.
type encoded struct{}

func (encoded) Marshal(v any) ([]byte, error) { return *v.(*[]byte), nil }

func (encoded) Unmarshal(data []byte, v any) error {
	*v.(*[]byte) = data
	return nil
}

// Name is what both sides call the encoding of the bytes.
func (encoded) Name() string { return "proto" }

// export sends a request and waits for the answer. Only its error matters:
// OTLP receivers of collectors take all of a request or nothing.
func (w *wire) export(ctx context.Context, conn *grpc.ClientConn, payload []byte) error {
	var answer []byte
	return conn.Invoke(ctx, "/"+w.service+"/Export", &payload, &answer, grpc.ForceCodec(encoded{}))
}

// newServer makes a server that answers requests by take.
func (w *wire) newServer(take func(ctx context.Context, payload []byte) error) *grpc.Server {
	server := grpc.NewServer(grpc.ForceServerCodec(encoded{}))
	export := func(_ any, ctx context.Context, decode func(any) error, _ grpc.UnaryServerInterceptor) (any, error) {
		var payload, answer []byte
		if err := decode(&payload); err != nil {
			return nil, err
		}
		return &answer, take(ctx, payload)
	}
	server.RegisterService(&grpc.ServiceDesc{
		ServiceName: w.service,
		Methods:     []grpc.MethodDesc{{MethodName: "Export", Handler: export}},
	}, nil)
	return server
}

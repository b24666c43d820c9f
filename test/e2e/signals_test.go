package e2e

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
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
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/shop"
)

// payload is one OTLP request of any signal.
type payload struct {
	visit   func(ledger.Visit) error
	path    string // of OTLP/HTTP
	request interface{ MarshalProto() ([]byte, error) }
	export  func(context.Context, *grpc.ClientConn) error
}

// flow is one signal on its way through the test.
type flow struct {
	signal   string
	generate func(s *shop.Shop, items int, at time.Time) payload
	// parse reads a line that the file exporter wrote.
	parse func(line []byte, visit ledger.Visit) error
}

var flows = []flow{
	{
		signal: "traces",
		generate: func(s *shop.Shop, items int, at time.Time) payload {
			d := s.Traces(items, at)
			r := ptraceotlp.NewExportRequestFromTraces(d)
			return payload{infallible(ledger.Spans, d), "/v1/traces", r, func(ctx context.Context, cc *grpc.ClientConn) error {
				_, err := ptraceotlp.NewGRPCClient(cc).Export(ctx, r)
				return err
			}}
		},
		parse: parser((&ptrace.JSONUnmarshaler{}).UnmarshalTraces, infallibly(ledger.Spans)),
	},
	{
		signal: "metrics",
		generate: func(s *shop.Shop, items int, at time.Time) payload {
			d := s.Metrics(items, at)
			r := pmetricotlp.NewExportRequestFromMetrics(d)
			return payload{infallible(ledger.DataPoints, d), "/v1/metrics", r, func(ctx context.Context, cc *grpc.ClientConn) error {
				_, err := pmetricotlp.NewGRPCClient(cc).Export(ctx, r)
				return err
			}}
		},
		parse: parser((&pmetric.JSONUnmarshaler{}).UnmarshalMetrics, infallibly(ledger.DataPoints)),
	},
	{
		signal: "logs",
		generate: func(s *shop.Shop, items int, at time.Time) payload {
			d := s.Logs(items, at)
			r := plogotlp.NewExportRequestFromLogs(d)
			return payload{infallible(ledger.LogRecords, d), "/v1/logs", r, func(ctx context.Context, cc *grpc.ClientConn) error {
				_, err := plogotlp.NewGRPCClient(cc).Export(ctx, r)
				return err
			}}
		},
		parse: parser((&plog.JSONUnmarshaler{}).UnmarshalLogs, infallibly(ledger.LogRecords)),
	},
	{
		signal: "profiles",
		generate: func(s *shop.Shop, items int, at time.Time) payload {
			d := s.Profiles(items, at)
			r := pprofileotlp.NewExportRequestFromProfiles(d)
			visit := func(v ledger.Visit) error { return ledger.Profiles(d, v) }
			return payload{visit, "/v1development/profiles", r, func(ctx context.Context, cc *grpc.ClientConn) error {
				_, err := pprofileotlp.NewGRPCClient(cc).Export(ctx, r)
				return err
			}}
		},
		parse: parser((&pprofile.JSONUnmarshaler{}).UnmarshalProfiles, ledger.Profiles),
	},
}

func infallibly[D any](visit func(D, ledger.Visit)) func(D, ledger.Visit) error {
	return func(d D, v ledger.Visit) error {
		visit(d, v)
		return nil
	}
}

func infallible[D any](visit func(D, ledger.Visit), d D) func(ledger.Visit) error {
	return func(v ledger.Visit) error { return infallibly(visit)(d, v) }
}

func parser[D any](unmarshal func([]byte) (D, error), visit func(D, ledger.Visit) error) func([]byte, ledger.Visit) error {
	return func(line []byte, v ledger.Visit) error {
		d, err := unmarshal(line)
		if err != nil {
			return err
		}
		return visit(d, v)
	}
}

// post sends the payload over OTLP/HTTP.
func (p payload) post(ctx context.Context, address string) error {
	body, err := p.request.MarshalProto()
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+address+p.path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/x-protobuf")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, _ := io.ReadAll(answer.Body)
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", answer.Status, text)
	}
	return nil
}

// readLines visits the records of a file of the file exporter. A file that is
// not there yet has none.
func (f flow) readLines(t *testing.T, file string, visit ledger.Visit) {
	t.Helper()
	r, err := os.Open(file)
	if os.IsNotExist(err) {
		return
	}
	require.NoError(t, err)
	defer r.Close()
	lines := bufio.NewReader(r)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return // What is not terminated is still being written.
		}
		require.NoError(t, f.parse(line, visit))
	}
}

package tiers

import (
	"context"
	"fmt"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/open-telemetry/opentelemetry-collector-contrib/exporter/loadbalancingexporter"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/connector"
	"go.opentelemetry.io/collector/connector/connectortest"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pipeline"
	"go.opentelemetry.io/collector/receiver/otlpreceiver"
	"go.opentelemetry.io/collector/receiver/receivertest"

	"github.com/otelcol-datastreams/otelcol-datastreams/connector/datastreamrouterconnector"
)

// spanID identifies a span of the test.
type spanID struct {
	trace pcommon.TraceID
	span  pcommon.SpanID
}

// arrivals is what the collectors of the second tier have delivered: which of
// them delivered which span to which stream.
type arrivals struct {
	mu    sync.Mutex
	spans map[spanID]map[string][]string // streams to nodes
}

func (a *arrivals) sink(t *testing.T, node, stream string) consumer.Traces {
	c, err := consumer.NewTraces(func(_ context.Context, td ptrace.Traces) error {
		a.mu.Lock()
		defer a.mu.Unlock()
		for _, rs := range td.ResourceSpans().All() {
			for _, ss := range rs.ScopeSpans().All() {
				for _, s := range ss.Spans().All() {
					id := spanID{s.TraceID(), s.SpanID()}
					if a.spans[id] == nil {
						a.spans[id] = make(map[string][]string)
					}
					a.spans[id][stream] = append(a.spans[id][stream], node)
				}
			}
		}
		return nil
	})
	require.NoError(t, err)
	return c
}

// node is a collector of the second tier: an OTLP receiver and the router.
type node struct {
	t        *testing.T
	receiver component.Component
	router   component.Component
}

// newNode starts a collector at this address, with a stream for each of the
// services a and b that gets whole traces.
func newNode(t *testing.T, address string, to *arrivals) *node {
	factory := datastreamrouterconnector.NewFactory()
	cfg := factory.CreateDefaultConfig()
	unmarshal(t, cfg, map[string]any{
		"traces": map[string]any{"integrity": "any", "quiet": "300ms", "hold": "5s"},
		"streams": []any{
			map[string]any{"name": "a", "select": []any{map[string]any{"service.name": "a"}}},
			map[string]any{"name": "b", "select": []any{map[string]any{"service.name": "b"}}},
		},
	})
	sinks := make(map[pipeline.ID]consumer.Traces)
	for _, stream := range []string{"a", "b"} {
		sinks[pipeline.NewIDWithName(pipeline.SignalTraces, stream)] = to.sink(t, address, stream)
	}
	router, err := factory.CreateTracesToTraces(t.Context(), connectortest.NewNopSettings(factory.Type()), cfg, connector.NewTracesRouter(sinks))
	require.NoError(t, err)
	otlp := otlpreceiver.NewFactory()
	otlpCfg := otlp.CreateDefaultConfig()
	unmarshal(t, otlpCfg, map[string]any{"protocols": map[string]any{"grpc": map[string]any{"endpoint": address}}})
	receiver, err := otlp.CreateTraces(t.Context(), receivertest.NewNopSettings(otlp.Type()), otlpCfg, router)
	require.NoError(t, err)
	n := &node{t: t, receiver: receiver, router: router}
	require.NoError(t, router.Start(context.Background(), componenttest.NewNopHost()))
	require.Eventually(t, func() bool { // The address may be in use for a moment after a restart.
		return receiver.Start(context.Background(), componenttest.NewNopHost()) == nil
	}, 10*time.Second, 50*time.Millisecond)
	return n
}

// stop ends the collector as a SIGTERM does.
func (n *node) stop() {
	require.NoError(n.t, n.receiver.Shutdown(context.Background()))
	require.NoError(n.t, n.router.Shutdown(context.Background()))
}

// newGateway starts the exporter of a collector of the first tier, which sends
// to these addresses.
func newGateway(t *testing.T, addresses ...string) exporter.Traces {
	factory := loadbalancingexporter.NewFactory()
	cfg := factory.CreateDefaultConfig()
	var hostnames []any
	for _, a := range addresses {
		hostnames = append(hostnames, a)
	}
	unmarshal(t, cfg, map[string]any{
		"routing_key":      "traceID",
		"resolver":         map[string]any{"static": map[string]any{"hostnames": hostnames}},
		"sending_queue":    map[string]any{"enabled": true, "queue_size": 100_000, "num_consumers": 10},
		"retry_on_failure": map[string]any{"enabled": true, "initial_interval": "100ms", "max_interval": "500ms", "max_elapsed_time": "1m"},
		"protocol": map[string]any{"otlp": map[string]any{
			"tls": map[string]any{"insecure": true}, "timeout": "2s",
			"sending_queue": map[string]any{"enabled": false}, "retry_on_failure": map[string]any{"enabled": false},
		}},
	})
	e, err := factory.CreateTraces(t.Context(), exportertest.NewNopSettings(factory.Type()), cfg)
	require.NoError(t, err)
	require.NoError(t, e.Start(context.Background(), componenttest.NewNopHost()))
	return e
}

func unmarshal(t *testing.T, cfg component.Config, raw map[string]any) {
	t.Helper()
	require.NoError(t, confmap.NewFromStringMap(raw).Unmarshal(cfg))
	require.NoError(t, confmap.Validate(cfg))
}

// loopback returns so many free addresses.
func loopback(t *testing.T, n int) []string {
	addresses := make([]string, n)
	for i := range addresses {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.%d:0", i+1))
		require.NoError(t, err)
		addresses[i] = l.Addr().String()
		require.NoError(t, l.Close())
	}
	return addresses
}

package main

import (
	"fmt"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// shape is the form of a payload: how many resources, and spans in each.
type shape struct{ resources, spans int }

// shapes are what a batching agent sends (few resources, many spans) and what
// a gateway sees when many SDKs send directly. Both have 1024 spans.
var shapes = []shape{{8, 128}, {256, 4}}

func (s shape) String() string { return fmt.Sprintf("%d x %d", s.resources, s.spans) }

// newPayload returns a payload of the shape whose i-th resource belongs to the
// service that serviceOf(i) names. Resources are numbered from first on, in a
// field that no router looks at.
func (s shape) newPayload(first int, serviceOf func(i int) string) ptrace.Traces {
	td := ptrace.NewTraces()
	for i := range s.resources {
		rs := td.ResourceSpans().AppendEmpty()
		setNumber(rs, first+i)
		fillResource(rs.Resource().Attributes(), serviceOf(i), first+i)
		scope := rs.ScopeSpans().AppendEmpty()
		scope.Scope().SetName("io.opentelemetry.http")
		for j := range s.spans {
			fillSpan(scope.Spans().AppendEmpty(), (first+i)*s.spans+j)
		}
	}
	return td
}

// number returns the number that setNumber gave to a resource. The count of
// dropped attributes holds it: it survives moves and copies and costs nothing.
func number(rs ptrace.ResourceSpans) int { return int(rs.Resource().DroppedAttributesCount()) }

func setNumber(rs ptrace.ResourceSpans, n int) {
	rs.Resource().SetDroppedAttributesCount(uint32(n))
}

// fillResource writes 15 attributes in the order of their keys, as SDKs do:
// the service's name is the 11th.
func fillResource(m pcommon.Map, service string, pod int) {
	m.EnsureCapacity(15)
	m.PutStr("deployment.environment.name", "production")
	m.PutStr("host.arch", "amd64")
	m.PutStr("host.name", fmt.Sprintf("node-%02d", pod%40))
	m.PutStr("k8s.cluster.name", "eu-west-1-a")
	m.PutStr("k8s.deployment.name", service)
	m.PutStr("k8s.namespace.name", "shop")
	m.PutStr("k8s.pod.name", fmt.Sprintf("%s-7d9c6b5f4d-%05d", service, pod))
	m.PutStr("k8s.pod.uid", fmt.Sprintf("5f2b1a9e-7c44-4a7b-9f11-%012d", pod))
	m.PutInt("process.pid", 1)
	m.PutStr("service.instance.id", fmt.Sprintf("instance-%05d", pod))
	m.PutStr("service.name", service)
	m.PutStr("service.namespace", "shop")
	m.PutStr("service.version", "1.42.0")
	m.PutStr("telemetry.sdk.language", "java")
	m.PutStr("telemetry.sdk.version", "1.49.0")
}

// fillSpan writes an HTTP server span with 12 attributes.
func fillSpan(s ptrace.Span, n int) {
	start := time.Date(2026, 1, 5, 12, 0, 0, 0, time.UTC).Add(time.Duration(n) * time.Millisecond)
	s.SetTraceID(pcommon.TraceID{1, byte(n), byte(n >> 8), byte(n >> 16)})
	s.SetSpanID(pcommon.SpanID{2, byte(n), byte(n >> 8), byte(n >> 16)})
	s.SetParentSpanID(pcommon.SpanID{3, byte(n), byte(n >> 8), byte(n >> 16)})
	s.SetName("GET /api/v1/carts/{id}")
	s.SetKind(ptrace.SpanKindServer)
	s.SetStartTimestamp(pcommon.NewTimestampFromTime(start))
	s.SetEndTimestamp(pcommon.NewTimestampFromTime(start.Add(7 * time.Millisecond)))
	m := s.Attributes()
	m.EnsureCapacity(12)
	m.PutStr("client.address", fmt.Sprintf("10.0.%d.%d", n%8, n%250))
	m.PutStr("http.request.method", "GET")
	m.PutInt("http.response.status_code", 200)
	m.PutStr("http.route", "/api/v1/carts/{id}")
	m.PutStr("network.protocol.version", "1.1")
	m.PutStr("server.address", "carts.shop.svc")
	m.PutInt("server.port", 8080)
	m.PutInt("thread.id", int64(n%64))
	m.PutStr("thread.name", fmt.Sprintf("http-nio-8080-exec-%d", n%64))
	m.PutStr("url.path", fmt.Sprintf("/api/v1/carts/%d", n))
	m.PutStr("url.scheme", "https")
	m.PutStr("user_agent.original", "okhttp/4.12.0")
}

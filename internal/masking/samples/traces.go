package samples

import (
	"fmt"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// Traces returns spans of five resources with 15 attributes each, of which
// twelve are text. As many in a hundred as hits says hold a secret of one of six
// kinds.
func (r Rand) Traces(spans, hits int) ptrace.Traces {
	const resources = 5
	td := ptrace.NewTraces()
	for i := range resources {
		rs := td.ResourceSpans().AppendEmpty()
		service := r.word()
		a := rs.Resource().Attributes()
		a.PutStr("service.name", service)
		a.PutStr("service.namespace", "shop")
		a.PutStr("service.version", r.version())
		a.PutStr("k8s.pod.name", r.k8sName())
		a.PutStr("k8s.namespace.name", "shop")
		a.PutStr("telemetry.sdk.language", "java")
		scope := rs.ScopeSpans().AppendEmpty()
		scope.Scope().SetName("io.opentelemetry.http")
		list := scope.Spans()
		n := spans / resources
		list.EnsureCapacity(n)
		for j := range n {
			r.span(list.AppendEmpty(), i*n+j)
			if r.IntN(100) < hits {
				r.plant(list.At(j).Attributes())
			}
		}
	}
	return td
}

func (r Rand) span(s ptrace.Span, n int) {
	start := time.Date(2026, 1, 5, 12, 0, 0, n*1000, time.UTC)
	s.SetTraceID(pcommon.TraceID{1, byte(n), byte(n >> 8), byte(r.IntN(256))})
	s.SetSpanID(pcommon.SpanID{2, byte(n), byte(n >> 8), byte(r.IntN(256))})
	s.SetName("GET /api/v1/carts/{id}/items")
	s.SetKind(ptrace.SpanKindServer)
	s.SetStartTimestamp(pcommon.NewTimestampFromTime(start))
	s.SetEndTimestamp(pcommon.NewTimestampFromTime(start.Add(7 * time.Millisecond)))
	m := s.Attributes()
	m.EnsureCapacity(16)
	m.PutStr("http.request.method", r.one("GET", "POST"))
	m.PutInt("http.response.status_code", 200)
	m.PutStr("http.route", "/api/v1/carts/{id}/items")
	m.PutStr("url.path", fmt.Sprintf("/api/v1/carts/%d/items", r.IntN(100000)))
	m.PutStr("url.full", "https://shop.example/api/v1/carts/"+fmt.Sprint(r.IntN(100000))+"/items?page="+fmt.Sprint(r.IntN(40))+"&sort=name")
	m.PutStr("user_agent.original", r.userAgent())
	m.PutStr("server.address", r.word()+".shop.svc.cluster.local")
	m.PutInt("server.port", 8080)
	m.PutStr("network.protocol.version", "1.1")
	m.PutStr("url.scheme", "https")
	m.PutStr("db.query.text", "SELECT id, "+r.word()+"_id, "+r.word()+"_name, created_at FROM shop.orders WHERE customer_id = ? AND created_at > $1 ORDER BY created_at LIMIT $2")
	m.PutStr("db.system.name", "postgresql")
	m.PutStr("code.function.name", "com.example."+r.word()+".CartService.addItem")
	m.PutStr("thread.name", fmt.Sprintf("http-nio-8080-exec-%d", r.IntN(64)))
	m.PutInt("thread.id", int64(r.IntN(64)))
}

// plant puts a secret into one of the attributes.
func (r Rand) plant(m pcommon.Map) {
	kinds := []string{"credit_card", "email", "ipv4", "jwt", "phone", "aws_access_key_id"}
	m.PutStr(r.one("url.full", "thread.name", "code.function.name"), "order for "+r.Positive(kinds[r.IntN(len(kinds))]).Secret+" failed")
}

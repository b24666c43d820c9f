package shop

import (
	"encoding/json"
	"fmt"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
)

// access writes an access log: one line of text, as proxies do, except from
// Node.js, whose usual logger prints JSON.
func (l line) access(d dice, out plog.LogRecord, m pcommon.Map) {
	st, svc := l.span.step, l.span.pod.service
	e := executed{l.request, l.span}
	path, peer, size := e.path(st.target), clientIP(d), d.between(80, 48000)
	took := (l.span.end - l.span.start).Microseconds()
	agent := pick(d, userAgents)
	if e.isProbe() {
		agent = probeAgent
	}
	if svc.lang == nodejs {
		out.Body().SetStr(jsonText(map[string]any{
			"level": 30, "msg": "request completed", "pid": 1, "hostname": l.span.pod.name,
			"req":          map[string]any{"method": st.method, "url": path, "remoteAddress": peer},
			"res":          map[string]any{"statusCode": l.span.status, "bytes": size},
			"responseTime": float64(took) / 1000,
		}))
	} else {
		when := l.request.begin.Add(l.span.end).UTC().Format("02/Jan/2006:15:04:05 -0700")
		out.Body().SetStr(fmt.Sprintf("%s - customer-%d [%s] \"%s %s HTTP/1.1\" %d %d \"-\" %q %d",
			peer, l.request.customer, when, st.method, path, l.span.status, size, agent, took))
	}
	m.PutStr("http.request.method", st.method)
	m.PutStr("http.route", st.target)
	m.PutStr("url.path", path)
	m.PutInt("http.response.status_code", int64(l.span.status))
	m.PutStr("client.address", peer)
}

// slow writes a database driver's warning.
func (l line) slow(out plog.LogRecord, m pcommon.Map) {
	st := l.span.step
	out.Body().SetStr(fmt.Sprintf("slow query on %s took %s: %s", st.backend.address, l.span.end-l.span.start, st.query))
	m.PutStr("db.system.name", st.backend.system)
	m.PutStr("db.query.text", st.query)
	l.code(m)
}

// audit writes an event with a structured body. It holds what should not be in
// a log and often is: an email address, and a card number that card networks
// publish for tests.
func (l line) audit(d dice, out plog.LogRecord, m pcommon.Map) {
	st := l.span.step
	out.SetEventName("audit." + st.target + "/" + st.method)
	body := out.Body().SetEmptyMap()
	body.PutStr("action", st.method)
	body.PutStr("actor", fmt.Sprintf("customer-%d@example.com", l.request.customer))
	body.PutBool("allowed", !l.span.failed)
	body.PutStr("origin", clientIP(d))
	details := body.PutEmptyMap("details")
	details.PutInt("order", int64(l.request.order))
	if st.method == "Charge" {
		details.PutStr("card", pick(d, []string{"4111 1111 1111 1111", "5555-5555-5555-4444", "378282246310005"}))
		details.PutDouble("amount", float64(d.between(500, 90000))/100)
	}
	m.PutStr("enduser.id", fmt.Sprintf("customer-%d", l.request.customer))
	m.PutStr("rpc.method", st.method)
}

// progress writes what the code of a service says about its work.
func (l line) progress(d dice, out plog.LogRecord, m pcommon.Map) {
	order := l.request.order
	switch l.span.pod.service.lang {
	case nodejs:
		out.Body().SetStr(jsonText(map[string]any{"level": 30, "msg": l.span.name() + " done", "order": order, "attempt": 1}))
	case python:
		out.Body().SetStr(fmt.Sprintf("%s finished for order %d with score %.4f", l.span.name(), order, d.Float64()))
	default:
		out.Body().SetStr(fmt.Sprintf("%s: order=%d customer=%d items=%d took=%s",
			l.span.name(), order, l.request.customer, d.between(1, 12), l.span.end-l.span.start))
	}
	m.PutInt("app.order.id", int64(order))
	m.PutStr("app.tenant", pick(d, []string{"acme", "globex", "initech", "umbrella"}))
	l.code(m)
}

// code writes where in the service's source the line was logged.
func (l line) code(m pcommon.Map) {
	svc := l.span.pod.service
	m.PutStr("code.function.name", svc.function(l.span.step.method))
	m.PutStr("code.file.path", svc.file())
	m.PutInt("code.line.number", int64(40+len(l.span.step.method)*13))
}

// jsonText is v as compact JSON with sorted keys. v holds only what JSON can.
func jsonText(v map[string]any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // Unreachable: only strings, numbers and maps of them come here.
	}
	return string(b)
}

package shop

import (
	"fmt"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// attributes writes what the instrumentation library of e's step records.
func (e executed) attributes(d dice, m pcommon.Map) {
	switch e.span.step.kind {
	case serveHTTP:
		e.httpServer(d, m)
	case callHTTP:
		e.httpClient(d, m)
	case serveRPC, callRPC:
		e.rpc(d, m)
	case runQuery:
		e.query(d, m)
	case publishMessage, consumeMessage:
		e.messaging(d, m)
	case doWork:
		e.internal(d, m)
	}
	m.PutInt("thread.id", int64(d.between(10, 60)))
}

// userAgents holds what browsers and apps send.
var userAgents = []string{
	"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
	"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Safari/605.1.15",
	"Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
	"Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
	"ExampleShop/7.12.0 (Android 16; Pixel 9)",
}

const probeAgent = "kube-probe/1.35"

// clientIP returns an address of the ranges reserved for documentation.
func clientIP(d dice) string {
	return fmt.Sprintf("%s.%d", pick(d, []string{"192.0.2", "198.51.100", "203.0.113"}), d.between(1, 254))
}

// path fills the placeholders of route.
func (e executed) path(route string) string {
	path := strings.ReplaceAll(route, "{id}", fmt.Sprint(e.request.order%5000))
	return strings.ReplaceAll(path, "{name}", "daily-revenue")
}

func (e executed) isProbe() bool {
	return e.span.step.target == "/healthz"
}

func (e executed) httpServer(d dice, m pcommon.Map) {
	st := e.span.step
	m.PutStr("http.request.method", st.method)
	m.PutStr("http.route", st.target)
	m.PutInt("http.response.status_code", int64(e.span.status))
	m.PutStr("url.path", e.path(st.target))
	m.PutStr("url.scheme", "http")
	m.PutStr("server.address", e.span.pod.service.name)
	m.PutInt("server.port", 8080)
	m.PutStr("network.protocol.version", "1.1")
	m.PutStr("network.peer.address", fmt.Sprintf("10.%d.%d.%d", d.between(16, 31), d.IntN(256), d.between(1, 254)))
	m.PutInt("network.peer.port", int64(d.between(32768, 60999)))
	m.PutInt("http.response.body.size", int64(d.between(80, 48000)))
	if e.isProbe() {
		m.PutStr("user_agent.original", probeAgent)
		return
	}
	m.PutStr("client.address", clientIP(d))
	m.PutStr("user_agent.original", pick(d, userAgents))
	m.PutStr("enduser.id", fmt.Sprintf("customer-%d", e.request.customer))
	if e.span.parent < 0 && st.method == "GET" {
		m.PutStr("url.query", fmt.Sprintf("q=%s&page=%d", pick(d, searchWords), d.between(1, 9)))
	}
}

var searchWords = []string{"lamp", "running+shoes", "usb-c+cable", "garden+chair", "espresso", "notebook+a5"}

func (e executed) httpClient(d dice, m pcommon.Map) {
	st := e.span.step
	host := e.peerName()
	m.PutStr("http.request.method", st.method)
	m.PutStr("url.full", "http://"+host+":8080"+e.path(st.target))
	m.PutStr("url.template", st.target)
	m.PutStr("server.address", host)
	m.PutInt("server.port", 8080)
	m.PutStr("network.protocol.version", "1.1")
	m.PutInt("http.request.body.size", int64(d.between(0, 4000)))
	if e.span.peer != nil {
		m.PutStr("network.peer.address", e.span.peer.ip)
		m.PutInt("network.peer.port", 8080)
	}
	if e.span.status > 0 {
		m.PutInt("http.response.status_code", int64(e.span.status))
		m.PutInt("http.response.body.size", int64(d.between(80, 48000)))
	}
}

// peerName is the host name of the service that e calls.
func (e executed) peerName() string {
	// The first call of a client step is the server's side, also where a failure
	// kept it from being reached.
	callee := e.span.step.calls[0].service
	return callee.name + "." + callee.namespace + ".svc.cluster.local"
}

func (e executed) rpc(d dice, m pcommon.Map) {
	st := e.span.step
	m.PutStr("rpc.system", "grpc")
	m.PutStr("rpc.service", st.target)
	m.PutStr("rpc.method", st.method)
	m.PutInt("rpc.grpc.status_code", int64(e.span.status))
	if st.kind == callRPC {
		m.PutStr("server.address", e.peerName())
	} else {
		m.PutStr("server.address", e.span.pod.service.name)
		m.PutStr("client.address", fmt.Sprintf("10.%d.%d.%d", d.between(16, 31), d.IntN(256), d.between(1, 254)))
		m.PutStr("enduser.id", fmt.Sprintf("customer-%d", e.request.customer))
	}
	m.PutInt("server.port", 9090)
	m.PutStr("network.transport", "tcp")
	m.PutStr("network.type", "ipv4")
	if e.span.peer != nil {
		m.PutStr("network.peer.address", e.span.peer.ip)
		m.PutInt("network.peer.port", 9090)
	}
	m.PutBool("app.retried", d.chance(0.01))
}

func (e executed) query(d dice, m pcommon.Map) {
	st := e.span.step
	m.PutStr("db.system.name", st.backend.system)
	m.PutStr("db.namespace", st.backend.namespace)
	m.PutStr("db.operation.name", st.method)
	if st.target != "" {
		m.PutStr("db.collection.name", st.target)
	}
	m.PutStr("db.query.text", st.query)
	m.PutStr("db.query.summary", e.span.name())
	m.PutStr("server.address", st.backend.address)
	m.PutInt("server.port", st.backend.port)
	m.PutStr("network.peer.address", fmt.Sprintf("10.40.%d.%d", d.IntN(4), d.between(1, 254)))
	m.PutInt("network.peer.port", st.backend.port)
	m.PutInt("db.response.returned_rows", int64(d.between(0, 50)))
	m.PutStr("db.client.connection.pool.name", st.backend.namespace+"-pool")
	m.PutDouble("app.pool.wait_ms", float64(d.between(0, 400))/100)
}

func (e executed) messaging(d dice, m pcommon.Map) {
	st, svc := e.span.step, e.span.pod.service
	m.PutStr("messaging.system", st.backend.system)
	m.PutStr("messaging.destination.name", st.target)
	m.PutStr("messaging.operation.name", st.method)
	m.PutStr("messaging.client.id", svc.name+"-"+e.span.pod.name)
	m.PutStr("messaging.destination.partition.id", fmt.Sprint(e.request.order%12))
	m.PutInt("messaging.kafka.offset", int64(e.request.order)*3)
	m.PutStr("messaging.kafka.message.key", fmt.Sprint(e.request.order))
	m.PutInt("messaging.message.body.size", int64(d.between(200, 4000)))
	m.PutStr("server.address", st.backend.address)
	m.PutInt("server.port", st.backend.port)
	if st.kind == consumeMessage {
		m.PutStr("messaging.operation.type", "process")
		m.PutStr("messaging.consumer.group.name", svc.name)
	} else {
		m.PutStr("messaging.operation.type", "send")
	}
}

func (e executed) internal(d dice, m pcommon.Map) {
	st, svc := e.span.step, e.span.pod.service
	m.PutStr("code.function.name", svc.function(st.method))
	m.PutStr("code.file.path", svc.file())
	m.PutInt("code.line.number", int64(20+len(st.method)*17))
	m.PutStr("thread.name", fmt.Sprintf("worker-%d", d.between(1, 16)))
	m.PutStr("app.tenant", pick(d, []string{"acme", "globex", "initech", "umbrella"}))
	m.PutInt("app.order.id", int64(e.request.order))
	m.PutInt("app.items", int64(d.between(1, 12)))
	m.PutBool("app.cache.hit", d.chance(0.7))
	m.PutDouble("app.score", float64(d.IntN(10000))/10000)
	regions := m.PutEmptySlice("app.regions")
	for _, r := range []string{"eu", "uk", "ch"}[:d.between(1, 3)] {
		regions.AppendEmpty().SetStr(r)
	}
}

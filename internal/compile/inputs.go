package compile

import (
	"slices"
	"strings"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/document"
)

// inputName is the name of the pipelines that lead to the router.
const inputName = "in"

// globalName is the prefix of the components of global actions. No stream has
// such a name.
const globalName = "_global"

// inputPipelines makes, for each signal that a stream takes, the pipeline from
// the receivers to the router.
func (c *compiler) inputPipelines() {
	at := c.doc.Receivers.Place
	limiter := map[string]any{"check_interval": "1s", "limit_percentage": 80, "spike_limit_percentage": 20}
	if c.settings.MemoryMiB > 0 {
		limiter = map[string]any{"check_interval": "1s", "limit_mib": c.settings.MemoryMiB, "spike_limit_mib": c.settings.MemoryMiB / 5}
	}
	c.put(limiter, document.Place{}, "processors", "memory_limiter")
	var signals []string
	for _, signal := range allSignals {
		if c.inputs[signal] {
			signals = append(signals, signal)
		}
	}
	steps := c.actions(c.doc.Actions, globalName, "", signals)
	for _, signal := range signals {
		var from []string
		for _, r := range sortedKeys(c.received) {
			if slices.Contains(c.received[r], signal) {
				from = append(from, r)
			}
		}
		c.chain(signal, inputName, from, []string{"memory_limiter"}, steps, []string{Router}, at)
	}
}

// receiverSignals are those of receivers that do not receive traces, metrics and
// logs.
var receiverSignals = signalsByReceiver(map[string]string{
	document.Traces:  "jaeger zipkin awsxray skywalking",
	document.Metrics: "host_metrics hostmetrics prometheus prometheus_simple kubelet_stats kubeletstats k8s_cluster docker_stats statsd carbon redis mysql postgresql nginx apache httpcheck sqlquery snmp",
	document.Logs:    "file_log filelog syslog tcp_log tcplog udp_log udplog journald fluent_forward fluentforward k8s_events k8sobjects windows_event_log windowseventlog webhookevent",
})

func signalsByReceiver(types map[string]string) map[string][]string {
	all := map[string][]string{"otlp": allSignals, "kafka": allSignals, "nop": allSignals}
	for signal, list := range types {
		for kind := range strings.FieldsSeq(list) {
			all[kind] = []string{signal}
		}
	}
	return all
}

// receivers are the document's, or OTLP on loopback. received tells what each
// of them receives.
func (c *compiler) receivers() {
	all := c.doc.Receivers.Value
	if len(all) == 0 {
		all = map[string]any{"otlp": map[string]any{"protocols": map[string]any{
			"grpc": map[string]any{"endpoint": "127.0.0.1:4317"},
			"http": map[string]any{"endpoint": "127.0.0.1:4318"},
		}}}
	}
	c.put(all, c.doc.Receivers.Place, "receivers")
	c.received = make(map[string][]string)
	for id := range all {
		kind, _, _ := strings.Cut(id, "/")
		signals, ok := receiverSignals[kind]
		if !ok {
			signals = threeSignals
		}
		c.received[id] = signals
	}
}

// receives reports whether a receiver receives the signal.
func (c *compiler) receives(signal string) bool {
	for _, signals := range c.received {
		if slices.Contains(signals, signal) {
			return true
		}
	}
	return false
}

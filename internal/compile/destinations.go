package compile

import (
	"fmt"
	"slices"
	"strings"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/compile/action"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/document"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/streamname"
)

// exporter is a destination as an exporter of the Collector.
type exporter struct {
	name    string
	id      string
	signals []string
	place   document.Place
	// logged says that it answers when the data is in a log of its own, synced to
	// the disk, and that nothing stands before that.
	logged bool
}

// exporterType is what the compiler knows of an exporter's type.
type exporterType struct {
	signals []string
	// prepare completes the configuration; nil for exporters that keep nothing.
	prepare func(c *compiler, id, queue string, config map[string]any)
}

var (
	threeSignals = []string{document.Traces, document.Metrics, document.Logs}
	allSignals   = action.Signals
	onlyMetrics  = []string{document.Metrics}
)

// exporterTypes are the types that the compiler knows. Of all others it expects
// the sending queue of the export helper, and three signals.
var exporterTypes = map[string]exporterType{
	"parquet":                 {threeSignals, prepareParquet},
	"otlp_grpc":               {allSignals, prepareOTLP},
	"otlp_http":               {allSignals, prepareOTLP},
	"kafka":                   {allSignals, prepareQueue},
	"load_balancing":          {threeSignals, prepareBalancing},
	"prometheus_remote_write": {onlyMetrics, prepareRemoteWrite},
	"prometheus":              {onlyMetrics, nil},
	"zipkin":                  {[]string{document.Traces}, prepareQueue},
	"file":                    {allSignals, nil},
	"debug":                   {allSignals, nil},
	"nop":                     {allSignals, nil},
}

// renamed are exporter types under the names that they had before.
var renamed = map[string]string{
	"otlp": "otlp_grpc", "otlphttp": "otlp_http", "prometheusremotewrite": "prometheus_remote_write", "loadbalancing": "load_balancing",
}

// places are what somebody may take for a type, and is where the parquet exporter
// can write to.
var places = map[string]string{"s3": "s3://bucket", "gs": "gs://bucket", "gcs": "gs://bucket", "azblob": "azblob://container"}

// destinations makes an exporter of each destination.
func (c *compiler) destinations() {
	for i := range c.doc.Destinations {
		e := &c.doc.Destinations[i]
		if err := streamname.Validate(e.Name); err != nil {
			c.fail(e.Place, "", "the name of a destination is as restricted as a stream's: %v", err)
			continue
		}
		if e.Value.Type == "" {
			c.fail(e.Place, "write one like `tempo: { otlp_grpc: { endpoint: tempo:4317 } }`", "the destination is empty")
			continue
		}
		c.exporters = append(c.exporters, c.destination(e.Name, e.Value))
	}
}

func (c *compiler) destination(name string, d document.Destination) exporter {
	if now, ok := renamed[d.Type]; ok {
		c.fail(d.Place, "write "+now, "there is no exporter type %q", d.Type)
	}
	if url, ok := places[d.Type]; ok {
		c.fail(d.Place, fmt.Sprintf("write `parquet: { url: %s }`", url), "there is no exporter type %q", d.Type)
	}
	if kind, _, ok := strings.Cut(d.Type, "/"); ok {
		c.fail(d.Place, "write "+kind, "the type of an exporter has no name behind it: the destination has one")
	}
	known, ok := exporterTypes[d.Type]
	if !ok {
		known = exporterType{threeSignals, prepareQueue}
	}
	signals := known.signals
	for _, s := range d.Signals {
		if ok && !slices.Contains(known.signals, s) {
			c.fail(d.Place, "it takes "+strings.Join(known.signals, ", "), "%s takes no %s", d.Type, s)
		}
	}
	if len(d.Signals) > 0 {
		signals = inOrder(d.Signals)
	}
	config, _ := plain(d.Config).(map[string]any)
	queue := c.settings.Queue
	if d.Queue != "" {
		queue = d.Queue
	}
	id := d.Type + "/" + name
	if known.prepare != nil && queue != document.None {
		known.prepare(c, id, queue, config)
	}
	c.putWritten(config, d.Place, []document.Place{d.Place}, "exporters", id)
	logged := d.Type == "parquet" && config["durability"] != "memory"
	return exporter{name: name, id: id, signals: signals, place: d.Place, logged: logged}
}

// exporter returns the exporter of a destination.
func (c *compiler) exporter(name string) (exporter, bool) {
	i := slices.IndexFunc(c.exporters, func(e exporter) bool { return e.name == name })
	if i < 0 {
		return exporter{}, false
	}
	return c.exporters[i], true
}

// setDefault sets a key that is left out.
func setDefault(config map[string]any, key string, value any) {
	if _, ok := config[key]; !ok {
		config[key] = value
	}
}

// nested returns the mapping at key, which it makes if there is none. It answers
// false if something else is there: the Collector will say so.
func nested(config map[string]any, key string) (map[string]any, bool) {
	switch v := config[key].(type) {
	case nil:
		m := make(map[string]any)
		config[key] = m
		return m, true
	case map[string]any:
		return v, true
	default:
		return nil, false
	}
}

// prepareQueue gives the exporter a queue that is kept on the disk and bounded in
// bytes, and retries without end: what waits there is not lost, and senders are
// told when it is full.
func prepareQueue(c *compiler, id, queue string, config map[string]any) {
	if q, ok := nested(config, "sending_queue"); ok {
		setDefault(q, "sizer", "bytes")
		size := q["queue_size"]
		setDefault(q, "queue_size", c.settings.QueueMiB*mebibyte)
		if queue == document.Disk {
			setDefault(q, "storage", storageID)
			c.storage = c.storage || q["storage"] == storageID
			if q["sizer"] == "bytes" && q["storage"] == storageID {
				c.reserve(size, int64(c.settings.QueueMiB)*mebibyte, reserve{exporter: id, path: []string{"sending_queue", "queue_size"}, unit: 1, floor: 16 * mebibyte})
			}
		}
	}
	retryForever(config)
}

func retryForever(config map[string]any) {
	if retry, ok := nested(config, "retry_on_failure"); ok {
		setDefault(retry, "max_elapsed_time", 0)
	}
}

// batchItems is the least that a batch holds, unless it has waited long enough.
// It also bounds what a queue on the disk has handed out while its destination
// does not answer, and puts back request by request when the collector reloads:
// counted in bytes, that would be thousands of small requests, and most of a
// second in which senders are refused.
const batchItems = 256

// prepareOTLP lets the queue batch, too: streams divide payloads into small ones.
// What is batched is in the queue until it is delivered.
func prepareOTLP(c *compiler, id, queue string, config map[string]any) {
	prepareQueue(c, id, queue, config)
	if q, ok := nested(config, "sending_queue"); ok && q["sizer"] == "bytes" {
		setDefault(q, "batch", map[string]any{"flush_timeout": "200ms", "sizer": "items", "min_size": batchItems})
	}
}

// prepareBalancing puts the queue before the balancer, and none in memory behind
// it.
func prepareBalancing(c *compiler, id, queue string, config map[string]any) {
	prepareQueue(c, id, queue, config)
	inner := config
	for _, key := range []string{"protocol", "otlp", "sending_queue"} {
		var ok bool
		if inner, ok = nested(inner, key); !ok {
			return
		}
	}
	setDefault(inner, "enabled", false)
}

// Of each signal, the parquet exporter keeps a log and finished files: its own
// defaults and the least that a log can have, in MiB.
const (
	parquetLogMiB, parquetFilesMiB           = 1024, 10 * 1024
	parquetLeastLogMiB, parquetLeastFilesMiB = 32, 64
)

// prepareParquet gives the exporter a place in the data directory. It has a log
// of its own, and shares the directory with other exporters.
func prepareParquet(c *compiler, id, queue string, config map[string]any) {
	setDefault(config, "url", "file:"+c.settings.below("parquet"))
	if queue == document.Memory {
		setDefault(config, "durability", "memory")
	}
	spool, ok := nested(config, "spool")
	if !ok {
		return
	}
	if spool["directory"] == nil && config["durability"] != "memory" {
		c.reserve(spool["max_log_mib"], parquetLogMiB,
			reserve{exporter: id, path: []string{"spool", "max_log_mib"}, unit: mebibyte, floor: parquetLeastLogMiB * mebibyte})
		c.reserve(spool["max_size_mib"], parquetFilesMiB,
			reserve{exporter: id, path: []string{"spool", "max_size_mib"}, unit: mebibyte, floor: parquetLeastFilesMiB * mebibyte})
	}
	setDefault(spool, "directory", c.settings.below("spool"))
}

// prepareRemoteWrite gives the exporter its own log in the data directory. Its
// queue is in memory and comes before the log: what it has taken is acknowledged
// and not yet safe, so that there is none. The log waits for 300 payloads or a
// minute unless it is told otherwise.
func prepareRemoteWrite(c *compiler, id, queue string, config map[string]any) {
	if queue == document.Disk {
		_, name, _ := strings.Cut(id, "/")
		if wal, ok := nested(config, "wal"); ok {
			setDefault(wal, "directory", c.settings.below("remote-write/"+name))
			setDefault(wal, "truncate_frequency", "5s")
		}
		if q, ok := nested(config, "remote_write_queue"); ok {
			setDefault(q, "enabled", false)
		}
	}
	retryForever(config)
}

// inOrder returns the signals in their usual order, each once.
func inOrder(signals []string) []string {
	var ordered []string
	for _, s := range allSignals {
		if slices.Contains(signals, s) {
			ordered = append(ordered, s)
		}
	}
	return ordered
}

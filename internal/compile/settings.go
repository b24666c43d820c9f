package compile

import (
	"net"
	"path"
	"strconv"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/document"
)

// settings are the document's, with defaults for what it leaves out.
type settings struct{ document.Settings }

func settingsOf(s document.Settings) settings {
	text := func(value *string, standard string) {
		if *value == "" {
			*value = standard
		}
	}
	text(&s.DataDir, "./data")
	text(&s.Queue, document.Disk)
	text(&s.MetricsEndpoint.Text, "127.0.0.1:8888")
	text(&s.HealthEndpoint.Text, "127.0.0.1:13133")
	if s.QueueMiB == 0 {
		s.QueueMiB = 512
	}
	return settings{s}
}

// below returns a path in the data directory.
func (s settings) below(name string) string {
	if s.DataDir == "." || s.DataDir == "./" {
		return "./" + name
	}
	joined := path.Join(s.DataDir, name)
	if len(s.DataDir) > 1 && s.DataDir[:2] == "./" {
		joined = "./" + joined // So that it still reads as a path.
	}
	return joined
}

const (
	mebibyte = 1 << 20
	// storageID is the extension that keeps queues on the disk.
	storageID = "file_storage/datastreams"
	healthID  = "health_check"
	// Extension is the id of the extension that runs changes of the document.
	Extension = "datastreams"
)

func (c *compiler) extensions() {
	at := document.Place{}
	ids := []string{Extension}
	c.put(map[string]any{}, at, "extensions", Extension)
	c.put(map[string]any{"endpoint": c.settings.HealthEndpoint.Text}, c.settings.HealthEndpoint.Place, "extensions", healthID)
	if c.storage {
		ids = append(ids, storageID)
		c.put(map[string]any{"directory": c.settings.below("queue"), "create_directory": true}, at, "extensions", storageID)
	}
	c.put(list(append(ids, healthID)), at, "service", "extensions")
	c.telemetry(at)
}

// telemetry publishes the collector's own metrics for Prometheus. They never go
// to a receiver of the collector itself: a reload would end it.
func (c *compiler) telemetry(at document.Place) {
	endpoint := c.settings.MetricsEndpoint
	host, port, ok := splitEndpoint(endpoint.Text)
	if !ok {
		c.fail(endpoint.Place, "write host:port, such as 127.0.0.1:8888", "%q is no endpoint", endpoint.Text)
		return
	}
	prometheus := map[string]any{"host": host, "port": port}
	c.put([]any{map[string]any{"pull": map[string]any{"exporter": map[string]any{"prometheus": prometheus}}}},
		at, "service", "telemetry", "metrics", "readers")
}

func splitEndpoint(endpoint string) (host string, port int, ok bool) {
	host, text, err := net.SplitHostPort(endpoint)
	if err != nil {
		return "", 0, false
	}
	port, err = strconv.Atoi(text)
	return host, port, err == nil && port > 0 && port < 1<<16
}

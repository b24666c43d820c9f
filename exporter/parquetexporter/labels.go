package parquetexporter

import (
	"os"
	"strconv"
	"sync"
)

// The OpenTelemetry SDK keeps so many series of an instrument, those of all
// exporters and signals together, and adds up what is beyond in one without
// attributes, whose stream and signal nobody can tell. The variable is that of
// the SDK.
const (
	sdkSeries         = 2000
	sdkSeriesVariable = "OTEL_GO_X_CARDINALITY_LIMIT"
	// sharingSignals are logs, metrics, profiles and traces.
	sharingSignals = 4
)

// otherStreams stands for all streams that have no label of their own.
const otherStreams = "_other"

// The labels of instruments, by the attributes that these have besides stream
// and signal. The exporters of a process share them, as they share the series.
var (
	streamLabels    = newLabels(1)
	directionLabels = newLabels(2) // past, future
	reasonLabels    = newLabels(5) // the constants of spool.Reason
)

// labels gives a label to as many streams as there is room for, the first that
// come. A stream that has one has it for all signals. It is safe for concurrent
// use.
type labels struct {
	room int

	mu      sync.Mutex
	holders map[string]int // how many exporters hold the label, by stream
}

// newLabels returns the labels of instruments with so many series for a stream
// and signal.
func newLabels(values int) *labels {
	limit, err := strconv.Atoi(os.Getenv(sdkSeriesVariable))
	if err != nil || limit <= 0 { // Without a limit, too: senders may make names up.
		limit = sdkSeries
	}
	// One series is the SDK's own, and one label is otherStreams.
	return &labels{room: (limit-1)/(sharingSignals*values) - 1, holders: make(map[string]int)}
}

func (l *labels) take(stream string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.holders[stream] == 0 && len(l.holders) >= l.room {
		return false
	}
	l.holders[stream]++
	return true
}

func (l *labels) give(stream string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.holders[stream]--; l.holders[stream] == 0 {
		delete(l.holders, stream)
	}
}

// held are the labels that one exporter holds, until release. It is safe for
// concurrent use.
type held struct {
	labels *labels

	mu  sync.Mutex
	own map[string]struct{}
}

func (l *labels) hold() *held { return &held{labels: l, own: make(map[string]struct{})} }

// of returns the stream's label.
func (h *held) of(stream string) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, ok := h.own[stream]; ok {
		return stream
	}
	if !h.labels.take(stream) {
		return otherStreams
	}
	h.own[stream] = struct{}{}
	return stream
}

// release makes room for the streams of exporters to come: a collector that
// reloads its configuration starts over with no series, too.
func (h *held) release() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for stream := range h.own {
		h.labels.give(stream)
	}
	clear(h.own)
}

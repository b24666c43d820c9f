package live

import (
	"maps"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/compile"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/document"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/revision"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/volume"
)

// Revision is one version of a document, compiled without errors. It is
// immutable.
type Revision struct {
	Data     []byte
	SHA256   string
	Compiled compile.Result
	// Warnings are the diagnostics that keep nobody from using it.
	Warnings document.Diagnostics
}

// Parse compiles a document. The error has a line per problem, each with its
// place.
func Parse(path string, data []byte) (*Revision, error) {
	_, compiled, found := Compile(path, data)
	if err := found.Err(); err != nil {
		return nil, err
	}
	return &Revision{Data: data, SHA256: revision.Hash(data), Compiled: compiled, Warnings: found}, nil
}

// Compile compiles a document for this machine: the size of a volume bounds what
// may wait on it.
func Compile(path string, data []byte) (*document.Document, compile.Result, document.Diagnostics) {
	return compile.Inputs{VolumeSize: volume.Size}.Parse(filepath.Base(path), data)
}

// report logs what is to be known of a revision that is going to be used.
func (r *Revision) report(logger *zap.Logger) {
	for _, w := range r.Warnings {
		logger.Warn("The document may not say what is meant.", zap.Stringer("diagnostic", w))
	}
	if note := r.Compiled.Budget.Note(); note != "" {
		logger.Info("There is less space than the document asks for.", zap.String("note", note))
	}
}

// Document is the state of one document in this process. It is safe for
// concurrent use.
type Document struct {
	path string

	mu       sync.Mutex
	users    int
	current  *Revision
	number   int    // of current in the journal; 0 if it is not known
	held     string // hash of a file that is not tried again; empty for none
	served   chan struct{}
	watchers map[*watcher]struct{}
	counts   map[Outcome]int64
	mistake  time.Time
	beganAt  time.Time // of the reload that is under way; zero for none
}

type watcher struct{ notify func() }

var (
	documentsMu sync.Mutex
	documents   = make(map[string]*Document)
)

// Open returns the document at path, which is made absolute. The caller has to
// Release it; the last one to do so ends what the process knows of it.
func Open(path string) (*Document, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	documentsMu.Lock()
	defer documentsMu.Unlock()
	d := documents[path]
	if d == nil {
		d = &Document{path: path, watchers: make(map[*watcher]struct{}), counts: make(map[Outcome]int64), served: make(chan struct{})}
		documents[path] = d
	}
	d.users++
	return d, nil
}

// Release gives up what Open returned.
func (d *Document) Release() {
	documentsMu.Lock()
	defer documentsMu.Unlock()
	if d.users--; d.users > 0 {
		return
	}
	delete(documents, d.path)
	d.withdraw()
}

// Path is the absolute path of the file.
func (d *Document) Path() string { return d.path }

// Current returns the revision that the collector runs by, and its number in
// the journal, or 0 if that has none. It is nil before the first one is served.
func (d *Document) Current() (*Revision, int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.current, d.number
}

// Watch has notify called when the collector must be reloaded to get to the
// current revision: once at most, so that a Collector that does not listen is
// never waited for. The returned function takes it back.
func (d *Document) Watch(notify func()) (stop func()) {
	w := &watcher{notify}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.watchers[w] = struct{}{}
	return func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		delete(d.watchers, w)
	}
}

// use makes next the current revision.
func (d *Document) use(next *Revision, number int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.current, d.number = next, number
	d.served = make(chan struct{})
}

// reload notifies the watchers, and reports whether there was one.
func (d *Document) reload() bool {
	d.mu.Lock()
	due := slices.Collect(maps.Keys(d.watchers))
	clear(d.watchers)
	d.mu.Unlock()
	for _, w := range due {
		w.notify() // Outside of the lock: it may wait for a Collector.
	}
	return len(due) > 0
}

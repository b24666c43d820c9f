// Package control is the collector behind the API: the document's file, its
// journal and the numbers of what flows.
package control

import (
	"context"
	"net/http"
	"sync"
	"time"

	"go.opentelemetry.io/collector/confmap"

	"github.com/otelcol-datastreams/otelcol-datastreams/extension/datastreamsextension/internal/api"
	"github.com/otelcol-datastreams/otelcol-datastreams/extension/datastreamsextension/internal/feed"
	"github.com/otelcol-datastreams/otelcol-datastreams/extension/datastreamsextension/internal/health"
	"github.com/otelcol-datastreams/otelcol-datastreams/extension/datastreamsextension/internal/redact"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/live"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/membership"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/revision"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/sources"
)

// Collector is what the running service lends.
type Collector struct {
	// Document is nil if the service does not run by one.
	Document *live.Document
	// Check has the Collector validate a candidate.
	Check func(context.Context, *live.Revision) error
	// Resolve returns the whole configuration that the collector would have with a
	// candidate.
	Resolve func(context.Context, *live.Revision) (*confmap.Conf, error)
	// Routers returns those that have started.
	Routers func() []membership.Router
	// Health knows how the exporters are; nil knows nothing.
	Health *health.Watch
	// Rules say what is secret.
	Rules redact.Rules
	// Sources is the table that the routers note payloads in.
	Sources *sources.Table
	// Mode is what the configuration allows.
	Mode api.Mode
	// Interval is the time between two snapshots.
	Interval time.Duration
}

// Control serves the API. It is safe for concurrent use. Make it with New, and
// Close it.
type Control struct {
	collector Collector
	hub       *feed.Hub
	taker     *feed.Taker

	writing sync.Mutex

	mu       sync.Mutex
	view     *feed.View // of the revision with the hash of
	of       string
	shared   *feed.SplitShare // as it was at the time
	sharedAt time.Time
}

var (
	_ api.Backend = (*Control)(nil)
	_ api.Feed    = (*Control)(nil)
)

// New returns the control of a collector.
func New(c Collector) *Control {
	control := &Control{collector: c}
	// A client of its own: proxies of the environment are not for loopback.
	client := &http.Client{Timeout: 2 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	control.taker = &feed.Taker{Scrape: feed.ScrapeAt(client), State: control.state, Table: c.Sources, Splits: control.share, Now: time.Now}
	control.hub = feed.NewHub(c.Interval, control.taker.Take, control.taker.Rest)
	return control
}

// Close ends the streams of all listeners.
func (c *Control) Close() { c.hub.Close() }

// Listen implements api.Feed.
func (c *Control) Listen() (snapshots <-chan []byte, leave func(), err error) { return c.hub.Listen() }

// Sources implements api.Feed.
func (c *Control) Sources() []feed.Source { return c.taker.Listed() }

// Document implements api.Backend.
func (c *Control) Document() (api.Document, error) {
	if c.collector.Document == nil {
		return api.Document{}, api.ErrNoDocument
	}
	d := api.Document{Path: c.collector.Document.Path()}
	d.Applied, d.Number = c.collector.Document.Current()
	if d.Applied == nil {
		return api.Document{}, api.ErrNoDocument
	}
	var err error
	if d.Data, err = read(d.Path); err != nil {
		return api.Document{}, err
	}
	d.SHA256 = revision.Hash(d.Data)
	return d, nil
}

// Check implements api.Backend.
func (c *Control) Check(ctx context.Context, candidate *live.Revision) error {
	return c.collector.Check(ctx, candidate)
}

// Mode implements api.Backend: what the configuration allows, but for a file
// that cannot be written.
func (c *Control) Mode() api.Mode {
	if c.collector.Mode == api.Edit && (c.collector.Document == nil || !writable(c.collector.Document.Path())) {
		return api.Propose
	}
	return c.collector.Mode
}

// Write implements api.Backend.
func (c *Control) Write(sha256 string, data []byte) error {
	if c.collector.Document == nil {
		return api.ErrNoDocument
	}
	c.writing.Lock()
	defer c.writing.Unlock()
	path := c.collector.Document.Path()
	now, err := read(path)
	if err != nil {
		return err
	}
	if revision.Hash(now) != sha256 {
		return api.ErrStale
	}
	return replace(path, data)
}

// Journal implements api.Backend.
func (c *Control) Journal() (*revision.Journal, error) {
	if c.collector.Document == nil {
		return nil, api.ErrNoDocument
	}
	current, _ := c.collector.Document.Current()
	return revision.Open(current.Compiled.Journal)
}

// state tells a snapshot of the document.
func (c *Control) state() (feed.DocumentState, *feed.View) {
	d, err := c.Document()
	if d.Applied == nil || err != nil {
		return feed.DocumentState{State: "none"}, nil
	}
	s := feed.DocumentState{SHA256: d.SHA256, Applied: d.Applied.SHA256, Revision: d.Number, State: "applied"}
	if s.SHA256 != s.Applied {
		s.State = "pending"
		if at := c.collector.Document.LastMistake(); !at.IsZero() && at.After(modified(d.Path)) {
			s.State = "rejected"
		}
	}
	return s, c.viewOf(d.Path, d.Applied)
}

// viewOf returns the view of a revision, and makes it once.
func (c *Control) viewOf(path string, r *live.Revision) *feed.View {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.of == r.SHA256 {
		return c.view
	}
	c.view, c.of = nil, r.SHA256
	if v, err := view(path, r); err == nil {
		c.view = v
	}
	return c.view
}

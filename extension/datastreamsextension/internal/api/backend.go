// Package api is the HTTP interface of a running collector: its streams, what
// flows through them, and changes of its document. It knows HTTP and documents;
// files, the journal and the Collector are behind Backend.
//
// Writing never waits for the collector to get to the new document: it answers
// when the file is written, and the events say the rest. A reload ends this very
// server.
package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/otelcol-datastreams/otelcol-datastreams/extension/datastreamsextension/internal/feed"
	"github.com/otelcol-datastreams/otelcol-datastreams/extension/datastreamsextension/internal/redact"
	"github.com/otelcol-datastreams/otelcol-datastreams/extension/datastreamsextension/internal/schema"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/live"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/membership"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/revision"
)

// Errors of a Backend.
var (
	// ErrNoDocument is returned by Document and Write if the collector does not run
	// by a document.
	ErrNoDocument = errors.New("the collector does not run by a document; start it with --config datastreams:FILE")
	// ErrStale is returned by Write if the file is not what it was expected to be.
	ErrStale = errors.New("the document has changed meanwhile")
)

// Mode says what the API lets people do.
type Mode string

// The modes.
const (
	// Edit: changes are written to the document.
	Edit Mode = "edit"
	// Propose: changes are shown, for people to make elsewhere.
	Propose Mode = "propose"
	// ReadOnly: changes are refused, and tried out at most.
	ReadOnly Mode = "read_only"
)

// Document is the file, and what the collector runs by.
type Document struct {
	Path   string
	Data   []byte
	SHA256 string
	// Applied is what the collector runs by, and Number its number in the journal.
	Applied *live.Revision
	Number  int
}

// Backend is the collector. It is safe for concurrent use.
type Backend interface {
	// Document reads the file.
	Document() (Document, error)
	// Check returns what the Collector says of a candidate, as an error with its
	// place in the document where that is known. Nothing is started.
	Check(ctx context.Context, candidate *live.Revision) error
	// Predict returns how a candidate would divide the traces that were sampled. The
	// error is membership.ErrNoSample if none were.
	Predict(ctx context.Context, candidate *live.Revision) (membership.Splits, error)
	// Write replaces the file, if its hash is still sha256.
	Write(sha256 string, data []byte) error
	// Mode says whether Write can succeed.
	Mode() Mode
	// Journal opens the journal of revisions.
	Journal() (*revision.Journal, error)
}

// Feed are the live numbers. It is safe for concurrent use.
type Feed interface {
	// Listen returns a channel of snapshots as JSON, which is closed when the
	// server is to end. leave must be called.
	Listen() (snapshots <-chan []byte, leave func(), err error)
	// Sources returns what is known of all sources.
	Sources() []feed.Source
	// Splits returns how traces are divided between streams; false if none were
	// sampled yet.
	Splits() (membership.Splits, bool)
	// Conditions returns how the destinations are, by their names. Those that are
	// missing are unknown.
	Conditions() map[string]Condition
}

// Door lets people in. It is safe for concurrent use.
type Door interface {
	// Required reports whether people have to say who they are.
	Required() bool
	// Open lets a client in that shows what is accepted as an Authorization header,
	// and tells it by a cookie. The error is that it is not accepted.
	Open(w http.ResponseWriter, r *http.Request, authorization string) error
	// Close sends a client out again.
	Close(w http.ResponseWriter, r *http.Request)
}

// Health is how a destination is.
type Health string

// The healths.
const (
	HealthOK       Health = "ok"
	HealthDegraded Health = "degraded" // it delivers late, or not everything
	HealthFailed   Health = "failed"   // it delivers nothing
	HealthUnknown  Health = "unknown"  // no stream uses it, or nobody could tell
)

// Condition is how a destination is, and its last error, if it had one.
type Condition struct {
	Health    Health
	LastError *LastError
}

// LastError is an error without secrets.
type LastError struct {
	Time    time.Time `json:"time"`
	Message string    `json:"message"`
}

// Build says which program this is, and where it is served.
type Build struct {
	Version string
	// BasePath is the path that all is served below; empty for none.
	BasePath string
	// Exporters are the types of exporters that this build has.
	Exporters []string
	// Describe returns the configuration of the exporters of a type, or nil.
	Describe func(exporter string) *schema.Node
	// Rules say what is secret.
	Rules redact.Rules
	// Door is nil if everybody may come in.
	Door Door
}

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

	"github.com/otelcol-datastreams/otelcol-datastreams/extension/datastreamsextension/internal/feed"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/live"
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
}

// Build says which program this is.
type Build struct {
	Version    string   `json:"version"`
	Components []string `json:"-"` // types of exporters that this build has
}

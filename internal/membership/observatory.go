package membership

import "github.com/otelcol-datastreams/otelcol-datastreams/internal/sources"

// Observatory is implemented by registries that can show who sends what. A
// router that finds one when it starts calls Note of its table with each payload
// that comes in, before it moves anything out of it, if Watched says so.
type Observatory interface {
	// Sources returns a table that stays the same as long as the registry runs.
	// Nil is one that nobody watches.
	Sources() *sources.Table
}

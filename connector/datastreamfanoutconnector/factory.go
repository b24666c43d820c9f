// Package datastreamfanoutconnector hands the data of one stream to several
// destinations, none of which the others notice. It is a package of its own
// because ocb takes one component of each; what it does is the router's work,
// and stands beside it.
package datastreamfanoutconnector

import (
	"go.opentelemetry.io/collector/connector"

	"github.com/otelcol-datastreams/otelcol-datastreams/connector/datastreamrouterconnector"
)

// NewFactory returns the connector's factory. It connects each signal to
// itself.
func NewFactory() connector.Factory { return datastreamrouterconnector.NewFanOutFactory() }

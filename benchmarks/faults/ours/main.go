// Command ours is a collector with our router and otherwise the parts of our
// distribution that the isolation measurements use, in the same versions. It
// stands in for the distribution where a processor has to panic, because the
// distribution has none that does.
package main

import (
	"go.opentelemetry.io/collector/component"

	"github.com/otelcol-datastreams/otelcol-datastreams/benchmarks/faults/parts"
	"github.com/otelcol-datastreams/otelcol-datastreams/connector/datastreamrouterconnector"
)

func main() {
	parts.Main(
		component.BuildInfo{Command: "ours", Description: "Collector with our router and a processor that panics", Version: "0.1.0"},
		datastreamrouterconnector.NewFactory(),
	)
}

// Command peer is a collector with contrib's routing connector and otherwise
// the parts of our distribution that the isolation measurements use, in the
// same versions. It is a program of its own, because the connector's last
// version that builds is too old for the distribution.
package main

import (
	"github.com/open-telemetry/opentelemetry-collector-contrib/connector/routingconnector"
	"go.opentelemetry.io/collector/component"

	"github.com/otelcol-datastreams/otelcol-datastreams/benchmarks/faults/parts"
)

func main() {
	parts.Main(
		component.BuildInfo{Command: "peer", Description: "Collector with contrib's routing connector", Version: "0.149.0"},
		routingconnector.NewFactory(),
	)
}

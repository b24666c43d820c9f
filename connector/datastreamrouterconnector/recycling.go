package datastreamrouterconnector

import "go.opentelemetry.io/collector/featuregate"

// recyclingGate switches the Collector's recycling of payloads.
const recyclingGate = "pdata.useProtoPooling"

// recycles reports whether the Collector may reuse a payload's memory. It does,
// to be safe, if there is no such gate any more.
func recycles() bool {
	enabled := true
	featuregate.GlobalRegistry().VisitAll(func(g *featuregate.Gate) {
		if g.ID() == recyclingGate {
			enabled = g.IsEnabled()
		}
	})
	return enabled
}

// keep takes a payload out of the Collector's recycling. It costs little, but
// once for each payload that is handed over.
func (r *router[D, C]) keep(payload D) {
	if r.recycling {
		r.kind.Keep(payload)
	}
}

// Package membership is how an extension changes which sources belong to which
// streams while data flows. Routers look for extensions that are a Registry
// when they start; neither side knows more of the other than this package.
package membership

import (
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pipeline"
)

// Router is one signal's instance of a datastreamrouter. Its methods are safe
// for concurrent use, also while data flows.
type Router interface {
	ID() component.ID
	Signal() pipeline.Signal
	// Apply replaces the streams' selectors, conditions and order, `observe`,
	// `paused` and the match mode by those of conf, which has the form of the
	// router's configuration. A payload is routed by the old definitions or by
	// the new ones, never by both. On error everything stays as it was: conf is
	// not valid, names a stream that the router does not have, or changes
	// what needs a reload.
	Apply(conf *confmap.Conf) error
	// Explain tells in words which streams take a resource, and why or why not.
	Explain(resource pcommon.Resource) string
}

// Registry is implemented by extensions that drive routers.
type Registry interface {
	// Register is called when a router starts; the returned function when it
	// stops.
	Register(Router) (unregister func())
}

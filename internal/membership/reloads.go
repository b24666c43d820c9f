package membership

import "go.opentelemetry.io/collector/component"

// Reloader is implemented by extensions that have the collector reload.
type Reloader interface {
	// Reloading reports whether the service stops to start again at once, by
	// another configuration, in the same process. It is safe for concurrent use.
	Reloading() bool
}

// Reloading returns a function that asks the host's Reloader, if it has one.
func Reloading(host component.Host) func() bool {
	for _, extension := range host.GetExtensions() {
		if r, ok := extension.(Reloader); ok {
			return r.Reloading
		}
	}
	return func() bool { return false }
}

package datastreamsextension

import (
	"cmp"
	"slices"
	"sync"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/membership"
)

// registry holds the routers that have started. It is safe for concurrent use.
type registry struct {
	mu      sync.Mutex
	routers []membership.Router
}

var _ membership.Registry = (*registry)(nil)

// Register implements membership.Registry.
func (r *registry) Register(router membership.Router) (unregister func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.routers = append(r.routers, router)
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.routers = slices.DeleteFunc(r.routers, func(o membership.Router) bool { return o == router })
	}
}

// all returns the routers in the order of their ids and signals.
func (r *registry) all() []membership.Router {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.SortedFunc(slices.Values(r.routers), func(a, b membership.Router) int {
		return cmp.Or(cmp.Compare(a.ID().String(), b.ID().String()), cmp.Compare(a.Signal().String(), b.Signal().String()))
	})
}

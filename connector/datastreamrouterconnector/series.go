package datastreamrouterconnector

import (
	"os"
	"strconv"
	"sync"
)

// The OpenTelemetry SDK keeps so many series of an instrument, all components
// and signals together, and adds up what is beyond in one without attributes,
// whose stream and signal nobody can tell. The variable is that of the SDK.
const (
	sdkSeries         = 2000
	sdkSeriesVariable = "OTEL_GO_X_CARDINALITY_LIMIT"
	sharingSignals    = 4
)

// seriesLimit is how many series an instrument can have, without that of the
// SDK for what is beyond.
func seriesLimit() int {
	limit, err := strconv.Atoi(os.Getenv(sdkSeriesVariable))
	switch {
	case err != nil:
		return sdkSeries - 1
	case limit <= 0: // no limit
		return 1 << 30
	}
	return limit - 1
}

// seriesShare is how many of them each signal's router may use.
func seriesShare() int { return seriesLimit() / sharingSignals }

// grants gives series of their own to as many keys as there is room for, the
// first that ask, and for good: a counter must not move from one series to
// another. It is safe for concurrent use.
type grants[K comparable] struct {
	mu   sync.Mutex
	room int
	own  map[K]struct{}
}

func newGrants[K comparable](room int) *grants[K] {
	return &grants[K]{room: room, own: make(map[K]struct{})}
}

// has reports whether the key has a series of its own, which it gets if there is room.
func (g *grants[K]) has(key K) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if _, ok := g.own[key]; ok {
		return true
	}
	if len(g.own) >= g.room {
		return false
	}
	g.own[key] = struct{}{}
	return true
}

// free makes room again.
func (g *grants[K]) free(key K) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.own, key)
}

// budget is the series that the accounts of one signal may have.
type budget struct {
	items  *grants[itemKey]  // of the items by outcome
	gauges *grants[*account] // of each of the others
}

func newBudget() *budget {
	b := &budget{items: newGrants[itemKey](seriesShare()), gauges: newGrants[*account](seriesShare() - 1)}
	for o := range outcomes { // What has no series of its own always has a place.
		b.items.has(itemKey{outcome: o})
	}
	return b
}

// free makes room where accounts are published no longer.
func (b *budget) free(accounts []*account) {
	for _, a := range accounts {
		b.gauges.free(a)
		for o := range outcomes {
			b.items.free(itemKey{a, o})
		}
	}
}

package session

import (
	"container/list"
	"fmt"
	"net/http"
	"net/netip"
	"sync"
	"time"
)

const (
	// burst is how many credentials an address may try in vain at once, and pace
	// the time after which it may try another one.
	burst = 20
	pace  = 5 * time.Second
	// addresses bounds how many are remembered; the one that tried the longest time
	// ago makes room for a new one.
	addresses = 4096
)

// TooManyError is returned by Gate.Open, and given to those who are refused, if
// an address has tried too many credentials that were not accepted.
type TooManyError struct {
	// Wait is the time until the next one is looked at.
	Wait time.Duration
}

// Error implements error.
func (e *TooManyError) Error() string {
	return fmt.Sprintf("too many attempts from this address; try again in %s", e.Wait.Round(time.Second))
}

// attempts counts credentials that were not accepted, by the address that they
// came from. What a proxy says of its clients is not believed: whoever guesses
// could say so, too.
type attempts struct {
	now func() time.Time

	mu     sync.Mutex
	of     map[netip.Prefix]*list.Element
	recent *list.List // of *attempt, the latest first
}

type attempt struct {
	from netip.Prefix
	// free is when the address has all of its attempts again.
	free time.Time
}

func newAttempts() *attempts {
	return &attempts{now: time.Now, of: make(map[netip.Prefix]*list.Element), recent: list.New()}
}

// begin takes an attempt of the request's address before it is known how it
// ends: many at the same time are as many. Accepted gives it back. The error is
// a *TooManyError.
func (a *attempts) begin(r *http.Request) (accepted func(), err error) {
	from := originOf(r.RemoteAddr)
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.now()
	e, ok := a.of[from]
	if !ok {
		if a.recent.Len() >= addresses {
			delete(a.of, a.recent.Remove(a.recent.Back()).(*attempt).from)
		}
		e = a.recent.PushFront(&attempt{from: from})
		a.of[from] = e
	}
	one := e.Value.(*attempt)
	if one.free.Before(now) {
		one.free = now
	}
	if wait := one.free.Sub(now) - (burst-1)*pace; wait > 0 {
		return nil, &TooManyError{Wait: wait}
	}
	one.free = one.free.Add(pace)
	a.recent.MoveToFront(e)
	return func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		one.free = one.free.Add(-pace)
	}, nil
}

// originOf returns the address that attempts are counted for: of IPv6 the
// network, of which one machine has all addresses. What has none, such as a
// socket of this machine, is one.
func originOf(remote string) netip.Prefix {
	at, err := netip.ParseAddrPort(remote)
	if err != nil {
		return netip.Prefix{}
	}
	address := at.Addr().Unmap().WithZone("")
	bits := address.BitLen()
	if address.Is6() {
		bits = 64
	}
	prefix, err := address.Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return prefix
}

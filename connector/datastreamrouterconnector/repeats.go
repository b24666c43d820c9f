package datastreamrouterconnector

import (
	"slices"
	"sync"
	"time"

	"github.com/zeebo/xxh3"
)

// repeats remembers who took what of the payloads that were not taken by all,
// so that a sender who sends one again does not deliver it twice. It is only
// consulted by routers with a stream that pushes back: no other sender is ever
// told to repeat something.
//
// A group of resources is known by the 128-bit XXH3 of its OTLP encoding:
// senders repeat a request byte for byte.
type repeats struct {
	mu        sync.Mutex
	young     map[xxh3.Uint128]*groupMemory
	old       map[xxh3.Uint128]*groupMemory
	rotated   time.Time
	remembers time.Duration
	forgotten int64 // groups that were given up before their time
}

// groupMemory is what is known of a group.
type groupMemory struct {
	lanes []int // that took it
	// siblings are the groups of its payload. A caller in the same process repeats
	// only what was refused: once that is taken, so is all.
	siblings []xxh3.Uint128
}

// repeat is a group that a lane took.
type repeat struct {
	group xxh3.Uint128
	lane  int
}

const (
	// repeatMemory is how long a sender may take to send again: an entry is
	// forgotten after one to two times this, unless there are too many.
	repeatMemory = 6 * time.Minute
	// maxRepeats bounds the groups of each of the two generations, of about 130
	// bytes and 8 more for each lane.
	maxRepeats = 1 << 16
)

func newRepeats() *repeats {
	return &repeats{young: make(map[xxh3.Uint128]*groupMemory), rotated: time.Now(), remembers: repeatMemory}
}

// remember notes that the lane took the group.
func (r *repeats) remember(e repeat) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rotateLocked()
	if m := r.youngLocked(e.group); !slices.Contains(m.lanes, e.lane) {
		m.lanes = append(m.lanes, e.lane)
	}
}

// tie notes that the groups are of one payload. It keeps the slice.
func (r *repeats) tie(groups []xxh3.Uint128) {
	if len(groups) < 2 {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, group := range groups {
		r.rotateLocked()
		r.youngLocked(group).tieTo(groups)
	}
}

// tieTo keeps the larger of two sets: the groups that are repeated are some of
// those that came first.
func (m *groupMemory) tieTo(siblings []xxh3.Uint128) {
	if len(siblings) > len(m.siblings) {
		m.siblings = siblings
	}
}

// youngLocked returns what is known of a group, with a long life.
func (r *repeats) youngLocked(group xxh3.Uint128) *groupMemory {
	m := r.young[group]
	if m == nil {
		m = new(groupMemory)
		if old := r.old[group]; old != nil {
			m.siblings = old.siblings
		}
		r.young[group] = m
	}
	return m
}

// took reports whether the lane took the group before.
func (r *repeats) took(e repeat) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rotateLocked()
	if m := r.young[e.group]; m != nil && slices.Contains(m.lanes, e.lane) {
		return true
	}
	if m := r.old[e.group]; m == nil || !slices.Contains(m.lanes, e.lane) {
		return false
	}
	m := r.youngLocked(e.group)
	m.lanes = append(m.lanes, e.lane) // It lives on while it is repeated.
	return true
}

// forget removes what was noted of a group and its siblings, once all have taken
// the payload: equal data that comes later is new.
func (r *repeats) forget(group xxh3.Uint128) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, generation := range []map[xxh3.Uint128]*groupMemory{r.young, r.old} {
		m := generation[group]
		if m == nil {
			continue
		}
		for _, sibling := range m.siblings {
			delete(r.young, sibling)
			delete(r.old, sibling)
		}
	}
	delete(r.young, group)
	delete(r.old, group)
}

// empty reports whether nothing is noted.
func (r *repeats) empty() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rotateLocked()
	return len(r.young)+len(r.old) == 0
}

// lost returns how many groups were given up early.
func (r *repeats) lost() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.forgotten
}

func (r *repeats) rotateLocked() {
	early := time.Since(r.rotated) < r.remembers
	if early && len(r.young) < maxRepeats {
		return
	}
	if early {
		r.forgotten += int64(len(r.old))
	}
	r.old, r.young = r.young, make(map[xxh3.Uint128]*groupMemory)
	r.rotated = time.Now()
}

// fingerprint identifies each group of a payload that its sender may have to
// repeat for some of its deliveries only, or that may be the rest of such a
// payload. Without one a group's print is nil.
func (r *router[D, C]) fingerprint(gen *generation[D, C], groups []group[D], deliveries int) {
	if r.stage.repeats == nil || deliveries < 2 && r.stage.repeats.empty() {
		return
	}
	pushesBack := func(stream int) bool { return gen.seats[stream].lane.pushesBack }
	if !slices.ContainsFunc(groups, func(g group[D]) bool { return slices.ContainsFunc(g.streams, pushesBack) }) {
		return
	}
	for i := range groups {
		if encoded, err := r.kind.Marshal(groups[i].payload); err == nil {
			print := xxh3.Hash128(encoded)
			groups[i].print = &print
		}
	}
}

// skip reports whether the lane took the group before, and counts it.
func (r *router[D, C]) skip(g *group[D], l *lane[D, C]) bool {
	if g.print == nil || !r.stage.repeats.took(repeat{*g.print, l.index}) {
		return false
	}
	l.note(alreadyDelivered, g.items)
	return true
}

// remember notes, of a payload whose sender was told to repeat it, what was
// taken; if the sender was not, it forgets what it knew of the payload.
func (t *turn[D, C]) remember(again bool) {
	if t.stage.repeats == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	var prints []xxh3.Uint128
	for i := range t.groups {
		if p := t.groups[i].print; p != nil {
			prints = append(prints, *p)
		}
	}
	if !again {
		for _, p := range prints {
			t.stage.repeats.forget(p)
		}
		return
	}
	t.stage.repeats.tie(prints)
	for i := range t.tasks {
		k := &t.tasks[i]
		if k.group.print != nil && !k.refusal && (k.over || !k.lane.pushesBack) {
			t.stage.repeats.remember(repeat{*k.group.print, k.lane.index})
		}
	}
}

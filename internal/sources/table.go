package sources

import (
	"container/heap"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// DefaultIdentity are the resource attributes that name a source if nothing else
// is said.
var DefaultIdentity = []string{"k8s.namespace.name", "service.name"}

const (
	// Capacity is how many sources a Table keeps.
	Capacity = 1000
	// maxAttributes and maxText bound what is kept of a resource.
	maxAttributes = 64
	maxText       = 256
)

// Source is what is known of one source. It belongs to the caller.
type Source struct {
	// ID is the values of the identity, joined by '/'. What a resource lacks is
	// left out; a source without any is called "(unnamed)".
	ID string
	// Attributes are those of one resource of the source, the last that was looked
	// at closely: not all resources of a source need to have the same.
	Attributes pcommon.Map
	// Items are those seen while somebody watched. Up to Error of them may be
	// another source's, which made room for this one.
	Items Counts
	Error int64
	// First and Last are when an item was first and last seen.
	First, Last time.Time
}

// entry is a Source, and its place in the heap.
type entry struct {
	Source
	weight int64 // total of Items and Error
	place  int
}

// Table keeps the sources that send most. The zero value is not usable, nil is
// a table that nobody watches. It is safe for concurrent use.
type Table struct {
	watchers atomic.Int32
	now      func() time.Time

	mu       sync.Mutex
	identity []string
	entries  map[string]*entry
	least    byWeight // the entry with the least weight first
	evicted  int64
	name     strings.Builder
}

// New returns a table of sources that are told apart by DefaultIdentity.
func New() *Table {
	return &Table{now: time.Now, identity: DefaultIdentity, entries: make(map[string]*entry)}
}

// Watch has the table look at what is noted until stop is called, which may be
// done more than once.
func (t *Table) Watch() (stop func()) {
	t.watchers.Add(1)
	return sync.OnceFunc(func() { t.watchers.Add(-1) })
}

// Watched reports whether anybody watches. It costs an atomic load, so that
// those who pass data can ask each time.
func (t *Table) Watched() bool { return t != nil && t.watchers.Load() > 0 }

// Identify changes the attributes that name a source. If they are others than
// before, the table starts again, empty.
func (t *Table) Identify(attributes []string) {
	if len(attributes) == 0 {
		attributes = DefaultIdentity
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if slices.Equal(attributes, t.identity) {
		return
	}
	t.identity, t.entries, t.least, t.evicted = slices.Clone(attributes), make(map[string]*entry), nil, 0
}

// Note looks at a payload: ptrace.Traces, pmetric.Metrics, plog.Logs or
// pprofile.Profiles; anything else is ignored. The payload is only read, and
// nothing of it is kept.
func (t *Table) Note(payload any) {
	if !t.Watched() {
		return
	}
	now := t.now()
	t.mu.Lock()
	defer t.mu.Unlock()
	each(payload, func(s Signal, r pcommon.Resource, items int64) {
		if items > 0 {
			t.noteLocked(s, r, items, now)
		}
	})
}

// resampled is after how many items of a source its attributes are read again.
const resampled = 4096

func (t *Table) noteLocked(s Signal, r pcommon.Resource, items int64, now time.Time) {
	id := t.idLocked(r.Attributes())
	e := t.entries[id]
	fresh := e == nil
	if fresh {
		e = t.makeLocked(id, now)
	}
	before := e.weight
	e.Items[s] += items
	e.weight += items
	e.Last = now
	if fresh || before/resampled != e.weight/resampled {
		e.Attributes = sample(r.Attributes())
	}
	heap.Fix(&t.least, e.place)
}

// makeLocked returns a new entry. If the table is full it takes the place, and
// the weight, of the one with the least.
func (t *Table) makeLocked(id string, now time.Time) *entry {
	e := &entry{Source: Source{ID: id, First: now}}
	if len(t.entries) >= Capacity {
		old := t.least[0]
		delete(t.entries, old.ID)
		t.evicted++
		e.weight, e.Error, e.place = old.weight, old.weight, 0
		t.least[0] = e
	} else {
		heap.Push(&t.least, e)
	}
	t.entries[id] = e
	return e
}

func (t *Table) idLocked(attributes pcommon.Map) string {
	t.name.Reset()
	for _, key := range t.identity {
		v, ok := attributes.Get(key)
		if !ok {
			continue
		}
		if t.name.Len() > 0 {
			t.name.WriteByte('/')
		}
		t.name.WriteString(clip(v.AsString()))
	}
	if t.name.Len() == 0 {
		return "(unnamed)"
	}
	return t.name.String()
}

// sample copies attributes, within bounds. What is not a scalar is left out:
// selectors do not look into it.
func sample(attributes pcommon.Map) pcommon.Map {
	m := pcommon.NewMap()
	for key, v := range attributes.All() {
		if m.Len() == maxAttributes {
			break
		}
		switch v.Type() {
		case pcommon.ValueTypeStr:
			m.PutStr(key, clip(v.Str()))
		case pcommon.ValueTypeBool, pcommon.ValueTypeInt, pcommon.ValueTypeDouble:
			v.CopyTo(m.PutEmpty(key))
		}
	}
	return m
}

func clip(text string) string {
	if len(text) > maxText {
		return strings.ToValidUTF8(text[:maxText], "")
	}
	return text
}

// List returns all sources that are kept, by name, and how often one had to
// make room for another.
func (t *Table) List() (all []Source, evicted int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, e := range t.entries {
		s := e.Source
		s.Attributes = pcommon.NewMap()
		e.Attributes.CopyTo(s.Attributes)
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b Source) int { return strings.Compare(a.ID, b.ID) })
	return all, t.evicted
}

// Name returns the ID of the source that has these attributes. A nil table tells
// sources apart by DefaultIdentity.
func (t *Table) Name(attributes pcommon.Map) string {
	if t == nil {
		t = &Table{identity: DefaultIdentity}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.idLocked(attributes)
}

package tracehold

import (
	"sync"
	"sync/atomic"

	"github.com/zeebo/xxh3"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// Resource is a resource of which something is held, once for all its spans. Its
// encoding is immutable.
type Resource struct {
	// Memo is for what the user has worked out about the resource. It does not
	// outlive the traces that refer to the resource.
	Memo atomic.Value

	encoding string // of the message that has scopes, without them
	key      xxh3.Uint128
	refs     int // of origins, guarded by the table
}

// Decode returns the resource.
func (r *Resource) Decode() (pcommon.Resource, error) {
	b := make([]byte, 0, sizeOfPart(len(r.encoding)))
	b = append(appendHead(b, tagResources, len(r.encoding)), r.encoding...)
	td, err := (&ptrace.ProtoUnmarshaler{}).UnmarshalTraces(b)
	if err != nil {
		return pcommon.NewResource(), err
	}
	return td.ResourceSpans().At(0).Resource(), nil
}

// origin is a scope of a resource.
type origin struct {
	resource *Resource
	scope    string // the encoding of the message that has items, without them
	key      originKey
	refs     int // of fragments and of those who are about to make some, guarded by the table
}

type originKey struct {
	resource *Resource
	scope    xxh3.Uint128
}

const (
	// resourceOverhead and originOverhead are what a resource and an origin cost
	// beside their encoding, with their entries in the table, in bytes.
	resourceOverhead = 160
	originOverhead   = 144
)

// origins is the table of what is referred to. The zero value is empty.
type origins struct {
	mu        sync.Mutex
	resources map[xxh3.Uint128]*Resource
	origins   map[originKey]*origin
}

// acquire returns the one origin of this encoding, with a reference for the
// caller, and the bytes that it adds to what is held.
func (t *origins) acquire(resource, scope []byte) (o *origin, added int) {
	key := xxh3.Hash128(resource)
	t.mu.Lock()
	defer t.mu.Unlock()
	r := t.resources[key]
	if r == nil {
		if t.resources == nil {
			t.resources = make(map[xxh3.Uint128]*Resource)
			t.origins = make(map[originKey]*origin)
		}
		r = &Resource{encoding: string(resource), key: key}
		t.resources[key] = r
		added += len(resource) + resourceOverhead
	}
	of := originKey{r, xxh3.Hash128(scope)}
	o = t.origins[of]
	if o == nil {
		o = &origin{resource: r, scope: string(scope), key: of}
		t.origins[of] = o
		r.refs++
		added += len(scope) + originOverhead
	}
	o.refs++
	return o, added
}

// refer adds a reference to an origin that has one.
func (t *origins) refer(o *origin, n int) {
	t.mu.Lock()
	o.refs += n
	t.mu.Unlock()
}

// release gives up n references, and returns the bytes that are freed.
func (t *origins) release(o *origin, n int) (freed int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	o.refs -= n
	if o.refs > 0 {
		return 0
	}
	delete(t.origins, o.key)
	freed = len(o.scope) + originOverhead
	r := o.resource
	r.refs--
	if r.refs == 0 {
		delete(t.resources, r.key)
		freed += len(r.encoding) + resourceOverhead
	}
	return freed
}

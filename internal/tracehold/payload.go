package tracehold

import (
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// Payload collects what is held of several traces into one payload. Each
// resource and scope is in it once, in the order of their first item; the items
// of one scope are in the order in which they were added. The zero value is
// empty. The traces must not be released before the payload is built.
type Payload struct {
	resources []payloadResource
	byOrigin  map[*origin]place
	byRes     map[*Resource]int
	size      int
}

// place is a scope's position in a payload.
type place struct{ resource, scope int }

type payloadResource struct {
	resource *Resource
	scopes   []payloadScope
}

type payloadScope struct {
	origin *origin
	items  []string
	size   int
}

// Size is about what the payload has as OTLP, in bytes.
func (p *Payload) Size() int { return p.size }

// AddSpans adds the trace's spans from the resources that only accepts.
func (p *Payload) AddSpans(t *Trace, only func(*Resource) bool) { p.add(&t.spans, only) }

// AddRecords adds the trace's log records from the resources that only accepts.
func (p *Payload) AddRecords(t *Trace, only func(*Resource) bool) { p.add(&t.logs, only) }

func (p *Payload) add(l *fragments, only func(*Resource) bool) {
	for f := l.first; f != nil; f = f.next {
		if only == nil || only(f.origin.resource) {
			p.addFragment(f)
		}
	}
}

func (p *Payload) addFragment(f *fragment) {
	at, ok := p.byOrigin[f.origin]
	if !ok {
		at = p.open(f.origin)
	}
	s := &p.resources[at.resource].scopes[at.scope]
	s.items = append(s.items, f.data)
	s.size += len(f.data)
	p.size += len(f.data)
}

// open makes the place for an origin.
func (p *Payload) open(o *origin) place {
	if p.byOrigin == nil {
		p.byOrigin, p.byRes = make(map[*origin]place), make(map[*Resource]int)
	}
	i, ok := p.byRes[o.resource]
	if !ok {
		i = len(p.resources)
		p.resources = append(p.resources, payloadResource{resource: o.resource})
		p.byRes[o.resource] = i
		p.size += len(o.resource.encoding)
	}
	r := &p.resources[i]
	at := place{i, len(r.scopes)}
	r.scopes = append(r.scopes, payloadScope{origin: o, size: len(o.scope)})
	p.byOrigin[o] = at
	p.size += len(o.scope)
	return at
}

// Traces decodes the payload.
func (p *Payload) Traces() (ptrace.Traces, error) {
	return (&ptrace.ProtoUnmarshaler{}).UnmarshalTraces(p.encode())
}

// Logs decodes the payload, which has log records.
func (p *Payload) Logs() (plog.Logs, error) {
	return (&plog.ProtoUnmarshaler{}).UnmarshalLogs(p.encode())
}

func (p *Payload) encode() []byte {
	total := 0
	sizes := make([]int, len(p.resources))
	for i := range p.resources {
		r := &p.resources[i]
		sizes[i] = len(r.resource.encoding)
		for j := range r.scopes {
			sizes[i] += sizeOfPart(r.scopes[j].size)
		}
		total += sizeOfPart(sizes[i])
	}
	b := make([]byte, 0, total)
	for i := range p.resources {
		r := &p.resources[i]
		b = appendHead(b, tagResources, sizes[i])
		b = append(b, r.resource.encoding...)
		for j := range r.scopes {
			s := &r.scopes[j]
			b = appendHead(b, tagParts, s.size)
			b = append(b, s.origin.scope...)
			for _, item := range s.items {
				b = append(b, item...)
			}
		}
	}
	return b
}

package tracehold

import (
	"github.com/zeebo/xxh3"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// Inspect says which facts hold of the spans of a resource. It is called once
// per resource and returns what holds of the resource and, unless that is nil,
// what to ask of each span.
type Inspect func(resource ptrace.ResourceSpans) (Facts, func(ptrace.ScopeSpans, ptrace.Span) Facts)

// Cut cuts a payload of spans into its traces. The payload is only read. The
// batch is for Enter.
func (s *Store[V]) Cut(td ptrace.Traces, inspect Inspect) (*Batch, error) {
	encoded, err := (&ptrace.ProtoMarshaler{}).MarshalTraces(td)
	if err != nil {
		return nil, err
	}
	b := batches.Get().(*Batch)
	return s.cut(b, encoded, td.ResourceSpans().Len(), func(i int) scopes {
		rs := td.ResourceSpans().At(i)
		facts, ask := inspect(rs)
		return scopes{
			n:     rs.ScopeSpans().Len(),
			items: func(j int) int { return rs.ScopeSpans().At(j).Spans().Len() },
			link: func(j int, o *origin) {
				ss := rs.ScopeSpans().At(j)
				for k := range ss.Spans().Len() {
					span := ss.Spans().At(k)
					found := facts
					if ask != nil {
						found |= ask(ss, span)
					}
					p := b.find(span.TraceID())
					b.link(p, int32(k)) // A payload has fewer than 2^31 items.
					b.pieces[p].features.add(span, o.resource, found, len(b.scope.parts[k].raw))
				}
			},
		}
	})
}

// CutLogs cuts the log records that carry a trace ID out of a payload, by their
// traces. The payload is only read. The batch is for Enter.
func (s *Store[V]) CutLogs(ld plog.Logs) (*Batch, error) {
	encoded, err := (&plog.ProtoMarshaler{}).MarshalLogs(ld)
	if err != nil {
		return nil, err
	}
	b := batches.Get().(*Batch)
	return s.cut(b, encoded, ld.ResourceLogs().Len(), func(i int) scopes {
		rl := ld.ResourceLogs().At(i)
		return scopes{
			n:     rl.ScopeLogs().Len(),
			items: func(j int) int { return rl.ScopeLogs().At(j).LogRecords().Len() },
			link: func(j int, _ *origin) {
				records := rl.ScopeLogs().At(j).LogRecords()
				for k := range records.Len() {
					id := records.At(k).TraceID()
					if id.IsEmpty() {
						continue
					}
					p := b.find(id)
					b.link(p, int32(k)) // As above.
					b.pieces[p].logs = true
					b.pieces[p].features.Records++
					b.pieces[p].features.Bytes += len(b.scope.parts[k].raw)
				}
			},
		}
	})
}

// scopes is how cut goes through the scopes of one resource.
type scopes struct {
	n     int
	items func(j int) int
	link  func(j int, o *origin)
}

// cut walks the encoding of a payload of n resources side by side with the
// payload.
func (s *Store[V]) cut(b *Batch, encoded []byte, n int, resource func(i int) scopes) (*Batch, error) {
	resources, _, err := parts(make([]part, 0, n), encoded, fieldResources)
	if err == nil && len(resources) != n {
		err = errWire
	}
	var list []part
	for i := range resources {
		if err != nil {
			break
		}
		in := resource(i)
		var head []byte
		if list, head, err = parts(list[:0], resources[i].body, fieldParts); err == nil {
			err = s.cutScopes(b, in, head, list)
		}
	}
	if err != nil {
		s.Drop(b)
		return nil, err
	}
	return b, nil
}

func (s *Store[V]) cutScopes(b *Batch, in scopes, resource []byte, list []part) error {
	if len(list) != in.n {
		return errWire
	}
	for j := range list {
		scope, err := b.beginScope(list[j].body, in.items(j))
		if err != nil {
			return err
		}
		o, added := s.table.acquire(resource, scope)
		s.used.Add(int64(added))
		b.origins = append(b.origins, o)
		in.link(j, o)
		s.table.refer(o, b.finishScope(o))
	}
	return nil
}

// Drop gives up a batch, for which there is no room reserved.
func (s *Store[V]) Drop(b *Batch) {
	freed := 0
	for i := range b.pieces {
		freed += s.unrefer(b.pieces[i].fragments)
	}
	for _, o := range b.origins {
		freed += s.table.release(o, 1)
	}
	s.used.Add(-int64(freed))
	b.recycle()
}

// unrefer gives up the references of fragments, and returns the bytes that
// origins free.
func (s *Store[V]) unrefer(l fragments) (freed int) {
	var of *origin
	n := 0
	for f := l.first; f != nil; f = f.next {
		if f.origin != of {
			if n > 0 {
				freed += s.table.release(of, n)
			}
			of, n = f.origin, 0
		}
		n++
	}
	if n > 0 {
		freed += s.table.release(of, n)
	}
	return freed
}

func hashName(name string) uint64 { return xxh3.HashString(name) }

// Package streamname knows what a stream may be called and how its name
// travels with the data: as client metadata in the context, which the export
// helper's queues persist and can partition by.
package streamname

import (
	"context"
	"fmt"
	"regexp"

	"go.opentelemetry.io/collector/client"
)

// MetadataKey is the client metadata key that holds the name of the stream
// that a payload was routed to. The router overwrites what a sender put there.
const MetadataKey = "datastream"

// MaxLength is the largest length of a stream name, in bytes. It keeps names
// usable as pipeline names, path elements and Kubernetes labels.
const MaxLength = 63

var pattern = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?$`)

// Validate reports why name cannot name a stream, or nil.
func Validate(name string) error {
	switch {
	case name == "":
		return fmt.Errorf("a stream needs a name")
	case len(name) > MaxLength:
		return fmt.Errorf("stream name %q has %d characters, the limit is %d", name, len(name), MaxLength)
	case !pattern.MatchString(name):
		return fmt.Errorf("stream name %q may hold letters, digits, '-', '_' and '.', and starts and ends with a letter or digit", name)
	}
	return nil
}

// FromContext returns the name of the stream that the payload of ctx was
// routed to, or "" if no router has seen it.
func FromContext(ctx context.Context) string {
	if v := client.FromContext(ctx).Metadata.Get(MetadataKey); len(v) > 0 {
		return v[0]
	}
	return ""
}

// Stamp writes one stream's name into contexts. The zero value is not usable;
// a Stamp is immutable and safe for concurrent use.
type Stamp struct {
	name string
	// bare is the metadata of a client that sent none, by far the usual case.
	bare client.Metadata
}

// NewStamp returns a Stamp for the stream name.
func NewStamp(name string) *Stamp {
	return &Stamp{name: name, bare: client.NewMetadata(map[string][]string{MetadataKey: {name}})}
}

// Context returns ctx with the stream's name added to its client metadata.
// All other client information stays.
func (s *Stamp) Context(ctx context.Context) context.Context {
	info := client.FromContext(ctx)
	info.Metadata = s.metadata(info.Metadata)
	return client.NewContext(ctx, info)
}

// Value returns what Context(ctx).Value(key) does. A context that asks it for
// its values is stamped without the cost of one that may never be asked.
func (s *Stamp) Value(ctx context.Context, key any) any {
	if key != infoKey {
		return ctx.Value(key)
	}
	info := client.FromContext(ctx)
	info.Metadata = s.metadata(info.Metadata)
	return info
}

// infoKey is the key, private to its package, under which a context holds the
// client's information.
var infoKey = func() any {
	var k keyhole
	client.FromContext(&k)
	return k.key
}()

// keyhole is a context that shows the key it is asked for.
type keyhole struct {
	context.Context
	key any
}

// Value implements context.Context.
func (k *keyhole) Value(key any) any {
	k.key = key
	return nil
}

func (s *Stamp) metadata(m client.Metadata) client.Metadata {
	var all map[string][]string
	for key := range m.Keys() {
		if all == nil {
			all = make(map[string][]string)
		}
		all[key] = m.Get(key)
	}
	if all == nil {
		return s.bare
	}
	all[MetadataKey] = []string{s.name}
	return client.NewMetadata(all)
}

package feed

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/compile"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/document"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/match"
)

// View is what a document says of the things that a snapshot has numbers for. It
// is immutable and safe for concurrent use.
type View struct {
	Streams      []string
	Destinations []Exporter
	// Identity are the attributes that name a source; nil for the usual ones.
	Identity []string
	// Metrics is host and port of the collector's own metrics.
	Metrics string

	table *match.Table
}

// Exporter is a destination and the exporter that it becomes.
type Exporter struct{ Name, Type, ID string }

// NewView returns the view of a document that has no errors.
func NewView(d *document.Document) (*View, error) {
	v := &View{
		Streams: d.Streams.Names(), Identity: d.Settings.SourceIdentity,
		Metrics: cmp.Or(d.Settings.MetricsEndpoint.Text, "127.0.0.1:8888"),
	}
	for _, e := range d.Destinations {
		v.Destinations = append(v.Destinations, Exporter{Name: e.Name, Type: e.Value.Type, ID: e.Value.Type + "/" + e.Name})
	}
	var err error
	v.table, err = tableOf(d)
	return v, err
}

func tableOf(d *document.Document) (*match.Table, error) {
	parser := compile.Selectors()
	rules := make([]match.Stream, len(d.Streams))
	for i, e := range d.Streams {
		s := match.Stream{Default: e.Name == document.Default, Observe: e.Value.Mode == document.Observe}
		for _, list := range []struct {
			from []document.Selector
			to   *[]match.Clause
		}{{e.Value.Sources, &s.Select}, {e.Value.Exclude, &s.Exclude}} {
			for _, selector := range list.from {
				clause, err := parser.Clause(selector.Value)
				if err != nil {
					return nil, fmt.Errorf("streams.%s: %w", e.Name, err)
				}
				*list.to = append(*list.to, clause)
			}
		}
		rules[i] = s
	}
	mode := match.AllStreams
	if d.Match == document.First {
		mode = match.FirstStream
	}
	return match.Compile(rules, mode), nil
}

// Match returns the streams that take a resource, and those that only count it.
func (v *View) Match(attributes pcommon.Map) (streams, observers []string) {
	resource := pcommon.NewResource()
	attributes.CopyTo(resource.Attributes())
	set := v.table.MatchResource(resource)
	return v.names(set.Streams), v.names(set.Observed)
}

// Explain tells for each stream whether it takes a resource, and why.
func (v *View) Explain(resource pcommon.Resource) (match.Explanation, string) {
	x := v.table.Explain(resource)
	return x, x.Text(func(stream int) string { return v.Streams[stream] })
}

func (v *View) names(streams []int) []string {
	names := make([]string, len(streams))
	for i, s := range streams {
		names[i] = v.Streams[s]
	}
	return names
}

// exporterOf returns the destination that an exporter's id belongs to.
func (v *View) exporterOf(id string) (int, bool) {
	id, _, _ = strings.Cut(id, "@")
	i := slices.IndexFunc(v.Destinations, func(e Exporter) bool { return e.ID == id })
	return i, i >= 0
}

// Package starter writes documents for people who have none yet: from a few
// answers, or from the configuration of a Collector.
package starter

import (
	"bytes"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Draft is what a document is written from. Lists are in the order in which
// they are written.
type Draft struct {
	// Notes are written as comments at the top.
	Notes        []string
	Receivers    map[string]any // nil for the default
	Match        string         // empty for the default
	Actions      []any
	Destinations []Destination
	Streams      []Stream
	Tests        []Test
}

// Destination is one destination of a draft.
type Destination struct {
	Name, Type string
	Config     map[string]any
	Signals    []string // nil for all that the exporter takes
}

// Stream is one stream of a draft.
type Stream struct {
	Name         string
	Note         string
	Sources      []map[string]any
	Signals      []string
	Actions      []any
	Destinations []string

	flows []passage // of the pipelines that the stream was made of
}

// Test is one test of a draft.
type Test struct {
	Resource map[string]string
	Expect   []string
}

const header = `# yaml-language-server: $schema=https://raw.githubusercontent.com/otelcol-datastreams/otelcol-datastreams/main/schema/datastreams.schema.json
# Check it:   datastreams validate && datastreams test
# Try it:     datastreams explain --resource service.name=cart
# Run it:     otelcol-datastreams --config datastreams:datastreams.yaml
`

// YAML returns the document.
func (d Draft) YAML() ([]byte, error) {
	root := mapping("version", 1)
	if d.Receivers != nil {
		put(root, "receivers", d.Receivers)
	}
	if len(d.Actions) > 0 {
		put(root, "actions", d.Actions)
	}
	destinations := mapping()
	for _, e := range d.Destinations {
		n := mapping(e.Type, e.Config)
		if len(e.Signals) > 0 {
			put(n, "signals", flow(e.Signals))
		}
		put(destinations, e.Name, n)
	}
	put(root, "destinations", destinations)
	if d.Match != "" {
		put(root, "match", d.Match)
	}
	streams := mapping()
	for _, s := range d.Streams {
		put(streams, s.Name, s.node())
		streams.Content[len(streams.Content)-2].HeadComment = s.Note
	}
	put(root, "streams", streams)
	if len(d.Tests) > 0 {
		put(root, "tests", d.tests())
	}
	var b bytes.Buffer
	b.WriteString(header)
	for _, note := range d.Notes {
		fmt.Fprintf(&b, "# Note: %s\n", strings.ReplaceAll(note, "\n", " "))
	}
	encoder := yaml.NewEncoder(&b)
	encoder.SetIndent(2)
	if err := encoder.Encode(root); err != nil {
		return nil, err
	}
	return b.Bytes(), encoder.Close()
}

func (s Stream) node() *yaml.Node {
	n := mapping()
	if len(s.Sources) > 0 {
		put(n, "sources", s.Sources)
	}
	if len(s.Signals) > 0 {
		put(n, "signals", flow(s.Signals))
	}
	if len(s.Actions) > 0 {
		put(n, "actions", s.Actions)
	}
	put(n, "destinations", flow(s.Destinations))
	return n
}

func (d Draft) tests() *yaml.Node {
	list := &yaml.Node{Kind: yaml.SequenceNode}
	for _, t := range d.Tests {
		list.Content = append(list.Content, mapping("resource", t.Resource, "expect", flow(t.Expect)))
	}
	return list
}

// mapping returns a mapping of keys and values, in the order given.
func mapping(pairs ...any) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	for i := 0; i+1 < len(pairs); i += 2 {
		put(n, pairs[i].(string), pairs[i+1])
	}
	return n
}

func put(to *yaml.Node, key string, value any) {
	k := new(yaml.Node)
	k.SetString(key)
	to.Content = append(to.Content, k, node(value))
}

func node(value any) *yaml.Node {
	if n, ok := value.(*yaml.Node); ok {
		return n
	}
	n := new(yaml.Node)
	if err := n.Encode(value); err != nil {
		panic(err) // Values come from YAML, or are made here.
	}
	return n
}

// flow is a list in one line.
func flow(items []string) *yaml.Node {
	n := node(items)
	n.Style = yaml.FlowStyle
	return n
}

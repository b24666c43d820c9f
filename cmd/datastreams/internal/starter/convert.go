package starter

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// FromCollector makes a draft of a Collector's configuration: routes of a routing
// connector become streams, as far as they are about resources. What is left out
// stands in the draft's notes.
func FromCollector(data []byte) (Draft, error) {
	var c collector
	if err := yaml.Unmarshal(data, &c.raw); err != nil {
		return Draft{}, fmt.Errorf("not a configuration of the Collector: %w", err)
	}
	c.pipelines = section(section(c.raw, "service"), "pipelines")
	if len(c.pipelines) == 0 {
		return Draft{}, errors.New("not a configuration of the Collector: it has no service.pipelines")
	}
	c.names = make(map[string]string)
	routers := c.routers()
	if len(routers) == 0 {
		c.withoutRouter()
	}
	for i, id := range routers {
		if i > 0 {
			c.note("of several routing connectors only %s was read; %s was left out", routers[0], id)
			continue
		}
		c.draft.Match = "first"
		c.router(id)
	}
	c.restrict()
	return c.draft, nil
}

// collector is a configuration that is being converted.
type collector struct {
	raw, pipelines map[string]any
	draft          Draft
	names          map[string]string // of destinations, by exporter id
	receivers      map[string]any
	taken          []string // names of destinations
}

func (c *collector) note(format string, args ...any) {
	if text := fmt.Sprintf(format, args...); !slices.Contains(c.draft.Notes, text) {
		c.draft.Notes = append(c.draft.Notes, text)
	}
}

// routers returns the ids of routing connectors.
func (c *collector) routers() []string {
	var ids []string
	for _, id := range slices.Sorted(maps.Keys(section(c.raw, "connectors"))) {
		if kind, _, _ := strings.Cut(id, "/"); kind == "routing" {
			ids = append(ids, id)
		}
	}
	return ids
}

// router makes streams of one routing connector's table.
func (c *collector) router(id string) {
	config := section(section(c.raw, "connectors"), id)
	c.inputs(id)
	table, _ := config["table"].([]any)
	for i, item := range table {
		route, _ := item.(map[string]any)
		s, err := c.route(route)
		if err != nil {
			c.note("route %d was left out: %v", i+1, err)
			continue
		}
		c.add(s)
	}
	if pipelines := texts(config["default_pipelines"]); len(pipelines) > 0 {
		s := c.stream("default", pipelines)
		s.Name = "default"
		c.draft.Streams = append(c.draft.Streams, s)
	}
	if c.receivers != nil {
		c.draft.Receivers = c.receivers
	}
}

func (c *collector) route(route map[string]any) (Stream, error) {
	condition, _ := route["condition"].(string)
	if statement, ok := route["statement"].(string); ok {
		_, condition, _ = strings.Cut(statement, " where ")
	}
	context, _ := route["context"].(string)
	if condition == "" {
		return Stream{}, errors.New("it has no condition")
	}
	if context != "" && context != "resource" {
		return Stream{}, fmt.Errorf("it looks at the %s, and streams are of resources: %s", context, condition)
	}
	if route["action"] == "copy" {
		c.note("a route with action copy became a stream that comes first; use `match: all` if the routes after it are to get its data, too")
	}
	pipelines := texts(route["pipelines"])
	s := c.stream(streamName(pipelines), pipelines)
	s.Sources = sourcesOf(condition)
	return s, nil
}

// streamName is the name that a route's pipelines have in common, or that of the first.
func streamName(pipelines []string) string {
	for _, id := range pipelines {
		if _, name, ok := strings.Cut(id, "/"); ok {
			return clean(name)
		}
	}
	return "stream"
}

// add appends a stream, under a name that no other has. Routes to the same
// pipelines are alternatives of one stream.
func (c *collector) add(s Stream) {
	for i := range c.draft.Streams {
		o := &c.draft.Streams[i]
		if o.Name == s.Name && slices.Equal(o.Destinations, s.Destinations) && slices.Equal(o.Signals, s.Signals) && i == len(c.draft.Streams)-1 {
			o.Sources = append(o.Sources, s.Sources...)
			return
		}
	}
	name := s.Name
	for n := 2; name == "in" || name == "default" || slices.ContainsFunc(c.draft.Streams, func(o Stream) bool { return o.Name == name }); n++ {
		name = fmt.Sprintf("%s-%d", s.Name, n)
	}
	s.Name = name
	c.draft.Streams = append(c.draft.Streams, s)
}

// withoutRouter makes everything that leaves the collector the stream default.
func (c *collector) withoutRouter() {
	c.note("there is no routing connector: all became the stream default")
	ids := slices.Sorted(maps.Keys(c.pipelines))
	for _, id := range ids {
		for _, r := range texts(section(c.pipelines, id)["receivers"]) {
			c.receiver(r)
		}
	}
	c.draft.Streams = []Stream{c.stream("default", ids)}
	c.draft.Receivers = c.receivers
}

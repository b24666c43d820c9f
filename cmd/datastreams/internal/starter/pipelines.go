package starter

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// inputs takes over the pipelines that lead to a router: their receivers, and
// their processors as global actions.
func (c *collector) inputs(router string) {
	var processors []string
	for _, id := range slices.Sorted(maps.Keys(c.pipelines)) {
		p := section(c.pipelines, id)
		if !slices.Contains(texts(p["exporters"]), router) {
			continue
		}
		for _, r := range texts(p["receivers"]) {
			c.receiver(r)
		}
		for _, e := range texts(p["exporters"]) {
			if e != router {
				c.note("pipeline %s also exports to %s, before the router: that was left out", id, e)
			}
		}
		for _, name := range texts(p["processors"]) {
			if !slices.Contains(processors, name) {
				processors = append(processors, name)
			}
		}
	}
	c.draft.Actions = c.actions(processors)
}

func (c *collector) receiver(id string) {
	config, ok := section(c.raw, "receivers")[id]
	if !ok {
		return // A connector.
	}
	if c.receivers == nil {
		c.receivers = make(map[string]any)
	}
	c.receivers[id] = config
}

// stream makes a stream of pipelines: their exporters become its destinations,
// their processors its actions.
func (c *collector) stream(name string, pipelines []string) Stream {
	s := Stream{Name: name}
	var processors, exporters []string
	for _, id := range pipelines {
		p := section(c.pipelines, id)
		if p == nil {
			c.note("there is no pipeline %s", id)
			continue
		}
		signal, _, _ := strings.Cut(id, "/")
		s.Signals = union(s.Signals, signal)
		flow := passage{signal: signal}
		for _, name := range texts(p["processors"]) {
			processors = union(processors, name)
			flow.processes = append(flow.processes, name)
		}
		for _, e := range texts(p["exporters"]) {
			if _, connector := section(c.raw, "connectors")[e]; connector {
				c.note("pipeline %s goes on to the connector %s: that was left out", id, e)
				continue
			}
			exporters = union(exporters, e)
			flow.destinations = append(flow.destinations, c.destination(e))
		}
		s.flows = append(s.flows, flow)
	}
	for _, flow := range s.flows {
		if !slices.Equal(flow.processes, s.flows[0].processes) {
			c.note("the pipelines of stream %s have different processors: as actions they are for all of its signals", name)
		}
	}
	s.Signals = inOrder(s.Signals)
	s.Actions = c.actions(processors)
	for _, e := range exporters {
		s.Destinations = append(s.Destinations, c.destination(e))
	}
	return s
}

// inOrder returns the signals in their usual order.
func inOrder(signals []string) []string {
	return slices.DeleteFunc([]string{"traces", "metrics", "logs", "profiles"}, func(s string) bool { return !slices.Contains(signals, s) })
}

func union(list []string, item string) []string {
	if slices.Contains(list, item) {
		return list
	}
	return append(list, item)
}

// actions turns processors into actions, but for those that the compiler has
// its own of.
func (c *collector) actions(processors []string) []any {
	var actions []any
	for _, id := range processors {
		kind, _, _ := strings.Cut(id, "/")
		switch kind {
		case "memory_limiter":
			continue
		case "batch":
			c.note("the batch processor was left out: the queues of destinations batch")
			continue
		}
		actions = append(actions, map[string]any{"processor": map[string]any{kind: section(c.raw, "processors")[id]}})
	}
	return actions
}

// types are exporter types under the names that they have now.
var types = map[string]string{
	"otlp": "otlp_grpc", "otlphttp": "otlp_http", "prometheusremotewrite": "prometheus_remote_write", "loadbalancing": "load_balancing",
}

// destination returns the name of an exporter's destination.
func (c *collector) destination(id string) string {
	if name, ok := c.names[id]; ok {
		return name
	}
	kind, name, _ := strings.Cut(id, "/")
	if now, ok := types[kind]; ok {
		kind = now
	}
	if name == "" {
		name = kind
	}
	name = clean(name)
	for n := 2; slices.Contains(c.taken, name); n++ {
		name = fmt.Sprintf("%s-%d", clean(name), n)
	}
	c.taken = append(c.taken, name)
	c.names[id] = name
	config := maps.Clone(section(section(c.raw, "exporters"), id))
	for _, key := range []string{"sending_queue", "retry_on_failure"} {
		if _, ok := config[key]; ok {
			delete(config, key)
			c.note("%s of exporter %s was left out: destinations have a queue on disk, and retry without end", key, id)
		}
	}
	c.draft.Destinations = append(c.draft.Destinations, Destination{Name: name, Type: kind, Config: config})
	return name
}

var unclean = regexp.MustCompile(`[^A-Za-z0-9_.-]+`)

// clean makes a name that streams and destinations can have.
func clean(name string) string {
	name = strings.Trim(unclean.ReplaceAllString(name, "-"), "-_.")
	if name == "" {
		return "x"
	}
	return name[:min(len(name), 60)]
}

// section returns the mapping at a key, nil for none.
func section(of map[string]any, key string) map[string]any {
	m, _ := of[key].(map[string]any)
	return m
}

// texts returns the texts of a list.
func texts(v any) []string {
	list, _ := v.([]any)
	var all []string
	for _, item := range list {
		if text, ok := item.(string); ok {
			all = append(all, text)
		}
	}
	return all
}

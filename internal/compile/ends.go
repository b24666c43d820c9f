package compile

import (
	"slices"
	"strings"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/document"
)

// Graph is the pipelines of a Collector's configuration. It is immutable.
type Graph struct {
	connectors map[string]any
	pipelines  map[string]any
	behind     map[string][]string // the pipelines that list it as a receiver, sorted, by component
}

// NewGraph returns the graph of a configuration, which must not change from then
// on. What is malformed in it is not part of the graph.
func NewGraph(config map[string]any) *Graph {
	g := &Graph{
		connectors: section(config, "connectors"), pipelines: section(section(config, "service"), "pipelines"),
		behind: make(map[string][]string),
	}
	for _, key := range sortedKeys(g.pipelines) {
		receivers, _ := section(g.pipelines, key)["receivers"].([]any)
		for _, r := range receivers {
			if id, ok := r.(string); ok {
				g.behind[id] = append(g.behind[id], key)
			}
		}
	}
	return g
}

// Behind returns the pipelines that list the component as a receiver, sorted.
func (g *Graph) Behind(id string) []string { return g.behind[id] }

// Ends returns where the data of a pipeline, such as traces/checkout, ends up:
// the exporters behind those that it lists, also behind connectors. Where a
// connector makes another signal of it, the end is written as in
// `metrics:otlp_grpc/tempo`: it is not the data itself that the exporter gets.
// Connectors called except count as exporters.
func (g *Graph) Ends(pipeline string, except func(id string) bool) []any {
	signal, _, _ := strings.Cut(pipeline, "/")
	w := walk{Graph: g, signal: signal, except: except}
	w.from(pipeline)
	return w.ends
}

func section(of map[string]any, key string) map[string]any {
	m, _ := of[key].(map[string]any)
	return m
}

// walk follows a pipeline to its ends.
type walk struct {
	*Graph
	signal string
	except func(id string) bool
	seen   []string // connectors, by signal
	ends   []any
}

// from goes on where a pipeline ends.
func (w *walk) from(pipeline string) {
	signal, _, _ := strings.Cut(pipeline, "/")
	exporters, _ := section(w.pipelines, pipeline)["exporters"].([]any)
	for _, item := range exporters {
		id, _ := item.(string)
		if _, ok := w.connectors[id]; ok && !w.except(id) {
			w.through(signal, id)
			continue
		}
		if signal != w.signal {
			item = signal + ":" + id
		}
		if !slices.Contains(w.ends, item) {
			w.ends = append(w.ends, item)
		}
	}
}

// through goes on in the pipelines behind a connector that gets the signal.
func (w *walk) through(signal, connector string) {
	if slices.Contains(w.seen, signal+" "+connector) {
		return
	}
	w.seen = append(w.seen, signal+" "+connector)
	for _, pipeline := range w.behind[connector] {
		next, _, _ := strings.Cut(pipeline, "/")
		if next == signal || !passesOn(connector) {
			w.from(pipeline)
		}
	}
}

// passesOn reports whether a connector hands on what it gets, so that it makes
// no other signal of one.
func passesOn(connector string) bool {
	kind, _, _ := strings.Cut(connector, "/")
	return kind == fanOutType || kind == "forward"
}

// end is an end of a stream's pipeline, as Ends writes it.
type end string

// what says what an end gets of data.
func (e end) what(data string) string {
	if signal, _, ok := strings.Cut(string(e), ":"); ok {
		return "the " + signal + " of " + data
	}
	return data
}

// remedy says what to do if two streams have the end.
func (e end) remedy() string {
	if strings.Contains(string(e), ":") {
		return "make them in one of the streams, or in a global action, or change the sources of one of them"
	}
	return "set `dedupe: per_destination`, or change the sources of one of them"
}

// destinationOf returns the name of the destination that an end is.
func (c *compiler) destinationOf(e end) string {
	id := string(e)
	if _, behind, ok := strings.Cut(id, ":"); ok {
		id = behind
	}
	for _, x := range c.exporters {
		if x.id == id {
			return x.name
		}
	}
	return id
}

// ends returns those of each stream, by signal.
func (c *compiler) ends() []map[string][]end {
	graph := NewGraph(c.config)
	router := func(id string) bool { return id == Router }
	all := make([]map[string][]end, len(c.plans))
	for i, p := range c.plans {
		all[i] = make(map[string][]end)
		for _, signal := range p.signals {
			for _, e := range graph.Ends(signal+"/"+p.name, router) {
				text, _ := e.(string)
				all[i][signal] = append(all[i][signal], end(text))
			}
		}
	}
	return all
}

// distinctEnds returns the ends of all of the signals, each once.
func distinctEnds(signals []string, ends map[string][]end) []end {
	var all []end
	for _, signal := range signals {
		for _, e := range ends[signal] {
			if !slices.Contains(all, e) {
				all = append(all, e)
			}
		}
	}
	return all
}

// sharesEnd reports whether two streams have an end in common for some of the
// signals.
func sharesEnd(e end, signals []string, a, b map[string][]end) bool {
	return slices.ContainsFunc(signals, func(s string) bool { return slices.Contains(a[s], e) && slices.Contains(b[s], e) })
}

// checkDedupe reports what `dedupe: per_destination` cannot keep: a pipeline
// gets a payload for all of its exporters, or not at all.
func (c *compiler) checkDedupe() {
	if c.doc.Dedupe != document.PerDestination || c.doc.Match == document.First {
		return
	}
	ends := c.ends()
	for i, p := range c.plans {
		for j, earlier := range c.plans[:i] {
			if e := partlyShared(p.signals, ends[j], ends[i]); e != "" {
				c.fail(p.place, "list it in a stream of its own, with the same sources",
					"`dedupe: per_destination`: %s also one of %q, but this stream has others, too", c.described(e), earlier.name)
			}
		}
	}
}

// described names an end as a destination of a stream.
func (c *compiler) described(e end) string {
	name := c.destinationOf(e)
	if signal, _, ok := strings.Cut(string(e), ":"); ok {
		return "destination \"" + name + "\" of " + signal + " that are made here is"
	}
	return "destination \"" + name + "\" is"
}

// partlyShared returns an end that both streams have, if the second one has
// others for the same signal.
func partlyShared(signals []string, first, second map[string][]end) end {
	for _, signal := range signals {
		var both, only []end
		for _, e := range second[signal] {
			if slices.Contains(first[signal], e) {
				both = append(both, e)
			} else {
				only = append(only, e)
			}
		}
		if len(both) > 0 && len(only) > 0 {
			return both[0]
		}
	}
	return ""
}

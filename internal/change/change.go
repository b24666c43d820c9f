// Package change says what it takes to get from one compiled document to
// another: nothing, new membership tables in the routers, or a reload of the
// collector's graph. It is a pure function; equal inputs give equal texts.
package change

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/compile"
)

// Kind is what a change takes.
type Kind string

// The kinds, by what they cost.
const (
	// None: titles, comments, tests; the collector does not notice.
	None Kind = "none"
	// Membership: the routers swap their tables while data flows.
	Membership Kind = "membership"
	// Graph: pipelines stop and start, and senders are refused meanwhile.
	Graph Kind = "graph"
)

// Change is the way from one document to another.
type Change struct {
	Kind Kind
	// Summary is one line per difference, for people. It is empty for None.
	Summary []string
}

// Classify compares what two documents compile to.
func Classify(from, to compile.Result) Change {
	if reflect.DeepEqual(from.Config, to.Config) && from.Journal == to.Journal {
		return Change{Kind: None}
	}
	before, after := routerOf(from), routerOf(to)
	streams, hot := compareRouters(before, after)
	rest := compareRest(from, to)
	if hot && len(rest) == 0 {
		return Change{Kind: Membership, Summary: streams}
	}
	return Change{Kind: Graph, Summary: append(streams, rest...)}
}

// hotKeys are the keys of a stream in the router that change while data flows,
// and what people call them.
var hotKeys = map[string]string{
	"select": "sources", "exclude": "exclude", "observe": "mode", "paused": "mode",
}

// compareRouters describes how two routers differ, and whether a running one
// can become the other.
func compareRouters(before, after map[string]any) (summary []string, hot bool) {
	hot = true
	for _, key := range differing(before, after) {
		switch key {
		case "streams":
		case "match":
			summary = append(summary, fmt.Sprintf("match is now %s", orAll(after["match"])))
		default:
			summary, hot = append(summary, fmt.Sprintf("router: %s changed", key)), false
		}
	}
	old, now := streamsOf(before), streamsOf(after)
	names := union(old, now)
	for _, name := range names {
		a, b := old[name], now[name]
		switch {
		case a == nil:
			summary, hot = append(summary, "stream "+name+" is new"), false
		case b == nil:
			summary, hot = append(summary, "stream "+name+" is gone"), false
		default:
			lines, swappable := compareStreams(name, a, b)
			summary, hot = append(summary, lines...), hot && swappable
		}
	}
	if len(names) == len(old) && len(names) == len(now) && !slices.Equal(order(before), order(after)) {
		summary = append(summary, "the order of the streams changed")
	}
	return summary, hot
}

func compareStreams(name string, before, after map[string]any) (summary []string, hot bool) {
	hot = true
	var what []string
	for _, key := range differing(before, after) {
		label, ok := hotKeys[key]
		if !ok {
			label, hot = key, false
		}
		if label == "mode" {
			label = "mode is now " + modeOf(after)
		} else {
			label += " changed"
		}
		if !slices.Contains(what, label) {
			what = append(what, label)
		}
	}
	for _, w := range what {
		summary = append(summary, "stream "+name+": "+w)
	}
	return summary, hot
}

func modeOf(stream map[string]any) string {
	switch {
	case stream["observe"] == true:
		return "observe"
	case stream["paused"] == true:
		return "paused"
	}
	return "deliver"
}

func orAll(match any) any {
	if match == nil {
		return "all"
	}
	return match
}

// sections are the parts of a configuration whose entries are components.
var sections = map[string]string{
	"receivers": "receiver", "processors": "processor", "exporters": "exporter", "connectors": "connector", "extensions": "extension",
}

// compareRest describes every difference outside the router.
func compareRest(from, to compile.Result) []string {
	var summary []string
	for _, section := range union(from.Config, to.Config) {
		before, after := mapping(from.Config[section]), mapping(to.Config[section])
		switch noun, ok := sections[section]; {
		case ok && section == "connectors":
			summary = append(summary, entries(noun, before, after, from.Router, to.Router)...)
		case ok:
			summary = append(summary, entries(noun, before, after)...)
		case section == "service":
			summary = append(summary, compareServices(before, after)...)
		case !reflect.DeepEqual(from.Config[section], to.Config[section]):
			summary = append(summary, section+" changed")
		}
	}
	if from.Journal != to.Journal {
		summary = append(summary, "the journal of revisions moved to "+to.Journal)
	}
	return summary
}

func compareServices(before, after map[string]any) []string {
	summary := entries("pipeline", mapping(before["pipelines"]), mapping(after["pipelines"]))
	for _, key := range differing(before, after) {
		if key != "pipelines" {
			summary = append(summary, "service: "+key+" changed")
		}
	}
	return summary
}

// entries describes the difference of two sets of named things, but for those
// called except.
func entries(noun string, before, after map[string]any, except ...string) []string {
	var summary []string
	for _, id := range differing(before, after) {
		if slices.Contains(except, id) {
			continue
		}
		verb := "changed"
		if _, ok := before[id]; !ok {
			verb = "is new"
		} else if _, ok := after[id]; !ok {
			verb = "is gone"
		}
		summary = append(summary, strings.Join([]string{noun, id, verb}, " "))
	}
	return summary
}

// differing returns the keys whose values are not the same, in order.
func differing(before, after map[string]any) []string {
	return slices.DeleteFunc(union(before, after), func(key string) bool {
		a, inA := before[key]
		b, inB := after[key]
		return inA == inB && reflect.DeepEqual(a, b)
	})
}

// union returns the keys of both, in order.
func union[V any](a, b map[string]V) []string {
	all := maps.Clone(a)
	if all == nil {
		all = make(map[string]V)
	}
	maps.Copy(all, b)
	return slices.Sorted(maps.Keys(all))
}

func mapping(v any) map[string]any {
	m, _ := v.(map[string]any)
	return m
}

func routerOf(r compile.Result) map[string]any {
	return mapping(mapping(r.Config["connectors"])[r.Router])
}

func streamsOf(router map[string]any) map[string]map[string]any {
	streams := make(map[string]map[string]any)
	list, _ := router["streams"].([]any)
	for _, item := range list {
		if s := mapping(item); s != nil {
			streams[fmt.Sprint(s["name"])] = s
		}
	}
	return streams
}

func order(router map[string]any) []string {
	var names []string
	list, _ := router["streams"].([]any)
	for _, item := range list {
		names = append(names, fmt.Sprint(mapping(item)["name"]))
	}
	return names
}

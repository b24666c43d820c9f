package compile

import (
	"fmt"
	"slices"
	"strings"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/compile/action"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/document"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/suggest"
)

// step is a compiled action.
type step struct {
	site   action.Site
	output action.Output
	place  document.Place
}

// actions compiles a list of actions for the signals given. Their components are
// named after prefix.
func (c *compiler) actions(all []document.Action, prefix, stream string, signals []string) []step {
	var steps []step
	for i, a := range all {
		if a.Kind == "" {
			continue // Reported when it was parsed.
		}
		s := action.Site{
			Name: fmt.Sprintf("%s.%d", prefix, i+1), Stream: stream, Signals: signals, Index: i, Held: c.held,
			Destinations: c.doc.Destinations.Names(), MaskProfiles: c.doc.MaskProfiles, Place: a.Place,
		}
		out, found := action.Compile(a, s)
		c.found = append(c.found, found...)
		if found.Failed() {
			continue
		}
		if out.Processor != nil {
			c.putWritten(out.Processor.Config, a.Place, out.Processor.Written, "processors", out.Processor.ID(s))
		}
		if out.Branch != nil {
			c.branch(out.Branch, s)
		}
		steps = append(steps, step{s, out, a.Place})
	}
	return steps
}

// branch makes the pipeline of the metrics that a connector makes of traces.
func (c *compiler) branch(b *action.Branch, s action.Site) {
	id := b.Connector.ID(s)
	c.put(b.Connector.Config, s.Place, "connectors", id)
	var ends []string
	for _, r := range b.Destinations {
		e, ok := c.exporter(r.Name)
		switch {
		case !ok:
			c.fail(r.Place, "", "there is no destination %q%s", r.Name, suggest.Among(r.Name, s.Destinations))
		case !slices.Contains(e.signals, document.Metrics):
			c.fail(r.Place, "name one that takes metrics", "destination %q takes no metrics", r.Name)
		default:
			c.used[e.name] = true
			ends = append(ends, e.id)
		}
	}
	if len(ends) > 0 {
		c.pipeline("metrics/"+aside(s.Name), []string{id}, nil, ends, s.Place)
	}
}

// aside makes the name of a pipeline that no stream can have: theirs start with
// a letter or a digit.
func aside(name string) string { return "_" + strings.TrimPrefix(name, "_") }

// chain makes a signal's pipeline of steps. Where a step branches off, the
// pipeline ends, and another one goes on behind a forward connector.
func (c *compiler) chain(signal, name string, receivers, processors []string, steps []step, ends []string, at document.Place) {
	for _, s := range steps {
		switch {
		case s.output.Processor != nil && applies(s.output, signal):
			processors = append(processors, s.output.Processor.ID(s.site))
		case s.output.Branch != nil && signal == document.Traces:
			forward := "forward/" + s.site.Name
			c.put(map[string]any{}, s.place, "connectors", forward)
			c.pipeline(signal+"/"+name, receivers, processors, []string{s.output.Branch.Connector.ID(s.site), forward}, at)
			name, receivers, processors = aside(s.site.Name), []string{forward}, nil
		}
	}
	c.pipeline(signal+"/"+name, receivers, processors, ends, at)
}

func applies(o action.Output, signal string) bool {
	return o.Signals == nil || slices.Contains(o.Signals, signal)
}

func (c *compiler) pipeline(id string, receivers, processors, exporters []string, at document.Place) {
	p := map[string]any{"receivers": list(receivers), "exporters": list(exporters)}
	if len(processors) > 0 {
		p["processors"] = list(processors)
	}
	c.put(p, at, "service", "pipelines", id)
}

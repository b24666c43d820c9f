package compile

import (
	"maps"
	"slices"
	"strings"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/document"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/suggest"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// check looks for what is allowed and hardly meant, and for what tests name.
func (c *compiler) check() {
	for _, e := range c.exporters {
		if !c.used[e.name] {
			c.warn(e.place, "name it in a stream, or remove it", "no stream delivers to destination %q", e.name)
		}
	}
	c.checkProfiles()
	c.checkUnmatched()
	c.checkTests()
	c.checkOverlaps()
	c.checkDedupe()
	c.checkSecrets()
}

// checkUnmatched warns of what is dropped because no stream takes it.
func (c *compiler) checkUnmatched() {
	i := slices.IndexFunc(c.plans, func(p plan) bool { return p.name == document.Default })
	if len(c.plans) == 0 {
		return
	}
	if i < 0 {
		c.warn(c.plans[len(c.plans)-1].place, "add a stream called default", "what no stream takes is dropped, and counted")
		return
	}
	standard := c.plans[i]
	var dropped []string
	for _, signal := range threeSignals {
		if c.inputs[signal] && !slices.Contains(standard.signals, signal) {
			dropped = append(dropped, signal)
		}
	}
	if len(dropped) > 0 && (len(standard.exporters) > 0 || standard.stream.Mode == document.Observe) {
		c.warn(standard.place, "let it take them, too", "what no other stream takes is dropped, and counted, if it is %s: the stream default takes none", strings.Join(dropped, " or "))
	}
}

func (c *compiler) checkTests() {
	names := c.doc.Streams.Names()
	for i := range c.doc.Tests {
		for _, r := range c.doc.Tests[i].Expect {
			if !slices.Contains(names, r.Name) {
				c.fail(r.Place, "", "there is no stream %q%s", r.Name, suggest.Among(r.Name, names))
			}
		}
	}
}

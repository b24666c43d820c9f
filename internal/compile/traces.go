package compile

import (
	"cmp"
	"slices"
	"time"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/compile/action"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/document"
)

// holds reports whether the router holds traces: for whole ones, or for rules of
// what a stream keeps.
func (c *compiler) holds() bool {
	switch c.settings.Traces.Integrity {
	case document.Root, document.Any:
		return true
	}
	return slices.ContainsFunc(c.plans, func(p plan) bool {
		return slices.Contains(p.signals, document.Traces) && (p.stream.Mode != document.Observe || c.inputs[document.Traces]) &&
			slices.ContainsFunc(p.stream.Actions, func(a document.Action) bool { return a.Kind == action.Keep })
	})
}

// traces is the router's block of that name, with what the document says.
func (c *compiler) traces() map[string]any {
	t := &c.settings.Traces
	c.checkTraces(t)
	block := make(map[string]any)
	for key, value := range map[string]string{"integrity": t.Integrity, "late": t.Late, "logs": t.Logs} {
		if value != "" {
			block[key] = value
		}
	}
	for key, value := range map[string]document.Duration{"hold": t.Hold, "quiet": t.Quiet, "remember": t.Remember} {
		if value.Set {
			block[key] = value.String()
		}
	}
	for key, value := range map[string]int{"max_verdicts": t.MaxVerdicts, "max_bytes": t.MaxMiB * mebibyte} {
		if value > 0 {
			block[key] = value
		}
	}
	if t.EstimateSplits != nil {
		block["estimate_splits"] = *t.EstimateSplits
	}
	return block
}

// The router's defaults, which quiet and hold are compared with.
const (
	defaultHold  = 30 * time.Second
	defaultQuiet = 2 * time.Second
	// The router's default bound of what is held.
	defaultMaxMiB = 256
)

// checkTraces looks for what the router would refuse, and for what has no effect.
func (c *compiler) checkTraces(t *document.TracesSettings) {
	for _, d := range []struct {
		key   string
		value document.Duration
	}{{"hold", t.Hold}, {"quiet", t.Quiet}, {"remember", t.Remember}} {
		if d.value.Set && d.value.Duration == 0 {
			c.fail(t.Place, "write a time such as 2s", "%s: must be more than 0s", d.key)
		}
	}
	hold, quiet := orElse(t.Hold, defaultHold), orElse(t.Quiet, defaultQuiet)
	if quiet > hold {
		c.fail(t.Place, "make hold longer", "quiet: %s is longer than hold, %s, so that no trace would ever be complete", quiet, hold)
	}
	if c.held {
		c.checkHeld(t)
		c.checkSenders()
		return
	}
	if t.Logs == document.FollowTrace {
		c.fail(t.Place, "set integrity to root or any, or give a stream the action keep", "logs: there are no verdicts to follow, because no traces are held")
	}
	if t.Hold.Set || t.Quiet.Set || t.Remember.Set || t.Late != "" || t.MaxVerdicts > 0 || t.MaxMiB > 0 {
		c.warn(t.Place, "set integrity to root or any, or remove them", "hold, quiet, remember, max_verdicts, late and max_mib have no effect: no traces are held")
	}
}

// checkHeld compares what is held with the memory that there is.
func (c *compiler) checkHeld(t *document.TracesSettings) {
	held := cmp.Or(t.MaxMiB, defaultMaxMiB)
	if m := c.settings.MemoryMiB; m > 0 && held >= m {
		c.warn(t.Place, "leave half of the memory to the rest of the collector", "max_mib: held traces may take all of memory_mib, %d MiB", m)
	}
}

// checkSenders warns of streams that push back, where there is nobody.
func (c *compiler) checkSenders() {
	for _, p := range c.plans {
		held := slices.Contains(p.signals, document.Traces) || c.settings.Traces.Logs == document.FollowTrace && slices.Contains(p.signals, document.Logs)
		if p.stream.WhenRefused == "push_back" && held {
			c.warn(p.place, "write retry, which is what happens", "when_refused: push_back: traces are held, so that their senders are gone when a destination refuses them")
		}
	}
}

// keep gives a stream the rules of its actions.
func (c *compiler) keep(p *plan, steps []step, route map[string]any) {
	var rules []any
	for _, s := range steps {
		for _, r := range s.output.Keep {
			rules = append(rules, r.Config)
			p.keep = append(p.keep, r.Text)
		}
	}
	if len(rules) > 0 {
		route["keep"] = rules
	}
}

func orElse(d document.Duration, standard time.Duration) time.Duration {
	if d.Set {
		return d.Duration
	}
	return standard
}

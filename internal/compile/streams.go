package compile

import (
	"slices"
	"strings"
	"time"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/document"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/streamname"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/suggest"
)

// plan is a stream as it will be: its signals and exporters.
type plan struct {
	name      string
	stream    document.Stream
	place     document.Place
	exporters []exporter
	signals   []string
	keep      []string // its rules in the router, in words
}

func (c *compiler) streams() {
	whole := document.Place{Position: document.Position{File: c.doc.File}}
	if len(c.doc.Streams) == 0 {
		c.fail(whole, "add one below `streams:`", "there are no streams")
		return
	}
	var routes []map[string]any
	for i := range c.doc.Streams {
		e := &c.doc.Streams[i]
		if err := streamname.Validate(e.Name); err != nil {
			c.fail(e.Place, "", "%v", err)
			continue
		}
		if e.Name == inputName {
			c.fail(e.Place, "choose another name", "a stream cannot be called %q: pipelines of that name lead to the router", e.Name)
			continue
		}
		p := c.plan(e.Name, e.Value, e.Place)
		c.plans = append(c.plans, p)
		routes = append(routes, c.route(p))
	}
	c.held = c.holds()
	c.countFanOuts()
	for i := range c.plans { // When it is known which signals come in.
		c.streamPipelines(&c.plans[i], routes[i])
	}
	if len(c.inputs) == 0 && !c.found.Failed() {
		c.fail(whole, "add a stream that delivers", "all streams only observe, so that there is nothing to run")
	}
	c.put(c.router(list(routes)), whole, "connectors", Router)
}

func (c *compiler) router(routes []any) map[string]any {
	router := map[string]any{"streams": routes}
	if c.doc.Match != "" {
		router["match"] = c.doc.Match
	}
	if c.doc.Dedupe != "" {
		router["dedupe"] = c.doc.Dedupe
	}
	if c.settings.HoldMiB > 0 {
		router["hold_bytes"] = c.settings.HoldMiB * mebibyte
	}
	if traces := c.traces(); len(traces) > 0 {
		router["traces"] = traces
	}
	return router
}

// plan decides over a stream's signals and exporters.
func (c *compiler) plan(name string, s document.Stream, at document.Place) plan {
	p := plan{name: name, stream: s, place: at}
	for _, r := range s.Destinations {
		e, ok := c.exporter(r.Name)
		if !ok {
			c.fail(r.Place, "", "there is no destination %q%s", r.Name, suggest.Among(r.Name, c.doc.Destinations.Names()))
			continue
		}
		if slices.ContainsFunc(p.exporters, func(o exporter) bool { return o.name == e.name }) {
			c.fail(r.Place, "remove one of them", "destination %q is named twice", r.Name)
			continue
		}
		c.used[e.name] = true
		p.exporters = append(p.exporters, e)
	}
	if s.Mode == document.Observe {
		p.signals = c.signalsOf(p)
		return p
	}
	if len(s.Destinations) == 0 {
		c.fail(at, "name some, or set `mode: observe`", "the stream has no destinations")
	}
	p.signals = c.signalsOf(p)
	for _, signal := range p.signals {
		c.inputs[signal] = true
	}
	return p
}

// signalsOf returns the signals that the stream asks for, or those that its
// destinations take, as far as they are received. Profiles have to be asked for:
// the Collector takes them behind a feature gate only.
func (c *compiler) signalsOf(p plan) []string {
	takes := func(signal string) bool {
		return slices.ContainsFunc(p.exporters, func(e exporter) bool { return slices.Contains(e.signals, signal) })
	}
	wanted := inOrder(p.stream.Signals)
	if len(wanted) == 0 {
		wanted = slices.DeleteFunc(slices.Clone(threeSignals), func(s string) bool { return !takes(s) })
	} else {
		c.checkSignals(p, takes)
	}
	received := slices.DeleteFunc(slices.Clone(wanted), func(s string) bool { return !c.receives(s) })
	if len(received) == 0 && len(wanted) > 0 {
		c.fail(p.place, "add a receiver that does", "the stream gets nothing: no receiver receives %s", strings.Join(wanted, ", "))
	}
	return received
}

// checkSignals compares the signals that a stream asks for with what receivers
// receive and destinations take.
func (c *compiler) checkSignals(p plan, takes func(signal string) bool) {
	for _, signal := range inOrder(p.stream.Signals) {
		switch {
		case !takes(signal) && len(p.exporters) > 0:
			c.fail(p.place, "add a destination that does, or remove the signal", "none of the stream's destinations takes %s", signal)
		case !c.receives(signal):
			c.warn(p.place, "add one, or remove the signal", "no receiver receives %s", signal)
		case signal == document.Profiles:
			c.warn(p.place, "start it with --feature-gates=service.profilesSupport", "the Collector takes profiles only if it is told to")
		}
	}
	for _, e := range p.exporters {
		if !slices.ContainsFunc(p.stream.Signals, func(s string) bool { return slices.Contains(e.signals, s) }) {
			c.warn(p.place, "remove it, or add a signal that it takes", "destination %q takes none of the stream's signals", e.name)
		}
	}
}

// route is the stream's definition in the router.
func (c *compiler) route(p plan) map[string]any {
	route := map[string]any{"name": p.name}
	switch {
	case p.name == document.Default:
		route["default"] = true
		if len(p.stream.Sources) > 0 {
			c.fail(p.stream.Sources[0].Place, "rename the stream, or remove its sources", "the stream default gets what no other takes, and has no sources")
		}
	case len(p.stream.Sources) == 0:
		c.fail(p.place, "add `sources:` with an entry such as `- service.name: cart`, or name it default", "the stream has no sources")
	default:
		route["select"] = c.selectors(p.stream.Sources)
	}
	if len(p.stream.Exclude) > 0 {
		route["exclude"] = c.selectors(p.stream.Exclude)
	}
	switch p.stream.Mode {
	case document.Observe:
		route["observe"] = true
	case document.Paused:
		route["paused"] = true
	}
	if p.stream.WhenRefused != "" {
		route["when_refused"] = p.stream.WhenRefused
	}
	if p.stream.RetryFor.Set {
		route["retry_for"] = p.stream.RetryFor.String()
	}
	switch {
	case p.stream.Timeout.Set:
		route["timeout"] = p.stream.Timeout.String()
	case p.logged():
		route["timeout"] = loggedTimeout.String()
	}
	return route
}

// loggedTimeout is for streams of which an answer means that the data is on the
// disk. A disk that is busy with others may sync in half a second; after the
// router's own timeout the data would be acknowledged from memory. Senders give
// up after five seconds or more.
const loggedTimeout = 2 * time.Second

// logged reports whether all exporters of the stream answer when the data is on
// the disk, so that the answer is worth waiting for.
func (p plan) logged() bool {
	return p.stream.WhenRefused != document.Drop && len(p.exporters) > 0 &&
		!slices.ContainsFunc(p.exporters, func(e exporter) bool { return !e.logged })
}

// streamPipelines makes the stream's pipelines. A stream that only observes has
// them as well, idle, so that it can deliver without a reload; but not for
// signals that no other stream takes: they do not come in.
func (c *compiler) streamPipelines(p *plan, route map[string]any) {
	signals := p.signals
	if p.stream.Mode == document.Observe {
		signals = slices.DeleteFunc(slices.Clone(signals), func(signal string) bool { return !c.inputs[signal] })
	}
	if len(signals) == 0 {
		return
	}
	steps := c.actions(p.stream.Actions, p.name, p.name, signals)
	c.keep(p, steps, route)
	for _, signal := range signals {
		c.chain(signal, p.name, []string{Router}, nil, steps, c.fanOut(p, signal, route), p.place)
	}
}

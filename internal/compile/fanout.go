package compile

import "slices"

// fanOutType is the component type of what stands between a stream and its
// destinations, if it has several.
const fanOutType = "datastreamfanout"

// What fan-outs hold is a part of what streams may hold: the router's default,
// and the least that each gets, so that a destination's half of it has room for
// the largest message that a gRPC receiver takes by default.
const (
	defaultHoldMiB     = 64
	leastFanOutHoldMiB = 8
)

// ends are the exporters of a stream that take the signal.
func (p *plan) ends(signal string) []exporter {
	var ends []exporter
	for _, e := range p.exporters {
		if slices.Contains(e.signals, signal) {
			ends = append(ends, e)
		}
	}
	return ends
}

func ids(exporters []exporter) []string {
	all := make([]string, len(exporters))
	for i, e := range exporters {
		all[i] = e.id
	}
	return all
}

// countFanOuts counts the streams that have several destinations for a signal.
func (c *compiler) countFanOuts() {
	for i := range c.plans {
		p := &c.plans[i]
		if slices.ContainsFunc(p.signals, func(signal string) bool { return len(p.ends(signal)) > 1 }) {
			c.fanOuts++
		}
	}
}

// fanOut returns what the stream's pipeline of the signal ends in. Several
// exporters get a pipeline each, behind a connector that keeps them apart: in
// one pipeline, those that have taken a payload would get it again as long as
// another one refuses it. The stream's policy, as its route has it, is that of
// each of them.
func (c *compiler) fanOut(p *plan, signal string, route map[string]any) []string {
	ends := p.ends(signal)
	if len(ends) < 2 {
		return ids(ends)
	}
	id := fanOutType + "/" + p.name
	config := map[string]any{"stream": p.name, "hold_bytes": c.fanOutHold() * mebibyte}
	for _, key := range []string{"when_refused", "retry_for", "timeout"} {
		if value, ok := route[key]; ok {
			config[key] = value
		}
	}
	c.put(config, p.place, "connectors", id)
	for _, e := range ends {
		c.pipeline(signal+"/"+aside(p.name)+"/"+e.name, []string{id}, nil, []string{e.id}, p.place)
	}
	return []string{id}
}

// fanOutHold is what each fan-out may hold, in MiB. It is halved until there is
// room for all, and not divided exactly, so that a stream more or less seldom
// changes the others.
func (c *compiler) fanOutHold() int {
	all := c.settings.HoldMiB
	if all == 0 {
		all = defaultHoldMiB
	}
	hold := all
	for hold*c.fanOuts > all && hold > leastFanOutHoldMiB {
		hold /= 2
	}
	return max(hold, leastFanOutHoldMiB)
}

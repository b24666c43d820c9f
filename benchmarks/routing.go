package main

import (
	"errors"
	"fmt"
	"strings"
)

// streamCounts are the table sizes that are compared.
var streamCounts = []int{1, 10, 100, 1000}

// mix is how the resources of a payload are spread over the services.
type mix string

const (
	// uniform: all of one service, in the middle of the table, so that a
	// linear search looks at half of it.
	uniform mix = "one stream"
	// mixed: over as many services as there are, up to one per resource,
	// evenly over the table.
	mixed mix = "many streams"
)

// serviceOf returns the function that newPayload wants.
func (m mix) serviceOf(s shape, services int) func(i int) string {
	if m == uniform {
		return func(int) string { return serviceName(services / 2) }
	}
	step := max(1, services/s.resources)
	return func(i int) string { return serviceName(i * step % services) }
}

// fewOfMany spreads the resources over the ten services that an even step
// through a table of so many finds: as many deliveries as over a table of ten.
func fewOfMany(services int) func(i int) string {
	return func(i int) string { return serviceName(i % controlStreams * services / controlStreams) }
}

// cell is one combination of shape and mix; it was measured as one race.
type cell struct {
	shape shape
	mix   mix
}

// routingResults are the races of the routers with one destination.
type routingResults struct {
	cells []cell
	races map[cell]results
}

// controls are variants of our router at controlStreams streams.
const (
	controlStreams = 10
	again          = "the same router again"
	extraLookup    = "one more attribute lookup per resource"
	extraCopy      = "one more copy of the payload"
)

// few is our router over a thousand streams, ten of which get something.
const few = ours + "/10 of 1000"

func at(router string, streams int) string { return fmt.Sprintf("%s/%d", router, streams) }

// measureRouting races all routers at all table sizes, cell by cell.
func measureRouting(rounds int) (*routingResults, error) {
	r := &routingResults{races: make(map[cell]results)}
	for _, s := range shapes {
		for _, m := range []mix{uniform, mixed} {
			c := cell{s, m}
			entrants, err := enterCell(c)
			if err != nil {
				return nil, err
			}
			r.cells = append(r.cells, c)
			r.races[c] = race(entrants, rounds)
		}
	}
	return r, nil
}

func enterCell(c cell) ([]entrant, error) {
	var all []entrant
	for _, n := range streamCounts {
		p := newPool(c.shape, c.mix.serviceOf(c.shape, n))
		r := routing{services: n, destinations: 1}
		entrants, err := enterAll(r, p, fmt.Sprintf("/%d", n))
		if err != nil {
			return nil, err
		}
		all = append(all, entrants...)
		bound, err := newMoving(r, p)
		if err != nil {
			return nil, err
		}
		all = append(all, enter(at(moving, n), p, bound))
		if n != controlStreams {
			continue
		}
		controls, err := enterControls(c, r, p)
		if err != nil {
			return nil, err
		}
		all = append(all, controls...)
	}
	return all, nil
}

// enterControls enters what is compared with our router at controlStreams.
func enterControls(c cell, r routing, p *pool) ([]entrant, error) {
	router, err := newOurs(r, p)
	if err != nil {
		return nil, err
	}
	const many = 1000
	serviceOf := fewOfMany(many)
	if c.mix == uniform {
		serviceOf = c.mix.serviceOf(c.shape, many)
	}
	ofMany := newPool(c.shape, serviceOf)
	large, err := newOurs(routing{services: many, destinations: 1}, ofMany)
	if err != nil {
		return nil, err
	}
	return []entrant{
		enter(few, ofMany, large),
		enter(again, p, router),
		enter(extraLookup, p, withExtraLookup(router)),
		enter(extraCopy, p, withExtraCopy(router)),
	}, nil
}

func (r *routingResults) routersTable() string {
	var b strings.Builder
	b.WriteString("| resources x spans | payload | streams | ours: ns | allocs | contrib: ns | allocs | contrib / ours | copying: ns | allocs | copying / ours | ours / moving | contrib / moving |\n")
	b.WriteString("| --- | --- | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: |\n")
	for _, c := range r.cells {
		race := r.races[c]
		for _, n := range streamCounts {
			if n == 1 && c.mix == mixed {
				continue // The same as uniform.
			}
			us, them, copier := at(ours, n), at(contrib, n), at(copying, n)
			fmt.Fprintf(&b, "| %s | %s | %s | %s | %.2f | %s | %s | %s | %s | %s | %s | %s | %s |\n", c.shape, c.mix, thousands(float64(n)),
				thousands(race.ns(us)), race.allocs(us),
				thousands(race.ns(them)), count(race.allocs(them)), times(race.ratio(them, us)),
				thousands(race.ns(copier)), count(race.allocs(copier)), times(race.ratio(copier, us)),
				times(race.ratio(us, at(moving, n))), times(race.ratio(them, at(moving, n))))
		}
	}
	return b.String()
}

func (r *routingResults) controlsTable() string {
	var b strings.Builder
	b.WriteString("| planted in our router (10 streams) |")
	for _, c := range r.cells {
		fmt.Fprintf(&b, " %s, %s |", c.shape, c.mix)
	}
	b.WriteString("\n| --- |" + strings.Repeat(" --: |", len(r.cells)) + "\n")
	for _, control := range []string{again, extraLookup, extraCopy} {
		fmt.Fprintf(&b, "| %s |", control)
		for _, c := range r.cells {
			fmt.Fprintf(&b, " %s |", times(r.races[c].ratio(control, at(ours, controlStreams))))
		}
		b.WriteString("\n")
	}
	return b.String()
}

// checkControls returns an error if the method did not see what was planted,
// or saw a difference where there is none. Its results are then worth nothing.
func (r *routingResults) checkControls() error {
	var errs error
	for _, c := range r.cells {
		us := at(ours, controlStreams)
		if x := r.races[c].ratio(extraCopy, us); x < 2 {
			errs = errors.Join(errs, fmt.Errorf("%s, %s: a planted copy costs only %.2f times as much: the method is blind", c.shape, c.mix, x))
		}
		if x := r.races[c].ratio(again, us); x < 0.8 || x > 1.25 {
			errs = errors.Join(errs, fmt.Errorf("%s, %s: the same router costs %.2f times as much as itself: the machine is too busy", c.shape, c.mix, x))
		}
	}
	return errs
}

package main

import (
	"fmt"
	"regexp"
	"strings"
)

// fault is what becomes of stream b: of its destination, but for panics.
type fault string

const (
	none      fault = "none"      // Nothing, the control.
	refuse    fault = "refuse"    // It answers Unavailable at once.
	hang      fault = "hang"      // It accepts and never answers.
	slow      fault = "slow"      // It takes two seconds for each request.
	permanent fault = "permanent" // It answers InvalidArgument at once.
	reset     fault = "reset"     // Its connections are reset.
	panics    fault = "panics"    // A processor of b's pipeline panics over each request.
)

// buffer is what stands before stream b's destination: how its exporter's
// sending_queue is configured. Retries are on, as by default.
type buffer string

const (
	queue   buffer = "queue"   // A queue that refuses when it is full, as by default. It is full after a second.
	block   buffer = "block"   // The same queue, but it makes the caller wait.
	noQueue buffer = "noqueue" // The caller waits for the destination.
)

// settings returns the exporter's sending_queue, in YAML.
func (b buffer) settings() string {
	if b == noQueue {
		return "{ enabled: false }"
	}
	return fmt.Sprintf("{ queue_size: 100, block_on_overflow: %t }", b == block)
}

// isolationCase is one situation in which stream a is to go on undisturbed.
type isolationCase struct {
	fault  fault
	buffer buffer

	// separate makes each request carry records of one stream only, instead of
	// half of each.
	separate bool
}

// String returns the name of the case, by which -cases selects it.
func (c isolationCase) String() string {
	name := string(c.fault) + "-" + string(c.buffer)
	if c.separate {
		name += "-separate"
	}
	return name
}

// requests says in a word what requests carry.
func (c isolationCase) requests() string {
	if c.separate {
		return "one stream"
	}
	return "both streams"
}

// starving shows that the method sees a stream that is not isolated: here
// contrib's connector, whose sender retries for both streams, is known to
// starve a.
var starving = isolationCase{fault: refuse, buffer: queue}

// known reports whether contrib's connector is known not to isolate a: in the
// case of starving, and where a panic ends the whole process.
func (c isolationCase) known() bool { return c == starving || c.fault == panics }

// cases are all that are measured, in the order of the table.
var cases = []isolationCase{
	{fault: none, buffer: queue},
	starving,
	{fault: refuse, buffer: block},
	{fault: refuse, buffer: noQueue},
	{fault: hang, buffer: queue},
	{fault: hang, buffer: block},
	{fault: hang, buffer: noQueue},
	{fault: slow, buffer: queue},
	{fault: permanent, buffer: noQueue},
	{fault: reset, buffer: queue},
	{fault: refuse, buffer: queue, separate: true},
	{fault: hang, buffer: block, separate: true},
	{fault: panics, buffer: queue},
	{fault: panics, buffer: queue, separate: true},
}

// selectCases returns the cases whose names match a regular expression. None is
// an error.
func selectCases(pattern string) ([]isolationCase, error) {
	re, err := regexp.Compile(pattern)
	if err != nil {
		return nil, err
	}
	var selected []isolationCase
	var names []string
	for _, c := range cases {
		names = append(names, c.String())
		if re.MatchString(c.String()) {
			selected = append(selected, c)
		}
	}
	if len(selected) == 0 {
		return nil, fmt.Errorf("no case matches %q; there are %s", pattern, strings.Join(names, ", "))
	}
	return selected, nil
}

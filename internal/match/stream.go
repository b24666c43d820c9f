package match

import (
	"fmt"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// Mode says how many of the matching streams a resource belongs to.
type Mode uint8

const (
	// AllStreams takes every stream that matches.
	AllStreams Mode = iota
	// FirstStream takes the matching stream that is defined first.
	FirstStream
)

// Stream is the definition of one stream: it takes a resource when any clause
// of Select holds and no clause of Exclude does. A stream without Select takes
// nothing by itself.
type Stream struct {
	Select  []Clause
	Exclude []Clause
	// Default streams take the resources that no other stream takes. Their
	// Select is ignored, their Exclude is not.
	Default bool
	// Observe makes a stream that matches like any other and takes nothing: it
	// is neither the first of FirstStream, nor does it keep the default streams
	// from taking a resource.
	Observe bool
}

// Clause is a conjunction of terms and of an optional condition; the empty
// clause holds for every resource.
type Clause struct {
	Terms []Term
	// Condition is nil if the terms are all there is. It is asked only about
	// resources for which all terms hold.
	Condition Condition
}

// Term applies a predicate to the attribute of this key.
type Term struct {
	Key       string
	Predicate Predicate
}

// Condition decides over a resource what terms cannot express. Nothing of its
// answers is remembered per resource, so that it costs an evaluation each time.
// Implementations are safe for concurrent use and do not modify the resource.
type Condition interface {
	// Holds reports whether the resource satisfies the condition. A condition
	// that fails with an error counts as one that does not hold.
	Holds(resource pcommon.Resource) (bool, error)
	// Stringer gives the text that the user wrote.
	fmt.Stringer
}

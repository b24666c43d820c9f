package match

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
}

// Clause is a conjunction of terms; the empty clause holds for every resource.
type Clause []Term

// Term applies a predicate to the attribute of this key.
type Term struct {
	Key       string
	Predicate Predicate
}

// Attributes looks up a resource attribute's string form.
type Attributes func(key string) (value string, present bool)

// Holds evaluates the clause term by term.
func (c Clause) Holds(attrs Attributes) bool {
	for _, t := range c {
		if !t.Predicate.Holds(attrs(t.Key)) {
			return false
		}
	}
	return true
}

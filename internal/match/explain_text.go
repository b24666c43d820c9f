package match

import (
	"fmt"
	"strconv"
	"strings"
)

const (
	// maxMisses is how many near misses of a stream a text shows.
	maxMisses = 3
	// maxShown is how much of a value a text shows, in bytes.
	maxShown = 120
)

// String is Text with the streams' numbers for names.
func (x Explanation) String() string {
	return x.Text(func(stream int) string { return "stream " + strconv.Itoa(stream) })
}

// Text renders the explanation for people: a line for each stream, in order,
// and below it what decided. The function names the streams.
func (x Explanation) Text(name func(stream int) string) string {
	w := &explainer{name: name}
	for i := range x.Streams {
		w.stream(i, &x.Streams[i])
	}
	return w.String()
}

type explainer struct {
	strings.Builder
	name func(stream int) string
}

func (w *explainer) linef(indent int, format string, args ...any) {
	w.WriteString(strings.Repeat("  ", indent))
	fmt.Fprintf(w, format, args...)
	w.WriteByte('\n')
}

func (w *explainer) stream(i int, e *StreamExplanation) {
	name := w.name(i)
	switch e.Outcome {
	case Taken:
		w.linef(0, "%s: taken, because select::%d holds", name, e.Select.Index)
		w.held(e.Select)
	case TakenByDefault:
		w.linef(0, "%s: taken, because it is the default and no other stream takes it", name)
	case Observed:
		w.observed(name, e)
	case Excluded:
		w.linef(0, "%s: excluded, because exclude::%d holds", name, e.Exclude.Index)
		w.held(e.Exclude)
	case Beaten:
		w.linef(0, "%s: beaten, because %s comes first and takes it", name, w.name(e.By))
	case Standby:
		w.linef(0, "%s: not needed, because it is the default and %s takes it", name, w.name(e.By))
	case NoMatch:
		w.noMatch(name, e)
	}
}

func (w *explainer) observed(name string, e *StreamExplanation) {
	if e.Select == nil {
		w.linef(0, "%s: observed, because it is the default and no other stream takes it; it takes nothing itself", name)
		return
	}
	w.linef(0, "%s: observed, because select::%d holds; it takes nothing itself", name, e.Select.Index)
	w.held(e.Select)
}

func (w *explainer) noMatch(name string, e *StreamExplanation) {
	if len(e.NearMisses) == 0 {
		w.linef(0, "%s: no match, because it selects nothing", name)
		return
	}
	w.linef(0, "%s: no match", name)
	for _, miss := range e.NearMisses[:min(maxMisses, len(e.NearMisses))] {
		w.linef(1, "select::%d fails in %d of %d:", miss.Index, len(miss.Failed), len(miss.Failed)+len(miss.Held))
		for _, f := range miss.Failed {
			w.failed(f)
		}
	}
	if rest := len(e.NearMisses) - maxMisses; rest > 0 {
		w.linef(1, "and %d more that are no nearer", rest)
	}
	if e.Exclude != nil {
		w.linef(1, "exclude::%d would keep it out, too", e.Exclude.Index)
	}
}

func (w *explainer) held(e *Entry) {
	if len(e.Held) == 0 {
		w.linef(1, "the entry is empty, so that it holds for everything")
	}
	for _, f := range e.Held {
		if f.Condition {
			w.linef(1, "condition holds: %s", f.Want)
			continue
		}
		w.linef(1, "%s is %s, as in %s", f.Key, f.found(), f.Want)
	}
}

func (w *explainer) failed(f Finding) {
	switch {
	case f.Err != nil:
		w.linef(2, "condition cannot be evaluated: %s: %v", f.Want, f.Err)
	case f.Condition:
		w.linef(2, "condition does not hold: %s", f.Want)
	default:
		w.linef(2, "%s is %s, wants %s", f.Key, f.found(), f.Want)
	}
}

func (f Finding) found() string {
	switch {
	case !f.Present:
		return "absent"
	case len(f.Value) > maxShown:
		return fmt.Sprintf("%q... (%d bytes)", f.Value[:maxShown], len(f.Value))
	default:
		return strconv.Quote(f.Value)
	}
}

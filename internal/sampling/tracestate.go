package sampling

import "strings"

const (
	member = "ot" // OpenTelemetry's member of a tracestate.

	// maxMembers bounds the members of a tracestate, and maxMember the length of
	// the value of ours.
	maxMembers = 32
	maxMember  = 256
)

// State is what the tracestate of a span says about sampling. What is malformed
// counts as absent.
type State struct {
	Threshold     Threshold
	HasThreshold  bool
	Randomness    Randomness
	HasRandomness bool
}

// ParseState reads a tracestate. It does not allocate if it is well-formed.
func ParseState(tracestate string) State {
	var s State
	for key, value := range fields(find(tracestate)) {
		switch key {
		case "th":
			t, err := ParseThreshold(value)
			s.Threshold, s.HasThreshold = t, err == nil
		case "rv":
			r, err := ParseRandomness(value)
			s.Randomness, s.HasRandomness = r, err == nil
		}
	}
	return s
}

// Stamp returns the tracestate of a span that a sampler with threshold t has
// kept, where r is the randomness of its trace. A threshold that the span has
// passed before stays if it is higher, and goes if r contradicts it: then
// nobody knows what the span stands for. All other members and fields stay.
func Stamp(tracestate string, t Threshold, r Randomness) string {
	known := ParseState(tracestate)
	switch {
	case known.HasThreshold && !known.Threshold.Keeps(r):
		return write(tracestate, "")
	case known.HasThreshold && known.Threshold >= t:
		return tracestate
	default:
		return write(tracestate, t.String())
	}
}

// write returns the tracestate with `th` set, or without it if th is empty. The
// member that was changed comes first, as the standard wants.
func write(tracestate, th string) string {
	var b strings.Builder
	b.Grow(len(tracestate) + len(member) + len(th) + 6)
	separator := member + "="
	put := func(key, value string) {
		b.WriteString(separator)
		b.WriteString(key)
		b.WriteByte(':')
		b.WriteString(value)
		separator = ";"
	}
	if th != "" {
		put("th", th)
	}
	for key, value := range fields(find(tracestate)) {
		if key != "th" && b.Len()+len(key)+len(value)+2 <= len(member)+1+maxMember {
			put(key, value)
		}
	}
	members := 0
	if b.Len() > 0 {
		members++
	}
	for part := range strings.SplitSeq(tracestate, ",") {
		part = strings.Trim(part, " \t")
		if part == "" || isOurs(part) || members == maxMembers {
			continue
		}
		if members > 0 {
			b.WriteByte(',')
		}
		b.WriteString(part)
		members++
	}
	return b.String()
}

// find returns the value of OpenTelemetry's member, "" without one.
func find(tracestate string) string {
	for rest := tracestate; rest != ""; {
		var part string
		part, rest, _ = strings.Cut(rest, ",")
		part = strings.Trim(part, " \t")
		if isOurs(part) {
			return part[len(member)+1:]
		}
	}
	return ""
}

func isOurs(part string) bool { return strings.HasPrefix(part, member+"=") }

// fields yields the fields of our member's value.
func fields(value string) func(yield func(key, value string) bool) {
	return func(yield func(key, value string) bool) {
		for rest := value; rest != ""; {
			var field string
			field, rest, _ = strings.Cut(rest, ";")
			if key, v, ok := strings.Cut(field, ":"); ok && !yield(key, v) {
				return
			}
		}
	}
}

package shop

import (
	"fmt"
	"slices"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// fault is why a step failed, in the words of the language it is written in.
type fault struct {
	kind       faultKind
	errorType  string
	message    string
	stacktrace string
}

// newFault makes up a failure of s on p.
func newFault(d dice, s *step, p *pod) *fault {
	f := &fault{}
	switch s.kind {
	case callHTTP, callRPC:
		f.kind = pick(d, []faultKind{faultTimeout, faultUnavailable})
	case runQuery:
		f.kind = faultDatabase
	case publishMessage:
		f.kind = faultTimeout
	case serveHTTP, serveRPC, consumeMessage, doWork:
		f.kind = faultApplication
	}
	f.errorType = p.service.lang.errors[f.kind]
	f.message = f.kind.message(d, s)
	f.stacktrace = stacktrace(d, p.service, f)
	return f
}

func (k faultKind) message(d dice, s *step) string {
	switch k {
	case faultTimeout:
		return fmt.Sprintf("%s %s: no answer within %d ms", s.method, s.target, 500*d.between(1, 10))
	case faultUnavailable:
		return fmt.Sprintf("%s %s: connection refused", s.method, s.target)
	case faultDatabase:
		return fmt.Sprintf("could not serialize access to %q due to concurrent update (SQLSTATE 40001)", s.target)
	default:
		return pick(d, []string{
			"order total does not match the sum of its items",
			"currency of payment and order differ",
			"stock must not become negative",
			"unexpected null in field 'address'",
			"version conflict: expected 3, found 4",
		})
	}
}

// handlers are the functions of application code, the same in all services.
var handlers = []string{
	"handle", "validate", "loadOrder", "applyRules", "convertCurrency", "saveAll", "mapToView", "checkAccess",
	"encodeResponse", "decodeRequest", "fetchPrices", "mergeItems",
}

// frame is one entry of a call stack.
type frame struct {
	function, file string
	line           int
}

// callFrames returns a stack of svc, outermost frame first: its runtime and n
// frames of its own code.
func callFrames(d dice, svc *service, n int) []frame {
	frames := make([]frame, 0, len(svc.lang.runtimeFrames)+n+1)
	for i, name := range svc.lang.runtimeFrames {
		frames = append(frames, frame{function: name, file: "runtime", line: 80 + 7*i})
	}
	file := svc.file()
	for range n {
		h := d.IntN(len(handlers))
		frames = append(frames, frame{function: svc.function(handlers[h]), file: file, line: 20 + 31*h + d.IntN(25)})
	}
	return frames
}

// stacktrace prints a stack of svc that ends in f, in the order that its
// language uses.
func stacktrace(d dice, svc *service, f *fault) string {
	frames := callFrames(d, svc, d.between(3, 8))
	var b strings.Builder
	cause := fmt.Sprintf(svc.lang.traceHeader, f.errorType, f.message)
	if svc.lang.causeLast {
		b.WriteString("Traceback (most recent call last):\n")
	} else {
		b.WriteString(cause)
		slices.Reverse(frames)
	}
	for _, fr := range frames {
		fmt.Fprintf(&b, svc.lang.traceLine, fr.function, fr.file, fr.line)
	}
	if svc.lang.causeLast {
		b.WriteString(cause)
	}
	return b.String()
}

// put writes f as the exception attributes of an event or a log record.
func (f *fault) put(m pcommon.Map) {
	m.PutStr("exception.type", f.errorType)
	m.PutStr("exception.message", f.message)
	m.PutStr("exception.stacktrace", f.stacktrace)
}

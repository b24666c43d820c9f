// Package tracehold holds the spans of traces, and the log records that belong
// to them, until their traces are decided, and remembers the decisions.
//
// What is held is OTLP, encoded: the bytes of each span as they came, grouped by
// trace and by where they come from. Resources and scopes are held once,
// however many spans share them. So a span costs its encoding and a few bytes
// more, and the bound of the whole (Options.MaxBytes) is exact. What a decision
// needs to know of a trace is worked out as its spans arrive (Features), and
// does not depend on their order; nothing is decoded until it is delivered.
//
// A trace passes through these states:
//
//	        Add              Due, Evict, Flush          Settle
//	(none) -----> held ----------------------> taken ----------> remembered
//	               ^ |                          ^ |                 |
//	               +-+ Add                      +-+ Add             | a while
//	                                                                v
//	                                                             (none)
//
// Due takes traces that are complete: their root has come and nothing else for
// Options.Quiet; or whose first span came Options.Hold ago. Evict takes the
// oldest and largest to make room. Whoever takes a trace decides over it and
// settles it with a verdict; what comes between is handed over by Settle, and
// what comes after by Add, along with the verdict. So all spans of a trace meet
// one verdict, as long as it is remembered.
//
// The package reads no clock (callers say what time it is) and knows nothing
// of streams or delivery. A Store is safe for concurrent use.
package tracehold

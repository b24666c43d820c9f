// Package sampling decides over traces by consistent probability, as W3C Trace
// Context level 2 and the OpenTelemetry specification define it.
//
// A trace has 56 bits of randomness: the low 56 bits of its ID, or the value
// `rv` that its root put into the member `ot` of the tracestate. A sampler has
// a rejection threshold of 56 bits, and keeps what has a randomness that is not
// below it: whatever a higher threshold keeps, a lower one keeps, too. So 10 %
// of one stream is a part of 50 % of another, on every node and without state.
//
// The threshold that a span has passed travels in its tracestate as `th`;
// whoever counts spans weighs this one with the inverse of its probability. A
// threshold only ever rises: samplers in a row do not multiply, the strictest
// one counts.
//
// Everything here is a pure function, but for Target, which is not safe for
// concurrent use.
package sampling

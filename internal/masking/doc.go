// Package masking takes personal data and secrets out of telemetry, in place:
// out of every text in traces, metrics, logs and profiles, at any depth. What to
// look for and what to do with it is a Policy; a Masker applies it to payloads
// and counts.
//
// Package detect finds what is in a text. This package knows where texts are,
// what the key of an attribute says about its value, which findings are
// allowed, and what replaces the others.
//
// It fails closed. What cannot be looked at (a detector that panics, a value
// that is nested too deep) is replaced.
package masking

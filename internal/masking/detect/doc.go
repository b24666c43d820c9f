// Package detect finds personal data and secrets in text.
//
// It works in three steps, each much cheaper than the next. A screen reads
// every byte once and says which detectors could match at all; for most text
// that is none. Then a detector looks for candidates by what is rare in them
// (an '@', a "://", a long run). Last, a validator decides: a checksum, the
// ranges that an authority hands out, what must decode.
//
// The screen must never reject what a detector finds: that would be a leak.
// Fuzz targets compare each detector with and without it.
//
// Text is bytes. It need not be UTF-8.
package detect

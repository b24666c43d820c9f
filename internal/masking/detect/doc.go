// Package detect finds personal data and secrets in text.
//
// It works in three steps, each much cheaper than the next. A screen reads
// every byte and says which detectors could match at all; for most text that is
// none. On amd64 it is a prefilter by vector instructions (AVX-512, or AVX2), on
// other processors, and with the build tag purego, counters of bytes. Then a detector looks for candidates by what is rare in them
// (an '@', a "://", a long run). Last, a validator decides: a checksum, the
// ranges that an authority hands out, what must decode.
//
// The screen must never reject what a detector finds: that would be a leak.
// Fuzz targets compare each detector with and without each screen, and the vector
// instructions with plain Go.
//
// Text is bytes. It need not be UTF-8.
package detect

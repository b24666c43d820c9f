// Package image holds the tests of the container image: they build it with
// `make image`, read the result with nothing but the standard library, unpack
// it and run what is in it. They also hold the examples in deploy to it.
package image

//go:build !amd64 || purego

package detect

// Without vector instructions masks cost more than the counters of shape.
const havePrefilter = false

// prefilter and prefilterMore would name the detectors that could match in s.
func prefilter(string) Set     { return setPrefiltered }
func prefilterMore(string) Set { return setPrefiltered }

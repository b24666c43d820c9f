//go:build !race

package tracehold

const raceEnabled = false

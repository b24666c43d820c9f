//go:build race

package tracehold

const raceEnabled = true

//go:build race

package compile

// slowdown is what the race detector costs.
const slowdown = 10

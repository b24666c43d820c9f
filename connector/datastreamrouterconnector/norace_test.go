//go:build !race

package datastreamrouterconnector

const raceEnabled = false

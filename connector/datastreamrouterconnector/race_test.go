//go:build race

package datastreamrouterconnector

const raceEnabled = true

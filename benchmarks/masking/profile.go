package main

import (
	"os"
	"runtime/pprof"
)

// profileTen writes a CPU profile of our processor with ten detectors on clean
// spans.
func profileTen(path string) error {
	ten, err := newOurs(tenDetectors...)
	if err != nil {
		return err
	}
	c, err := newCorpus(0)
	if err != nil {
		return err
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := pprof.StartCPUProfile(f); err != nil {
		return err
	}
	defer pprof.StopCPUProfile()
	_, err = race(c, []entrant{{name: "ten", handle: ten}}, 200)
	return err
}

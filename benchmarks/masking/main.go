// Command masking compares the masking processor with contrib's redaction
// processor, on the same corpus in one process: what they cost, what they take
// for secrets, and what they leave. It prints Markdown and needs Linux, for its
// CPU clock. docs/masking-comparison.md holds the last results.
package main

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"slices"
)

func main() {
	rounds := flag.Int("rounds", 15, "rounds; the median over them is reported")
	profile := flag.String("cpuprofile", "", "`file` for a CPU profile of ten detectors on clean spans, and nothing else")
	update := flag.String("update", "", "Markdown `file` whose tables are replaced by the new ones")
	flag.Parse()
	if *profile != "" {
		if err := profileTen(*profile); err != nil {
			fmt.Fprintln(os.Stderr, "masking:", err)
			os.Exit(1)
		}
		return
	}
	if err := run(*rounds, *update); err != nil {
		fmt.Fprintln(os.Stderr, "masking:", err)
		os.Exit(1)
	}
}

// run measures everything, prints the tables and, if update names a file, writes
// them there.
func run(rounds int, update string) error {
	// One core, and one thread for what is measured: its clock then shows what
	// the work costs, however many cores are free.
	runtime.GOMAXPROCS(1)
	sections := make(map[string]string)
	var err error
	if sections["masking-cost"], err = measureCost(rounds); err != nil {
		return err
	}
	if sections["masking-mistakes"], err = measureMistakes(); err != nil {
		return err
	}
	if sections["masking-fields"], err = compareFields(); err != nil {
		return err
	}
	if sections["masking-detectors"], err = compareDetectors(); err != nil {
		return err
	}
	names := make([]string, 0, len(sections))
	for name := range sections {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		fmt.Fprintf(os.Stdout, "### %s\n\n%s\n", name, sections[name])
	}
	if update == "" {
		return nil
	}
	return updateFile(update, sections)
}

// Command masking compares what the masking processor costs with contrib's
// redaction processor and with decoding OTLP, on the same spans in one process. It
// prints Markdown and needs Linux, for its CPU clock. docs/masking-comparison.md
// holds the last results.
package main

import (
	"flag"
	"fmt"
	"os"
	"runtime"
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

// run measures, prints the table and, if update names a file, writes it there.
func run(rounds int, update string) error {
	// One core, and one thread for what is measured: its clock then shows what
	// the work costs, however many cores are free.
	runtime.GOMAXPROCS(1)
	table, err := measureCost(rounds)
	if err != nil {
		return err
	}
	fmt.Fprintln(os.Stdout, table)
	if update == "" {
		return nil
	}
	return updateFile(update, map[string]string{"masking-cost": table})
}

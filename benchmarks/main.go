// Command benchmarks compares the router and the Parquet encoder with what
// others do, side by side in one process, and prints Markdown tables. It needs
// Linux, for its CPU clocks. docs/performance.md says how it measures and
// holds the last results.
package main

import (
	"flag"
	"fmt"
	"os"
	"runtime"
)

func main() {
	rounds := flag.Int("rounds", 60, "rounds per comparison of routers; the median over them is reported")
	items := flag.Int("items", 200_000, "spans, log records and data points to encode in each format")
	sampled := flag.Int("sampled", 200_000, "spans to hold and sample")
	only := flag.String("only", "", "measure this section alone: traces")
	update := flag.String("update", "", "Markdown `file` whose tables are replaced by the new ones")
	flag.Parse()
	err := error(nil)
	if *only == "traces" {
		err = runTraces(*sampled, *update)
	} else {
		err = run(*rounds, *items, *sampled, *update)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "benchmarks:", err)
		os.Exit(1)
	}
}

// run measures everything, prints the tables and, if update names a file,
// writes them there.
func run(rounds, items, sampled int, update string) error {
	// One core, and one thread for what is measured: its clock then shows what
	// the work costs, however many cores are free.
	runtime.GOMAXPROCS(1)

	routing, err := measureRouting(rounds)
	if err != nil {
		return err
	}
	sections := map[string]string{
		"machine":  machine(),
		"routers":  routing.routersTable(),
		"controls": routing.controlsTable(),
	}
	fanOut, err := measureFanOut(rounds)
	if err != nil {
		return err
	}
	sections["fanout"] = fanOut
	shares, err := measureShares(rounds)
	if err != nil {
		return err
	}
	sections["share"] = sharesTable(shares)
	sections["bars"] = barsTable(routing, shares)
	if sections["encodings"], err = measureEncodings(items); err != nil {
		return err
	}
	if sections["traces"], err = measureTailSampling(sampled); err != nil {
		return err
	}
	for _, name := range []string{"machine", "bars", "routers", "controls", "fanout", "share", "encodings", "traces"} {
		fmt.Fprintf(os.Stdout, "### %s\n\n%s\n", name, sections[name])
	}
	if err := routing.checkControls(); err != nil {
		return err
	}
	if update == "" {
		return nil
	}
	return updateFile(update, sections)
}

// runTraces measures the section traces alone.
func runTraces(spans int, update string) error {
	runtime.GOMAXPROCS(1)
	section, err := measureTailSampling(spans)
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stdout, "### traces\n\n%s\n", section)
	if update == "" {
		return nil
	}
	return updateFile(update, map[string]string{"traces": section})
}

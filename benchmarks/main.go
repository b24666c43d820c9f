// Command benchmarks compares the router and the Parquet encoder with what
// others do, side by side in one process, and prints Markdown tables. It needs
// Linux, for its CPU clocks. docs/performance.md says how it measures and
// holds the last results.
package main

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"runtime"
	"slices"
	"strings"
)

func main() {
	rounds := flag.Int("rounds", 60, "rounds per comparison of routers; the median over them is reported")
	items := flag.Int("items", 200_000, "spans, log records and data points to encode in each format")
	sampled := flag.Int("sampled", 200_000, "spans to hold and sample")
	only := flag.String("only", "routers,encodings,traces", "what to measure")
	update := flag.String("update", "", "Markdown `file` whose tables are replaced by the new ones")
	flag.Parse()
	parts := strings.Split(*only, ",")
	if err := run(parts, *rounds, *items, *sampled, *update); err != nil {
		fmt.Fprintln(os.Stderr, "benchmarks:", err)
		os.Exit(1)
	}
}

// sections are the tables that a part of the program makes, by their names in
// the document.
type sections map[string]string

// run measures the parts, prints their tables and, if update names a file,
// writes them there.
func run(parts []string, rounds, items, sampled int, update string) error {
	// One core, and one thread for what is measured: its clock then shows what
	// the work costs, however many cores are free.
	runtime.GOMAXPROCS(1)
	all := sections{"machine": machine()}
	for _, part := range parts {
		var err error
		switch part {
		case "routers":
			err = measureRouters(rounds, all)
		case "encodings":
			all["encodings"], err = measureEncodings(items)
		case "traces":
			all["traces"], err = measureTailSampling(sampled)
		default:
			err = fmt.Errorf("there is no part %q", part)
		}
		if err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		fmt.Fprintf(os.Stdout, "### %s\n\n%s\n", name, all[name])
	}
	if update == "" {
		return nil
	}
	return updateFile(update, all)
}

// measureRouters adds the tables about routing. It fails if a control does.
func measureRouters(rounds int, all sections) error {
	routing, err := measureRouting(rounds)
	if err != nil {
		return err
	}
	shares, err := measureShares(rounds)
	if err != nil {
		return err
	}
	all["routers"], all["controls"] = routing.routersTable(), routing.controlsTable()
	all["share"], all["bars"] = sharesTable(shares), barsTable(routing, shares)
	if all["fanout"], err = measureFanOut(rounds); err != nil {
		return err
	}
	return routing.checkControls()
}

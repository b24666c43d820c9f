package main

import (
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/otelcol-datastreams/otelcol-datastreams/cmd/datastreams/internal/watch"
)

const topLong = `Show what flows through the streams and destinations of a running collector, in a
table that is drawn again each interval until interrupted. The numbers come from the
collector's own metrics (settings.metrics_endpoint).

The exit code is 0 after an interrupt or --once, 1 if no collector answers, 2 if the
command line makes no sense.`

func newTop() *cobra.Command {
	var url string
	var interval time.Duration
	var once bool
	var limit int
	cmd := &cobra.Command{
		Use: "top", Short: "Show what flows through the streams of a running collector", Long: topLong, Args: noArgs,
		Example: "  datastreams top\n  datastreams top --once -o json | jq '.streams[0]'",
	}
	output := outputFlag(cmd, asText, asJSON)
	f := cmd.Flags()
	f.StringVar(&url, "url", "http://127.0.0.1:8888/metrics", "where the collector publishes its metrics")
	f.DurationVar(&interval, "interval", 2*time.Second, "how often to look")
	f.BoolVar(&once, "once", false, "show one table, of one interval, and end")
	f.IntVar(&limit, "limit", 30, "show at most so many streams; 0: all")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if interval <= 0 || limit < 0 {
			return usageError{fmt.Errorf("interval and limit: must not be negative, nor interval 0")}
		}
		before, err := watch.Take(cmd.Context(), url)
		if err != nil {
			return err
		}
		for first := true; ; first = false {
			select {
			case <-cmd.Context().Done():
				return nil
			case <-time.After(interval):
			}
			after, err := watch.Take(cmd.Context(), url)
			if cmd.Context().Err() != nil {
				return nil
			}
			if err != nil && (once || first) {
				return err
			}
			if err != nil {
				fmt.Fprintf(cmd.ErrOrStderr(), "datastreams: %v\n", err) // It may be reloading.
				continue
			}
			table, err := watch.Compare(before, after)
			if err != nil {
				return err
			}
			if err := printTable(cmd.OutOrStdout(), table, *output, limit, !once); err != nil || once {
				return err
			}
			before = after
		}
	}
	return cmd
}

// redraw moves the cursor to the top of a cleared terminal.
const redraw = "\x1b[H\x1b[2J"

func printTable(w io.Writer, t watch.Table, output string, limit int, again bool) error {
	if output == asJSON {
		return printJSON(w, t)
	}
	if again {
		if _, err := io.WriteString(w, redraw); err != nil {
			return err
		}
	}
	return t.WriteText(w, limit)
}

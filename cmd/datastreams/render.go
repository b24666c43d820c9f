package main

import (
	"fmt"
	"io"

	"github.com/pmezard/go-difflib/difflib"
	"github.com/spf13/cobra"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/change"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/compile"
)

const renderLong = `Print the Collector configuration that a document (default: datastreams.yaml)
compiles to. References such as ${env:NAME} stay as they are. It runs in any
Collector that has the components:

  datastreams render > collector.yaml
  otelcol-datastreams --config collector.yaml

The exit code is 0 if it compiles, 1 if not, 2 if the command line makes no sense.`

func newRender() *cobra.Command {
	var old string
	cmd := &cobra.Command{
		Use: "render [FILE]", Short: "Print what a document compiles to", Long: renderLong, Args: atMostOneFile,
		Example: "  datastreams render\n  git show HEAD:datastreams.yaml > /tmp/old.yaml && datastreams render --diff /tmp/old.yaml",
	}
	output := outputFlag(cmd, "yaml", asJSON)
	cmd.Flags().StringVar(&old, "diff", "", "print the difference to what the document `OLD` compiles to")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		l, err := readGood(cmd, documentArg(args))
		if err != nil {
			return err
		}
		printDiagnostics(cmd.ErrOrStderr(), l.found)
		if old == "" {
			return printConfig(cmd.OutOrStdout(), l.result, *output)
		}
		before, err := readGood(cmd, old)
		if err != nil {
			return err
		}
		return printDiff(cmd.OutOrStdout(), before, l, *output)
	}
	return cmd
}

func printConfig(w io.Writer, r compile.Result, output string) error {
	if output == asJSON {
		return printJSON(w, r.Config)
	}
	text, err := compile.YAML(r.Config)
	if err != nil {
		return err
	}
	_, err = w.Write(text)
	return err
}

// difference is what changes from one document to another.
type difference struct {
	// Kind says what the change takes of a running collector.
	Kind    change.Kind `json:"kind"`
	Summary []string    `json:"summary"`
	// Diff is that of the compiled configurations, in the unified format.
	Diff string `json:"diff"`
}

func differenceOf(before, after loaded) (difference, error) {
	c := change.Classify(before.result, after.result)
	d := difference{Kind: c.Kind, Summary: append([]string{}, c.Summary...)}
	a, err := compile.YAML(before.result.Config)
	if err != nil {
		return d, err
	}
	b, err := compile.YAML(after.result.Config)
	if err != nil {
		return d, err
	}
	d.Diff, err = difflib.GetUnifiedDiffString(difflib.UnifiedDiff{
		A: difflib.SplitLines(string(a)), B: difflib.SplitLines(string(b)), FromFile: before.file, ToFile: after.file, Context: 3,
	})
	return d, err
}

func printDiff(w io.Writer, before, after loaded, output string) error {
	d, err := differenceOf(before, after)
	if err != nil {
		return err
	}
	if output == asJSON {
		return printJSON(w, d)
	}
	_, err = fmt.Fprint(w, d.Diff)
	return err
}

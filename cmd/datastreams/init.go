package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/otelcol-datastreams/otelcol-datastreams/cmd/datastreams/internal/starter"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/compile"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/document"
)

const initLong = `Write a first document. On a terminal it asks; flags answer beforehand.

With --from it reads the configuration of a Collector: the routes of a routing
connector become streams, exporters become destinations, processors become
actions. Comparisons and IsMatch on resource attributes become sources, other
conditions stay conditions; what cannot be taken over is noted at the top.

A file that is there is not written over without --force; - is standard output.
The exit code is 0 if the document was written, 1 if not, or if it has errors, 2 if
the command line makes no sense.`

func newInit() *cobra.Command {
	var answers starter.Answers
	var from, to string
	var force, ask bool
	cmd := &cobra.Command{
		Use: "init [FILE]", Short: "Write a first document", Long: initLong, Args: atMostOneFile,
		Example: "  datastreams init\n  datastreams init --parquet file:./data/parquet --stream shop=service.namespace=shop,payments\n" +
			"  datastreams init --from collector.yaml -",
	}
	output := outputFlag(cmd, asText, asJSON)
	f := cmd.Flags()
	f.StringVar(&from, "from", "", "a Collector's configuration to start from")
	f.StringVar(&answers.Parquet, "parquet", "", "where Parquet files go: file:PATH or s3://BUCKET/PREFIX")
	f.StringVar(&answers.OTLP, "otlp", "", "an OTLP/gRPC backend as `host:port`")
	f.StringArrayVar(&answers.Streams, "stream", nil, "a stream as `name=attribute=value[,value]`; may be repeated")
	f.BoolVar(&force, "force", false, "write over a file that is there")
	f.BoolVar(&ask, "ask", false, "ask also if standard input is no terminal")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		to = documentArg(args)
		if to == "-" && *output == asJSON {
			return usageError{errors.New("standard output takes the document or JSON, not both: name a file")}
		}
		if to != "-" && !force {
			if _, err := os.Lstat(to); !errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("%s is there already; use --force to write over it", to)
			}
		}
		draft, err := draftOf(cmd, from, answers, ask)
		if err != nil {
			return err
		}
		return writeDraft(cmd, draft, to, *output)
	}
	return cmd
}

// draftOf makes the draft that the flags ask for.
func draftOf(cmd *cobra.Command, from string, answers starter.Answers, ask bool) (starter.Draft, error) {
	given := answers.Parquet != "" || answers.OTLP != "" || len(answers.Streams) > 0
	if from != "" {
		if given {
			return starter.Draft{}, usageError{errors.New("--from goes with no other answers")}
		}
		data, err := os.ReadFile(from)
		if err != nil {
			return starter.Draft{}, err
		}
		d, err := starter.FromCollector(data)
		if err != nil {
			return d, fmt.Errorf("%s: %w", from, err)
		}
		return d, nil
	}
	if ask || !given && isTerminal(cmd.InOrStdin()) {
		var err error
		if answers, err = starter.Ask(cmd.InOrStdin(), cmd.ErrOrStderr(), answers); err != nil {
			return starter.Draft{}, err
		}
	} else if answers.Parquet == "" && answers.OTLP == "" {
		answers.Parquet = "file:./data/parquet"
	}
	d, err := answers.Draft()
	if err != nil {
		return d, usageError{err}
	}
	return d, nil
}

// isTerminal reports whether somebody could answer.
func isTerminal(in io.Reader) bool {
	file, ok := in.(*os.File)
	if !ok {
		return false
	}
	stat, err := file.Stat()
	return err == nil && stat.Mode()&os.ModeCharDevice != 0 && file.Name() != os.DevNull
}

// written is what init has done.
type written struct {
	File         string               `json:"file"`
	Streams      int                  `json:"streams"`
	Destinations int                  `json:"destinations"`
	Notes        []string             `json:"notes"`
	Diagnostics  document.Diagnostics `json:"diagnostics"`
}

// writeDraft writes the document, and says what is wrong with it.
func writeDraft(cmd *cobra.Command, draft starter.Draft, to, output string) error {
	text, err := draft.YAML()
	if err != nil {
		return err
	}
	if to == "-" {
		_, err = cmd.OutOrStdout().Write(text)
	} else {
		err = os.WriteFile(to, text, 0o600)
	}
	if err != nil {
		return err
	}
	_, _, found := compile.Parse(to, text)
	if output == asJSON {
		err = printJSON(cmd.OutOrStdout(), written{
			to, len(draft.Streams), len(draft.Destinations), append([]string{}, draft.Notes...), append(document.Diagnostics{}, found...),
		})
	} else {
		for _, note := range draft.Notes {
			fmt.Fprintf(cmd.ErrOrStderr(), "note: %s\n", note)
		}
		printDiagnostics(cmd.ErrOrStderr(), found)
	}
	switch {
	case err != nil:
		return err
	case found.Failed():
		return errProblems
	case to != "-" && output == asText:
		fmt.Fprintf(cmd.ErrOrStderr(), "wrote %s: %s. Next: otelcol-datastreams --config datastreams:%s\n", to, count(len(draft.Streams), "stream"), to)
	}
	return nil
}

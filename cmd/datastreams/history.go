package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/revision"
)

const historyLong = `List the revisions of a document (default: datastreams.yaml) that its collector has
applied, or tried to, the newest last. The collector keeps the last 50.

The exit code is 0, or 1 if there is no journal, 2 if the command line makes no sense.`

func newHistory() *cobra.Command {
	var journal string
	cmd := &cobra.Command{
		Use: "history [FILE]", Short: "List the revisions of a document", Long: historyLong, Args: atMostOneFile,
		Example: "  datastreams history\n  datastreams history -o json | jq '.[-1]'",
	}
	output := outputFlag(cmd, asText, asJSON)
	journalFlag(cmd, &journal)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		l, err := read(documentArg(args))
		if err != nil {
			return err
		}
		a := application{journal: journal}
		j, err := openJournal(l, a.journalOf(l))
		if err != nil {
			return err
		}
		list := j.List()
		if *output == asJSON {
			return printJSON(cmd.OutOrStdout(), append([]revision.Revision{}, list...))
		}
		if len(list) == 0 {
			return fmt.Errorf("no revision of %s was applied yet, or its collector keeps its journal elsewhere: see --journal", l.file)
		}
		return printHistory(cmd.OutOrStdout(), list)
	}
	return cmd
}

func printHistory(w io.Writer, list []revision.Revision) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "REVISION\tTIME\tKIND\tRESULT\tHASH\tWHAT")
	for _, r := range list {
		what := strings.Join(r.Summary, "; ")
		if r.Error != "" {
			what = r.Error
		}
		fmt.Fprintf(t, "%d\t%s\t%s\t%s\t%s\t%s\n", r.Number, r.Time.UTC().Format(time.DateTime), r.Kind, r.State, short(r.SHA256, 8), short(oneLine(what), 100))
	}
	return t.Flush()
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// short cuts a text after so many characters.
func short(text string, length int) string {
	runes := []rune(text)
	if len(runes) <= length {
		return text
	}
	return string(runes[:length])
}

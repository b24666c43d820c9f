package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/change"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/revision"
)

const planLong = `Tell what a document (default: datastreams.yaml) would change of the collector that
runs by it: nothing, membership (swapped while data flows) or the graph (pipelines
stop and start; senders retry meanwhile). It is compared with the revision that was
applied last, as the journal below the document's data_dir has it.

The exit code is 0 if the document is good, 1 if not, 2 if the command line makes no
sense.`

func newPlan() *cobra.Command {
	var journal string
	cmd := &cobra.Command{
		Use: "plan [FILE]", Short: "Tell what a document would change", Long: planLong, Args: atMostOneFile,
		Example: "  datastreams plan\n  datastreams plan -o json new.yaml",
	}
	output := outputFlag(cmd, asText, asJSON)
	journalFlag(cmd, &journal)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		l, err := readGood(cmd, documentArg(args))
		if err != nil {
			return err
		}
		printDiagnostics(cmd.ErrOrStderr(), l.found)
		p, err := planOf(l, journal)
		if err != nil {
			return err
		}
		if *output == asJSON {
			return printJSON(cmd.OutOrStdout(), p)
		}
		return p.writeText(cmd.OutOrStdout())
	}
	return cmd
}

func journalFlag(cmd *cobra.Command, journal *string) {
	cmd.Flags().StringVar(journal, "journal", "", "the `directory` of the journal, if the collector runs in another one than this command; default: revisions below data_dir")
}

// plan is what applying a document would do.
type plan struct {
	// Revision is the one that was applied last; 0 if there is none.
	Revision int `json:"revision"`
	difference
	// Note says that this machine has less space than the document asks for.
	Note string `json:"note,omitempty"`
}

// planOf compares a document with the revision that was applied last.
func planOf(l loaded, dir string) (plan, error) {
	j, err := openJournal(l, dir)
	if err != nil {
		return plan{}, err
	}
	after := l.here()
	note := after.result.Budget.Note()
	last, ok := j.LastApplied()
	if !ok {
		return plan{difference: difference{Kind: change.Graph, Summary: []string{"nothing was applied yet: all is new"}}, Note: note}, nil
	}
	data, err := j.Document(last.Number)
	if err != nil {
		return plan{}, err
	}
	before := loaded{file: fmt.Sprintf("revision %d", last.Number), data: data}.here()
	if before.found.Failed() {
		return plan{}, fmt.Errorf("revision %d does not compile any more: %w", last.Number, before.found.Err())
	}
	d, err := differenceOf(before, after)
	return plan{last.Number, d, note}, err
}

func openJournal(l loaded, dir string) (*revision.Journal, error) {
	if dir == "" {
		dir = l.result.Journal
	}
	return revision.Open(dir)
}

// costs say what the kinds of changes take.
var costs = map[change.Kind]string{
	change.None:       "nothing that the collector would notice",
	change.Membership: "membership: swapped while data flows, no pipeline stops",
	change.Graph:      "graph: pipelines stop and start; queues on disk keep their data, and senders retry for a moment",
}

func (p plan) writeText(w io.Writer) error {
	against := "no revision"
	if p.Revision > 0 {
		against = fmt.Sprintf("revision %d", p.Revision)
	}
	var errs []error
	line := func(format string, args ...any) {
		_, err := fmt.Fprintf(w, format+"\n", args...)
		errs = append(errs, err)
	}
	line("against %s: %s", against, costs[p.Kind])
	for _, s := range p.Summary {
		line("  %s", s)
	}
	if p.Note != "" {
		line("note: %s", p.Note)
	}
	if p.Diff != "" {
		line("\n%s", p.Diff)
	}
	return errors.Join(errs...)
}

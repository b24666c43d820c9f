package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/change"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/compile"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/revision"
)

const applyLong = `Check the document NEW, tell what it changes, put it in the place of the document that
a collector runs by, and wait until the collector has applied it, or has refused it.

The exit code is 0 if it was applied (or, with --wait 0, put in place), 1 if not, 2 if
the command line makes no sense.`

func newApply() *cobra.Command {
	var a application
	cmd := &cobra.Command{
		Use: "apply NEW", Short: "Put a document in the place of the one that runs", Long: applyLong, Args: oneArg("the new document"),
		Example: "  datastreams apply new.yaml\n  datastreams apply new.yaml --file /etc/datastreams/datastreams.yaml --wait 30s",
	}
	output := outputFlag(cmd, asText, asJSON)
	a.flags(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		l, err := readGood(cmd, args[0])
		if err != nil {
			return err
		}
		printDiagnostics(cmd.ErrOrStderr(), l.found)
		return a.run(cmd, l, *output)
	}
	return cmd
}

const rollbackLong = `Put a revision of the journal in the place of the document that a collector runs by,
and wait until it is applied. datastreams history lists the revisions. The journal
goes on: the old document becomes the newest revision.

The exit code is 0 if it was applied (or, with --wait 0, put in place), 1 if not, 2 if
the command line makes no sense.`

func newRollback() *cobra.Command {
	var a application
	cmd := &cobra.Command{
		Use: "rollback NUMBER", Short: "Go back to an earlier revision", Long: rollbackLong, Args: oneArg("the number of a revision"),
		Example: "  datastreams rollback 7",
	}
	output := outputFlag(cmd, asText, asJSON)
	a.flags(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		var number int
		if _, err := fmt.Sscanf(args[0]+"\n", "%d\n", &number); err != nil || number < 1 {
			return usageError{fmt.Errorf("%q is not the number of a revision; see datastreams history", args[0])}
		}
		current, err := read(a.file)
		if err != nil {
			return err
		}
		j, err := openJournal(current, a.journalOf(current))
		if err != nil {
			return err
		}
		data, err := j.Document(number)
		if err != nil {
			return fmt.Errorf("the journal does not keep revision %d: %w", number, err)
		}
		l := loaded{file: fmt.Sprintf("revision %d", number), data: data}
		l.doc, l.result, l.found = compile.Parse(l.file, data)
		if l.found.Failed() {
			printDiagnostics(cmd.ErrOrStderr(), l.found)
			return errProblems
		}
		return a.run(cmd, l, *output)
	}
	return cmd
}

func oneArg(what string) func(cmd *cobra.Command, args []string) error {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != 1 {
			return usageError{fmt.Errorf("%s needs %s; see %[1]s --help", cmd.CommandPath(), what)}
		}
		return nil
	}
}

// application puts documents in place.
type application struct {
	file, journal string
	wait          time.Duration
}

func (a *application) flags(cmd *cobra.Command) {
	cmd.Flags().StringVarP(&a.file, "file", "f", defaultDocument, "the document that the collector runs by")
	cmd.Flags().DurationVar(&a.wait, "wait", 20*time.Second, "how long to wait for the collector; 0: not at all")
	journalFlag(cmd, &a.journal)
}

// journalOf returns where the revisions of a document that may not compile are.
func (a *application) journalOf(l loaded) string {
	if a.journal == "" && l.result.Journal == "" {
		return filepath.Join("data", "revisions")
	}
	return a.journal
}

// outcome is what became of an application.
type outcome struct {
	plan
	// State is "applied", "failed", "unchanged" or "in place": not waited for.
	State string `json:"state"`
	Error string `json:"error,omitempty"`
}

func (a *application) run(cmd *cobra.Command, l loaded, output string) error {
	p, err := planOf(l, a.journal)
	if err != nil {
		return err
	}
	if output == asText {
		if err := p.writeText(cmd.OutOrStdout()); err != nil {
			return err
		}
	}
	if err := replaceFile(a.file, l.data); err != nil {
		return err
	}
	done := outcome{plan: p, State: "in place"}
	var failure error
	switch {
	case p.Kind == change.None:
		done.State = "unchanged"
	case a.wait > 0:
		failure = a.await(cmd.Context(), l, p.Revision)
		done.State = "applied"
		if failure != nil {
			done.State, done.Error = "failed", failure.Error()
		}
	}
	if output == asJSON {
		return errors.Join(printJSON(cmd.OutOrStdout(), done), failure)
	}
	if failure == nil {
		_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s: %s\n", a.file, done.State)
	}
	return errors.Join(err, failure)
}

// await waits until the journal has a newer revision with the document's hash
// that was applied, or failed.
func (a *application) await(ctx context.Context, l loaded, before int) error {
	ctx, cancel := context.WithTimeout(ctx, a.wait)
	defer cancel()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		j, err := openJournal(l, a.journal)
		if err != nil {
			return err
		}
		if latest, ok := j.Latest(); ok && latest.Number > before && latest.SHA256 == revision.Hash(l.data) {
			switch latest.State {
			case revision.Applied:
				return nil
			case revision.Failed:
				return fmt.Errorf("the collector refused it: %s", latest.Error)
			}
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("%s is in place, but no collector has applied it within %s: does one run by it? Its log says what it thinks", a.file, a.wait)
		}
	}
}

// replaceFile puts a file in place as a whole. Where that cannot be, as on a file
// that is mounted into a container, it is written over.
func replaceFile(path string, data []byte) error {
	if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, data) {
		return nil
	}
	mode := os.FileMode(0o600)
	if stat, err := os.Stat(path); err == nil {
		mode = stat.Mode().Perm()
	}
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	temporary, err := os.CreateTemp(filepath.Dir(path), ".datastreams-*")
	if err != nil {
		return err
	}
	defer os.Remove(temporary.Name()) // Fails once it is renamed.
	_, err = temporary.Write(data)
	err = errors.Join(err, temporary.Chmod(mode), temporary.Sync(), temporary.Close())
	if err != nil {
		return err
	}
	if os.Rename(temporary.Name(), path) == nil {
		return nil
	}
	return os.WriteFile(path, data, mode)
}

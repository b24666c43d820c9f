package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/compile"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/document"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/suggest"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/volume"
)

// defaultDocument is the file that commands read if they are told of none.
const defaultDocument = "datastreams.yaml"

// errProblems says that the problems have been printed already.
var errProblems = errors.New("there are problems")

// loaded is a document that was read and compiled.
type loaded struct {
	file   string
	data   []byte
	doc    *document.Document
	result compile.Result
	found  document.Diagnostics
}

// read reads a document, whatever is wrong with it.
func read(file string) (loaded, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return loaded{}, notRead(file, err)
	}
	l := loaded{file: file, data: data}
	l.doc, l.result, l.found = compile.Parse(file, data)
	if l.found.Failed() && isCollectorConfig(l.doc, l.found) {
		l.found = document.Diagnostics{{
			Severity: document.Error, Position: document.Position{File: file},
			Message: "this is a configuration of the Collector, not a document",
			Remedy:  "datastreams init --from " + file + " makes a document of it",
		}}
	}
	return l, nil
}

// machine is what compiling knows of the machine that this runs on, as the
// collector does where it runs.
var machine = compile.Inputs{VolumeSize: volume.Size}

// here compiles a document without errors for this machine.
func (l loaded) here() loaded {
	l.doc, l.result, l.found = machine.Parse(l.file, l.data)
	return l
}

// printNote says what this machine has no room for.
func printNote(w io.Writer, note string) {
	if note != "" {
		fmt.Fprintf(w, "note: %s\n", note)
	}
}

// readGood is read for commands that need a document without errors. Its
// problems go to stderr.
func readGood(cmd *cobra.Command, file string) (loaded, error) {
	l, err := read(file)
	if err != nil {
		return l, err
	}
	if l.found.Failed() {
		printDiagnostics(cmd.ErrOrStderr(), l.found)
		return l, errProblems
	}
	return l, nil
}

// notRead says why a document cannot be read, and which file was probably meant.
func notRead(file string, err error) error {
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	near, _ := filepath.Glob(filepath.Join(filepath.Dir(file), "*.y*ml"))
	if len(near) == 0 {
		return fmt.Errorf("there is no file %s; datastreams init writes one", file)
	}
	if file == defaultDocument { // Nobody has misspelled it.
		return fmt.Errorf("there is no file %s; datastreams init writes one, or name yours: %s", file, strings.Join(near[:min(len(near), 5)], ", "))
	}
	return fmt.Errorf("there is no file %s%s", file, suggest.Among(file, near))
}

// isCollectorConfig reports whether somebody took the Collector's configuration
// for a document.
func isCollectorConfig(d *document.Document, found document.Diagnostics) bool {
	if len(d.Streams) > 0 {
		return false
	}
	for _, p := range found {
		if p.Path == "service" {
			return true
		}
	}
	return false
}

func printDiagnostics(w io.Writer, found document.Diagnostics) {
	for _, d := range found {
		fmt.Fprintln(w, d)
	}
}

// documentArg returns the document that the arguments name.
func documentArg(args []string) string {
	if len(args) == 0 {
		return defaultDocument
	}
	return args[0]
}

// atMostOneFile refuses more than one argument.
func atMostOneFile(cmd *cobra.Command, args []string) error {
	if len(args) > 1 {
		return usageError{fmt.Errorf("%s takes one file, but got %d; see %[1]s --help", cmd.CommandPath(), len(args))}
	}
	return nil
}

// outputFlag adds --output with the formats given, the first one as default.
func outputFlag(cmd *cobra.Command, formats ...string) *string {
	output := cmd.Flags().StringP("output", "o", formats[0], "format of the output: "+strings.Join(formats, ", "))
	_ = cmd.RegisterFlagCompletionFunc("output", cobra.FixedCompletions(formats, cobra.ShellCompDirectiveNoFileComp)) // The flag is there.
	cmd.PreRunE = func(*cobra.Command, []string) error {
		if !slices.Contains(formats, *output) {
			return usageError{fmt.Errorf("output: %q is none of %s", *output, strings.Join(formats, ", "))}
		}
		return nil
	}
	return output
}

const (
	asText = "text"
	asJSON = "json"
)

func printJSON(w io.Writer, v any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(v)
}

package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/otelcol-datastreams/otelcol-datastreams/cmd/datastreams/internal/components"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/document"
)

const validateLong = `Check a document (default: datastreams.yaml) and report everything that is wrong
with it: file, line and column, what it is, and what to do.

Warnings are about what is allowed and hardly meant. Settings that the document
hands on are checked for masking, statements and conditions, and for the exporters
parquet, otlp_grpc, otlp_http and debug. The collector has the last word on all of
them, and on what refers to files and to variables that are not set here:

  otelcol-datastreams validate --config datastreams:datastreams.yaml

The exit code is 0 if there is no error, 1 if there is one (or a warning, with
--deny-warnings), 2 if the command line makes no sense.`

func newValidate() *cobra.Command {
	var deny, probe bool
	cmd := &cobra.Command{
		Use: "validate [FILE]", Short: "Check a document", Long: validateLong, Args: atMostOneFile,
		Example: "  datastreams validate\n  datastreams validate --probe -o json shop.yaml",
	}
	output := outputFlag(cmd, asText, asJSON, "github")
	cmd.Flags().BoolVar(&deny, "deny-warnings", false, "count a warning as an error")
	cmd.Flags().BoolVar(&probe, "probe", false, "also try to connect to each destination that has an address")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		l, err := read(documentArg(args))
		if err != nil {
			return err
		}
		found := append(l.found, missingEnvironment(l.file, l.data, os.LookupEnv)...)
		if probe && !l.found.Failed() {
			found = append(found, probeDestinations(cmd.Context(), l.doc, os.LookupEnv)...)
		}
		if !l.found.Failed() {
			l = l.here()
			found = append(found, components.Check(l.result, document.PartsOf(l.file, l.data))...)
		}
		found = found.Sorted()
		if *output != asJSON {
			printNote(cmd.ErrOrStderr(), l.result.Budget.Note())
		}
		if err := printValidation(cmd.OutOrStdout(), l, found, *output); err != nil {
			return err
		}
		if found.Failed() || deny && len(found) > 0 {
			return errProblems
		}
		return nil
	}
	return cmd
}

// missingEnvironment warns of references to variables that are not set here.
func missingEnvironment(file string, data []byte, lookup func(string) (string, bool)) document.Diagnostics {
	var found document.Diagnostics
	for _, r := range document.EnvReferences(file, data) {
		if _, ok := lookup(r.Name); !ok && !r.HasDefault {
			found = append(found, r.Place.Diagnose(document.Warning,
				"set it where the collector runs, or write ${env:"+r.Name+":-value}", "the environment variable %s is not set here", r.Name))
		}
	}
	return found
}

func printValidation(w io.Writer, l loaded, found document.Diagnostics, output string) error {
	switch output {
	case asJSON:
		if found == nil {
			found = document.Diagnostics{}
		}
		return printJSON(w, struct {
			File        string               `json:"file"`
			Valid       bool                 `json:"valid"`
			Streams     int                  `json:"streams"`
			Diagnostics document.Diagnostics `json:"diagnostics"`
			Note        string               `json:"note,omitempty"`
		}{l.file, !found.Failed(), len(l.doc.Streams), found, l.result.Budget.Note()})
	case "github":
		for _, d := range found {
			message := strings.TrimPrefix(d.String(), fmt.Sprintf("%s: %s: ", d.Position, d.Severity))
			fmt.Fprintf(w, "::%s file=%s,line=%d,col=%d::%s\n", d.Severity, d.File, max(d.Line, 1), max(d.Column, 1), escapeGithub(message))
		}
		return nil
	}
	printDiagnostics(w, found)
	if !found.Failed() {
		_, err := fmt.Fprintf(w, "%s: %s, %s: valid\n", l.file, count(len(l.doc.Streams), "stream"), count(len(l.doc.Destinations), "destination"))
		return err
	}
	return nil
}

func escapeGithub(message string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(message)
}

// count puts a number before a noun.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

package main

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/explain"
)

const testLong = `Run the tests of a document (default: datastreams.yaml): each names a resource and
the streams that it belongs to.

  tests:
    - resource: { service.name: payment }
      expect: [checkout]

The exit code is 0 if all pass, 1 if not, 2 if the command line makes no sense.`

func newTest() *cobra.Command {
	cmd := &cobra.Command{
		Use: "test [FILE]", Short: "Run the tests of a document", Long: testLong, Args: atMostOneFile,
		Example: "  datastreams test\n  datastreams test -o junit > report.xml",
	}
	output := outputFlag(cmd, asText, asJSON, "junit")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		file := documentArg(args)
		x, err := newExplainer(cmd, file)
		if err != nil {
			return err
		}
		results, err := x.Tests()
		if err != nil {
			return err
		}
		failed := 0
		for _, r := range results {
			if !r.Passed {
				failed++
			}
		}
		if err := printTests(cmd.OutOrStdout(), file, results, *output); err != nil {
			return err
		}
		if failed > 0 {
			return fmt.Errorf("%d of %s failed", failed, count(len(results), "test"))
		}
		return nil
	}
	return cmd
}

func printTests(w io.Writer, file string, results []explain.TestResult, output string) error {
	switch output {
	case asJSON:
		return printJSON(w, append([]explain.TestResult{}, results...))
	case "junit":
		return printJUnit(w, file, results)
	}
	for _, r := range results {
		if r.Passed {
			fmt.Fprintf(w, "ok    %s\n", r.Name)
			continue
		}
		fmt.Fprintf(w, "FAIL  %s (%s:%d)\n      want %s\n      got  %s\n", r.Name, file, r.Line, names(r.Want), names(r.Got))
		if err := r.Answer.WriteText(&indented{w: w, by: "      "}, false); err != nil {
			return err
		}
	}
	if len(results) == 0 {
		fmt.Fprintf(w, "%s has no tests; add some below `tests:`\n", file)
		return nil
	}
	_, err := fmt.Fprintf(w, "%s\n", count(len(results), "test"))
	return err
}

func names(list []string) string {
	if len(list) == 0 {
		return "no stream"
	}
	return strings.Join(list, ", ")
}

// indented writes lines with something before each.
type indented struct {
	w  io.Writer
	by string
}

func (i *indented) Write(p []byte) (int, error) {
	for line := range strings.Lines(string(p)) {
		if _, err := io.WriteString(i.w, i.by+line); err != nil {
			return 0, err
		}
	}
	return len(p), nil
}

// junit is a report in the form that CI systems read.
type junit struct {
	XMLName  xml.Name    `xml:"testsuite"`
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name    string        `xml:"name,attr"`
	Class   string        `xml:"classname,attr"`
	File    string        `xml:"file,attr"`
	Line    int           `xml:"line,attr"`
	Failure *junitFailure `xml:"failure"`
}

type junitFailure struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

func printJUnit(w io.Writer, file string, results []explain.TestResult) error {
	suite := junit{Name: file, Tests: len(results)}
	for _, r := range results {
		c := junitCase{Name: r.Name, Class: "datastreams", File: file, Line: r.Line}
		if !r.Passed {
			suite.Failures++
			var why strings.Builder
			if err := r.Answer.WriteText(&why, false); err != nil {
				return err
			}
			c.Failure = &junitFailure{Message: "want " + names(r.Want) + ", got " + names(r.Got), Text: why.String()}
		}
		suite.Cases = append(suite.Cases, c)
	}
	text, err := xml.MarshalIndent(suite, "", "  ")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s%s\n", xml.Header, text)
	return err
}

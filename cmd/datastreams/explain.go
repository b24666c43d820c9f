package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/document"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/explain"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/suggest"
)

const explainLong = `Tell which streams of a document get the telemetry of a resource, and why: the entry
that holds, near misses, actions, destinations, and destinations that get it twice.

Resources come from flags, or from a file of OTLP in JSON, such as the file
exporter writes; - is standard input.

The exit code is 0 if each resource has a stream, 1 if one has none, 2 if the
command line makes no sense.`

func newExplain() *cobra.Command {
	var file, signal string
	var attributes []string
	var all bool
	cmd := &cobra.Command{
		Use: "explain [OTLP-FILE]", Short: "Tell which streams get a resource, and why", Long: explainLong, Args: atMostOneFile,
		Example: "  datastreams explain --resource service.name=cart --resource k8s.namespace.name=shop\n  datastreams explain traces.json",
	}
	output := outputFlag(cmd, asText, asJSON)
	f := cmd.Flags()
	f.StringVarP(&file, "file", "f", defaultDocument, "the document")
	f.StringArrayVarP(&attributes, "resource", "r", nil, "an attribute of the resource, `key=value`; may be repeated")
	f.StringVar(&signal, "signal", "", "look only at streams with this signal: "+strings.Join(signalNames, ", ")+"; default: the file's, or all")
	_ = cmd.RegisterFlagCompletionFunc("signal", cobra.FixedCompletions(signalNames, cobra.ShellCompDirectiveNoFileComp)) // The flag is there.
	f.BoolVar(&all, "all", false, "show also streams that have nothing to do with the resource")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		resources, err := explained(cmd, args, attributes, signal)
		if err != nil {
			return err
		}
		x, err := newExplainer(cmd, file)
		if err != nil {
			return err
		}
		answers := []explain.Answer{}
		homeless := 0
		for _, r := range resources {
			a := x.Explain(r.resource, r.signal)
			answers = append(answers, a)
			if len(a.Taken) == 0 {
				homeless++
			}
		}
		if err := printAnswers(cmd, answers, all, *output); err != nil {
			return err
		}
		if homeless > 0 {
			return fmt.Errorf("no stream takes %d of %s", homeless, count(len(resources), "resource"))
		}
		return nil
	}
	return cmd
}

var signalNames = []string{document.Traces, document.Metrics, document.Logs, document.Profiles}

func printAnswers(cmd *cobra.Command, answers []explain.Answer, all bool, output string) error {
	if output == asJSON {
		return printJSON(cmd.OutOrStdout(), answers)
	}
	for _, a := range answers {
		if err := a.WriteText(cmd.OutOrStdout(), all); err != nil {
			return err
		}
	}
	return nil
}

// question is a resource to explain, for a signal or for all.
type question struct {
	resource pcommon.Resource
	signal   string
}

// explained returns the resources that the command line names.
func explained(cmd *cobra.Command, args, attributes []string, signal string) ([]question, error) {
	if signal != "" && !strings.Contains(" "+strings.Join(signalNames, " ")+" ", " "+signal+" ") {
		return nil, usageError{fmt.Errorf("signal: there is no signal %q%s", signal, suggest.Among(signal, signalNames))}
	}
	if (len(args) == 0) == (len(attributes) == 0) {
		return nil, usageError{fmt.Errorf("name either a file or a --resource key=value; see %s --help", cmd.CommandPath())}
	}
	if len(args) > 0 {
		return readResources(cmd.InOrStdin(), args[0], signal)
	}
	q := question{pcommon.NewResource(), signal}
	for _, a := range attributes {
		key, value, ok := strings.Cut(a, "=")
		if !ok || key == "" {
			return nil, usageError{fmt.Errorf("resource: %q is not key=value", a)}
		}
		q.resource.Attributes().PutStr(key, value)
	}
	return []question{q}, nil
}

func newExplainer(cmd *cobra.Command, file string) (*explain.Explainer, error) {
	l, err := readGood(cmd, file)
	if err != nil {
		return nil, err
	}
	return explain.New(l.doc, l.result, os.LookupEnv)
}

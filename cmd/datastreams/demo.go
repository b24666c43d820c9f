package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/otelcol-datastreams/otelcol-datastreams/cmd/datastreams/internal/load"
)

const demoLong = `Send the telemetry of a web shop to a collector: 22 services in five namespaces
and two environments, with traces, their logs, metrics of all kinds and CPU
profiles. It goes on until interrupted, or for --duration, or up to --total.

Status lines go to standard error, the summary to standard output. The exit code
is 0 if the collector took everything, 1 if not, 2 if a flag makes no sense.`

const demoExample = `  datastreams demo                                    # 1000 spans/s to 127.0.0.1:4317
  datastreams demo --protocol http --rate 50          # gently, to 127.0.0.1:4318
  datastreams demo --metrics=false --profiles=false   # traces and logs only
  datastreams demo --total 10000 --sequence-attribute seq -o json`

func newDemo() *cobra.Command {
	cfg := load.DefaultConfig()
	var output string
	enabled := make(map[string]*bool, len(cfg.Signals))
	cmd := &cobra.Command{
		Use:     "demo",
		Short:   "Send realistic telemetry to a collector",
		Long:    demoLong,
		Example: demoExample,
		Args:    noArgs,
	}
	f := cmd.Flags()
	f.StringVar(&cfg.Endpoint, "endpoint", cfg.Endpoint, "`host:port` of the collector; port 4318 if --protocol is http")
	f.StringVar(&cfg.Protocol, "protocol", cfg.Protocol, "how to speak OTLP: grpc or http (protobuf)")
	f.BoolVar(&cfg.Insecure, "insecure", cfg.Insecure, "do not use TLS; without this flag, TLS is used unless the endpoint is loopback or http://")
	f.Lookup("insecure").DefValue = "false" // Help should not claim a default that depends on the endpoint.
	f.Float64Var(&cfg.Rate, "rate", cfg.Rate, "spans per second, other signals in proportion; 0: as fast as possible")
	f.DurationVar(&cfg.Duration, "duration", cfg.Duration, "how long to send; 0: until interrupted")
	f.Int64Var(&cfg.Total, "total", cfg.Total, "end each signal after so many items, all at the full --rate; 0: no limit")
	f.Uint64Var(&cfg.Seed, "seed", cfg.Seed, "what the generated data depend on")
	f.StringVar(&cfg.SequenceAttribute, "sequence-attribute", "", "number all items of a signal 0, 1, 2, ... under this attribute `key`")
	f.DurationVar(&cfg.RetryFor, "retry-for", cfg.RetryFor, "how long to retry what the collector refuses; 0: not at all")
	f.StringVarP(&output, "output", "o", "text", "the summary's format: text or json")
	for _, name := range cfg.Signals {
		enabled[name] = f.Bool(name, true, "send "+name)
	}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if !f.Changed("endpoint") && cfg.Protocol == load.HTTP {
			cfg.Endpoint = "127.0.0.1:" + load.DefaultPorts[load.HTTP]
		}
		if !f.Changed("insecure") {
			cfg.Insecure = load.IsInsecure(cfg.Endpoint)
		}
		cfg.Signals = slices.DeleteFunc(cfg.Signals, func(name string) bool { return !*enabled[name] })
		if output != "text" && output != "json" {
			return usageError{fmt.Errorf("output: %q is neither text nor json", output)}
		}
		if err := cfg.Validate(); err != nil {
			return usageError{err}
		}
		return demo(cmd, cfg, output)
	}
	return cmd
}

// demo runs the load and writes its summary, whatever became of it.
func demo(cmd *cobra.Command, cfg load.Config, output string) error {
	report, err := load.Run(cmd.Context(), cfg, cmd.ErrOrStderr())
	if report == nil {
		return err
	}
	if printErr := printReport(cmd.OutOrStdout(), report, output); printErr != nil {
		return printErr
	}
	return err
}

func printReport(w io.Writer, report *load.Report, output string) error {
	if output != "json" {
		return report.WriteText(w)
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(report)
}

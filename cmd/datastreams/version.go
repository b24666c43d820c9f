package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// version is set by the linker (-X main.version=1.2.3). What go install builds
// knows its version from the module instead.
var version = ""

func newVersion() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the version of the tool",
		Args:  noArgs,
	}
	output := outputFlag(cmd, asText, asJSON)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		b := buildOf()
		if *output == asJSON {
			return printJSON(cmd.OutOrStdout(), b)
		}
		_, err := fmt.Fprintf(cmd.OutOrStdout(), "datastreams %s, commit %s, %s %s/%s\n", b.Version, b.Commit, b.Go, b.OS, b.Arch)
		return err
	}
	return cmd
}

// build is what this program was built of.
type build struct {
	Version string `json:"version"`
	Commit  string `json:"commit"`
	Go      string `json:"go"`
	OS      string `json:"os"`
	Arch    string `json:"arch"`
}

func buildOf() build {
	b := build{version, "unknown", runtime.Version(), runtime.GOOS, runtime.GOARCH}
	if info, ok := debug.ReadBuildInfo(); ok {
		if b.Version == "" {
			b.Version = info.Main.Version
		}
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				b.Commit = s.Value
			}
		}
	}
	if b.Version == "" {
		b.Version = "(devel)"
	}
	return b
}
